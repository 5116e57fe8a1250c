"""One person or two: the queue, two profiles side by side, merging and taking apart, each for those who may."""

import pytest

from crm.models import DuplicateCandidate, Influencer, Merge
from crm.services import merging
from tests.factories import (
    NOW,
    AccountFactory,
    AddressFactory,
    CampaignFactory,
    InfluencerFactory,
    OutreachFactory,
    UserFactory,
    browser_of,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/crm/duplicatecandidate/"


@pytest.fixture
def pair():
    low = InfluencerFactory(name="Maïa Rivière", notes="Met in Brest.", external_id="w1")
    high = InfluencerFactory(name="Maia Riviere", notes="Likes mail.", external_id="l1")
    for person in (low, high):
        AccountFactory(influencer=person)
        AddressFactory(influencer=person)
    return low, high


@pytest.fixture
def candidate(pair):
    reasons = [{"rule": "email", "value": "maia@x.example"}, {"rule": "link", "value": "maia.example"}]
    return DuplicateCandidate.objects.create(low=pair[0], high=pair[1], reasons=reasons, found_at=NOW)


@pytest.fixture
def officer():
    return browser_of(UserFactory(role="officer"))


def test_the_queue_says_what_speaks_for_it_and_home_counts_it(officer, candidate):
    page = officer.get(LIST).content.decode()
    assert "Maïa Rivière · Maia Riviere" in page
    assert "Same e-mail address" in page
    assert "maia@x.example" not in page
    assert "Same link: maia.example" in page
    assert "pair of profiles: one person or two?" in officer.get("/admin/").content.decode()


def test_the_page_shows_both_and_what_a_merge_would_do(officer, candidate, pair):
    campaign = CampaignFactory(name="Spring clean-up")
    OutreachFactory(influencer=pair[0], campaign=campaign, stage="agreed")
    OutreachFactory(influencer=pair[1], campaign=campaign, stage="contacted")
    page = officer.get(f"{LIST}{candidate.pk}/change/").content.decode()
    assert "Same e-mail address: maia@x.example" in page
    assert 'name="keep_notes" value="both" checked' in page
    assert "the further conversation (agreed) stays open" in page
    assert "Spring clean-up: contacted since" in page
    assert f'name="winner" value="{pair[0].pk}"' in page
    assert f'name="winner" value="{pair[1].pk}"' in officer.get(f"{LIST}{candidate.pk}/change/?swap=1").content.decode()


def test_merging_and_taking_apart(officer, candidate, pair):
    low, high = pair
    said = {"winner": low.pk, "loser": high.pk, "keep_name": "loser", "keep_notes": "both", "confirmed": "1"}
    answer = officer.post(f"{LIST}compare/", said)
    assert answer["Location"] == f"/admin/crm/influencer/{low.pk}/change/"
    assert Influencer.objects.get().name == "Maia Riviere"
    page = officer.get(answer["Location"]).content.decode()
    assert "See the merge" in page
    assert "Another profile of the same person was merged into this one" in page
    assert officer.get(f"/admin/crm/influencer/{high.pk}/change/")["Location"] == answer["Location"]
    merged = Merge.objects.get()
    assert "Take apart…" in officer.get(f"/admin/crm/merge/{merged.pk}/change/").content.decode()
    assert "Every account" in officer.get(f"/admin/crm/merge/{merged.pk}/undo/").content.decode()
    assert Influencer.objects.count() == 1  # looking changes nothing
    manager = browser_of(UserFactory(role="manager", first_name="Sam", last_name="Okafor"))
    manager.post(f"/admin/crm/merge/{merged.pk}/undo/")
    assert Influencer.objects.count() == 2
    assert manager.get(f"/admin/crm/influencer/{high.pk}/change/").status_code == 200
    assert "taken apart by Sam Okafor" in manager.get("/admin/crm/merge/").content.decode()
    assert "Sam Okafor took them apart again" in manager.get(f"/admin/crm/merge/{merged.pk}/change/").content.decode()


def test_what_is_refused_is_said(officer, pair):
    low, high = pair
    answer = officer.post(f"{LIST}compare/", {"winner": low.pk, "loser": high.pk, "keep_name": "nobody"}, follow=True)
    assert "cannot be kept" in answer.content.decode()
    assert Influencer.objects.count() == 2


def test_different_people(officer, candidate):
    officer.post(f"{LIST}{candidate.pk}/dismiss/")
    candidate.refresh_from_db()
    assert candidate.state == "dismissed"
    assert "Maïa Rivière ·" not in officer.get(LIST).content.decode()
    assert "Maïa Rivière ·" in officer.get(f"{LIST}?decided=dismissed").content.decode()


def test_choosing_the_other_by_hand(officer, pair):
    low, high = pair
    assert f"choose/?person={low.pk}" in officer.get(f"/admin/crm/influencer/{low.pk}/change/").content.decode()
    page = officer.get(f"{LIST}choose/?person={low.pk}&q=RIVIÈRE").content.decode()
    assert f"compare/?winner={low.pk}&amp;loser={high.pk}" in page
    assert f"loser={low.pk}" not in page
    assert officer.get(f"{LIST}compare/?winner={low.pk}&loser={high.pk}").status_code == 200


@pytest.mark.parametrize("asked", ["maia@elsewhere.example", "riviere maia"])
def test_choosing_and_the_queue_search_like_the_list(officer, candidate, pair, asked):
    other = InfluencerFactory(name="Somebody Else")
    AddressFactory(influencer=pair[0], email="maia@elsewhere.example")
    chosen = officer.get(f"{LIST}choose/", {"person": other.pk, "q": asked}).content.decode()
    assert f"compare/?winner={other.pk}&amp;loser={pair[0].pk}" in chosen
    assert "Maïa Rivière · Maia Riviere" in officer.get(LIST, {"q": asked}).content.decode()
    assert "Maïa Rivière · Maia Riviere" not in officer.get(LIST, {"q": "nobody at all"}).content.decode()


def test_an_address_finds_somebody_for_those_only_who_may_see_it(pair):
    AddressFactory(influencer=pair[0], email="maia@elsewhere.example")
    merging.merge(winner=pair[0], loser=InfluencerFactory(), by=UserFactory(), at=NOW)
    for role, is_found in (("officer", True), ("analyst", False)):
        browser = browser_of(UserFactory(role=role))
        shown = browser.get("/admin/crm/merge/", {"q": "maia@elsewhere.example"}).content.decode()
        assert ("Maïa Rivière" in shown) == is_found


@pytest.mark.parametrize(
    "query", ["", "winner=x&loser=1", "winner={low}&loser={low}", "winner={low}&loser=999999999999"]
)
def test_an_address_that_names_no_two_people(officer, pair, query):
    assert officer.get(f"{LIST}compare/?{query.format(low=pair[0].pk)}").status_code == 404


def test_an_analyst_decides_nothing_and_reads_no_notes(candidate, pair):
    Influencer.objects.filter(pk=pair[0].pk).update(notes="Rude on the phone.")
    analyst = browser_of(UserFactory(role="analyst"))
    assert analyst.get(f"{LIST}{candidate.pk}/change/").status_code == 403
    assert analyst.get(LIST).status_code == 403
    for page in ("/admin/", "/admin/crm/influencer/", f"/admin/crm/influencer/{pair[0].pk}/change/"):
        assert "One person or two?" not in analyst.get(page).content.decode()
        assert "Rude on the phone." not in analyst.get(page).content.decode()
    assert analyst.post(f"{LIST}{candidate.pk}/dismiss/").status_code == 403
    assert analyst.post(f"{LIST}compare/", {"winner": pair[0].pk, "loser": pair[1].pk}).status_code == 403
    assert Influencer.objects.count() == 2


def test_a_list_of_any_length_asks_as_often(officer, django_assert_max_num_queries):
    for _each in range(3):
        low, high = InfluencerFactory(), InfluencerFactory()
        DuplicateCandidate.objects.create(low=low, high=high, reasons=[], found_at=NOW)
    with django_assert_max_num_queries(10):
        officer.get(LIST)
