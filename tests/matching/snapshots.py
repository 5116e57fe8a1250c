"""Everybody in a snapshot, person by person, to be held against whatever it should say."""

import math
from pathlib import Path

from django.conf import settings

from crm.models import Influencer
from matching.columns import figures, segments
from matching.ranking.snapshot.store import Part, Snapshot
from matching.ranking.snapshot.traits import TRAITS


def told(snapshot: Snapshot) -> dict:
    """{person: everything that stands of them}."""
    return {pk: said for part in snapshot.parts for pk, said in _told(part.segment, part.holds)}


def read_anew(*, at, usual) -> dict:
    """The same, read from Postgres now."""
    ids = list(Influencer.objects.values_list("pk", flat=True))
    segment = segments.of(ids, at=at, against=figures.standard(at=at, usual=usual))
    return dict(_told(segment, [True] * len(segment))) if segment else {}


def files() -> list[Path]:
    return [path for path in Path(settings.SNAPSHOT_DIR).rglob("*") if path.is_file()]


def stands_in(pk: int) -> list[str]:
    """The files in which the id of somebody stands, as bytes of a number or written out."""
    needles = [pk.to_bytes(8, "little"), str(pk).encode()]
    return [path.name for path in files() if any(needle in path.read_bytes() for needle in needles)]


def _told(segment, holds):
    traits = {name: _by_row(segment.traits[name].postings, len(segment)) for name in TRAITS}
    texts = _by_row(segment.texts, len(segment))
    accounts = segment.filed.accounts
    for row, pk in enumerate(segment.ids.tolist()):
        if not holds[row]:
            continue
        own = accounts.rows == row
        yield (
            pk,
            {
                "figures": [None if math.isnan(value) else value for value in segment.figures[:, row].tolist()],
                "estimated": segment.estimated[:, row].tolist(),
                "parts": segment.parts[:, row].tolist(),
                "traits": {name: (traits[name][row], bool(segment.traits[name].known[row])) for name in TRAITS},
                "texts": (texts[row], bool(segment.says[row]), int(segment.prints[row])),
                "accounts": [column[own].tolist() for column in (accounts.platforms, accounts.followers)],
                "rates": [None if math.isnan(rate) else rate for rate in accounts.rates[own].tolist()],
                "filed": (int(segment.filed.countries[row]), int(segment.filed.contacts[row])),
            },
        )


def _by_row(postings, number):
    rows = [{} for _ in range(number)]
    for place, key in enumerate(postings.keys.tolist()):
        found, amounts = postings.of(place)
        for row, amount in zip(found.tolist(), [1] * len(found) if amounts is None else amounts.tolist(), strict=True):
            rows[row][key] = amount
    return rows


def part_of(snapshot: Snapshot, pk: int) -> Part:
    [part] = [part for part in snapshot.parts if pk in part.segment.ids[part.holds]]
    return part
