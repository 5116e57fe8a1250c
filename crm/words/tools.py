"""What other tools may do, in words."""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# What tools may read and change, as the pages call it.
RESOURCES: Mapping[str, Promise] = {
    "influencers": gettext_lazy("Influencers"),
    "causes": gettext_lazy("Causes"),
    "topics": gettext_lazy("Topics"),
    "imports": gettext_lazy("Imports"),
    "match-lists": gettext_lazy("Match lists"),
    "verdicts": gettext_lazy("Verdicts on matches"),
    "exclusions": gettext_lazy("Who is never to be asked"),
    "rankers": gettext_lazy("Rankers"),
    "vettings": gettext_lazy("Vetting"),
    "campaigns": gettext_lazy("Campaigns"),
    "outreaches": gettext_lazy("Outreach"),
    "templates": gettext_lazy("Message templates"),
    "sequences": gettext_lazy("Sequences"),
    "messages": gettext_lazy("Messages"),
    "replies": gettext_lazy("Replies"),
    "suppressions": gettext_lazy("Who said no"),
    "links": gettext_lazy("Tracked links"),
    "clicks": gettext_lazy("Clicks"),
    "conversions": gettext_lazy("Concrete actions"),
    "sources": gettext_lazy("Systems that tell of actions"),
    "triage": gettext_lazy("Actions that nobody is credited for"),
    "credits": gettext_lazy("Credit"),
    "publications": gettext_lazy("Publications"),
    "costs": gettext_lazy("Costs"),
    "exchange-rates": gettext_lazy("Exchange rates"),
    "privacy": gettext_lazy("Everything known about one person"),
}


def may(scopes: Iterable[str]) -> list[str]:
    """What a token may do, one sentence per resource."""
    verbs: dict[str, set[str]] = {}
    for scope in scopes:
        resource, _colon, verb = scope.partition(":")
        verbs.setdefault(resource, set()).add(verb)
    said = {"read": _("%(what)s: read"), "write": _("%(what)s: change"), "both": _("%(what)s: read and change")}
    return [
        said["both" if len(verbs[resource]) > 1 else next(iter(verbs[resource]))] % {"what": label}
        for resource, label in RESOURCES.items()
        if resource in verbs
    ]
