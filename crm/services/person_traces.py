"""What speaks of somebody without a key that leads to them: cells of files, kept answers, logs of the interface.

`sure` names say who it is wherever they stand: addresses, profile links, our own ids. `whole` ones are the name of
somebody only where they fill a cell: a handle such as "anna" stands in many texts. A row that is keyed to somebody else
is theirs, whatever handle it holds: there only sure names count.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize
from urllib.parse import parse_qsl, quote_plus

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Model

from crm import selectors
from crm.models import ImportBatch, ImportPiece, Influencer, StagedAccount, StagedRow
from crm.services import import_files, person_plans

_CHUNK = 500
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1252")
_LIKE, _ESCAPED = re.compile(r"([\\%_])"), r"\\\1"  # what LIKE takes for something else than itself
_LONG = 5  # letters: from here on a name counts in a file name, and as a part of a message of the interface


@dataclass(frozen=True)
class Traces:
    """How somebody is named, in small letters."""

    sure: frozenset[str]
    whole: frozenset[str]

    def are_in(self, value: object, *, is_somebody_else_s: bool = False) -> bool:
        return any(
            self._is_sure(leaf) or (not is_somebody_else_s and _plain(leaf) in self.whole) for leaf in _leaves(value)
        )

    def are_named_in(self, text: str) -> bool:
        """Also in the middle of a sentence or of a file name."""
        long = {name for name in self.whole if len(name) >= _LONG}
        return self._is_sure(text) or _stands_in(long, _plain(text))

    def _is_sure(self, text: str) -> bool:
        return _stands_in(self.sure, _plain(text))


def of(influencer: Influencer) -> Traces:
    addresses, accounts = list(influencer.addresses.all()), list(influencer.accounts.all())
    sure = {influencer.public_id, *(name for each in addresses for name in (each.email, each.email_key))}
    sure |= {account.url for account in accounts}
    for model, _plan, rows in person_plans.about(influencer):
        if any(field.name == "public_id" for field in model._meta.fields):
            sure |= set(rows.values_list("public_id", flat=True))
    whole: set[str | None] = {influencer.name, *selectors.ids_elsewhere(influencer)}
    for account in accounts:
        former = account.former_handles.values_list("handle", flat=True)
        whole |= {account.handle, account.handle_key, account.platform_id, *former}
    return Traces(frozenset(_plain(name) for name in sure if name), frozenset(_plain(name) for name in whole if name))


def sweep(traces: Traces, *, runs: Iterable[Any]) -> dict[str, int]:
    """Search every column that a plan says may speak of anybody; how many rows were cleared or removed, by model.

    `runs` are the imports known to have brought the person: their waiting files and staged rows go in any case.
    """
    found: dict[str, int] = {}
    touched = {str(run) for run in runs}
    for model in person_plans.planned():
        if person_plans.plan_of(model).swept and model is not ImportBatch:
            pks = list(_holding(model, traces))
            touched |= _runs_of(model, pks)
            found[model._meta.label_lower] = _let_go(model, pks)
    files = ImportBatch.objects.filter(public_id__in=touched, pieces__number=0)
    pks = [*files.values_list("pk", flat=True), *_files(traces)]
    for batch in ImportBatch.objects.filter(pk__in=pks):
        found["crm.stagedrow"] += StagedRow.objects.filter(run=batch.public_id).delete()[0]
        found["crm.stagedaccount"] += StagedAccount.objects.filter(run=batch.public_id).delete()[0]
    found["crm.importbatch"] = _let_go(ImportBatch, pks)
    import_files.let_go(pks)
    return found


def forget_interface(traces: Traces, *, rows: Mapping[type[Model], list[int]]) -> int:
    """What Django's own tables keep: lines of the admin's log on these rows or naming the person, waiting messages."""
    removed = 0
    for model, pks in rows.items():
        of_model = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model))
        removed += of_model.filter(object_id__in=[str(pk) for pk in pks]).delete()[0]
    entries = LogEntry.objects.values_list("pk", "object_repr", "change_message").iterator(chunk_size=_CHUNK)
    naming = [pk for pk, *texts in entries if traces.are_named_in(" ".join(texts))]
    removed += LogEntry.objects.filter(pk__in=naming).delete()[0]
    for session in Session.objects.iterator(chunk_size=_CHUNK):
        kept = session.get_decoded()
        if traces.are_named_in(json.dumps(kept, ensure_ascii=False)):
            kept.pop("_messages", None)
            session.session_data = type(session).objects.encode(kept)
            session.save(update_fields=["session_data"])
            removed += 1
    return removed


def _holding(model: type[Model], traces: Traces) -> Iterator[int]:
    """Rows in whose swept columns they are named. The database looks for the letters, and we at where they stand."""
    plan = person_plans.plan_of(model)
    columns: list[Any] = [model._meta.get_field(name) for name in plan.swept.split()]
    text = " || '\"' || ".join(f"coalesce(\"{field.column}\"::text, '')" for field in columns)
    query = f"SELECT id FROM \"{model._meta.db_table}\" WHERE lower('\"' || {text} || '\"') LIKE ANY(%s)"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, [_patterns(traces)])
        pks = [row[0] for row in cursor.fetchall()]
    key = plan.path.partition("__")[0] + "_id" if plan.path else None
    for start in range(0, len(pks), _CHUNK):
        for row in model._base_manager.filter(pk__in=pks[start : start + _CHUNK]):
            values = [field.value_from_object(row) for field in columns]
            if traces.are_in(values, is_somebody_else_s=bool(key and getattr(row, key))):
                yield row.pk


def _patterns(traces: Traces) -> list[str]:
    """For LIKE. A short name must fill a cell, between quotes: else "1" would fetch every row there is."""
    short = {name for name in traces.whole if len(name) < _LONG}
    long = traces.sure | traces.whole - short
    cells = {f'"{at}{name}"' for name in _spellings(short) for at in ("", "@")}
    asked = {f"={at}{name}{end}" for name in _asked(short) for at in ("", "%40") for end in ('"', "&")}
    return [f"%{_LIKE.sub(_ESCAPED, each)}%" for each in sorted(_spellings(long) | _asked(long) | cells | asked)]


def _let_go(model: type[Model], pks: list[int]) -> int:
    rows, plan = model._base_manager.filter(pk__in=pks), person_plans.plan_of(model)
    return rows.update(**plan.cleared) if plan.cleared else rows.delete()[0]


def _runs_of(model: type[Model], pks: list[int]) -> set[str]:
    """Of which imports these rows are, where they are of any."""
    names = {field.name for field in model._meta.fields}
    path = "batch__public_id" if "batch" in names else "run" if "run" in names else None
    return set(map(str, model._base_manager.filter(pk__in=pks).values_list(path, flat=True))) if path else set()


def _files(traces: Traces) -> Iterator[int]:
    """Imports whose file, waiting for a decision, or whose file name names the person."""
    for pk, filename in ImportBatch.objects.values_list("pk", "filename"):
        if traces.are_named_in(filename):
            yield pk
    sought = [name.encode(code, "ignore") for name in _spellings(traces.sure | traces.whole) for code in _ENCODINGS]
    sought = [name for name in sought if len(name) >= _LONG]
    for pk in ImportPiece.objects.filter(number=0).values_list("batch", flat=True):
        if _is_in_file(pk, sought):
            yield pk


def _is_in_file(batch: int, sought: Collection[bytes]) -> bool:
    """Whether one of these stands in the file, also where it stands across two of its pieces."""
    longest, before = max(map(len, sought), default=0), b""
    for piece in import_files.pieces(batch):
        content = before + piece.lower()
        if any(name in content for name in sought):
            return True
        before = content[-longest:]
    return False


def _spellings(names: Iterable[str]) -> set[str]:
    """As they may stand in a column: composed and decomposed, plain and as JSON escapes them."""
    forms = {normalize(form, name) for name in names for form in ("NFC", "NFD")}
    return forms | {json.dumps(name, ensure_ascii=False)[1:-1] for name in forms}


def _asked(names: Iterable[str]) -> set[str]:
    """As they stand in the address of a list, in small letters: a capital has another code there."""
    forms = {normalize(form, name) for name in names for form in ("NFC", "NFD")}
    return {quote_plus(said).lower() for name in forms for said in (name, name.upper(), name.title())}


def _leaves(value: object) -> Iterator[str]:
    """Every text in a value, and in the JSON or query that a text may be; names of columns and their cells alike."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield str(name)
            yield from _leaves(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _leaves(each)
    elif isinstance(value, str) and value[:1] in "{[" and value:
        yield value
        try:
            yield from _leaves(json.loads(value))
        except ValueError:
            return
    elif value is not None:
        yield str(value)
        yield from (said for _name, said in parse_qsl(str(value)))


def _plain(text: object) -> str:
    return normalize("NFC", str(text)).strip().casefold().removeprefix("@")


def _stands_in(names: Iterable[str], text: str) -> bool:
    """Whether one of the names stands in the text, and not as a part of a longer word."""
    for name in names:
        start = text.find(name)
        while start >= 0:
            end = start + len(name)
            is_word = not (text[start - 1 : start].isalnum() and start) and not text[end : end + 1].isalnum()
            if is_word:
                return True
            start = text.find(name, start + 1)
    return False
