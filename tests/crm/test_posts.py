"""Posts are found again by their platform id, completed, and never blanked."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.formats.rows import PostReading
from crm.models import Post
from tests.factories import NOW, AccountFactory, published

pytestmark = pytest.mark.django_db

FIRST = PostReading(
    platform_id="p1",
    published_at=NOW - timedelta(days=3),
    format="short_video",
    text="Low tide this morning.",
    hashtags=("OceanConservation",),
    language="en",
    url="https://social.example/p1",
    is_advert=False,
    likes=120,
    comments=7,
)


def figures(post: Post) -> tuple:
    post.refresh_from_db()
    return post.likes, post.comments, post.shares, post.views


def test_posts_are_stored_with_what_the_source_says():
    account = AccountFactory()
    readings = [FIRST, PostReading(platform_id="p2", published_at=NOW - timedelta(days=1))]
    assert published(account, readings, source="export.csv", at=NOW) == 2
    first, second = account.posts.order_by("published_at")
    assert (first.text, first.hashtags, first.format) == (
        "Low tide this morning.",
        ["OceanConservation"],
        "short_video",
    )
    assert (first.source, first.observed_at, first.is_advert) == ("export.csv", NOW, False)
    assert (second.text, second.format, second.is_advert, second.likes) == ("", "other", None, None)


def test_the_same_post_again_is_the_same_row_with_newer_figures():
    account = AccountFactory()
    published(account, [FIRST], source="export.csv", at=NOW)
    later = PostReading(platform_id="p1", published_at=FIRST.published_at, likes=150)
    new = PostReading(platform_id="p2", published_at=NOW)
    assert published(account, [later, new], source="b.csv", at=NOW + timedelta(days=1)) == 1
    post = account.posts.get(platform_id="p1")
    assert figures(post) == (150, 7, None, None)
    assert (post.text, post.hashtags, post.source) == (FIRST.text, ["OceanConservation"], "b.csv")
    assert post.observed_at == NOW + timedelta(days=1)


def test_what_was_seen_before_changes_nothing():
    account = AccountFactory()
    published(account, [FIRST], source="export.csv", at=NOW)
    older = PostReading(platform_id="p1", published_at=FIRST.published_at, likes=3, observed_at=NOW - timedelta(days=1))
    assert published(account, [older], source="old.csv", at=NOW + timedelta(days=1)) == 0
    assert figures(account.posts.get()) == (120, 7, None, None)


def test_one_id_on_two_accounts_is_two_posts_and_twice_in_one_reading_is_one():
    one, other = AccountFactory(), AccountFactory()
    again = PostReading(platform_id="p1", published_at=NOW, likes=9)
    assert published(one, [FIRST, again], source="export.csv", at=NOW) == 1
    assert published(other, [FIRST], source="export.csv", at=NOW) == 1
    assert figures(one.posts.get()) == (9, None, None, None)


def test_however_many_they_are_stored_at_once():
    asked = []
    for number in (1, 1, 300):  # the first time also makes the tables that are filled
        many = [PostReading(platform_id=f"p{n}", published_at=NOW, text=f"Post {n}") for n in range(number)]
        with CaptureQueriesContext(connection) as queries:
            assert published(AccountFactory(), many, source="export.csv", at=NOW) == number
        asked.append(len(queries))
    assert asked[1] == asked[2]


def test_recent_is_the_twelve_months_before_an_instant():
    account = AccountFactory()
    at = {"future": NOW + timedelta(seconds=1), "now": NOW, "old": NOW - timedelta(days=365)}
    readings = [PostReading(platform_id=name, published_at=instant) for name, instant in at.items()]
    published(account, readings, source="export.csv", at=NOW)
    assert [post.platform_id for post in Post.objects.recent(at=NOW)] == ["now"]
