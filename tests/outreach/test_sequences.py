"""Sequences written, put under way, and gone through to the end."""

from datetime import UTC, datetime, timedelta

import pytest

from crm.errors import DomainError
from crm.models import Address
from outreach.models import Enrolment, Message, MessageTemplate, Sequence
from outreach.services import delivery, followups, limits, messages, sequences, settling
from outreach.services.sequences import Part
from tests.factories import AccountFactory, AddressFactory, OutreachFactory, TemplateFactory, UserFactory
from tests.outreach.under_way import (
    BEGAN,
    DAY,
    approve_first,
    begun,
    conversation,
    first,
    stands,
    states,
    step,
    three_steps,
    tick,
    under_way,
    written,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]


# Written -------------------------------------------------------------------------------------------------------------


def test_a_sequence_is_kept_in_its_order():
    sequence = three_steps()
    assert list(sequence.steps.order_by("position").values_list("position", "days", "template_name")) == [
        (1, 0, "First"), (2, 3, "Second"), (3, 5, "Third")
    ]  # fmt: skip


def test_a_sequence_is_changed_under_its_name():
    sequence = three_steps()
    changed = sequences.save(sequence=sequence, name="Gently", steps=[Part("Third"), Part("First", days=1)])
    assert changed == sequence
    assert list(sequence.steps.order_by("position").values_list("template_name", "days")) == [
        ("Third", 0),
        ("First", 1),
    ]


@pytest.mark.parametrize(
    ("name", "steps", "code"),
    [
        (" ", [Part("First")], "sequence_without_name"),
        ("Taken", [Part("First")], "sequence_taken"),
        ("New", [], "sequence_without_steps"),
        ("New", [Part("First")] + [Part("Second", days=1)] * 3, "sequence_too_long"),
        ("New", [Part("Nothing")], "step_text_unknown"),
        ("New", [Part("First"), Part("Second", days=0)], "step_days_out_of_range"),
        ("New", [Part("First"), Part("Second", days=61)], "step_days_out_of_range"),
        ("New", [Part("First", channel="pigeon")], "step_channel_unknown"),
        ("New", [Part("First", channel="manual", platform="myspace")], "step_platform_unknown"),
        ("New", [Part("First", platform="instagram")], "step_platform_by_mail"),
    ],
)
def test_what_cannot_be_a_sequence_is_said(name, steps, code):
    three_steps("Taken")
    with pytest.raises(DomainError) as refused:
        sequences.save(name=name, steps=steps)
    assert refused.value.code == code
    assert Sequence.objects.count() == 1


def test_how_long_one_may_be_is_a_limit_of_the_house():
    written("First", "Second", "Third", "Fourth")
    limits.change(steps=4)
    steps = [Part("First"), Part("Second", days=1), Part("Third", days=1), Part("Fourth", days=1)]
    assert sequences.save(name="Long", steps=steps).steps.count() == 4


# Gone through --------------------------------------------------------------------------------------------------------


def test_the_first_message_is_read_and_approved_by_a_person():
    enrolment = begun(three_steps())
    message = first(enrolment)
    assert (message.state, message.subject, stands(enrolment)) == ("draft", "First", ("running", "", 1))
    tick(BEGAN + 9 * DAY)
    assert states(enrolment) == [("draft", "")]


def test_asked_twice_it_is_one():
    sequence, outreach, by = three_steps(), conversation(), UserFactory()
    once = begun(sequence, outreach=outreach, by=by)
    assert begun(sequence, outreach=outreach, by=by) == once
    assert Message.objects.count() == 1
    with pytest.raises(DomainError, match="enrolled_already"):
        begun(sequences.save(name="Other", steps=[Part("First")]), outreach=outreach, by=by)


