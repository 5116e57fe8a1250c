"""Texts, what they would say, and first messages, for programs."""

import pytest

from crm.models import Topic
from outreach.models import Message
from tests.factories import (
    AddressFactory,
    CampaignFactory,
    CauseFactory,
    InfluencerFactory,
    LinkFactory,
    OutreachFactory,
    TemplateFactory,
    UserFactory,
    officers_tool,
    tool_of,
)

pytestmark = pytest.mark.django_db


def manager(*scopes: str):
    return tool_of(UserFactory(role="manager"), *scopes)


def conversation(*topics: str, **said):
    person = InfluencerFactory(name="Amina Diallo", **{"languages": ["fr"]} | said)
    person.topics.set(Topic.objects.filter(slug__in=topics))
    AddressFactory(influencer=person)
    cause = CauseFactory(topics=["clean-beaches"], languages=["fr"])
    outreach = OutreachFactory(influencer=person, campaign=CampaignFactory(cause=cause))
    LinkFactory(outreach=outreach)
    return outreach


def post(tool, path: str, **body):
    return tool.post(f"/api/v1/{path}", body, content_type="application/json")


def test_a_version_is_stored_with_its_register():
    tool = manager("templates:write", "templates:read")
    text = {"name": "First", "language": "fr", "subject": "x", "body": "{{ greeting }}"}
    made = [post(tool, "templates/", **text | said) for said in ({}, {"register": "informal"}, {"language": "en"})]
    assert [(each.status_code, each.json()["register"]) for each in made] == [
        *((201, "formal"), (201, "informal"), (201, "neutral"))
    ]
    assert post(tool, "templates/", **text).status_code == 409
    assert post(tool, "templates/", **text | {"register": "royal"}).status_code == 400
    found = tool.get("/api/v1/templates/?name=First&register=informal").json()["results"]
    assert [each["language"] for each in found] == ["fr"]


def test_a_preview_says_what_is_missing_and_where_the_rest_is_from_and_stores_nothing():
    template = TemplateFactory(language="fr", register="formal", body="{{ greeting }} {{ quoted_post }}")
    outreach = conversation()
    tool = officers_tool("templates:read")
    said = post(tool, f"templates/{template.public_id}/preview/", outreach=str(outreach.public_id))
    assert said.status_code == 200
    body = said.json()
    assert (body["subject"], body["body"], body["missing"]) == ("", "", ["quoted_post"])
    assert [one["value"] for one in body["inserted"]] == ["Clean beaches", "Bonjour Amina,", ""]
    assert body["inserted"][1]["sources"][0]["id"] == str(outreach.influencer.public_id)
    template.body = "{{ greeting }}"
    template.save()
    shown = post(tool, f"templates/{template.public_id}/preview/", outreach=str(outreach.public_id)).json()
    assert (shown["subject"], shown["body"]) == ("Clean beaches", "Bonjour Amina,")
    assert not Message.objects.exists()


def test_a_message_is_drafted_from_a_name_in_their_version():
    for register in ("formal", "informal"):
        TemplateFactory(name="First", language="fr", register=register, body=f"{register} {{{{ greeting }}}}")
    outreach = conversation(register="informal")
    tool = officers_tool("messages:write")
    assert post(tool, "messages/", outreach=str(outreach.public_id)).status_code == 400
    made = post(tool, "messages/", outreach=str(outreach.public_id), name="First").json()
    assert (made["body"], made["register"], made["fallback"]) == ("informal Salut Amina,", "informal", [])
    assert [one["hole"] for one in made["inserted"]] == ["cause_name", "greeting"]


def test_starting_with_a_text_says_for_whom_it_could_not_be_filled_in():
    TemplateFactory(name="First", language="fr", register="formal", body="{{ shared_topics }}")
    campaign = CampaignFactory(cause=CauseFactory(topics=["clean-beaches"]))
    people = [conversation("clean-beaches").influencer, conversation().influencer]
    answer = post(
        officers_tool("outreaches:write"),
        "outreaches/",
        campaign=str(campaign.public_id),
        influencers=[str(person.public_id) for person in people],
        text="First",
    ).json()
    assert len(answer["outreaches"]) == 2
    assert [(one["reason"], one["detail"]) for one in answer["unwritten"]] == [
        (
            "placeholder_value_missing",
            "The message would have a hole: no topic that they share with the cause is known. "
            "Write this one by hand or choose another text.",
        )
    ]
    assert [message.body for message in Message.objects.all()] == ["plages et mers propres"]
