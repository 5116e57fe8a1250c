"""The page on which the weights of a cause are read, tried and saved."""

import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.models import AuditEvent, Cause, Influencer
from crm.words import audit_changes, audit_why
from matching.models import CauseWeights, MatchList
from matching.ranking.scorecard import WEIGHTS
from matching.services import weights
from matching.words import GROUPS, LOOKS_AT
from tests.factories import NOW, AccountFactory, CauseFactory, UserFactory, browser_of
from tests.matching.test_weights import OWN, brief, four, learned, move, ranked

pytestmark = pytest.mark.django_db

PAGE = "/admin/matching/matchlist/weights/"


@pytest.fixture
def client() -> Client:
    return browser_of(UserFactory(role="officer", first_name="Léa", last_name="Martin"))


@pytest.fixture
def cause() -> Cause:
    return brief()


@pytest.fixture(scope="module")
def known(once) -> list[int]:
    return [person.pk for person in four()]


@pytest.fixture
def people(known) -> list[Influencer]:
    return list(Influencer.objects.filter(pk__in=known).order_by("pk"))


def address(cause, tried=None, **more) -> str:
    asked = {} if tried is None else {"preview": 1, **tried}
    return f"{PAGE}?{urlencode({'cause': cause.pk} | asked | more)}"


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def saved(page: str) -> dict[str, str]:
    """What the button of a preview would send."""
    form = re.search(r'<form method="post" action="/admin/matching/matchlist/weights/.*?</form>', page)[0]
    pairs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: value for name, value in pairs if name != "csrfmiddlewaretoken"}


def test_every_weight_has_its_place_its_words_and_its_bounds(client, cause):
    assert sorted(name for _title, names in GROUPS for name in names) == sorted(WEIGHTS) == sorted(LOOKS_AT)
    page = text(client.get(address(cause)))
    assert "has the weights that every cause starts with" in page
    assert page.count('type="number"') == len(WEIGHTS)
    assert "0 to 2, by default 0.4" in page
    assert re.search(r'<input type="number" name="topic_fit" value="2.5" step="0.1"[^>]* min="0.0" max="5.0"', page)
    assert "How many followers somebody has is no criterion." in page
    assert "log_followers" not in page


def test_the_page_of_the_cause_leads_to_it(client, cause):
    assert address(cause) in text(client.get(f"/admin/crm/cause/{cause.pk}/change/"))


def test_a_preview_shows_the_effect_and_changes_nothing(client, cause, people):
    ranked(cause, limit=3)
    before = (AuditEvent.objects.count(), MatchList.objects.values_list().get())
    page = text(client.get(address(cause, OWN)))
    assert "“Subject matter” 0.5 instead of 2.5, “Language” 5 instead of 2." in page
    assert re.search(r"<strong>\d</strong> of the 3 people in the list of <time [^>]*>Nov. 24, 2026</time> would", page)
    assert "“Subject matter” would speak less for them." in page
    assert "1 more was considered then: whether they would come in is seen when one ranks again." in page
    assert "the fit index of the last one in the list today, and may leave it:" in page
    assert "Save these weights" in page
    assert not CauseWeights.objects.exists()
    assert (AuditEvent.objects.count(), MatchList.objects.values_list().get()) == before
    assert 'name="language_reach" value="5"' in page  # what was typed stays to be changed


def test_what_was_tried_is_saved_and_the_page_offers_to_rank_again(client, cause, people):
    ranked(cause)
    form = saved(text(client.get(address(cause, OWN))))
    assert set(form) == {*WEIGHTS, "seen"}
    page = text(client.post(address(cause), form, follow=True))
    assert "The next list of this cause is ranked with these weights." in page
    assert "was ranked with other weights. It stays as it was." in page
    assert f'cw-button--primary" href="/admin/matching/matchlist/rank/?cause={cause.pk}">Rank again' in page
    assert re.search("Last moved by Léa Martin, <time [^>]*>just now</time>.", page)
    assert weights.of(cause=cause) == OWN
    ranked(cause)
    page = text(client.get(address(cause)))
    assert "was ranked with other weights" not in page
    assert page.count("cw-button--primary") == 1


def test_the_trail_says_who_and_on_which_occasion(client, cause):
    client.post(address(cause), {"topic_fit": 1, "seen": weights.mark({})})
    event = AuditEvent.objects.get(table="matching_causeweights")
    assert (event.by.first_name, audit_why(event)) == ("Léa", "the weights of a cause were moved")
    move(cause, {"language_reach": 0.5, "topic_fit": 4})
    weights.reset(cause=cause, by=UserFactory(), at=NOW)
    told = AuditEvent.objects.filter(table="matching_causeweights", operation="UPDATE").order_by("pk")
    assert [audit_changes(event) for event in told] == [
        ["weights: Subject matter: 1 → Language: 0.5, Subject matter: 4"],
        ["weights: Language: 0.5, Subject matter: 4 → —"],
    ]


def test_the_way_back_is_previewed_like_any_other(client, cause, people):
    move(cause)
    ranked(cause)
    page = text(client.get(address(cause)))
    assert "weights of its own: “Subject matter” 0.5 instead of 2.5, “Language” 5 instead of 2." in page
    way = re.search(r'href="([^"]*preview=1)">Preview the defaults', page)[1].replace("&amp;", "&")
    page = text(client.get(way))
    assert "Every weight as it comes." in page
    page = text(client.post(address(cause), saved(page), follow=True))
    assert "All weights are back to their defaults." in page
    assert weights.of(cause=cause) == {}


