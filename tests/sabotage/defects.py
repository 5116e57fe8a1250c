"""The list of deliberate defects, as data."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Defect:
    """`old`, which stands in `file` exactly once, becomes `new`; one of `tests` must fail."""

    guarantee: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    @property
    def said(self) -> str:
        return " ".join([self.file, self.guarantee, *self.tests])


def every() -> list[Defect]:
    lists = (tomllib.loads(path.read_text()) for path in sorted(Path(__file__).parent.glob("*.toml")))
    return [Defect(**{**defect, "tests": tuple(defect["tests"])}) for table in lists for defect in table["defect"]]
