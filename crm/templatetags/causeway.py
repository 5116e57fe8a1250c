"""Numbers, dates, countries and languages as the reader writes them."""

from datetime import date, datetime

from django import template
from django.template import Context
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from crm import words
from crm.models import AudienceShare, SocialAccount

register = template.Library()


@register.filter
def ago(at: datetime | None) -> str | SafeString:
    """ "3 days ago", the date itself on hover."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    exact = formats.date_format(local, "DATETIME_FORMAT")
    said = words.distance(at, now=timezone.now())
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), exact, said)


@register.filter
def day(at: date | datetime | None) -> str | SafeString:
    """ "24 November 2026", with the machine's own date beside it."""
    if at is None:
        return ""
    local = timezone.localtime(at) if isinstance(at, datetime) else at
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), formats.date_format(local, "DATE_FORMAT"))


@register.filter
def count(number: float | None) -> str | SafeString:
    """ "48.2K", every digit on hover; "unknown" where nobody knows."""
    if number is None:
        return words.unknown()
    return format_html('<span title="{}">{}</span>', words.number(number), words.short_number(number))


@register.filter
def number(value: float | None) -> str:
    return words.unknown() if value is None else words.number(value)


@register.filter
def followers(account: SocialAccount) -> str | SafeString:
    """ "≈ 48.2K", every digit on hover."""
    if account.followers is None:
        return words.unknown()
    return format_html('<span title="{}">{}</span>', words.number(account.followers), words.followers(account))


@register.filter
def percent(share: float | None) -> str:
    return words.unknown() if share is None else words.percent(share)


@register.filter
def country(code: str) -> str:
    return words.country(code)


@register.filter
def language(code: str) -> str:
    return words.language(code)


@register.filter
def trait(share: AudienceShare) -> str:
    """Whom a part of an audience is: "France", "18–24", "women"."""
    return words.trait(share.dimension, share.key)


@register.filter
def audience_title(dimension: str) -> str:
    return str(words.AUDIENCES[dimension])


@register.simple_tag(takes_context=True)
def leaf(context: Context, number: int, part: str = "") -> str:
    """Where another page of a list is; with `part`, of a list that its page shows beside what else it leafs through."""
    asked = context["request"].GET.copy()
    asked[part or "page"] = str(number)
    return f"?{asked.urlencode()}#{part}".removesuffix("#")


@register.filter
def said(error: dict[str, object]) -> str:
    """The words for a stored {"code": …, "params": {…}}."""
    return words.say_code(str(error["code"]), error.get("params") or {})  # type: ignore[arg-type]
