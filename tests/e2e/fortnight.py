"""A house that asks two hundred people, and the world it asks: mail that arrives, people and machines that answer,
officers who look twice a day, workers that are killed, a broker that is away. Its clock jumps to the next instant at
which something is due.
"""

import heapq
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from zoneinfo import ZoneInfo

from django.db.models import Min
from django.test import Client

from crm.models import Influencer
from crm.services import instance, representations
from outreach import tasks
from outreach.models import Enrolment, InboundMessage, Message, Outreach
from outreach.services import enrolments, limits, messages, pipeline, replies, sequences, settling
from tests.e2e.correspondents import (
    ANSWERED,
    MACHINES,
    NO_SUCH_USER,
    PAGE,
    Correspondent,
    Said,
    Sent,
    correspondents,
    letter,
    opened,
)
from tests.factories import (
    AddressFactory,
    CampaignFactory,
    CauseFactory,
    InfluencerFactory,
    TemplateFactory,
    UserFactory,
    VettingFactory,
)

BEGIN = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)  # a Monday; 8 December is a holiday in Spain
END = BEGIN + timedelta(days=14)
STEPS = (("First", 0), ("Second", 2), ("Third", 3))  # working days after the one before
SENDER_DAILY, CAUSE_DAILY, GAP = 80, 36, timedelta(seconds=60)
# From when on, in which task and at which point a worker is killed, once each.
KILLS = (
    (timedelta(days=1, hours=3), "sweep_outbox", "send.gated"),  # nobody knows; it never left
    (timedelta(days=2), "sweep_outbox", "send.answered"),  # nobody knows; it arrived
    (timedelta(days=3), "sweep_outbox", "send.claimed"),
    (timedelta(days=2), "advance_sequences", "sequence.planned"),
    (timedelta(days=1), "read_replies", "reply.applied"),
)
# A Thursday on which the broker is away: nothing that is rung is heard, and nothing is rung again afterwards.
BROKER_AWAY = (BEGIN + timedelta(days=3, hours=1), BEGIN + timedelta(days=3, hours=10))
AGENT = "agent@desk.lan"
_HOUR = timedelta(hours=1)


