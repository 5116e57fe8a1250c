"""What a letter does by itself: it holds back, it refuses, it tells a person. It never sends."""

from datetime import date, timedelta

import pytest

from crm.errors import DomainError
from crm.models import Activity, Address, Suppression
from crm.services import addresses
from outreach.models import InboundMessage, Message
from outreach.services import delivery, replies, reply_holds, settling
from tests.config.instances import ROOT
from tests.factories import NOW, AddressFactory, InfluencerFactory, OutreachFactory, UserFactory
from tests.outreach.receiving.mails import bounce, came, complaint, mail, planned, stage_of, written_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]


def state_at_the_gate(message: Message, *, at=NOW) -> tuple[str, str]:
    Message.objects.filter(pk=message.pk).update(state="claimed")
    delivery.gate(pk=message.pk, at=at)
    message.refresh_from_db()
    return message.state, message.reason


def test_an_answer_moves_the_conversation_stands_on_the_timeline_and_waits_for_a_person():
    message = written_to()
    letter = came(mail("Which beach is it?", answers=message))
    assert (letter.matched_by, letter.outreach_id, letter.answers_id) == ("message_id", message.outreach_id, message.pk)
    assert (letter.kind, letter.desk, letter.state, letter.moved_from) == ("question", "open", "read", "contacted")
    assert stage_of(message) == "in_conversation"
    told = Activity.objects.get(kind="answered")
    assert told.params["text"] == "Which beach is it?"
    assert told.params["reply"] == str(letter.public_id)


def test_nothing_else_goes_to_whoever_answered_until_a_person_has_looked():
    message = written_to()
    other = planned(message)
    letter = came(mail(answers=message))
    assert state_at_the_gate(other) == ("planned", "reply_waits")
    assert other.due_at == NOW + timedelta(hours=1)
    replies.confirm(inbound=letter, kind="question", by=None, at=NOW)
    assert state_at_the_gate(other)[0] == "dispatching"


def test_done_is_a_look_too_and_to_put_off_is_none():
    message = written_to()
    other = planned(message)
    letter = came(mail(answers=message))
    replies.snooze(inbound=letter, until=NOW + timedelta(days=1), by=None, at=NOW)
    assert state_at_the_gate(other) == ("planned", "reply_waits")
    replies.done(inbound=letter, by=None, at=NOW)
    assert state_at_the_gate(other)[0] == "dispatching"


def test_what_was_stored_and_not_read_holds_back_what_goes_to_its_sender():
    other = planned(written_to())
    replies.receive(raw=mail(), door="mailbox", at=NOW)
    assert state_at_the_gate(other) == ("planned", "reply_waits")
    assert other.due_at == NOW + timedelta(minutes=1)


def test_reading_twice_changes_nothing():
    message = written_to()
    letter = came(mail(answers=message))
    assert replies.read(pk=letter.pk, at=NOW + timedelta(hours=1)) is False
    assert replies.read_waiting(at=NOW + timedelta(hours=1)) == 0
    assert Activity.objects.filter(kind="answered").count() == 1


def test_the_same_letter_by_two_doors_is_one():
    raw = mail(answers=written_to())
    first, second = came(raw, door="mailbox"), came(raw + b"\r\n", door="webhook")
    assert first.pk == second.pk
    assert InboundMessage.objects.count() == 1


def test_without_an_id_its_bytes_tell_a_letter():
    first, second = came(mail(message_id="")), came(mail("Another", message_id=""))
    assert first.pk != second.pk
    assert came(mail(message_id="")).pk == first.pk


def test_a_plain_no_ends_the_sequence_and_leaves_the_stage_to_a_person():
    message = written_to()
    letter = came(mail("No thank you, I am not interested.", answers=message))
    assert letter.kind == "declines"
    assert (letter.desk, stage_of(message)) == ("open", "in_conversation")
    replies.confirm(inbound=letter, kind="declines", by=None, at=NOW)
    letter.refresh_from_db()
    assert (letter.desk, stage_of(message)) == ("done", "declined")
    assert Activity.objects.filter(kind="answered").count() == 1


def test_no_more_mail_is_heard_at_once():
    message = written_to()
    letter = came(mail("Please unsubscribe me and remove my address from your list.", answers=message))
    assert letter.kind == "unsubscribe"
    assert addresses.has_said_no(message.outreach.influencer)
    assert set(Suppression.objects.values_list("reason", "by")) == {("unsubscribed", None)}
    assert state_at_the_gate(planned(message)) == ("refused", "said_no")


def test_from_another_mailbox_no_more_mail_holds_for_the_person_who_was_written_to():
    message = written_to()
    came(mail("Please unsubscribe me.", answers=message, sender="a.private@home.example"))
    assert addresses.has_said_no(message.outreach.influencer)


