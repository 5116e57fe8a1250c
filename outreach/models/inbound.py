from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from crm.models import Address, Influencer
from crm.models.base import AtErasure, AtMerge, PersonPlan, Public, Stamped
from outreach.models.message import Message
from outreach.models.outreach import Outreach
from outreach.replies.classes import ReplyClass
from outreach.replies.letter import Nature
from outreach.replies.urgency import FIRST, URGENCY

if TYPE_CHECKING:
    from crm.models import User


class InboundQuerySet(models.QuerySet["InboundMessage"]):
    def unread(self) -> InboundQuerySet:
        """Those that were stored and that nothing has been made of yet."""
        return self.filter(state=InboundMessage.State.STORED)

    def by_people(self) -> InboundQuerySet:
        """Those that no machine wrote, by their head, their words, or what a person says of them."""
        kind = InboundMessage.Kind
        machines = [kind.OUT_OF_OFFICE, kind.BOUNCE_HARD, kind.BOUNCE_SOFT, kind.AUTOMATIC]
        said = self.filter(nature=Nature.PERSONAL).exclude(confirmed_kind__in=machines)
        return said.exclude(confirmed_kind="", kind__in=machines)

    def to_answer(self, *, at: datetime) -> InboundQuerySet:
        """Those that lie open, and those that were put off until now."""
        desk = InboundMessage.Desk
        return self.filter(Q(desk=desk.OPEN) | Q(desk=desk.SNOOZED, snoozed_until__lte=at))

    def put_off(self, *, at: datetime) -> InboundQuerySet:
        return self.filter(desk=InboundMessage.Desk.SNOOZED, snoozed_until__gt=at)

    def done(self) -> InboundQuerySet:
        return self.filter(desk=InboundMessage.Desk.DONE)

    def unmatched(self) -> InboundQuerySet:
        """Those that nobody knows the conversation of, and that are not done with."""
        return self.filter(outreach=None).exclude(desk=InboundMessage.Desk.DONE)

    def looked_after_by(self, user: User) -> InboundQuerySet:
        """Theirs: the reply itself, or else the conversation."""
        return self.filter(Q(owner=user) | Q(owner=None, outreach__owner=user))

    def first_of_each(self) -> InboundQuerySet:
        """Of each conversation the newest of these; what has none stands by itself."""
        newer = self.order_by().filter(outreach=OuterRef("outreach"))
        later = Q(received_at__gt=OuterRef("received_at")) | Q(
            received_at=OuterRef("received_at"), pk__gt=OuterRef("pk")
        )
        return self.filter(~Exists(newer.filter(later)))

    def with_urgency(self) -> InboundQuerySet:
        """Each with its place by `urgency`: what nobody is sure of is first, then what has to be done first."""
        is_unsure = Q(confirmed_kind="") & (Q(kind__in=["", ReplyClass.OTHER.value]) | Q(read_by="abstained"))
        what = Coalesce(NullIf(F("confirmed_kind"), Value("")), F("kind"))
        ranks = [When(said_to_be=kind.value, then=Value(rank)) for kind, rank in URGENCY.items()]
        return self.annotate(said_to_be=what).annotate(
            urgency=Case(When(is_unsure, then=Value(FIRST)), *ranks, default=Value(FIRST))
        )


