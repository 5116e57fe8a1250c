"""Judging the people of a match list on its page: who may, what is kept, and where one lands."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from matching.models import Match, MatchList, RelevanceLabel
from matching.services import exclusions, labels, match_lists, ranking
from tests.factories import AccountFactory, CauseFactory, UserFactory, browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return UserFactory(role="officer")


@pytest.fixture
def client(officer) -> Client:
    return browser_of(officer)


@pytest.fixture(scope="module")
def listed(once) -> int:
    for name in ("Amina Diallo", "Tom Baker"):
        AccountFactory(influencer__name=name, influencer__bio="I clear beaches of plastic.")
    return ranked(CauseFactory()).pk


@pytest.fixture
def match_list(listed) -> MatchList:
    return MatchList.objects.get(pk=listed)


def ranked(cause) -> MatchList:
    found = match_lists.request(cause=cause, at=timezone.now())
    ranking.build(match_list=found, at=timezone.now())
    found.refresh_from_db()
    return found


@pytest.fixture
def match(match_list) -> Match:
    return match_list.matches.select_related("influencer", "match_list__cause").get(rank=1)


def page(match_list) -> str:
    return f"/admin/matching/matchlist/{match_list.pk}/change/"


def step(match_list) -> str:
    return f"/admin/matching/matchlist/{match_list.pk}/judge/"


def shown(client, match_list, query="") -> str:
    return " ".join(client.get(page(match_list) + query).content.decode().split())


def cell(text: str, match: Match) -> str:
    """What the list says of one person's verdict."""
    row = text[text.index(f'id="match-{match.pk}"') :]
    return re.search(r"<td data-verdict>(.*?)</td>", row, re.DOTALL)[1]


def post(client, match, verdict, *, part=False, **said):
    headers = {"X-Part": "verdict"} if part else {}
    return client.post(step(match.match_list), {"judged": f"{match.pk}.{verdict}"} | said, headers=headers)


@pytest.mark.parametrize("verdict", ["fit", "not_fit", "conflict"])
def test_a_button_judges_and_comes_back_to_the_same_row(client, officer, match, verdict):
    back = f"{page(match.match_list)}?page=1&standing=unvetted"
    answer = post(client, match, verdict, next=back)
    assert answer["Location"] == f"{back}#match-{match.pk}"
    label = RelevanceLabel.objects.get()
    assert (label.kind, label.by, label.match, label.reason) == (verdict, officer, match, "")
    said = cell(shown(client, match.match_list), match)
    assert re.search(rf'value="{match.pk}.{verdict}" aria-pressed="true"', said)
    assert said.count('aria-pressed="true"') == 1
    assert officer.called in said
    assert "just now" in said or "second" in said


def test_what_was_noted_is_said_on_the_page(client, match):
    post(client, match, "fit")
    assert f"Noted: {match.influencer.name} fits." in shown(client, match.match_list)


def test_a_reason_and_a_note_are_kept_and_shown(client, match):
    post(client, match, "not_fit", reason="other_audience", note="Mostly in Brazil.")
    said = cell(shown(client, match.match_list), match)
    assert "Audience elsewhere · “Mostly in Brazil.”" in said
    assert "Say why" not in said
    assert "Never for this cause…" in said


def test_where_no_reason_was_given_it_can_be_said_and_goes_on_from_what_is_known(client, match):
    post(client, match, "not_fit", note="Mostly in Brazil.")
    assert "Say why" in cell(shown(client, match.match_list), match)
    asked = client.get(f"{step(match.match_list)}?judged={match.pk}.not_fit").content.decode()
    assert f"Why does {match.influencer.name} not fit?" in asked
    assert "Mostly in Brazil." in asked
    post(client, match, "not_fit", reason="other_audience", note="Mostly in Brazil.")
    held = labels.verdict_on(cause=match.match_list.cause, influencer=match.influencer, at=timezone.now())
    assert (held.reason, held.note) == ("other_audience", "Mostly in Brazil.")


def test_who_fits_is_offered_no_exclusion(client, match):
    post(client, match, "fit")
    assert "Never for this cause…" not in cell(shown(client, match.match_list), match)


def test_taken_back_nobody_has_judged(client, match):
    post(client, match, "fit")
    post(client, match, "withdrawn")
    text = shown(client, match.match_list)
    assert f"Taken back: nobody has judged {match.influencer.name}." in text
    assert 'aria-pressed="true"' not in cell(text, match)
    assert "Take back" not in cell(text, match)
    assert [row.kind for row in RelevanceLabel.objects.order_by("pk")] == ["fit", "withdrawn"]


def test_reading_changes_nothing(client, match):
    for verdict in ("fit", "not_fit", "conflict", "withdrawn"):
        answer = client.get(f"{step(match.match_list)}?judged={match.pk}.{verdict}")
        assert answer.status_code == (200 if verdict in {"not_fit", "conflict"} else 302)
    assert (
        client.get(f"{step(match.match_list)}?judged={match.pk}.fit", headers={"X-Part": "verdict"}).status_code == 405
    )
    assert not RelevanceLabel.objects.exists()


