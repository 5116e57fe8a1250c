"""Two to four people of a list side by side: what each feature adds to each of them, on one scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from matching import words
from matching.models import Match, MatchList
from matching.services import evidence
from matching.services.evidence_rows import Evidence

FEWEST, MOST = 2, 4
_SIDES: Final = ("wants", "accepts")  # what the cause gets out of it is told first


@dataclass(frozen=True)
class Cell:
    """What one feature says of one person. `contribution` in log-odds; `is_ahead`: nobody has more, and somebody less.
    `newest`: the latest dated row that it rests on.
    """

    contribution: float
    text: str
    basis: str
    is_ahead: bool
    rests_on: tuple[Evidence, ...]

    @property
    def newest(self) -> Evidence | None:
        dated = {row.date: row for row in reversed(self.rests_on) if row.date}
        return dated[max(dated)] if dated else None


@dataclass(frozen=True)
class Row:
    """One feature on one side, for each person."""

    feature: str
    cells: tuple[Cell, ...]

    @property
    def apart(self) -> float:
        """How far it sets them apart, in log-odds."""
        added = [cell.contribution for cell in self.cells]
        return max(added) - min(added)


@dataclass(frozen=True)
class Comparison:
    """`sides`: by side, the features that count for anybody, those that set them most apart first. `scale`: the largest
    contribution of all, which fills half of a bar's place everywhere. `unknown` of all of them; `neutral`: known, and
    adding nothing to anybody; only of what the cause asks for.
    """

    sides: dict[str, tuple[Row, ...]]
    scale: float
    unknown: tuple[str, ...]
    neutral: tuple[str, ...]


def of(match_list: MatchList, matches: Sequence[Match]) -> Comparison:
    """Of these matches of one list, in their order."""
    found = evidence.of(match_list, matches)
    names = {side: list(matches[0].sides[side]["contributions"]) for side in _SIDES if side in matches[0].sides}
    whole = {side: [_row(matches, side, name, found) for name in features] for side, features in names.items()}
    telling = {
        side: [row for row in rows if any(cell.contribution for cell in row.cells)] for side, rows in whole.items()
    }
    sides = {side: tuple(sorted(rows, key=lambda row: (-row.apart, row.feature))) for side, rows in telling.items()}
    added = [abs(cell.contribution) for rows in sides.values() for row in rows for cell in row.cells]
    shown = {row.feature for rows in sides.values() for row in rows}
    asked = dict.fromkeys(name for some in names.values() for name in some if name not in match_list.cause_missing)
    silent = [name for name in asked if name not in shown]
    unknown = [name for name in silent if all(match.values[name]["value"] is None for match in matches)]
    neutral = [name for name in silent if name not in unknown]
    return Comparison(sides, max(added, default=0.0) or 1.0, tuple(unknown), tuple(neutral))


def _row(matches: Sequence[Match], side: str, name: str, found: dict[int, evidence.Found]) -> Row:
    added = [match.sides[side]["contributions"].get(name, 0.0) for match in matches]
    is_level = all(one == other for one, other in pairwise(added))
    return Row(
        name,
        tuple(
            Cell(
                contribution,
                words.sentence(name, side, match.values[name], contribution),
                match.values[name]["basis"],
                not is_level and contribution == max(added),
                found[match.pk].get(name, ()),
            )
            for match, contribution in zip(matches, added, strict=True)
        ),
    )
