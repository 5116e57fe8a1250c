"""One person in one campaign, from vetting to whatever their fate is, through the services."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random

from config.demo import scripts
from config.demo.agenda import Agenda, Event
from crm.errors import DomainError
from crm.models import User, VettingCheck
from crm.services import addresses, vetting
from outreach.models import Message, Outreach
from outreach.services import delivery, drafts, messages, pipeline

_NO_ANSWER = timedelta(days=30)
_PAUSE = timedelta(days=2)  # from an answer to agreeing to talk later
_TICK = timedelta(seconds=8)  # how long a due message waits for the next sweep


@dataclass(frozen=True)
class Shared:
    """A link that somebody gave to their followers, from when to when."""

    outreach: Outreach
    since: datetime
    until: datetime


@dataclass
class Desk:
    """What every conversation needs: the calendar, and where shared links are noted."""

    rng: Random
    agenda: Agenda
    shared: list[Shared] = field(default_factory=list)


class Conversation:
    def __init__(self, desk: Desk, outreach: Outreach, fate: str, *, owner: User, colleague: User) -> None:
        assert outreach.influencer
        self._desk = desk
        self._outreach = outreach
        self._campaign = outreach.campaign
        self._person = outreach.influencer
        self._fate = fate
        self._owner = owner
        self._colleague = colleague

    def begin(self, at: datetime) -> None:
        language = self._owner.language or "en"
        if self._fate == scripts.TO_VET:
            return
        if self._fate == scripts.REFUSED:
            self._vet(VettingCheck.Verdict.REFUSED, scripts.REFUSED_REASONS[language], at=at)
            self._move("conflict", at)
            return
        if self._fate != scripts.UNCHECKED:
            reason = self._desk.rng.choice(scripts.CLEARED_REASONS[language])
            self._vet(VettingCheck.Verdict.CLEARED, reason, at=at)
        self._then(self._write, at, days=0.5)

    def _vet(self, verdict: str, reason: str, *, at: datetime) -> None:
        vetting.answer(
            influencer=self._person, cause=self._campaign.cause, verdict=verdict, reason=reason, by=self._owner, at=at
        )

    def _then(self, event: Event, at: datetime, *, days: float) -> None:
        self._desk.agenda.later(at, event, days=days)

    def _move(self, stage: str, at: datetime) -> None:
        pipeline.move(outreach=self._outreach, stage=stage, at=at, by=self._owner)

    # Writing ----------------------------------------------------------------------------------------------------------

    def _write(self, at: datetime) -> None:
        message = self._drafted(at)
        if self._desk.rng.random() < 0.3:
            postscript = self._desk.rng.choice(scripts.POSTSCRIPTS[message.language])
            message = messages.edit(message=message, subject=message.subject, body=f"{message.body}\n\n{postscript}")
        if self._fate != scripts.DRAFTED:
            self._then(partial(self._approve, message), at, days=0.15)

    def _drafted(self, at: datetime) -> Message:
        """With their own words, where they wrote about the cause; else by the reasons of the list."""
        try:
            return drafts.draft_by_name(outreach=self._outreach, name="Invitation", at=at, by=self._owner)
        except DomainError:
            return drafts.draft_by_name(outreach=self._outreach, name="Contact", at=at, by=self._owner)

    def _approve(self, message: Message, at: datetime) -> None:
        agenda = self._desk.agenda
        due_at = at + timedelta(minutes=self._desk.rng.randint(5, 240))
        if self._fate == scripts.PLANNED:
            due_at = max(due_at, agenda.ago(-1))
        if self._fate == scripts.OPPOSED:
            due_at = at + timedelta(days=2)
            self._then(self._oppose, at, days=0.6)
        due_at = agenda.office(due_at)
        message = messages.approve(message=message, by=self._owner, at=at, due_at=due_at)
        send = {scripts.BY_HAND: self._send_by_hand, scripts.UNCERTAIN: self._lose}.get(self._fate, self._send)
        agenda.plan(due_at + _TICK, partial(send, message))

    def _send(self, message: Message, at: datetime) -> None:
        delivery.deliver_due(at=at)
        self._go_on(message, at)

    def _send_by_hand(self, message: Message, at: datetime) -> None:
        delivery.confirm_by_hand(message=message, by=self._owner, at=at)
        self._go_on(message, at)

    def _lose(self, message: Message, at: datetime) -> None:
        """What a sender that died between the gate and the answer leaves behind. The next sweep finds it."""
        due = Message.objects.due(at=at).order_by().filter(pk=message.pk)
        due.update(state=Message.State.CLAIMED, lease_until=at + delivery.LEASE)
        delivery.gate(pk=message.pk, at=at)
        self._desk.agenda.plan(at + 2 * delivery.LEASE, lambda later: delivery.settle_stranded(at=later))

    def _oppose(self, at: datetime) -> None:
        for address in self._person.addresses.all():
            addresses.suppress(address=address, reason="unsubscribed", at=at)

    # Answers ----------------------------------------------------------------------------------------------------------

    def _go_on(self, message: Message, at: datetime) -> None:
        message.refresh_from_db()
        if message.state == Message.State.PLANNED and message.due_at:  # held for a while, by a cap
            self._desk.agenda.plan(message.due_at + _TICK, partial(self._send, message))
            return
        if message.reason == "reserved_domain":  # where a mail server is set nothing fictional leaves: noted by hand
            self._move("contacted", at)
        elif message.state != Message.State.SENT:
            return
        match self._fate:
            case scripts.SILENT:
                self._desk.agenda.at_work(at + _NO_ANSWER, partial(self._move, "no_answer"))
            case scripts.UNSUBSCRIBED:
                self._then(self._unsubscribe, at, days=1)
            case scripts.DECLINED:
                self._then(partial(self._move, "declined"), at, days=3)
            case _:
                self._then(self._answer, at, days=3)

    def _unsubscribe(self, at: datetime) -> None:
        self._oppose(at)
        self._move("declined", at)

    def _answer(self, at: datetime) -> None:
        self._move("in_conversation", at)
        if self._fate == scripts.HANDED_OVER:
            pipeline.assign(outreach=self._outreach, owner=self._colleague, by=self._owner, at=at)
        elif self._fate == scripts.PAUSED:
            self._desk.agenda.at_work(at + _PAUSE, partial(self._move, "paused"))
        elif self._fate not in {scripts.TALKING, scripts.BY_HAND}:
            self._then(self._agree, at, days=2)

    def _agree(self, at: datetime) -> None:
        self._move("agreed", at)
        if self._fate != scripts.AGREED:
            opens = datetime.combine(self._campaign.starts_date, at.timetz())
            self._then(self._share, max(at, opens), days=2)

    def _share(self, at: datetime) -> None:
        self._move("live", at)
        until = self._desk.agenda.until
        if self._fate == scripts.COMPLETED and self._campaign.ends_date:
            until = datetime.combine(self._campaign.ends_date, at.timetz())
            self._then(partial(self._move, "completed"), until, days=1)
        self._desk.shared.append(Shared(self._outreach, at, until))