@pytest.mark.parametrize(
    "said", ["", "x", "1", "1.", "1.liked", "1.accepted", "99999999.fit", "-1.fit", ".fit", "9" * 40]
)
def test_whom_or_what_nobody_knows_is_not_there(client, match, said):
    assert client.post(step(match.match_list), {"judged": said}).status_code == 404
    assert not RelevanceLabel.objects.exists()


def test_somebody_of_another_list_is_not_judged_here(client, match):
    other = ranked(CauseFactory())
    assert client.post(step(other), {"judged": f"{match.pk}.fit"}).status_code == 404


def test_a_wrong_reason_is_said_where_it_stands(client, match):
    answer = post(client, match, "not_fit", reason="boring")
    assert answer.status_code == 200
    assert "Select a valid choice." in answer.content.decode()
    assert post(client, match, "conflict", note="x" * 301).status_code == 200
    assert not RelevanceLabel.objects.exists()


def test_a_page_that_is_not_ours_is_not_gone_back_to(client, match):
    answer = post(client, match, "fit", next="https://evil.example/")
    assert answer["Location"] == f"{page(match.match_list)}#match-{match.pk}"


# For the script ----------------------------------------------------------------------------------------------------------


def test_the_script_gets_the_cell_as_the_page_shows_it_and_no_message_waits(client, match):
    answer = post(client, match, "not_fit", part=True, reason="tone", next=page(match.match_list))
    said = " ".join(answer.content.decode().split())
    assert f'data-said="Noted: {match.influencer.name} does not fit."' in said
    whole = shown(client, match.match_list)
    assert cell(whole, match).strip() == said.replace(f' data-said="Noted: {match.influencer.name} does not fit."', "")
    assert "does not fit." not in whole


def test_the_script_is_told_what_stood_in_the_way(client, match):
    answer = post(client, match, "fit", part=True, reason="tone")
    assert (answer.status_code, answer["Content-Type"]) == (409, "text/plain; charset=utf-8")
    assert answer.content.decode() == "Whoever fits needs no reason. Leave it out, or write a note."
    answer = post(client, match, "fit", part=True, note="a\0b")
    assert answer.status_code == 422
    assert not RelevanceLabel.objects.exists()


# Who may -----------------------------------------------------------------------------------------------------------------


def test_an_analyst_reads_verdicts_and_gives_none(officer, match):
    analyst = browser_of(UserFactory(role="analyst"))
    assert "cw-verdict-keys" not in shown(analyst, match.match_list)
    labels.judge(
        cause=match.match_list.cause, influencer=match.influencer, verdict="conflict", reason="tone", by=officer,
        at=timezone.now(),
    )  # fmt: skip
    said = cell(shown(analyst, match.match_list), match)
    assert "Conflict" in said
    assert "<button" not in said
    assert 'id="verdicts"' not in shown(analyst, match.match_list)
    assert post(analyst, match, "fit").status_code == 403
    assert RelevanceLabel.objects.count() == 1


@pytest.mark.parametrize("role", ["officer", "manager", "administrator"])
def test_whoever_works_on_lists_judges(match, role):
    assert post(browser_of(UserFactory(role=role)), match, "fit").status_code == 302
    assert RelevanceLabel.objects.count() == 1


# The page ----------------------------------------------------------------------------------------------------------------


def test_keys_are_told_and_every_button_says_which_is_its(client, match):
    text = shown(client, match.match_list)
    assert "With the keyboard:" in text
    keys = re.findall(r'aria-keyshortcuts="(.)"', cell(text, match))
    assert keys == ["f", "n", "c"]
    assert len(re.findall(r'aria-keyshortcuts="[1-8]"', text)) == len(RelevanceLabel.Reason.values) == 8


def test_no_button_of_a_verdict_is_what_enter_presses_in_the_choice_of_people(client, match):
    """They belong to a form of their own, which has no field one could press Enter in."""
    text = shown(client, match.match_list)
    assert re.findall(r'<button(?![^>]*form="verdicts")[^>]*name="judged"', text) == []
    form = re.search(r'<form id="verdicts".*?</form>', text)[0]
    assert re.findall(r"<(?:input|button)[^>]*>", form) == re.findall(r'<input type="hidden"[^>]*>', form)


def test_whom_it_was_decided_never_to_ask_is_shown_beside_the_verdict(client, officer, match):
    person, cause = match.influencer, match.match_list.cause
    labels.judge(cause=cause, influencer=person, verdict="conflict", by=officer, at=timezone.now())
    for of, words in ((cause, "Never for this cause"), (None, "Never ask again")):
        exclusions.exclude(influencer=person, cause=of, reason="x", by=officer, at=timezone.now())
        said = cell(shown(client, match.match_list), match)
        assert f'<span class="cw-badge cw-badge--bad">{words}</span>' in said
        assert "Never for this cause…" not in said


def test_ten_verdicts_cost_what_one_does(client, officer, match_list):
    prices = []
    for number in (1, 2):
        match = match_list.matches.get(rank=number)
        labels.judge(
            cause=match_list.cause, influencer=match.influencer, verdict="fit", by=UserFactory(), at=timezone.now()
        )
        client.get(page(match_list))
        with CaptureQueriesContext(connection) as queries:
            client.get(page(match_list))
        prices.append(len(queries))
    assert prices[0] == prices[1]
