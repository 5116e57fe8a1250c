"""A campaign's report as it is printed, in the language of whoever reads it: for files, not for the page."""

from collections.abc import Callable
from datetime import date

from babel.dates import format_skeleton
from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm.words import money as say_money
from crm.words import number, percent, reader, unknown
from outreach import words
from outreach.models import Outreach
from outreach.printing.archive import archive
from outreach.printing.paper import paper
from outreach.printing.tables import Bar, Book, Cell, Column, Money, Part, Series, Table
from outreach.printing.workbook import workbook
from outreach.selectors import ActionTotal
from outreach.services.breakdown import Line
from outreach.services.campaign_report import Whole

KINDS = {
    "csv": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
_SUFFIX = {"csv": "csv.zip", "xlsx": "xlsx", "pdf": "pdf"}
_DAYS = 92  # columns of a chart on paper; the table has all

Named = Callable[[Outreach | None], str]


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
            f"{campaign.organisation} · {_('Report of %(when)s') % {'when': made}}",
        ),
        funnel_title=_("What came of it"),
        funnel=_funnel(whole),
        parts=_parts(whole, named),
        series=_series(whole),
        tables=tuple(table for table in _tables(whole, named, with_names=with_names) if table.rows),
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
    for name, value, known in (
        (_("Reach"), reached.reach, reached.with_reach),
        (_("Engagement"), reached.engagement, reached.with_engagement),
    ):
        figure = words.counted(value, is_estimate=reached.is_estimate)
        bars.append(Bar(name, figure, None, words.known_of(known, reached.publications)))
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
    return said + [
        words.rate_said(one.base, one.quote, number(float(one.rate)), _day(one.on_date), one.source)
        for one in total.rates
    ]


def findings_said(whole: Whole, named: Named) -> list[str]:
    """What did better, a sentence each, with how much evidence; and that none of it proves a cause."""
    said = []
    for one in whole.breakdown.found:
        best = one.finding.best.key if one.finding.best else ""
        name = {
            "partner": lambda key: named(whole.outreaches.get(key)),
            "platform": words.platform_name,
            "format": words.format_name,
            "hour": lambda key: str(words.PARTS_OF_DAY.get(key, key)),
        }[one.dimension](best)
        said.append(words.found(one.dimension, one.measure, one.finding, name=name))
    return [
        *said,
        _("Intervals are at 95 %. None of this proves a cause: it says where to look, and what to try again."),
    ]


# In figures -----------------------------------------------------------------------------------------------------------


def _series(whole: Whole) -> tuple[Series, ...]:
    days = whole.report.days[-_DAYS:]
    labels = tuple(str(format_skeleton("MMMd", day, locale=reader())) for day, _clicks, _actions in days)
    return (
        Series(_("Clicks per day"), labels, tuple(float(clicks) for _day, clicks, _actions in days)),
        Series(_("Concrete actions per day"), labels, tuple(actions for _day, _clicks, actions in days)),
    )


def _tables(whole: Whole, named: Named, *, with_names: bool) -> tuple[Table, ...]:
    return (
        _funnel_table(whole),
        _amounts(whole),
        _people(whole, named),
        _lines("platforms", _("By platform"), _("Platform"), whole.breakdown.platforms, words.platform_name),
        _lines("formats", _("By format"), _("Format"), whole.breakdown.formats, words.format_name),
        Table(
            "days",
            _("By day"),
            (Column(_("Day"), "day"), Column(_("Clicks")), Column(_("Concrete actions"))),
            whole.report.days,
        ),
        _spent(whole, named),
        _grown(whole, named, with_names=with_names),
    )


def _funnel_table(whole: Whole) -> Table:
    report, reached = whole.report, whole.breakdown.reached
    rows: tuple[tuple[Cell, ...], ...] = (
        (_("In the campaign"), report.people),
        (_("Contacted"), report.contacted),
        (_("Replied"), report.replied),
        (_("Agreed"), report.agreed),
        (_("Publications"), reached.publications),
        (_("Publications with a known reach"), reached.with_reach),
        (_("Reach"), reached.reach),
        (_("Engagement"), reached.engagement),
        (_("Clicks"), report.clicks),
        (_("Concrete actions"), report.actions),
    )
    return Table("funnel", _("Funnel"), (Column(_("Step"), "text", 3), Column(_("Number"))), rows)


