"""A hashtag comes onto a brief and off it again, and the brief knows who picked it."""

import pytest

from crm.errors import DomainError
from crm.formats.rows import CauseRow
from crm.models import HashtagPick
from crm.services import causes, hashtags
from tests.factories import NOW, CauseFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_picked_hashtag_stands_on_the_brief_with_who_and_when():
    cause, lea = CauseFactory(hashtags=["sea"]), UserFactory()
    hashtags.pick(cause=cause, hashtag="#CleanSea", by=lea, at=NOW)
    cause.refresh_from_db()
    assert cause.hashtags == ["sea", "CleanSea"]
    assert list(HashtagPick.objects.values_list("hashtag", "by", "at")) == [("CleanSea", lea.pk, NOW)]


@pytest.mark.parametrize("again", ["cleansea", "#CLEANSEA", "CléanSea"])
def test_however_it_is_spelled_it_stands_there_once(again):
    cause = CauseFactory(hashtags=[])
    for tag in ("CleanSea", again):
        hashtags.pick(cause=cause, hashtag=tag, by=UserFactory(), at=NOW)
    cause.refresh_from_db()
    assert cause.hashtags == ["CleanSea"]
    assert HashtagPick.objects.count() == 1


def test_what_is_no_hashtag_and_what_is_too_many_is_refused():
    cause = CauseFactory(hashtags=[f"tag{n}" for n in range(50)])
    for tag, code in (("two words", "hashtag_invalid"), ("one_more", "list_too_long")):
        with pytest.raises(DomainError, match=code):
            hashtags.pick(cause=cause, hashtag=tag, by=UserFactory(), at=NOW)
    assert not HashtagPick.objects.exists()


def test_taken_off_it_is_gone_with_its_note_and_others_stay():
    cause, lea = CauseFactory(hashtags=["sea"]), UserFactory()
    for tag in ("a", "b"):
        hashtags.pick(cause=cause, hashtag=tag, by=lea, at=NOW)
    hashtags.unpick(cause=cause, hashtag="#A")
    hashtags.unpick(cause=cause, hashtag="never there")
    cause.refresh_from_db()
    assert cause.hashtags == ["sea", "b"]
    assert [pick.hashtag for pick in HashtagPick.objects.all()] == ["b"]


def test_a_brief_that_is_written_without_it_forgets_who_picked_it():
    cause = CauseFactory(hashtags=[])
    hashtags.pick(cause=cause, hashtag="sea", by=UserFactory(), at=NOW)
    cause.refresh_from_db()
    causes.write(cause=cause, brief=CauseRow(line=0, slug="", name="Clean beaches", hashtags=("reef",)))
    assert not HashtagPick.objects.exists()
