"""Why a file, one of its rows or one of its cells was not taken, and what was noted of one that was."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from crm.formats.registry import DAY_FORMATS, POST_FORMATS

# How the files that we know are called.
FORMATS: Mapping[str, str | Promise] = {
    "own": gettext_lazy("Our template"),
    "ranked-instagram": gettext_lazy("Ranked list of Instagram accounts"),
    "ranked-youtube": gettext_lazy("Ranked list of YouTube channels"),
    "globalgiving": gettext_lazy("List of organisations from GlobalGiving"),
    "upfluence": "Upfluence",
    "aspire": "Aspire",
    "openoutreach": "OpenOutreach",
    "modash": gettext_lazy("Report from Modash"),
    "hypeauditor": gettext_lazy("Report from HypeAuditor"),
    "influencers-club": gettext_lazy("Report from Influencers.club"),
    "iqdata": gettext_lazy("Report from IQData, IQFluence and others"),
    "youtube-studio": gettext_lazy("YouTube Studio: videos"),
    "meta-instagram": gettext_lazy("Meta Business Suite: Instagram posts"),
    "meta-facebook": gettext_lazy("Meta Business Suite: Facebook posts"),
    "x-posts": gettext_lazy("X: posts"),
    "x-days": gettext_lazy("X: day by day"),
    "linkedin-posts": gettext_lazy("LinkedIn page: posts"),
    "linkedin-days": gettext_lazy("LinkedIn page: day by day"),
    "linkedin-followers": gettext_lazy("LinkedIn page: followers"),
    "tiktok": gettext_lazy("TikTok: videos"),
}
# What a row of theirs is, where it is no influencer and no cause.
ROWS: Mapping[str, Promise] = {
    **dict.fromkeys(POST_FORMATS, gettext_lazy("Account and post")),
    **dict.fromkeys(DAY_FORMATS, gettext_lazy("Day")),
}
FILES: dict[str, str | Promise] = {
    # Files
    "format_unknown": gettext_lazy(
        "These columns are not known: %(columns)s. Start from our template, or name the format."
    ),
    "report_unknown": gettext_lazy(
        "No tool that we know writes JSON with these fields: %(fields)s. "
        "Bring its export as a table (CSV or Excel), or name the format."
    ),
    "causes_are_people": gettext_lazy(
        "This looks like a list of influencers. Bring it again and choose “Influencers”."
    ),
    "format_not_offered": gettext_lazy("There is no such format. Choose among: %(known)s."),
    "format_mismatch": gettext_lazy("The file is not of the format “%(format)s”. Its columns are: %(columns)s."),
    "mapping_unknown": gettext_lazy(
        "The mapping leads to columns that do not exist: %(columns)s. There are: %(known)s."
    ),
    "mapping_missing": gettext_lazy("The mapping names columns that the file does not have: %(columns)s."),
    "mapping_invalid": gettext_lazy(
        "The mapping cannot be read (%(part)s). Write it as the page of an import offers it for download."
    ),
    "mapping_twice": gettext_lazy(
        "Several columns were said to hold the same field, “%(field)s”: %(columns)s. Choose one of them."
    ),
    "mapping_nobody": gettext_lazy(
        "No column says who a row is about. Choose at least a name, an account, a link, an e-mail address or an id."
    ),
    "mapping_constant_unknown": gettext_lazy(
        "This cannot be said for all rows: %(fields)s. It can be said of: %(known)s."
    ),
    "mapping_constant_invalid": gettext_lazy("What was said for all rows cannot be read (%(field)s): %(reason)s"),
    "mapping_needs_table": gettext_lazy(
        "Columns can be said of a table of influencers only (CSV or .xlsx), and this file is none."
    ),
    "columns_unsaid": gettext_lazy("These columns may say which accounts people have: %(columns)s."),
    "workbook_old": gettext_lazy(
        "This is an old Excel workbook (.xls), as LinkedIn still writes them. Open it in a spreadsheet program and "
        "save it as .xlsx, or save the sheet as CSV."
    ),
    "file_not_text": gettext_lazy("The file is not a table (%(kind)s). Save it as .xlsx, or as CSV in UTF-8."),
    "columns_too_many": gettext_lazy("The file has more than %(limit)s columns. Remove those that are not needed."),
    "header_unreadable": gettext_lazy(
        "The header in line %(line)s cannot be read (%(problem)s). Check its quotation marks."
    ),
    "json_invalid": gettext_lazy("The file is not valid JSON: see line %(line)s."),
    "json_without_list": gettext_lazy("The file holds no list of causes."),
    "item_not_an_object": gettext_lazy("This entry is not an object with names and values."),
    # Reports, exports and workbooks
    "report_not_ready": gettext_lazy("The vendor had not finished this report. Fetch it again later."),
    "report_private": gettext_lazy("The vendor could not read this account: it is private."),
    "report_deleted": gettext_lazy("The vendor says that this account no longer exists."),
    "report_restricted": gettext_lazy("The vendor could not read this account: the platform restricts it."),
    "report_low_views": gettext_lazy("The vendor made no report: this account has too few views."),
    "report_state_unknown": gettext_lazy("This report is in a state we do not know, so nothing was taken from it."),
    "report_failed": gettext_lazy("This is the vendor’s error message, not a report."),
    "report_shape_unknown": gettext_lazy("This entry is not a report of the kind the file holds."),
    "report_low_confidence": gettext_lazy("The vendor is not sure of this report: the account shows little activity."),
    "value_ignored": gettext_lazy("This value was left out: it cannot be read."),
    "account_ignored": gettext_lazy(
        "A further account was left out: its platform is not known here, or its handle cannot be read."
    ),
    "audience_ignored": gettext_lazy(
        "A part of the audience was left out (%(dimension)s): it cannot be read, or its shares add up to "
        "more than 100 %%."
    ),
    "post_id_missing": gettext_lazy("This row does not say which post it is about."),
    "publish_time_missing": gettext_lazy("This row does not say when the post was published."),
    "day_missing": gettext_lazy("This row does not say which day it is about."),
    "post_split_by_day": gettext_lazy(
        "This row has a post’s figures of one day only. Export the file with lifetime figures."
    ),
    "post_id_not_in_link": gettext_lazy(
        "The id is not the one in the post’s link: a spreadsheet has rounded it. Export the file again "
        "and do not open it in a spreadsheet before."
    ),
    "duration_invalid": gettext_lazy("This is not a duration. Write it as 1:02:03 or in seconds."),
    "workbook_damaged": gettext_lazy(
        "The workbook is damaged, or made in a way we do not open. Open it in your spreadsheet program "
        "and save it again as .xlsx, or save the sheet as CSV."
    ),
    "workbook_too_large": gettext_lazy(
        "The workbook, or a part of it, is too large once unpacked: at most %(megabytes)s MB. Remove what"
        " is not needed, or save the sheet as CSV."
    ),
    "workbook_macros": gettext_lazy(
        "The workbook holds macros or other files. Save it as .xlsx without them, or save the sheet as CSV."
    ),
    "cell_not_calculated": gettext_lazy(
        "This cell holds a formula whose result was never stored. Open the file in a spreadsheet program,"
        " save it, and bring it again."
    ),
    "cell_shows_error": gettext_lazy(
        "The spreadsheet shows an error in this cell. Correct its formula, or empty the cell."
    ),
    "link_ignored": gettext_lazy("The link was left out: it leads to no profile on a platform we know."),
    "owner_missing": gettext_lazy(
        "This file does not say whose account it is about. Bring it again, and give the link of that profile."
    ),
    "owner_unknown": gettext_lazy("Nobody we know has this account. Add the profile first, then bring the file again."),
    "owner_invalid": gettext_lazy("This is not the link of a profile. Write it as https://www.youtube.com/@name."),
    "owner_other_platform": gettext_lazy("This file is about %(platform)s, and the account you named is on %(named)s."),
    "import_built_upon": gettext_lazy(
        "This import cannot be undone any more: somebody has worked with what it brought (%(what)s)."
    ),
    "import_not_stored": gettext_lazy("Only an import that was stored can be undone."),
    # Rows
    "row_repeated": gettext_lazy("The file says the same in line %(first_line)s already."),
    "row_ragged": gettext_lazy(
        "The row has another number of cells than the header. Check its separators and quotation marks."
    ),
    "row_too_long": gettext_lazy("The row is too long. Check whether a quotation mark is missing."),
    "quote_unclosed": gettext_lazy("A quotation mark is opened and never closed."),
    "quote_misplaced": gettext_lazy("A quotation mark stands where none may be. Double it, or remove it."),
    "account_repeated": gettext_lazy("Line %(first_line)s speaks of the same account and says something else."),
    "slug_repeated": gettext_lazy("Line %(first_line)s has the same short name. Give each cause its own."),
    "identity_missing": gettext_lazy(
        "Nothing says who this is. Give a name, a handle, an e-mail address or an external id."
    ),
    "figures_disagree": gettext_lazy("Two columns give different figures for the same thing. Keep the right one."),
    # Cells
    "cell_too_long": gettext_lazy("This cell is too long: at most %(limit)s characters."),
    "cell_nul": gettext_lazy("This cell holds a character that no text has (NUL). Save the file again as text."),
    "cell_undecodable": gettext_lazy("This cell cannot be read as %(encoding)s. Save the file in UTF-8."),
    "text_too_long": gettext_lazy("This text is too long: at most %(limit)s characters."),
    "value_invalid": gettext_lazy("This value is not of the kind this column holds."),
    "choice_unknown": gettext_lazy("This is not one of the choices: %(known)s."),
    "list_too_long": gettext_lazy("This list is too long: at most %(limit)s entries."),
    "country_unknown": gettext_lazy(
        "This country is not known. Write its name in English or French, or two letters such as FR."
    ),
    "language_unknown": gettext_lazy("This language is not known. Write its name, or its code such as fr."),
    "timezone_unknown": gettext_lazy("This time zone is not known. Write it as Europe/Paris."),
    "date_invalid": gettext_lazy("This is not a date. Write it as 2026-11-24."),
    "date_ambiguous": gettext_lazy("This date can be read in two ways: day or month first. Write it as 2026-11-24."),
    "host_invalid": gettext_lazy("Write the name of a site, such as give.example.org."),
    "slug_invalid": gettext_lazy("A short name has small letters, digits and hyphens only."),
    "hashtag_invalid": gettext_lazy("This is not a hashtag."),
    "url_invalid": gettext_lazy("This is not a web address. Write it in full, beginning with https://."),
    "url_scheme": gettext_lazy("Only web addresses that begin with http:// or https:// are kept."),
    "url_too_long": gettext_lazy("This web address is too long: at most %(limit)s characters."),
    "url_other_account": gettext_lazy(
        "The link leads to another account than the handle names. Correct one of the two."
    ),
    "website_ignored": gettext_lazy("The website was left out: it is not a web address."),
    "theme_ignored": gettext_lazy("A theme was left out: it is none of the topics."),
    "platform_unknown": gettext_lazy("This platform is not known. Choose among: %(known)s."),
    "platform_missing": gettext_lazy("A handle needs its platform. Choose among: %(known)s."),
    "handle_missing": gettext_lazy("This row gives figures of an account without saying which. Add the handle."),
    "handle_invalid": gettext_lazy("This cannot be a handle on %(platform)s."),
    "handle_other_platform": gettext_lazy("The link leads to %(found)s, not to %(platform)s. Correct one of the two."),
    "id_scientific": gettext_lazy(
        "A spreadsheet has shortened this id (such as 1.2E+17) and its digits are lost. "
        "Export the file again and do not open it in a spreadsheet before."
    ),
    "count_invalid": gettext_lazy("This is not a number."),
    "count_negative": gettext_lazy("This number cannot be below zero."),
    "count_not_whole": gettext_lazy("This must be a whole number."),
    "count_too_big": gettext_lazy("This number is too large to be true."),
    "count_scientific": gettext_lazy(
        "A spreadsheet has shortened this number (such as 1.2E+17). Write all its digits."
    ),
    "count_ambiguous": gettext_lazy("This number can be read in two ways. Write it without separators."),
    "rate_invalid": gettext_lazy("This is not a rate. Write it between 0 and 1, or with a %% sign."),
    "rate_out_of_range": gettext_lazy("A rate lies between 0 and 1, or has a %% sign."),
    "share_invalid": gettext_lazy("This is not a share. Write it between 0 and 1, or with a %% sign."),
    "share_out_of_range": gettext_lazy("A share lies between 0 and 1, or has a %% sign."),
    "audience_key_invalid": gettext_lazy("This is not a group of an audience (%(dimension)s)."),
    "audience_repeated": gettext_lazy("The same group of the audience stands twice (%(dimension)s)."),
    "audience_over_one": gettext_lazy("The shares of the audience add up to more than 100 %% (%(dimension)s)."),
    "goal_invalid": gettext_lazy("A goal is written as donation:20000 EUR or signature:5000."),
    "transparency_without_source": gettext_lazy(
        "What becomes of the money is a fact, and needs its source: a report and its page, or a link."
    ),
    "goal_repeated": gettext_lazy("The same kind of goal stands twice (%(kind)s)."),
    "goal_kind_unknown": gettext_lazy("This is not an action. Choose among: %(known)s."),
    "amount_invalid": gettext_lazy("This is not an amount."),
    "amount_ambiguous": gettext_lazy("This amount can be read in two ways. Write it without separators."),
    "currency_unknown": gettext_lazy("This is not a currency in use. Write three letters such as EUR."),
}