class World:
    """Everybody, and what happened; the rows are asked only for what nobody else can know."""

    def __init__(self, sink, nursery) -> None:
        self.sink, self.nursery, self.fetched = sink, nursery, 0
        self.everybody = {one.email: one for one in correspondents()}
        self.post: list[Sent] = []
        self.told: dict[date, Counter[str]] = defaultdict(Counter)
        self.held: set[tuple[int, str, date]] = set()
        self.killed: list[str] = []
        self.unheard: Counter[str] = Counter()
        self.has_news = True  # since the sequences were last looked at
        self.kills = {point: (BEGIN + after, task) for after, task, point in KILLS}
        self._events: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._number = itertools.count()

    # Who there is ---------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Two causes; four who are represented by one agent; four whom a manager lets be asked for both."""
        instance.describe(organisation="Clear Shores", postal_address="12 quai des Brumes, 29200 Brest")
        warming = {"warming_since": BEGIN.date(), "sender_daily": SENDER_DAILY, "cause_daily": CAUSE_DAILY}
        limits.change(gap_seconds=int(GAP.total_seconds()), **warming)
        self.manager, self.officer = UserFactory(role="manager"), UserFactory(role="officer")
        for name, _days in STEPS:
            for language, hello in (("en", "Hello"), ("fr", "Bonjour")):
                body = f"{hello} {{{{ full_name }}}},\n\n{name} for {{{{ cause_name }}}}: {{{{ tracked_link }}}}"
                TemplateFactory(name=name, language=language, subject=f"{{{{ cause_name }}}}: {name}", body=body)
        parts = [sequences.Part(name, days=days) for name, days in STEPS]
        self.sequence = sequences.save(name="Gently", steps=parts)
        beaches, forests = (
            CampaignFactory(name=name, cause=CauseFactory(name=name)) for name in ("Beaches", "Forests")
        )
        people = [self._person(number, one) for number, one in enumerate(self.everybody.values())]
        self._ask(beaches, people[:120], at=BEGIN)
        self._ask(forests, people[120:] + self._represented(), at=BEGIN)
        silent = [each for each in people[:120] if not self.everybody[each.addresses.get().email].kind][:4]
        self.at(BEGIN + timedelta(days=2, hours=1), lambda at: self._ask(forests, silent, at=at, waived=silent))
        for day in range(14):
            for hour in (1, 7):  # 9 and 15 o'clock in Paris
                if (when := BEGIN + timedelta(days=day, hours=hour)).weekday() < 5:
                    self.at(when, self.look)

    def _person(self, number: int, one: Correspondent) -> Influencer:
        told = {"country": one.country, "timezone": str(one.zone), "languages": [one.language]}
        if one.kind == NO_SUCH_USER:
            self.sink.unknown.add(one.email)
        return AddressFactory(
            email=one.email, influencer=InfluencerFactory(name=f"Ama Silva {number}", **told)
        ).influencer

    def _represented(self) -> list[Influencer]:
        agency = AddressFactory(email=AGENT, influencer__name="Desk", influencer__kind="agency").influencer
        Influencer.objects.filter(pk=agency.pk).update(timezone="Europe/Paris", country="FR")
        self.everybody[AGENT] = Correspondent(AGENT, ZoneInfo("Europe/Paris"), "FR", "en", "agent")
        stars = [InfluencerFactory(name=f"Star {number}", country="FR") for number in range(4)]
        for star in stars:
            representations.begin(influencer=star, agent=agency, by=self.manager, at=BEGIN)
        return stars

    def _ask(self, campaign, people, *, at: datetime, waived=()) -> None:
        for person in people:
            VettingFactory(influencer=person, cause=campaign.cause, by=self.manager, at=at)
        allowed = {"waived": [each.pk for each in waived], "waived_reason": "They asked us to."} if waived else {}
        opened, plan = pipeline.start(campaign=campaign, influencers=people, by=self.manager, at=at, **allowed)
        assert (len(opened), plan.held) == (len(people), ()), plan.held
        unwritten = sequences.enrol_each(outreaches=opened, sequence=self.sequence, by=self.manager, at=at)
        assert not unwritten, [each.error for each in unwritten]

    # The clock ------------------------------------------------------------------------------------------------------

    def at(self, when: datetime, do: Callable[[datetime], None]) -> None:
        heapq.heappush(self._events, (when, next(self._number), do))

    def run(self) -> None:
        at = BEGIN
        while at < END:
            while self._events and self._events[0][0] <= at:
                heapq.heappop(self._events)[2](at)
            self._ring_where_it_is_due(at)
            self._fetch(at)
            self._note_what_waits(at)
            at = self._next(at)

    def _next(self, at: datetime) -> datetime:
        """The next full hour, or before it whatever is due, comes in or was left by the dead."""
        waiting = Message.objects.filter(state__in=["planned", "claimed", "dispatching"])
        due = [
            waiting.filter(**{f"{name}__gt": at}).aggregate(at=Min(name))["at"] for name in ("due_at", "lease_until")
        ]
        happens = [self._events[0][0]] if self._events else []
        return min(at.replace(minute=0, second=0, microsecond=0) + _HOUR, *filter(None, due), *happens)

    def _ring_where_it_is_due(self, at: datetime) -> None:
        """What beat rings for each minute: at the full hour in any case, else where something waits for it."""
        is_full = at.minute == 0
        if is_full or InboundMessage.objects.unread().exists():
            self._ring("read_replies", at)
        if is_full or self.has_news:
            self._ring("advance_sequences", at)
            self.has_news = False
        if Message.objects.due(at=at).exists() or Message.objects.stranded(at=at).exists():
            self._ring("sweep_outbox", at)

    def _ring(self, task: str, at: datetime) -> None:
        """Here, or in a process that is killed; what it left the next one finds. Or nobody hears it."""
        if BROKER_AWAY[0] <= at < BROKER_AWAY[1]:
            self.unheard[task] += 1
            return
        doomed = next((point for point, (since, where) in self.kills.items() if where == task and since <= at), "")
        if not doomed:
            getattr(tasks, task)(at.isoformat())
            return
        self.nursery.start("ring", task=task, at=at.isoformat(), failpoint=doomed)
        if (how := self.nursery.wait()) != 0:
            assert how == -9
            del self.kills[doomed]
            self.killed.append(doomed)

    def _note_what_waits(self, at: datetime) -> None:
        waiting = Message.objects.filter(state="planned").exclude(reason="").values_list("pk", "reason")
        for pk, reason in waiting:
            if (pk, reason, at.date()) not in self.held:
                self.held.add((pk, reason, at.date()))
                self.told[at.date()][f"held: {reason}"] += 1

    # What arrives, and what is answered -------------------------------------------------------------------------------

    def _fetch(self, at: datetime) -> None:
        new, self.fetched = self.sink.messages[self.fetched :], len(self.sink.messages)
        self.has_news |= bool(new)
        for recorded in new:
            sent = opened(recorded.content, at)
            self.told[at.date()]["asked" if sent.is_ask else "answered"] += 1
            self.post.append(sent)
            one = self.everybody[sent.to]
            one.got.append(sent)
            self._react(one, sent, at)

    def _react(self, one: Correspondent, sent: Sent, at: datetime) -> None:
        if one.kind == "agent":
            kind = {("Star 0", "First"): "question", ("Star 2", "First"): "declines"}.get((sent.who, sent.step))
        elif sent.is_ask:
            kind = one.kind if len(one.asks) == one.to and one.kind != NO_SUCH_USER else ""
        else:
            kind = one.then if one.then != PAGE and len(one.said) == 1 else ""
        if kind == PAGE:
            self.at(at + timedelta(hours=2), lambda at: self._unsubscribe(one, sent, at))
        elif kind:
            after = timedelta(minutes=1) if kind in MACHINES else timedelta(hours=5)
            self.at(at + after, lambda at: self._say(one, kind, sent, at))
        if kind and one.then == PAGE:
            self.at(at + timedelta(hours=5, minutes=20), lambda at: self._unsubscribe(one, sent, at))

    def _say(self, one: Correspondent, kind: str, sent: Sent, at: datetime) -> None:
        said = Said(at, kind, sent, until=at.date() + timedelta(days=3) if kind == "out_of_office" else None)
        named = sent.name if one.has_headers else ""
        raw = letter(kind=kind, language=one.language, sender=one.email, answers=named, at=at, until=said.until)
        said.name = str(message_from_bytes(raw)["Message-ID"])
        for door in ("webhook", "mailbox"):  # a mail service and a mailbox bring the same letter
            replies.receive(raw=raw, door=door, at=at)
        one.said.append(said)
        self.told[at.date()][f"said: {kind}"] += 1

    def _unsubscribe(self, one: Correspondent, sent: Sent, at: datetime) -> None:
        path = re.search(r"/u/[^\s>]+", sent.text)[0]
        assert Client().post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
        one.said.append(Said(at, PAGE, sent))
        self.told[at.date()]["unsubscribed"] += 1

    # Twice a day an officer looks ---------------------------------------------------------------------------------------

    def look(self, at: datetime) -> None:
        for waiting in InboundMessage.objects.to_answer(at=at).order_by("received_at", "pk"):
            self._look_at(waiting, at)
        for message in Message.objects.filter(state="uncertain"):
            has_arrived = any(sent.name == message.message_id for sent in self.post)
            settling.settle(message=message, has_arrived=has_arrived, by=self.officer, at=at)
            if not has_arrived and message.in_reply_to and message.purpose == "transactional":
                self._answer(InboundMessage.objects.get(message_id=message.in_reply_to), at)
        for each in Enrolment.objects.filter(state="paused", reason__in=["did_not_arrive", "expired"]):
            enrolments.resume(enrolment=each, by=self.officer, at=at)
        drafts = Message.objects.filter(state="draft").order_by("pk")
        for message in drafts[:16]:
            messages.approve(message=message, by=self.manager, at=at)
            self.told[at.date()]["approved"] += 1

    def _answer(self, waiting: InboundMessage, at: datetime) -> None:
        told = {"subject": "Your letter", "body": "Thank you, we answer it with pleasure.", "language": "en"}
        replies.answer(inbound=waiting, by=self.officer, at=at, **told)

    def _look_at(self, waiting: InboundMessage, at: datetime) -> None:
        one = self.everybody.get(waiting.from_address)
        is_agents = one is not None and one.kind == "agent" and at - waiting.received_at < timedelta(hours=40)
        if one and (one.is_left or is_agents):
            return
        told = {"inbound": waiting, "by": self.officer, "at": at}
        if waiting.no_scope == "asked":
            replies.scope_of_no(everybody=False, **told)
        elif waiting.kind in ANSWERED:
            self._answer(waiting, at)
        elif waiting.kind == "other":
            replies.confirm(kind="automatic", **told)
        elif waiting.kind == "declines":
            replies.confirm(kind="declines", **told)
        else:
            replies.done(**told)
        for said in one.said if one else ():
            if said.name == waiting.message_id:
                said.seen_at = at


def conversation_of(sent: Sent) -> Outreach:
    return Outreach.objects.get(influencer__name=sent.who, campaign__cause__name=sent.cause)
