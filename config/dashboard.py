"""The staff home page: what needs somebody today, what came of the week, and where to begin."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import Cause, DuplicateCandidate, ImportBatch, Influencer
from crm.services import instance
from matching.models import MatchList
from outreach import selectors, words
from outreach.models import Campaign, Conversion, Message, MessageTemplate, Outreach
from outreach.services import triage

WEEK = timedelta(days=7)
_MINE = 8  # conversations shown


@dataclass(frozen=True)
class Need:
    """Something that waits for a person, and where to see to it. `is_urgent`: it cannot be settled by itself.

    `permission`: what the page asks for.
    """

    number: int
    words: str
    address: str
    permission: str
    is_urgent: bool = False


@dataclass(frozen=True)
class Door:
    """A button and where it leads. `permissions`: what it takes, each of them."""

    words: str
    address: str
    permissions: tuple[str, ...]


@dataclass(frozen=True)
class Beginning:
    """A step on the way from an empty database to a first action. `doors`: where it is done, the usual one first."""

    words: str
    why: str
    is_done: bool
    doors: tuple[Door, ...]


@dataclass(frozen=True)
class Step:
    """A conversation and what to do in it next."""

    outreach: Outreach
    words: str


@dataclass(frozen=True)
class Compared:
    """Actions of one kind in one currency, this week and the week before; None: there were none."""

    kind: str
    now: words.ActionTotalWords | None
    before: words.ActionTotalWords | None

    @property
    def both(self) -> tuple[words.ActionTotalWords | None, ...]:
        return self.now, self.before


def home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's dashboard callback. Each is told of what they may see to: nothing here leads to a closed door."""
    at, may = timezone.now(), request.user.has_perm
    beginnings = [replace(step, doors=_open(step.doors, may)) for step in _beginnings()]
    beginnings = [step for step in beginnings if step.doors]
    mine = islice(_mine(request, at), _MINE) if may("outreach.view_outreach") else ()
    return context | {
        "title": _("Home"),
        "needs": [need for need in _needs(at) if need.number and may(need.permission)],
        "week": list(_week(at)),
        "mine": list(mine),
        "beginnings": [] if all(step.is_done for step in beginnings) else beginnings,
        "beginnings_done": sum(step.is_done for step in beginnings),
        "next_beginning": next((step for step in beginnings if not step.is_done), None),
    }


def replies_to_answer() -> int:
    """How much waits in the inbox, for the side bar."""
    return selectors.to_answer(at=timezone.now())


def _week(at: datetime) -> Iterator[Compared]:
    """What was done in the last seven days, beside the seven before; a kind or currency may be in one of them only."""
    now, before = (
        {(total.kind, total.currency): words.action_total(**asdict(total)) for total in totals}
        for totals in (
            selectors.actions_by_kind(since=at - WEEK, until=at),
            selectors.actions_by_kind(since=at - 2 * WEEK, until=at - WEEK),
        )
    )
    for key in sorted(now.keys() | before.keys()):
        yield Compared((now.get(key) or before[key]).kind, now.get(key), before.get(key))


def _mine(request: HttpRequest, at: datetime) -> Iterator[Step]:
    """My conversations in which it is my turn, the longest waiting first."""
    mine = Outreach.objects.filter(owner=request.user.pk)
    for outreach, step in selectors.waiting_steps(mine, at=at):
        yield Step(outreach, str(words.next_step(step)[1]))


