"""First messages that are personalised by what is known: chosen, filled, kept with their sources, or left as a task."""

import os
from datetime import timedelta

import pytest

from crm.errors import DomainError
from crm.formats.rows import PostReading
from crm.models import Address, Post, Topic
from crm.services import instance, persons, representations
from matching.models import Match, MatchList
from outreach import selectors
from outreach.models import Message, Outreach
from outreach.services import campaigns, drafts, messages
from tests.factories import (
    NOW,
    AccountFactory,
    AddressFactory,
    CampaignFactory,
    CauseFactory,
    InfluencerFactory,
    LinkFactory,
    OutreachFactory,
    TemplateFactory,
    UserFactory,
    VettingFactory,
    published,
)
from tests.outreach.test_rendering import PAYLOADS

pytestmark = pytest.mark.django_db
EVERYTHING = "{{ greeting }}\n{{ quoted_post }}\n{{ shared_topics }}\n{{ reasons }}"


@pytest.fixture(autouse=True)
def house():
    instance.describe(organisation="Clear Shores", postal_address="12 quai des Brumes, 29200 Brest")


@pytest.fixture
def by():
    return UserFactory(role="officer", first_name="Léa", last_name="Martin")


def conversation(*, post: str = "", cause=None, **said) -> Outreach:
    """With somebody who has an address and, with `post`, wrote that twenty days ago."""
    person = InfluencerFactory(**{"name": "Amina Diallo", "languages": ["fr"]} | said)
    person.topics.set(Topic.objects.filter(slug__in=["clean-beaches", "disability"]))
    AddressFactory(influencer=person)
    if post:
        reading = PostReading("1", NOW - timedelta(days=20), text=post, url="https://instagram.com/p/1")
        published(AccountFactory(influencer=person, handle="amina"), [reading])
    cause = cause or CauseFactory(topics=["clean-beaches"], languages=["fr"])
    outreach = OutreachFactory(influencer=person, campaign=CampaignFactory(cause=cause))
    LinkFactory(outreach=outreach)
    return outreach


def matched(outreach: Outreach, **contributions: float) -> Match:
    """A list ranked them, each feature measured at 0.5."""
    match_list = MatchList.objects.create(cause=outreach.campaign.cause, requested_at=NOW, as_of=NOW)
    outreach.match = Match.objects.create(
        match_list=match_list,
        influencer=outreach.influencer,
        rank=1,
        score=0.5,
        percentile=99,
        sides={"wants": {"intercept": 0.0, "probability": 0.5, "contributions": contributions}},
        values={feature: {"value": 0.5, "basis": "measured"} for feature in contributions},
    )
    outreach.save()
    return outreach.match


def written(outreach: Outreach, by, **said) -> Message:
    version = {"language": "fr", "register": "formal", "subject": "x", "body": EVERYTHING}
    template = campaigns.save_template(name="Personal", **version | said)
    return drafts.draft(outreach=outreach, template=template, at=NOW, by=by)


def failure(call, **said) -> DomainError:
    with pytest.raises(DomainError) as caught:
        call(**said)
    return caught.value


# Values ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("register", "body"),
    [
        (
            "formal",
            "Bonjour Amina,\nLe 4 novembre, vous écriviez\u00a0: «\u00a0Encore un nettoyage de plage avec …\u00a0»\n"
            "plages et mers propres\nVous utilisez des hashtags qui sont aussi les nôtres. "
            "Vos sujets sont proches de ce pour quoi nous agissons.",
        ),
        (
            "informal",
            "Salut Amina,\nLe 4 novembre, tu écrivais\u00a0: «\u00a0Encore un nettoyage de plage avec …\u00a0»\n"
            "plages et mers propres\nTu utilises des hashtags qui sont aussi les nôtres. "
            "Tes sujets sont proches de ce pour quoi nous agissons.",
        ),
    ],
)
def test_everything_is_said_in_the_language_and_register_of_the_text(by, register, body):
    outreach = conversation(post="Encore un nettoyage de plage avec @bob #mer #sable https://x.example/1")
    matched(outreach, topic_fit=0.5, hashtag_overlap=0.9, engagement_rate=2.0)
    assert written(outreach, by, register=register).body == body