def test_a_follow_up_is_planned_as_soon_as_the_one_before_went_out():
    enrolment = under_way()
    message = step(enrolment, 2)
    assert (message.state, message.subject, message.channel) == ("planned", "Second", "email")
    assert (message.approved_by, message.approved_at) == (enrolment.started_by, BEGAN)
    assert message.due_at == datetime(2026, 11, 27, 10, 0, tzinfo=UTC)  # Friday: three working days
    assert message.expires_at == message.due_at + timedelta(hours=24)
    assert "unsubscribe" in message.text.lower() or "/u/" in message.text
    assert stands(enrolment) == ("running", "", 2)


def test_it_goes_through_to_its_end():
    enrolment = under_way()
    tick(BEGAN + 3 * DAY)
    third = step(enrolment, 3)
    assert third.due_at == datetime(2026, 12, 4, 10, 0, tzinfo=UTC)  # five working days after Friday
    tick(third.due_at)
    assert stands(enrolment) == ("finished", "", 3)
    assert states(enrolment) == [("sent", "")] * 3
    tick(third.due_at + 30 * DAY)
    assert len(states(enrolment)) == 3
    kinds = enrolment.outreach.influencer.activities.order_by("pk").values_list("kind", flat=True)
    assert [kind for kind in kinds if kind.startswith("sequence")] == ["sequence_started", "sequence_finished"]


def test_a_follow_up_answers_the_one_before_in_the_mail_program(sink):
    enrolment = under_way(outreach=conversation("amina@sink.lan"))
    one = first(enrolment).message_id
    two = step(enrolment, 2)
    assert (two.in_reply_to, two.references) == (one, one)
    tick(two.due_at)
    three = step(enrolment, 3)
    assert (three.in_reply_to, three.references) == (two.message_id, f"{one} {two.message_id}")
    assert b"In-Reply-To" not in sink.messages[0].content
    assert f"\r\nIn-Reply-To: {one}\r\nReferences: {one}\r\n".encode() in sink.messages[1].content


def test_to_another_address_it_answers_nothing():
    enrolment = under_way()
    tick(BEGAN + 3 * DAY - timedelta(hours=1))
    Address.objects.update(kind="personal")
    AddressFactory(influencer=enrolment.outreach.influencer, email="new@studio.example")
    Message.objects.filter(pk=step(enrolment, 2).pk).update(state="sent", dispatched_at=BEGAN + 3 * DAY)
    sequences.advance(at=BEGAN + 3 * DAY)
    third = step(enrolment, 3)
    assert (third.address.email, third.in_reply_to, third.references) == ("new@studio.example", "", "")


def test_a_round_again_changes_nothing():
    enrolment = under_way()
    before = list(Message.objects.order_by("pk").values())
    for _round in range(3):
        sequences.advance(at=BEGAN + timedelta(minutes=5))
    assert list(Message.objects.order_by("pk").values()) == before
    assert stands(enrolment) == ("running", "", 2)


@pytest.mark.parametrize("state", ["draft", "planned", "claimed", "dispatching", "uncertain"])
def test_what_is_not_settled_is_waited_for(state):
    enrolment = begun(three_steps())
    approve_first(enrolment)
    Message.objects.update(state=state, dispatched_at=BEGAN)
    sequences.advance(at=BEGAN + 5 * DAY)
    assert (stands(enrolment), Message.objects.count()) == (("running", "", 1), 1)


def test_what_was_perhaps_sent_is_followed_once_a_person_knows_that_it_arrived():
    enrolment = begun(three_steps())
    approve_first(enrolment)
    Message.objects.update(state="uncertain", reason="sender_died", dispatched_at=BEGAN)
    settling.settle(message=first(enrolment), has_arrived=True, by=enrolment.started_by, at=BEGAN + DAY)
    sequences.advance(at=BEGAN + DAY)
    assert step(enrolment, 2).due_at == datetime(2026, 11, 27, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "reason", "expect"),
    [
        ("refused", "not_vetted", ("paused", "not_vetted", 2)),
        ("refused", "address_bounced", ("paused", "address_bounced", 2)),
        ("expired", "expired", ("paused", "expired", 2)),
        ("cancelled", "cancelled_by_staff", ("paused", "cancelled_by_staff", 2)),
        ("refused", "said_no", ("stopped", "said_no", 2)),
        ("refused", "they_answered", ("stopped", "they_answered", 2)),
    ],
)
def test_what_did_not_go_waits_for_a_person_or_ends_it(state, reason, expect):
    enrolment = under_way()
    Message.objects.filter(pk=step(enrolment, 2).pk).update(state=state, reason=reason)
    tick(BEGAN + 9 * DAY)
    assert stands(enrolment) == expect
    assert Message.objects.filter(state="planned").count() == 0


