"""What somebody said about a cause, the newest of it."""

from datetime import timedelta

import pytest

from crm.formats.rows import PostReading
from matching.models import Match
from matching.services.quotations import Listener
from tests.factories import NOW, AccountFactory, CauseFactory, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def cause():
    return CauseFactory(topics=["clean-beaches"], hashtags=["ourshore"], conflicts=["beer"])


@pytest.fixture
def account():
    return AccountFactory()


def post(key: str, text: str, *, days: int, **said) -> PostReading:
    return PostReading(key, NOW - timedelta(days=days), text=text, language="en", **said)


def newest(account, cause, *, match: Match | None = None) -> str:
    found = Listener(cause).newest(person=account.influencer, match=match, at=NOW)
    return found.text if found else ""


def test_the_newest_post_about_the_cause_is_quoted(account, cause):
    published(
        account,
        [
            post("1", "A beach clean-up again, forty bags.", days=30),
            post("2", "Forty people at the beach clean-up!", days=10),
            post("3", "My new recipe for lentils is here.", days=1),
        ],
    )
    assert newest(account, cause) == "Forty people at the beach clean-up!"
    assert newest(account, CauseFactory()) == ""


def test_an_advert_a_post_of_a_year_ago_and_one_with_a_conflict_are_not(account, cause):
    published(
        account,
        [
            post("1", "The beach clean-up of last year.", days=366),
            post("2", "A beach clean-up, paid for by a brand.", days=3, is_advert=True),
            post("3", "After the beach clean-up we had a beer.", days=2),
            post("4", "The beach clean-up of tomorrow.", days=-1),
        ],
    )
    assert newest(account, cause) == ""


def test_only_what_they_wrote_themselves(account, cause):
    published(AccountFactory(), [post("1", "Forty people at the beach clean-up!", days=10)])
    assert newest(account, cause) == ""


def test_the_posts_that_the_match_rests_on_come_first(account, cause):
    published(
        account,
        [
            post("1", "Known to the list: a beach clean-up.", days=20),
            post("2", "Newer than it: a beach clean-up.", days=2),
        ],
    )
    known = account.posts.get(platform_id="1")
    assert newest(account, cause, match=Match(rows={"posts": [known.pk]})) == "Known to the list: a beach clean-up."
    assert newest(account, cause, match=Match(rows={"posts": []})) == "Newer than it: a beach clean-up."


def test_the_hashtags_and_the_name_of_a_cause_tell_it(account, cause):
    published(account, [post("1", "Two hours and forty bags filled.", days=5, hashtags=("OurShore",))])
    assert newest(account, cause) == "Two hours and forty bags filled."
    named = AccountFactory()
    published(named, [post("1", "I gave a day to Clean beaches this week.", days=5)])
    assert newest(named, CauseFactory(name="Clean beaches")) == "I gave a day to Clean beaches this week."
