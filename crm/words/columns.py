"""What the columns of a file may hold, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from crm.models import Platform

COLUMNS: Mapping[str, Promise] = {
    "external_id": gettext_lazy("id in your own list"),
    "name": gettext_lazy("full name"),
    "first_name": gettext_lazy("first name"),
    "last_name": gettext_lazy("family name"),
    "kind": gettext_lazy("kind (person, brand or agency)"),
    "email": gettext_lazy("e-mail address"),
    "email_kind": gettext_lazy("kind of address (professional or personal)"),
    "email_source": gettext_lazy("where we have the address from"),
    "basis": gettext_lazy("legal basis"),
    "language": gettext_lazy("main language"),
    "languages": gettext_lazy("languages"),
    "country": gettext_lazy("country"),
    "city": gettext_lazy("city"),
    "timezone": gettext_lazy("time zone"),
    "bio": gettext_lazy("about them"),
    "topics": gettext_lazy("topics"),
    "hashtags": gettext_lazy("hashtags"),
    "platform": gettext_lazy("platform"),
    "handle": gettext_lazy("account"),
    "url": gettext_lazy("link of the profile"),
    "platform_id": gettext_lazy("id on the platform"),
    "followers": gettext_lazy("followers"),
    "following": gettext_lazy("accounts they follow"),
    "posts": gettext_lazy("number of posts"),
    "avg_likes": gettext_lazy("likes per post"),
    "avg_comments": gettext_lazy("comments per post"),
    "avg_shares": gettext_lazy("shares per post"),
    "avg_views": gettext_lazy("views per post"),
    "engagement_rate": gettext_lazy("engagement rate"),
    "real_followers": gettext_lazy("share of followers who are real"),
    "fake_followers": gettext_lazy("share of followers who are fake"),
    "audience_countries": gettext_lazy("countries of the audience"),
    "audience_languages": gettext_lazy("languages of the audience"),
    "audience_ages": gettext_lazy("ages of the audience"),
    "audience_genders": gettext_lazy("genders of the audience"),
    "audience_interests": gettext_lazy("interests of the audience"),
    "observed_at": gettext_lazy("day of the figures"),
    "notes": gettext_lazy("notes"),
}
OF_CAUSES: Mapping[str, Promise] = {"website": gettext_lazy("website")}
GROUPS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (gettext_lazy("Who"), ("name", "first_name", "last_name", "external_id", "kind")),
    (gettext_lazy("Account"), ("handle", "url", "platform", "platform_id")),
    (
        gettext_lazy("Figures of the account"),
        (
            *("followers", "engagement_rate", "avg_views", "avg_likes", "avg_comments", "avg_shares", "following"),
            *("posts", "real_followers", "fake_followers", "observed_at"),
        ),
    ),
    (
        gettext_lazy("About them"),
        ("languages", "language", "country", "city", "timezone", "topics", "hashtags", "bio", "notes"),
    ),
    (gettext_lazy("E-mail"), ("email", "email_kind", "email_source", "basis")),
    (gettext_lazy("Audience"), tuple(name for name in COLUMNS if name.startswith("audience_"))),
)


def column(field: str) -> str:
    """What a column of ours holds, also of one platform: "instagram.followers"."""
    platform, _dot, name = field.rpartition(".")
    said = str(COLUMNS.get(name) or OF_CAUSES.get(name) or name)
    return f"{Platform(platform).label}, {said}" if platform in Platform.values else str(capfirst(said))
