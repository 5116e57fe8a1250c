"""The outbox, and the page of one message: read, change, approve, send by hand, settle."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from outreach.models import Message, Outreach
from outreach.services import delivery, drafts, messages
from tests.factories import (
    AccountFactory,
    AddressFactory,
    LinkFactory,
    OutreachFactory,
    TemplateFactory,
    VettingFactory,
    approved_message,
    at_any_hour,
)
from tests.outreach.admin.reading import said, words

pytestmark = pytest.mark.django_db
OUTBOX = "/admin/outreach/message/"


@pytest.fixture(autouse=True)
def any_hour(db):
    """What is tried here is something else: it may be night, or a Sunday."""
    at_any_hour()


def step(message, name: str = "change") -> str:
    return reverse(f"admin:outreach_message_{name}", args=[message.pk])


def draft_to(person, officer) -> Message:
    outreach = OutreachFactory(influencer=person)
    LinkFactory(outreach=outreach)
    return drafts.draft(outreach=outreach, template=TemplateFactory(), by=officer, at=timezone.now())


def vet(message: Message) -> None:
    VettingFactory(influencer=message.outreach.influencer, cause=message.outreach.campaign.cause)


@pytest.fixture
def draft(officer) -> Message:
    message = draft_to(AddressFactory(influencer__name="Amina Diallo").influencer, officer)
    vet(message)
    return message


@pytest.fixture
def uncertain(draft, officer) -> Message:
    """Its sender died on the wire ten minutes ago."""
    before = timezone.now() - timedelta(minutes=10)
    messages.approve(message=draft, by=officer, at=before)
    delivery._claim(at=before)
    delivery.gate(pk=draft.pk, at=before)
    delivery.settle_stranded(at=timezone.now())
    draft.refresh_from_db()
    return draft


def state(message: Message) -> str:
    message.refresh_from_db()
    return message.state


def test_a_draft_is_shown_as_it_will_go_out_and_in_a_frame_that_runs_nothing(client, draft):
    Message.objects.update(body='Hello <b>you</b> <script>alert("x")</script>')
    page = client.get(step(draft)).content.decode()
    assert "12 quai des Brumes, 29200 Brest" in page
    assert "Hello &lt;b&gt;you&lt;/b&gt;" in page
    assert '<iframe class="cw-mail" sandbox title=' in page
    assert "<script>alert" not in page


def test_what_went_out_is_shown_as_it_was_and_runs_nothing_either(client, officer, draft):
    messages.approve(message=draft, by=officer, at=timezone.now())
    Message.objects.update(text="As <b>text</b>", html='<p>Hi</p><script>alert("x")</script>')
    page = client.get(step(draft)).content.decode()
    assert "As &lt;b&gt;text&lt;/b&gt;" in page
    assert 'srcdoc="&lt;p&gt;Hi&lt;/p&gt;&lt;script&gt;' in page
    assert "<script>alert" not in page


def test_a_draft_is_changed_in_place(client, draft):
    response = client.post(
        step(draft, "save"), {"subject": "Beaches", "body": "Dear Amina,\n\n{{ stays }}"}, follow=True
    )
    assert said(response) == ["Saved."]
    draft.refresh_from_db()
    assert (draft.subject, draft.body, draft.state) == ("Beaches", "Dear Amina,\n\n{{ stays }}", "draft")


def test_an_empty_text_is_refused_and_what_was_typed_is_kept(client, draft):
    page = client.post(step(draft, "save"), {"subject": "Beaches", "body": " \n "})
    assert page.status_code == 200
    assert "A message needs a subject and a text." in words(page)
    assert 'value="Beaches"' in page.content.decode()


def test_approving_takes_the_text_as_it_stands_on_the_page(client, officer, draft):
    response = client.post(step(draft, "approve"), {"subject": "Beaches", "body": "Dear Amina,"}, follow=True)
    assert said(response) == ["Approved. It is being captured."]
    draft.refresh_from_db()
    assert (draft.state, draft.approved_by, draft.subject) == ("planned", officer, "Beaches")
    assert draft.text.startswith("Dear Amina,\n\n—\n")


def test_a_message_that_would_be_held_back_is_not_offered_for_approval(client, officer):
    message = draft_to(AddressFactory().influencer, officer)
    page = client.get(step(message))
    assert "It would be held back: nobody has cleared this person for the cause yet." in words(page)
    assert f"/admin/crm/influencer/{message.outreach.influencer.pk}/change/?cause=" in page.content.decode()
    assert step(message, "approve") not in page.content.decode()


def test_without_a_postal_address_approval_is_not_offered_and_the_page_says_why(client, settings, draft):
    settings.POSTAL_ADDRESS = ""
    page = client.get(step(draft))
    assert "Every first message says who writes and where they are." in words(page)
    assert step(draft, "approve") not in page.content.decode()


@pytest.mark.parametrize("name", ["save", "approve", "cancel", "sent", "settle"])
def test_nothing_changes_by_looking(client, draft, name):
    assert client.get(step(draft, name)).status_code == 405
    assert state(draft) == "draft"


@pytest.mark.parametrize("name", ["change", "save", "approve", "cancel", "sent", "settle"])
def test_messages_are_none_of_an_analyst_s_business(analyst, draft, name):
    assert analyst.post(step(draft, name)).status_code == 403


def test_what_is_approved_can_be_taken_back_and_written_anew(client, officer, draft):
    messages.approve(message=draft, by=officer, at=timezone.now())
    page = client.post(step(draft, "cancel"), follow=True)
    assert said(page) == ["Taken back. It does not go out."]
    write = reverse("admin:outreach_outreach_write", args=[draft.outreach.pk])
    assert write in page.content.decode()
    client.post(write, {"template": TemplateFactory().pk})
    assert sorted(Message.objects.values_list("state", flat=True)) == ["cancelled", "draft"]


def test_what_is_gone_cannot_be_taken_back(client, officer, draft):
    messages.approve(message=draft, by=officer, at=timezone.now())
    delivery.deliver_due(at=timezone.now())
    page = client.post(step(draft, "cancel"), follow=True)
    assert said(page) == ["This message is on its way or settled and cannot be cancelled."]
    assert state(draft) == "sent"


def test_by_hand_one_copies_sends_and_says_so(client, officer):
    message = draft_to(AccountFactory(url="https://www.instagram.com/amina").influencer, officer)
    vet(message)
    approved = client.post(step(message, "approve"), {"subject": "Hi", "body": "Dear Amina"}, follow=True)
    assert said(approved) == ["Approved. Copy the text and send it."]
    assert 'href="https://www.instagram.com/amina"' in approved.content.decode()
    sent = client.post(step(message, "sent"), follow=True)
    assert said(sent) == ["Noted as sent."]
    assert "Go on in the conversation" in words(sent)
    assert Outreach.objects.get().stage == "contacted"


def test_by_hand_the_gate_s_no_is_said_in_words(client, officer):
    person = AccountFactory().influencer
    message = draft_to(person, officer)
    vet(message)
    messages.approve(message=message, by=officer, at=timezone.now())
    person.last_contacted_at = timezone.now()
    person.save()
    page = client.post(step(message, "sent"), follow=True)
    assert said(page) == ["Do not send this message now (they had a message only a short time ago)."]


def test_a_message_perhaps_sent_is_settled_by_a_person(client, uncertain):
    assert "Did it arrive?" in words(client.get(step(uncertain)))
    page = client.post(step(uncertain, "settle"), {"arrived": "yes"}, follow=True)
    assert said(page) == ["Noted: it arrived."]
    assert state(uncertain) == "sent"
    page = client.post(step(uncertain, "settle"), {"arrived": "no"}, follow=True)
    assert said(page) == ["Whether this message arrived is settled already (sent)."]
    assert state(uncertain) == "sent"


def test_the_outbox_shows_counts_and_perhaps_sent_first(client, officer, uncertain):
    later = draft_to(AddressFactory().influencer, officer)
    page = client.get(OUTBOX)
    assert [row.pk for row in page.context["cl"].result_list] == [uncertain.pk, later.pk]
    assert "1 · Perhaps sent" in words(page)
    assert "1 · To be read and approved" in words(page)
    assert "the sending process stopped before the mail server answered" in words(page)


def test_the_outbox_is_narrowed_by_state(client, officer, uncertain):
    task = draft_to(AccountFactory().influencer, officer)
    vet(task)
    messages.approve(message=task, by=officer, at=timezone.now())
    held, before = (draft_to(AddressFactory().influencer, officer) for _ in range(2))
    messages.approve(message=held, by=officer, at=timezone.now())
    messages.approve(message=before, by=officer, at=timezone.now() - timedelta(days=8))
    delivery._claim(at=timezone.now())
    delivery.deliver(pk=held.pk, at=timezone.now())  # nobody vetted them
    delivery.deliver(pk=before.pk, at=timezone.now() - timedelta(days=8))
    found = {
        kind: [row.pk for row in client.get(OUTBOX, {"kind": kind}).context["cl"].result_list]
        for kind in ("uncertain", "draft", "waiting", "by_hand", "sent", "captured", "held", "held_lately")
    }
    assert found == {
        "uncertain": [uncertain.pk],
        "draft": [],
        "waiting": [],
        "by_hand": [task.pk],
        "sent": [],
        "captured": [],
        "held": [before.pk, held.pk],
        "held_lately": [held.pk],
    }


def test_a_captured_mail_says_that_it_went_to_nobody(client, officer, draft):
    messages.approve(message=draft, by=officer, at=timezone.now())
    delivery.deliver_due(at=timezone.now())
    page = client.get(step(draft))
    assert "Captured: no mail server was set, so this message was kept here and sent to nobody." in words(page)
    assert draft.address.email in words(page)


def test_what_was_captured_is_not_called_sent(client):
    message = approved_message()
    Message.objects.filter(pk=message.pk).update(state="sent", is_captured=True)
    assert "captured, sent to nobody" in client.get("/admin/outreach/message/").content.decode()
    Message.objects.filter(pk=message.pk).update(is_captured=False)
    assert "captured, sent to nobody" not in client.get("/admin/outreach/message/").content.decode()


def test_a_captured_message_is_called_captured_everywhere_and_sent_nowhere(client, officer, draft):
    messages.approve(message=draft, by=officer, at=timezone.now())
    delivery.deliver_due(at=timezone.now())
    conversation = client.get(reverse("admin:outreach_outreach_change", args=[draft.outreach.pk]))
    outbox, page = client.get(OUTBOX), client.get(step(draft))

    bar = {part["name"]: part["number"] for part in outbox.context["outbox"]}
    assert bar == {"captured": 1}
    assert "1 · Captured, sent to nobody" in words(outbox)
    assert [row.pk for row in client.get(OUTBOX, {"kind": "captured"}).context["cl"].result_list] == [draft.pk]
    assert not client.get(OUTBOX, {"kind": "sent"}).context["cl"].result_list
    assert "bg-green" not in re.search(r"<[^>]*>\s*captured, sent to nobody", outbox.content.decode())[0]

    assert conversation.context["sentence"].startswith("The message was captured:")
    assert [line["words"] for line in conversation.context["happened"]][1] == (
        "A message was captured: it was sent to nobody"
    )
    for shown in (conversation, page):
        assert '<span class="cw-badge">Captured, sent to nobody</span>' in shown.content.decode()
    assert "captured just now" in words(page)
    assert "What was captured" in words(page)
    for shown in (conversation, page):
        for wrong in ("went out", "sent just now", "was sent to them", "were written to"):
            assert wrong not in words(shown), wrong
    timeline = words(client.get(reverse("admin:crm_influencer_change", args=[draft.outreach.influencer.pk])))
    assert "A message for “Spring clean-up” was captured: it was sent to nobody" in timeline
    assert "went out" not in timeline


def test_what_was_sent_is_still_called_sent(client):
    message = approved_message()
    Message.objects.update(state="sent", finished_at=timezone.now())
    page = client.get(step(message))
    assert '<span class="cw-badge cw-badge--good">Sent</span>' in page.content.decode()
    assert "What went out" in words(page)
    assert "1 · Sent" in words(client.get(OUTBOX))


# After approval -------------------------------------------------------------------------------------------------------

REFRESH = '<meta http-equiv="refresh" content="2">'


def test_the_page_of_a_message_on_its_way_looks_again_by_itself_until_something_became_of_it(client, draft):
    on_its_way = client.post(step(draft, "approve"), {"subject": "Hi", "body": "Dear Amina"}, follow=True)
    assert REFRESH in on_its_way.content.decode()
    assert "It is on its way. This page says by itself what became of it." in words(on_its_way)
    delivery.deliver_due(at=timezone.now())
    after = client.get(step(draft))
    assert REFRESH not in after.content.decode()
    assert "Captured: no mail server was set" in words(after)
    assert "Take it back" not in words(after)
    conversation = reverse("admin:outreach_outreach_change", args=[draft.outreach.pk])
    assert f'<a class="cw-button cw-button--primary" href="{conversation}">Go on in the conv' in after.content.decode()


@pytest.mark.parametrize("state", ["sent", "refused", "expired", "cancelled"])
def test_whatever_became_of_it_the_conversation_is_the_next_step(client, state):
    message = approved_message()
    Message.objects.update(state=state)
    page = client.get(step(message))
    assert "Go on in the conversation" in words(page)
    assert REFRESH not in page.content.decode()


@pytest.mark.parametrize("state", ["draft", "uncertain", "planned"])
def test_a_page_does_not_look_again_where_somebody_must_act_or_the_time_is_far(client, state):
    message = approved_message()
    Message.objects.update(state=state, due_at=timezone.now() + timedelta(hours=1))
    page = client.get(step(message))
    assert REFRESH not in page.content.decode()
    assert "Go on in the conversation" not in words(page)


def test_what_goes_by_hand_waits_for_a_person_and_does_not_look_again(client, officer):
    message = draft_to(AccountFactory().influencer, officer)
    vet(message)
    approved = client.post(step(message, "approve"), {"subject": "Hi", "body": "Dear Amina"}, follow=True)
    assert REFRESH not in approved.content.decode()


def test_where_a_mail_server_is_set_it_is_on_its_way(client, settings, draft):
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    page = client.post(step(draft, "approve"), {"subject": "Hi", "body": "Dear Amina"}, follow=True)
    assert said(page) == ["Approved. It is on its way."]


@pytest.mark.parametrize(("url", "is_said"), [("", True), ("smtp://127.0.0.1:1", False)])
def test_before_approving_it_is_said_that_nothing_leaves(client, settings, url, is_said):
    settings.EMAIL_URL = url
    message = approved_message()
    Message.objects.filter(pk=message.pk).update(state="draft")
    page = client.get(f"/admin/outreach/message/{message.pk}/change/").content.decode()
    assert ("No mail server is set" in page) is is_said


def test_what_goes_by_hand_says_so_and_is_not_called_sent_before_somebody_did(client, officer):
    message = draft_to(AccountFactory().influencer, officer)
    vet(message)
    pages = [step(message), reverse("admin:outreach_outreach_change", args=[message.outreach.pk]), OUTBOX]

    def badges() -> list[str]:
        shown = [
            re.findall(r"<span[^>]*>\s*([^<]*by hand)\s*</span>", client.get(page).content.decode()) for page in pages
        ]
        assert [len(found) for found in shown] == [1, 1, 1]
        return [found[0] for found in shown]

    assert badges() == [
        "To be read, then sent by hand",
        "To be read, then sent by hand",
        "to be read, then sent by hand",
    ]
    messages.approve(message=message, by=officer, at=timezone.now())
    assert badges() == ["To send by hand", "To send by hand", "to send by hand"]
    assert "1 · To send by hand" in words(client.get(OUTBOX))
    delivery.confirm_by_hand(message=message, by=officer, at=timezone.now())
    assert badges() == ["Sent by hand", "Sent by hand", "sent by hand"]
