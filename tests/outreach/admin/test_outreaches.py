"""Starting conversations, and the page of one: where it stands and what comes next."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Suppression
from crm.services import addresses
from matching.models import Match, MatchList, RankerVersion
from outreach.models import Campaign, Message, Outreach
from outreach.services import delivery, drafts, messages, pipeline
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
    VettingFactory,
    approved_message,
    at_any_hour,
)
from tests.outreach.admin.reading import said, words

pytestmark = pytest.mark.django_db
START = "/admin/outreach/outreach/start/"


@pytest.fixture(autouse=True)
def any_hour(db):
    """What is tried here is something else: it may be night, or a Sunday."""
    at_any_hour(cooling_off_days=60, asks_a_year=4)


def matched(cause, people) -> list[Match]:
    ranker, _ = RankerVersion.objects.get_or_create(kind="scorecard", digest="0", manifest={}, created_at=NOW)
    match_list = MatchList.objects.create(
        cause=cause, ranker=ranker, state="ready", requested_at=NOW, as_of=NOW, ready_at=NOW, considered=3
    )
    side = {"intercept": 0.0, "probability": 0.5, "contributions": {"topic_fit": 0.4}}
    return [
        Match.objects.create(
            match_list=match_list,
            influencer=person,
            rank=rank,
            score=0.5,
            percentile=100,
            sides={"accepts": side},
            values={"topic_fit": {"value": 0.4, "basis": "measured"}},
        )
        for rank, person in enumerate(people, start=1)
    ]


@pytest.fixture
def cause():
    return CauseFactory()


@pytest.fixture
def campaign(cause):
    return CampaignFactory(cause=cause)


@pytest.fixture
def people():
    """Two who may be asked, one who said no, one who was asked ten days ago."""
    asked = [AddressFactory(influencer__name=name).influencer for name in ("Ada", "Bea", "Cid", "Dov")]
    addresses.suppress_person(influencer=asked[2], reason=Suppression.Reason.DECLINED, at=NOW - timedelta(days=900))
    asked[3].last_contacted_at = timezone.now() - timedelta(days=10)
    asked[3].save()
    return asked


# Starting -------------------------------------------------------------------------------------------------------------


def test_before_anything_is_started_the_page_says_who_is_held_back_and_why(client, campaign, people):
    matches = matched(campaign.cause, people)
    response = client.post(START, {"match": [match.pk for match in matches]})
    text = words(response)
    assert "2 will be contacted, 2 held back: 1 asked not to be written to, 1 asked recently." in text
    assert "Cid asked not to be written to" in text
    assert "Dov was asked recently; free again on" in text
    assert Outreach.objects.count() == 0


def test_once_confirmed_a_conversation_is_opened_with_the_others(client, officer, campaign, people):
    matches = matched(campaign.cause, people)
    response = client.post(
        START, {"match": [match.pk for match in matches], "campaign": campaign.pk, "confirmed": "1"}, follow=True
    )
    assert said(response) == ["2 conversations were opened."]
    opened = Outreach.objects.order_by("pk")
    assert [(one.influencer, one.match, one.owner) for one in opened] == [
        (people[0], matches[0], officer),
        (people[1], matches[1], officer),
    ]
    text, source = words(response), response.content.decode()
    for one in opened:
        assert f'<a class="cw-link cw-strong" href="{page_of(one)}">{one.influencer.name}</a>' in source
    assert "Held back 1 asked not to be written to, 1 asked recently." in text
    assert "Cid asked not to be written to" in text
    assert "Dov was asked recently; free again on" in text


def test_started_for_one_person_one_is_in_their_conversation(client, campaign, people):
    response = client.post(START, {"influencer": people[0].pk, "campaign": campaign.pk, "confirmed": "1"}, follow=True)
    assert response.redirect_chain == [(page_of(Outreach.objects.get()), 302)]
    assert said(response) == ["1 conversation was opened."]


@pytest.mark.parametrize("asked", [{}, {"campaign": "x"}, {"campaign": "0"}, {"campaign": "9" * 30}])
def test_nothing_started_leads_to_the_list(client, asked):
    assert client.get("/admin/outreach/outreach/started/", asked)["Location"] == "/admin/outreach/outreach/"


def test_what_was_started_shows_this_campaign_s_conversations_only(client, campaign, people):
    other = OutreachFactory()
    asked = {"campaign": campaign.pk, "outreaches": f"{other.pk}.{'9' * 30}.x"}
    assert "No conversation was opened." in words(client.get("/admin/outreach/outreach/started/", asked))


def test_looking_changes_nothing_even_when_it_claims_to_be_confirmed(client, campaign, people):
    matches = matched(campaign.cause, people)
    joined = ".".join(str(match.pk) for match in matches)
    response = client.get(START, {"matches": joined, "campaign": campaign.pk, "confirmed": "1"})
    assert response.status_code == 200
    assert Outreach.objects.count() == 0


def test_without_a_campaign_one_is_made_first_and_the_choice_is_kept(client, cause, people):
    matches = matched(cause, people[:2])
    CampaignFactory()  # of another cause
    page = client.post(START, {"match": [match.pk for match in matches]})
    assert "There is no campaign for “Clean beaches” that people could enter." in words(page)
    add = re.search(r'href="(/admin/outreach/campaign/add/[^"]+)"', page.content.decode())[1].replace("&amp;", "&")
    assert client.get(add).context["form"]["cause"].value() == str(cause.pk)
    filled = {
        "name": "Printemps 2027",
        "cause": cause.pk,
        "starts_date": "2026-11-24",
        "destination_url": "https://give.example/",
        "organisation": "Clear Shores",
    }
    back = client.post(add, filled, follow=True)
    assert back.redirect_chain[-1][0].startswith(START)
    assert "2 will be contacted." in words(back)
    assert back.context["campaign"].slug == "printemps-2027"


def test_a_campaign_that_is_over_takes_nobody_in(client, cause, people):
    today = timezone.localdate()
    CampaignFactory(cause=cause, starts_date=today - timedelta(days=9), ends_date=today - timedelta(days=1))
    page = client.post(START, {"match": [match.pk for match in matched(cause, people[:1])]})
    assert page.context["campaign"] is None


def test_somebody_is_chosen_from_their_own_page_and_keeps_their_reasons(client, campaign, people):
    match = matched(campaign.cause, people)[0]
    page = client.get(START, {"influencer": people[0].pk})
    assert "1 will be contacted" in words(page)
    client.post(START, {"influencer": people[0].pk, "campaign": campaign.pk, "confirmed": "1"})
    assert Outreach.objects.get().match == match


@pytest.mark.parametrize("chosen", [{}, {"match": "abc"}, {"match": "9" * 30}, {"influencer": "0"}])
def test_nobody_chosen_is_said(client, chosen):
    response = client.post(START, chosen, follow=True)
    assert said(response) == ["Nobody was chosen. Tick the people to contact on a match list first."]


def test_whoever_may_only_read_starts_nothing(analyst, campaign, people):
    matches = matched(campaign.cause, people)
    response = analyst.post(START, {"match": [m.pk for m in matches], "confirmed": "1"})
    assert (response.status_code, Outreach.objects.count()) == (403, 0)


# One conversation -----------------------------------------------------------------------------------------------------


@pytest.fixture
def outreach(campaign):
    address = AddressFactory(influencer__name="Amina Diallo")
    outreach = OutreachFactory(campaign=campaign, influencer=address.influencer)
    LinkFactory(outreach=outreach)
    return outreach


def page_of(outreach) -> str:
    return reverse("admin:outreach_outreach_change", args=[outreach.pk])


def next_step(client, outreach) -> tuple[str, str]:
    context = client.get(page_of(outreach)).context
    return context["sentence"], context["step_address"]


def test_the_next_step_leads_from_vetting_to_an_answer(client, officer, outreach):
    profile = f"/admin/crm/influencer/{outreach.influencer.pk}/change/?cause={outreach.campaign.cause_id}&next="
    sentence, address = next_step(client, outreach)
    assert sentence.startswith("Nobody has looked at this person for this cause yet.")
    assert address.startswith(profile)

    VettingFactory(influencer=outreach.influencer, cause=outreach.campaign.cause)
    write = reverse("admin:outreach_outreach_write", args=[outreach.pk])
    assert next_step(client, outreach) == ("Cleared at vetting. Nobody has written to them yet.", write)

    draft = drafts.draft(outreach=outreach, template=TemplateFactory(), by=officer, at=timezone.now())
    message = reverse("admin:outreach_message_change", args=[draft.pk])
    assert next_step(client, outreach) == ("A message is waiting to be read and approved.", message)

    messages.approve(message=draft, by=officer, at=timezone.now())
    assert next_step(client, outreach) == ("The message is approved and goes out by itself.", message)

    delivery.deliver_due(at=timezone.now())
    assert next_step(client, outreach)[0].startswith("The message was captured:")
    assert client.get(page_of(outreach)).context["primary_move"] == ""  # nobody answers what nobody got

    Message.objects.update(is_captured=False)
    context = client.get(page_of(outreach)).context
    assert context["sentence"] == "They were written to. An answer is awaited."
    assert next(str(label) for _stage, label in context["moves"]) == "They answered"
    assert context["primary_move"] == "in_conversation"


def test_a_long_silence_is_said(client, outreach):
    Outreach.objects.update(stage="contacted", stage_at=timezone.now() - timedelta(days=8))
    assert next_step(client, outreach)[0] == "They were written to more than 7 days ago, and no answer is known."


def test_who_said_no_is_not_to_be_written_to(client, outreach):
    addresses.suppress_person(influencer=outreach.influencer, reason="declined", at=timezone.now())
    assert next_step(client, outreach) == ("They asked not to be written to. Nothing more goes out to them.", "")


def test_an_erased_person_leaves_a_page(client, outreach):
    Outreach.objects.update(influencer=None)
    assert "This person was erased at their request." in words(client.get(page_of(outreach)))


def test_nobody_is_called_contacted_by_a_click(client, outreach):
    """Writing goes through the gate: without a message that went out there is no such button."""
    context = client.get(page_of(outreach)).context
    offered = {stage for stage, _label in [*context["moves"], *context["more_moves"]]}
    assert offered == {"in_conversation", "declined", "paused", "conflict", "approved", "prospect"}


def test_a_move_is_made_on_post_only_and_said(client, outreach):
    move = reverse("admin:outreach_outreach_move", args=[outreach.pk])
    assert client.get(move).status_code == 405
    response = client.post(move, {"stage": "in_conversation"}, follow=True)
    assert said(response) == ["Noted: Amina Diallo is in the stage “in conversation” now."]
    response = client.post(move, {"stage": "completed"}, follow=True)
    assert said(response) == ["A conversation cannot go from “in conversation” to “completed”."]
    assert client.post(move, {}, follow=True).status_code == 200
    outreach.refresh_from_db()
    assert outreach.stage == "in_conversation"


# Answers --------------------------------------------------------------------------------------------------------------


def answer_to(outreach) -> str:
    return reverse("admin:outreach_outreach_answer", args=[outreach.pk])


def test_they_answered_asks_what_and_when_and_then_offers_the_ways_on(client, officer):
    outreach = approved_message().outreach
    Message.objects.update(state="sent")
    Outreach.objects.update(stage="contacted")
    page = client.get(page_of(outreach)).content.decode()
    assert f'<a class="cw-button cw-button--primary" href="{answer_to(outreach)}">They answered</a>' in page
    form = client.get(answer_to(outreach))
    assert f'value="{timezone.localdate().isoformat()}"' in form.content.decode()
    said_on = (timezone.localdate() - timedelta(days=1)).isoformat()
    back = client.post(
        answer_to(outreach), {"text": "Yes, <b>gladly</b>.", "kind": "interested", "on": said_on}, follow=True
    )
    assert back.redirect_chain == [(page_of(outreach), 302)]
    assert said(back) == ["Their answer is noted."]
    outreach.refresh_from_db()
    assert outreach.stage == "in_conversation"
    assert "It is your turn: write back, then note whether they agree or decline." in words(back)
    assert "Yes, &lt;b&gt;gladly&lt;/b&gt;." in back.content.decode()
    assert [str(label) for _stage, label in back.context["moves"]] == ["They agreed", "They declined"]
    assert back.context["write_back"] == "mailto:amina@studio.example?subject=Re%3A%20Clean%20beaches"
    assert "Note another answer" in words(back)


def test_what_they_answered_may_be_left_out_and_a_day_that_cannot_be_is_said(client, outreach):
    today = timezone.localdate()
    for on, expect in ((today + timedelta(days=1), "This day has not come yet."), (date(202, 1, 1), "Check the year.")):
        typed = {"text": "Kept as typed", "kind": "fee", "on": on.strftime("%Y-%m-%d").zfill(10)}
        page = client.post(answer_to(outreach), typed)
        assert expect in words(page)
        assert "Kept as typed" in page.content.decode()
    assert (
        client.post(answer_to(outreach), {"text": "", "kind": "interested", "on": today.isoformat()}).status_code == 302
    )
    assert "An answer came" in [line["words"] for line in client.get(page_of(outreach)).context["happened"]]


@pytest.mark.parametrize("text", ["x" * 5_001, "\0"])
def test_an_answer_that_cannot_be_kept_is_a_mistake_of_the_form(client, outreach, text):
    page = client.post(answer_to(outreach), {"text": text, "on": timezone.localdate().isoformat()})
    assert (page.status_code, Outreach.objects.get().stage) == (200, "shortlisted")


def test_what_they_answered_is_read_by_whom_may_read_messages(client, analyst, officer):
    outreach = approved_message().outreach
    pipeline.answered(outreach=outreach, text="Between us", on=NOW.date(), at=NOW, by=officer)
    page = analyst.get(page_of(outreach))
    assert "An answer came" in [line["words"] for line in page.context["happened"]]
    assert "Between us" not in words(page)
    assert "mailto:" in client.get(page_of(outreach)).content.decode()
    assert "mailto:" not in page.content.decode()
    profile = analyst.get(reverse("admin:crm_influencer_change", args=[outreach.influencer.pk]))
    assert "Answered about “Spring clean-up”" in words(profile)
    assert "Between us" not in words(profile)
    assert analyst.post(answer_to(outreach), {"on": "2026-11-24"}).status_code == 403


def test_who_was_written_to_by_hand_is_written_back_to_where_they_are(client, officer, campaign):
    account = AccountFactory(url="https://www.instagram.com/amina")
    outreach = OutreachFactory(campaign=campaign, influencer=account.influencer)
    LinkFactory(outreach=outreach)
    drafts.draft(outreach=outreach, template=TemplateFactory(), by=officer, at=NOW)
    Outreach.objects.update(stage="in_conversation")
    assert client.get(page_of(outreach)).context["write_back"] == "https://www.instagram.com/amina"


def test_what_was_paused_is_taken_up_without_a_question(client, officer):
    outreach = approved_message().outreach
    Outreach.objects.update(stage="in_conversation")
    pipeline.move(outreach=outreach, stage="paused", at=timezone.now(), by=officer)
    assert answer_to(outreach) not in client.get(page_of(outreach)).content.decode()


def test_whoever_may_only_read_sees_no_message_and_moves_nothing(analyst, officer, outreach):
    drafts.draft(outreach=outreach, template=TemplateFactory(subject="Between us"), by=officer, at=NOW)
    assert "Between us" not in words(analyst.get(page_of(outreach)))
    move = reverse("admin:outreach_outreach_move", args=[outreach.pk])
    assert analyst.post(move, {"stage": "in_conversation"}).status_code == 403


def test_templates_in_the_person_s_language_come_first(client, outreach):
    outreach.influencer.languages = ["fr", "en"]
    outreach.influencer.save()
    names = [TemplateFactory(name=name, language=code).name for name, code in (("a", "de"), ("b", "en"), ("c", "fr"))]
    page = client.get(reverse("admin:outreach_outreach_write", args=[outreach.pk]))
    assert [template.name for template in page.context["templates"]] == [names[2], names[1], names[0]]


def test_writing_leads_to_the_draft(client, outreach):
    template = TemplateFactory()
    response = client.post(reverse("admin:outreach_outreach_write", args=[outreach.pk]), {"template": template.pk})
    draft = Message.objects.get()
    assert response["Location"] == reverse("admin:outreach_message_change", args=[draft.pk])
    assert "Hello Amina," in draft.body


def test_what_a_template_wants_and_nobody_knows_is_said_in_words(client, outreach):
    template = TemplateFactory(body="{{ why_you }}")
    response = client.post(reverse("admin:outreach_outreach_write", args=[outreach.pk]), {"template": template.pk})
    assert "The message would have a hole: no match list gives a reason that one could tell them." in words(response)


def test_without_a_template_the_page_says_who_can_add_one(client, manager, outreach):
    write = reverse("admin:outreach_outreach_write", args=[outreach.pk])
    assert "Ask a manager to add one" in words(client.get(write))
    page = manager.get(write).content.decode()
    back = f"next={write.replace('/', '%2F')}"
    assert f'"/admin/outreach/messagetemplate/add/?example=en&amp;{back}"' in page
    assert f'"/admin/outreach/messagetemplate/add/?{back}"' in page


def test_the_list_finds_who_waits_for_somebody(client, outreach):
    AccountFactory(influencer=InfluencerFactory())
    answered = OutreachFactory(campaign=outreach.campaign, stage="in_conversation")
    silent = OutreachFactory(campaign=outreach.campaign, stage="contacted", stage_at=timezone.now() - timedelta(days=8))
    found = {
        todo: [row.pk for row in client.get("/admin/outreach/outreach/", {"todo": todo}).context["cl"].result_list]
        for todo in ("vet", "answer", "unanswered")
    }
    assert found == {"vet": [outreach.pk], "answer": [answered.pk], "unanswered": [silent.pk]}
    everybody = client.get("/admin/outreach/outreach/", {"todo": "nonsense"}).context["cl"].result_list
    assert len(everybody) == 3


def test_a_campaign_that_was_closed_meanwhile_is_never_replaced_by_another(client, officer):
    cause = CauseFactory()
    shown, other = CampaignFactory(cause=cause), CampaignFactory(cause=cause)
    person = AddressFactory().influencer
    Campaign.objects.filter(pk=shown.pk).update(starts_date=NOW - timedelta(days=9), ends_date=NOW - timedelta(days=2))
    said = {"influencer": person.pk, "cause": cause.pk, "campaign": shown.pk, "confirmed": "1"}
    page = client.post("/admin/outreach/outreach/start/", said)
    assert "cannot be entered any more" in page.content.decode()
    assert not Outreach.objects.exists()
    client.post("/admin/outreach/outreach/start/", said | {"campaign": other.pk})
    assert Outreach.objects.get().campaign == other


@pytest.mark.parametrize("stage", ["contacted", "merged", "nonsense", ""])
def test_a_move_that_the_page_does_not_offer_is_refused(client, officer, stage):
    outreach = LinkFactory().outreach
    client.post(f"/admin/outreach/outreach/{outreach.pk}/move/", {"stage": stage})
    outreach.refresh_from_db()
    assert outreach.stage == "shortlisted"


# What each stage offers -----------------------------------------------------------------------------------------------


def offered(client, outreach) -> dict[str, str]:
    context = client.get(page_of(outreach)).context
    return {stage: str(label) for stage, label in [*context["moves"], *context["more_moves"]]}


@pytest.mark.parametrize(
    ("stage", "expect"),
    [
        ("contacted", {"in_conversation", "agreed", "declined", "no_answer", "paused", "conflict"}),
        ("in_conversation", {"agreed", "declined", "paused", "conflict"}),
        ("agreed", {"live", "in_conversation", "declined", "paused", "conflict"}),
        ("live", {"completed", "agreed", "declined", "paused", "conflict"}),
        ("completed", {"live"}),
        ("declined", {"in_conversation", "agreed", "conflict"}),
        ("no_answer", {"in_conversation", "agreed", "declined", "contacted", "paused", "conflict"}),
        ("conflict", {"shortlisted", "declined"}),
        ("merged", set()),
    ],
)
def test_each_stage_offers_what_makes_sense_there(client, stage, expect):
    message = approved_message()
    Message.objects.update(state="sent")
    Outreach.objects.update(stage=stage)
    assert set(offered(client, message.outreach)) == expect


def test_nobody_answers_where_nobody_wrote(client, outreach):
    assert offered(client, outreach)["in_conversation"] == "They wrote to us first"


@pytest.mark.parametrize(
    ("before", "expect"),
    [
        ("contacted", {"contacted", "declined", "no_answer", "conflict"}),
        ("in_conversation", {"in_conversation", "declined", "conflict"}),
        ("live", {"live", "declined", "conflict"}),
    ],
)
def test_what_was_paused_is_taken_up_where_it_stood(client, officer, before, expect):
    outreach = approved_message().outreach
    Message.objects.update(state="sent")
    Outreach.objects.update(stage=before)
    pipeline.move(outreach=outreach, stage="paused", at=timezone.now(), by=officer)
    found = offered(client, outreach)
    assert (set(found), found[before]) == (expect, "Take it up again")
    assert client.get(page_of(outreach)).context["primary_move"] == before
    client.post(reverse("admin:outreach_outreach_move", args=[outreach.pk]), {"stage": before})
    outreach.refresh_from_db()
    assert outreach.stage == before


def test_whoever_answered_is_not_closed_without_an_answer(client):
    outreach = approved_message().outreach
    Message.objects.update(state="sent")
    Outreach.objects.update(stage="in_conversation")
    client.post(reverse("admin:outreach_outreach_move", args=[outreach.pk]), {"stage": "no_answer"})
    outreach.refresh_from_db()
    assert outreach.stage == "in_conversation"


# Without a link -------------------------------------------------------------------------------------------------------


def test_a_conversation_without_a_link_says_so_and_writes_what_needs_none(client, campaign):
    bare = OutreachFactory(campaign=campaign, influencer=AddressFactory().influencer)
    assert "No link yet." in words(client.get(page_of(bare)))
    write = reverse("admin:outreach_outreach_write", args=[bare.pk])
    asks = client.post(write, {"template": TemplateFactory().pk})
    assert "The message would have a hole: they have no link of their own." in words(asks)
    assert client.post(write, {"template": TemplateFactory(body="Hello {{ first_name }}").pk}).status_code == 302
    assert client.get(page_of(bare)).status_code == 200
