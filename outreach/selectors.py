"""Reads in which several models meet: what needs somebody, what came in, and whose turn it is in a conversation."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import (
    Case,
    Count,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce

from crm.models import ActionKind, Address, Cause, Influencer, VettingCheck
from crm.selectors import standings
from matching.models import Exclusion
from outreach import stages
from outreach.models import (
    AttributionCredit,
    Campaign,
    Click,
    Conversion,
    InboundMessage,
    Message,
    MessageTemplate,
    Outreach,
)

PATIENCE = stages.USUAL["contacted"]  # how long an answer may take before somebody should look
LATELY = timedelta(days=7)
REPLIED = ("in_conversation", "agreed", "live", "completed", "declined")
AGREED = ("agreed", "live", "completed")

# The steps that wait for somebody of ours, by what is to be done; the others are someone else's turn, or nobody's.
WAITS: Final[Mapping[str, str]] = {
    "vet": "vet",
    "write": "write",
    "write_again": "write",
    "write_by_hand": "unwritten",
    "approve": "message",
    "with_manager": "message",
    "send_by_hand": "message",
    "settle": "message",
    "chase": "unanswered",
    "captured_long": "unanswered",
    "in_conversation": "answer",
    "agreed": "follow",
}
_OPEN_STAGES = ("prospect", "shortlisted", "approved", "contacted", "in_conversation", "agreed")  # all that may wait


@dataclass(frozen=True)
class ActionTotal:
    """Actions of one kind in one currency ("" where no money is involved). Hours, where hours are given."""

    kind: str
    currency: str
    number: float
    amount_minor: int | None


@dataclass(frozen=True)
class Todo:
    """How much waits for somebody: messages in the outbox, and conversations by their next step."""

    drafts: int  # to read and approve
    approvals: int  # first messages that lie before a manager
    by_hand: int  # approved, for a person to send
    uncertain: int
    held: int  # in the last 7 days
    to_answer: int
    to_vet: int
    to_write: int  # cleared, and nothing has gone out
    unwritten: int  # cleared, and the text could not be filled in for them
    to_follow: int  # they agreed: give the link, note when the post is out
    unanswered: int  # for more than 7 days

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is to be done. What was held back is news, not a task."""
        messages = self.drafts + self.approvals + self.by_hand + self.uncertain
        return not (
            messages + self.to_answer + self.to_vet + self.to_write + self.unwritten + self.to_follow + self.unanswered
        )


def todo(*, at: datetime, campaign: Campaign | None = None) -> Todo:
    """Of one campaign, or of all."""
    messages, outreaches = Message.objects.exclude(purpose=Message.Purpose.STAFF), Outreach.objects.all()
    if campaign:
        messages, outreaches = messages.filter(outreach__campaign=campaign), outreaches.filter(campaign=campaign)
    state = Message.State
    by_hand = Q(state=state.PLANNED, channel=Message.Channel.MANUAL, due_at__lte=at)
    counted = messages.aggregate(
        drafts=Count("pk", filter=Q(state=state.DRAFT, submitted_at=None)),
        approvals=Count("pk", filter=Q(state=state.DRAFT, submitted_at__isnull=False)),
        by_hand=Count("pk", filter=by_hand),
        uncertain=Count("pk", filter=Q(state=state.UNCERTAIN)),
    )
    waiting = Counter(WAITS[step] for _outreach, step in waiting_steps(outreaches, at=at))
    return Todo(
        **counted,
        held=messages.held_since(at - LATELY).count(),
        to_answer=waiting["answer"],
        to_vet=waiting["vet"],
        to_write=waiting["write"],
        unwritten=waiting["unwritten"],
        to_follow=waiting["follow"],
        unanswered=waiting["unanswered"],
    )


def to_answer(*, at: datetime) -> int:
    """How many conversations, and letters that nobody knows the conversation of, wait for an answer of ours."""
    return InboundMessage.objects.to_answer(at=at).first_of_each().count()


def waiting_steps(outreaches: QuerySet[Outreach], *, at: datetime) -> list[tuple[Outreach, str]]:
    """Those of these conversations that wait for somebody of ours, each with its next step; the longest waiting first.

    Whatever lists or counts conversations by what is to be done asks here, so that it says what their pages say.
    """
    open_ones = outreaches.filter(~is_barred(), stage__in=_OPEN_STAGES, influencer__isnull=False)
    rows = _with_what_tells(open_ones).select_related("influencer", "campaign").order_by("stage_at", "pk")
    waiting = [(row, step) for row in rows if (step := _step_of(row, at=at)) in WAITS]
    no = _who_said_no([row for row, _step in waiting], at=at)
    return [(row, step) for row, step in waiting if row.influencer_id not in no]


