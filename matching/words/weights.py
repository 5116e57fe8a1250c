"""What the scorecard's weights are about, in the words of who moves them."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import words as crm_words
from matching.ranking.scorecard import WEIGHTS
from matching.words.features import FEATURES

# Every feature that the scorecard weighs, in the order of its page.
GROUPS: Sequence[tuple[str | Promise, Sequence[str]]] = (
    (gettext_lazy("What they speak of"), ("topic_fit", "hashtag_overlap", "cause_share")),
    (
        gettext_lazy("Whom they reach"),
        ("language_reach", "audience_geo", "audience_age", "audience_gender", "audience_interest", "platform_fit"),
    ),
    (
        gettext_lazy("How they keep their accounts"),
        ("engagement_rate", "growth_rate", "days_since_last_post", "authenticity", "sponsorship_load"),
    ),
    (gettext_lazy("How it went with us so far"), ("reply_rate", "contacts_last_90d", "action_rate")),
)

LOOKS_AT: Mapping[str, str | Promise] = {
    "topic_fit": gettext_lazy(
        "How close their words and posts are to the cause’s, or how many of its topics they share."
    ),
    "hashtag_overlap": gettext_lazy("How many of the cause’s hashtags they use; a rare one counts for more."),
    "cause_share": gettext_lazy("How many of their newest posts speak of a cause, whichever."),
    "language_reach": gettext_lazy("How much of their audience reads the cause’s language."),
    "audience_geo": gettext_lazy("How much of their audience is where the cause wants to be heard."),
    "audience_age": gettext_lazy("How much of their audience is of the ages the cause wants to reach."),
    "audience_gender": gettext_lazy("How much of their audience is of the genders the cause wants to reach."),
    "audience_interest": gettext_lazy("How much of their audience has the interests the cause looks for."),
    "platform_fit": gettext_lazy("How many of their followers are on the cause’s platforms."),
    "engagement_rate": gettext_lazy(
        "How much their public reacts, beside accounts of that size. So much that it seems bought speaks against them."
    ),
    "growth_rate": gettext_lazy("How fast their followers become more, or fewer."),
    "days_since_last_post": gettext_lazy("How long ago they last posted: months of silence speak against them."),
    "authenticity": gettext_lazy("How many of their followers are real people, by their source’s estimate."),
    "sponsorship_load": gettext_lazy("How many of their posts are declared adverts: many speak against them."),
    "reply_rate": gettext_lazy("How often they answered us."),
    "contacts_last_90d": gettext_lazy(
        "How often we wrote to them in 90 days: whoever is asked often grows tired of it."
    ),
    "action_rate": gettext_lazy("How many concrete actions they brought in earlier campaigns, per message."),
}


def moved_weights(weights: Mapping[str, float]) -> list[str]:
    """Each weight that is a cause's own, beside the default, as the page has them in order."""
    return [
        _("“%(feature)s” %(weight)s instead of %(default)s")
        % {
            "feature": FEATURES[name],
            "weight": crm_words.number(weights[name]),
            "default": crm_words.number(WEIGHTS[name].default),
        }
        for _title, names in GROUPS
        for name in names
        if name in weights
    ]


def why_moves(feature: str, *, is_better: bool) -> str:
    """Why somebody would change places with other weights; see matching/ranking/moves.py."""
    if not feature:
        return _("Others would lose more by it.") if is_better else _("Others would gain more by it.")
    said = _("“%(feature)s” would speak more for them.") if is_better else _("“%(feature)s” would speak less for them.")
    return said % {"feature": FEATURES[feature]}
