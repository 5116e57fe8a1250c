"""Profiles that may be one person's: found by what they share, and decided about by a person.

Set-wise: only whoever changed since the last search is compared, and only with those who share a key with them; a key
that many share is no evidence.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from crm.errors import DomainError
from crm.handles import emails_in, link_marks, links_in
from crm.models import DuplicateCandidate, DuplicateSearch, IdentityMark, Influencer, SocialAccount, User
from crm.services import identity, shelf
from crm.services.bulk import workspace
from crm.services.bulk.pairs import KEEP

_MANY = 20  # people: what more of them share says nothing about any two
_CHUNK = 2_000
_LOCK = 0x1DE7718

# Whose rows were written by a transaction that the last search did not see the end of. Clocks would not do: a file is
# stored under the instant at which its transaction began, and is seen when it ends.
_TOUCHED = """
SELECT id FROM crm_influencer WHERE age(xmin) <= %(reach)s AND erased_at IS NULL
UNION SELECT influencer_id FROM crm_socialaccount WHERE age(xmin) <= %(reach)s
UNION SELECT influencer_id FROM crm_address WHERE age(xmin) <= %(reach)s
"""
_BY_MARK = """
WITH keys AS (
  SELECT rule, value FROM crm_identitymark JOIN touched ON touched.id = influencer_id
  UNION SELECT 'email', mark.value FROM crm_address AS address JOIN touched ON touched.id = address.influencer_id
    JOIN crm_identitymark AS mark ON mark.rule = 'email' AND mark.value = address.email_key
), holders AS (
  SELECT rule, value, influencer_id FROM keys JOIN crm_identitymark USING (rule, value)
  UNION SELECT rule, value, influencer_id FROM keys JOIN crm_address ON rule = 'email' AND email_key = value
), telling AS (
  SELECT rule, value, influencer_id FROM (
    SELECT *, count(*) OVER (PARTITION BY rule, value) AS people FROM holders
  ) AS counted WHERE people BETWEEN 2 AND %(many)s
)
SELECT one.influencer_id AS low, other.influencer_id AS high, rule, value
  FROM telling AS one JOIN telling AS other USING (rule, value) WHERE one.influencer_id < other.influencer_id
"""
_NAMESAKES = """
WITH names AS (
  SELECT DISTINCT sort_name FROM crm_influencer JOIN touched USING (id) WHERE sort_name <> ''
), people AS (
  SELECT known.id, sort_name, count(*) OVER (PARTITION BY sort_name) AS people
    FROM crm_influencer AS known JOIN names USING (sort_name) WHERE known.erased_at IS NULL
)
SELECT id, sort_name FROM people WHERE people BETWEEN 2 AND %(many)s
"""
# Letters and digits alone: maia.riviere, maia_riviere and MaiaRiviere are one; maiariviereoff begins with it.
_HANDLES = """
SELECT DISTINCT namesake.id, namesake.sort_name, said.handle,
       regexp_replace(lower(said.handle), '[^[:alnum:]]', '', 'g') AS bare
  FROM namesake JOIN crm_socialaccount AS account ON account.influencer_id = namesake.id
  CROSS JOIN LATERAL (
    SELECT account.handle UNION SELECT handle FROM crm_accounthandle WHERE account_id = account.id) AS said
"""
_BY_NAME = """
SELECT one.id AS low, other.id AS high, 'handle' AS rule, unnest(ARRAY[one.handle, other.handle]) AS value
  FROM spoken AS one JOIN spoken AS other USING (sort_name)
 WHERE one.id < other.id AND (one.id IN (SELECT id FROM touched) OR other.id IN (SELECT id FROM touched))
   AND (one.bare = other.bare AND one.bare <> '' OR
        least(length(one.bare), length(other.bare)) >= 5 AND
        (starts_with(one.bare, other.bare) OR starts_with(other.bare, one.bare)))
