"""Who else is like somebody, as pages and tools are told."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.errors import DomainError
from crm.formats.rows import PostReading
from crm.models import AccountSnapshot, AudienceShare, Influencer, Topic
from crm.services import persons, topics
from matching.models import Change
from matching.ranking.likeness import LEAST
from matching.ranking.snapshot.alike import nearest, someone
from matching.ranking.snapshot.store import CURRENT
from matching.services import exclusions, held, likeness, snapshot
from tests.factories import NOW, AccountFactory, CauseFactory, UserFactory, published
from tests.matching.snapshots import files

pytestmark = pytest.mark.django_db

BEACH = "The ocean and its beaches, full of plastic. I clear them."
KITCHEN = "Recipes for two, butter and wine."
PANTRY = (
    "Bread, cheese, soup, salt, ovens, knives, lemons, aunts, pepper, flour, sugar, eggs, rice, beans, garlic, honey."
)


def somebody(name: str, bio: str = BEACH, *, followers: int = 40_000, tags=(), handle: str = "") -> Influencer:
    account = AccountFactory(
        influencer__name=name,
        influencer__bio=bio,
        followers=followers,
        handle=handle or name.lower(),
        influencer__hashtags=list(tags),
    )
    AccountSnapshot.objects.create(account=account, followers=followers, observed_at=NOW, source="f.csv")
    for dimension, key, share in (("country", "GB", 0.7), ("age", "25-34", 0.6), ("gender", "female", 0.8)):
        AudienceShare.objects.create(
            account=account, dimension=dimension, key=key, share=share, observed_at=NOW, source="f.csv"
        )
    return account.influencer


@pytest.fixture
def amina() -> Influencer:
    return somebody("Amina", tags=["ZeroDéchet"])


def similar_to(person: Influencer, **said) -> likeness.Found:
    return likeness.of(person=person, at=NOW, **said)


def names(found: likeness.Found) -> list[str]:
    return [one.person.name for one in found.similar]


def test_the_nearest_first_with_what_both_have(amina):
    topics.seed()
    near, _far = somebody("Tom", tags=["zerodechet"]), somebody("Zoé", "I swim in the ocean.")
    somebody("Omar", KITCHEN)
    for person in (amina, near):
        person.topics.set(Topic.objects.filter(slug="clean-beaches") or Topic.objects.filter(slug="sdg-14"))
    snapshot.refresh(at=NOW)
    found = similar_to(amina)
    assert names(found) == ["Tom", "Zoé"]
    [first, second] = found.similar
    assert first.nearness > second.nearness >= 0.2
    assert first.parts["texts"] > second.parts["texts"]
    assert (first.common.keys["hashtags"], found.spelled["zerodechet"]) == (("zerodechet",), "ZeroDéchet")
    assert first.common.keys["topics"]
    assert set(first.common.keys["topics"]) == set(found.topics)
    assert first.common.keys["countries"] == ("GB",)
    assert (first.common.keys["ages"], first.common.keys["genders"]) == (("25-34",), ("female",))
    assert first.common.followers == (40_000, 40_000)
    assert "topics" not in second.parts
    assert second.common.subjects


def test_so_many_as_are_asked_for(amina):
    for number in range(4):
        somebody(f"Tom {number}", handle=f"tom{number}")
    snapshot.refresh(at=NOW)
    assert names(similar_to(amina, number=3)) == ["Tom 0", "Tom 1", "Tom 2"]
    assert names(similar_to(amina, number=1)) == ["Tom 0"]


def test_whoever_was_erased_a_moment_ago_is_not_among_them_and_the_next_takes_their_place(amina):
    gone, kept = somebody("Tom"), somebody("Zoé")
    snapshot.refresh(at=NOW)
    assert names(similar_to(amina, number=1)) == ["Tom"]
    persons.erase(influencer=gone, at=NOW)
    assert names(similar_to(amina, number=1)) == ["Zoé"]
    assert names(similar_to(kept)) == ["Amina"]


def test_whoever_is_never_to_be_asked_is_marked_and_not_hidden(amina):
    tom, cause = somebody("Tom"), CauseFactory()
    snapshot.refresh(at=NOW)
    for which in (None, cause):
        exclusions.exclude(influencer=tom, cause=which, reason="Sells crypto.", by=UserFactory(), at=NOW)
    lifted, _ = exclusions.exclude(influencer=tom, cause=CauseFactory(), reason="No.", by=UserFactory(), at=NOW)
    exclusions.lift(exclusion=lifted, by=UserFactory(), at=NOW)
    [one] = similar_to(amina).similar
    assert [exclusion.code for exclusion in one.exclusions] == ["never_for_cause", "never_again"]


def test_who_has_hardly_anything_in_common_is_not_listed(amina):
    somebody("Omar", f"{KITCHEN} {PANTRY} A beach.", followers=900)
    snapshot.refresh(at=NOW)
    everybody = held.snapshot(at=NOW)
    assert 0 < nearest(everybody, someone(everybody, amina.pk), top=1)[0].nearness < LEAST
    assert names(similar_to(amina)) == []
    assert similar_to(amina).says_anything


def test_of_whom_nothing_is_known_that_they_speak_of_it_is_said(amina):
    silent = somebody("Ines", "")
    snapshot.refresh(at=NOW)
    assert names(similar_to(amina)) == []
    assert (similar_to(silent).similar, similar_to(silent).says_anything) == ([], False)


def test_without_a_snapshot_and_for_whom_it_does_not_know_it_is_not_ready(amina):
    def is_unready(person) -> bool:
        with pytest.raises(DomainError, match="likeness_unready"):
            similar_to(person)
        return True

    assert is_unready(amina)
    snapshot.refresh(at=NOW)
    assert is_unready(somebody("Late"))
    with pytest.raises(DomainError, match="likeness_unready"):
        likeness.of(person=amina, at=NOW + timedelta(days=2))


def test_what_holds_is_read_and_nothing_written_made_or_caught_up(amina):
    somebody("Tom")
    snapshot.refresh(at=NOW)
    before = {path: path.read_bytes() for path in files()}
    somebody("Late")
    with (settings.SNAPSHOT_DIR / "lock").open() as lock:  # a worker is at it
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX)
        assert names(similar_to(amina)) == ["Tom"]
    assert {path: path.read_bytes() for path in files()} == before


def test_damaged_files_are_left_to_the_worker(amina):
    snapshot.refresh(at=NOW)
    [path, *_] = [path for path in files() if path.name == "arrays.npy"]
    path.unlink()
    with pytest.raises(DomainError, match="likeness_unready"):
        similar_to(amina)
    assert (settings.SNAPSHOT_DIR / CURRENT).exists()


def test_whose_profile_changed_since_is_told(amina):
    somebody("Tom")
    snapshot.refresh(at=NOW)
    Change.objects.all().delete()  # of this test's own transaction, which has not ended
    assert not similar_to(amina).is_behind
    amina.accounts.update(followers=7)
    assert similar_to(amina).is_behind
    assert not similar_to(Influencer.objects.get(name="Tom")).is_behind


def test_posts_are_part_of_it(amina):
    silent = somebody("Ines", "")
    reading = PostReading("p1", NOW - timedelta(days=3), text="Plastic on the beaches of the ocean. #CleanSea")
    published(silent.accounts.get(), [reading])
    snapshot.refresh(at=NOW)
    assert names(similar_to(silent)) == ["Amina"]


def test_many_cost_as_many_questions_as_few(amina):
    def asked() -> int:
        snapshot.refresh(at=NOW)
        with CaptureQueriesContext(connection) as queries:
            similar_to(amina)
        return len(queries)

    somebody("Tom", tags=["ZeroDéchet"])
    asked()
    for_one = asked()
    for number in range(8):
        exclusions.exclude(
            influencer=somebody(f"Tom {number}", handle=f"tom{number}", tags=["ZeroDéchet"]),
            cause=CauseFactory(),
            reason="No.",
            by=UserFactory(),
            at=NOW,
        )
    assert asked() == for_one
    assert len(similar_to(amina).similar) == 9
