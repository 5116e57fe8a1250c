"""Canonical rows into the staging tables: streamed by COPY, a chunk at a time, in constant memory."""

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from crm import keyring
from crm.formats.rows import AccountReading, DayReading, FiguresReading, InfluencerRow, Parsed, PostReading, RowError
from crm.handles import canonical_email, handle_key, search_text, sort_key
from crm.models import StagedAccount, StagedRow, Topic
from crm.services import topics

CHUNK = 1_000  # rows
_ROW = (
    *(
        "run",
        "line",
        "payload",
        "errors",
        "notes",
        "title",
        "raw",
        "told",
        "external_id",
        "name",
        "sort_name",
        "search_text",
        "kind",
    ),
    *("email", "email_key", "digest", "email_kind", "email_source", "basis", "languages", "country", "city"),
    *("timezone", "bio", "remarks", "hashtags", "topics", "interests"),
)
FIGURES = (
    *("followers", "following", "posts", "avg_engagements", "avg_likes", "avg_comments", "avg_shares", "avg_views"),
    *("engagement_rate", "credible_share"),
)
_ACCOUNT = (
    *("run", "line", "place", "platform", "handle", "handle_key", "platform_id", "url", *FIGURES, "observed_at"),
    *("audience", "past", "published", "days"),
)
_TOLD = (
    *("external_id", "name", "kind", "country", "city", "timezone", "bio", "notes"),
    *("languages", "hashtags"),
)
_TOLD_OF_ACCOUNTS = ("handle", "platform_id", "url", *(name for name in FIGURES if name != "posts"))


def stage(*, run: UUID, rows: Iterable[Parsed]) -> Iterator[int]:
    """Write the rows, and say after every chunk how many they are by now. Walk it to the end.

    A row is written as soon as it is read, so that Postgres works while the next one is parsed and nothing piles up for
    the collector of garbage. Reading them must not ask the database anything: the connection is taken.
    """
    known, rows, count, is_over = topics.by_key(), iter(rows), 0, False
    while not is_over:
        accounts: list[tuple[Any, ...]] = []
        digest, before = keyring.digester("address"), count
        with transaction.atomic():
            with _copying(StagedRow._meta.db_table, _ROW) as copy:
                for parsed in itertools.islice(rows, CHUNK):
                    copy.write_row(_row(run, parsed, known, digest))
                    accounts += _accounts(run, parsed)
                    count += 1
            with _copying(StagedAccount._meta.db_table, _ACCOUNT) as copy:
                for account in accounts:
                    copy.write_row(account)
        is_over = count < before + CHUNK
        if count > before:
            yield count


def forget(*, run: UUID) -> None:
    StagedRow.objects.filter(run=run).delete()
    StagedAccount.objects.filter(run=run).delete()


def said(error: RowError) -> dict[str, Any]:
    return {"column": error.column, "code": error.code, "params": dict(error.params)}


@contextmanager
def _copying(table: str, columns: Sequence[str]) -> Iterator[Any]:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        yield copy


def _row(run: UUID, parsed: Parsed, known: Mapping[str, Topic], digest: Callable[[str], str]) -> tuple[Any, ...]:
    row = parsed.row
    errors, notes = list(map(said, parsed.errors)), list(map(said, parsed.notes))
    if not isinstance(row, InfluencerRow):
        told = (_list(errors), _list(notes), parsed.title, _json(dict(parsed.raw)), "{}")
        return (run, parsed.line, None, *told, *[None] * (len(_ROW) - 3 - len(told)))
    named = {word: known[key] for word in row.topics if (key := topics.key(word)) in known}
    interests = [word for word in row.topics if word not in named]
    if interests:
        column = parsed.names.get("topics", "topics")
        notes.append({"column": column, "code": "topics_as_interests", "params": {"words": interests}})
    slugs = sorted({topic.slug for topic in named.values()})
    email_key = canonical_email(row.email) if row.email else None
    title = _title(row)
    return (
        *(run, parsed.line, _payload(row), _list(errors), _list(notes), parsed.title or title, None),
        _json(_told(row, slugs, interests)),
        row.external_id or None,
        row.name or None,
        sort_key(title)[:200],
        search_text([title, *(account.handle for account in row.accounts)], row.bio),
        row.kind or None,
        row.email or None,
        email_key,
        digest(email_key) if email_key else None,
        row.email_kind or None,
        row.email_source or None,
        row.basis or None,
        _array(row.languages),
        row.country or None,
        row.city or None,
        row.timezone or None,
        row.bio or None,
        row.notes or None,
        _array(row.hashtags),
        _array([str(pk) for pk in sorted({topic.pk for topic in named.values()})]),
        _array(interests),
    )