def _amounts(whole: Whole) -> Table:
    columns = (
        Column(_("Action"), "text", 2),
        Column(_("Number")),
        Column(_("Amount"), "money", 1.5),
        Column(_("Credited to"), "text", 2),
    )
    rows = [
        (str(capfirst(words.action_kind(total.kind))), total.number, _money(total.amount_minor, total.currency), to)
        for totals, to in (
            (whole.report.totals, _("somebody in the campaign")),
            (whole.report.unassigned, _("nobody in the campaign")),
        )
        for total in totals
    ]
    return Table("actions", _("Concrete actions"), columns, tuple(rows))


def _people(whole: Whole, named: Named) -> Table:
    columns = (
        Column(_("Influencer"), "text", 3),
        Column(_("Stage"), "text", 1.6),
        Column(_("Publications")),
        Column(_("Reach")),
        Column(_("Engagement"), weight=1.2),
        Column(_("Clicks")),
        Column(_("Concrete actions"), weight=1.2),
    )
    rows = []
    for result in whole.people:
        reached = whole.breakdown.by_outreach.get(result.outreach.pk)
        rows.append(
            (
                named(result.outreach),
                str(capfirst(result.outreach.get_stage_display())),
                reached.publications if reached else 0,
                reached.reach if reached else None,
                reached.engagement if reached else None,
                result.clicks,
                result.actions,
            )
        )
    return Table("influencers", _("By influencer"), columns, tuple(rows))


def _lines(slug: str, title: str, what: str, lines: tuple[Line, ...], say: Callable[[str], str]) -> Table:
    columns = (
        Column(what, "text", 2.5),
        Column(_("Publications")),
        Column(_("With a known reach")),
        Column(_("Reach")),
        Column(_("Engagement")),
        Column(_("Clicks")),
        Column(_("Concrete actions")),
    )
    rows = tuple(
        (
            str(capfirst(say(line.key))),
            line.reached.publications,
            line.reached.with_reach,
            line.reached.reach,
            line.reached.engagement,
            line.clicks,
            line.actions,
        )
        for line in lines
    )
    return Table(slug, title, columns, rows)


def _spent(whole: Whole, named: Named) -> Table:
    outreaches = whole.outreaches
    columns = (Column(_("Influencer"), "text", 3), Column(_("Spent"), "money"))
    rows = tuple(
        (named(outreaches.get(str(pk))), Money(minor, currency))
        for pk, spent in whole.spent.items()
        for currency, minor in spent.items()
    )
    return Table("costs", _("Costs"), columns, rows)


def _grown(whole: Whole, named: Named, *, with_names: bool) -> Table:
    columns = (
        Column(_("Influencer"), "text", 2),
        Column(_("Account"), "text", 2.4),
        Column(_("From"), "day", 1.2),
        Column(_("Followers")),
        Column(_("To"), "day", 1.2),
        Column(_("Followers")),
        Column(_("Change"), "share"),
    )
    rows = tuple(
        (
            named(one.outreach),
            str(one.account) if with_names else one.account.get_platform_display(),
            timezone.localdate(one.before.at),
            int(one.before.value),
            timezone.localdate(one.newest.at),
            int(one.newest.value),
            one.share,
        )
        for one in whole.growth.grown
    )
    return Table("growth", _("Growth of the partners’ accounts"), columns, rows)


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


def _say(cell: Cell, kind: str) -> str:
    """A cell as the reader's locale writes it."""
    if cell is None:
        return "–" if kind == "money" else unknown()
    if isinstance(cell, Money):
        return say_money(cell.minor, cell.currency)
    if isinstance(cell, date):
        return _day(cell)
    if isinstance(cell, str):
        return cell
    return percent(cell) if kind == "share" else number(round(cell, 2))


def _day(day: date) -> str:
    return formats.date_format(day, "SHORT_DATE_FORMAT")
