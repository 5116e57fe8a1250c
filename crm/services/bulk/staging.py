"""Canonical rows into the staging tables: streamed by COPY, a chunk at a time, in constant memory."""

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection

from crm import keyring
from crm.formats.rows import AccountReading, DayReading, FiguresReading, InfluencerRow, Parsed, PostReading, RowError
from crm.handles import canonical_email, handle_key, search_text, sort_key
from crm.models import StagedAccount, StagedRow, Topic
from crm.services import topics

CHUNK = 1_000  # rows: few enough that the collector of garbage has little to walk over
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
    "engagement_rate",
)
_ACCOUNT = (
    *("run", "line", "place", "platform", "handle", "handle_key", "platform_id", "url", *FIGURES, "observed_at"),
    *("audience", "past", "published", "days"),
)
_TOLD_OF_ACCOUNTS = ("handle", "platform_id", "url", *(name for name in FIGURES if name != "posts"))


def stage(*, run: UUID, rows: Iterable[Parsed]) -> Iterator[int]:
    """Write the rows, and say after every chunk how many they are by now. Walk it to the end."""
    known = topics.by_key()
    rows, count = iter(rows), 0
    while chunk := list(itertools.islice(rows, CHUNK)):
        _copy(StagedRow._meta.db_table, _ROW, (_row(run, parsed, known) for parsed in chunk))
        _copy(StagedAccount._meta.db_table, _ACCOUNT, _accounts(run, chunk))
        count += len(chunk)
        yield count


def forget(*, run: UUID) -> None:
    StagedRow.objects.filter(run=run).delete()
    StagedAccount.objects.filter(run=run).delete()


def said(error: RowError) -> dict[str, Any]:
    return {"column": error.column, "code": error.code, "params": dict(error.params)}


def _copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _row(run: UUID, parsed: Parsed, known: Mapping[str, Topic]) -> tuple[Any, ...]:
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
    return (
        *(run, parsed.line, _payload(row), _list(errors), _list(notes), parsed.title or _title(row), None),
        _json(_told(row, slugs, interests)),
        row.external_id or None,
        row.name or None,
        sort_key(_title(row))[:200],
        search_text([_title(row), *(account.handle for account in row.accounts)], row.bio),
        row.kind or None,
        row.email or None,
        email_key,
        keyring.digest("address", email_key) if email_key else None,
        row.email_kind or None,
        row.email_source or None,
        row.basis or None,
        list(row.languages) or None,
        row.country or None,
        row.city or None,
        row.timezone or None,
        row.bio or None,
        row.notes or None,
        list(row.hashtags) or None,
        sorted({topic.pk for topic in named.values()}) or None,
        interests or None,
    )


def _list(told: list[dict[str, Any]]) -> str:
    return _json(told) if told else "[]"


def _title(row: InfluencerRow) -> str:
    return row.name or next((account.handle for account in row.accounts), "") or row.external_id


def _payload(row: InfluencerRow) -> int:
    """Rows that differ in what they add to a list of posts or days only are one row to the person."""
    accounts = tuple(
        (a.platform, a.handle, a.platform_id, a.url, a.observed_at, a.audience, *_figures(a)) for a in row.accounts
    )
    return hash((row.external_id, row.name, row.kind, row.email, row.email_kind, row.email_source, row.basis,
                 row.languages, row.country, row.city, row.timezone, row.bio, row.topics, row.hashtags, row.notes,
                 accounts))  # fmt: skip


def _told(row: InfluencerRow, slugs: list[str], interests: list[str]) -> dict[str, Any]:
    """What somebody new is told with; not their address: an import is read by more people than may see one."""
    told: dict[str, Any] = {
        name: value
        for name in ("external_id", "name", "kind", "country", "city", "timezone", "bio", "notes")
        if (value := getattr(row, name))
    }
    told |= {name: list(value) for name in ("languages", "hashtags") if (value := getattr(row, name))}
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


def _accounts(run: UUID, chunk: Sequence[Parsed]) -> Iterator[tuple[Any, ...]]:
    for parsed in chunk:
        if isinstance(parsed.row, InfluencerRow):
            for place, account in enumerate(_each_once(parsed.row.accounts)):
                yield _account(run, parsed.line, place, account)


def _each_once(accounts: Iterable[AccountReading]) -> list[AccountReading]:
    """One row may not say two things of one account: the first counts."""
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


_json = json.JSONEncoder(ensure_ascii=False, default=str).encode
