"""What the ranker's features are called."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

FEATURES: Mapping[str, str | Promise] = {
    "topic_fit": gettext_lazy("Subject matter"),
    "hashtag_overlap": gettext_lazy("Hashtags in common"),
    "language_reach": gettext_lazy("Language"),
    "audience_geo": gettext_lazy("Audience’s countries"),
    "audience_age": gettext_lazy("Audience’s ages"),
    "audience_gender": gettext_lazy("Audience’s genders"),
    "audience_interest": gettext_lazy("Audience’s interests"),
    "platform_fit": gettext_lazy("Platforms"),
    "log_followers": gettext_lazy("Size"),
    "engagement_rate": gettext_lazy("Engagement"),
    "cause_share": gettext_lazy("Commitment"),
    "action_rate": gettext_lazy("Actions brought before"),
    "reply_rate": gettext_lazy("Answers so far"),
    "contacts_last_90d": gettext_lazy("Recent messages"),
    "days_since_last_post": gettext_lazy("Last post"),
    "growth_rate": gettext_lazy("Growth"),
    "authenticity": gettext_lazy("Real followers"),
    "sponsorship_load": gettext_lazy("Adverts"),
}

PARTS = FEATURES  # what the audit trail tells of weights goes by them, too

SIDES: Mapping[str, str | Promise] = {
    "accepts": gettext_lazy("They would say yes"),
    "wants": gettext_lazy("The cause would want them"),
}
