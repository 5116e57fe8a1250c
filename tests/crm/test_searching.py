"""Who is found by which words, filters and orders: the same for the pages and for the API."""

from datetime import timedelta

import pytest

from crm.handles import search_query, search_text, words
from crm.models import AudienceShare, Influencer
from crm.services import vetting
from crm.services.bulk import lists
from tests.factories import NOW, AccountFactory, AddressFactory, CauseFactory, InfluencerFactory, UserFactory

people = Influencer.objects


def names(rows) -> list[str]:
    return sorted(rows.values_list("name", flat=True))


def test_words_are_folded_and_parted_by_whatever_is_no_letter():
    assert words("L’Océan_bleu · Œuvre.2 — 東京") == ["l", "ocean", "bleu", "oeuvre", "2", "東京"]
    assert words("🌊 !!!") == []


def test_the_two_lines_of_what_is_searched():
    assert search_text(["Éloïse", "elo.b"], "Plonge. Plonge encore!") == "eloise elo b\nplonge encore"
    assert search_text(["Éloïse"], "") == "eloise"


def test_a_question_is_the_beginnings_of_words():
    assert search_query("Mar  dup!") == "'mar':* & 'dup':*"
    assert search_query("mar", weights="A") == "'mar':*A"
    assert search_query("' & :* |") == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mar dup", ["Marie Dupont"]),
        ("DUPONT marie", ["Marie Dupont"]),
        ("élo", ["Éloïse B"]),
        ("eloise", ["Éloïse B"]),
        ("@dives", ["Marie Dupont"]),
        ("sea.and", ["Marie Dupont"]),
        ("océans", ["Éloïse B"]),
        ("marie oceans", []),
        ("upont", []),
        ("", ["Marie Dupont", "Éloïse B"]),
        ("!!!", []),
        ("' | (", []),
        ("marie@stu", ["Marie Dupont"]),
        ("Marie@Studio.Example", ["Marie Dupont"]),
        ("elo.b+news@gm", ["Éloïse B"]),
        ("studio.example", []),
    ],
)
def test_people_are_found_by_the_beginnings_of_words(text, found):
    marie = InfluencerFactory(name="Marie Dupont", bio="Cooks.")
    AccountFactory(influencer=marie, handle="sea_and.dives")
    AddressFactory(influencer=marie, email="marie@studio.example")
    eloise = InfluencerFactory(name="Éloïse B", bio="Je filme les océans")
    AddressFactory(influencer=eloise, email="elo.b@gmail.com")
    assert names(people.matching(text, with_addresses=True)) == sorted(found)


@pytest.mark.django_db
def test_an_address_finds_nobody_for_whoever_may_not_see_addresses():
    AddressFactory(influencer__name="Marie", email="xyz@studio.example")
    assert names(people.matching("xyz@", with_addresses=True)) == ["Marie"]
    assert names(people.matching("xyz@", with_addresses=False)) == []


@pytest.mark.django_db
def test_words_of_the_bio_can_be_left_out():
    InfluencerFactory(name="Ann", bio="I know Marie.")
    assert names(people.matching("marie", with_addresses=False)) == ["Ann"]
    assert names(people.matching("marie", with_addresses=False, weights="A")) == []


@pytest.mark.django_db
def test_what_is_asked_of_an_account_is_asked_of_one_and_the_same():
    both = InfluencerFactory(name="Both")
    AccountFactory(influencer=both, platform="instagram", followers=900, engagement_rate=0.1)
    AccountFactory(influencer=both, platform="tiktok", followers=90_000)
    assert names(people.with_account(platform="tiktok", followers_gte=50_000)) == ["Both"]
    assert names(people.with_account(platform="instagram", followers_gte=50_000)) == []
    assert names(people.with_account(followers_lte=900, engagement_gte=0.1)) == ["Both"]


@pytest.mark.django_db
def test_an_audience_counts_as_it_was_last_seen():
    account = AccountFactory(influencer__name="Ann")
    for days, share in ((30, 0.6), (0, 0.2)):
        at = NOW - timedelta(days=days)
        AudienceShare.objects.create(
            account=account, dimension="age", key="18-24", share=share, observed_at=at, source="s"
        )
    lists.refresh([account.influencer_id])
    assert names(people.heard_by(dimension="age", key="18-24", share=0.2)) == ["Ann"]
    assert names(people.heard_by(dimension="age", key="18-24", share=0.3)) == []
    assert names(people.heard_by(dimension="age", key="18-24")) == ["Ann"]
    assert names(people.heard_by(dimension="gender", key="18-24")) == []


@pytest.mark.django_db
def test_the_newest_verdict_counts_for_each_cause():
    ann, bob, eve = (InfluencerFactory(name=name) for name in ("Ann", "Bob", "Eve"))
    sea, land, by = CauseFactory(), CauseFactory(), UserFactory()

    def judge(person, cause, verdict, days):
        vetting.answer(
            influencer=person, cause=cause, verdict=verdict, reason="Read.", by=by, at=NOW + timedelta(days=days)
        )

    judge(ann, sea, "refused", 0)
    judge(ann, sea, "cleared", 1)
    judge(bob, sea, "cleared", 0)
    judge(bob, sea, "refused", 1)
    judge(bob, land, "cleared", 0)
    assert names(people.vetted(verdict="cleared")) == ["Ann", "Bob"]
    assert names(people.vetted(verdict="cleared", cause=sea)) == ["Ann"]
    assert names(people.vetted(verdict="refused", cause=sea)) == ["Bob"]
    assert names(people.vetted(cause=land)) == ["Bob"]
    assert names(people.not_vetted()) == ["Eve"]
    assert names(people.not_vetted(cause=land)) == ["Ann", "Eve"]
    assert eve in people.not_vetted()


@pytest.mark.django_db
def test_last_contact():
    InfluencerFactory(name="Never")
    InfluencerFactory(name="Long ago", last_contacted_at=NOW - timedelta(days=90))
    InfluencerFactory(name="Lately", last_contacted_at=NOW - timedelta(days=9))
    since = NOW - timedelta(days=60)
    assert names(people.never_contacted()) == ["Never"]
    assert names(people.last_contacted(before=since)) == ["Long ago", "Never"]
    assert names(people.last_contacted(after=since)) == ["Lately"]
    assert names(people.last_contacted()) == ["Lately", "Long ago", "Never"]