def test_an_absence_puts_off_until_the_day_after_and_does_nothing_else():
    message = written_to()
    other = planned(message)
    letter = came(
        mail("I am out of office until 2 December 2026.", answers=message, subject="Automatic reply: Clean beaches", more="Auto-Submitted: auto-replied")
    )  # fmt: skip
    assert (letter.kind, letter.until_date, letter.desk) == ("out_of_office", date(2026, 12, 2), "done")
    assert stage_of(message) == "contacted"
    other.refresh_from_db()
    assert (other.state, other.due_at.isoformat()) == ("planned", "2026-12-02T23:00:00+00:00")
    assert other.expires_at - other.due_at == timedelta(hours=24)
    assert state_at_the_gate(other, at=NOW + timedelta(days=5))[1] == "reply_waits"
    other.due_at = NOW
    assert state_at_the_gate(other, at=other.expires_at - timedelta(hours=23))[0] == "dispatching"
    assert not Suppression.objects.exists()


def test_an_absence_without_a_day_waits_for_a_person():
    letter = came(mail("I am out of the office.", answers=written_to(), subject="Out of office", more="Auto-Submitted: auto-replied"))  # fmt: skip
    assert (letter.kind, letter.until_date, letter.desk) == ("out_of_office", None, "open")


def test_a_machine_is_as_silence():
    message = written_to()
    letter = came(mail("We got your mail. Ticket 77.", answers=message, more="Auto-Submitted: auto-replied"))
    assert (letter.kind, letter.desk, stage_of(message)) == ("automatic", "done", "contacted")
    assert state_at_the_gate(planned(message))[0] == "dispatching"


def test_a_hard_bounce_stops_the_address_and_settles_what_was_perhaps_sent():
    message = written_to(state="uncertain", reason="no_answer_from_server")
    letter = came(bounce(message, recipient=message.address.email))
    assert (letter.kind, letter.desk) == ("bounce_hard", "open")
    assert addresses.is_nobody_at(message.address.email)
    message.refresh_from_db()
    assert (message.state, message.reason) == ("refused", "did_not_arrive")


def test_a_bounce_that_names_no_message_counts_where_we_wrote_lately_only():
    written_to("amina@studio.example")
    came(bounce(None, recipient="amina@studio.example"))
    assert addresses.is_nobody_at("amina@studio.example")
    AddressFactory(email="never@written.example")
    letter = came(bounce(None, recipient="never@written.example"))
    assert not addresses.is_nobody_at("never@written.example")
    assert letter.influencer is None


def test_a_soft_bounce_is_as_silence_and_a_delivery_settles():
    message = written_to(state="uncertain", reason="no_answer_from_server")
    came(bounce(None, recipient=message.address.email, status="4.2.2", action="delayed"))
    assert not Suppression.objects.exists()
    came(bounce(message, recipient=message.address.email, status="2.0.0", action="delivered"))
    message.refresh_from_db()
    assert message.state == "sent"


def test_a_complaint_stops_everything_at_the_address():
    message = written_to()
    letter = came(complaint(message))
    assert letter.kind == "complaint"
    assert set(Suppression.objects.values_list("scope", "reason")) == {("all", "complaint")}


def test_a_copy_of_what_we_sent_is_nobodys_answer():
    message = written_to()
    copy = came(mail("Would you join us?", sender="Causeway <partnerships@causeway.example>", to="amina@studio.example", message_id=message.message_id))  # fmt: skip
    back = came(mail("Would you join us?", sender="list@host.example", message_id=message.message_id))
    for letter in (copy, back):
        assert (letter.desk, letter.outreach, letter.raw, letter.kind) == ("done", None, None, "automatic")
    assert stage_of(message) == "contacted"


def test_strange_bytes_fit_into_the_columns():
    strange = (
        b'From: "a\x00b" <x\x00y@host.example>\r\nSubject: '
        + b"z" * 5000
        + b"\x00\r\nMessage-ID: <"
        + b"m" * 2000
        + b"@x>\r\nDate: Fri, 31 Dec 9999 23:59:59 -1400\r\n\r\nbo\x00dy \xff\xed\xa0\x80"
    )
    letter = came(strange)
    assert letter.state == "read"
    assert "\0" not in letter.subject + letter.text + letter.from_name
    assert replies.read_waiting(at=NOW) == 0


def test_a_letter_that_cannot_be_read_is_left_to_a_person_and_holds_up_no_other(monkeypatch):
    broken, _ = replies.receive(raw=mail("one"), door="mailbox", at=NOW)
    InboundMessage.objects.filter(pk=broken.pk).update(identity="0" * 64)
    sound, _ = replies.receive(raw=mail("two"), door="mailbox", at=NOW + timedelta(minutes=1))
    taken = replies.read_waiting.__globals__["reply_matching"].match

    def fails_once(letter, *, at):
        if letter.said.strip() == "one":
            raise ValueError("whatever it is")
        return taken(letter, at=at)

    monkeypatch.setattr("outreach.services.reply_matching.match", fails_once)
    assert replies.read_waiting(at=NOW) == 1
    broken.refresh_from_db()
    sound.refresh_from_db()
    assert (broken.state, broken.kind, broken.read_by, broken.desk) == ("read", "other", "abstained", "open")
    assert sound.state == "read"


def test_what_is_empty_or_too_large_is_refused():
    for raw, code in ((b" \r\n", "letter_empty"), (b"x" * (replies.MAX_BYTES + 1), "letter_too_large")):
        with pytest.raises(DomainError) as refused:
            replies.receive(raw=raw, door="webhook", at=NOW)
        assert refused.value.code == code


