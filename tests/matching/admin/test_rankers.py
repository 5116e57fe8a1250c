"""The page of the ranker: whether to believe it, and what one may do about it."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from matching.models import RankerVersion, Served, Training
from matching.services import rankers
from tests.factories import NOW, UserFactory, browser_of
from tests.matching import outcomes, reports

pytestmark = pytest.mark.django_db

LIST = "/admin/matching/rankerversion/"


@pytest.fixture
def client() -> Client:
    return browser_of(UserFactory(role="manager", first_name="Léa", last_name="Martin"))


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def page(version) -> str:
    return f"{LIST}{version.pk}/change/"


def step(name, version=None) -> str:
    return f"{LIST}{version.pk}/{name}/" if version else f"{LIST}{name}/"


def test_before_anything_was_ranked_nobody_is_misled(client):
    said = text(client.get(LIST))
    assert "Not enough outcomes yet: 0 of 100, so the starting scorecard orders the lists." in said
    assert "No list was ranked yet. The starting scorecard orders the first one." in said


def test_with_too_few_outcomes_it_says_how_many(client):
    outcomes.plant(causes=2, lists=1, each=23)
    said = text(client.get(LIST))
    assert "Not enough outcomes yet: 46 of 100, so the starting scorecard orders the lists." in said
    assert re.search(r"In use: starting scorecard, since <time [^>]*>[^<]*</time> \(to start with\)\.", said)
    assert 'http-equiv="refresh"' not in said


def test_with_enough_outcomes_it_says_that_nothing_was_learned(client):
    outcomes.plant(causes=2, lists=2, each=25)
    assert "100 outcomes are known, enough to learn from. Nothing was learned from them yet." in text(client.get(LIST))


def test_what_was_learned_is_told_by_whom_it_beats(client):
    version = reports.learned(contenders=[*reports.UNSURE, reports.row("engagement", mean=-0.2, low=-0.3, high=-0.1)])
    sentence = (
        "Better than chance on 214 outcomes that it had not learned from. Not yet sure against the starting scorecard. "
        "Worse than the engagement rate."
    )
    assert f"{sentence} It is not in use." in text(client.get(LIST))
    assert sentence in text(client.get(page(version)))
    assert "not told apart, +0.012" in text(client.get(LIST))


def test_of_the_one_in_use_it_says_since_when_and_by_whom(client):
    first = reports.learned()
    rankers.promote(version=first, at=NOW, by=UserFactory(first_name="Ada", last_name="Roy"))
    newer = reports.learned(2.0, contenders=[*reports.SURE, reports.row("champion")])
    said = text(client.get(LIST))
    assert "Better than chance and the starting scorecard on 214 outcomes" in said
    assert "It is not in use." not in said
    assert re.search(r"In use: learned from outcomes, since <time [^>]*>Nov. 24, 2026</time> \(promoted\)\.", said)
    assert "By Ada Roy." in said
    assert "Promote</a>" in text(client.get(page(newer)))
    assert "Promote</a>" not in text(client.get(page(first)))


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("drifted", "went out of use by itself"),
        ("refused", "were changed outside of Causeway"),
        ("outdated", "measures otherwise than this release"),
    ],
)
def test_what_fell_out_of_use_by_itself_raises_a_banner(client, why, words):
    rankers.start(at=NOW, why=why)
    assert words in text(client.get(LIST))
    rankers.start(at=NOW, why=Served.Why.STARTED)
    assert words not in text(client.get(LIST))


def test_a_training_is_asked_for_once_and_says_how_far_it_is(client):
    assert "Learn from outcomes?" in text(client.get(step("learn")))
    assert Training.objects.count() == 0
    for _ in range(2):
        assert client.post(step("learn")).headers["Location"] == LIST
    asked = Training.objects.get()
    assert asked.requested_by.called == "Léa Martin"
    said = text(client.get(LIST))
    assert "It begins as soon as the worker is free." in said
    assert '<meta http-equiv="refresh" content="5">' in said
    Training.objects.update(done=12, of=42)
    assert "12 of 42 trainings are done." in text(client.get(LIST))


def test_a_failed_training_says_why(client):
    error = {"code": "outcomes_too_few", "params": {"labels": 9, "groups": 1, "least_labels": 100, "least_groups": 10}}
    Training.objects.create(state="failed", requested_at=NOW, error=error)
    said = text(client.get(LIST))
    assert re.search(r"Nothing could be learned on <time [^>]*>Nov. 24, 2026</time>\.", said)
    assert "9 of 100, in 1 of 10 lists" in said


def test_a_promotion_says_both_numbers_first(client):
    version = reports.learned()
    said = text(client.get(step("promote", version)))
    assert "an nDCG@10 of 0.512, and the starting scorecard 0.431: +0.081, somewhere between +0.020 and +0.140." in said
    assert rankers.serving(at=NOW)[0].kind == "scorecard"
    assert client.post(step("promote", version)).headers["Location"] == page(version)
    assert rankers.serving(at=NOW)[0] == version
    assert Served.objects.latest("pk").by.called == "Léa Martin"


def test_what_is_not_better_is_refused_with_both_numbers(client):
    version = reports.learned(contenders=list(reports.UNSURE))
    said = text(client.post(step("promote", version), follow=True))
    assert "by +0.012 nDCG@10, somewhere between −0.031 and +0.055" in said
    assert rankers.serving(at=NOW)[0].kind == "scorecard"


def test_what_cannot_be_promoted_says_why_before_anybody_tries(client):
    version = reports.learned(contenders=list(reports.UNSURE))
    said = text(client.get(page(version)))
    assert "It cannot be promoted." in said
    assert "by +0.012 nDCG@10, somewhere between −0.031 and +0.055" in said
    assert "Promote</a>" not in said
    assert "It cannot be promoted." not in text(client.get(page(reports.learned(2.0))))


def test_rolled_back_in_one_step(client):
    rankers.promote(version=reports.learned(), at=NOW)
    assert "Roll back to the ranker before?" in text(client.get(step("roll_back")))
    assert "Rolled back." in text(client.post(step("roll_back"), follow=True))
    assert rankers.serving(at=NOW)[0].kind == "scorecard"
    assert Served.objects.latest("pk").why == "rolled_back"


def test_with_nothing_before_it_nothing_is_rolled_back(client):
    assert "No other ranker has served here" in text(client.post(step("roll_back"), follow=True))


def test_the_page_shows_what_was_found_out(client):
    version = reports.learned()
    said = text(client.get(page(version)))
    assert "Whole causes were left out in turn, and tried on." in said
    row = r"<th scope=\"row\">the starting scorecard</th><td><span [^>]*>better</span></td><td[^>]*>0.431</td><td[^>]*>0.900</td>"
    assert re.search(row + r"<td[^>]*>\+0.081 \[\+0.020 … \+0.140\]</td>", said)
    assert "30 outcomes: nDCG@10 0.420" in said
    assert "held 20% probable, came true for 25% (107 people)" in said
    assert said.index("+0.090 [+0.040 … +0.120]") < said.index("−0.010 [−0.020 … +0.001]")
    assert "214 outcomes: 200 answers, 150 verdicts or actions." in said
    assert "12 were in no list before, so nobody knows what was known of them." in said
    assert said.count('<figure class="cw-plot">') == 2
    assert "<script" not in said[said.index('class="cw-page"') : said.rindex("</table>")]


def test_what_tells_too_much_is_a_warning(client):
    version = reports.learned(suspects={"reply_rate": 0.99}, by_time=True)
    said = text(client.get(page(version)))
    assert "“Answers so far” alone tells 99% of good and bad apart" in said
    assert "Learned from the past, tried on what came later" in said


@pytest.mark.parametrize("role", ["analyst", "officer"])
def test_whoever_may_not_decide_reads(role):
    version, client = reports.learned(), browser_of(UserFactory(role=role))
    for address in (LIST, page(version)):
        said = text(client.get(address))
        assert "/learn/" not in said
        assert "/roll_back/" not in said
        assert "/promote/" not in said
    for address in (step("learn"), step("roll_back"), step("promote", version)):
        assert client.post(address).status_code == 403
    assert Training.objects.count() == 0


def test_nothing_is_changed_by_looking(client):
    reports.learned()
    before = list(Served.objects.values()), list(RankerVersion.objects.values())
    for address in (LIST, step("learn"), step("roll_back"), step("promote", reports.learned())):
        client.get(address)
    assert (list(Served.objects.values()), list(RankerVersion.objects.values())) == before


def test_a_cause_s_own_scorecard_is_no_version(client):
    from matching.ranking.scorecard import scorecard

    rankers.keep(scorecard({"topic_fit": 4.0}), kind="scorecard", at=NOW, weights={"topic_fit": 4.0})
    version, _ = rankers.serving(at=NOW)
    assert re.findall(r"/admin/matching/rankerversion/(\d+)/change/", text(client.get(LIST))) == [str(version.pk)]


def test_in_the_side_bar_after_the_match_lists(client):
    said = text(client.get("/admin/"))
    assert said.index("/admin/matching/matchlist/") < said.index(LIST) < said.index("/admin/outreach/campaign/")


def test_the_list_asks_as_much_for_three_versions_as_for_one(client):
    def price() -> int:
        with CaptureQueriesContext(connection) as queries:
            text(client.get(LIST))
        return len(queries)

    reports.learned()
    price()
    for_one = price()
    for weight in (2.0, 3.0):
        reports.learned(weight)
    assert price() == for_one


def between(mean):
    return {"mean": mean, "low": mean - 0.01, "high": mean + 0.02}


BEYOND = {
    "lists": 12,
    "drawn": 96,
    "stands_for": 21.4,
    "shown": between(0.3),
    "contenders": [
        {"name": "scorecard", "value": between(0.305), "difference": between(0.005)},
        {"name": "causeway", "value": between(0.412), "difference": between(0.112)},
    ],
}


def test_what_would_have_come_of_others_is_told_where_people_were_drawn_by_lot(client):
    said = text(client.get(page(reports.learned(off_policy=BEYOND))))
    assert "What would have come of the people each would have shown" in said
    assert "From 96 outcomes of people drawn by lot, in 12 lists; each stands for about 21 people." in said
    assert '<th scope="row">the lists as they were shown</th><td class="cw-number">0.300 [0.290 … 0.320]</td>' in said
    ours = '<td class="cw-number">0.412 [0.402 … 0.432]</td><td class="cw-number">+0.112 [+0.102 … +0.132]</td>'
    assert f'<th scope="row">Causeway’s choice</th>{ours}' in said


def test_without_lots_there_is_no_such_card(client):
    assert 'id="beyond"' not in text(client.get(page(reports.learned())))
