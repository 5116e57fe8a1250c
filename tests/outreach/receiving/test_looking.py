"""A person looks: what they say goes before what was read, and a "no" that was heard stays one."""

from datetime import date, timedelta

import pytest

from crm.errors import DomainError
from crm.models import Activity, Influencer, Suppression
from crm.services import addresses, persons
from outreach.models import Enrolment, InboundMessage, Message, Sequence
from outreach.services import handover, replies
from tests.factories import NOW, OutreachFactory, UserFactory
from tests.outreach.receiving.mails import came, mail, stage_of, written_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]


@pytest.fixture
def lea():
    return UserFactory(role="officer")


def enrolled(message: Message) -> Enrolment:
    sequence = Sequence.objects.create(name=f"Three letters {message.pk}")
    return Enrolment.objects.create(outreach=message.outreach, sequence=sequence, since_at=NOW)


def follow_up(message: Message) -> Message:
    """What comes next in the same conversation."""
    return written_to(
        address=message.address, outreach=OutreachFactory(influencer=message.outreach.influencer), state="planned",
        dispatched_at=None, finished_at=None, due_at=NOW, expires_at=NOW + timedelta(days=1),
    )  # fmt: skip


def test_what_turns_out_to_be_no_answer_is_undone(lea):
    message = written_to()
    enrolment = enrolled(message)
    letter = came(mail("Hmm.", answers=message))
    enrolment.refresh_from_db()
    assert (stage_of(message), enrolment.state, enrolment.reason) == ("in_conversation", "paused", "reply_waits")
    replies.confirm(inbound=letter, kind="automatic", by=lea, at=NOW)
    enrolment.refresh_from_db()
    letter.refresh_from_db()
    assert (stage_of(message), enrolment.state, letter.desk) == ("contacted", "running", "done")


def test_a_no_that_was_none_is_undone_too(lea):
    message = written_to()
    enrolment = enrolled(message)
    follow = follow_up(message)
    Message.objects.filter(pk=follow.pk).update(outreach=message.outreach, purpose="partnership", reference="step:2")
    letter = came(mail("No thank you, I am not interested.", answers=message))
    enrolment.refresh_from_db()
    follow.refresh_from_db()
    assert (enrolment.state, follow.state, follow.reason) == ("stopped", "cancelled", "reply_ended")
    replies.confirm(inbound=letter, kind="automatic", by=lea, at=NOW)
    enrolment.refresh_from_db()
    follow.refresh_from_db()
    assert (enrolment.state, follow.state, stage_of(message)) == ("running", "planned", "contacted")


def test_what_was_read_as_a_machine_may_be_a_person(lea):
    message = written_to()
    letter = came(mail("We got your mail.", answers=message, more="Auto-Submitted: auto-replied"))
    replies.confirm(inbound=letter, kind="interested", by=lea, at=NOW)
    assert stage_of(message) == "in_conversation"
    assert Activity.objects.get(kind="answered").by == lea


def test_a_person_who_says_unsubscribe_stops_the_whole_person(lea):
    message = written_to()
    letter = came(mail("Hmm.", answers=message, sender="other@home.example"))
    replies.confirm(inbound=letter, kind="unsubscribe", by=lea, at=NOW)
    assert addresses.has_said_no(message.outreach.influencer)
    assert set(Suppression.objects.values_list("reason", "by")) == {("declined", lea.pk)}


def test_a_no_that_was_heard_stays_one_whatever_a_person_says(lea):
    message = written_to()
    letter = came(mail("Please unsubscribe me.", answers=message))
    replies.confirm(inbound=letter, kind="automatic", by=lea, at=NOW)
    assert addresses.has_said_no(message.outreach.influencer)


