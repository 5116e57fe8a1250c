"""What the reply classifier learns, and how well: `python -m bench.train_replies [replies] [--write]`.

From bench/replies/training.csv, replies of our own wording, it learns logistic regression over pieces of text. A
temperature and a threshold for each class are found by cross-validation on the same replies: of what is told as a class
90 in 100 should be it, and more where an error costs most. Figures are cross-validated: each reply is read by numbers
that did not learn from it, each half by thresholds found on the other half.

With --write, outreach/replies/numbers.npz and numbers.json are written anew, from all replies. The same replies give
the same numbers, on the same versions of scikit-learn and numpy.
"""

import csv
import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import sklearn
from scipy.optimize import minimize_scalar
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from outreach.replies import rules
from outreach.replies.classes import VERSION, ReplyClass
from outreach.replies.letter import Letter, Nature
from outreach.replies.wording import pieces

REPLIES = Path(__file__).parent / "replies" / "training.csv"
NUMBERS = Path(__file__).parent.parent / "outreach" / "replies"
PIECES = 12_000  # at most
STRENGTH = 3.0  # the inverse of the penalty
FOLDS, ROUNDS = 10, 2
PRECISION = {"declines": 0.97, "unsubscribe": 0.97, "out_of_office": 0.97}
USUAL_PRECISION = 0.92  # a little above what is promised
LEAST = 0.5  # no threshold is lower