def test_what_was_inserted_is_kept_with_where_it_is_from(by):
    outreach = conversation(post="Encore un nettoyage de plage.")
    match = matched(outreach, topic_fit=0.5)
    kept = {one["hole"]: one for one in written(outreach, by).inserted}
    person, cause = str(outreach.influencer.public_id), str(outreach.campaign.cause.public_id)
    post = {
        "kind": "post",
        "id": str(Post.objects.get().pk),
        "date": "2026-11-04",
        "where": "Instagram · amina",
        "url": "https://instagram.com/p/1",
    }
    blank = {"date": "", "where": "", "url": ""}
    assert list(kept) == ["greeting", "quoted_post", "shared_topics", "reasons"]
    assert kept["quoted_post"]["sources"] == [post]
    assert kept["greeting"] == {
        "hole": "greeting",
        "value": "Bonjour Amina,",
        "sources": [{"kind": "reader", "id": person} | blank],
    }
    assert kept["shared_topics"]["sources"] == [
        {"kind": "topics", "id": person} | blank,
        {"kind": "cause", "id": cause} | blank,
    ]
    assert kept["reasons"]["sources"] == [
        {"kind": "match", "id": str(match.public_id)} | blank | {"date": "2026-11-24"}
    ]


def test_the_day_of_a_post_is_that_of_where_they_live(by):
    outreach = conversation(timezone="Pacific/Auckland")
    reading = PostReading("1", NOW.replace(hour=22), text="Encore un nettoyage de plage.")
    published(AccountFactory(influencer=outreach.influencer), [reading], at=NOW + timedelta(days=1))
    template = TemplateFactory(language="fr", body="{{ quoted_post }}")
    message = drafts.draft(outreach=outreach, template=template, at=NOW + timedelta(days=1), by=by)
    assert message.body.startswith("Le 25 novembre, ")


@pytest.mark.parametrize(
    ("said", "body"),
    [
        ({"name": "Collectif Sable Vif", "kind": "brand"}, "Bonjour,"),
        ({"name": "amina.dives"}, "Bonjour,"),
        ({"name": "DIALLO Amina"}, "Bonjour Amina,"),
    ],
)
def test_whoever_has_no_known_first_name_is_greeted_plainly(by, said, body):
    assert written(conversation(**said), by, body="{{ greeting }}").body == body


def test_an_agent_is_greeted_by_their_own_name_and_told_of_the_person(by):
    outreach = conversation(post="Encore un nettoyage de plage.", register="informal")
    matched(outreach, topic_fit=0.5)
    agent = AddressFactory(influencer__name="Jo Faye", influencer__languages=["fr"]).influencer
    representations.begin(influencer=outreach.influencer, agent=agent, by=by, at=NOW)
    said = written(outreach, by).body
    assert said.startswith("Bonjour Jo,\nLe 4 novembre, Amina Diallo écrivait\u00a0: ")
    assert said.endswith("Amina Diallo aborde des sujets proches de ce pour quoi nous agissons.")


def test_the_first_paragraph_ends_where_a_browser_ends_it(by):
    outreach = conversation(cause=CauseFactory(description="One.\r\n\r\nTwo."))
    assert written(outreach, by, body="{{ cause_summary }}").body == "One."


def test_a_part_that_both_have_stands_for_its_field(by):
    cause = CauseFactory(topics=["sdg-14", "clean-beaches", "disability"])
    outreach = conversation(cause=cause)
    outreach.influencer.topics.set(Topic.objects.filter(slug__in=["sdg-14", "clean-beaches", "disability", "cancer"]))
    assert written(outreach, by, body="{{ shared_topics }}").body == "plages et mers propres, handicap"


# Versions -------------------------------------------------------------------------------------------------------------


def texts(*versions: tuple[str, str]) -> None:
    for language, register in versions:
        campaigns.save_template(
            name="First", language=language, register=register, subject="x", body=f"{language} {register}"
        )


