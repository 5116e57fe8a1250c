"""What a cause asks, and what it leaves unsaid."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from crm.models import Goal
from crm.words.figures import money, number

_GOALS: Mapping[str, tuple[Promise, Promise]] = {
    "donation": (gettext_lazy("%(amount)s in donations"), gettext_lazy("%(amount)s donations")),
    "sign_up": (gettext_lazy("%(amount)s from sign-ups"), gettext_lazy("%(amount)s sign-ups")),
    "signature": (gettext_lazy("%(amount)s from signatures"), gettext_lazy("%(amount)s signatures")),
    "attendance": (gettext_lazy("%(amount)s from events"), gettext_lazy("%(amount)s people who come")),
    "volunteer_hours": (gettext_lazy("%(amount)s from volunteers"), gettext_lazy("%(amount)s volunteer hours")),
    "other": (gettext_lazy("%(amount)s from other actions"), gettext_lazy("%(amount)s other actions")),
}


# Actions, several of each.
ACTIONS: Mapping[str, Promise] = {
    "donation": gettext_lazy("Donations"),
    "sign_up": gettext_lazy("Sign-ups"),
    "signature": gettext_lazy("Petition signatures"),
    "attendance": gettext_lazy("People who come"),
    "volunteer_hours": gettext_lazy("Volunteer hours"),
    "other": gettext_lazy("Other actions"),
}


def goal(wanted: Goal) -> str:
    """ "€20,000.00 in donations", "5,000 signatures"."""
    as_sum, as_number = _GOALS[wanted.kind]
    return str(as_number if wanted.amount_minor is None else as_sum) % {"amount": goal_figure(wanted)}


def goal_figure(wanted: Goal) -> str:
    if wanted.amount_minor is not None:
        return money(wanted.amount_minor, wanted.currency)
    return number(wanted.quantity or 0)


# What a cause leaves unsaid, and what that costs.
UNSAID: Mapping[str, tuple[Promise, Promise]] = {
    "description": (
        gettext_lazy("No description"),
        gettext_lazy("Influencers are compared with your cause by its name, hashtags and topics only."),
    ),
    "topics": (
        gettext_lazy("No topics"),
        gettext_lazy("Those who share your concern without using your words are not found."),
    ),
    "languages": (
        gettext_lazy("No languages"),
        gettext_lazy("Whether an audience reads your language weighs for nobody."),
    ),
    "countries": (
        gettext_lazy("No countries"),
        gettext_lazy("Where an audience lives weighs for nobody."),
    ),
    "audience": (
        gettext_lazy("No target audience"),
        gettext_lazy("Neither age nor gender nor interests say whom you want to reach."),
    ),
    "hashtags": (
        gettext_lazy("No hashtags"),
        gettext_lazy("Posts that carry your hashtags are not recognised by them."),
    ),
    "goals": (
        gettext_lazy("No goals"),
        gettext_lazy("The ranking does not need them, but campaigns have nothing to be measured against."),
    ),
    "conflicts": (
        gettext_lazy("No conflicts"),
        gettext_lazy("Nobody is left out for what they show: you find out at vetting, one by one."),
    ),
    "transparency": (
        gettext_lazy("Nothing on what becomes of the money"),
        gettext_lazy("Influencers and their followers ask it first. Say it, with its source."),
    ),
}
