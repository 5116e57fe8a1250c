"""Sequences on their pages, on the page of a conversation, and where outreach is started."""

import pytest
from django.urls import reverse
from django.utils import timezone

from outreach import selectors
from outreach.models import Enrolment, Message, MessageTemplate, Outreach, Sequence
from outreach.services import limits, sequences
from tests.factories import CampaignFactory, OutreachFactory, at_any_hour
from tests.outreach.admin.reading import said, words
from tests.outreach.under_way import conversation, first, stands, step, three_steps, under_way, written

pytestmark = pytest.mark.django_db
LIST = "/admin/outreach/sequence/"
ADD = f"{LIST}add/"
FORM = {
    "name": "Gently",
    **{"text_1": "First", "channel_1": "email", "platform_1": ""},
    **{"text_2": "Second", "days_2": "4", "channel_2": "manual", "platform_2": "instagram"},
    **{"text_3": "", "days_3": "5", "channel_3": "email", "platform_3": ""},
}


@pytest.fixture(autouse=True)
def any_hour(db):
    """What is tried here is something else: it may be night, or a Sunday."""
    at_any_hour()


def page_of(sequence, name: str = "change") -> str:
    return reverse(f"admin:outreach_sequence_{name}", args=[sequence.pk])


def conversation_of(enrolment, name: str = "change") -> str:
    return reverse(f"admin:outreach_outreach_{name}", args=[enrolment.outreach_id])


def test_a_sequence_is_written_and_changed(manager):
    written("First", "Second")
    response = manager.post(ADD, FORM)
    made = Sequence.objects.get()
    assert response["Location"] == page_of(made)
    kept = made.steps.order_by("position").values_list("template_name", "days", "channel", "platform")
    assert list(kept) == [("First", 0, "email", ""), ("Second", 4, "manual", "instagram")]
    manager.post(page_of(made, "edit"), FORM | {"name": "Softly", "text_2": ""})
    made.refresh_from_db()
    assert (made.name, made.steps.count()) == ("Softly", 1)
    assert 'value="Softly"' in manager.get(page_of(made, "edit")).content.decode()


@pytest.mark.parametrize(
    ("changed", "expect"),
    [
        ({"days_2": ""}, "Step 2: say how many working days later it goes, from 1 to 60."),
        ({"name": "Taken"}, "There is a sequence “Taken” already. Choose another name."),
        ({"text_1": ""}, "This field is required."),
    ],
)
def test_what_cannot_be_a_sequence_is_said(manager, changed, expect):
    three_steps("Taken")
    assert expect in words(manager.post(ADD, FORM | changed))
    assert Sequence.objects.count() == 1


def test_the_form_has_as_many_steps_as_the_house_allows(manager):
    written("First")
    limits.change(steps=5)
    assert 'name="text_5"' in manager.get(ADD).content.decode()
    assert 'name="text_6"' not in manager.get(ADD).content.decode()


def test_without_a_text_one_is_led_to_the_texts(manager):
    response = manager.get(ADD)
    assert response["Location"] == reverse("admin:outreach_messagetemplate_changelist")


def test_the_list_says_what_follows_what_and_how_many_are_under_way(client):
    under_way()
    page = words(client.get(LIST))
    assert "First → Second → Third" in page


def test_an_empty_list_says_what_a_sequence_is(manager):
    assert "It stops by itself as soon as they do." in words(manager.get(LIST))


def test_the_page_shows_its_steps_with_their_versions_and_who_is_under_way(client):
    enrolment = under_way()
    page = words(client.get(page_of(enrolment.sequence)))
    assert "Second 3 working days later, by e-mail English" in page
    assert enrolment.outreach.influencer.name in page


def test_the_list_costs_the_same_for_one_and_for_three(client, django_assert_max_num_queries):
    three_steps("A")
    client.get(LIST)
    with django_assert_max_num_queries(30) as one:
        client.get(LIST)
    sequences.save(name="B", steps=[sequences.Part("First")])
    sequences.save(name="C", steps=[sequences.Part("First")])
    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(LIST)


def test_it_is_paused_and_goes_on_once_somebody_is_sure(manager, client, analyst):
    sequence = three_steps()
    assert "Nothing is taken back." in words(manager.get(page_of(sequence, "pause")))
    sequence.refresh_from_db()
    assert not sequence.is_paused
    manager.post(page_of(sequence, "pause"), {"confirmed": "1"})
    sequence.refresh_from_db()
    assert sequence.is_paused
    assert "paused" in words(client.get(page_of(sequence)))
    manager.post(page_of(sequence, "go_on"), {"confirmed": "1"})
    sequence.refresh_from_db()
    assert not sequence.is_paused
    for nobody in (client, analyst):
        assert nobody.post(page_of(sequence, "pause"), {"confirmed": "1"}).status_code == 403


# In a conversation ---------------------------------------------------------------------------------------------------