@pytest.mark.parametrize(
    ("said", "body", "fallback"),
    [
        ({}, "fr formal", []),
        ({"register": "informal"}, "fr informal", []),
        ({"languages": ["en"], "register": "informal"}, "en ", []),
        ({"languages": ["es", "en"]}, "en ", [{"code": "second_language", "wanted": "es"}]),
        ({"languages": ["de"]}, "fr formal", [{"code": "house_language", "wanted": "de"}]),
        ({"languages": []}, "fr formal", [{"code": "language_unknown", "wanted": ""}]),
    ],
)
def test_each_reads_their_own_version_and_what_was_fallen_back_on_is_kept(by, said, body, fallback):
    texts(("fr", "formal"), ("fr", "informal"), ("en", ""))
    message = drafts.draft_by_name(outreach=conversation(**said), name="First", at=NOW, by=by)
    assert (message.body, message.fallback) == (body.strip(), fallback)


def test_the_version_that_was_picked_is_taken_and_says_what_it_was_fallen_back_from_only_if_it_was(by):
    texts(("fr", "formal"), ("en", ""))
    german, french = conversation(languages=["de"]), conversation()
    [english, vous] = campaigns.MessageTemplate.objects.order_by("language")
    assert drafts.draft(outreach=french, template=english, at=NOW, by=by).fallback == []
    assert drafts.draft(outreach=german, template=vous, at=NOW, by=by).fallback == [
        {"code": "house_language", "wanted": "de"}
    ]


def test_no_text_in_any_language_that_would_do(by):
    texts(("es", "formal"))
    error = failure(drafts.draft_by_name, outreach=conversation(languages=["de"]), name="First", at=NOW, by=by)
    assert (error.code, error.params) == ("template_unfit", {"name": "First", "languages": ["de", "fr", "en"]})


def test_the_footer_is_in_the_register_of_the_message(by):
    said = written(conversation(), by, register="informal", body="Salut")
    messages.approve(message=said, by=by, at=NOW)
    said.refresh_from_db()
    assert "Nous tenons ton adresse de la source suivante\u00a0: her page “Contact”." in said.text


# What is missing ------------------------------------------------------------------------------------------------------


def test_whom_a_text_cannot_be_filled_in_for_becomes_a_task_and_stops_nobody(by):
    cause = CauseFactory(topics=["clean-beaches"], languages=["fr"])
    known, unknown = conversation(post="Encore un nettoyage de plage.", cause=cause), conversation(cause=cause)
    campaigns.save_template(name="First", language="fr", subject="x", body="{{ quoted_post }}")
    left = drafts.draft_each(outreaches=[unknown, known], name="First", at=NOW, by=by)
    assert [(one.outreach, one.error.code) for one in left] == [(unknown, "placeholder_value_missing")]
    assert [message.outreach for message in Message.objects.all()] == [known]
    unknown.refresh_from_db()
    assert unknown.unwritten == {
        "code": "placeholder_value_missing",
        "params": {"names": ["quoted_post"]},
        "text": "First",
    }


def test_it_is_counted_once_they_are_cleared_and_gone_once_it_is_written(by):
    outreach = conversation()
    VettingFactory(influencer=outreach.influencer, cause=outreach.campaign.cause)
    campaigns.save_template(name="First", language="fr", subject="x", body="{{ quoted_post }}")
    drafts.draft_each(outreaches=[outreach], name="First", at=NOW, by=by)
    todo = selectors.todo(at=NOW)
    assert (todo.unwritten, todo.to_write, todo.drafts, todo.is_quiet) == (1, 0, 0, False)
    drafts.compose(
        outreach=outreach, subject="x", body="{{ greeting }} Par la main.", language="fr", register="", at=NOW, by=by
    )
    outreach.refresh_from_db()
    todo = selectors.todo(at=NOW)
    assert (outreach.unwritten, todo.unwritten, todo.drafts) == ({}, 0, 1)
    assert Message.objects.get().body == "Bonjour Amina, Par la main."