def test_what_was_taken_back_is_written_anew_once_a_person_goes_on_and_in_no_hurry():
    enrolment = under_way()
    messages.cancel(message=step(enrolment, 2), at=BEGAN)
    sequences.advance(at=BEGAN)
    night = datetime(2026, 12, 2, 22, 0, tzinfo=UTC)
    sequences.resume(enrolment=enrolment, by=UserFactory(), at=night)
    tick(night)
    assert step(enrolment, 2).due_at == datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
    assert states(enrolment) == [("sent", ""), ("cancelled", "cancelled_by_staff"), ("planned", "")]
    assert stands(enrolment) == ("running", "", 2)


def test_a_first_message_that_was_dropped_is_drafted_anew():
    enrolment = begun(three_steps())
    messages.cancel(message=first(enrolment), at=BEGAN)
    sequences.advance(at=BEGAN)
    assert stands(enrolment) == ("paused", "cancelled_by_staff", 1)
    sequences.resume(enrolment=enrolment, by=UserFactory(), at=BEGAN)
    sequences.advance(at=BEGAN)
    assert (stands(enrolment), first(enrolment).state) == (("running", "", 1), "draft")


def test_follow_ups_count_against_the_cap_of_a_person():
    enrolment = under_way()
    due = step(enrolment, 2).due_at
    person = enrolment.outreach.influencer
    type(person).objects.filter(pk=person.pk).update(last_contacted_at=due - timedelta(hours=1))
    tick(due)
    message = step(enrolment, 2)
    assert (message.state, message.reason, message.due_at) == ("planned", "cap_person", due + timedelta(hours=23))
    assert stands(enrolment) == ("running", "", 2)


def test_nobody_is_followed_whose_conversation_was_never_reached():
    enrolment = begun(three_steps())
    approve_first(enrolment)
    Message.objects.update(state="refused", reason="not_vetted")
    sequences.advance(at=BEGAN)
    assert stands(enrolment) == ("paused", "not_vetted", 1)


def test_what_was_written_before_is_its_first_message():
    enrolment = under_way()
    outreach = conversation("b@studio.example")
    draft = pipeline_draft(outreach)
    messages.approve(message=draft, by=UserFactory(), at=BEGAN)
    delivery.deliver_due(at=BEGAN)
    later = begun(enrolment.sequence, outreach=outreach, at=BEGAN + 8 * DAY)
    sequences.advance(at=BEGAN + 8 * DAY)
    assert (first(later), first(later).state) == (draft, "sent")
    assert step(later, 2).due_at == BEGAN + 8 * DAY  # its time had passed, and it is office hours


def pipeline_draft(outreach) -> Message:
    from outreach.services import drafts

    return drafts.draft(
        outreach=outreach, template=MessageTemplate.objects.get(name="First"), at=BEGAN, by=UserFactory()
    )


def test_one_that_fails_stops_no_other(caplog):
    broken, whole = begun(three_steps()), None
    approve_first(broken)
    whole = begun(broken.sequence, outreach=conversation("b@studio.example"))
    approve_first(whole)
    delivery.deliver_due(at=BEGAN)
    Message.objects.filter(pk=first(broken).pk).update(in_reply_to="x" * 998, message_id="<" + "x" * 198)
    Message.objects.filter(pk=first(broken).pk).update(dispatched_at=datetime.max.replace(tzinfo=UTC) - DAY)
    sequences.advance(at=BEGAN)
    assert (stands(broken), stands(whole)) == (("running", "", 1), ("running", "", 2))
    assert "OverflowError" in caplog.text