class InboundMessage(Public, Stamped):
    """What somebody, or somebody's machine, answered: stored as it came, and only then read.

    How the rules understood it stands beside what a person says it is, which goes before.
    """

    class Door(models.TextChoices):
        WEBHOOK = "webhook", _("mail service")
        MAILBOX = "mailbox", _("mailbox")
        FORWARDED = "forwarded", _("forwarded")
        BY_HAND = "by_hand", _("noted by hand")

    class State(models.TextChoices):
        STORED = "stored", _("to be read")
        READ = "read", _("read")

    class MatchedBy(models.TextChoices):
        NOTHING = "", _("not matched")
        MESSAGE_ID = "message_id", _("the message it answers")
        TOKEN = "token", _("the address it was sent to")
        SENDER = "sender", _("who wrote it, and when")
        PERSON = "person", _("one of the team")

    class Kind(models.TextChoices):
        """The classes of outreach.replies, with words."""

        INTERESTED = ReplyClass.INTERESTED.value, _("interested")
        QUESTION = ReplyClass.QUESTION.value, _("question")
        FEE = ReplyClass.FEE.value, _("wants a fee")
        LATER = ReplyClass.LATER.value, _("later")
        MANAGER = ReplyClass.MANAGER.value, _("names their agent")
        DECLINES = ReplyClass.DECLINES.value, _("declines")
        UNSUBSCRIBE = ReplyClass.UNSUBSCRIBE.value, _("no more mail")
        OUT_OF_OFFICE = ReplyClass.OUT_OF_OFFICE.value, _("out of office")
        BOUNCE_HARD = ReplyClass.BOUNCE_HARD.value, _("nobody at this address")
        BOUNCE_SOFT = ReplyClass.BOUNCE_SOFT.value, _("did not arrive")
        COMPLAINT = ReplyClass.COMPLAINT.value, _("complaint")
        AUTOMATIC = ReplyClass.AUTOMATIC.value, _("automatic")
        OTHER = ReplyClass.OTHER.value, _("something else")

    class Desk(models.TextChoices):
        """Where it lies for the team."""

        OPEN = "open", _("to answer")
        SNOOZED = "snoozed", _("snoozed")
        DONE = "done", _("done")

    class Scope(models.TextChoices):
        """Of an agent's "no": for whom they said it."""

        NOTHING = "", _("no question of that")
        ASKED = "asked", _("to be found out")
        ONE = "one", _("for this person only")
        EVERYBODY = "everybody", _("for everybody they speak for")

    door = models.CharField(_("came by"), max_length=10, choices=Door)
    # What tells it from every other, by whichever door it comes, and however often: see services/replies.py.
    identity = models.CharField(max_length=64, unique=True)
    raw = models.BinaryField(null=True)  # as it came; null of what was noted by hand, and once somebody was erased
    received_at = models.DateTimeField(_("received"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.STORED)

    # What reading it gave: outreach.replies.letter.Letter, without its bytes.
    nature = models.CharField(max_length=10, blank=True)
    message_id = models.CharField(max_length=998, blank=True)
    from_address = models.CharField(_("from"), max_length=320, blank=True)
    from_name = models.CharField(_("name"), max_length=300, blank=True)
    subject = models.CharField(_("subject"), max_length=998, blank=True)
    text = models.TextField(_("text"), blank=True)
    said = models.TextField(_("what they say"), blank=True)  # without what it quotes
    has_html = models.BooleanField(default=False)
    attachments = models.JSONField(default=list)  # [{"name", "type", "said_type", "size"}]: listed, never run
    sent_at = models.DateTimeField(_("written"), null=True)  # as the sender's clock had it

    # Whose it is. The person may be known where the conversation is not.
    influencer = models.ForeignKey(Influencer, models.SET_NULL, null=True, related_name="inbound_messages")
    outreach = models.ForeignKey(Outreach, models.PROTECT, null=True, related_name="inbound_messages")
    answers = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="answered_by")
    matched_by = models.CharField(_("matched by"), max_length=10, choices=MatchedBy, blank=True)
    # The address of ours it was written from: the person's, or that of an agent, who may speak for many.
    sender = models.ForeignKey(Address, models.SET_NULL, null=True, related_name="+")
    # The stage from which it took the conversation: where that goes back to, should it turn out to be no answer.
    moved_from = models.CharField(max_length=20, blank=True)
    no_scope = models.CharField(_("whom the no is for"), max_length=10, choices=Scope, blank=True)

    # What it is, as the rules read it: outreach.replies.classes.Reading.
    kind = models.CharField(_("what it is"), max_length=15, choices=Kind, blank=True)
    confidence = models.FloatField(default=0)  # 0 to 1
    read_by = models.CharField(max_length=10, blank=True)  # headers, words, numbers, abstained, person
    until_date = models.DateField(_("until"), null=True)
    contact = models.CharField(_("their contact"), max_length=320, blank=True)
    rules_version = models.PositiveSmallIntegerField(default=0)
    confirmed_kind = models.CharField(_("confirmed as"), max_length=15, choices=Kind, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    desk = models.CharField(_("state"), max_length=10, choices=Desk, default=Desk.OPEN)
    desk_at = models.DateTimeField(null=True)  # since when it lies there
    snoozed_until = models.DateTimeField(_("back at"), null=True)  # where it is snoozed; else of no account
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )

    objects = InboundQuerySet.as_manager()

    person_plan = PersonPlan(
        path="influencer",
        also="outreach__influencer",  # an agent writes of those they speak for
        told="public_id door received_at state nature message_id from_address from_name subject text said has_html"
        " attachments sent_at matched_by kind until_date contact confirmed_kind confirmed_at created_at updated_at",
        untold="id identity raw influencer outreach answers sender moved_from no_scope confidence read_by"
        " rules_version confirmed_by desk desk_at snoozed_until owner",
        at_erasure=AtErasure.CLEAR,
        at_merge=AtMerge.MOVE,
        cleared={
            **{"raw": None, "from_address": "", "from_name": "", "subject": "…", "text": "…", "said": "…"},
            **{"message_id": "", "attachments": [], "has_html": False, "contact": "", "influencer": None},
            **{"sender": None, "moved_from": ""},
            **{"desk": "done", "snoozed_until": None, "state": "read"},
        },
        swept="from_address from_name subject text said contact",  # nobody is known to have written it
    )

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        constraints = [
            models.CheckConstraint(
                name="inbound_door", condition=Q(door__in=["webhook", "mailbox", "forwarded", "by_hand"])
            ),
            models.CheckConstraint(name="inbound_identity", condition=Q(identity__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="inbound_state", condition=Q(state__in=["stored", "read"])),
            models.CheckConstraint(name="inbound_nature", condition=Q(nature__in=["", *(n.value for n in Nature)])),
            models.CheckConstraint(
                name="inbound_kind",
                condition=Q(kind__in=["", *(k.value for k in ReplyClass)])
                & Q(confirmed_kind__in=["", *(k.value for k in ReplyClass)]),
            ),
            models.CheckConstraint(
                name="inbound_matched",
                condition=Q(matched_by__in=["", "message_id", "token", "sender", "person"])
                & (Q(matched_by="") | Q(outreach__isnull=False)),
            ),
            models.CheckConstraint(
                name="inbound_desk",
                condition=Q(desk="snoozed", snoozed_until__isnull=False) | Q(desk__in=["open", "done"]),
            ),
            models.CheckConstraint(name="inbound_scope", condition=Q(no_scope__in=["", "asked", "one", "everybody"])),
            models.CheckConstraint(name="inbound_confidence", condition=Q(confidence__gte=0, confidence__lte=1)),
        ]
        indexes = [
            models.Index("received_at", name="inbound_open", condition=Q(desk__in=["open", "snoozed"])),
            models.Index("received_at", name="inbound_stored", condition=Q(state="stored")),
            models.Index("from_address", name="inbound_unread_from", condition=Q(state="stored")),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.state}"

    @property
    def what(self) -> str:
        """What it is: as a person says, else as the rules read it."""
        return self.confirmed_kind or self.kind

    @property
    def is_unsure(self) -> bool:
        """Whether neither the rules nor a person knows what it is."""
        return not self.confirmed_kind and (self.kind in {"", self.Kind.OTHER} or self.read_by == "abstained")


class MailEvent(models.Model):
    """What a mail service told of one of our messages: kept so that the same event, told again, changes nothing."""

    class Kind(models.TextChoices):
        DELIVERED = "delivered", _("delivered")
        BOUNCED = "bounced", _("nobody at this address")
        DEFERRED = "deferred", _("did not arrive")
        COMPLAINED = "complained", _("complaint")
        UNSUBSCRIBED = "unsubscribed", _("no more mail")
        REJECTED = "rejected", _("not taken by the mail service")
        OTHER = "other", _("something else")

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=64)  # a hash: of the provider's own id; of what it says where it gives none
    digest = models.CharField(max_length=64)  # of what it says: the same id with other words is a conflict
    kind = models.CharField(max_length=12, choices=Kind)
    message = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="mail_events")
    at = models.DateTimeField(_("received"))

    person_plan = PersonPlan(
        path="message__outreach__influencer",
        told="provider kind at",
        untold="id event_id digest message",
        at_erasure=AtErasure.CLEAR,
        cleared={"message": None},
    )

    class Meta:
        verbose_name = _("event of the mail service")
        verbose_name_plural = _("events of the mail service")
        constraints = [
            models.UniqueConstraint(name="mail_event_once", fields=["provider", "event_id"]),
            models.CheckConstraint(name="mail_event_provider", condition=Q(provider__regex=r"^[a-z]+$")),
            models.CheckConstraint(
                name="mail_event_hashes",
                condition=Q(event_id__regex=r"^[0-9a-f]{64}$") & Q(digest__regex=r"^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="mail_event_kind",
                condition=Q(
                    kind__in=[
                        *("delivered", "bounced", "deferred", "complained", "unsubscribed", "rejected", "other"),
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"
