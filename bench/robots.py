"""How often a click is told rightly for a person's or a program's: `python -m bench.robots`.

The labelled requests stand in tests/outreach/robots/corpus.csv, with why each is what it is. Those of one scene are
read together, all others alone. The part "held_out" was written after the rules. Intervals are Wilson's, of 95 in 100.
"""

import csv
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import sqrt
from pathlib import Path

from outreach.robots.classifying import classify
from outreach.robots.clicks import VERSION, ClickClass, Headers, RawClick

CORPUS = Path(__file__).parent.parent / "tests" / "outreach" / "robots" / "corpus.csv"
BEGINNING = datetime(2026, 11, 24, 9, tzinfo=UTC)
PERSONS = (ClickClass.HUMAN, ClickClass.REPEAT)


@dataclass(frozen=True)
class Labelled:
    part: str
    scene: str
    label: ClickClass
    click: RawClick


def corpus(path: Path = CORPUS) -> list[list[Labelled]]:
    """Scenes, each of which is a world of its own."""
    scenes: dict[str, list[Labelled]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            scene = row["scene"] or f"alone-{number}"
            scenes[f"{row['part']} {scene}"].append(
                Labelled(row["part"], scene, ClickClass(row["label"]), _click(row, number))
            )
    return list(scenes.values())


def _click(row: Mapping[str, str], number: int) -> RawClick:
    def at(seconds: str) -> datetime:
        return BEGINNING + timedelta(seconds=float(seconds))

    return RawClick(
        id=f"{number:05}",
        at=at(row["second"]),
        link=int(row["link"]),
        method=row["method"],
        user_agent=row["user_agent"],
        headers=_headers(row["headers"]),
        network=row["network"],
        referrer_host=row["referrer"],
        message=int(row["message"]) if row["message"] else None,
        delivered_at=at(row["delivered"]) if row["delivered"] else None,
    )


def _headers(words: str) -> Headers | None:
    """Blank: not kept. Otherwise words: language, html, range, a mode, a destination, accept=…, purpose=…."""
    if not words:
        return None
    said = words.split()
    told = dict(word.split("=", 1) for word in said if "=" in word)
    return Headers(
        purpose=told.get("purpose", ""),
        fetch_mode=next((word for word in said if word in {"navigate", "cors", "no-cors"}), ""),
        fetch_dest=next((word for word in said if word in {"document", "empty", "image", "iframe"}), ""),
        accept=told.get("accept", "text/html,application/xhtml+xml,*/*;q=0.8" if "html" in said else ""),
        has_language="language" in said,
        has_range="range" in said,
    )


def varied(scenes: Sequence[Sequence[Labelled]], times: int = 3) -> Iterator[list[Labelled]]:
    """The same behaviours at other moments, from other networks, in another order: nothing that was asked changes."""
    rng = random.Random(4)
    for turn in range(times):
        for number, scene in enumerate(scenes):
            shift = timedelta(seconds=rng.uniform(0, 86_400 * 30))
            moved = [_moved(one, shift, f"{turn}-{number}") for one in scene]
            rng.shuffle(moved)
            yield moved


def _moved(one: Labelled, shift: timedelta, of: str) -> Labelled:
    click = one.click
    return replace(
        one,
        click=replace(
            click,
            id=f"{of}-{click.id}",
            at=click.at + shift,
            network=click.network and f"{click.network}-{of}",
            delivered_at=click.delivered_at and click.delivered_at + shift,
        ),
    )


def without_headers(scenes: Iterable[Sequence[Labelled]]) -> list[list[Labelled]]:
    """As clicks were kept before their headers were: people stay people, and what shows only there is left out."""
    return [
        [replace(one, click=replace(one.click, headers=None)) for one in scene]
        for scene in scenes
        if all(one.label in PERSONS for one in scene)
    ]


def matrix(scenes: Iterable[Sequence[Labelled]]) -> Counter[tuple[ClickClass, ClickClass]]:
    """How often each was written as one class and read as another."""
    read: Counter[tuple[ClickClass, ClickClass]] = Counter()
    for scene in scenes:
        verdicts = classify([one.click for one in scene])
        read.update((one.label, verdict.click_class) for one, verdict in zip(scene, verdicts, strict=True))
    return read


@dataclass(frozen=True)
class Rate:
    errors: int
    of: int

    @property
    def share(self) -> float:
        return self.errors / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, of 95 in 100."""
        if not self.of:
            return 0.0, 1.0
        z = 1.96
        middle = self.share + z * z / (2 * self.of)
        reach = z * sqrt(self.share * (1 - self.share) / self.of + z * z / (4 * self.of**2))
        whole = 1 + z * z / self.of
        return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.errors:4} of {self.of:5}  {self.share:6.2%}  [{low:.2%}, {high:.2%}]"


def rates(read: Mapping[tuple[ClickClass, ClickClass], int]) -> dict[str, Rate]:
    """False humans: programs that count as a visit. False bots: visits that do not. Second visits that are none."""

    def rate(labels: Iterable[ClickClass], wrong: Iterable[tuple[ClickClass, ClickClass]]) -> Rate:
        chosen, errors = set(labels), set(wrong)
        return Rate(
            sum(n for pair, n in read.items() if pair in errors),
            sum(n for (label, _), n in read.items() if label in chosen),
        )

    programs = [label for label in ClickClass if label not in PERSONS]
    found = {
        "false human": rate(programs, [(label, told) for label in programs for told in PERSONS]),
        "false bot": rate(
            [ClickClass.HUMAN], [(ClickClass.HUMAN, told) for told in ClickClass if told is not ClickClass.HUMAN]
        ),
        "second visit": rate([ClickClass.REPEAT], [(ClickClass.REPEAT, ClickClass.HUMAN)]),
    }
    return found | {f"{label}, counted": rate([label], [(label, told) for told in PERSONS]) for label in programs}


def main() -> None:
    scenes = corpus()
    print(f"Version {VERSION} of the rules.")
    parts = {part: [scene for scene in scenes if scene[0].part == part] for part in ("known", "held_out")}
    for title, chosen in (
        ("known while the rules were written", parts["known"]),
        ("held out", parts["held_out"]),
        ("all, four times over, moved about", [*scenes, *varied(scenes)]),
        ("people whose headers were not kept", without_headers(scenes)),
    ):
        read = matrix(chosen)
        print(
            f"\n{title}: {sum(read.values())} requests, {sum(read[label, label] for label in ClickClass)} told exactly"
        )
        for name, rate in rates(read).items():
            if rate.of:
                print(f"  {name:18} {rate}")


if __name__ == "__main__":
    main()
