"""Two weeks of outreach: 200 people in eight time zones and an agent who speaks for four, two causes, a sequence of three
messages, answers of every class in both languages, refusals by the page, dead addresses, workers that are killed, and a
day without the broker.

What the world saw is counted from what arrived at the mail server, and held against the rules as a reader would say them.
"""

import sys
import time as clock
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from crm.models import Suppression
from outreach.models import Enrolment, InboundMessage, Message, Outreach
from tests.e2e.correspondents import ANSWERED, MACHINES, NO_SUCH_USER, NOES, PAGE, PERSONAL, Correspondent
from tests.e2e.fortnight import AGENT, BEGIN, BROKER_AWAY, CAUSE_DAILY, END, GAP, KILLS, STEPS, World, conversation_of
from tests.factories import browser_of
from tests.outreach.sending.nursery import Nursery

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("organisation", "own_keyring"),
]
DAY = timedelta(hours=24)
HOME = ZoneInfo("Europe/Paris")
WARMING = (10, 15, 22, 33, 49, 73, *[80] * 5)  # on each working day of a new sender
HOLIDAYS = {("ES", date(2026, 12, 8))}
NAMES = [name for name, _days in STEPS]


@pytest.fixture
def any_hour():
    """Not here: hours and limits are what this is about."""


@pytest.fixture
def world(sink):
    nursery = Nursery(sink.port)
    yield World(sink, nursery)
    nursery.close()


def test_two_weeks_add_up(world):
    started = clock.monotonic()
    world.begin()
    world.run()
    sys.stdout.write(f"\n{ledger(world)}\n{clock.monotonic() - started:.0f} s\n")  # shown by `-s`, and where it fails
    nothing_twice(world)
    the_hours_of_each_reader(world)
    the_caps(world)
    a_no_is_heard(world)
    silence_alone_is_followed(world)
    answers_are_answers(world)
    each_reply_has_its_place(world)
    all_adds_up(world)
    everything_happened(world)


# What arrived -------------------------------------------------------------------------------------------------------


def nothing_twice(world: World) -> None:
    """Neither by its id nor by its words; of each conversation every step once, in their order."""
    assert len({sent.name for sent in world.post}) == len(world.post)
    asks = [sent for sent in world.post if sent.is_ask]
    steps = defaultdict(list)
    for sent in asks:
        steps[sent.who, sent.cause].append(sent.step)
    for who, taken in steps.items():
        assert taken == NAMES[: len(taken)], who
    nobody = [one.email for one in world.everybody.values() if one.kind == NO_SUCH_USER]
    assert sorted(world.sink.turned_away) == sorted(nobody)


def the_hours_of_each_reader(world: World) -> None:
    for one in world.everybody.values():
        for sent in one.asks:
            local = sent.at.astimezone(one.zone)
            assert is_working(one, local.date()), (one.email, local)
            assert time(9) <= local.time() < time(18), (one.email, local)


def the_caps(world: World) -> None:
    """In any 24 hours, however they are laid: one to a reader, so many of a cause, so many of a sender as it is warm."""
    for one in world.everybody.values():
        assert all(later.at - sent.at >= DAY for sent, later in pairwise(one.asks)), one.email
    people, causes = defaultdict(list), defaultdict(list)
    times = sorted(sent.at for sent in world.post if sent.is_ask)
    for sent in world.post:
        if sent.is_ask:
            people[sent.who].append(sent.at)
            causes[sent.cause].append(sent.at)
    assert [who for who, each in people.items() if any(later - at < DAY for at, later in pairwise(each))] == []
    for each in causes.values():
        assert most_in_a_day(each) <= CAUSE_DAILY
    gone = {at: sum(at - DAY < other <= at for other in times) for at in times}
    assert {at: number for at, number in gone.items() if number > WARMING[warm_for(at)]} == {}
    assert set(gone.values()) >= set(WARMING[:2])  # as many as may, not only fewer
    assert [(at, later) for at, later in pairwise(times) if later - at < GAP] == []


