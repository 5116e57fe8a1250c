"""What a row of a file changes, in words: which field, what stood there, what will."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django import template
from django.db.models import TextChoices
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm import words
from crm.models import ActionKind, Address, ImportBatch, ImportRow, Influencer, Platform
from crm.words.columns import COLUMNS, OF_CAUSES

register = template.Library()

FIELDS: Mapping[str, Promise] = {
    "name": gettext_lazy("name"),
    "kind": gettext_lazy("kind"),
    "external_id": gettext_lazy("id in your own list"),
    "country": gettext_lazy("country"),
    "city": gettext_lazy("city"),
    "timezone": gettext_lazy("time zone"),
    "bio": gettext_lazy("about them"),
    "notes": gettext_lazy("notes"),
    "languages": gettext_lazy("languages"),
    "hashtags": gettext_lazy("hashtags"),
    "topics": gettext_lazy("topics"),
    "interests": gettext_lazy("interests"),
    "addresses": gettext_lazy("e-mail address"),
    "email_source": gettext_lazy("where we have it from"),
    "basis": gettext_lazy("legal basis"),
    "handle": gettext_lazy("account"),
    "platform_id": gettext_lazy("id on the platform"),
    "url": gettext_lazy("link"),
    "followers": gettext_lazy("followers"),
    "following": gettext_lazy("accounts they follow"),
    "avg_engagements": gettext_lazy("engagements per post"),
    "avg_likes": gettext_lazy("likes per post"),
    "avg_comments": gettext_lazy("comments per post"),
    "avg_shares": gettext_lazy("shares per post"),
    "avg_views": gettext_lazy("views per post"),
    "engagement_rate": gettext_lazy("engagement"),
    "credible_share": gettext_lazy("real followers"),
    "snapshot": gettext_lazy("figures of"),
    "past_figures": gettext_lazy("earlier figures"),
    "posts": gettext_lazy("posts"),
    "days": gettext_lazy("days of statistics"),
    "description": gettext_lazy("description"),
    "website": gettext_lazy("website"),
    "countries": gettext_lazy("countries"),
    "conflicts": gettext_lazy("conflicts"),
    "platforms": gettext_lazy("platforms"),
    "values": gettext_lazy("values"),
    "tone": gettext_lazy("tone"),
    "transparency": gettext_lazy("what becomes of the money"),
    "transparency_source": gettext_lazy("source of these facts"),
    "goal": gettext_lazy("goal"),
    "audience": gettext_lazy("audience"),
    "audience.country": gettext_lazy("countries of the audience"),
    "audience.language": gettext_lazy("languages of the audience"),
    "audience.age": gettext_lazy("ages of the audience"),
    "audience.gender": gettext_lazy("genders of the audience"),
    "audience.interest": gettext_lazy("interests of the audience"),
}
_SHARES = {"engagement_rate", "credible_share"}
_COUNTRIES = {"country", "countries", "audience.country"}
_LANGUAGES = {"languages", "audience.language"}
_CHOICES: Mapping[str, type[TextChoices]] = {
    "kind": Influencer.Kind,
    "addresses": Address.Kind,
    "basis": Address.Basis,
}
_TOO_SOON = timedelta(seconds=3)  # to tell from how long it took how long it will take
_SHOWN = 160  # characters of a text: enough to tell two versions apart


class Change(NamedTuple):
    field: str
    old: str  # blank where nothing stood
    new: str


@register.simple_tag
def progress(batch: ImportBatch) -> Mapping[str, Any]:
    """How far whoever is at a file has come: {phase, whole, percent, words, left}; nothing known is blank."""
    said = batch.progress
    done, whole = said.get("done", 0), said.get("whole", 0)
    if not whole:
        return {"phase": said.get("phase", "")}
    percent = min(100, round(100 * done / whole))
    return {
        "phase": said["phase"],
        "whole": whole,
        "percent": percent,
        "words": words.percent(percent / 100),
        "left": _left(timezone.now() - datetime.fromisoformat(said["began"]), done / whole),
    }


def _left(elapsed: timedelta, share: float) -> str:
    """How long it will still take, once that can be told."""
    if share <= 0 or elapsed < _TOO_SOON:
        return ""
    left = elapsed * (1 - share) / share
    if left < timedelta(minutes=1):
        return _("less than a minute left")
    minutes = round(left / timedelta(minutes=1))
    return ngettext("≈ %(number)s minute left", "≈ %(number)s minutes left", minutes) % {
        "number": words.number(minutes)
    }


@register.filter
def column_name(name: str, is_json: bool) -> str:
    """What a note is about: a column as the file calls it. Of JSON, which has none of ours, what ours holds."""
    return words.column(name) if is_json and name in {*COLUMNS, *OF_CAUSES} else name


@register.filter
def changes(row: ImportRow, topics: Mapping[str, str]) -> list[Change]:
    """In the order of FIELDS, accounts after the person. `topics`: how each is called, by its slug."""
    order = {name: place for place, name in enumerate(FIELDS)}
    told = sorted(row.changes.items(), key=lambda item: order.get(item[0], len(order)))
    return [_change(name, *(_called(topics, said) if name == "topics" else said)) for name, said in told]


def _change(name: str, old: Any, new: Any) -> Change:
    head, _dot, rest = name.partition(".")
    if head in Platform.values and rest:
        label, field = f"{Platform(head).label}, {FIELDS.get(rest, rest)}", rest
    elif head == "goal" and rest in ActionKind.values:
        label, field = words.labelled(FIELDS["goal"], ActionKind(rest).label), head
    else:
        label, field = str(FIELDS.get(name, name)), name
    return Change(label, _say(field, old), _say(field, new))


def _say(field: str, value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    if field in _SHARES:
        return words.percent(value)
    if field == "goal":
        said = words.number(value["quantity"]) if value.get("quantity") is not None else _("an amount of money")
        return f"{said}, {_by(value['due_date'])}" if value.get("due_date") else said
    if field == "snapshot":
        return formats.date_format(date.fromisoformat(value), "DATE_FORMAT")
    if isinstance(value, Mapping):
        return ", ".join(f"{_name(field, key)} {_share(share)}".strip() for key, share in value.items())
    if isinstance(value, list):
        return ", ".join(_name(field, entry) for entry in value)
    if isinstance(value, int | float):
        return words.number(value)
    text = _name(field, value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN].rstrip()}…"


def _by(due_date: str) -> str:
    return _("by %(day)s") % {"day": formats.date_format(date.fromisoformat(due_date), "DATE_FORMAT")}


def _name(field: str, value: Any) -> str:
    if field in _CHOICES:
        return str(dict(_CHOICES[field].choices).get(value, value))
    if field in _COUNTRIES:
        return words.country(value)
    if field in _LANGUAGES:
        return words.language(value)
    if field == "platforms" and value in Platform.values:
        return str(Platform(value).label)
    return str(value)


def _called(topics: Mapping[str, str], said: list[list[str] | None]) -> list[list[str]]:
    return [[topics.get(slug, slug) for slug in slugs or ()] for slugs in said]


def _share(share: float | None) -> str:
    return "" if share is None else words.percent(share)