def _needs(at: datetime) -> Iterator[Need]:
    todo = selectors.todo(at=at)
    outbox = reverse("admin:outreach_message_changelist")
    people = reverse("admin:outreach_outreach_changelist")
    imports = reverse("admin:crm_importbatch_changelist")
    waiting = ImportBatch.objects.filter(state=ImportBatch.State.ANALYSED).count()
    unmapped = ImportBatch.objects.filter(state=ImportBatch.State.UNMAPPED).count()

    def at_(page: str, **query: str) -> str:
        return f"{page}?{urlencode(query)}"

    yield Need(
        todo.uncertain,
        ngettext(
            "message perhaps sent: say whether it arrived",
            "messages perhaps sent: say whether they arrived",
            todo.uncertain,
        ),
        at_(outbox, kind="uncertain"),
        "outreach.view_message",
        True,
    )
    replies = selectors.to_answer(at=at)
    yield Need(
        replies,
        ngettext("reply to answer", "replies to answer", replies),
        reverse("admin:outreach_inboundmessage_changelist"),
        "outreach.view_inboundmessage",
    )
    yield Need(
        todo.to_answer,
        ngettext("conversation to answer", "conversations to answer", todo.to_answer),
        at_(people, todo="answer"),
        "outreach.view_outreach",
    )
    yield Need(
        todo.to_follow,
        ngettext(
            "person agreed: give their link, note when their post is out",
            "people agreed: give their links, note when their posts are out",
            todo.to_follow,
        ),
        at_(people, todo="follow"),
        "outreach.view_outreach",
    )
    yield Need(
        todo.drafts,
        ngettext("message to read and approve", "messages to read and approve", todo.drafts),
        at_(outbox, kind="draft"),
        "outreach.view_message",
    )
    yield Need(
        todo.approvals,
        ngettext(
            "first message that waits for a manager’s approval",
            "first messages that wait for a manager’s approval",
            todo.approvals,
        ),
        at_(outbox, kind="submitted"),
        "outreach.approve_first_contact",
    )
    yield Need(
        todo.by_hand,
        ngettext("message to send by hand", "messages to send by hand", todo.by_hand),
        at_(outbox, kind="by_hand"),
        "outreach.view_message",
    )
    yield Need(
        todo.to_vet,
        ngettext("person to vet before anything is sent", "people to vet before anything is sent", todo.to_vet),
        at_(people, todo="vet"),
        "outreach.view_outreach",
    )
    yield Need(
        todo.to_write,
        ngettext("person to write to", "people to write to", todo.to_write),
        at_(people, todo="write"),
        "outreach.view_outreach",
    )
    yield Need(
        todo.unwritten,
        ngettext("message to write by hand", "messages to write by hand", todo.unwritten),
        at_(people, todo="unwritten"),
        "outreach.view_outreach",
    )
    yield Need(
        todo.held,
        ngettext("message held back this week", "messages held back this week", todo.held),
        at_(outbox, kind="held_lately"),
        "outreach.view_message",
    )
    yield Need(
        todo.unanswered,
        ngettext(
            "conversation without an answer for more than a week",
            "conversations without an answer for more than a week",
            todo.unanswered,
        ),
        at_(people, todo="unanswered"),
        "outreach.view_outreach",
    )
    yield Need(
        waiting,
        ngettext("import waiting for your decision", "imports waiting for your decision", waiting),
        at_(imports, state="analysed"),
        "crm.view_importbatch",
    )
    yield Need(
        unmapped,
        ngettext("file whose columns somebody has to name", "files whose columns somebody has to name", unmapped),
        at_(imports, state="unmapped"),
        "crm.view_importbatch",
    )
    actions = triage.count()
    yield Need(
        actions,
        ngettext("concrete action to look at: whose is it?", "concrete actions to look at: whose are they?", actions),
        reverse("admin:outreach_conversion_changelist"),
        "outreach.add_assignment",
    )
    doubles = DuplicateCandidate.objects.waiting().count()
    yield Need(
        doubles,
        ngettext("pair of profiles: one person or two?", "pairs of profiles: one person or two?", doubles),
        reverse("admin:crm_duplicatecandidate_changelist"),
        "crm.change_duplicatecandidate",
    )


def _open(doors: tuple[Door, ...], may: Callable[[str], bool]) -> tuple[Door, ...]:
    return tuple(door for door in doors if all(map(may, door.permissions)))


def _beginnings() -> Iterator[Beginning]:
    yield Beginning(
        _("Say who you are"),
        _("Your organisation and its postal address stand under every first message."),
        bool(instance.organisation() and instance.postal_address()),
        (_door(_("Fill in"), "admin:crm_instance_organisation", "crm.change_instance"),),
    )
    yield Beginning(
        _("Bring in the people you know"),
        _("From our template, or from a file you have already. You see what it would do before anything is stored."),
        Influencer.objects.exists(),
        (
            _door(_("Import a file"), "admin:crm_importbatch_upload", "crm.add_importbatch"),
            _door(_("Add somebody by hand"), "admin:crm_influencer_add", "crm.add_influencer"),
        ),
    )
    yield Beginning(
        _("Describe a cause"),
        _("What you ask, of whom, and who should hear it."),
        Cause.objects.exists(),
        (_door(_("Add a cause"), "admin:crm_cause_add", "crm.add_cause"),),
    )
    yield Beginning(
        _("See who fits"),
        _("A ranked list, with the reasons for and against each person."),
        MatchList.objects.ready().exists(),
        (_door(_("Rank influencers"), "admin:matching_matchlist_rank", "matching.add_matchlist"),),
    )
    yield Beginning(
        _("Write a template"),
        _("The text that first messages begin from, filled in for each person."),
        MessageTemplate.objects.exists(),
        (_door(_("Add a template"), "admin:outreach_messagetemplate_add", "outreach.add_messagetemplate"),),
    )
    yield Beginning(
        _("Open a campaign"),
        _("The page where people act, and the days it runs."),
        Campaign.objects.exists(),
        (_door(_("Add a campaign"), "admin:outreach_campaign_add", "outreach.add_campaign"),),
    )
    yield Beginning(
        _("Write to somebody"),
        _("Choose people on a match list and start outreach: each message is read by a person before it goes."),
        Message.objects.asking().filter(state=Message.State.SENT).exists(),
        (
            _door(
                _("Choose people"),
                "admin:matching_matchlist_changelist",
                "matching.view_matchlist",
                "outreach.add_outreach",
            ),
        ),
    )
    yield Beginning(
        _("See what came of it"),
        _("Donations, sign-ups and signatures, from your own pages by the API or entered by hand."),
        Conversion.objects.exists(),
        (_door(_("See the campaigns"), "admin:outreach_campaign_changelist", "outreach.view_campaign"),),
    )


def _door(words: str, page: str, *permissions: str) -> Door:
    return Door(words, reverse(page), permissions)