"""


def find(*, at: datetime) -> int:
    """Look at everybody who changed since the last time; how many they were. Of two searches at once one does it."""
    with transaction.atomic():
        identity.keep()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            if not cursor.fetchone()[0]:
                return 0
        search, _is_new = DuplicateSearch.objects.get_or_create(pk=1)
        reach, horizon = _reach(search.horizon)
        touched = workspace.fill("touched", _TOUCHED, {"reach": reach})
        if touched:
            _mark()
            workspace.fill("namesake", _NAMESAKES, {"many": _MANY})
            workspace.fill("spoken", _HANDLES, {})
            workspace.fill("evidence", f"{_BY_MARK} UNION ALL {_BY_NAME}", {"many": _MANY})
            workspace.run(KEEP.format(evidence="SELECT * FROM evidence"), params={"at": at})
        DuplicateSearch.objects.filter(pk=1).update(horizon=horizon)
    return touched


def dismiss(*, candidate: DuplicateCandidate, by: User, at: datetime) -> None:
    """They are different people. Raises DomainError: duplicate_decided."""
    moved = DuplicateCandidate.objects.filter(pk=candidate.pk, state=DuplicateCandidate.State.OPEN).update(
        state=DuplicateCandidate.State.DISMISSED, decided_by=by, decided_at=at
    )
    if not moved:
        raise DomainError("duplicate_decided")


# When profiles are merged (crm.services.merging.Own) ------------------------------------------------------------------


def join(*, winner: Influencer, loser: Influencer, by: User, at: datetime) -> dict[str, Any]:
    """The pair is settled. What was decided about the loser and others is decided about the winner and them."""
    rows = DuplicateCandidate.objects.filter(Q(low=loser) | Q(high=loser)).order_by("pk")
    record: dict[str, Any] = {"taken": shelf.take(DuplicateCandidate, rows.values_list("pk", flat=True)), "made": []}
    for candidate in list(rows):
        other = candidate.high_id if candidate.low_id == loser.pk else candidate.low_id
        candidate.delete()
        if other == winner.pk:
            continue
        low, high = sorted([winner.pk, other])
        made, is_new = DuplicateCandidate.objects.get_or_create(
            low_id=low,
            high_id=high,
            defaults={
                name: getattr(candidate, name) for name in ("reasons", "found_at", "state", "decided_by", "decided_at")
            },
        )
        record["made"] += [made.pk] if is_new else []
    return record


def part(*, record: dict[str, Any], winner: Influencer, loser: Influencer, by: User, at: datetime) -> None:
    """Two people after all, as somebody has decided now."""
    DuplicateCandidate.objects.filter(pk__in=record["made"]).delete()
    shelf.put_back(DuplicateCandidate, record["taken"])
    low, high = sorted([winner.pk, loser.pk])
    DuplicateCandidate.objects.filter(low=low, high=high).update(
        state=DuplicateCandidate.State.DISMISSED, decided_by=by, decided_at=at
    )


def foretell(*, winner: Influencer, loser: Influencer) -> list[str]:
    return []


def describe(*, person: Influencer) -> list[str]:
    return []


# Marks ----------------------------------------------------------------------------------------------------------------


def _reach(horizon: int) -> tuple[int, int]:
    """How many transactions back to look, and where the next search begins. A restored database counts anew: all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_current_xact_id()::text::bigint, pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        )
        now, oldest = cursor.fetchone()
    whole = 2**31 - 1
    return (min(now - horizon, whole) if 0 < horizon <= now else whole), oldest


def _mark() -> None:
    """What the texts of those who changed give away, anew."""
    workspace.run("DELETE FROM crm_identitymark USING touched WHERE touched.id = influencer_id")
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM touched")
        ids = [row[0] for row in cursor.fetchall()]
    for start in range(0, len(ids), _CHUNK):
        IdentityMark.objects.bulk_create(_marks(ids[start : start + _CHUNK]), batch_size=_CHUNK)


def _marks(ids: list[int]) -> Iterator[IdentityMark]:
    found: set[tuple[int, str, str]] = set()
    texts = Influencer.objects.filter(Q(bio__regex=r"[@.]\w") | Q(notes__regex=r"[@.]\w"), pk__in=ids)
    for pk, bio, notes in texts.values_list("pk", "bio", "notes"):
        text = f"{bio}\n{notes}"
        found |= {(pk, "email", key) for key in emails_in(text)} | {(pk, "link", link) for link in links_in(text)}
    for pk, url in SocialAccount.objects.filter(influencer__in=ids).exclude(url="").values_list("influencer", "url"):
        found |= {(pk, "link", link) for link in link_marks(url, is_page=True)}
    for pk, rule, value in sorted(found):
        yield IdentityMark(influencer_id=pk, rule=rule, value=value)
