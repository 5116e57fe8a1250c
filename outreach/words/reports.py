"""What came of a campaign, in sentences: how far it reached, what it cost, and who did better by how much evidence."""

from collections.abc import Mapping

from babel.numbers import format_decimal
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from crm.models import Platform
from crm.words import money, number, percent, reader, unknown
from outreach.evidence import Finding, Standing
from outreach.models import ExchangeRate, Outreach, Publication

PARTS_OF_DAY: Mapping[str, Promise] = {
    "night": gettext_lazy("night (0–6)"),
    "morning": gettext_lazy("morning (6–12)"),
    "afternoon": gettext_lazy("afternoon (12–18)"),
    "evening": gettext_lazy("evening (18–24)"),
}
DIMENSIONS: Mapping[str, Promise] = {
    "partner": gettext_lazy("Partners"),
    "platform": gettext_lazy("Platforms"),
    "format": gettext_lazy("Formats"),
    "hour": gettext_lazy("Times of day"),
}


TWICE = gettext_lazy("A reach adds up what each publication reached: whoever saw two of them is counted twice.")


def called(outreach: Outreach | None) -> str:
    """With whom a conversation is."""
    return outreach.influencer.name if outreach and outreach.influencer else _("Erased person")


def platform_name(code: str) -> str:
    return str(dict(Platform.choices).get(code, code)) if code else _("platform unknown")


def format_name(code: str) -> str:
    if code == "several":
        return _("several formats")
    return str(dict(Publication.Format.choices).get(code, code)) if code else _("format unknown")


def key_name(dimension: str, code: str) -> str:
    """Of those that are compared, but for partners, who have names."""
    if dimension == "hour":
        return str(PARTS_OF_DAY.get(code, code))
    return platform_name(code) if dimension == "platform" else format_name(code)


def known_of(known: int, whole: int) -> str:
    """On how many publications a figure stands."""
    if not whole:
        return _("no publication is recorded")
    if not known:
        return ngettext(
            "none of %(whole)s publication has a figure", "none of %(whole)s publications has a figure", whole
        ) % {"whole": number(whole)}
    return ngettext(
        "%(known)s of %(whole)s publication has a figure", "%(known)s of %(whole)s publications have a figure", whole
    ) % {"known": number(known), "whole": number(whole)}


def reach_unknown() -> str:
    """In a word that agrees with it."""
    return pgettext("of a reach", "unknown")


def counted(value: float | None, *, is_estimate: bool = False, is_reach: bool = False) -> str:
    """A figure, "≈" where it was estimated, and “unknown” where there is none: never 0 for it."""
    if value is None:
        return reach_unknown() if is_reach else unknown()
    return f"≈ {number(value)}" if is_estimate else number(value)


def each_cost(amount_minor: int, currency: str, per_action_minor: int | None) -> str:
    """ "€1,200.00 spent, €24.00 per action"."""
    if per_action_minor is None:
        return _("%(amount)s spent, no action yet") % {"amount": money(amount_minor, currency)}
    said = {"amount": money(amount_minor, currency), "each": money(per_action_minor, currency)}
    return _("%(amount)s spent, %(each)s per action") % said


def rate_figure(rate: ExchangeRate) -> str:
    """ "1 GBP = 1.15185 EUR", to the last digit that was written down."""
    figure = format_decimal(rate.rate, format="#,##0.##########", locale=reader())
    return f"1 {rate.base} = {figure} {rate.quote}"


def rate_said(rate: ExchangeRate, day: str) -> str:
    said = {"rate": rate_figure(rate), "day": day, "source": rate.source}
    return _("%(rate)s on %(day)s, according to %(source)s") % said


def found(dimension: str, measure: str, finding: Finding, *, name: str) -> str:
    """One sentence, with what it stands on. `name`: of the best one."""
    what = DIMENSIONS[dimension]
    if finding.verdict == "too_few" or finding.best is None or finding.others is None:
        return _too_few(str(what), measure)
    said = {"what": what, "name": name, "best": _standing(finding.best, measure)}
    said["others"] = _standing(finding.others, measure)
    if finding.verdict == "no_difference":
        return (
            _("%(what)s: these numbers show no difference. The first, %(name)s: %(best)s. The others: %(others)s.")
            % said
        )
    return _("%(what)s: %(name)s did better. %(name)s: %(best)s. The others: %(others)s.") % said


def _too_few(what: str, measure: str) -> str:
    said = {"what": what}
    if measure == "actions":
        return (
            _("%(what)s: too few clicks and actions to say. It takes two with 30 clicks each, and 10 actions.") % said
        )
    return (
        _("%(what)s: too few publications to say. It takes two kinds with 5 publications each, and 10 clicks.") % said
    )


def _standing(one: Standing, measure: str) -> str:
    assert one.interval is not None
    if measure == "actions":
        said = {"value": percent(one.value), "low": percent(one.interval.low), "high": percent(one.interval.high)}
        return ngettext(
            "%(value)s of %(n)s click led to an action (between %(low)s and %(high)s)",
            "%(value)s of %(n)s clicks led to an action (between %(low)s and %(high)s)",
            one.trials,
        ) % (said | {"n": number(one.trials)})
    said = {
        name: number(round(value, 1))
        for name, value in (("value", one.value), ("low", one.interval.low), ("high", one.interval.high))
    }
    return ngettext(
        "%(value)s clicks each from %(n)s publication (between %(low)s and %(high)s)",
        "%(value)s clicks each from %(n)s publications (between %(low)s and %(high)s)",
        one.trials,
    ) % (said | {"n": number(one.trials)})
