"""What is missing of somebody, and where they could stand if it were known."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import words as crm_words

_LITTLE = 2  # places

# What one would know, in a sentence that begins "If … were known".
_KNOWN: Mapping[str, str | Promise] = {
    "topic_fit": gettext_lazy("what they speak of"),
    "hashtag_overlap": gettext_lazy("the hashtags they use"),
    "language_reach": gettext_lazy("their audience’s languages"),
    "audience_geo": gettext_lazy("their audience’s countries"),
    "audience_age": gettext_lazy("their audience’s ages"),
    "audience_gender": gettext_lazy("their audience’s genders"),
    "audience_interest": gettext_lazy("their audience’s interests"),
    "platform_fit": gettext_lazy("where their followers are"),
    "engagement_rate": gettext_lazy("how much their public reacts"),
    "cause_share": gettext_lazy("how much they post about causes"),
    "action_rate": gettext_lazy("how many actions they bring"),
    "reply_rate": gettext_lazy("how readily they answer us"),
    "contacts_last_90d": gettext_lazy("how often we wrote to them lately"),
    "days_since_last_post": gettext_lazy("when they last posted"),
    "growth_rate": gettext_lazy("whether they are growing"),
    "authenticity": gettext_lazy("how many of their followers are real"),
    "sponsorship_load": gettext_lazy("how many of their posts are adverts"),
}


def could_stand(feature: str, *, rank: int | None, best: int | None, worst: int | None) -> str:
    """What knowing one feature could do to somebody of this rank; None: they were drawn by lot, and have none."""
    said = {"what": str(_KNOWN[feature]), "best": crm_words.number(best or 0), "worst": crm_words.number(worst or 0)}
    if best is None:
        return _("If %(what)s were known, they would still not stand in the list by rank.") % said
    if worst is None:
        return _("If %(what)s were known, they could stand from %(best)s down, or drop out of the list.") % said
    if best == worst == rank:
        return _("If %(what)s were known, they would still stand where they do.") % said
    return _("If %(what)s were known, they could stand anywhere from %(best)s to %(worst)s.") % said


def could_stand_at_all(*, rank: int | None, best: int | None, worst: int | None) -> str:
    """What knowing everything that is missing could do."""
    said = {"best": crm_words.number(best or 0), "worst": crm_words.number(worst or 0)}
    if best is None:
        return _("Nothing that is missing could bring them into the list by rank.")
    if worst is None:
        return _("With all that is missing known, they could stand from %(best)s down, or drop out of the list.") % said
    if best == worst == rank:
        return _("Nothing that is missing could move them.")
    if rank is not None and max(rank - best, worst - rank) <= _LITTLE:
        return _("Nothing that is missing could move them by more than two places.")
    return _("With all that is missing known, they could stand anywhere from %(best)s to %(worst)s.") % said