def test_somebody_known_whose_conversation_is_not_is_left_in_peace():
    message = written_to()
    OutreachFactory(influencer=message.outreach.influencer)
    second = planned(message)
    written_to(
        address=message.address, outreach=OutreachFactory(influencer=message.outreach.influencer, stage="contacted")
    )
    letter = came(mail("Hello again", subject="Hello"))
    assert (letter.outreach, letter.influencer, letter.desk) == (None, message.outreach.influencer, "open")
    assert state_at_the_gate(second) == ("planned", "reply_waits")
    stranger = came(mail("Hello", sender="nobody@known.example", subject="Hello"))
    assert (stranger.outreach, stranger.influencer, stranger.desk) == (None, None, "open")


def an_agents_no() -> tuple[Address, list[Message], InboundMessage]:
    """Their address, what they were written for two whom they speak for, and the no that answers the first."""
    agent = AddressFactory(email="agent@house.example", influencer=InfluencerFactory(name="House"))
    messages = []
    for number in range(2):
        person = InfluencerFactory(name=f"Star {number}")
        person.representations.create(agent=agent.influencer)
        messages.append(written_to(address=agent, person=person))
    said = mail("No thank you, we are not interested.", answers=messages[0], sender="agent@house.example")
    return agent, messages, came(said)


def test_an_agents_no_asks_for_whom_it_is():
    agent, messages, letter = an_agents_no()
    assert (letter.kind, letter.no_scope, letter.desk) == ("declines", "asked", "open")
    assert [stage_of(m) for m in messages] == ["in_conversation", "contacted"]
    other = written_to(address=agent, person=messages[1].outreach.influencer, outreach=OutreachFactory(influencer=messages[1].outreach.influencer), state="planned", dispatched_at=None, finished_at=None, due_at=NOW, expires_at=NOW + timedelta(days=1))  # fmt: skip
    assert state_at_the_gate(other) == ("planned", "reply_waits")
    replies.confirm(inbound=letter, kind="declines", by=None, at=NOW)
    assert state_at_the_gate(other) == ("planned", "reply_waits")
    replies.scope_of_no(inbound=letter, everybody=True, by=None, at=NOW)
    letter.refresh_from_db()
    assert (letter.no_scope, letter.desk) == ("everybody", "done")
    assert [stage_of(m) for m in messages] == ["declined", "declined"]
    with pytest.raises(DomainError) as refused:
        replies.scope_of_no(inbound=letter, everybody=False, by=None, at=NOW)
    assert refused.value.code == "scope_not_asked"


def test_an_agents_no_for_one_leaves_the_others():
    _agent, messages, letter = an_agents_no()
    replies.scope_of_no(inbound=letter, everybody=False, by=None, at=NOW)
    assert [stage_of(m) for m in messages] == ["declined", "contacted"]


@pytest.fixture
def officer():
    return UserFactory(role="officer")


def test_an_agents_no_is_not_done_with_before_somebody_says_whom_it_is_for(officer):
    agent, messages, letter = an_agents_no()
    everybody = {agent.influencer_id, *(message.outreach.influencer_id for message in messages)}
    with pytest.raises(DomainError) as refused:
        replies.done(inbound=letter, by=officer, at=NOW)
    assert refused.value.code == "scope_unsaid"
    replies.answer(inbound=letter, subject="For whom?", body="Do you mean both?", language="en", by=officer, at=NOW)
    letter.refresh_from_db()
    assert letter.desk == "open"
    assert reply_holds.holding(people=everybody, at=NOW).exists()
    replies.scope_of_no(inbound=letter, everybody=False, by=officer, at=NOW)
    assert not reply_holds.holding(people=everybody, at=NOW).exists()


def test_a_letter_whose_answer_did_not_arrive_lies_open_again(officer):
    letter = came(mail("Which beach is it?", answers=written_to()))
    answer = replies.answer(
        inbound=letter, subject="The beach", body="Malo-les-Bains.", language="en", by=officer, at=NOW
    )
    letter.refresh_from_db()
    assert letter.desk == "done"
    Message.objects.filter(pk=answer.pk).update(state="uncertain")
    settling.settle(message=answer, has_arrived=False, by=officer, at=NOW)
    letter.refresh_from_db()
    assert letter.desk == "open"
    again = replies.answer(inbound=letter, subject="The beach", body="Malo!", language="en", by=officer, at=NOW)
    assert (again.pk != answer.pk, again.state) == (True, "planned")


def test_only_the_demo_takes_letters_in_without_committing_them():
    code = [path for app in ("config", "crm", "matching", "outreach") for path in (ROOT / app).rglob("*.py")]
    callers = {str(path.relative_to(ROOT)) for path in code if "receive_within(" in path.read_text()}
    assert callers == {"config/demo/letters.py", "outreach/services/replies.py"}


def test_without_committing_it_is_the_same_letter():
    raw = mail()
    kept, _is_new = replies.receive(raw=raw, door="mailbox", at=NOW)
    assert replies.receive_within(raw=raw, door="mailbox", at=NOW) == (kept, False)
