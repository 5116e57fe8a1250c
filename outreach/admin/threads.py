"""What the page of a reply shows: the conversation in the order of time, who it is with, and where it may belong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm import selectors as crm_selectors
from crm import words as crm_words
from crm.errors import DomainError
from crm.handles import canonical_email, sort_key
from crm.models import Address, Influencer, Representation, SocialAccount
from outreach import selectors, words
from outreach.models import InboundMessage, Message, Outreach

_LOOKS = {"yes": "good", "agent": "good", "by_hand": "warn", "no": "bad", "nowhere": "bad"}
_OPEN = ("prospect", "shortlisted", "approved", "contacted", "in_conversation", "agreed", "live", "paused")
_MOST = 8  # candidates, other conversations, people an agent speaks for


@dataclass(frozen=True)
class Turn:
    """One message of a conversation: ours, or a reply of theirs. `is_open`: shown in full."""

    at: datetime
    ours: Message | None = None
    theirs: InboundMessage | None = None
    is_open: bool = False


def conversation(reply: InboundMessage, *, may_read_ours: bool) -> list[Turn]:
    """In the order of time; this reply and the newest one in full."""
    if reply.outreach is None:
        return [Turn(reply.received_at, theirs=reply, is_open=True)]
    theirs = reply.outreach.inbound_messages.defer("raw").select_related("confirmed_by")
    replies = list(theirs.order_by("received_at", "pk"))
    newest = replies[-1].pk if replies else None
    turns = [Turn(one.received_at, theirs=one, is_open=one.pk in {reply.pk, newest}) for one in replies]
    if may_read_ours:
        ours = reply.outreach.messages.defer("raw", "html").order_by("pk")
        turns += [Turn(one.dispatched_at or one.finished_at or one.created_at, ours=one) for one in ours]
    return sorted(turns, key=lambda turn: turn.at)


# Who it is with ---------------------------------------------------------------------------------------------------


def person_of(reply: InboundMessage) -> Influencer | None:
    return reply.outreach.influencer if reply.outreach else reply.influencer


def face(reply: InboundMessage, *, at: datetime) -> dict[str, Any]:
    """What is known of them, on a card."""
    person = person_of(reply)
    if person is None:
        return {"person": None}
    accounts = Prefetch("accounts", SocialAccount.objects.telling_estimates())
    person = Influencer.objects.prefetch_related("addresses", accounts).get(pk=person.pk)
    standing = crm_selectors.standings([person], at=at)[person.pk]
    others = Outreach.objects.filter(influencer=person, stage__in=_OPEN).select_related("campaign", "owner")
    if reply.outreach:
        others = others.exclude(pk=reply.outreach.pk)
    return {
        "person": person,
        "accounts": crm_selectors.by_size(person),
        "standing_label": crm_words.MAY_WRITE[standing.code][0],
        "standing_look": _LOOKS[standing.code],
        "standing_why": crm_words.may_write(standing.code, []),
        "step": _next_step(reply.outreach, at=at),
        "others": list(others.order_by("-stage_at", "-pk")[:_MOST]),
        "agent": agent_of(reply, person),
    }


def _next_step(outreach: Outreach | None, *, at: datetime) -> str:
    if outreach is None:
        return ""
    ((_row, step),) = selectors.steps(Outreach.objects.filter(pk=outreach.pk).select_related("influencer"), at=at)
    return words.next_step(step)[0]


@dataclass(frozen=True)
class Agent:
    """Somebody who wrote in the name of others. `represents`: the first of them; `more`: how many are not shown."""

    person: Influencer
    represents: Sequence[Influencer]
    more: int


def agent_of(reply: InboundMessage, person: Influencer) -> Agent | None:
    """Who wrote, where that is the agent of the person whom the conversation is with."""
    address = _address(reply.from_address)
    if address is None or address.influencer_id == person.pk:
        return None
    current = Representation.objects.current().filter(agent=address.influencer_id)
    theirs = list(current.select_related("influencer").order_by("influencer__sort_name", "pk"))
    if person.pk not in {one.influencer_id for one in theirs}:
        return None
    people = [one.influencer for one in theirs]
    return Agent(address.influencer, people[:_MOST], max(0, len(people) - _MOST))


def _address(email: str) -> Address | None:
    try:
        key = canonical_email(email)
    except DomainError:
        return None
    return Address.objects.select_related("influencer").filter(email_key=key).order_by("pk").first()


# Where it may belong ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    outreach: Outreach
    why: str


def candidates(reply: InboundMessage, *, called: str = "") -> list[Candidate]:
    """Conversations that an unmatched reply may belong to, the most telling first; or those with somebody called so."""
    rows = Outreach.objects.exclude(influencer=None).exclude(stage=Outreach.Stage.MERGED)
    rows = rows.select_related("influencer", "campaign").order_by("-stage_at", "-pk")
    if called:
        found = rows.filter(Q(influencer__name__icontains=called) | Q(campaign__name__icontains=called))[:_MOST]
        return [Candidate(one, "") for one in found]
    kept: dict[int, Candidate] = {}
    for which, why in _grounds(reply):
        for one in rows.filter(which)[:_MOST]:
            kept.setdefault(one.pk, Candidate(one, why))
    return list(kept.values())[:_MOST]


def _grounds(reply: InboundMessage) -> list[tuple[Q, str]]:
    grounds: list[tuple[Q, str]] = []
    if address := _address(reply.from_address):
        agents = Representation.objects.current().filter(agent=address.influencer_id).values("influencer")
        grounds.append((Q(influencer=address.influencer_id), _("it comes from an address of theirs")))
        grounds.append((Q(influencer__in=agents), _("it comes from an address of their agent")))
    if reply.influencer_id:
        grounds.append((Q(influencer=reply.influencer_id), _("they are known to have written it")))
    if name := sort_key(reply.from_name):
        grounds.append((Q(influencer__sort_name=name), _("they have the same name")))
    if subject := _bare(reply.subject):
        ours = Message.objects.asking().filter(subject__iexact=subject).values("outreach")
        grounds.append((Q(pk__in=ours), _("it answers a subject of ours")))
    return grounds


def _bare(subject: str) -> str:
    """Without what a mail program puts before it. Blank where it answers nothing."""
    before, colon, rest = subject.partition(":")
    answers = before.strip().lower() in {"re", "rép", "aw", "fw", "fwd", "tr"}
    return (_bare(rest) or rest.strip()) if colon and answers else ""


# In which language we write back ------------------------------------------------------------------------------------


def language_of(reply: InboundMessage, turns: Sequence[Turn]) -> str:
    """That of our last message, or else the first of theirs."""
    ours = [turn.ours.language for turn in turns if turn.ours and turn.ours.language]
    person = person_of(reply)
    theirs = person.languages[:1] if person else []
    return next(iter([*ours[-1:], *theirs]), get_language() or "en")


def queue(rows: QuerySet[InboundMessage], reply: InboundMessage) -> tuple[int | None, int | None]:
    """The ids before and after this one in a tab; where it is not in it any more, the first."""
    ids = list(rows.values_list("pk", flat=True)[:1000])
    if reply.pk not in ids:
        return None, next(iter(ids), None)
    place = ids.index(reply.pk)
    return (ids[place - 1] if place else None), next(iter(ids[place + 1 : place + 2]), None)