def a_no_is_heard(world: World) -> None:
    """From then on nothing asks them: not at that address, and not in that conversation by any other."""
    for one in world.everybody.values():
        for said in one.said:
            if said.kind in NOES and one.email != AGENT:
                assert [sent for sent in one.asks if sent.at >= said.at] == [], one.email
            elif said.kind in NOES:
                theirs = [sent for sent in one.asks if sent.who == said.to.who]
                assert [sent for sent in theirs if sent.at >= said.at] == [], said.to.who


def silence_alone_is_followed(world: World) -> None:
    """What a person wrote holds everything back until somebody has looked, and ends what they answered; machines
    answer nothing, but who is away is left alone until they are back.
    """
    for one in world.everybody.values():
        for said in one.said:
            later = [sent for sent in one.asks if sent.at >= said.at]
            if said.kind == "out_of_office":
                assert all(sent.at.astimezone(HOME).date() > said.until for sent in later), one.email
                assert later or said.to.step == NAMES[-1] or world_ends_before(said.until), one.email
            elif said.kind in PERSONAL:
                assert all(said.seen_at and sent.at >= said.seen_at for sent in later), one.email
                in_it = [sent for sent in later if (sent.who, sent.cause) == (said.to.who, said.to.cause)]
                assert said.kind == "other" or in_it == [], one.email
        spoken = defaultdict(list)
        for sent in one.asks:
            spoken[sent.who, sent.cause].append(sent)
        for asks in spoken.values():
            for (before, after), (_name, days) in zip(pairwise(asks), STEPS[1:], strict=False):
                assert working_days(one, before.at, after.at) >= days, one.email


def answers_are_answers(world: World) -> None:
    """Whatever asks for nothing answers a letter of theirs, each once; and whoever was to be answered was."""
    for one in world.everybody.values():
        owed = {said.name for said in one.said if said.kind in ANSWERED and said.seen_at}
        assert Counter(sent.answers for sent in one.got if not sent.is_ask) == Counter(owed), one.email


# What stands in the rows --------------------------------------------------------------------------------------------


def each_reply_has_its_place(world: World) -> None:
    """In its own conversation, read as what it is, and found in the inbox."""
    page = browser_of(world.manager)
    known = {reply.message_id: reply for reply in InboundMessage.objects.select_related("outreach", "answers")}
    said = [(one, each) for one in world.everybody.values() for each in one.said if each.kind != PAGE]
    assert len(said) == len(known)
    found = set()
    for desk in ("open", "snoozed", "done"):
        shown = page.get(reverse("admin:outreach_inboundmessage_changelist"), {"desk": desk}).context["cl"].paginator
        found |= {reply.pk for number in shown.page_range for reply in shown.page(number)}
    for one, each in said:
        reply = known[each.name]
        assert (reply.state, reply.kind) == ("read", each.kind), one.email
        assert reply.outreach == conversation_of(each.to) if each.to.is_ask else reply.outreach, one.email
        threads = InboundMessage.objects.filter(outreach=reply.outreach).values_list("pk", flat=True)
        assert found & set(threads), one.email  # the list shows the newest of each conversation
        assert page.get(reverse("admin:outreach_inboundmessage_change", args=[reply.pk])).status_code == 200


def all_adds_up(world: World) -> None:
    """Each message has come to an end or waits for its time; whoever said no is refused, and nobody else."""
    states = Counter(Message.objects.values_list("state", flat=True))
    assert states["sent"] == len(world.post)
    assert set(states) <= {"sent", "planned", "cancelled", "refused", "expired"}
    assert not Message.objects.filter(state="planned", due_at__lt=END - timedelta(hours=1)).exists()
    refused = {one.email for one in world.everybody.values() for said in one.said if said.kind in NOES - {"declines"}}
    refused |= {one.email for one in world.everybody.values() if one.kind == NO_SUCH_USER}
    digests = set(Suppression.objects.values_list("subject", flat=True))
    written = dict(Message.objects.exclude(address=None).values_list("address__email", "address__digest"))
    assert {email for email, digest in written.items() if digest in digests} == refused
    for one in world.everybody.values():
        for said in one.said:
            if said.to.is_ask and said.kind in {*PERSONAL, *NOES} - {"other", PAGE}:  # of the page the gate hears
                assert conversation_of(said.to).enrolment.state == "stopped", one.email


