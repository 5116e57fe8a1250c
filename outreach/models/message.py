from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from crm.models import Address, SocialAccount, User
from crm.models.base import ERASING_AT, AtErasure, PersonPlan, Public, Stamped
from crm.models.checks import is_language
from outreach.models.campaign import MessageTemplate
from outreach.models.outreach import Outreach

FIRST = ":first"  # how the reference of a message ends with which a conversation begins
_WAITING = Q(state__in=["draft", "planned", "claimed"])  # not handed over yet


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, *, at: datetime) -> MessageQuerySet:
        """Approved messages whose time has come and whose lease, if any, has run out."""
        free = Q(state=Message.State.PLANNED) | Q(state=Message.State.CLAIMED, lease_until__lt=at)
        return self.filter(free, channel=Message.Channel.EMAIL, due_at__lte=at).order_by("due_at", "pk")

    def asking(self) -> MessageQuerySet:
        """Those of a partnership, by which somebody is asked for something."""
        return self.filter(purpose=Message.Purpose.PARTNERSHIP)

    def yet_to_go(self) -> MessageQuerySet:
        """Approved, and not through the gate yet."""
        return self.filter(state__in=[Message.State.PLANNED, Message.State.CLAIMED], channel=Message.Channel.EMAIL)

    def first_ones(self) -> MessageQuerySet:
        """Those with which a conversation begins: each is one ask, whatever follows it."""
        return self.asking().filter(reference__endswith=FIRST)

    def telling(self) -> MessageQuerySet:
        """Those by which a conversation is known to stand somewhere: of a follow-up that never went, nobody knows."""
        return self.exclude(reference__contains=":step:", state__in=Message.NEVER_SENT)

    def seen_by(self, user: User) -> MessageQuerySet:
        """What goes to members of staff is theirs, and of whoever looks after the team."""
        return self if user.has_perm("crm.change_user") else self.exclude(purpose=Message.Purpose.STAFF)

    def held_since(self, since: datetime) -> MessageQuerySet:
        """What the gate or the mail server turned away from `since` on; what staff took back is none of it."""
        return self.filter(state__in=[Message.State.REFUSED, Message.State.EXPIRED], finished_at__gte=since)

    def stranded(self, *, at: datetime) -> MessageQuerySet:
        """Messages whose sender died between the gate and the answer: nobody knows whether they went out."""
        return self.filter(state=Message.State.DISPATCHING, lease_until__lt=at)


