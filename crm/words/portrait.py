"""What a person's page says of posts, hours and next steps, in words."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from babel.dates import get_day_names, get_timezone_location
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.models import AccountHandle
from crm.portrait.hours import ENOUGH, SPAN, Week
from crm.portrait.zones import AudienceZone
from crm.words.figures import country, number, percent, reader

# What to do about somebody, and the button that does it.
NEXT_STEPS: Mapping[str, tuple[Promise, str | Promise]] = {
    "nothing": (gettext_lazy("Nothing: they asked not to be written to."), ""),
    "find_address": (
        gettext_lazy("Find an account or an address: nothing says yet how to reach them."),
        gettext_lazy("Add how to reach them"),
    ),
    "add_cause": (gettext_lazy("Describe a cause: somebody is vetted for a cause."), gettext_lazy("Add a cause")),
    "vet": (
        gettext_lazy("Look at their posts and decide whether they fit a cause. Nothing goes out before."),
        gettext_lazy("Vet for a cause"),
    ),
    "another_cause": (
        gettext_lazy("Nothing, for the causes they were refused for. Another cause may fit."),
        gettext_lazy("Vet for a cause"),
    ),
    "start": (gettext_lazy("Cleared at vetting: they can be asked."), gettext_lazy("Choose for a campaign")),
}

# What a fact is about.
FACTS: Mapping[str, Promise] = {
    "profile": gettext_lazy("Name, place, languages, what they say of themselves"),
    "address": gettext_lazy("E-mail address"),
    "figures": gettext_lazy("Followers and engagement"),
    "past_figures": gettext_lazy("Earlier figures"),
    "credible": gettext_lazy("Real followers"),
    "audience": gettext_lazy("Audience"),
    "posts": gettext_lazy("Posts"),
}

_BY_HAND = "by hand"


def source(said: str) -> str:
    """Who told something: the name of a file or of a service as it is, our own hand in the reader's words."""
    return _("by hand") if said == _BY_HAND else said or _("source not recorded")


def weekday(day: int, *, width: str = "wide") -> str:
    """Of 0, a Monday, to 6. `width`: "wide", "abbreviated", "short"."""
    return str(get_day_names(width, context="stand-alone", locale=reader())[day])  # type: ignore[arg-type]


def span(hour: int) -> str:
    """ "18–20"."""
    return _("%(from)s–%(to)s") % {"from": hour, "to": hour + SPAN}


def best_hours(week: Week) -> str:
    """ "Best: Tuesday 18–20, from 14 posts", or why nothing can be said."""
    if not week.is_enough:
        said = {"number": number(week.posts), "needed": number(ENOUGH)}
        return _("Not enough posts yet (%(number)s of %(needed)s)") % said
    if week.best is None or week.usual is None:
        said = {"number": number(week.posts)}
        return _("No time stands out: %(number)s posts do about as well at any hour and on any day") % said
    best = week.best
    if best.weekday is None:
        when = _("%(hours)s on any day") % {"hours": span(best.hour or 0)}
    elif best.hour is None:
        when = _("%(day)s at any hour") % {"day": weekday(best.weekday)}
    else:
        when = _("%(day)s %(hours)s") % {"day": weekday(best.weekday), "hours": span(best.hour)}
    said = {"when": when, "number": number(best.posts)}
    return ngettext("Best: %(when)s, from %(number)s post", "Best: %(when)s, from %(number)s posts", best.posts) % said


def against_usual(week: Week) -> str:
    """How much better the best time is; blank where there is none."""
    if week.best is None or week.best.rate is None or week.usual is None:
        return ""
    said = {"best": percent(week.best.rate), "usual": percent(week.usual), "number": number(week.posts)}
    return _("%(best)s of the followers react then, against %(usual)s usually (middle of %(number)s posts).") % said


def clock(zone: AudienceZone) -> str:
    """By which clock hours are told, and why."""
    if zone.reason == "unknown":
        return _("Hours of UTC: neither their time zone nor one of most of their audience is known")
    place = str(get_timezone_location(ZoneInfo(zone.name), locale=reader(), return_city=True))
    if zone.reason == "own":
        return _("Hours as in %(place)s, the time zone of their profile") % {"place": place}
    said = {"place": place, "country": country(zone.country)}
    return _("Hours as in %(place)s: the largest part of their audience is in %(country)s") % said


def renamed(former: AccountHandle) -> str:
    """One line of a timeline: an account took another handle."""
    said = {"platform": former.account.get_platform_display(), "old": former.handle}
    return _("%(platform)s: changed the handle; it was “%(old)s” until then") % said