def _array(texts: Sequence[str]) -> str | None:
    """As Postgres writes an array: made here in a tenth of the time that the driver takes for a list."""
    if not texts:
        return None
    escaped = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return '{"' + '","'.join(escaped) + '"}'


def _list(told: list[dict[str, Any]]) -> str:
    return _json(told) if told else "[]"


def _title(row: InfluencerRow) -> str:
    return row.name or next((account.handle for account in row.accounts), "") or row.external_id


def _payload(row: InfluencerRow) -> int:
    """Rows that differ in what they add to a list of posts or days only are one row to the person."""
    return hash((_of_person(row), *map(_of_account, row.accounts)))


def _told(row: InfluencerRow, slugs: list[str], interests: list[str]) -> dict[str, Any]:
    """What somebody new is told with; not their address: an import is read by more people than may see one."""
    told: dict[str, Any] = {name: value for name, value in zip(_TOLD, _told_plainly(row), strict=True) if value}
    if row.email:
        basis = "" if row.basis == "consent" else row.basis
        address = {"addresses": row.email_kind or "personal", "email_source": row.email_source, "basis": basis}
        told |= {name: value for name, value in address.items() if value}
    if slugs:
        told["topics"] = slugs
    if interests:
        told["interests"] = interests
    for account in row.accounts:
        told |= {f"{account.platform}.{name}": value for name in _TOLD_OF_ACCOUNTS if (value := getattr(account, name))}
        if account.observed_at and (day := instant(account.observed_at)):
            told[f"{account.platform}.snapshot"] = day.date().isoformat()
        for dimension, shares in _audience(account).items():
            told[f"{account.platform}.audience.{dimension}"] = shares
    return {name: [None, value] for name, value in told.items()}


def _accounts(run: UUID, parsed: Parsed) -> list[tuple[Any, ...]]:
    accounts = _each_once(parsed.row.accounts) if isinstance(parsed.row, InfluencerRow) else ()
    return [_account(run, parsed.line, place, account) for place, account in enumerate(accounts)]


def _each_once(accounts: Sequence[AccountReading]) -> Sequence[AccountReading]:
    """One row may not say two things of one account: the first counts."""
    if len(accounts) <= 1:
        return accounts
    taken: set[tuple[str, str, str]] = set()
    kept = []
    for account in accounts:
        keys = {(account.platform, "handle", handle_key(account.platform, account.handle))}
        keys |= {(account.platform, "id", account.platform_id)} if account.platform_id else set()
        if not keys & taken:
            kept.append(account)
        taken |= keys
    return kept


def _account(run: UUID, line: int, place: int, account: AccountReading) -> tuple[Any, ...]:
    return (
        *(run, line, place, account.platform, account.handle, handle_key(account.platform, account.handle)),
        account.platform_id or None,
        account.url or None,
        *_figures(account),
        instant(account.observed_at),
        _json(_audience(account)) if account.audience else None,
        _json([_plain(figures) for figures in account.past]) if account.past else None,
        _json([_plain(post) for post in account.published]) if account.published else None,
        _json([_plain(day) for day in account.days]) if account.days else None,
    )


_figures = attrgetter(*FIGURES)
_told_plainly = attrgetter(*_TOLD)
_of_account = attrgetter("platform", "handle", "platform_id", "url", "observed_at", "audience", *FIGURES)
_of_person = attrgetter(*_TOLD, "email", "email_kind", "email_source", "basis", "topics")


def _audience(account: AccountReading) -> dict[str, dict[str, float | None]]:
    said: dict[str, dict[str, float | None]] = {}
    for share in account.audience:
        said.setdefault(share.dimension, {})[share.key] = share.share
    return said


def _plain(reading: FiguresReading | PostReading | DayReading) -> dict[str, Any]:
    """What a reading says, for JSON; what it leaves blank is left out."""
    return {name: _value(value) for name, value in vars(reading).items() if value not in (None, "", ())}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return instant(value).isoformat() if isinstance(value, date) else value  # type: ignore[union-attr]


def instant(said: datetime | date | None) -> datetime | None:
    """When a reading was true: the instant it names, or the beginning of its day."""
    if said is None or isinstance(said, datetime):
        return said
    return datetime.combine(said, time.min, tzinfo=UTC)


_json = json.JSONEncoder(ensure_ascii=False, check_circular=False, default=str).encode
