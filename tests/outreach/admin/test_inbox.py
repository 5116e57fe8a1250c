"""The inbox, and the page of one reply: read, say what it is, link, give away, put off, answer, be done."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Representation
from outreach.models import InboundMessage, Message
from outreach.services import replies
from tests.factories import AddressFactory, InboundMessageFactory, UserFactory, browser_of
from tests.outreach.admin.letters import HOSTILE, letter
from tests.outreach.admin.reading import said, words
from tests.outreach.receiving.mails import came, mail, written_to

pytestmark = pytest.mark.django_db
INBOX = "/admin/outreach/inboundmessage/"
STEPS = ["confirm", "link", "assign", "snooze", "done", "reopen", "scope", "answer"]


def step(reply: InboundMessage, name: str = "change") -> str:
    return reverse(f"admin:outreach_inboundmessage_{name}", args=[reply.pk])


def comes(text: str = "Which beach is it?", **how) -> InboundMessage:
    return came(mail(text, **how), at=timezone.now())


def now(reply: InboundMessage) -> InboundMessage:
    reply.refresh_from_db()
    return reply


def everything() -> list:
    return [list(model.objects.order_by("pk").values()) for model in (InboundMessage, Message)]


@pytest.fixture
def reply() -> InboundMessage:
    return comes(answers=written_to())


@pytest.fixture
def stray() -> InboundMessage:
    return comes(sender="Robin <robin@film.example>", subject="Your petition")


# What is shown ------------------------------------------------------------------------------------------------------


def test_an_empty_inbox_says_so(client):
    assert client.get(INBOX).status_code == 200


def test_who_wrote_and_what_they_say_stands_in_the_list(client, reply):
    page = words(client.get(INBOX))
    assert "Amina Diallo" in page
    assert "Which beach is it?" in page
    assert "Spring clean-up" in page


def test_the_list_says_what_they_want_and_not_how_they_greet(client):
    comes("Hello there,\n\nWhich beach\nis it?", answers=written_to())
    page = words(client.get(INBOX))
    assert "Which beach is it?" in page
    assert "Hello there" not in page


@pytest.mark.parametrize("tab", ["open", "mine", "snoozed", "done", "unmatched", "no-such-tab"])
def test_every_tab_opens(client, reply, stray, tab):
    assert client.get(f"{INBOX}?desk={tab}").status_code == 200


def test_what_belongs_to_nobody_has_a_tab_of_its_own(client, reply, stray):
    page = words(client.get(f"{INBOX}?desk=unmatched"))
    assert "Robin" in page
    assert "Amina Diallo" not in page


def test_what_nobody_is_sure_of_comes_before_a_no(client):
    no = comes("No thank you, I am not interested.", answers=written_to())
    unsure = comes(
        "Hm. We saw seals on Sunday, seven of them.",
        answers=written_to("tom@studio.example", name="Tom Reed"),
        sender="Tom <tom@studio.example>",
    )
    assert (no.kind, unsure.is_unsure) == ("declines", True)
    rows = [row.pk for row in client.get(INBOX).context["cl"].result_list]
    assert rows == [unsure.pk, no.pk]


def test_the_page_shows_the_conversation_in_the_order_of_time(client, reply):
    page = words(client.get(step(reply)))
    assert page.index("Would you join us?") < page.index("Which beach is it?")


def test_nothing_that_they_write_is_markup_of_ours(client):
    reply = came(
        letter(written_to(), subject=HOSTILE, name="Mal </title><script>", **{HOSTILE: b"x"}), at=timezone.now()
    )
    InboundMessage.objects.filter(pk=reply.pk).update(said=HOSTILE, text=f"{HOSTILE} and more", kind="other")
    for address in (INBOX, step(reply), f"{step(reply, 'attachment')}?number=1"):
        page = client.get(address).content.decode()
        assert "<script>window" not in page
        assert "<img src=x" not in page
        assert "</title><script>" not in page


def test_the_page_is_in_french_too(officer, reply):
    officer.language = "fr"
    officer.save()
    client = browser_of(officer)
    assert "Répondre" in words(client.get(step(reply), headers={"accept-language": "fr"}))
    assert "Boîte de réception" in words(client.get(INBOX, headers={"accept-language": "fr"}))


# Who may, and what a look does ----------------------------------------------------------------------------------------


def test_an_analyst_sees_no_replies(analyst, reply):
    assert analyst.get(INBOX).status_code == 403
    for name in ("change", "letter", "attachment", *STEPS):
        assert analyst.get(step(reply, name)).status_code == 403
        assert analyst.post(step(reply, name)).status_code == 403


def test_looking_changes_nothing(client, reply, stray):
    before = everything()
    for one in (reply, stray):
        for name in ("change", "letter", "attachment", *STEPS):
            asked = f"{step(one, name)}?kind=declines&owner=me&until=tomorrow&everybody=yes&number=1"
            assert client.get(asked).status_code < 500
    for tab in ("open", "mine", "snoozed", "done", "unmatched"):
        client.get(f"{INBOX}?desk={tab}")
    assert everything() == before


# What is done about it ------------------------------------------------------------------------------------------------


def test_a_person_says_what_it_is(client, officer, reply):
    response = client.post(step(reply, "confirm"), {"kind": "later", "until": "2027-03-01"}, follow=True)
    assert said(response) == ["Noted: later."]
    assert (now(reply).confirmed_kind, reply.confirmed_by, str(reply.until_date)) == ("later", officer, "2027-03-01")


@pytest.mark.parametrize("sent", [{}, {"kind": "nonsense"}, {"kind": "later", "until": "tomorrow-ish"}])
def test_what_cannot_be_understood_is_said_in_words_and_changes_nothing(client, reply, sent):
    response = client.post(step(reply, "confirm"), sent, follow=True)
    assert len(said(response)) == 1
    assert now(reply).confirmed_kind == ""


def test_done_leads_on_to_the_next(client, reply):
    other = comes(answers=written_to("tom@studio.example", name="Tom Reed"), sender="Tom <tom@studio.example>")
    response = client.post(step(reply, "done"))
    assert now(reply).desk == "done"
    assert response["Location"].startswith(step(other))


def told_to(client, name: str, reply: InboundMessage) -> None:
    """Press a button of the page that is open: with what stands in its form."""
    seen = re.search(r'name="seen" value="(\d+)"', client.get(step(reply)).content.decode())[1]
    typed = {"subject": "Re: Clean beaches", "body": "The one at the pier.", "language": "en", "until": "tomorrow"}
    late = comes("Wait: which pier do you mean?", answers=reply.answers, message_id="<late@studio.example>")
    client.post(step(reply, name), typed | {"seen": seen})
    assert late.outreach_id == reply.outreach_id
    assert now(late).desk == "open"


@pytest.mark.parametrize("name", ["done", "snooze", "answer"])
def test_what_else_they_wrote_goes_along_but_nothing_that_came_since_the_page_was_shown(client, reply, name):
    other = comes("And when?", answers=reply.answers, message_id="<other@studio.example>")
    told_to(client, name, reply)
    assert now(reply).desk == now(other).desk == ("snoozed" if name == "snooze" else "done")


def test_from_the_list_nothing_newer_goes_along(client, reply):
    late = comes("Wait: which pier do you mean?", answers=reply.answers, message_id="<late@studio.example>")
    client.post(step(reply, "done"))
    assert (now(reply).desk, now(late).desk) == ("done", "open")


def test_a_no_whose_scope_is_asked_does_not_go_along(client, reply):
    no = InboundMessageFactory(outreach=reply.outreach, influencer=reply.influencer, kind="declines", no_scope="asked")
    client.post(step(reply, "done"), {"seen": no.pk})
    assert (now(reply).desk, now(no).desk) == ("done", "open")


def test_what_is_done_may_be_taken_up_again(client, officer, reply):
    replies.done(inbound=reply, by=officer, at=timezone.now())
    client.post(step(reply, "reopen"))
    assert now(reply).desk == "open"


def test_what_is_snoozed_comes_back_in_the_morning(client, reply):
    client.post(step(reply, "snooze"), {"until": "tomorrow"})
    assert now(reply).desk == "snoozed"
    assert timezone.localtime(reply.snoozed_until).hour == 9
    assert reply.snoozed_until > timezone.now()


@pytest.mark.parametrize("day", ["", "2020-01-01", "9999-12-32", "soon"])
def test_nothing_is_snoozed_until_a_day_that_has_been(client, reply, day):
    response = client.post(step(reply, "snooze"), {"until": "date", "date": day}, follow=True)
    assert said(response) == ["Choose a day that is still to come."]
    assert now(reply).desk == "open"


def test_somebody_sees_to_it(client, officer, reply):
    client.post(step(reply, "assign"), {"owner": "me"})
    assert now(reply).owner == officer
    other = UserFactory(role="officer")
    response = client.post(step(reply, "assign"), {"owner": "987654"}, follow=True)
    assert said(response)[-1] == "Choose one of the team."
    assert now(reply).owner == officer
    client.post(step(reply, "assign"), {"owner": other.pk})
    assert now(reply).owner == other


def test_an_unmatched_letter_is_linked(client):
    message = written_to(sent_at=timezone.now() - timedelta(days=400))
    reply = comes()
    assert reply.outreach is None
    assert "it comes from an address of theirs" in words(client.get(step(reply)))
    client.post(step(reply, "link"), {"outreach": message.outreach_id})
    assert (now(reply).outreach_id, reply.matched_by) == (message.outreach_id, "person")


def test_it_is_linked_to_nothing_that_is_not_there(client, stray):
    response = client.post(step(stray, "link"), {"outreach": "987654"}, follow=True)
    assert said(response) == ["Choose the conversation it belongs to."]
    assert now(stray).outreach is None


def test_a_conversation_is_found_by_name(client, stray):
    written_to()
    assert "Amina Diallo" in words(client.get(f"{step(stray)}?who=amina"))
    assert "Nobody is called so in any campaign." in words(client.get(f"{step(stray)}?who=%25%00zz"))


def test_the_no_of_an_agent_is_asked_about(client):
    agent = AddressFactory(email="bookings@agence.example", influencer__name="Agence Corail")
    message = written_to()
    for one in (message, written_to("tom@studio.example", name="Tom Reed")):
        Representation.objects.create(influencer=one.outreach.influencer, agent=agent.influencer)
    reply = comes("No thank you, we are not interested.", answers=message, sender="Corail <bookings@agence.example>")
    assert reply.no_scope == "asked"
    assert "Is this no meant for one of them, or for all?" in words(client.get(step(reply)))
    client.post(step(reply, "scope"), {"everybody": "perhaps"})
    assert now(reply).no_scope == "asked"
    client.post(step(reply, "scope"), {"everybody": "no"})
    assert now(reply).no_scope == "one"


def test_an_answer_waits_to_be_sent_and_the_letter_is_done_with(client, reply):
    sent = {"subject": "Re: Clean beaches", "body": "The one at the pier.", "language": "en"}
    response = client.post(step(reply, "answer"), sent, follow=True)
    assert said(response) == ["Your answer is waiting to be sent."]
    ours = Message.objects.get(body__contains="at the pier")
    assert (ours.outreach_id, ours.in_reply_to) == (reply.outreach_id, reply.message_id)
    assert now(reply).desk == "done"


def test_an_empty_answer_is_refused_and_what_was_typed_is_kept(client, reply):
    page = client.post(step(reply, "answer"), {"subject": "Beaches", "body": " ", "language": "en"})
    assert page.status_code == 200
    assert 'value="Beaches"' in page.content.decode()
    assert Message.objects.count() == 1


def test_a_machine_is_not_answered(client, reply):
    bounce = InboundMessageFactory(outreach=reply.outreach, influencer=reply.influencer, kind="bounce_hard")
    page = client.get(f"{INBOX}{bounce.pk}/change/").content.decode()
    assert "nobody would read an answer" in page
    assert 'name="body"' not in page
    assert 'name="body"' in client.get(f"{INBOX}{reply.pk}/change/").content.decode()
