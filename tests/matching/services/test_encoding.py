"""With an encoder installed, lists are ranked by what it says of texts, too; without one all is as before."""

from datetime import timedelta

import numpy as np
import pytest
from django.conf import settings as configured
from django.db import connection

from crm.errors import DomainError
from crm.models import AccountSnapshot, Influencer
from matching.columns import causes
from matching.models import MatchList
from matching.ranking.snapshot.store import CURRENT, ROLLING, Store
from matching.services import encoding, match_lists, ranking, snapshot
from tests.factories import NOW, AccountFactory, CauseFactory, InfluencerFactory
from tests.matching.encoders import Letters
from tests.matching.snapshots import part_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def letters(monkeypatch, settings):
    """An encoder of our own is installed; another name is another encoder."""
    monkeypatch.setitem(encoding.MAKERS, "letters", Letters)
    encoding._made.cache_clear()
    settings.ENCODER = "letters:one"
    yield encoding.installed
    encoding._made.cache_clear()


def vector(found, person):
    part = part_of(found, person.pk)
    [row] = np.flatnonzero(part.segment.ids == person.pk)
    return part.segment.vectors.values[row].tolist()


def told(found, *texts):
    return encoding.on(found.scale).encoding.vectors(texts).values.tolist()


def listed(cause):
    match_list = match_lists.request(cause=cause, at=NOW)
    ranking.build(match_list=match_list, at=NOW)
    match_list.refresh_from_db()
    return match_list


def fits(match_list):
    return {match.influencer_id: match.values["topic_fit"]["value"] for match in match_list.matches.all()}


def test_without_one_there_are_no_vectors_and_the_basis_is_what_it_was():
    InfluencerFactory(bio="I clear beaches.")
    found = snapshot.refresh(at=NOW)
    assert found.parts[0].segment.vectors is None
    assert (found.scale, found.contents.scale) == (None, "")
    assert "encoder" not in found.contents.basis
    assert encoding.vector(found, "beaches") is None


def test_the_text_of_everybody_has_a_vector(letters):
    people = [InfluencerFactory(bio=bio) for bio in ("I clear beaches.", "Chess.", "")]
    found = snapshot.refresh(at=NOW)
    assert [vector(found, person) for person in people] == told(found, "I clear beaches.", "Chess.", "")
    assert found.contents.basis["encoder"] == "1-one"


def test_a_list_takes_the_better_of_the_lexicon_and_the_encoder(letters, settings):
    cause = CauseFactory(name="Xylogrivo", description="We clear beaches.", languages=[], countries=[])
    alike, same, other = (InfluencerFactory(bio=bio) for bio in ("xylogrivards", "I clear beaches.", "chess"))
    with_one = listed(cause)
    found = snapshot.refresh(at=NOW)
    profile = causes.profile(cause)
    near = {
        person.pk: found.scale.read(encoding.on(found.scale).encoding.vectors([person.bio]).cosine(asked))[0]
        for person in (alike, same, other)
        if (asked := encoding.vector(found, profile.text))
    }
    settings.ENCODER = ""
    without = fits(listed(cause))
    assert fits(with_one) == {pk: max(without[pk], float(near[pk])) for pk in near}
    assert (without[alike.pk], fits(with_one)[alike.pk] > 0.05) == (0.0, True)
    assert with_one.state == MatchList.State.READY


def test_the_cause_is_encoded_once_a_list(letters):
    cause = CauseFactory(description="We clear beaches.")
    for n in range(5):
        InfluencerFactory(bio=f"Person {n}")
    listed(cause)
    asked = letters().asked
    del asked[:]
    listed(cause)
    assert " ".join(asked) == " ".join(causes.profile(cause).text.split())


@pytest.mark.django_db(transaction=True)
def test_a_figure_that_changed_is_no_reason_to_encode_a_text_again(letters):
    people = [InfluencerFactory(bio=f"Person {n} clears beaches.") for n in range(4)]
    first = snapshot.refresh(at=NOW)
    asked = letters().asked
    del asked[:]
    account = AccountFactory(influencer=people[0])
    AccountSnapshot.objects.create(account=account, observed_at=NOW - DAY, source="f.csv", followers=90_000)
    Influencer.objects.filter(pk=people[1].pk).update(bio="Chess.")
    again = snapshot.refresh(at=NOW)
    assert again.contents.base == first.contents.base
    assert asked == ["Chess."]
    assert [vector(again, person) for person in people[:2]] == told(again, people[0].bio, "Chess.")


def test_everybody_read_anew_keeps_the_vectors_and_their_scale(letters):
    people = [InfluencerFactory(bio=f"Person {n} clears beaches.") for n in range(3)]
    first = snapshot.refresh(at=NOW)
    asked = letters().asked
    del asked[:]
    again = snapshot.refresh(at=NOW + 2 * DAY)
    assert again.contents.as_of != first.contents.as_of
    assert asked == []
    assert again.contents.scale == first.contents.scale
    assert [vector(again, person) for person in people] == [vector(first, person) for person in people]