def test_later_comes_back_on_that_day(lea):
    message = written_to()
    letter = came(mail("Not now, ask me again on 1 March 2027.", answers=message))
    assert (letter.kind, letter.until_date) == ("later", date(2027, 3, 1))
    replies.done(inbound=letter, by=lea, at=NOW)
    letter.refresh_from_db()
    assert (letter.desk, letter.snoozed_until.isoformat()) == ("snoozed", "2027-03-01T08:00:00+00:00")
    assert replies.wake_snoozed(letter.snoozed_until - timedelta(seconds=1)) == 0
    assert replies.wake_snoozed(letter.snoozed_until) == 1
    letter.refresh_from_db()
    assert letter.desk == "open"
    replies.done(inbound=letter, by=lea, at=letter.snoozed_until)
    letter.refresh_from_db()
    assert letter.desk == "done"


def test_a_person_says_whose_it_is(lea):
    message = written_to()
    letter = came(mail("Which beach is it?", sender="x@y.example", subject="Hello"))
    assert (letter.outreach, stage_of(message)) == (None, "contacted")
    replies.link(inbound=letter, outreach=message.outreach, by=lea, at=NOW)
    letter.refresh_from_db()
    assert (letter.matched_by, letter.influencer, stage_of(message)) == (
        "person",
        message.outreach.influencer,
        "in_conversation",
    )
    other = written_to("bruno@plage.example")
    replies.link(inbound=letter, outreach=other.outreach, by=lea, at=NOW)
    assert (stage_of(message), stage_of(other)) == ("contacted", "in_conversation")


def test_an_answer_goes_into_the_thread_once(lea):
    message = written_to()
    letter = came(mail(answers=message))
    for _ in range(2):
        sent = replies.answer(
            inbound=letter, subject="Re: Clean beaches", body="On the 3rd.", language="en", by=lea, at=NOW
        )
    assert sent.in_reply_to == letter.message_id
    assert sent.references == f"{message.message_id} {letter.message_id}"
    assert (sent.purpose, sent.state) == ("transactional", "planned")
    assert Message.objects.filter(purpose="transactional").count() == 1
    letter.refresh_from_db()
    assert letter.desk == "done"
    unmatched = came(mail(sender="x@y.example", subject="Hello"))
    with pytest.raises(DomainError) as refused:
        replies.answer(inbound=unmatched, subject="Re", body="x", language="en", by=lea, at=NOW)
    assert refused.value.code == "reply_not_matched"


def test_what_they_said_elsewhere_is_noted_once(lea):
    message = written_to()
    told = {
        "outreach": message.outreach,
        "text": "Yes, in a story.",
        "kind": "interested",
        "on": NOW.date(),
        "at": NOW,
        "by": lea,
    }
    first, second = replies.note_by_hand(**told), replies.note_by_hand(**told)
    assert first.pk == second.pk
    assert (first.door, first.what, first.desk, stage_of(message)) == (
        "by_hand",
        "interested",
        "open",
        "in_conversation",
    )
    assert Activity.objects.filter(kind="answered").count() == 1
    replies.note_by_hand(**told | {"kind": "declines", "text": "No."})
    assert stage_of(message) == "declined"


def test_what_is_wrong_is_refused(lea):
    letter = came(mail(answers=written_to()))
    unread, _ = replies.receive(raw=mail(), door="mailbox", at=NOW)
    refusals = [
        (lambda: replies.confirm(inbound=letter, kind="nonsense", by=lea, at=NOW), "reply_kind_unknown"),
        (lambda: replies.confirm(inbound=unread, kind="fee", by=lea, at=NOW), "reply_not_read"),
        (lambda: replies.snooze(inbound=letter, until=NOW, by=lea, at=NOW), "snooze_in_past"),
        (lambda: replies.assign(inbound=letter, owner=UserFactory(is_active=False), by=lea, at=NOW), "owner_gone"),
    ]
    for call, code in refusals:
        with pytest.raises(DomainError) as refused:
            call()
        assert refused.value.code == code


