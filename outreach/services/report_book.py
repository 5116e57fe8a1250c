"""A campaign's report as it is printed, in the language of whoever reads it: for files, not for the page."""

from collections.abc import Sequence
from datetime import date, timedelta

from babel.dates import format_skeleton
from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm.words import money as say_money
from crm.words import number, percent, reader, unknown
from outreach import words
from outreach.models import Outreach
from outreach.printing.archive import archive
from outreach.printing.paper import paper
from outreach.printing.tables import Bar, Book, Cell, Money, Part, Series
from outreach.printing.workbook import workbook
from outreach.selectors import ActionTotal
from outreach.services.campaign_report import Whole
from outreach.services.report_tables import Named, tables

KINDS = {
    "csv": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
_SUFFIX = {"csv": "csv.zip", "xlsx": "xlsx", "pdf": "pdf"}
_DAYS = 92  # columns of a chart on paper; the table has all

Day = tuple[date, int, float]


def file(*, whole: Whole, kind: str, with_names: bool) -> tuple[str, bytes]:
    """(name of the file, its content) of "csv" (an archive with a file a table), "xlsx" or "pdf".

    Without names, people stand under the opaque id of their conversation.
    """
    made = book(whole=whole, with_names=with_names)
    name = f"{whole.campaign.slug}-{timezone.localdate(whole.at):%Y-%m-%d}.{_SUFFIX[kind]}"
    if kind == "pdf":
        return name, paper(made, at=whole.at, say=_say, page_words=_("Page {page} of {pages}"))
    write = archive if kind == "csv" else workbook
    return name, write(made, at=timezone.localtime(whole.at), currency_title=_("currency"))


def book(*, whole: Whole, with_names: bool) -> Book:
    campaign = whole.campaign

    def named(outreach: Outreach | None) -> str:
        return (
            words.called(outreach) if with_names or not outreach or not outreach.influencer else str(outreach.public_id)
        )

    made = formats.date_format(timezone.localtime(whole.at), "DATETIME_FORMAT")
    return Book(
        title=campaign.name,
        lead=(
            f"{campaign.cause.name} · {words.dates(campaign.starts_date, campaign.ends_date)}",
            _("%(organisation)s · Report of %(when)s") % {"organisation": campaign.organisation, "when": made},
        ),
        funnel_title=_("What came of it"),
        funnel=_funnel(whole),
        parts=_parts(whole, named),
        series=_series(whole),
        tables=tuple(table for table in tables(whole, named, with_names=with_names) if table.rows),
        language=get_language() or "en",
    )


def _funnel(whole: Whole) -> tuple[Bar, ...]:
    report, reached = whole.report, whole.breakdown.reached
    steps = (
        (_("Contacted"), report.contacted, report.people, _("of those in the campaign")),
        (_("Replied"), report.replied, report.contacted, _("of those contacted")),
        (_("Agreed"), report.agreed, report.replied, _("of those who replied")),
    )
    bars = [_bar(name, many, whole_of, of) for name, many, whole_of, of in steps]
    for name, told in ((_("Reach"), reached.reach), (_("Engagement"), reached.engagement)):
        figure = words.counted(told.total, is_estimate=told.is_estimate, is_reach=told is reached.reach)
        bars.append(Bar(name, figure, None, words.known_of(told.told, reached.publications)))
    bars.append(_bar(_("Clicks"), report.clicks, 0, _("through a link")))
    bars.append(_bar(_("Concrete actions"), report.actions, report.clicks, _("of the clicks")))
    return tuple(bars)


def _bar(name: str, many: float, whole: float, of: str) -> Bar:
    share = many / whole if whole and many <= whole else None
    return Bar(name, number(many), share, of if share is None else f"{percent(share)} {of}")


# In words -------------------------------------------------------------------------------------------------------------


def _parts(whole: Whole, named: Named) -> tuple[Part, ...]:
    totals = tuple(_total(total) for total in whole.report.totals) or (_("No concrete action is known yet."),)
    return (
        Part(_("Concrete actions"), totals),
        Part(_("Cost of an action"), tuple(costs_said(whole))),
        Part(_("Who and what did better"), tuple(findings_said(whole, named))),
    )


def _total(total: ActionTotal) -> str:
    return words.action_total(
        kind=total.kind, currency=total.currency, number=total.number, amount_minor=total.amount_minor
    ).sentence


def costs_said(whole: Whole) -> list[str]:
    """By currency; then all as one, with the rates that make them one, or the currencies that lack a rate."""
    costs = whole.costs
    if not costs.lines:
        return [_("Costs: unknown, no costs are recorded. So the cost of an action is unknown too.")]
    said = [words.each_cost(line.amount_minor, line.currency, line.per_action_minor) for line in costs.lines]
    if (total := costs.total) is None:
        return said
    if total.amount_minor is None:
        missing = {"currency": total.currency, "missing": ", ".join(total.missing)}
        return [*said, _("No total in %(currency)s: no exchange rate is recorded for %(missing)s.") % missing]
    said.append(
        _("Together, converted: %(said)s")
        % {"said": words.each_cost(total.amount_minor, total.currency, costs.total_per_action_minor)}
    )
    return said + [words.rate_said(one, _day(one.on_date)) for one in total.rates]


def findings_said(whole: Whole, named: Named) -> list[str]:
    """What did better, a sentence each, with how much evidence; and that none of it proves a cause."""
    said = []
    for one in whole.breakdown.found:
        best = one.finding.best.key if one.finding.best else ""
        name = named(whole.outreaches.get(best)) if one.dimension == "partner" else words.key_name(one.dimension, best)
        said.append(words.found(one.dimension, one.measure, one.finding, name=name))
    return [
        *said,
        _("Intervals are at 95%. None of this proves a cause: it says where to look, and what to try again."),
    ]


# In figures -----------------------------------------------------------------------------------------------------------


def _series(whole: Whole) -> tuple[Series, ...]:
    days = _spread(whole.report.days)
    labels = tuple(str(format_skeleton("MMMd", day, locale=reader())) for day, _clicks, _actions in days)
    return (
        Series(_("Clicks per day"), labels, tuple(float(clicks) for _day, clicks, _actions in days)),
        Series(_("Concrete actions per day"), labels, tuple(actions for _day, _clicks, actions in days)),
    )


def _spread(days: Sequence[Day]) -> list[Day]:
    """Every day from the first to the last, also those on which nothing happened; the last ones where they are many."""
    if not days:
        return []
    last, known = days[-1][0], {day[0]: day for day in days}
    number = min((last - days[0][0]).days + 1, _DAYS)
    dates = [last - timedelta(days=back) for back in reversed(range(number))]
    return [known.get(day, (day, 0, 0.0)) for day in dates]


def _say(cell: Cell, kind: str) -> str:
    """A cell as the reader's locale writes it."""
    if cell is None:
        return "–" if kind == "money" else words.reach_unknown() if kind == "reach" else unknown()
    if isinstance(cell, Money):
        return say_money(cell.minor, cell.currency)
    if isinstance(cell, date):
        return _day(cell)
    if isinstance(cell, str):
        return cell
    return percent(cell) if kind == "share" else number(round(cell, 2))


def _day(day: date) -> str:
    return formats.date_format(day, "SHORT_DATE_FORMAT")