def test_another_encoder_makes_everything_anew_and_keeps_nothing_of_the_first(letters, settings):
    person = InfluencerFactory(bio="I clear beaches.")
    first = snapshot.refresh(at=NOW)
    settings.ENCODER = "letters:two"
    second = snapshot.refresh(at=NOW)
    assert second.contents.basis["encoder"] == "1-two"
    assert [vector(second, person)] == told(second, person.bio)
    assert vector(second, person) != vector(first, person)
    assert second.scale.axes.tolist() != first.scale.axes.tolist()
    settings.ENCODER = ""
    third = snapshot.refresh(at=NOW)
    assert (third.parts[0].segment.vectors, third.scale) == (None, None)
    named = {*third.contents.base, *third.contents.fresh, third.contents.rarity}
    assert {path.name for path in configured.SNAPSHOT_DIR.iterdir() if path.is_dir()} == named


def test_who_ranks_does_not_wait_until_everybody_is_encoded(letters, settings):
    person = InfluencerFactory(bio="I clear beaches.")
    settings.ENCODER = ""
    first = snapshot.refresh(at=NOW)
    settings.ENCODER = "letters:one"
    Influencer.objects.filter(pk=person.pk).update(bio="Chess.")
    again = snapshot.refresh(at=NOW)
    assert (again.contents.as_of, again.scale) == (first.contents.as_of, None)
    assert encoding.vector(again, "chess") is None
    assert listed(CauseFactory()).state == MatchList.State.READY
    snapshot.keep(at=NOW)
    found = snapshot.refresh(at=NOW)
    assert [vector(found, person)] == told(found, "Chess.")


def test_of_many_who_come_at_once_the_later_get_their_vectors_beside_other_work(letters, monkeypatch):
    monkeypatch.setattr(snapshot, "_ENCODED_AT_A_TIME", 3)
    InfluencerFactory(bio="I clear beaches.")
    snapshot.refresh(at=NOW)
    people = [InfluencerFactory(bio=f"Person {n}") for n in range(5)]
    found = snapshot.refresh(at=NOW)
    assert [any(vector(found, person)) for person in people] == [True] * 3 + [False] * 2
    assert found.contents.owed == 2
    snapshot.keep(at=NOW + timedelta(minutes=1))
    found = snapshot.refresh(at=NOW + timedelta(minutes=1))
    assert [vector(found, person) for person in people] == told(found, *(person.bio for person in people))
    assert found.contents.owed == 0
    position = found.contents.as_of
    snapshot.keep(at=NOW + timedelta(minutes=2))
    assert snapshot.refresh(at=NOW + timedelta(minutes=2)).contents.as_of == position


def test_what_was_begun_with_another_encoder_is_begun_again(letters, settings):
    for n in range(3):
        InfluencerFactory(bio=f"Person {n}")
    snapshot.roll(at=NOW, at_a_time=2)
    settings.ENCODER = "letters:two"
    snapshot.roll(at=NOW, at_a_time=2)
    store = Store(configured.SNAPSHOT_DIR)
    assert (store.contents(ROLLING).basis["encoder"], store.contents(CURRENT)) == ("1-two", None)


def test_a_scale_that_is_damaged_is_measured_anew(letters):
    person = InfluencerFactory(bio="I clear beaches.")
    first = snapshot.refresh(at=NOW)
    name = first.contents.scale
    for at in (NOW, NOW + 2 * DAY):  # what holds, and what is too old to
        (configured.SNAPSHOT_DIR / name / "table.json").write_bytes(b"")
        again = snapshot.refresh(at=at)
        assert again.scale.far == first.scale.far
        assert vector(again, person) == vector(first, person)
        name = again.contents.scale
    InfluencerFactory(bio="Chess.")
    snapshot.roll(at=NOW + 4 * DAY, at_a_time=1)  # and what is being made
    (configured.SNAPSHOT_DIR / Store(configured.SNAPSHOT_DIR).contents(ROLLING).scale / "table.json").unlink()
    assert len(snapshot.refresh(at=NOW + 4 * DAY)) == 2


def test_who_is_gone_has_no_vector_either(letters):
    people = [InfluencerFactory(bio=f"Person {n} clears beaches.") for n in range(3)]
    first = snapshot.refresh(at=NOW)
    gone = bytes(np.array(vector(first, people[1]), dtype=np.int8))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    people[1].delete()
    again = snapshot.refresh(at=NOW)
    assert len(again) == 2
    files = [path for path in configured.SNAPSHOT_DIR.rglob("*") if path.is_file()]
    assert [path.name for path in files if gone in path.read_bytes()] == []


def test_a_list_says_what_is_wrong_with_a_setting(settings):
    InfluencerFactory(bio="I clear beaches.")
    settings.ENCODER = "sentence-transformers:/nowhere"
    failed = listed(CauseFactory())
    assert (failed.state, failed.error["code"]) == (MatchList.State.FAILED, "encoder_folder_missing")
    with pytest.raises(DomainError, match="encoder_folder_missing"):
        snapshot.keep(at=NOW)