def steps(outreaches: QuerySet[Outreach], *, at: datetime) -> list[tuple[Outreach, str]]:
    """Each of these conversations, in their order, with its next step as its page says it; at one price for many."""
    rows = list(_with_what_tells(outreaches).annotate(barred=is_barred()))
    no = _who_said_no(rows, at=at)
    return [(row, _step_of(row, at=at, has_said_no=row.influencer_id in no, is_barred=row.barred)) for row in rows]


def _with_what_tells(outreaches: QuerySet[Outreach]) -> QuerySet[Any]:
    """Each with what its next step is told by, but for who said no."""
    vetted = VettingCheck.objects.filter(influencer=OuterRef("influencer"), cause=OuterRef("campaign__cause"))
    newest = Message.objects.asking().telling().filter(outreach=OuterRef("pk")).order_by("-pk")
    return outreaches.annotate(
        newest_verdict=Subquery(vetted.order_by("-at", "-pk").values("verdict")[:1]),
        message_state=Subquery(newest.values("state")[:1]),
        message_channel=Subquery(newest.values("channel")[:1]),
        message_is_captured=Subquery(newest.values("is_captured")[:1]),
        message_submitted_at=Subquery(newest.values("submitted_at")[:1]),
        message_due_at=Subquery(newest.values("due_at")[:1]),
    )


def _step_of(row: Any, *, at: datetime, has_said_no: bool = False, is_barred: bool = False) -> str:
    """Of an outreach with what `_with_what_tells` annotates; who said no is asked for all at once."""
    message = None
    if row.message_state:
        message = Message(
            state=row.message_state,
            channel=row.message_channel,
            is_captured=row.message_is_captured,
            submitted_at=row.message_submitted_at,
            due_at=row.message_due_at,
        )
    said: dict[str, Any] = {"has_said_no": has_said_no, "is_barred": is_barred}
    return next_step(row, verdict=row.newest_verdict, message=message, at=at, **said)


def _who_said_no(outreaches: list[Outreach], *, at: datetime) -> set[int]:
    asked = {outreach.influencer_id for outreach in outreaches if outreach.influencer_id is not None}
    people = Influencer.objects.filter(pk__in=asked).prefetch_related("addresses", "accounts")
    return {person for person, standing in standings(people, at=at).items() if standing.code == "no"}


def actions_by_kind(*, since: datetime, until: datetime) -> tuple[ActionTotal, ...]:
    """What is left of every action that happened from `since` on and before `until`, whoever it is credited to."""
    return tuple(
        ActionTotal(row["kind"], row["currency"], float(row["number"]), row["amount"])
        for row in Conversion.objects.counting()
        .filter(occurred_at__gte=since, occurred_at__lt=until)
        .values("kind", "currency")
        .annotate(number=Sum("quantity"), amount=Sum(Coalesce("balance__kept_minor", "amount_minor")))
        .order_by("kind", "currency")
    )


def with_results(campaigns: QuerySet[Campaign], *, rule: str) -> QuerySet[Campaign]:
    """Each campaign with `people`, `contacted`, `replied`, `clicks` and `actions`, however many campaigns there are."""
    outreaches = Outreach.objects.filter(campaign=OuterRef("pk"))
    clicks = Click.objects.by_people().filter(link__outreach__campaign=OuterRef("pk"))
    credits = AttributionCredit.objects.counting().filter(link__outreach__campaign=OuterRef("pk"), rule=rule)
    actions = credits.order_by().values("link__outreach__campaign").annotate(n=Sum(acts())).values("n")
    return campaigns.annotate(
        people=_number(outreaches, "campaign", each_person()),
        contacted=_number(outreaches.filter(is_contacted()), "campaign", each_person()),
        replied=_number(outreaches.filter(stage__in=REPLIED), "campaign", each_person()),
        clicks=_number(clicks, "link__outreach__campaign"),
        actions=Subquery(actions),
    )


def open_campaigns(*, cause: Cause | None, on: date) -> QuerySet[Campaign]:
    """Those that people can still enter, the newest first."""
    running = Campaign.objects.filter(Q(ends_date=None) | Q(ends_date__gte=on)).select_related("cause")
    return (running.filter(cause=cause) if cause else running).order_by("-starts_date", "-pk")


def verdict(outreach: Outreach) -> str | None:
    """Of the newest vetting of this person for the campaign's cause; None where nobody looked."""
    if outreach.influencer is None:
        return None
    newest = outreach.influencer.vettings.filter(cause=outreach.campaign.cause).order_by("-at", "-pk")
    return newest.values_list("verdict", flat=True).first()