@pytest.mark.parametrize("name", ["greeting", "quoted_post", "shared_topics", "reasons", "why_you"])
def test_nothing_is_drafted_with_a_hole(by, name):
    outreach = conversation(cause=CauseFactory(topics=["animals"], languages=["sv"]), languages=["sv"])
    template = TemplateFactory(language="sv", body=f"{{{{ {name} }}}}")
    error = failure(drafts.draft, outreach=outreach, template=template, at=NOW, by=by)
    assert (error.code, error.params) == ("placeholder_value_missing", {"names": (name,)})
    assert not Message.objects.exists()


def test_a_message_by_hand_has_no_hole_either(by):
    said = {"subject": "x", "language": "fr", "register": "", "at": NOW, "by": by}
    assert failure(drafts.compose, outreach=conversation(), body="{{ quoted_post }}", **said).code == (
        "placeholder_value_missing"
    )


def test_a_placeholder_that_was_typed_into_a_draft_never_goes_out(by):
    said = written(conversation(), by, body="Bonjour")
    for call, changed in (
        (messages.edit, {"subject": "x", "body": "{{ first_name }}"}),
        (messages.approve, {"by": by, "at": NOW, "edited": messages.rendering.Draft("{{first_name}}", "y")}),
    ):
        error = failure(call, message=said, **changed)
        assert (error.code, error.params) == ("placeholder_left", {"names": ("first_name",)})
    said.refresh_from_db()
    assert (said.state, said.body) == ("draft", "Bonjour")


def test_the_erased_leave_nothing_in_what_was_inserted(by):
    outreach = conversation(post="Encore un nettoyage de plage.")
    said = written(outreach, by, body="{{ quoted_post }}")
    persons.erase(influencer=outreach.influencer, by=by, at=NOW)
    said.refresh_from_db()
    assert said.inserted == []


# Row X1: the same through the services, in everything that somebody else may have written ------------------------------


@pytest.mark.parametrize("number", [8, pytest.param(260, marks=pytest.mark.slow)])
def test_no_payload_in_anybody_s_data_does_anything(by, monkeypatch, number):
    monkeypatch.setenv("SECRET_KEY", "canary-of-the-environment")
    holes = [
        "greeting",
        "full_name",
        "cause_name",
        "cause_summary",
        "campaign_name",
        "organisation",
        "sender_name",
        "quoted_post",
    ]
    body = "\n".join(f"[{name}] {{{{ {name} }}}}" for name in holes)
    template = campaigns.save_template(name="X1", language="en", subject="{{ full_name }}", body=body)
    outreach = conversation(post="A beach clean-up.", languages=["en"])
    person, campaign, address = outreach.influencer, outreach.campaign, Address.objects.get()
    nested = ["{{ first_name }}", "{{first_name}}{{ organisation }}", "{{ {{ why_you }} }}", "{day}{quote}{name}"]
    tried = [*PAYLOADS[:: len(PAYLOADS) // number], *nested]
    assert len(tried) > number
    for payload in tried:
        said = f"{payload} beach clean-up"
        person.name, campaign.name, campaign.organisation = payload, payload, payload
        campaign.cause.name, campaign.cause.description = payload, payload
        by.first_name, by.last_name, address.source = payload, payload, payload
        for row in (person, campaign, campaign.cause, by, address):
            row.save()
        Post.objects.update(text=said)
        Message.objects.all().delete()
        message = drafts.draft(outreach=outreach, template=template, at=NOW, by=by)
        plain = " ".join(payload.split())
        lines = dict(line.removeprefix("[").split("] ", 1) for line in message.body.split("\n") if line[:1] == "[")
        assert message.subject == plain
        assert {lines[name] for name in ("full_name", "cause_name", "campaign_name", "organisation")} == {plain}
        assert lines["sender_name"] == f"{plain} {plain}"
        assert lines["greeting"] == "Hello,"
        shown = message.body
        try:
            rendered = messages.render(message)
            shown += rendered.text + rendered.html
            messages.edit(message=message, subject=message.subject, body=message.body)
        except DomainError as error:
            assert error.code == "placeholder_left", payload
            assert payload in nested or "first_name" in payload
        assert "canary" not in shown
    assert "canary" in os.environ["SECRET_KEY"]
