"""People made up: nobody twice, both languages, and the gaps that life has."""

import re
from collections import Counter
from random import Random

import pytest

from config.demo import loading, profiles, texts
from crm.models import (
    Platform,
)
from tests.factories import (
    NOW,
)


@pytest.fixture(scope="module")
def cast():
    return profiles.cast(Random(1), at=NOW, size=loading.SIZE)


def test_there_are_about_three_hundred_people_on_all_platforms(cast):
    assert len(cast) == 299
    presences = Counter(
        platform
        for profile in cast
        for platform, _ in {(r.row.accounts[0].platform, r.row.accounts[0].handle) for r in profile.reports}
    )
    assert set(presences) == set(Platform.values)
    assert min(presences.values()) >= 8


def test_no_name_no_handle_no_bio_and_no_post_comes_twice(cast):
    people = [profile.reports[0].row for profile in cast]
    handles = [account for profile in cast for account in {r.row.accounts[0].handle for r in profile.reports}]
    posts = [post.text for profile in cast for some in profile.posts.values() for post in some]
    for values in (
        [p.name for p in people],
        [p.email for p in people if p.email],
        handles,
        [p.bio for p in people if p.bio],
        posts,
    ):
        assert [value for value, times in Counter(values).items() if times > 1] == []


def test_everybody_writes_in_their_language_and_both_are_there(cast):
    languages = Counter(post.language for profile in cast for some in profile.posts.values() for post in some)
    assert set(languages) == {"fr", "en"}
    assert min(languages.values()) > 500


def test_nothing_that_was_to_be_filled_in_is_left_open(cast):
    said = [post.text for profile in cast for some in profile.posts.values() for post in some]
    said += [profile.reports[0].row.bio for profile in cast]
    assert [text for text in said if re.search(r"[{}]|\b[fm]:|\bde (?:[Aa]vril|[Aa]oût|[Oo]ctobre|Annecy)", text)] == []


def test_life_has_gaps(cast):
    people = [profile.reports[0].row for profile in cast]
    for gap in (
        [p for p in people if not p.bio],
        [p for p in people if not p.email],
        [p for p in people if not p.topics],
        [p for p in people if p.email_kind == "personal" and not p.basis],
        [p for p in people if not p.accounts[0].audience],
        [profile for profile in cast if profile.consent],
    ):
        assert 3 <= len(gap) <= 120


def test_sizes_follow_a_power_law_and_engagement_falls_with_size(cast):
    newest = [profile.reports[-1].row.accounts[0] for profile in cast]
    sizes = sorted(account.followers for account in newest)
    assert sizes[0] < 2_000
    assert sizes[-1] > 500_000
    assert sizes[len(sizes) // 2] < 20_000
    small = [a.engagement_rate for a in newest if a.followers < 5_000]
    large = [a.engagement_rate for a in newest if a.followers > 100_000]
    assert sum(small) / len(small) > 2 * sum(large) / len(large)


@pytest.mark.parametrize("area", texts.areas(), ids=lambda area: area.name)
def test_every_area_has_enough_to_say_in_both_languages(area):
    for bank in area.banks.values():
        assert len(bank.posts) >= 10
        assert len(bank.ends) >= 6
        assert len(bank.tags) >= 3
        assert all(re.fullmatch("[a-z]+", word) for word in bank.words)


def test_one_source_tells_how_many_are_real_of_some(cast):
    readings = [
        (report.source, report.row.accounts[0].credible_share) for profile in cast for report in profile.reports
    ]
    assert {source for source, share in readings if share is not None} == {profiles.SOURCES[1]}
    told = {profile.external_id for profile in cast if any(r.row.accounts[0].credible_share for r in profile.reports)}
    assert 100 < len(told) < 250
    assert all(0.4 <= share < 1 for _source, share in readings if share is not None)
