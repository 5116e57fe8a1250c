"""How well replies are read, for a terminal. Classes stand there by their codes, as in files and the API."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from crm.words import percent
from outreach.replies.scoring import UNSURE


def evaluation(report: Mapping[str, Any]) -> Iterator[str]:
    """The lines: what it is, then of each language its figures, its matrix and its classes."""
    told = {"replies": report["replies"], "version": report["version"]}
    yield (
        _("Synthetic: %(replies)s replies written for this test, none of them a real letter. Version %(version)s.")
        % told
        if report["synthetic"]
        else _("%(replies)s replies of your own. Version %(version)s.") % told
    )
    for language, found in report["languages"].items():
        yield ""
        yield _("%(language)s: %(replies)s replies, %(coverage)s decided, %(accuracy)s of these right.") % {
            "language": language,
            "replies": found["replies"],
            "coverage": _share(found["coverage"]),
            "accuracy": _share(found["accuracy"]),
        }
        yield _("Days found: %(found)s of %(told)s.") % found["dates"]
        yield from _matrix(found["matrix"])
        yield from _classes(found["classes"])


def _matrix(matrix: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    told = {name for row in matrix.values() for name in row}
    columns = [name for name in [*matrix, *sorted(told - set(matrix) - {UNSURE})] if name in told]
    columns += [UNSURE] if UNSURE in told else []
    yield ""
    yield _("Rows: written as. Columns: read as.")
    width = max(map(len, matrix))
    yield f"{'':{width}}  {'  '.join(columns)}".rstrip()
    for name, row in matrix.items():
        cells = "  ".join(f"{row.get(column, 0) or '·':>{len(column)}}" for column in columns)
        yield f"{name:{width}}  {cells}"


def _classes(classes: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    width = max(map(len, classes))
    heads = (_("written"), _("read"), _("precision"), _("recall"))
    yield ""
    yield f"{'':{width}}  {'  '.join(heads)}"
    for name, one in classes.items():
        cells = (str(one["written"]), str(one["read"]), _share(one["precision"]), _share(one["recall"]))
        told = "  ".join(f"{cell:>{len(head)}}" for cell, head in zip(cells, heads, strict=True))
        yield f"{name:{width}}  {told}"


def _share(value: float | None) -> str:
    return "–" if value is None else percent(value)
