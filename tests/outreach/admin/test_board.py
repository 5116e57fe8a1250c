"""The board: what stands where, what it says of each, and moving it, by two at once as well."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from crm.services import addresses
from matching.services import exclusions
from outreach import stages, words
from outreach.admin import board, moves
from outreach.models import Message, Outreach
from outreach.services import pipeline
from tests.factories import (
    AccountFactory,
    AddressFactory,
    CampaignFactory,
    CauseFactory,
    OutreachFactory,
    UserFactory,
    VettingFactory,
)
from tests.outreach.admin.reading import said
from tests.outreach.admin.reading import words as text_of

pytestmark = pytest.mark.django_db
BOARD = "/admin/outreach/outreach/board/"


@pytest.fixture
def campaign():
    return CampaignFactory(starts_date=timezone.localdate() - timedelta(days=30))


def standing(campaign, stage="contacted", *, days=0, name="Amina Diallo", **values) -> Outreach:
    """Somebody who has been there for so many days."""
    since = timezone.now() - timedelta(days=days, minutes=5)
    return OutreachFactory(campaign=campaign, stage=stage, stage_at=since, influencer__name=name, **values)


def columns(client, **asked) -> dict[str, board.Column]:
    page = client.get(BOARD, asked)
    return {column.stage: column for column in [*page.context["way"], *page.context["aside"]]}


def names(client, **asked) -> list[str]:
    return [card.outreach.influencer.name for column in columns(client, **asked).values() for card in column.cards]


def step(outreach, name: str) -> str:
    return reverse(f"admin:outreach_outreach_{name}", args=[outreach.pk])


def by_script(client, outreach, name: str, **given):
    return client.post(step(outreach, name), given, headers={"X-Part": "board"})


# What stands where ----------------------------------------------------------------------------------------------------


def test_columns_stand_in_the_order_of_the_way_with_what_is_set_aside_apart(client, campaign):
    for stage in Outreach.Stage.values:
        standing(campaign, stage)
    page = client.get(BOARD)
    assert [column.stage for column in page.context["way"]] == list(stages.WAY)
    assert [column.stage for column in page.context["aside"]] == ["declined", "no_answer", "paused", "conflict"]
    assert {column.count for column in (*page.context["way"], *page.context["aside"])} == {1}  # and merged: nowhere
    assert page.context["lead"] == "12 conversations, 4 of them set aside."


def test_every_stage_but_merged_has_its_place():
    assert {*stages.WAY, *stages.SET_ASIDE} == set(stages.STAGES) - {"merged"}


def test_the_longest_standing_comes_first_and_what_is_long_is_marked(client, campaign):
    for days, name in ((2, "Cid"), (7, "Ada"), (6, "Bea")):
        standing(campaign, "contacted", days=days, name=name)
    column = columns(client)["contacted"]
    assert [(card.outreach.influencer.name, card.stood, card.is_long) for card in column.cards] == [
        ("Ada", "for 7 days", True),
        ("Bea", "for 6 days", False),
        ("Cid", "for 2 days", False),
    ]
    assert (column.title, column.count, column.longest) == ("Contacted", 3, "for 7 days")


def test_where_all_is_said_no_time_is_long(client, campaign):
    for stage in ("completed", "declined", "no_answer"):
        standing(campaign, stage, days=500)
    assert [card.is_long for column in columns(client).values() for card in column.cards] == [False] * 3


def test_a_card_says_who_what_next_since_when_and_whose(client, campaign):
    sam = UserFactory(first_name="Sam", last_name="Okoro")
    outreach = standing(campaign, "in_conversation", days=12, owner=sam)
    page = client.get(BOARD)
    source = page.content.decode()
    assert f'href="{step(outreach, "change")}"' in source
    assert words.next_step("in_conversation")[0] in text_of(page)
    assert "for 12 days, longer than usual" in text_of(page)
    assert 'title="Sam Okoro"' in source
    assert "SO looked after by Sam Okoro" in text_of(page)
    assert f'datetime="{timezone.localtime(outreach.stage_at).replace(microsecond=0).isoformat()}"' in re.sub(
        r"\.\d+", "", source
    )


def test_the_next_step_is_told_as_on_the_page_of_each(client, campaign):
    """Whatever state a conversation is in, said no and barred too: the board says what its page says."""
    approved = {"approved_at": timezone.now(), "due_at": timezone.now(), "text": "Hello"}
    kinds = [None, ("draft", "email"), ("planned", "manual"), ("uncertain", "email"), ("sent", "email")]
    for number, stage in enumerate(Outreach.Stage.values[:-1]):
        for verdict, kind in ((None, None), ("cleared", kinds[number % 5]), ("refused", kinds[(number + 2) % 5])):
            outreach = standing(campaign, stage, days=number)
            if verdict:
                VettingFactory(influencer=outreach.influencer, cause=campaign.cause, verdict=verdict)
            if kind:
                Message.objects.create(
                    outreach=outreach,
                    address=AddressFactory(influencer=outreach.influencer),
                    reference=str(outreach.pk),
                    message_id=f"<{outreach.pk}@charity.example>",
                    state=kind[0],
                    channel=kind[1],
                    **({} if kind[0] == "draft" else approved),
                )
    opposed = standing(campaign, "contacted", influencer=AccountFactory().influencer)
    addresses.suppress_person(influencer=opposed.influencer, reason="declined", at=timezone.now())
    barred = standing(campaign, "shortlisted")
    exclusions.exclude(influencer=barred.influencer, cause=None, reason="x", by=UserFactory(), at=timezone.now())
    cards = [card for column in columns(client).values() for card in column.cards]
    assert len(cards) == 38
    for card in cards:
        page = client.get(step(card.outreach, "change")).context
        assert card.sentence == page["sentence"], card.outreach.stage
        assert dict(card.moves) == dict([*page["moves"], *page["more_moves"]]), card.outreach.stage
    assert {card.outreach.pk: card.step for card in cards if card.says_no} == {
        opposed.pk: "said_no",
        barred.pk: "barred",
    }


def test_a_column_shows_so_many_and_leads_to_the_others(client, campaign, monkeypatch):
    monkeypatch.setattr(board, "MOST", 2)
    for days in range(3):
        standing(campaign, "agreed", days=days)
    page = client.get(BOARD, {"owner": "nobody"})
    assert "and 1 more" in text_of(page)
    column = columns(client, owner="nobody")["agreed"]
    assert (column.count, len(column.cards), column.hidden) == (3, 2, 1)
    listed = client.get(column.more).context["cl"].result_list
    assert [one.pk for one in listed] == list(Outreach.objects.order_by("stage_at").values_list("pk", flat=True))


def test_the_board_costs_the_same_for_one_and_for_many(client, campaign):
    def price() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(BOARD).status_code == 200
        return len(queries)

    def one_of_each(days: int) -> None:
        for stage in Outreach.Stage.values:
            outreach = standing(campaign, stage, days=days, owner=UserFactory())
            AddressFactory(influencer=outreach.influencer)

    one_of_each(1)
    client.get(BOARD)
    for_one = price()
    for days in range(2, 5):
        one_of_each(days)
    assert price() == for_one


def test_somebody_erased_stands_nowhere(client, campaign):
    standing(campaign)
    OutreachFactory(campaign=campaign, influencer=None, stage="completed")
    assert names(client) == ["Amina Diallo"]


# Which are shown ------------------------------------------------------------------------------------------------------


def test_without_a_choice_it_shows_the_newest_campaign_under_way(client, campaign):
    today = timezone.localdate()
    standing(campaign, name="Ada")
    ahead = CampaignFactory(starts_date=today + timedelta(days=9))
    over = CampaignFactory(starts_date=today - timedelta(days=9), ends_date=today - timedelta(days=1))
    standing(ahead, name="Bea")
    standing(over, name="Cid")
    assert names(client) == ["Ada"]
    assert names(client, campaign=ahead.pk) == ["Bea"]
    assert sorted(names(client, campaign="all")) == ["Ada", "Bea", "Cid"]


def test_where_none_is_under_way_it_shows_the_next_and_else_all(client):
    today = timezone.localdate()
    over = CampaignFactory(starts_date=today - timedelta(days=9), ends_date=today - timedelta(days=1))
    standing(over, name="Ada")
    assert names(client) == ["Ada"]
    standing(CampaignFactory(starts_date=today + timedelta(days=9)), name="Bea")
    assert names(client) == ["Bea"]


def test_a_cause_narrows_and_another_campaign_does_not_stand_in_its_way(client, campaign):
    other = CampaignFactory(cause=CauseFactory())
    standing(campaign, name="Ada")
    standing(other, name="Bea")
    assert names(client, cause=other.cause_id) == ["Bea"]
    assert names(client, cause=other.cause_id, campaign=campaign.pk) == ["Bea"]
    page = client.get(BOARD, {"cause": other.cause_id})
    offered = [pk for pk, _name in page.context["show"].fields["campaign"].choices]
    assert offered == ["all", other.pk]
    assert other.name in text_of(page)  # which campaign each is of, where several can be


def test_whose_they_are(client, officer, campaign):
    sam = UserFactory(first_name="Sam")
    standing(campaign, name="Ada", owner=officer)
    standing(campaign, name="Bea", owner=sam)
    standing(campaign, name="Cid")
    asked = ("me", "nobody", str(sam.pk), "", "x", "9" * 30)
    every = ["Ada", "Bea", "Cid"]
    assert [names(client, owner=one) for one in asked] == [["Ada"], ["Cid"], ["Bea"], every, every, every]


def test_the_list_is_narrowed_to_mine(client, officer, campaign):
    mine, theirs, free = standing(campaign, owner=officer), standing(campaign, owner=UserFactory()), standing(campaign)
    found = [
        [one.pk for one in client.get("/admin/outreach/outreach/", {"owner": owner}).context["cl"].result_list]
        for owner in ("me", "nobody", str(theirs.owner_id))
    ]
    assert found == [[mine.pk], [free.pk], [theirs.pk]]


@pytest.mark.parametrize("asked", [{"campaign": "x"}, {"campaign": "9" * 30, "cause": "\0"}, {"owner": "\0"}])
def test_what_is_asked_in_vain_is_passed_over(client, campaign, asked):
    standing(campaign)
    assert names(client, **asked) == ["Amina Diallo"]


def test_where_nothing_is_the_page_says_how_it_begins(client):
    assert "No conversation answers this choice." in text_of(client.get(BOARD))


# Moved ----------------------------------------------------------------------------------------------------------------


def test_a_card_is_moved_by_its_form_and_one_is_back_at_it(client, campaign):
    outreach = standing(campaign)
    back = f"{BOARD}?owner=nobody#card-{outreach.pk}"
    response = client.post(step(outreach, "move"), {"stage": "in_conversation", "seen": "contacted", "next": back})
    assert (response.status_code, response["Location"]) == (302, back)
    assert said(client.get(BOARD)) == ["Noted: Amina Diallo is in the stage “in conversation” now."]
    away = client.post(step(outreach, "move"), {"stage": "agreed", "next": "https://evil.example/"})
    assert away["Location"] == step(outreach, "change")


@pytest.mark.parametrize(
    ("stage", "to", "undo", "asks"),
    [
        ("contacted", "in_conversation", "", True),  # what was heard is not unheard
        ("agreed", "in_conversation", "agreed", False),
        ("agreed", "live", "agreed", False),
        ("live", "completed", "live", False),
        ("declined", "conflict", "declined", False),
        ("shortlisted", "conflict", "shortlisted", False),
        ("in_conversation", "paused", "in_conversation", False),
    ],
)
def test_the_script_is_told_what_came_of_it_and_the_way_back_where_there_is_one(
    client, campaign, stage, to, undo, asks
):
    outreach = standing(campaign, stage)
    response = by_script(client, outreach, "move", stage=to, seen=stage)
    assert (response.status_code, response.json()) == (
        200,
        {
            "said": f"Noted: Amina Diallo is in the stage “{words.stage(to)}” now.",
            "undo": undo,
            "answer": step(outreach, "answer") if asks else "",
        },
    )
    if undo:
        assert by_script(client, outreach, "move", stage=undo, seen=to).status_code == 200
        outreach.refresh_from_db()
        assert outreach.stage == stage


def test_a_move_that_is_not_offered_is_refused_in_words(client, campaign):
    outreach = standing(campaign, "shortlisted")
    response = by_script(client, outreach, "move", stage="live", seen="shortlisted")
    assert (response.status_code, response.json()) == (
        409,
        {"said": "A conversation cannot go from “shortlisted” to “live”."},
    )
    assert by_script(client, outreach, "move", stage="contacted", seen="shortlisted").status_code == 409  # unwritten
    outreach.refresh_from_db()
    assert outreach.stage == "shortlisted"


def test_looking_moves_nothing(client, campaign):
    outreach = standing(campaign)
    asked = {"stage": "agreed"}
    assert client.get(step(outreach, "move"), asked, headers={"X-Part": "board"}).status_code == 405
    assert client.get(step(outreach, "assign"), {"owner": ""}, headers={"X-Part": "board"}).status_code == 405


def test_of_two_who_move_a_card_the_second_hears_who_was_faster(client, campaign):
    outreach = standing(campaign)
    sam = UserFactory(first_name="Sam", last_name="Okoro")
    pipeline.move(outreach=outreach, stage="declined", by=sam, at=timezone.now())
    told = "Sam Okoro moved this conversation to “declined” meanwhile."
    for stage in ("agreed", "declined", "no_answer"):
        response = by_script(client, outreach, "move", stage=stage, seen="contacted")
        assert (response.status_code, response.json()) == (409, {"said": told})
    plain = client.post(step(outreach, "move"), {"stage": "agreed", "seen": "contacted"}, follow=True)
    assert said(plain) == [told]
    outreach.refresh_from_db()
    assert outreach.stage == "declined"


def test_the_page_of_a_conversation_moves_it_from_where_it_showed_it(client, campaign):
    page = client.get(step(standing(campaign, "agreed"), "change")).content.decode()
    assert '<input type="hidden" name="seen" value="agreed">' in page


def test_what_may_be_done_with_many_is_asked_at_one_price(campaign):
    def price(outreaches) -> int:
        with CaptureQueriesContext(connection) as queries:
            moves.offered_to_each(outreaches)
        return len(queries)

    people = [standing(campaign, stage) for stage in ("agreed", "paused", "paused", "contacted") for _ in range(3)]
    people = list(Outreach.objects.filter(pk__in=[one.pk for one in people]).select_related("campaign", "influencer"))
    assert price(people) == price(people[3:4]) == 2


def test_what_was_paused_is_taken_up_where_it_stood_last(client, campaign):
    outreach, other = standing(campaign, "agreed"), standing(CampaignFactory(), "in_conversation")
    other.influencer = outreach.influencer  # who is in two campaigns
    other.save()
    began = timezone.now() - timedelta(hours=9)
    steps = [(outreach, "paused"), (outreach, "agreed"), (outreach, "live"), (outreach, "paused"), (other, "paused")]
    for hours, (one, stage) in enumerate(steps):
        pipeline.move(outreach=one, stage=stage, at=began + timedelta(hours=hours))
    cards = [card for column in columns(client, campaign="all").values() for card in column.cards]
    assert {card.outreach.pk: dict(card.moves).keys() for card in cards} == {
        outreach.pk: {"live", "declined", "conflict"},
        other.pk: {"in_conversation", "declined", "conflict"},
    }


# Given away -----------------------------------------------------------------------------------------------------------


def test_it_is_taken_over_from_the_board_and_given_from_its_page(client, officer, campaign):
    outreach, sam = standing(campaign), UserFactory(first_name="Sam", last_name="Okoro")
    taken = by_script(client, outreach, "assign", owner=officer.pk)
    assert taken.json() == {"said": "Léa Martin looks after the conversation with Amina Diallo."}
    given = client.post(step(outreach, "assign"), {"owner": sam.pk}, follow=True)
    assert said(given) == ["Sam Okoro looks after the conversation with Amina Diallo."]
    assert "looked after by Sam Okoro" in text_of(given)
    assert [line["words"] for line in given.context["happened"]] == ["Given to Sam Okoro", "Took over the conversation"]
    let_go = client.post(step(outreach, "assign"), {"owner": ""}, follow=True)
    assert said(let_go) == ["Nobody looks after the conversation with Amina Diallo."]
    sam.delete()
    lines = client.get(step(outreach, "change")).context["happened"]
    assert [line["words"] for line in lines][:2] == ["Looked after by nobody from now on", "Given to somebody who left"]


def test_it_is_given_to_nobody_who_left(client, campaign):
    outreach, left = standing(campaign), UserFactory(is_active=False)
    for owner in (left.pk, "x", "9" * 30):
        response = by_script(client, outreach, "assign", owner=owner)
        told = "This account is switched off. Choose somebody who works here."
        assert (response.status_code, response.json()) == (409, {"said": told})
    outreach.refresh_from_db()
    assert outreach.owner is None
    assert left not in client.get(BOARD).context["colleagues"]


# Who may --------------------------------------------------------------------------------------------------------------


def test_whoever_may_only_read_sees_the_board_and_moves_nothing(analyst, campaign):
    outreach = standing(campaign)
    page = analyst.get(BOARD).content.decode()
    assert "Amina Diallo" in page
    assert "move/" not in page
    assert "assign/" not in page
    for name, given in (("move", {"stage": "agreed"}), ("assign", {"owner": ""})):
        assert by_script(analyst, outreach, name, **given).status_code == 403


def test_the_board_stands_in_the_side_bar(client):
    assert 'href="/admin/outreach/outreach/board/"' in client.get("/admin/").content.decode()


def test_it_is_said_in_french(client, officer, campaign):
    standing(campaign, "contacted", days=12, owner=officer)
    client.cookies["django_language"] = "fr"
    text = text_of(client.get(BOARD))
    with translation.override("fr"):
        sentence = words.next_step("chase")[0]
    for part in (
        "Tableau de suivi",
        "1 conversation.",
        "la plus ancienne depuis 12 jours",
        sentence,
        "Toutes les causes",
    ):
        assert part in text
