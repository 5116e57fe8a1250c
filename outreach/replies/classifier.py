"""The learned part: numbers that bench/train_replies.py found, applied with numpy alone."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from crm.errors import DomainError
from outreach.replies.classes import ReplyClass
from outreach.replies.wording import pieces, words_of

_HERE: Final = Path(__file__).parent
_ARRAYS: Final = ("vocabulary", "rarity", "weights", "intercepts")


@dataclass(frozen=True)
class Classifier:
    """Logistic regression over pieces of text: `rarity` (p) of each, `weights` (p × c), `intercepts` (c).

    `thresholds` (c): how probable a class must be to be told. `temperature` divides the log-odds, so that
    probabilities are as often right as they say.
    """

    classes: tuple[ReplyClass, ...]
    places: Mapping[str, int]
    rarity: NDArray[np.float64]
    weights: NDArray[np.float64]
    intercepts: NDArray[np.float64]
    thresholds: NDArray[np.float64]
    temperature: float

    def probabilities(self, text: str) -> NDArray[np.float64]:
        """Of each class, in the order of `classes`; they sum to 1."""
        counts = Counter(place for piece in pieces(text) if (place := self.places.get(piece)) is not None)
        known = np.fromiter(counts.keys(), dtype=np.intp)
        values = (1 + np.log(np.fromiter(counts.values(), dtype=np.float64))) * self.rarity[known]
        length = float(np.linalg.norm(values)) or 1.0
        logits = (values / length @ self.weights[known] + self.intercepts) / self.temperature
        odds = np.exp(logits - logits.max())
        return np.asarray(odds / odds.sum())

    def understands(self, text: str) -> bool:
        """Whether it has met more than half of the words: less is another language, or none."""
        words = words_of(text)
        return 2 * sum(word in self.places for word in words) > len(words)

    def best(self, text: str) -> tuple[ReplyClass, float, bool]:
        """The most probable class, how probable it is, and whether that is enough to tell it."""
        found = self.probabilities(text)
        place = int(found.argmax())
        return (
            self.classes[place],
            float(found[place]),
            bool(found[place] >= self.thresholds[place]) and self.understands(text),
        )


@cache
def shipped() -> Classifier:
    """The numbers beside this file, read once."""
    return load(_HERE)


def load(folder: Path) -> Classifier:
    """What numbers.json and numbers.npz hold. Raises DomainError("reply_numbers_differ") where the two do not agree."""
    manifest: dict[str, Any] = json.loads((folder / "numbers.json").read_text(encoding="utf-8"))
    content = (folder / "numbers.npz").read_bytes()
    if hashlib.sha256(content).hexdigest() != manifest["sha256"]:
        raise DomainError("reply_numbers_differ", file="numbers.npz")
    with np.load(BytesIO(content), allow_pickle=False) as file:
        arrays = {name: file[name] for name in _ARRAYS}
    vocabulary = arrays["vocabulary"].tobytes()
    if hashlib.sha256(vocabulary).hexdigest() != manifest["vocabulary_sha256"]:
        raise DomainError("reply_numbers_differ", file="numbers.json")
    classes = tuple(ReplyClass(name) for name in manifest["classes"])
    return Classifier(
        classes=classes,
        places={piece: place for place, piece in enumerate(vocabulary.decode().split("\n"))},
        rarity=arrays["rarity"].astype(np.float64),
        weights=arrays["weights"].astype(np.float64),
        intercepts=arrays["intercepts"].astype(np.float64),
        thresholds=np.array([manifest["thresholds"][name] for name in classes]),
        temperature=manifest["temperature"],
    )
