"""A first message for many at once, each in their own version; and by hand, for whom a text could not be filled in."""

import pytest
from django.urls import reverse

from crm.models import Topic
from outreach.models import Message, Outreach
from outreach.services import campaigns, drafts
from tests.factories import (
    NOW,
    AddressFactory,
    CampaignFactory,
    CauseFactory,
    InfluencerFactory,
    LinkFactory,
    OutreachFactory,
    UserFactory,
    VettingFactory,
)
from tests.outreach.admin.reading import words

pytestmark = pytest.mark.django_db
START = "/admin/outreach/outreach/start/"


@pytest.fixture
def campaign():
    return CampaignFactory(cause=CauseFactory(topics=["clean-beaches"], languages=["fr"]))


@pytest.fixture
def texts():
    for register, body in (("formal", "Bonjour"), ("informal", "Salut")):
        campaigns.save_template(
            name="Sujets", language="fr", register=register, subject="x", body=f"{body}, {{{{ shared_topics }}}}."
        )


def person(name: str, *topics: str, **said):
    made = InfluencerFactory(name=name, languages=["fr"], **said)
    made.topics.set(Topic.objects.filter(slug__in=topics))
    AddressFactory(influencer=made)
    return made


def unwritten(campaign) -> Outreach:
    """One that was started, for whom the text could not be filled in."""
    outreach = OutreachFactory(campaign=campaign, influencer=person("Luc Roy"))
    LinkFactory(outreach=outreach)
    VettingFactory(influencer=outreach.influencer, cause=campaign.cause)
    drafts.draft_each(outreaches=[outreach], name="Sujets", at=NOW, by=UserFactory())
    return outreach


def page_of(outreach, name: str = "change") -> str:
    return reverse(f"admin:outreach_outreach_{name}", args=[outreach.pk])


def test_each_gets_their_own_version_and_who_cannot_is_listed_with_why(client, campaign, texts):
    zoe, tom = person("Zoé Petit", "clean-beaches"), person("Tom Noël", "clean-beaches", register="informal")
    luc = person("Luc Roy")
    chosen = {"influencer": [zoe.pk, tom.pk, luc.pk], "campaign": campaign.pk, "confirmed": "1", "text": "Sujets"}
    page = words(client.post(START, chosen, follow=True))
    assert dict(Message.objects.values_list("outreach__influencer__name", "body")) == {
        "Zoé Petit": "Bonjour, plages et mers propres.",
        "Tom Noël": "Salut, plages et mers propres.",
    }
    assert "2 drafts were written, to be read and approved." in page
    assert "1 to write by hand" in page
    assert "Luc Roy no topic that they share with the cause is known" in page


@pytest.mark.parametrize("text", ["", "Sujets", "No such text", "\0"])
def test_the_texts_are_offered_by_name_and_none_is_an_answer(client, campaign, texts, text):
    zoe = person("Zoé Petit", "clean-beaches")
    asked = client.post(START, {"influencer": [zoe.pk], "campaign": campaign.pk})
    assert asked.context["texts"] == ["Sujets"]
    client.post(START, {"influencer": [zoe.pk], "campaign": campaign.pk, "confirmed": "1", "text": text})
    assert (Outreach.objects.count(), Message.objects.count()) == (1, int(text == "Sujets"))


def test_the_next_step_is_to_write_by_hand_and_says_why(client, campaign, texts):
    outreach = unwritten(campaign)
    page = client.get(page_of(outreach))
    assert "The text could not be filled in for this person." in words(page)
    assert "no topic that they share with the cause is known" in words(page)
    assert page.context["step_address"] == page_of(outreach, "compose")
    assert page.context["other_text"] == page_of(outreach, "write")
    listed = client.get("/admin/outreach/outreach/", {"todo": "unwritten"})
    assert [one.pk for one in listed.context["cl"].result_list] == [outreach.pk]
    campaign_page = client.get(reverse("admin:outreach_campaign_change", args=[campaign.pk]))
    assert "1 message to write by hand" in words(campaign_page)
    assert "message to write by hand" in words(client.get("/admin/"))


def test_by_hand_one_begins_from_their_version_and_fills_no_hole_with_nothing(client, campaign, texts):
    outreach = unwritten(campaign)
    url = page_of(outreach, "compose")
    form = client.get(url).context["form"]
    assert form["body"].value() == "Bonjour, {{ shared_topics }}."
    refused = client.post(url, {"subject": "x", "body": "Bonjour, {{ shared_topics }}."})
    assert "no topic that they share with the cause is known" in words(refused)
    assert not Message.objects.exists()
    client.post(url, {"subject": "x", "body": "{{ greeting }} une question."})
    message = Message.objects.get()
    assert (message.body, message.language, message.register) == ("Bonjour Luc, une question.", "fr", "formal")
    outreach.refresh_from_db()
    assert outreach.unwritten == {}


def test_by_hand_without_any_text_it_is_in_their_language(client, campaign):
    outreach = OutreachFactory(campaign=campaign, influencer=person("Luc Roy", register="informal"))
    LinkFactory(outreach=outreach)
    client.post(page_of(outreach, "compose"), {"subject": "x", "body": "{{ greeting }}"})
    assert Message.objects.get().body == "Salut Luc,"


def test_their_own_version_is_offered_first(client, campaign, texts):
    campaigns.save_template(name="Another", language="en", subject="x", body="y")
    outreach = OutreachFactory(campaign=campaign, influencer=person("Tom Noël", register="informal"))
    choices = client.get(page_of(outreach, "write")).context["form"].fields["template"].choices
    assert [(group, [label for _pk, label in some]) for group, some in choices] == [
        ("As they read it", ["Sujets · French, informal", "Another · English"]),
        ("Other versions", ["Sujets · French, formal"]),
    ]


def test_the_draft_says_what_was_inserted_and_what_it_was_fallen_back_from(client, campaign, texts):
    zoe = person("Zoé Petit", "clean-beaches")
    zoe.languages = ["de"]
    zoe.save()
    outreach = OutreachFactory(campaign=campaign, influencer=zoe)
    LinkFactory(outreach=outreach)
    message = drafts.draft_by_name(outreach=outreach, name="Sujets", at=NOW, by=UserFactory())
    url = reverse("admin:outreach_message_change", args=[message.pk])
    page = client.get(url)
    assert "Written in French: no text of this name is in German." in words(page)
    assert "Topics you share plages et mers propres from the topics of their profile from the cause" in words(page)
    assert f'href="/admin/crm/influencer/{zoe.pk}/change/"' in page.content.decode()
    assert "not in the text any more" not in words(page)
    message.body = "Something else"
    message.save()
    assert "not in the text any more" in words(client.get(url))


def test_whoever_may_not_write_messages_starts_without_any(analyst, campaign, texts):
    zoe = person("Zoé Petit", "clean-beaches")
    answer = analyst.post(START, {"influencer": [zoe.pk], "campaign": campaign.pk, "confirmed": "1", "text": "Sujets"})
    assert (answer.status_code, Message.objects.count()) == (403, 0)
    assert analyst.get(page_of(OutreachFactory(campaign=campaign), "compose")).status_code == 403
