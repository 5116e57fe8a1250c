"""What a person's page says of figures, posts and hours."""

from datetime import datetime

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm import words
from crm.models import Post
from crm.portrait.hours import Week
from crm.portrait.zones import AudienceZone
from crm.selectors import Fact, Peers, reading
from crm.words import portrait

register = template.Library()

register.filter("said_by", portrait.source)


@register.filter
def about(figure: str, is_estimate: bool) -> str | SafeString:
    """ "≈ 48.2K" where it was estimated."""
    return format_html("≈ {}", figure) if is_estimate else figure


@register.filter
def exactly(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "DATETIME_FORMAT")


@register.filter
def bracket(peers: Peers) -> str:
    """Whom somebody is compared with."""
    said = {"platform": peers.account.get_platform_display(), "least": words.short_number(peers.least)}
    said |= {"most": words.short_number(peers.most)}
    return _("Peers: the other %(platform)s accounts we know with %(least)s to %(most)s followers") % said


@register.filter
def reaction(post: Post) -> float | None:
    """The part of the followers that reacted to a post; None where that is not known."""
    told = reading(post, followers=post.account.followers)
    return told.rate if told else None


@register.filter
def other_hashtags(post: Post) -> list[str]:
    """Those that do not stand in the text already."""
    text = post.text.casefold()
    return [tag for tag in post.hashtags if f"#{tag.casefold()}" not in text]


@register.filter
def best_hours(week: Week) -> str:
    return portrait.best_hours(week)


@register.filter
def against_usual(week: Week) -> str:
    return portrait.against_usual(week)


@register.filter
def clock(zone: AudienceZone) -> str:
    return portrait.clock(zone)


@register.filter
def fact_title(fact: Fact) -> str:
    """What a fact is about: "Audience: ages", "Posts: 12"."""
    title = str(portrait.FACTS[fact.what])
    if fact.what == "audience":
        parts = ", ".join(str(words.AUDIENCES[dimension]).lower() for dimension in fact.dimensions)
        return words.labelled(title, parts)
    if fact.what == "past_figures":
        said = {"number": words.number(fact.number)}
        return ngettext("%(number)s earlier reading", "%(number)s earlier readings", fact.number) % said
    if fact.what == "posts":
        return ngettext("%(number)s post", "%(number)s posts", fact.number) % {"number": words.number(fact.number)}
    return title
