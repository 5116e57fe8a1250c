"""What the board says of all its conversations, and of the one that was moved or given away."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import Influencer, User
from crm.words import number
from outreach.words.conversations import stage


def board(conversations: int, aside: int) -> str:
    """ "21 conversations, 6 of them set aside."."""
    said = {"number": number(conversations), "aside": number(aside)}
    if not aside:
        return ngettext("%(number)s conversation.", "%(number)s conversations.", conversations) % said
    several = ngettext(
        "%(number)s conversation, set aside.", "%(number)s conversations, %(aside)s of them set aside.", conversations
    )
    return several % said


def moved(person: Influencer | None, to: str) -> str:
    return _("Noted: %(name)s is in the stage “%(stage)s” now.") % {"name": _called(person), "stage": stage(to)}


def looked_after(person: Influencer | None, owner: User | None) -> str:
    if owner is None:
        return _("Nobody looks after the conversation with %(name)s.") % {"name": _called(person)}
    said = {"owner": owner.called, "name": _called(person)}
    return _("%(owner)s looks after the conversation with %(name)s.") % said


def _called(person: Influencer | None) -> str:
    return person.name if person else _("Erased person")