def test_a_round_goes_on_with_so_many_at_most(monkeypatch):
    sequence = three_steps()
    several = [begun(sequence, outreach=conversation(f"p{n}@studio.example")) for n in range(3)]
    for enrolment in several:
        approve_first(enrolment)
    delivery.deliver_due(at=BEGAN)
    monkeypatch.setattr("outreach.services.rounds.AT_ONCE", 2)
    assert (sequences.advance(at=BEGAN), sequences.advance(at=BEGAN), sequences.advance(at=BEGAN)) == (2, 1, 0)


# What is missing -----------------------------------------------------------------------------------------------------


def test_a_first_message_with_a_hole_is_a_task_and_the_sequence_waits():
    sequence = three_steps()
    MessageTemplate.objects.filter(name="First").update(body="{{ why_you }}")
    outreach = conversation()
    enrolment = begun(sequence, outreach=outreach)
    outreach.refresh_from_db()
    assert stands(enrolment) == ("paused", "unwritten", 0)
    assert outreach.unwritten["code"] == "placeholder_value_missing"
    assert Message.objects.count() == 0


def test_written_by_hand_the_sequence_goes_on_by_itself():
    from outreach.services import drafts

    sequence = three_steps()
    MessageTemplate.objects.filter(name="First").update(body="{{ why_you }}")
    enrolment = begun(sequence)
    by, said = UserFactory(), {"language": "en", "register": ""}
    drafts.compose(outreach=enrolment.outreach, subject="Hello", body="By hand.", by=by, at=BEGAN, **said)
    sequences.advance(at=BEGAN)
    assert (stands(enrolment), enrolment.outreach.unwritten) == (("running", "", 1), {})
    approve_first(enrolment)
    tick(BEGAN)
    assert step(enrolment, 2).state == "planned"


def test_a_follow_up_with_a_hole_is_a_task_and_never_sent():
    sequence = three_steps()
    MessageTemplate.objects.filter(name="Second").update(body="{{ why_you }}")
    enrolment = under_way(sequence)
    enrolment.outreach.refresh_from_db()
    assert stands(enrolment) == ("paused", "unwritten", 1)
    assert enrolment.outreach.unwritten["text"] == "Second"
    assert Message.objects.count() == 1


def test_a_follow_up_is_written_by_hand_and_the_sequence_goes_on():
    sequence = three_steps()
    MessageTemplate.objects.filter(name="Second").update(body="{{ why_you }}")
    enrolment = under_way(sequence)
    by = UserFactory()
    message = followups.write(
        outreach=enrolment.outreach, subject="Again", body="Dear {{ first_name }}.", by=by, at=BEGAN + DAY
    )
    assert (message.state, message.body, message.approved_by) == ("planned", "Dear Amina.", by)
    assert message.due_at == BEGAN + 3 * DAY
    enrolment.outreach.refresh_from_db()
    assert (stands(enrolment), enrolment.outreach.unwritten) == (("running", "", 2), {})


def test_tried_again_once_the_text_was_mended():
    sequence = three_steps()
    MessageTemplate.objects.filter(name="Second").update(body="{{ why_you }}")
    enrolment = under_way(sequence)
    MessageTemplate.objects.filter(name="Second").update(body="Hello again.")
    sequences.resume(enrolment=enrolment, by=UserFactory(), at=BEGAN + DAY)
    sequences.advance(at=BEGAN + DAY)
    assert (stands(enrolment), step(enrolment, 2).body) == (("running", "", 2), "Hello again.")


def test_whoever_has_left_signs_nothing():
    enrolment = begun(three_steps())
    approve_first(enrolment)
    delivery.deliver_due(at=BEGAN)
    Message.objects.update(approved_by=None)
    enrolment.started_by.delete()
    sequences.advance(at=BEGAN)
    assert stands(enrolment) == ("paused", "nobody_signs", 1)
    heir = UserFactory()
    sequences.resume(enrolment=enrolment, by=heir, at=BEGAN)
    sequences.advance(at=BEGAN)
    assert step(enrolment, 2).approved_by == heir