def test_a_conversation_shows_what_is_to_come_and_is_paused_taken_up_and_stopped(client):
    enrolment = under_way(at=timezone.now())
    page = words(client.get(conversation_of(enrolment)))
    assert "Sequence Gently Under way" in page
    assert "Third" in page
    client.post(conversation_of(enrolment, "sequence_pause"))
    assert stands(enrolment)[:2] == ("paused", "paused_by_staff")
    assert "Paused: paused by staff" in words(client.get(conversation_of(enrolment)))
    client.post(conversation_of(enrolment, "sequence_go_on"))
    assert stands(enrolment)[0] == "running"
    done = client.post(conversation_of(enrolment, "sequence_stop"), follow=True)
    assert said(done)[-1] == "Stopped: nothing more of it goes out."
    assert stands(enrolment)[:2] == ("stopped", "stopped_by_staff")


def test_looking_changes_nothing(client):
    enrolment = under_way(at=timezone.now())
    for name in ("sequence_pause", "sequence_go_on", "sequence_stop"):
        assert client.get(conversation_of(enrolment, name)).status_code == 405
    client.get(conversation_of(enrolment))
    assert stands(enrolment)[0] == "running"


def test_an_analyst_changes_nothing(analyst):
    enrolment = under_way(at=timezone.now())
    assert analyst.post(conversation_of(enrolment, "sequence_stop")).status_code == 403
    assert "Gently" in words(analyst.get(conversation_of(enrolment)))


def test_a_sequence_is_begun_in_one_conversation(client):
    sequence, outreach = three_steps(), conversation()
    address = reverse("admin:outreach_outreach_enrol", args=[outreach.pk])
    assert address in client.get(reverse("admin:outreach_outreach_change", args=[outreach.pk])).content.decode()
    client.post(address, {"sequence": sequence.pk})
    assert first(Enrolment.objects.get()).state == "draft"
    other = sequences.save(name="Other", steps=[sequences.Part("First")])
    assert "was begun in this conversation" in words(client.post(address, {"sequence": other.pk}))


def test_a_follow_up_is_changed_on_its_page_before_it_goes(client):
    enrolment = under_way(at=timezone.now())
    message = step(enrolment, 2)
    address = reverse("admin:outreach_message_change", args=[message.pk])
    assert "unless they answer before" in words(client.get(address))
    client.post(reverse("admin:outreach_message_save", args=[message.pk]), {"subject": "New", "body": "Other words."})
    message.refresh_from_db()
    assert (message.subject, message.body, message.state) == ("New", "Other words.", "planned")
    assert message.text.startswith("Other words.")


def test_a_follow_up_that_was_taken_back_does_not_ask_for_another_first_message(client):
    enrolment = under_way(at=timezone.now())
    client.post(reverse("admin:outreach_message_cancel", args=[step(enrolment, 2).pk]))
    page = words(client.get(conversation_of(enrolment)))
    assert "You can write another one." not in page
    assert "The message was captured" in page
    [(_outreach, next_step)] = selectors.steps(Outreach.objects.all(), at=timezone.now())
    assert next_step == "captured"  # as lists and the board say it


def test_a_follow_up_with_a_hole_is_written_by_hand(client):
    sequence = three_steps()
    MessageTemplate.objects.filter(name="Second").update(body="{{ why_you }}")
    enrolment = under_way(sequence, at=timezone.now())
    page = words(client.get(conversation_of(enrolment)))
    assert "Write it by hand" in page
    assert "Try again" in page
    client.post(conversation_of(enrolment, "compose"), {"subject": "Again", "body": "Dear {{ first_name }}."})
    assert (stands(enrolment), step(enrolment, 2).body) == (("running", "", 2), "Dear Amina.")


def test_outreach_is_started_with_a_sequence(client):
    sequence, campaign = three_steps(), CampaignFactory()
    person = conversation().influencer
    start = reverse("admin:outreach_outreach_start")
    chosen = {"influencer": person.pk, "campaign": campaign.pk}
    assert "Gently" in words(client.post(start, chosen))
    client.post(start, chosen | {"confirmed": "1", "sequence": sequence.pk, "text": ""})
    made = Enrolment.objects.get(outreach=Outreach.objects.get(campaign=campaign))
    assert (made.sequence, first(made).subject, stands(made)) == (sequence, "First", ("running", "", 1))


def test_a_closed_conversation_offers_no_sequence(client):
    three_steps()
    closed = OutreachFactory(stage="declined")
    page = client.get(reverse("admin:outreach_outreach_change", args=[closed.pk]))
    assert "Begin a sequence" not in words(page)
    assert Message.objects.count() == 0


def test_a_step_by_hand_is_no_task_before_its_time(client):
    written("First", "Second")
    sequence = sequences.save(
        name="H", steps=[sequences.Part("First"), sequences.Part("Second", days=3, channel="manual")]
    )
    enrolment = under_way(sequence, at=timezone.now())
    assert "its time has not come yet" in words(client.get(conversation_of(enrolment)))