def everything_happened(world: World) -> None:
    """It cannot pass empty: of each thing that may become of somebody there is somebody of whom it became."""
    assert not world.kills
    assert min(world.unheard[task] for task in ("read_replies", "advance_sequences", "sweep_outbox")) >= 5
    assert [sent for sent in world.post if BROKER_AWAY[0] <= sent.at < BROKER_AWAY[1]] == []
    assert InboundMessage.objects.filter(received_at__range=BROKER_AWAY).exists()
    assert sorted(world.killed) == sorted(point for _after, _task, point in KILLS)
    kinds = Counter(InboundMessage.objects.values_list("kind", flat=True))
    assert set(kinds) == {*PERSONAL, *MACHINES}
    assert min(kinds.values()) >= 2
    spoken = Counter(Counter((s.who, s.cause) for s in world.post if s.is_ask).values())
    assert min(spoken[number] for number in (1, 2, 3)) >= 10
    told = sum(world.told.values(), Counter())
    held = {what for what in told if what.startswith("held: ")}
    assert held >= {f"held: {why}" for why in ("cap_person", "cap_sender", "cap_cause", "outside_hours", "reply_waits")}
    assert told["unsubscribed"] >= 4
    assert told["answered"] >= 6
    ends = set(Enrolment.objects.values_list("state", "reason"))
    assert ends >= {("finished", ""), ("stopped", "they_answered"), ("stopped", "said_no")}
    assert {stage for (stage,) in Outreach.objects.values_list("stage")} >= {"contacted", "in_conversation", "declined"}


# The rules, said once more --------------------------------------------------------------------------------------------


def is_working(one: Correspondent, day: date) -> bool:
    return day.weekday() < 5 and (one.country, day) not in HOLIDAYS


def working_days(one: Correspondent, start: datetime, end: datetime) -> int:
    """How many of theirs begin after the day of the one, up to that of the other."""
    first, last = start.astimezone(one.zone).date(), end.astimezone(one.zone).date()
    return sum(is_working(one, first + timedelta(days=number)) for number in range(1, (last - first).days + 1))


def warm_for(at: datetime) -> int:
    """Working days of the sender before this one."""
    days = (at.astimezone(HOME).date() - BEGIN.date()).days
    return max(0, sum((BEGIN + timedelta(days=number)).weekday() < 5 for number in range(days + 1)) - 1)


def most_in_a_day(times: Iterable[datetime]) -> int:
    kept = sorted(times)
    return max((sum(at <= other < at + DAY for other in kept) for at in kept), default=0)


def world_ends_before(day: date) -> bool:
    return day + timedelta(days=6) > END.date()


# The figures --------------------------------------------------------------------------------------------------------


def ledger(world: World) -> str:
    """Day by day what was approved, left, was held back and why, came back; then what became of all of it."""
    days = sorted(world.told)
    for (at,) in Enrolment.objects.filter(state="stopped").values_list("since_at"):
        world.told[at.date()]["stopped"] += 1
    for (approved_at,) in Message.objects.filter(reference__contains=":step:").values_list("approved_at"):
        world.told[approved_at.date()]["follow-ups planned"] += 1
    rows = sorted({what for each in world.told.values() for what in each}, key=lambda what: (": " in what, what))
    days = sorted(world.told)
    lines = [f"{'':24}" + "".join(f"{day:%a %d}"[:6].rjust(8) for day in days) + "     all"]
    for what in rows:
        each = [world.told[day][what] for day in days]
        lines.append(f"{what:24}" + "".join(f"{number or '·':>8}" for number in each) + f"{sum(each):8}")
    lines.append("")
    for name, found in (
        ("messages", Message.objects.values_list("purpose", "state", "reason")),
        ("sequences", Enrolment.objects.values_list("state", "reason")),
        ("conversations", Outreach.objects.values_list("stage")),
    ):
        counted = sorted(Counter(found).items())
        lines += [f"{name:16}{' '.join(filter(None, what)):44}{number:5}" for what, number in counted]
    lines.append(f"{'killed':16}{', '.join(world.killed)}")
    return "\n".join(lines)