@dataclass(frozen=True)
class Replies:
    languages: np.ndarray
    classes: np.ndarray
    texts: Sequence[str]

    @classmethod
    def read(cls, most: int = 0) -> "Replies":
        """All, or about so many, evenly."""
        with REPLIES.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        rows = rows[:: max(1, len(rows) // most)] if most else rows
        return cls(
            *(np.array([row[name] for row in rows]) for name in ("language", "reply_class")), [r["text"] for r in rows]
        )


class Learned:
    """Pieces, their rarity and weights."""

    def __init__(self, counted: Sequence[Sequence[str]], classes: np.ndarray):
        self.space = TfidfVectorizer(analyzer=as_they_are, sublinear_tf=True, min_df=2, max_features=PIECES)
        self.model = LogisticRegression(C=STRENGTH, tol=1e-3, max_iter=500)
        self.model.fit(self.space.fit_transform(counted), classes)

    def logits(self, counted: Sequence[Sequence[str]]) -> np.ndarray:
        return self.model.decision_function(self.space.transform(counted))


def as_they_are(counted: Sequence[str]) -> Sequence[str]:
    return counted


def cross_validated(replies: Replies, counted: Sequence[Sequence[str]]) -> np.ndarray:
    """Log-odds (rounds × n × c) by numbers that did not learn from the reply."""
    strata = np.char.add(replies.languages, replies.classes)
    found = np.zeros((ROUNDS, len(counted), len(np.unique(replies.classes))))
    for turn in range(ROUNDS):
        for known, other in StratifiedKFold(FOLDS, shuffle=True, random_state=turn).split(strata, strata):
            learned = Learned([counted[n] for n in known], replies.classes[known])
            found[turn, other] = learned.logits([counted[n] for n in other])
    return found


def probabilities(logits: np.ndarray, temperature: float) -> np.ndarray:
    odds = np.exp((logits - logits.max(axis=-1, keepdims=True)) / temperature)
    return odds / odds.sum(axis=-1, keepdims=True)


def temperature_of(logits: np.ndarray, places: np.ndarray) -> float:
    """By which probabilities are as often right as they say: the least log loss."""

    def loss(temperature: float) -> float:
        found = probabilities(logits, temperature)
        return -float(np.log(np.take_along_axis(found, places[:, None], axis=1)).mean())

    return round(float(minimize_scalar(loss, bounds=(0.2, 5), method="bounded").x), 3)


def thresholds_of(found: np.ndarray, places: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """The least probability from which a class is told rightly often enough, as if once more it had been wrong."""
    best, thresholds = found.argmax(axis=1), np.ones(len(names))
    for place, name in enumerate(names):
        told = best == place
        order = np.argsort(-found[told, place], kind="stable")
        right = np.cumsum(places[told][order] == place)
        enough = right / (np.arange(len(order)) + 2) >= PRECISION.get(name, USUAL_PRECISION)
        if enough.any():
            thresholds[place] = max(LEAST, found[told, place][order][np.nonzero(enough)[0].max()])
    return thresholds.round(3)


def letter(text: str) -> Letter:
    """As somebody wrote it, with no headers that tell."""
    nobody = dict.fromkeys(("message_id", "from_address", "from_name", "reply_to", "subject", "html"), "")
    none = dict.fromkeys(("in_reply_to", "references", "to"), ())
    return Letter(
        nature=Nature.PERSONAL, date=datetime(2026, 11, 24, tzinfo=UTC), text=text, said=text, **nobody, **none
    )


def readings(replies: Replies, found: np.ndarray, thresholds: np.ndarray, names: Sequence[str]) -> list[str]:
    """Each reply as it would be read, words first; blank where nobody is sure. Thresholds are of each reply: n × c."""
    told = []
    for text, row, enough in zip(replies.texts, found, thresholds, strict=True):
        if reading := rules.by_words(letter(text)):
            told.append(str(reading.reply_class))
            continue
        best = int(row.argmax())
        is_told = row[best] >= enough[best] and not rules.is_contradicted(ReplyClass(names[best]), letter(text))
        told.append(names[best] if is_told else "")
    return told


def table(replies: Replies, told: np.ndarray, names: Sequence[str], say: Callable[[str], None] = print) -> dict:
    """What was reached, per language and class."""
    report = {}
    for language in ("en", "fr"):
        of = replies.languages == language
        read, written = told[of], replies.classes[of]
        sure = read != ""
        report[language] = {
            "replies": int(of.sum()),
            "decided": round(float(sure.mean()), 3),
            "right_where_decided": round(float((read == written)[sure].mean()), 3),
        }
        say(f"\n{language}: {report[language]}")
        say(f"{'':15}{'precision':>10}{'recall':>8}{'told':>6}")
        for name in names:
            hits = ((read == name) & (written == name)).sum()
            precision, recall = hits / max(1, (read == name).sum()), hits / max(1, (written == name).sum())
            say(f"{name:15}{precision:10.3f}{recall:8.3f}{(read == name).sum():6}")
    return report


def write(learned: Learned, manifest: dict) -> None:
    order = np.argsort(learned.space.get_feature_names_out(), kind="stable")
    vocabulary = "\n".join(learned.space.get_feature_names_out()[order]).encode()
    np.savez_compressed(
        NUMBERS / "numbers.npz",
        vocabulary=np.frombuffer(vocabulary, dtype=np.uint8),
        rarity=learned.space.idf_[order].astype(np.float32),
        weights=learned.model.coef_.T[order].round(3).astype(np.float32),
        intercepts=learned.model.intercept_.round(4).astype(np.float32),
    )
    manifest |= {
        "pieces": len(order),
        "vocabulary_sha256": hashlib.sha256(vocabulary).hexdigest(),
        "sha256": hashlib.sha256((NUMBERS / "numbers.npz").read_bytes()).hexdigest(),
    }
    told = json.dumps(manifest, indent=2, ensure_ascii=False)
    (NUMBERS / "numbers.json").write_text(f"{told}\n", encoding="utf-8")


def main() -> None:
    given = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    replies = Replies.read(*given)
    counted = [pieces(text) for text in replies.texts]
    names, places = np.unique(replies.classes, return_inverse=True)
    logits = cross_validated(replies, counted)
    flat, repeated = logits.reshape(-1, len(names)), np.tile(places, ROUNDS)
    temperature = temperature_of(flat, repeated)
    found = probabilities(logits, temperature)
    # Each half by thresholds found on the other one.
    half = np.arange(len(places)) % 2
    crossed = []
    for side in (0, 1):
        known = found[:, half == side].reshape(-1, len(names))
        crossed.append(thresholds_of(known, np.tile(places[half == side], ROUNDS), names))
    told = np.array(readings(replies, found[0], np.array([crossed[1 - side] for side in half]), names))
    plain = float((names[found[0].argmax(axis=1)] == replies.classes).mean())
    print(
        f"{len(places)} replies written for this, {len(names)} classes; synthetic, cross-validated {FOLDS} times over."
    )
    print(f"The most probable class is right {plain:.3f} of the time; temperature {temperature}.")
    report = table(replies, told, names)
    thresholds = thresholds_of(probabilities(flat, temperature), repeated, names)
    print("\nthresholds", dict(zip(names.tolist(), thresholds.tolist(), strict=True)))
    if "--write" in sys.argv:
        write(
            Learned(counted, replies.classes),
            {
                "version": VERSION,
                "classes": names.tolist(),
                "temperature": temperature,
                "thresholds": dict(zip(names.tolist(), thresholds.tolist(), strict=True)),
                "trained": {
                    "by": "python -m bench.train_replies --write",
                    "replies": len(places),
                    "replies_sha256": hashlib.sha256(REPLIES.read_bytes()).hexdigest(),
                    "strength": STRENGTH,
                    "scikit-learn": sklearn.__version__,
                    "numpy": np.__version__,
                    "cross_validated": report | {"most_probable_right": round(plain, 3)},
                },
            },
        )


if __name__ == "__main__":
    main()
