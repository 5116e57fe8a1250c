"""Trying a text on somebody: what its holes would say in a real conversation, chosen by staff, and where from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.admin.base import asked_id, who
from crm.models import Cause, Influencer
from matching.models import Match
from outreach import rendering, selectors, versions, words
from outreach.models import Campaign, Outreach
from outreach.services import drafts, personal
from outreach.services.personal import Known

_OFFERED = 30  # people


@dataclass(frozen=True)
class Trial:
    """`offered`: whom a text of this language may be tried on; `outreach`: who was chosen, None for examples."""

    offered: Sequence[Outreach]
    outreach: Outreach | None
    found: Mapping[str, Known]

    @property
    def values(self) -> dict[str, str]:
        return personal.values(self.found)

    @property
    def heading(self) -> str:
        if self.outreach is None:
            return _("Filled with examples")
        return _("As %(name)s would read it") % {"name": self.outreach.influencer}


def read(request: HttpRequest, *, language: str, register: str) -> Trial:
    """`on` and `called` of the address: a conversation, and part of a name among whom to choose."""
    called = request.GET.get("called", "").replace("\0", "").strip()
    may_see = request.user.has_perm("outreach.view_outreach")
    offered = list(selectors.conversations_in(language, called=called)[:_OFFERED]) if may_see else []
    asked = asked_id(request.GET.get("on", ""))
    outreach = next((one for one in offered if one.pk == asked), None)
    if outreach is None and asked and may_see:
        outreach = selectors.conversations_in(language).filter(pk=asked).first()
        offered = [outreach, *offered] if outreach else offered
    outreach = outreach or next(iter(offered), None)
    if outreach is None:
        return Trial(offered, None, {hole.name: Known(hole.example) for hole in rendering.PLACEHOLDERS.values()})
    return Trial(offered, outreach, _found(request, outreach, language=language, register=register))


def of(request: HttpRequest, outreach: Outreach, *, version: versions.Version) -> Trial:
    """On this one, whom a message is written to by hand."""
    return Trial([], outreach, _found(request, outreach, language=version.language, register=version.register))


def _found(request: HttpRequest, outreach: Outreach, *, language: str, register: str) -> Mapping[str, Known]:
    now = timezone.now()
    return drafts.fill_in(
        outreach=outreach,
        reader=drafts.reader_of(outreach, at=now),
        version=versions.Version(language, versions.register_in(language, register)),
        by=who(request),
        at=now,
    )


def label(outreach: Outreach) -> str:
    assert outreach.influencer
    return f"{outreach.influencer.name} · {outreach.campaign.name}"


def holes(found: Mapping[str, Known], may: Any) -> list[dict[str, Any]]:
    """Every placeholder with its words, what it would say, and where that is from."""
    return [
        {
            "name": hole.name,
            "hole": f"{{{{ {hole.name} }}}}",
            "words": words.PLACEHOLDERS[hole.description_code],
            "help": words.PLACEHOLDER_HELP.get(hole.description_code, ""),
            "value": found[hole.name].value,
            "unknown": words.unknown([hole.name]),
            "sources": [told(vars(source), may) for source in found[hole.name].sources],
        }
        for hole in rendering.PLACEHOLDERS.values()
    ]


def inserted(kept: Iterable[Mapping[str, Any]], text: str, may: Any) -> list[dict[str, Any]]:
    """What was filled into a message, as it was kept, and whether it stands there still."""
    return [
        {
            "words": words.PLACEHOLDERS.get(f"placeholder_{one['hole']}", one["hole"]),
            "value": one["value"],
            "is_there": _stands_in(one["value"], text),
            "sources": [told(source, may) for source in one["sources"]],
        }
        for one in kept
    ]


def _stands_in(value: str, text: str) -> bool:
    """Whatever the spaces; a sentence may have lost its full stop to the one that follows."""
    return " ".join(value.split()).rstrip(".") in " ".join(text.split())


def told(source: Mapping[str, Any], may: Any) -> dict[str, str]:
    """In words, and the page on which it is to be read, where one may open it."""
    said = words.source(source["kind"], where=source["where"], date=source["date"])
    return {"words": said, "address": _address(source["kind"], source["id"], may), "url": source["url"]}


def _address(kind: str, key: str, may: Any) -> str:
    door = _DOORS.get(kind)
    if door is None or not may(door.permission):
        return ""
    which = {"accounts__posts": asked_id(key)} if kind == "post" else {"public_id": key}
    args = door.model._base_manager.filter(**which).values_list(*door.keys).first()
    place = f"?post={key}#post-{key}" if kind == "post" else ""
    return f"{reverse(door.page, args=args)}{place}" if args else ""


@dataclass(frozen=True)
class _Door:
    """The page of a row, by the columns its address is made of, and what one must be allowed to see there."""

    model: type[Model]
    page: str
    permission: str
    keys: tuple[str, ...] = ("pk",)


_PERSON = _Door(Influencer, "admin:crm_influencer_change", "crm.view_influencer")
_DOORS = {
    **dict.fromkeys(("reader", "profile", "topics", "post"), _PERSON),
    "cause": _Door(Cause, "admin:crm_cause_change", "crm.view_cause"),
    "campaign": _Door(Campaign, "admin:outreach_campaign_change", "outreach.view_campaign"),
    "match": _Door(Match, "admin:matching_matchlist_evidence", "matching.view_matchlist", ("match_list", "pk")),
}