def test_what_is_out_of_bounds_is_said_beside_it_and_neither_tried_nor_saved(client, cause, people):
    ranked(cause)
    for typed, words in (
        ({"topic_fit": "9"}, "The weight of “Subject matter” lies between 0 and 5."),
        ({"engagement_rate": "-1"}, "The weight of “Engagement” lies between 0 and 2."),
        ({"topic_fit": "much"}, "Enter a number."),
        ({"topic_fit": "nan"}, "Enter a number."),
        ({"topic_fit": "1e400"}, "Enter a number."),
        ({"topic_fit": "9" * 400}, "Enter a number."),
        ({"topic_fit": "a\0b"}, "Enter a number."),
    ):
        for answer in (client.get(address(cause, typed)), client.post(address(cause), typed)):
            page = text(answer)
            assert words in page, typed
            assert "so nothing was tried" in page
            assert "What these weights would do" not in page
        assert not CauseWeights.objects.exists(), typed


def test_a_comma_and_an_empty_field_are_understood(client, cause):
    page = text(client.get(address(cause, {"topic_fit": "1,5", "language_reach": ""})))
    assert "“Subject matter” 1.5 instead of 2.5." in page
    assert 'name="language_reach" value="2"' in page


def test_a_number_between_two_steps_that_a_tool_saved_can_be_sent_again(client, cause):
    move(cause, {"topic_fit": 0.33})
    page = text(client.get(address(cause)))
    assert 'name="topic_fit" value="0.33" step="any"' in page


def test_what_somebody_else_moved_meanwhile_is_not_written_over(client, cause):
    form = saved(text(client.get(address(cause, OWN))))
    move(cause, {"topic_fit": 4.0})
    page = text(client.post(address(cause), form, follow=True))
    assert "Somebody moved the weights of this cause meanwhile." in page
    assert "“Subject matter” 0.5 instead of 2.5" in page  # what was tried is still there to be looked at
    assert weights.of(cause=cause) == {"topic_fit": 4.0}
    assert client.post(address(cause), {"topic_fit": 1}).status_code == 302  # who has seen nothing saves nothing
    assert weights.of(cause=cause) == {"topic_fit": 4.0}


def test_an_analyst_tries_and_saves_nothing(cause, people):
    ranked(cause)
    analyst = browser_of(UserFactory(role="analyst"))
    page = text(analyst.get(address(cause, OWN)))
    assert "would change places" in page
    assert "Save these weights" not in page
    assert analyst.post(address(cause), {"topic_fit": 1, "seen": weights.mark({})}).status_code == 403
    assert not CauseWeights.objects.exists()
    assert "Rank again" not in text(analyst.get(address(cause)))


def test_without_a_list_there_is_nothing_to_try_on_and_one_may_save(client, cause):
    page = text(client.get(address(cause, OWN)))
    assert "There is no list of this cause yet to try them on." in page
    client.post(address(cause), saved(page))
    assert weights.of(cause=cause) == OWN


def test_while_a_learned_ranker_serves_the_page_says_that_weights_make_no_difference(client, cause, people):
    move(cause)
    learned()
    ranked(cause)
    page = text(client.get(address(cause)))
    assert "These weights make no difference today." in page
    assert "Rank again" not in page
    page = text(client.get(address(cause, {"topic_fit": 5})))
    assert "A ranker that learned from outcomes made that list." in page
    assert "→</span>" not in page.partition('id="weights"')[2]  # of its shares nobody knows what a weight would make
    page = text(client.post(address(cause), saved(page), follow=True))
    assert "They count when the starting scorecard is in use again." in page
    assert weights.of(cause=cause) == {"topic_fit": 5.0}


def test_what_the_cause_says_nothing_of_and_what_sets_nobody_apart_is_said(client, people):
    cause = CauseFactory(description="We clear beaches of plastic.", countries=[], languages=["en"])
    ranked(cause)
    page = text(client.get(address(cause)))
    assert "The cause says nothing of it: it counts for nobody." in page
    assert "sets nobody apart" in page
    assert re.search(r"\d+%</span>", page)


def test_a_list_says_with_whose_weights_it_was_ranked(client, cause, people):
    plain = ranked(cause)
    move(cause, OWN | {"audience_geo": 0.1, "audience_age": 0.1, "hashtag_overlap": 0.1})
    own = ranked(cause)
    pages = [text(client.get(f"/admin/matching/matchlist/{one.pk}/change/")) for one in (plain, own)]
    assert ["with this cause’s own weights</a> (“Subject matter” 0.5 instead of 2.5," in page for page in pages] == [
        False,
        True,
    ]
    assert "instead of 1.5…)" in pages[1]  # four of the five
    assert 'title="The weights of this cause were moved."' in pages[1]


@pytest.mark.parametrize("asked", ["", "?cause=", "?cause=0", "?cause=x", "?cause=99999999"])
def test_without_a_cause_there_is_nothing_to_show(client, asked):
    assert client.get(PAGE + asked).status_code == 404


def test_ten_people_cost_what_two_do(client, cause):
    prices = []
    for number in (2, 8):
        for _ in range(number):
            AccountFactory(influencer__languages=["fr"])
        ranked(cause)
        client.get(address(cause, OWN))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(cause, OWN)).status_code == 200
        prices.append(len(queries))
    assert prices[0] == prices[1]