class Message(Public, Stamped):
    """One mail to one address: drafted, read and approved by a person, then sent at most once.

    What is due in a conversation under way, or to staff, is planned by a service: outreach.services.notices.
    """

    class Purpose(models.TextChoices):
        PARTNERSHIP = "partnership", _("partnership")
        TRANSACTIONAL = "transactional", _("transactional")
        STAFF = "staff", _("staff")

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        MANUAL = "manual", _("by hand")

    class State(models.TextChoices):
        DRAFT = "draft", _("to be read and approved")
        PLANNED = "planned", _("approved, waiting for its time")
        CLAIMED = "claimed", _("about to be sent")
        DISPATCHING = "dispatching", _("being sent")
        SENT = "sent", _("sent")
        REFUSED = "refused", _("held back")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("too late, not sent")
        UNCERTAIN = "uncertain", _("perhaps sent")

    NEVER_SENT = frozenset({"refused", "cancelled", "expired"})  # settled: nobody got it

    purpose = models.CharField(_("purpose"), max_length=15, choices=Purpose, default=Purpose.PARTNERSHIP)
    reference = models.CharField(max_length=100)  # what this message is within its purpose: "outreach:7:first"
    outreach = models.ForeignKey(Outreach, models.PROTECT, null=True, related_name="messages")
    # To a member of staff, who has no address of ours but their own e-mail.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    # Null once the address was erased: that a message went out stays, where to does not.
    address = models.ForeignKey(Address, models.SET_NULL, null=True, related_name="messages")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.EMAIL)
    # By hand: the account whose owner gets the text as a direct message, sent by a person.
    account = models.ForeignKey(SocialAccount, models.SET_NULL, null=True, related_name="messages")
    language = models.CharField(_("language"), max_length=8)
    register = models.CharField(
        _("form of address"), max_length=8, choices=MessageTemplate.Register, default=MessageTemplate.Register.NEUTRAL
    )
    # What its version of the text was fallen back from: [{"code", "wanted"}], see outreach/versions.py.
    fallback = models.JSONField(default=list, editable=False)
    # What its holes were filled with, and from where: [{"hole", "value", "sources": [{"kind", "id", "date", …}]}].
    inserted = models.JSONField(default=list, editable=False)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))  # as a person edits it: holes filled in, no footer
    # Frozen at approval: exactly what goes out.
    text = models.TextField(blank=True, editable=False)
    html = models.TextField(blank=True, editable=False)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    reason = models.CharField(_("why"), max_length=60, blank=True)  # a code; words.py says it
    # Put before a manager, where the cause asks for their approval of a first message.
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("put before a manager"), null=True)
    remark = models.CharField(_("what a manager remarked"), max_length=300, blank=True, default="", editable=False)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    approved_at = models.DateTimeField(_("approved"), null=True)
    due_at = models.DateTimeField(_("goes out"), null=True)
    expires_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    attempt_id = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    message_id = models.CharField(max_length=200, unique=True, null=True)  # noqa: DJ001  (fixed before sending)
    # Of what follows in a thread (RFC 5322): the Message-ID it answers, and those before it, separated by spaces.
    in_reply_to = models.CharField(max_length=998, blank=True, editable=False)
    references = models.TextField(blank=True, editable=False)
    is_captured = models.BooleanField(default=False)
    raw = models.BinaryField(null=True)  # the bytes of a captured mail, for the page that shows it

    objects = MessageQuerySet.as_manager()

    person_plan = PersonPlan(
        path="outreach__influencer",
        also="address__influencer",  # of an agent, who gets what is for those they speak for
        told="public_id purpose channel address account language register fallback inserted subject body text html"
        " state reason submitted_at remark approved_at due_at expires_at dispatched_at finished_at message_id"
        " is_captured created_at updated_at",
        untold="id reference outreach user submitted_by approved_by attempts attempt_id lease_until in_reply_to"
        " references raw",
        at_erasure=AtErasure.CLEAR,
        cleared={
            **{"address": None, "account": None, "subject": "…", "body": "…", "text": "…", "html": "", "raw": None},
            "inserted": [],
            "fallback": [],
            "in_reply_to": "",
            "references": "",
            "remark": "",
            # A mailbox still holds this id: without it, neither a late answer nor a copy of the mail leads back here.
            "message_id": Case(
                When(message_id__isnull=False, then=Concat(Value("erased:"), Cast("pk", models.CharField())))
            ),
            "state": Case(When(_WAITING, then=Value("cancelled")), default=F("state")),
            "reason": Case(When(_WAITING, then=Value("person_erased")), default=F("reason")),
            "finished_at": Case(When(_WAITING, then=F(ERASING_AT)), default=F("finished_at")),
        },
        # On the wire at this moment: its sender still has the text.
        busy=Q(state="dispatching", lease_until__gte=F(ERASING_AT)),
    )

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        permissions = [
            ("approve_message", "Can approve a message"),
            ("approve_first_contact", "Can approve a first message where the cause asks for a manager"),
        ]
        constraints = [
            # Nobody gets the same message twice. One that is settled as never sent may be followed by another.
            models.UniqueConstraint(
                name="message_once",
                fields=["purpose", "reference", "address", "user"],
                nulls_distinct=False,
                condition=~Q(state__in=["refused", "cancelled", "expired"]),
            ),
            # In a conversation whatever the address: a person who has two is still one person.
            models.UniqueConstraint(
                name="message_once_in_a_conversation",
                fields=["reference"],
                condition=Q(purpose="partnership") & ~Q(state__in=["refused", "cancelled", "expired"]),
            ),
            models.CheckConstraint(
                name="message_approved_before_it_goes",
                condition=Q(state__in=["draft", "cancelled"])
                | Q(approved_at__isnull=False, due_at__isnull=False, message_id__isnull=False) & ~Q(text=""),
            ),
            # One place each; none once the address is erased.
            models.CheckConstraint(
                name="message_to_staff_or_not",
                condition=Q(purpose="staff", user__isnull=False, address=None, account=None, outreach=None)
                | ~Q(purpose="staff") & Q(user=None),
            ),
            models.CheckConstraint(
                name="message_to_one",
                condition=Q(address=None) | Q(account=None),
            ),
            models.CheckConstraint(
                name="message_purpose", condition=Q(purpose__in=["partnership", "transactional", "staff"])
            ),
            models.CheckConstraint(name="message_language", condition=is_language("language", blank=True)),
            models.CheckConstraint(
                name="message_register", condition=Q(register__in=["formal", "informal", "neutral"])
            ),
            models.CheckConstraint(name="message_channel", condition=Q(channel__in=["email", "manual"])),
            models.CheckConstraint(
                name="message_state",
                condition=Q(
                    state__in=[
                        "draft",
                        "planned",
                        "claimed",
                        "dispatching",
                        "sent",
                        "refused",
                        "cancelled",
                        "expired",
                        "uncertain",
                    ]
                ),
            ),
        ]
        indexes = [
            models.Index("due_at", name="message_due", condition=Q(state__in=["planned", "claimed", "dispatching"])),
            models.Index("dispatched_at", name="message_dispatched"),  # for the cap, at every gate
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.state}"

    @property
    def recipient(self) -> str:
        """The e-mail address it goes to; blank where that was erased, and by hand."""
        whose = self.user or self.address
        return whose.email if whose else ""

    @property
    def is_first(self) -> bool:
        """Whether a conversation begins with it: the one by which somebody is asked."""
        return self.purpose == self.Purpose.PARTNERSHIP and self.reference.endswith(FIRST)

    @property
    def was_captured(self) -> bool:
        """Whether it was kept here instead of sent: it went its whole way, and nobody got it."""
        return self.is_captured and self.state == self.State.SENT
