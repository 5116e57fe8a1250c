"""Reads in which several models meet: what needs somebody, what came in, and whose turn it is in a conversation."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

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

from crm.models import ActionKind, Cause, VettingCheck
from outreach.models import AttributionCredit, Campaign, Click, Conversion, Message, Outreach

PATIENCE = timedelta(days=7)  # how long an answer may take before somebody should look
LATELY = timedelta(days=7)
REPLIED = ("in_conversation", "agreed", "live", "completed", "declined")
AGREED = ("agreed", "live", "completed")


@dataclass(frozen=True)
class ActionTotal:
    """Actions of one kind in one currency ("" where no money is involved). Hours, where hours are given."""

    kind: str
    currency: str
    number: float
    amount_minor: int | None


@dataclass(frozen=True)
class Todo:
    """How much waits for somebody."""

    drafts: int  # to read and approve
    by_hand: int  # approved, for a person to send
    uncertain: int
    held: int  # in the last 7 days
    to_answer: int
    to_vet: int
    unanswered: int  # for more than 7 days


def todo(*, at: datetime, campaign: Campaign | None = None) -> Todo:
    """Of one campaign, or of all."""
    messages, outreaches = Message.objects.all(), Outreach.objects.all()
    if campaign:
        messages, outreaches = messages.filter(outreach__campaign=campaign), outreaches.filter(campaign=campaign)
    state = Message.State
    by_hand = Q(state=state.PLANNED, channel=Message.Channel.MANUAL)
    counted = messages.aggregate(
        drafts=Count("pk", filter=Q(state=state.DRAFT)),
        by_hand=Count("pk", filter=by_hand),
        uncertain=Count("pk", filter=Q(state=state.UNCERTAIN)),
    )
    return Todo(
        **counted,
        held=messages.held_since(at - LATELY).count(),
        to_answer=outreaches.to_answer().count(),
        to_vet=outreaches.unvetted().count(),
        unanswered=outreaches.unanswered(since=at - PATIENCE).count(),
    )


def actions_by_kind(*, since: datetime, until: datetime) -> tuple[ActionTotal, ...]:
    """Every action that happened from `since` on and before `until`, whoever it is credited to."""
    return tuple(
        ActionTotal(row["kind"], row["currency"], float(row["number"]), row["amount"])
        for row in Conversion.objects.filter(occurred_at__gte=since, occurred_at__lt=until)
        .values("kind", "currency")
        .annotate(number=Sum("quantity"), amount=Sum("amount_minor"))
        .order_by("kind", "currency")
    )


def with_results(campaigns: QuerySet[Campaign], *, rule: str) -> QuerySet[Campaign]:
    """Each campaign with `people`, `contacted`, `replied`, `clicks` and `actions`, however many campaigns there are."""
    outreaches = Outreach.objects.filter(campaign=OuterRef("pk"))
    clicks = Click.objects.filter(link__outreach__campaign=OuterRef("pk")).exclude(method="HEAD")
    credits = AttributionCredit.objects.filter(link__outreach__campaign=OuterRef("pk"), rule=rule)
    actions = credits.order_by().values("link__outreach__campaign").annotate(n=Sum(acts())).values("n")
    return campaigns.annotate(
        people=_number(outreaches, "campaign"),
        contacted=_number(outreaches.filter(is_contacted()), "campaign"),
        replied=_number(outreaches.filter(stage__in=REPLIED), "campaign"),
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
    outreach: Outreach, *, verdict: str | None, message: Message | None, has_said_no: bool, at: datetime
) -> str:
    """Whose turn it is and for what, as a code that words.py says. `message`: the newest of the conversation."""
    if outreach.influencer is None:
        return "erased"
    if has_said_no:
        return "said_no"
    is_open = outreach.stage == "contacted" and message is not None and message.state != Message.State.SENT
    if outreach.stage not in {"prospect", "shortlisted", "approved"} and not is_open:
        is_late = outreach.stage == "contacted" and outreach.stage_at <= at - PATIENCE
        return "chase" if is_late else outreach.stage
    if verdict != VettingCheck.Verdict.CLEARED:
        return "refused_at_vetting" if verdict else "vet"
    if message is None or message.state in Message.NEVER_SENT:
        return "write_again" if message else "write"
    if message.state == Message.State.DRAFT:
        return "approve"
    if message.state == Message.State.UNCERTAIN:
        return "settle"
    return "send_by_hand" if message.channel == Message.Channel.MANUAL else "goes_out"


def conversation_in(language: str) -> Outreach | None:
    """The newest conversation with somebody who posts in this language first, to try a text on."""
    return (
        Outreach.objects.filter(influencer__languages__0=language, influencer__erased_at=None, link__isnull=False)
        .select_related("influencer", "campaign__cause", "match", "link")
        .order_by("-pk")
        .first()
    )


def is_contacted() -> Q:
    """Of outreaches: whether a message of theirs is known to have been sent."""
    return Q(Exists(Message.objects.filter(outreach=OuterRef("pk"), state=Message.State.SENT)))


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


def _number(rows: QuerySet[Any], by: str) -> Coalesce:
    counted = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