def next_step(
    outreach: Outreach,
    *,
    verdict: str | None,
    message: Message | None,
    has_said_no: bool,
    at: datetime,
    is_barred: bool = False,
) -> str:
    """Whose turn it is and for what, as a code that words.py says. `message`: the newest of the conversation."""
    if outreach.influencer is None:
        return "erased"
    if has_said_no or (is_barred and outreach.stage in _OPEN_STAGES):
        return "said_no" if has_said_no else "barred"
    is_open = outreach.stage == "contacted" and message is not None and message.state != Message.State.SENT
    if outreach.stage not in {"prospect", "shortlisted", "approved"} and not is_open:
        return _after_writing(outreach, message, at=at) if outreach.stage == "contacted" else outreach.stage
    if verdict != VettingCheck.Verdict.CLEARED:
        return "refused_at_vetting" if verdict else "vet"
    if message is None or message.state in Message.NEVER_SENT:
        return "write_again" if message else "write_by_hand" if outreach.unwritten else "write"
    return _before_it_went(message, at=at)


def _before_it_went(message: Message, *, at: datetime) -> str:
    if message.state == Message.State.DRAFT:
        return "with_manager" if message.submitted_at else "approve"
    if message.state == Message.State.UNCERTAIN:
        return "settle"
    if message.channel == Message.Channel.EMAIL:
        return "goes_out"
    return "by_hand_later" if message.due_at and message.due_at > at else "send_by_hand"


def _after_writing(outreach: Outreach, message: Message | None, *, at: datetime) -> str:
    if outreach.unwritten:
        return "write_by_hand"
    is_late = outreach.stage_at <= at - PATIENCE
    if message is not None and message.was_captured:
        return "captured_long" if is_late else "captured"
    return "chase" if is_late else "contacted"


def known_as(address: Address) -> str:
    """The organisation in whose name this address was last written to; blank where nothing went there."""
    sent = Message.objects.filter(address=address, outreach__isnull=False).exclude(dispatched_at=None)
    newest = sent.order_by("-dispatched_at", "-pk").values_list("outreach__campaign__organisation", flat=True)
    return newest.first() or ""


def is_on_its_way(address: Address) -> bool:
    """Whether a message was being handed over there at this moment."""
    return Message.objects.filter(address=address, state=Message.State.DISPATCHING).exists()


def conversations_in(language: str, *, called: str = "") -> QuerySet[Outreach]:
    """Conversations with people who post in this language, to try a text on: the newest first, of those whose first
    language it is before the others. `called`: part of a name.
    """
    first = Case(When(influencer__languages__0=language, then=0), default=1)
    found = Outreach.objects.filter(influencer__languages__contains=[language], links__deliverable="")
    if called:
        found = found.filter(influencer__name__icontains=called)
    ordered = found.exclude(stage=Outreach.Stage.MERGED).order_by(first, "-pk")
    return ordered.select_related("influencer", "campaign__cause", "match__match_list").prefetch_related("links")


def text_names() -> list[str]:
    """The names of the texts that messages begin from, each once whatever its versions."""
    return list(MessageTemplate.objects.order_by("name").values_list("name", flat=True).distinct())


def is_barred() -> Q:
    """Of outreaches: whether it was decided never to ask this person, for this cause or again."""
    open_ones = Exclusion.objects.open().filter(influencer=OuterRef("influencer"))
    return Q(Exists(open_ones.filter(Q(cause=None) | Q(cause=OuterRef("campaign__cause")))))


def is_contacted() -> Q:
    """Of outreaches: whether a message of theirs is known to have been sent."""
    return Q(Exists(Message.objects.asking().filter(outreach=OuterRef("pk"), state=Message.State.SENT)))


def acts() -> Case:
    """Of credits: how many acts. An hour given is part of one act, however many hours it lasts."""
    return Case(
        When(conversion__kind=ActionKind.VOLUNTEER_HOURS, then=F("share")),
        default=quantity(),
        output_field=DecimalField(max_digits=30, decimal_places=12),
    )


def quantity() -> "ExpressionWrapper[Any]":
    """Of credits: the number that was told, shared: signatures, people, hours."""
    return ExpressionWrapper(
        F("share") * F("conversion__quantity"), output_field=DecimalField(max_digits=30, decimal_places=12)
    )


def each_person() -> Count:
    """Of outreaches: how many people. Two that met in a merge are one person's; an erased person counts on."""
    return Count(Coalesce("influencer", -F("pk")), distinct=True)


def _number(rows: QuerySet[Any], by: str, count: Count | None = None) -> Coalesce:
    counted = rows.order_by().values(by).annotate(n=count or Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
