"""Two weeks of one campaign: 200 people in eight time zones, a sequence of three messages, answers of every class in both
languages, bounces, a complaint, unsubscribing, and a broker that is away for a day. At its end everything adds up.

The clock is moved by `tick --at`, ten minutes at a time. What happened is counted twice: in the database, and by whoever
reads the mail here.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.test import Client

from config.celery import app
from crm.models import Address, Suppression
from outreach.hours.public_holidays import PublicHolidays
from outreach.models import Enrolment, InboundMessage, Message, Outreach
from outreach.services import limits, messages, pipeline, replies, sequences
from tests.e2e.correspondents import MACHINES, PERSONAL, back_after, letter
from tests.factories import (
    AddressFactory,
    CampaignFactory,
    TemplateFactory,
    UserFactory,
    VettingFactory,
    browser_of,
)

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.usefixtures("organisation")]

PLACES = (
    *(("FR", "Europe/Paris", "fr"), ("ES", "Europe/Madrid", "en"), ("GB", "Europe/London", "en")),
    *(("CA", "America/Montreal", "fr"), ("US", "America/Los_Angeles", "en"), ("IN", "Asia/Kolkata", "en")),
    *(("SN", "Africa/Dakar", "fr"), ("NZ", "Pacific/Auckland", "en")),
)
BEGIN = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)  # a Monday; 7 and 8 December are holidays in Spain
END = BEGIN + timedelta(days=14)
STEP = timedelta(minutes=10)
BROKER_AWAY = (BEGIN + timedelta(days=1), BEGIN + timedelta(days=2))
DAILY = 80
STEPS = (0, 2, 3)  # working days after the one before
AFTER = timedelta(hours=5)  # so long after a message people answer


@dataclass
class Correspondent:
    """Somebody written to: how they answer, to which message, and what they saw."""

    email: str
    country: str
    zone: ZoneInfo
    language: str
    kind: str  # "" for whoever never answers
    answers_number: int
    has_headers: bool
    got: list[datetime] = field(default_factory=list)
    answered_at: datetime | None = None
    until: date | None = None

    def was_open(self, at: datetime) -> bool:
        local = at.astimezone(self.zone)
        is_working = local.weekday() < 5 and local.date() not in PublicHolidays(self.country)
        return is_working and time(9) <= local.time() < time(18)


def people() -> list[Correspondent]:
    """Of each class three in each language, the first of them answers the second message; the others are silent."""
    asked = [(kind, language) for kind in (*PERSONAL, *MACHINES) for language in ("en", "fr") for _ in range(3)]
    found = []
    for number in range(200):
        country, zone, language = PLACES[number % len(PLACES)]
        kind = ""
        if match := next((one for one in asked if one[1] == language), None):
            asked.remove(match)
            kind = match[0]
        found.append(
            Correspondent(
                email=f"p{number}@creators.lan",
                country=country,
                zone=ZoneInfo(zone),
                language=language,
                kind=kind,
                answers_number=2 if number % 3 == 0 and kind not in {"bounce_hard"} else 1,
                has_headers=number % 5 != 0 or kind in MACHINES,
            )
        )
    assert not asked
    return found


@dataclass
class House:
    """The campaign, and everybody in it by address."""

    officer: object
    campaign: object
    sequence: object
    everybody: dict[str, Correspondent]


@pytest.fixture
def house() -> House:
    manager = UserFactory(role="manager")
    limits.change(sender_daily=DAILY, gap_seconds=20)
    campaign = CampaignFactory(owner=manager)
    for name in ("First", "Second", "Third"):
        for language in ("en", "fr"):
            TemplateFactory(name=name, language=language)
    steps = [sequences.Part(name, days=days) for days, name in zip(STEPS, ("First", "Second", "Third"), strict=True)]
    sequence = sequences.save(name="Beaches", steps=steps)
    everybody = {}
    for one in people():
        address = AddressFactory(
            email=one.email,
            influencer__name=one.email.partition("@")[0].upper(),
            influencer__country=one.country,
            influencer__timezone=str(one.zone),
            influencer__languages=[one.language],
        )
        VettingFactory(influencer=address.influencer, cause=campaign.cause, by=manager)
        everybody[one.email] = one
    return House(manager, campaign, sequence, everybody)


def begin(house: House) -> None:
    known = [address.influencer for address in Address.objects.select_related("influencer").order_by("pk")]
    opened, planned = pipeline.start(campaign=house.campaign, influencers=known, by=house.officer, at=BEGIN)
    assert (len(opened), planned.held) == (200, ())
    for outreach in opened:
        sequences.enrol(outreach=outreach, sequence=house.sequence, by=house.officer, at=BEGIN)
    # Half are approved at once, the others by the page, on the day on which the broker is away.
    for message in Message.objects.order_by("pk")[:100]:
        messages.approve(message=message, by=house.officer, at=BEGIN)


def read_post(house: House, *, since: datetime, at: datetime) -> list[tuple[Correspondent, Message]]:
    """Whoever got something since then, as their mailboxes have it."""
    got = []
    gone = Message.objects.filter(state="sent", dispatched_at__gt=since, dispatched_at__lte=at)
    for message in gone.order_by("dispatched_at"):
        mail = message_from_bytes(bytes(message.raw), policy=policy.default)
        one = house.everybody[mail["To"].addresses[0].addr_spec]
        assert mail["Message-ID"] == message.message_id
        one.got.append(message.dispatched_at)
        got.append((one, message))
    return got


def unsubscribe(message: Message) -> None:
    path = re.search(r"/u/[^\s]+", message.text)[0]
    answer = Client().post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200


def two_weeks(house: House) -> None:
    due: dict[datetime, list[tuple[Correspondent, Message]]] = defaultdict(list)
    at, by_page = BEGIN, list(Message.objects.filter(state="draft").order_by("pk"))
    page = browser_of(house.officer)
    url, gone_to = app.conf.broker_url, "redis://127.0.0.1:1/0"
    while at < END:
        app.conf.broker_url = gone_to if BROKER_AWAY[0] <= at < BROKER_AWAY[1] else url
        if BROKER_AWAY[0] <= at and by_page:
            for message in by_page[:10]:
                said = {"subject": message.subject, "body": message.body}
                assert page.post(f"/admin/outreach/message/{message.pk}/approve/", said).status_code == 302
            by_page = by_page[10:]
        for one, message in due.pop(at, []):
            answer(one, message, at=at)
        call_command("tick", at=at.isoformat())
        for one, message in read_post(house, since=at - STEP, at=at):
            if one.kind and len(one.got) == one.answers_number:
                due[at + AFTER].append((one, message))
        at += STEP
    app.conf.broker_url = url


def answer(one: Correspondent, message: Message, *, at: datetime) -> None:
    one.answered_at = at
    if one.kind == "out_of_office":
        one.until = back_after(at)
    raw = letter(
        kind=one.kind,
        language=one.language,
        sender=one.email,
        to="partnerships@causeway.example",
        answers=message.message_id if one.has_headers else "",
        at=at,
        until=one.until,
    )
    for door in ("webhook", "mailbox"):  # a mail service and a mailbox bring the same letter
        replies.receive(raw=raw, door=door, at=at)


def test_two_weeks_add_up(house, capsys):
    begin(house)
    two_weeks(house)
    told = ledger(house)
    with capsys.disabled():
        print("\n" + told)
    check_hours_and_caps(house)
    check_answers(house)
    check_silence(house)
    assert InboundMessage.objects.count() == sum(1 for one in house.everybody.values() if one.answered_at)
    assert not InboundMessage.objects.filter(state="stored").exists()


def ledger(house: House) -> str:
    """What was planned, and what became of it; counted by the rows, and by whoever reads the mail."""
    states = Counter(Message.objects.values_list("state", "reason"))
    sent = sum(number for (state, _reason), number in states.items() if state == "sent")
    assert sent == sum(len(one.got) for one in house.everybody.values())
    assert sum(states.values()) == Message.objects.count()
    assert not Message.objects.filter(state__in=["claimed", "dispatching", "uncertain", "draft"]).exists()
    enrolled = Counter(Enrolment.objects.values_list("state", "reason"))
    assert sum(enrolled.values()) == 200
    kinds = Counter(InboundMessage.objects.values_list("kind", flat=True))
    stages = Counter(Outreach.objects.values_list("stage", flat=True))
    lines = [f"{'messages':12} {state:10} {reason:28} {number:4}" for (state, reason), number in sorted(states.items())]
    lines += [f"{'sequences':12} {state:10} {why:28} {number:4}" for (state, why), number in sorted(enrolled.items())]
    lines += [f"{'replies':12} {kind:39} {number:4}" for kind, number in sorted(kinds.items())]
    lines += [f"{'stages':12} {stage:39} {number:4}" for stage, number in sorted(stages.items())]
    return "\n".join(lines)


def check_hours_and_caps(house: House) -> None:
    times = sorted(at for one in house.everybody.values() for at in one.got)
    day = timedelta(hours=24)
    assert all(later - first >= day for first, later in zip(times, times[DAILY:], strict=False))
    for one in house.everybody.values():
        assert all(one.was_open(at) for at in one.got), one
        assert all(later - first >= day for first, later in zip(one.got, one.got[1:], strict=False)), one
        assert len(one.got) <= len(STEPS)


def check_answers(house: House) -> None:
    """Nobody who answered gets the next message of the sequence, but those whose machine did."""
    for one in house.everybody.values():
        if one.answered_at is None:
            continue
        after = [at for at in one.got if at > one.answered_at]
        if one.kind == "out_of_office":
            assert all(at.astimezone(one.zone).date() > one.until for at in after), one
        elif one.kind not in {"automatic", "bounce_soft"}:
            assert after == [], one
    refused = {one.email for one in house.everybody.values() if one.answered_at and one.kind in STOPPING}
    known = set(Suppression.objects.values_list("subject", flat=True))
    assert {a.email for a in Address.objects.filter(digest__in=known)} == refused


STOPPING = {"unsubscribe", "complaint", "bounce_hard"}


def check_silence(house: House) -> None:
    """Whoever never answered got all three, or waits for a turn that lies ahead."""
    for one in house.everybody.values():
        if one.kind in {"", "automatic", "bounce_soft"}:
            waiting = Message.objects.filter(address__email=one.email, state="planned", due_at__gte=END - STEP)
            assert len(one.got) + waiting.count() == len(STEPS) or len(one.got) >= 2, one
