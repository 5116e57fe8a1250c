"""Two profiles become one with everything known of both, and can be taken apart to exactly what they were."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from crm.errors import DomainError
from crm.models import (
    AccountHandle,
    Activity,
    DuplicateCandidate,
    Influencer,
    InfluencerAlias,
    Merge,
    Representation,
    SocialAccount,
    Topic,
    VettingCheck,
)
from crm.services import activity, addresses, duplicates, merging, persons, representations, undo
from matching.models import Match, MatchList
from outreach.models import Outreach
from tests.factories import (
    NOW,
    AccountFactory,
    AddressFactory,
    CauseFactory,
    InfluencerFactory,
    OutreachFactory,
    UserFactory,
    VettingFactory,
    imported,
)
from tests.rows import rows

pytestmark = pytest.mark.django_db
# What a merge and its undoing write of themselves.
_OF_ITSELF = {"crm.auditevent", "crm.merge", "crm.influenceralias", "crm.duplicatecandidate"}
_KINDS_OF_ITSELF = {"merged", "unmerged", "stage_moved"}


def everything() -> dict:
    """Every row of every table, but for the lines that merging itself writes."""
    told = rows(without=_OF_ITSELF).items()
    return {label: [row for row in found if row.get("kind") not in _KINDS_OF_ITSELF] for label, found in told}


@pytest.fixture
def officer():
    return UserFactory()


@pytest.fixture
def pair():
    winner = InfluencerFactory(name="Maïa Rivière", bio="", notes="Met in Brest.", languages=["fr"], external_id="w1")
    loser = InfluencerFactory(
        name="Maia Riviere", bio="I sail.", notes="Likes mail.", languages=["en", "fr"], country="FR", external_id="l1"
    )
    winner.topics.set(Topic.objects.filter(slug__in=["sdg-13"]))
    loser.topics.set(Topic.objects.filter(slug__in=["sdg-14", "sdg-13"]))
    for person in (winner, loser):
        account = AccountFactory(influencer=person)
        AccountHandle.objects.create(account=account, handle=f"old{person.pk}", until=NOW)
        AddressFactory(influencer=person)
        activity.record(influencer=person, kind="imported", at=NOW, source="a.csv")
    return winner, loser


def join(pair, officer, **more):
    return merging.merge(winner=pair[0], loser=pair[1], by=officer, at=NOW, **more)


def test_the_winner_has_what_was_known_of_both(pair, officer):
    join(pair, officer)
    person = Influencer.objects.get()
    assert person == pair[0]
    assert (person.accounts.count(), person.addresses.count()) == (2, 2)
    assert (person.name, person.bio, person.country) == ("Maïa Rivière", "I sail.", "GB")
    assert (person.notes, person.languages) == ("Met in Brest.\n\nLikes mail.", ["fr", "en"])
    assert sorted(person.topics.values_list("slug", flat=True)) == ["sdg-13", "sdg-14"]
    assert [line.kind for line in person.activities.order_by("pk")] == ["imported", "imported", "merged"]
    for account in person.accounts.all():
        assert list(Influencer.objects.matching(account.handle, with_addresses=False)) == [person]


def test_what_was_chosen_is_kept(pair, officer):
    join(
        pair,
        officer,
        keep={"name": "loser", "country": "loser", "notes": "winner", "topics": "loser", "external_id": "loser"},
    )
    person = Influencer.objects.get()
    assert (person.name, person.country, person.notes, person.external_id) == (
        "Maia Riviere",
        "FR",
        "Met in Brest.",
        "l1",
    )
    assert person.sort_name == "maia riviere"
    assert InfluencerAlias.objects.get().external_id == "w1"


@pytest.mark.parametrize("keep", [{"name": "both"}, {"notes": "mine"}, {"batch": "loser"}])
def test_nothing_else_can_be_chosen(pair, officer, keep):
    with pytest.raises(DomainError, match="keep_unknown"):
        join(pair, officer, keep=keep)
    assert Influencer.objects.count() == 2


def test_taken_apart_every_row_is_as_it_was(pair, officer):
    cause = CauseFactory()
    VettingFactory(influencer=pair[1], cause=cause)
    OutreachFactory(influencer=pair[1], campaign__cause=cause)
    before = everything()
    merged = join(pair, officer)
    assert everything() != before
    assert merging.unmerge(merge=merged, by=officer, at=NOW + timedelta(days=1)) == pair[1]
    assert everything() == before
    assert not InfluencerAlias.objects.exists()


def test_what_came_since_stays_with_the_winner(pair, officer):
    winner, _loser = pair
    merged = join(pair, officer)
    account = AccountFactory(influencer=winner)
    Influencer.objects.filter(pk=winner.pk).update(bio="Changed since.")
    merging.unmerge(merge=merged, by=officer, at=NOW)
    winner.refresh_from_db()
    account.refresh_from_db()
    assert (account.influencer, winner.bio, winner.notes) == (winner, "Changed since.", "Met in Brest.")


def test_whoever_was_written_to_since_is_not_asked_sooner_for_being_parted(pair, officer):
    winner, _loser = pair
    merged = join(pair, officer)
    Influencer.objects.filter(pk=winner.pk).update(last_contacted_at=NOW + timedelta(days=1))
    merging.unmerge(merge=merged, by=officer, at=NOW + timedelta(days=2))
    assert set(Influencer.objects.values_list("last_contacted_at", flat=True)) == {NOW + timedelta(days=1)}


def test_of_one_list_the_match_that_is_in_the_way_is_set_aside(pair, officer):
    winner, loser = pair
    match_list = MatchList.objects.create(cause=CauseFactory(), requested_at=NOW, as_of=NOW)
    some = {"match_list": match_list, "score": 0.1 + 0.2, "percentile": 1 / 3, "sides": {"a": 1e-7}, "values": {}}
    ours = Match.objects.create(influencer=winner, rank=1, **some)
    theirs = Match.objects.create(influencer=loser, rank=2, **some)
    outreach = OutreachFactory(influencer=loser, match=theirs)
    before = everything()
    merged = join(pair, officer)
    outreach.refresh_from_db()
    assert (list(Match.objects.all()), outreach.match) == ([ours], ours)
    merging.unmerge(merge=merged, by=officer, at=NOW)
    assert everything() == before


def test_one_after_the_other_the_last_first(pair, officer):
    winner, _loser = pair
    third = InfluencerFactory(external_id="t1")
    AccountFactory(influencer=third)
    start = everything()
    first = join(pair, officer)
    between = everything()
    second = merging.merge(winner=third, loser=winner, by=officer, at=NOW)
    assert sorted(InfluencerAlias.objects.values_list("external_id", "influencer")) == [
        ("l1", third.pk),
        ("w1", third.pk),
    ]
    with pytest.raises(DomainError, match="merge_not_last"):
        merging.unmerge(merge=first, by=officer, at=NOW)
    merging.unmerge(merge=second, by=officer, at=NOW)
    assert everything() == between
    merging.unmerge(merge=Merge.objects.get(pk=first.pk), by=officer, at=NOW)
    assert everything() == start
    with pytest.raises(DomainError, match="merge_undone"):
        merging.unmerge(merge=first, by=officer, at=NOW)


def test_a_profile_is_not_merged_with_itself_or_with_somebody_who_is_gone(pair, officer):
    winner, loser = pair
    with pytest.raises(DomainError, match="merge_with_itself"):
        join((winner, winner), officer)
    persons.erase(influencer=Influencer.objects.get(pk=loser.pk), at=NOW)
    with pytest.raises(DomainError, match="person_gone"):
        join(pair, officer)


def test_after_thirty_days_the_record_is_let_go_of(pair, officer):
    merged = join(pair, officer)
    assert merging.forget(at=NOW + timedelta(days=29, hours=23)) == 0
    assert merging.forget(at=NOW + timedelta(days=30)) == 1
    merged.refresh_from_db()
    assert merged.record is None
    with pytest.raises(DomainError, match="merge_too_old"):
        merging.unmerge(merge=merged, by=officer, at=NOW)
    assert InfluencerAlias.objects.count() == 1


def test_a_merge_that_was_undone_is_remembered_no_longer(pair, officer):
    merged = join(pair, officer)
    merging.unmerge(merge=merged, by=officer, at=NOW)
    assert merging.forget(at=NOW) == 1


def test_a_refusal_of_either_holds_though_the_other_was_cleared_later(pair, officer):
    winner, loser = pair
    cause = CauseFactory()
    VettingFactory(influencer=loser, cause=cause, verdict="refused", reason="Sells arms.", at=NOW - timedelta(days=9))
    VettingFactory(influencer=winner, cause=cause, verdict="cleared", at=NOW - timedelta(days=1))
    before = everything()
    merged = join(pair, officer)
    assert not Influencer.objects.with_clearance(cause=cause).exists()
    newest = VettingCheck.objects.order_by("-at", "-pk").first()
    assert (newest.verdict, newest.reason, newest.by) == ("refused", "Sells arms.", officer)
    merging.unmerge(merge=merged, by=officer, at=NOW)
    assert everything() == before


def test_a_no_of_either_holds(pair, officer):
    winner, loser = pair
    addresses.suppress_person(influencer=loser, reason="declined", at=NOW)
    assert not addresses.has_said_no(winner, at=NOW)
    merged = join(pair, officer)
    assert addresses.has_said_no(winner, at=NOW)
    merging.unmerge(merge=merged, by=officer, at=NOW)
    assert not addresses.has_said_no(winner, at=NOW)
    assert addresses.has_said_no(loser, at=NOW)


def test_the_later_contact_counts(pair, officer):
    winner, loser = pair
    Influencer.objects.filter(pk=loser.pk).update(last_contacted_at=NOW - timedelta(days=3))
    Influencer.objects.filter(pk=winner.pk).update(last_contacted_at=NOW - timedelta(days=9))
    join(pair, officer)
    assert Influencer.objects.get().last_contacted_at == NOW - timedelta(days=3)


def test_a_file_that_speaks_of_the_former_id_finds_the_person(pair, officer):
    join(pair, officer)
    batch = imported("external_id,name,country\nl1,Maïa R.,BE\nw1,Maïa Rivière,BE\nl1,Maïa R.,CH\n")
    person = Influencer.objects.get()
    assert (batch.created_count, batch.rejected_count) == (0, 0)
    assert (person.external_id, person.country, person.name) == ("w1", "CH", "Maïa R.")


def test_an_import_whose_people_were_merged_since_cannot_be_undone(officer):
    imported("external_id,name\na,Ada\n")
    batch = imported("external_id,name\nb,Ada\n")
    low, high = Influencer.objects.order_by("pk")
    merged = join((low, high), officer)
    with pytest.raises(DomainError) as refused:
        undo.undo(batch=batch, by=officer, at=NOW)
    assert refused.value.params == {"what": ["crm.merge"]}
    merging.unmerge(merge=merged, by=officer, at=NOW)
    undo.undo(batch=batch, by=officer, at=NOW)
    assert list(Influencer.objects.all()) == [low]


@pytest.mark.parametrize("agent", [0, 1])
def test_somebody_and_their_agent_are_one_and_two_again(pair, officer, agent):
    representations.begin(influencer=pair[1 - agent], agent=pair[agent], by=officer, at=NOW)
    other = InfluencerFactory()
    representations.begin(influencer=other, agent=pair[agent], by=officer, at=NOW)
    before = everything()
    merged = join(pair, officer)
    assert list(Representation.objects.values_list("influencer", "agent")) == [(other.pk, pair[0].pk)]
    merging.unmerge(merge=merged, by=officer, at=NOW)
    assert everything() == before


def test_a_row_that_nobody_moved_stops_the_merge(pair, officer, monkeypatch):
    """The database, not this module, is what keeps a fact from being lost."""
    from crm.models.base import AtMerge, PersonPlan

    monkeypatch.setattr(SocialAccount, "person_plan", PersonPlan(path="influencer", at_merge=AtMerge.STAY))
    with pytest.raises(IntegrityError, match="crm_socialaccount"):
        join(pair, officer)


def test_decided_pairs_follow_the_person(pair, officer):
    winner, loser = pair
    third = InfluencerFactory()
    low, high = sorted([loser, third], key=lambda person: person.pk)
    other = DuplicateCandidate.objects.create(
        low=low, high=high, reasons=[{"rule": "link", "value": "x.example"}], found_at=NOW
    )
    duplicates.dismiss(candidate=other, by=officer, at=NOW)
    low, high = sorted(pair, key=lambda person: person.pk)
    DuplicateCandidate.objects.create(
        low=low, high=high, reasons=[{"rule": "link", "value": "y.example"}], found_at=NOW
    )
    merged = join(pair, officer)
    [kept] = DuplicateCandidate.objects.all()
    assert ({kept.low, kept.high}, kept.state) == ({winner, third}, "dismissed")
    merging.unmerge(merge=merged, by=officer, at=NOW)
    assert sorted(DuplicateCandidate.objects.values_list("state", flat=True)) == ["dismissed", "dismissed"]
    assert {c.pk for c in DuplicateCandidate.objects.filter(low__in=[loser, third], high__in=[loser, third])} == {
        other.pk
    }


def test_the_timeline_says_it(pair, officer):
    merged = join(pair, officer)
    line = Activity.objects.get(kind="merged")
    assert (line.params, line.by) == ({"merge": str(merged.public_id)}, officer)
    assert Outreach.objects.count() == 0