# By hand -------------------------------------------------------------------------------------------------------------


def by_hand(platform: str = "") -> Sequence:
    written("First", "Second")
    return sequences.save(
        name="By hand", steps=[Part("First"), Part("Second", days=2, channel="manual", platform=platform)]
    )


@pytest.mark.parametrize(("platform", "expect"), [("", "youtube"), ("instagram", "instagram")])
def test_a_step_by_hand_is_a_task_with_its_text_and_their_profile(platform, expect):
    outreach = conversation()
    AccountFactory(influencer=outreach.influencer, platform="youtube", followers=90_000)
    enrolment = under_way(by_hand(platform), outreach=outreach)
    task = step(enrolment, 2)
    assert (task.channel, task.state, task.address, task.expires_at) == ("manual", "planned", None, None)
    assert (task.account.platform, task.text, task.html) == (expect, task.body, "")
    tick(task.due_at + 40 * DAY)  # no machine sends it, and it is not given up
    task.refresh_from_db()
    assert task.state == "planned"
    delivery.confirm_by_hand(message=task, by=UserFactory(), at=task.due_at)
    sequences.advance(at=task.due_at)
    assert stands(enrolment) == ("finished", "", 2)


def test_a_first_step_by_hand_goes_by_hand_though_an_address_is_known():
    written("First")
    sequence = sequences.save(name="By hand", steps=[Part("First", channel="manual", platform="instagram")])
    message = first(begun(sequence))
    assert (message.channel, message.address, message.account.platform) == ("manual", None, "instagram")


def test_where_no_such_account_is_known_it_is_a_task():
    enrolment = under_way(by_hand("tiktok"))
    enrolment.outreach.refresh_from_db()
    assert (stands(enrolment), enrolment.outreach.unwritten["code"]) == (
        ("paused", "unwritten", 1),
        "no_account_to_write_to",
    )


# Changed before it goes -----------------------------------------------------------------------------------------------


def test_staff_change_a_follow_up_before_it_goes():
    enrolment = under_way()
    by = UserFactory()
    followups.rewrite(message=step(enrolment, 2), subject="New", body="Other words.", by=by, at=BEGAN + DAY)
    message = step(enrolment, 2)
    assert (message.subject, message.body, message.approved_by) == ("New", "Other words.", by)
    assert message.text.startswith("Other words.")
    assert message.due_at == BEGAN + 3 * DAY
    with pytest.raises(DomainError, match="placeholder_left"):
        followups.rewrite(message=message, subject="New", body="{{ first_name }}", by=by, at=BEGAN)


def test_what_went_out_or_is_a_first_message_is_not_rewritten():
    enrolment = under_way()
    with pytest.raises(DomainError, match="message_not_planned"):
        followups.rewrite(message=first(enrolment), subject="New", body="x", by=UserFactory(), at=BEGAN)
    Message.objects.update(state="claimed")
    with pytest.raises(DomainError, match="message_not_planned"):
        followups.rewrite(message=step(enrolment, 2), subject="New", body="x", by=UserFactory(), at=BEGAN)


def test_many_are_enrolled_and_it_is_said_for_whom_nothing_could_be_written():
    sequence = three_steps()
    TemplateFactory(name="First", language="fr", body="{{ why_you }}")
    one, other = conversation(), conversation("b@studio.example")
    closed = OutreachFactory(stage="declined")
    other.influencer.languages = ["fr"]
    other.influencer.save()
    unwritten = sequences.enrol_each(outreaches=[one, other, closed], sequence=sequence, by=UserFactory(), at=BEGAN)
    assert [(each.outreach, each.error.code) for each in unwritten] == [
        (other, "placeholder_value_missing"), (closed, "sequence_conversation_over")
    ]  # fmt: skip
    assert Enrolment.objects.count() == 2
