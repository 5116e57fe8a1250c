"""How campaigns, messages and what came of them are drawn."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.words import amount_in, number
from outreach import signing, words
from outreach.models import Cost, Message
from outreach.selectors import ActionTotal
from outreach.services.reach import Reach, Sum
from outreach.services.reports import GoalProgress, PersonResult, Report

register = template.Library()

_KINDS = {
    Message.State.DRAFT: "warn",
    Message.State.SENT: "good",
    Message.State.REFUSED: "bad",
    Message.State.EXPIRED: "bad",
    Message.State.UNCERTAIN: "warn",
}


@register.filter
def spoken(code: str) -> str:
    """A link's code as it is said: "wpnm-fqtd"."""
    return signing.spoken(code)


@register.filter
def given(value: float, currency: str) -> str:
    """A share of actions; or of money, in minor units of its currency, which stands above all of them."""
    return amount_in(int(value), currency) if currency else number(round(value, 2))


@register.inclusion_tag("outreach/message_badge.html")
def message_badge(message: Message) -> dict[str, Any]:
    kind = _KINDS.get(Message.State(message.state), "")
    if message.state == Message.State.PLANNED and message.channel == Message.Channel.MANUAL:
        kind = "warn"
    elif message.was_captured:
        kind = ""
    return {"words": capfirst(words.state_of(message)), "kind": kind}


@register.simple_tag
def said_total(total: ActionTotal) -> words.ActionTotalWords:
    return words.action_total(
        kind=total.kind, currency=total.currency, number=total.number, amount_minor=total.amount_minor
    )


@register.inclusion_tag("outreach/funnel.html")
def funnel(report: Report, reached: Reach) -> dict[str, Any]:
    """From those who are in the campaign to what was done: each step with its share of the one before.

    Reach and engagement are no part of one another: each says on how many publications it stands.
    """
    steps = [
        (_("Contacted"), report.contacted, report.people, _("of those in the campaign")),
        (_("Replied"), report.replied, report.contacted, _("of those contacted")),
        (_("Agreed"), report.agreed, report.replied, _("of those who replied")),
        (_("Clicks"), report.clicks, 0, _("by people; %(all)s requests in all") % {"all": number(report.requests)}),
        (_("Concrete actions"), report.actions, report.clicks, _("of the clicks")),
    ]
    shown = [
        {"name": name, "figure": number(many), "share": share, "width": _width(share or 0), "of": of}
        for name, many, whole, of in steps
        # Where more came than went, as with actions told by a code, a share would say nothing.
        for share in [many / whole if whole and many <= whole else None]
    ]
    told = [
        {"name": name, "figure": summed(of, what), "share": None, "of": words.known_of(of.told, reached.publications)}
        for name, of, what in ((_("Reach"), reached.reach, "reach"), (_("Engagement"), reached.engagement, ""))
    ]
    return {"steps": [*shown[:3], *told, *shown[3:]]}


@register.filter
def platform_name(code: str) -> str:
    return words.platform_name(code)


@register.filter
def format_name(code: str) -> str:
    return words.format_name(code)


@register.filter
def reached_in(by_outreach: Mapping[int, Reach], result: PersonResult) -> Reach:
    return by_outreach.get(result.outreach.pk, Reach())


@register.filter
def summed(of: Sum, what: str = "") -> str:
    """`what`: "reach" is of another gender than other figures."""
    return words.counted(of.total, is_estimate=of.is_estimate, is_reach=what == "reach")


@register.filter
def spent_on(spent: Mapping[int, Mapping[str, int]], result: PersonResult) -> str:
    """What one partner cost, each currency by itself."""
    theirs = spent.get(result.outreach.pk, {})
    return " + ".join(words.money(minor, currency) for currency, minor in theirs.items()) or "—"


@register.inclusion_tag("outreach/goal.html")
def goal(progress: GoalProgress) -> dict[str, Any]:
    """How far a goal is: this campaign's part, then that of the cause's other campaigns."""
    aim = progress.goal

    def say(value: float) -> str:
        return words.money(int(value), aim.currency) if aim.currency else number(value)

    others = progress.reached - progress.reached_here
    here_share, others_share = progress.reached_here / progress.wanted, others / progress.wanted
    return {
        "kind": capfirst(aim.get_kind_display()),
        "due": aim.due_date,
        "reached": say(progress.reached),
        "wanted": say(progress.wanted),
        "share": progress.reached / progress.wanted,
        "width_here": _width(here_share),
        "width_others": _width(min(others_share, 1 - min(here_share, 1))),
        "spoken": _("%(here)s by this campaign, %(others)s by the cause’s other campaigns")
        % {"here": say(progress.reached_here), "others": say(others)},
    }


def _width(share: float) -> str:
    """Of 100, as CSS writes it whatever the language."""
    return f"{100 * min(share, 1):.1f}"


@register.filter
def amount(cost: Cost) -> str:
    return words.money(cost.amount_minor, cost.currency)