def test_erasure_takes_letters_that_nobody_knew_the_writer_of():
    message = written_to()
    known = came(mail("Which beach is it?", answers=message))
    stray = came(mail("I am amina@studio.example, and I ask again.", sender="x@y.example", subject="Hello"))
    persons.erase(influencer=Influencer.objects.get(pk=message.outreach.influencer_id), at=NOW)
    for letter in (known, stray):
        letter.refresh_from_db()
        assert (letter.raw, letter.text, letter.from_address, letter.desk) == (None, "…", "", "done")
    again, is_new = replies.receive(raw=mail("Which beach is it?", answers=message), door="mailbox", at=NOW)
    assert is_new or again.pk == known.pk


# Old letters under new rules ----------------------------------------------------------------------------------------


def read_as(letter: InboundMessage, **said) -> None:
    """As rules of before read it."""
    InboundMessage.objects.filter(pk=letter.pk).update(rules_version=0, **said)


def test_letters_are_read_again_and_only_then_noted():
    letter = came(mail("Which beach is it?", answers=written_to()))
    read_as(letter, kind="other")
    (change,) = replies.replay(at=NOW)
    assert (change.before, change.after, change.is_kept) == ("other", "question", False)
    letter.refresh_from_db()
    assert letter.kind == "other"
    replies.replay(at=NOW, apply=True)
    letter.refresh_from_db()
    assert letter.kind == "question"
    assert replies.replay(at=NOW) == []


def test_reading_again_undoes_no_no_and_lets_nothing_go(lea):
    letter = came(mail("Which beach is it?", answers=written_to()))
    for kind in ("declines", "unsubscribe", "complaint", "bounce_hard"):
        read_as(letter, kind=kind)
        assert [change.is_kept for change in replies.replay(at=NOW, apply=True)] == [True]
    machine = came(
        mail("We got your mail.", answers=written_to("b@studio.example"), more="Auto-Submitted: auto-replied")
    )
    read_as(letter, kind="question")
    read_as(machine, kind="question", desk="open")
    assert [change.is_kept for change in replies.replay(at=NOW, apply=True)] == [True]
    read_as(machine, kind="automatic")
    read_as(letter, kind="other")
    replies.confirm(inbound=letter, kind="fee", by=lea, at=NOW)
    assert [change.is_kept for change in replies.replay(at=NOW, apply=True)] == [True]


def test_who_is_found_to_be_a_person_holds_back_until_somebody_has_looked():
    letter = came(mail("Which beach is it?", answers=written_to()))
    read_as(letter, kind="automatic", desk="done")
    replies.replay(at=NOW, apply=True)
    letter.refresh_from_db()
    assert (letter.kind, letter.desk) == ("question", "open")


# What goes out --------------------------------------------------------------------------------------------------------


def test_answers_come_to_an_address_that_names_the_message(settings):
    message = written_to()
    assert "\r\nReply-To: partnerships@causeway.example\r\n" in as_sent(message)
    settings.REPLY_TOKENS = True
    token = as_sent(message).partition("Reply-To: ")[2].partition("\r\n")[0]
    assert token.startswith("partnerships+r")
    assert came(mail(sender="x@y.example", to=token)).outreach == message.outreach
    settings.SENDER_ADDRESS = f"{'p' * 60}@causeway.example"
    assert f"\r\nReply-To: {'p' * 60}@causeway.example\r\n" in as_sent(message)


def test_mail_to_staff_says_that_a_machine_wrote_it_and_no_other_does(lea, settings):
    settings.REPLY_TOKENS = True
    lea.email = "lea@causeway.example"
    lea.save()
    message = written_to()
    assert "Auto-Submitted" not in as_sent(message)
    staff = Message.objects.create(purpose="staff", user=lea, reference="x", language="en", subject="Hello", body="x", text="x", html="x", state="planned", message_id="<staff@causeway.example>", approved_at=NOW, due_at=NOW)  # fmt: skip
    assert "\r\nAuto-Submitted: auto-generated\r\n" in as_sent(staff)
    assert "\r\nReply-To: partnerships@causeway.example\r\n" in as_sent(staff)
    assert came(mail("ok", answers=staff, sender="lea@causeway.example")).outreach is None


def as_sent(message: Message) -> str:
    return handover.hand_over(message, at=NOW).captured.decode()
