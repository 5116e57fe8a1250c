"""All rows at once come to the same as the rows one after another."""

import json
from datetime import date
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.errors import DomainError
from crm.formats.rows import AccountReading, AudienceShare, InfluencerRow, Parsed
from crm.models import AccountHandle, Activity, Address, Influencer, SocialAccount
from crm.models import AudienceShare as StoredShare
from crm.services import influencers
from crm.services.bulk import staging, workspace
from crm.services.bulk.run import applied
from tests.factories import NOW

pytestmark = pytest.mark.django_db

# Few of each, so that rows meet.
accounts = st.builds(
    AccountReading,
    platform=st.sampled_from(["instagram", "youtube"]),
    handle=st.sampled_from(["ann", "bob", "cat"]),
    platform_id=st.sampled_from(["", "", "1", "2"]),
    followers=st.sampled_from([None, 10, 20]),
    credible_share=st.sampled_from([None, None, 0.83]),
    observed_at=st.sampled_from([None, date(2026, 1, 1), date(2026, 2, 1)]),
    audience=st.sampled_from([(), (AudienceShare("country", "FR", 0.5),), (AudienceShare("country", "FR"),)]),
)
people = st.builds(
    InfluencerRow,
    line=st.just(0),
    external_id=st.sampled_from(["", "", "e1", "e2"]),
    name=st.sampled_from(["", "Ann", "Bob"]),
    email=st.sampled_from(["", "", "ann@x.example", "bob@x.example"]),
    email_kind=st.sampled_from(["", "professional"]),
    country=st.sampled_from(["", "FR", "BE"]),
    topics=st.sampled_from([(), ("surf",), ("surf", "sea")]),
    accounts=st.lists(accounts, max_size=2, unique_by=lambda a: (a.platform, a.handle)).map(tuple),
)
files = st.lists(people, min_size=1, max_size=8)


def stored() -> list[object]:
    """Everything that came of it, person by person, without numbers and in no order of theirs."""
    return sorted(repr(_told(person)) for person in Influencer.objects.all())


def _told(person: Influencer) -> list[object]:
    names = ("external_id", "name", "kind", "country", "interests", "search_text", "sort_name")
    addresses = Address.objects.filter(influencer=person)
    accounts = SocialAccount.objects.filter(influencer=person)
    return [
        [getattr(person, name) for name in names],
        sorted((address.email_key, address.kind) for address in addresses),
        sorted(_told_of(account) for account in accounts),
        sorted((a.kind, str(a.params)) for a in Activity.objects.filter(influencer=person)),
    ]


def _told_of(account: SocialAccount) -> str:
    key = "passed on" if account.handle_key.startswith("#") else account.handle_key
    return repr([
        (account.platform, key, account.handle, account.platform_id, account.followers, str(account.observed_at)),
        sorted(AccountHandle.objects.filter(account=account).values_list("handle", flat=True)),
        sorted(map(str, account.snapshots.values_list("observed_at", "followers", "credible_share"))),
        sorted((s.key, str(s.share), str(s.observed_at)) for s in StoredShare.objects.filter(account=account)),
    ])  # fmt: skip


def one_by_one(rows: list[InfluencerRow]) -> tuple[list[object], list[str]]:
    with transaction.atomic():
        verdicts = []
        for row in rows:
            try:
                verdicts.append(influencers.store(row=row, source="p.csv", at=NOW).verdict)
            except DomainError as error:
                verdicts.append(error.code)
        came = stored()
        transaction.set_rollback(True)
    return came, verdicts


# However the planner joins: what it thinks of a table changes under one's hands.
_NO_INDEX = "SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off"
_PLANS = (
    *("", "SET LOCAL enable_nestloop = off", "SET LOCAL enable_hashjoin = off", _NO_INDEX),
    "SET LOCAL enable_nestloop = off; SET LOCAL enable_hashjoin = off",
)


def at_once(rows: list[InfluencerRow], plan: str = "") -> tuple[list[object], list[str]]:
    run = uuid4()
    with transaction.atomic():
        workspace.run(*filter(None, [plan]))
        parsed = [Parsed(line, row) for line, row in enumerate(rows, start=2)]
        assert list(staging.stage(run=run, rows=parsed)) == [len(rows)]
        with applied(run=run, source="p.csv", at=NOW):
            told = workspace.rows("SELECT verdict, remarks FROM work ORDER BY line")
            verdicts = [
                json.loads(remarks)[0]["code"] if verdict == "rejected" else verdict for verdict, remarks in told
            ]
            came = stored()
        transaction.set_rollback(True)
    return came, verdicts


@pytest.mark.parametrize("handles", [("ann", "bob"), ("bob", "ann")])
@pytest.mark.parametrize("plan", ["", "SET LOCAL enable_nestloop = off", _NO_INDEX])
def test_handles_are_listed_as_the_file_names_them_however_its_rows_are_joined(handles, plan):
    audience = (AudienceShare("country", "FR", 0.5),)
    rows = [
        InfluencerRow(line=0, accounts=tuple(AccountReading("instagram", handle, audience=heard) for handle in handles))
        for heard in ((), audience)
    ]
    assert at_once(rows, plan) == one_by_one(rows)


_LIMITS = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


@given(files, st.sampled_from(_PLANS))
@settings(max_examples=15, derandomize=True, **_LIMITS)
def test_a_file_at_once_comes_to_the_same_as_its_rows_in_turn(rows, plan):
    assert at_once(rows, plan) == one_by_one(rows)


@pytest.mark.slow
@given(st.lists(people, min_size=1, max_size=14), st.sampled_from(_PLANS))
@settings(max_examples=500, **_LIMITS)
def test_any_file_at_once_comes_to_the_same_as_its_rows_in_turn(rows, plan):
    assert at_once(rows, plan) == one_by_one(rows)
