"""The sentence for every code that outreach refuses something with."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from crm.words import language
from outreach.words.conversations import stage
from outreach.words.mailboxes import MAILBOXES
from outreach.words.messages import message_reason, message_state
from outreach.words.publications import PUBLICATIONS
from outreach.words.sources import SOURCES
from outreach.words.templates import languages, placeholders, register, unknown

ERRORS: Mapping[str, str | Promise] = {
    **MAILBOXES,
    "cost_kind_unknown": gettext_lazy("“%(kind)s” is not a kind of cost. Choose among: %(known)s."),
    "currencies_same": gettext_lazy("A rate is between two different currencies."),
    "rate_not_positive": gettext_lazy("A rate is a number greater than zero, such as 1.1734."),
    "rate_without_source": gettext_lazy("Say who told this rate, such as “European Central Bank”."),
    "rate_taken": gettext_lazy(
        "A rate between %(base)s and %(quote)s is recorded for this day already. Remove it first if it was a mistake."
    ),
    **PUBLICATIONS,
    **SOURCES,
    "slug_taken": gettext_lazy("The short name “%(slug)s” is taken. Choose another one."),
    "dates_reversed": gettext_lazy("The campaign ends before it starts. Correct one of the two dates."),
    "destination_invalid": gettext_lazy("This is not a web address. Write it in full, beginning with https://."),
    "destination_elsewhere": gettext_lazy(
        "Links of this cause may not lead to %(host)s: it lists %(hosts)s. Add the site on the page of the cause, "
        "or choose another page."
    ),
    "attribution_days_invalid": gettext_lazy("Credit is given for 1 to %(most)s days."),
    "attribution_missing": gettext_lazy("The models were not compared for this campaign yet. They are, once an hour."),
    "deliverable_blank": gettext_lazy("Say what the link is for."),
    "deliverable_taken": gettext_lazy("They have a link for “%(deliverable)s” already."),
    "link_of_nobody": gettext_lazy("This conversation is closed: no link is added to it."),
    "link_leads_elsewhere": gettext_lazy("This link leads to a site that its cause does not list."),
    "link_unreachable": gettext_lazy("The link cannot be looked up now."),
    "utm_invalid": gettext_lazy("The short name of the campaign cannot stand in a link (%(field)s)."),
    "email_url_invalid": gettext_lazy(
        "EMAIL_URL is not a mail server. Write it as smtp://, smtps:// or smtp+tls://user:password@host:port."
    ),
    "envelope_malformed": gettext_lazy("The message cannot be addressed (%(field)s)."),
    "campaign_under_way": gettext_lazy(
        "People were chosen for this campaign’s cause already. Make another campaign for the other cause."
    ),
    "message_not_uncertain": gettext_lazy("Whether this message arrived is settled already (%(state)s)."),
    "template_taken": gettext_lazy("There is a template “%(name)s” of this kind already (%(language)s, %(register)s)."),
    "template_unfit": gettext_lazy(
        "The text “%(name)s” exists in none of the languages that would do: %(languages)s. "
        "Write this one by hand or choose another text."
    ),
    "placeholder_left": gettext_lazy(
        "A placeholder stands in the text, and nothing fills it in any more: %(names)s. "
        "Write in its place what you want to say."
    ),
    "text_blank": gettext_lazy("A message needs a subject and a text."),
    "template_too_long": gettext_lazy("The text is too long: at most %(limit)s bytes."),
    "placeholders_too_many": gettext_lazy("The text has too many placeholders: at most %(limit)s."),
    "rendered_too_long": gettext_lazy("The text is too long: at most %(limit)s characters."),
    "footer_incomplete": gettext_lazy(
        "The message must say where we have the address from, who writes, and how to stop it. Missing: %(field)s."
    ),
    "placeholder_unknown": gettext_lazy("There is no placeholder “%(name)s”. Choose among: %(known)s."),
    "placeholder_malformed": gettext_lazy(
        "Line %(line)s has double braces that are not a placeholder. Write a placeholder as {{ first_name }}."
    ),
    "placeholder_value_missing": gettext_lazy(
        "The message would have a hole: %(names)s. Write this one by hand or choose another text."
    ),
    "person_said_no": gettext_lazy("This person asked not to be written to."),
    "person_barred": gettext_lazy("Nothing is written to them: %(reason)s."),
    "written_already": gettext_lazy(
        "This person had a first message of this campaign already, in a conversation that was merged with this one."
    ),
    "conversation_merged": gettext_lazy(
        "This conversation goes on in another one with the same person. Write to them there."
    ),
    "message_not_by_hand": gettext_lazy("This message is a mail: it goes out by itself."),
    "message_not_planned": gettext_lazy("This message is not waiting to be sent (%(state)s)."),
    "message_held": gettext_lazy("Do not send this message now (%(reason)s)."),
    "no_usable_address": gettext_lazy(
        "There is no address we may write to: record where it comes from and on which ground, or contact them by hand."
    ),
    "message_not_draft": gettext_lazy(
        "This message was approved already and cannot be changed (%(state)s). Cancel it first."
    ),
    "message_already_gone": gettext_lazy("This message is on its way or settled and cannot be cancelled."),
    "message_without_person": gettext_lazy("The person this message was for has been erased."),
    "stage_move_not_allowed": gettext_lazy("A conversation cannot go from “%(current)s” to “%(new)s”."),
    "window_without_days": gettext_lazy("Choose at least one day of the week on which messages may leave."),
    "window_day_unknown": gettext_lazy("“%(day)s” is not a day of the week. They count from 0, Monday, to 6, Sunday."),
    "window_reversed": gettext_lazy("The hours end (%(end)s) before they begin (%(start)s). Correct one of the two."),
    "window_never_opens": gettext_lazy(
        "Within %(days)s days there is no hour at which this person may be written to. "
        "Allow more days of the week or longer hours."
    ),
    "delay_out_of_range": gettext_lazy("A step may wait for 0 to %(limit)s working days."),
    "limit_unknown": gettext_lazy("There is no such limit (%(name)s)."),
    "limit_out_of_bounds": gettext_lazy("This number is too low or too high: choose one from %(least)s to %(most)s."),
    "weekdays_none": gettext_lazy("Choose at least one day of the week on which messages may leave."),
    "weekday_unknown": gettext_lazy("“%(day)s” is not a day of the week. They count from 1, Monday, to 7, Sunday."),
    "hours_crossed": gettext_lazy("The hours end before they begin. Correct one of the two."),
    "waiving_not_allowed": gettext_lazy("Only a manager lets somebody be asked who was asked recently, or often."),
    "waiving_reason_blank": gettext_lazy(
        "Say why they may be asked although we leave them in peace: it stands on their timeline."
    ),
    "waiving_reason_too_long": gettext_lazy("Say why in fewer words: at most %(limit)s characters."),
    "needs_manager": gettext_lazy(
        "For this cause a manager approves every first message. Put it before one, and say so to them."
    ),
    "manager_not_needed": gettext_lazy("No manager is needed for this message: approve it."),
    "submitted_already": gettext_lazy("This message lies before the managers already."),
    "not_submitted": gettext_lazy("Nobody put this message before the managers, or somebody took it back."),
    "remark_blank": gettext_lazy("Say what should be different: whoever wrote it reads that."),
    "remark_too_long": gettext_lazy("Say it in fewer words: at most %(limit)s characters."),
    "moved_meanwhile": gettext_lazy("This conversation was moved to “%(stage)s” meanwhile."),
    "moved_meanwhile_by": gettext_lazy("%(who)s moved this conversation to “%(stage)s” meanwhile."),
    "owner_gone": gettext_lazy("This account is switched off. Choose somebody who works here."),
    "answer_in_future": gettext_lazy("This day has not come yet. Say on which day they answered."),
    "answer_too_early": gettext_lazy("This day lies more than a year back. Check the year."),
    "sequence_without_name": gettext_lazy("A sequence needs a name."),
    "sequence_taken": gettext_lazy("There is a sequence “%(name)s” already. Choose another name."),
    "sequence_without_steps": gettext_lazy("A sequence needs at least one step: choose a text."),
    "sequence_too_long": gettext_lazy(
        "At most %(limit)s messages follow each other in a sequence. A manager can change that under Settings."
    ),
    "step_text_unknown": gettext_lazy("Step %(place)s: there is no text “%(name)s”."),
    "step_days_out_of_range": gettext_lazy(
        "Step %(place)s: say how many working days later it goes, from %(least)s to %(most)s."
    ),
    "step_channel_unknown": gettext_lazy("Step %(place)s: choose by e-mail or by hand."),
    "step_platform_unknown": gettext_lazy("Step %(place)s: Causeway does not know this platform."),
    "step_platform_by_mail": gettext_lazy("Step %(place)s: only a message by hand has a platform. Leave it blank."),
    "enrolled_already": gettext_lazy("The sequence “%(name)s” was begun in this conversation. There is one each."),
    "sequence_conversation_over": gettext_lazy(
        "A sequence writes to people who have not answered. This conversation is further (%(stage)s)."
    ),
    "sequence_not_under_way": gettext_lazy("This sequence is not under way, so it cannot be paused."),
    "sequence_not_paused": gettext_lazy("This sequence is not paused."),
    "sequence_over": gettext_lazy("This sequence is over."),
    "no_account_to_write_to": gettext_lazy(
        "This step is sent by hand, and no account of theirs is known there. Record one, or write to them another way."
    ),
    "link_unknown": gettext_lazy("There is no such link."),
    "kind_unknown": gettext_lazy("“%(kind)s” is not an action. Choose among: %(known)s."),
    "amount_missing": gettext_lazy("A donation needs its amount, in minor units such as cents."),
    "amount_not_positive": gettext_lazy("An amount is greater than zero. Refunds are told as refunds."),
    "currency_missing": gettext_lazy("An amount needs its currency, as three letters such as EUR."),
    "external_id_missing": gettext_lazy(
        "Where there is money, the id at the source is required: it is what keeps a gift from counting twice."
    ),
    "occurs_in_future": gettext_lazy("This action lies in the future. Check the date and its time zone."),
    "occurs_too_early": gettext_lazy("This action lies more than %(years)s years back. Check the year."),
    "receipt_taken": gettext_lazy(
        "Receipt number “%(receipt)s” is recorded already, with another amount, day or person. Check the number."
    ),
    "reply_numbers_differ": gettext_lazy(
        "“%(file)s”, by which replies are understood, is not the file that was shipped. Install Causeway anew."
    ),
    "replies_unreadable": gettext_lazy(
        "These replies cannot be read as a table (line %(line)s). It is a CSV file with the columns language, "
        "reply_class, date, until, subject and text."
    ),
    "letter_empty": gettext_lazy("There is no letter: nothing came."),
    "letter_too_large": gettext_lazy("The letter is too large: at most %(limit)s bytes."),
    "reply_not_read": gettext_lazy("This letter was stored and is still to be read. Try again in a moment."),
    "reply_kind_unknown": gettext_lazy("“%(kind)s” is not something a reply can be."),
    "reply_not_matched": gettext_lazy("Nobody knows yet whose this reply is. Say to which conversation it belongs."),
    "snooze_in_past": gettext_lazy("This moment has passed. Choose a later one."),
    "scope_unsaid": gettext_lazy(
        "An agent said no, and speaks for several. Say first whether it is meant for one of them, or for all."
    ),
    "scope_not_asked": gettext_lazy("For whom this “no” is, is settled already."),
    "hook_malformed": gettext_lazy("What the mail service sent cannot be read (%(field)s)."),
    "hook_forged": gettext_lazy("This does not come from the mail service: its signature is wrong."),
    "mail_event_conflict": gettext_lazy("This event is known already, with other content."),
    "event_malformed": gettext_lazy("This is not what this source sends (%(field)s). Nothing was counted."),
    "event_too_long": gettext_lazy("This is too long for one message: at most %(limit)s bytes."),
    "quantity_invalid": gettext_lazy("This is not a number of people or of hours."),
    "signature_missing": gettext_lazy("The message bears no signature. Switch signing on at the source."),
    "signature_wrong": gettext_lazy(
        "The signature does not fit the message. Copy the signing secret again; a message that was changed on its way "
        "is not taken."
    ),
    "signature_old": gettext_lazy(
        "The signature is more than %(minutes)s minutes old, or ahead of the clock here. Check that the clock is right."
    ),
    "secret_missing": gettext_lazy("There is no signing secret to check with. Copy it from the source."),
    "conversion_conflict": gettext_lazy("“%(external_id)s” of “%(source)s” is stored already, with other content."),
}

# Parameters of errors that are codes themselves: {"error or kind.parameter": what says it}.
CODES: Mapping[str, Callable[[Any], str]] = {
    "message_held.reason": message_reason,
    "person_barred.reason": message_reason,
    "message_not_planned.state": message_state,
    "message_not_draft.state": message_state,
    "message_not_uncertain.state": message_state,
    "placeholder_value_missing.names": unknown,
    "placeholder_left.names": placeholders,
    "template_taken.language": language,
    "template_taken.register": register,
    "template_unfit.languages": languages,
    "sequence_conversation_over.stage": stage,
    "stage_move_not_allowed.current": stage,
    "stage_move_not_allowed.new": stage,
    "moved_meanwhile.stage": stage,
    "moved_meanwhile_by.stage": stage,
    "stage_moved.before": stage,
    "stage_moved.after": stage,
}
