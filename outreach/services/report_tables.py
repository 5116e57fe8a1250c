"""The tables of a campaign's report, for files: the same figures as on its page."""

from collections.abc import Callable

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from outreach import words
from outreach.models import Outreach
from outreach.printing.tables import Cell, Column, Money, Table
from outreach.services.breakdown import Line
from outreach.services.campaign_report import Whole
from outreach.services.growth import Side
from outreach.services.reach import Reach

Named = Callable[[Outreach | None], str]


def tables(whole: Whole, named: Named, *, with_names: bool) -> tuple[Table, ...]:
    return (
        _funnel_table(whole),
        _amounts(whole),
        _people(whole, named),
        _lines("platforms", _("By platform"), _("Platform"), whole.breakdown.platforms, words.platform_name),
        _lines("formats", _("By format"), _("Format"), whole.breakdown.formats, words.format_name),
        _days(whole),
        _spent(whole, named),
        _grown("growth", _("Growth of partners’ accounts"), whole.growth.partners, named, with_names=with_names),
        _grown("own_growth", _("Growth of our own accounts"), whole.growth.own, named, with_names=with_names),
    )


def _funnel_table(whole: Whole) -> Table:
    report, reached = whole.report, whole.breakdown.reached
    rows: tuple[tuple[Cell, ...], ...] = (
        (_("In the campaign"), report.people),
        (_("Contacted"), report.contacted),
        (_("Replied"), report.replied),
        (_("Agreed"), report.agreed),
        (_("Publications"), reached.publications),
        (_("Publications with a known reach"), reached.reach.told),
        (_("Reach"), reached.reach.total),
        (_("Engagement"), reached.engagement.total),
        (_("Clicks"), report.clicks),
        (_("Concrete actions"), report.actions),
    )
    columns = (Column(_("Step"), "text", 3), Column(_("Number")))
    return Table("funnel", _("Funnel"), columns, rows, note=str(words.TWICE) if reached.reach.total else "")


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
        Column(_("Influencer"), "text", 2.4),
        Column(_("Stage"), "text", 1.6),
        Column(_("Publications"), weight=1.45),
        Column(_("Reach"), "reach"),
        Column(_("Engagement"), weight=1.45),
        Column(_("Clicks"), weight=0.8),
        Column(_("Concrete actions"), weight=1.1),
    )
    rows = []
    for result in whole.people:
        reached = whole.breakdown.by_outreach.get(result.outreach.pk, Reach())
        rows.append(
            (
                named(result.outreach),
                str(capfirst(result.outreach.get_stage_display())),
                reached.publications,
                reached.reach.total,
                reached.engagement.total,
                result.clicks,
                result.actions,
            )
        )
    return Table("influencers", _("By influencer"), columns, tuple(rows))


def _lines(slug: str, title: str, what: str, lines: tuple[Line, ...], say: Callable[[str], str]) -> Table:
    columns = (
        Column(what, "text", 2),
        Column(_("Publications"), weight=1.45),
        Column(_("With a known reach"), weight=1.3),
        Column(_("Reach"), "reach"),
        Column(_("Engagement"), weight=1.45),
        Column(_("Clicks"), weight=0.8),
        Column(_("Concrete actions"), weight=1.1),
    )
    rows = tuple(
        (
            str(capfirst(say(line.key))),
            line.reached.publications,
            line.reached.reach.told,
            line.reached.reach.total,
            line.reached.engagement.total,
            line.clicks,
            line.actions,
        )
        for line in lines
    )
    return Table(slug, title, columns, rows)


def _days(whole: Whole) -> Table:
    """A reach stands with the day of publication: it is all that came of it since."""
    columns = (
        Column(_("Day"), "day"),
        Column(_("Publications"), weight=1.2),
        Column(_("Reach"), "reach"),
        Column(_("Clicks")),
        Column(_("Concrete actions"), weight=1.2),
    )
    counted = {day: (clicks, actions) for day, clicks, actions in whole.report.days}
    by_day = whole.breakdown.by_day
    rows = tuple(
        (day, reached.publications, reached.reach.total if reached.publications else 0, *counted.get(day, (0, 0.0)))
        for day in sorted({*counted, *by_day})
        for reached in [by_day.get(day, Reach())]
    )
    return Table("days", _("By day"), columns, rows)


def _spent(whole: Whole, named: Named) -> Table:
    outreaches = whole.outreaches
    columns = (Column(_("Influencer"), "text", 3), Column(_("Spent"), "money"))
    rows = tuple(
        (named(outreaches.get(str(pk))), Money(minor, currency))
        for pk, spent in whole.spent.items()
        for currency, minor in spent.items()
    )
    return Table("costs", _("Costs"), columns, rows)


def _grown(slug: str, title: str, side: Side, named: Named, *, with_names: bool) -> Table:
    columns = (
        Column(_("Profile"), "text", 2),
        Column(_("Account"), "text", 2.4),
        Column(_("From"), "day", 1.1),
        Column(_("Followers")),
        Column(_("To"), "day", 1.4),
        Column(_("Followers")),
        Column(_("Difference"), "share"),
    )
    rows = tuple(
        (
            named(one.outreach) if one.outreach else one.account.influencer.name if with_names else "",
            str(one.account) if with_names else one.account.get_platform_display(),
            timezone.localdate(one.before.at),
            int(one.before.value),
            timezone.localdate(one.newest.at),
            int(one.newest.value),
            one.share,
        )
        for one in side.grown
    )
    return Table(slug, title, columns, rows)


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)
