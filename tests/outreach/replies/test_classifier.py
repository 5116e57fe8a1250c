"""The learned numbers: read once and only as they were shipped, applied with numpy alone."""

import csv
import hashlib
import json
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.errors import DomainError
from outreach.replies import classifier
from outreach.replies.classes import VERSION, ReplyClass

ROOT = Path(__file__).resolve().parents[3]
REPLIES = ROOT / "bench/replies/training.csv"
SHIPPED = Path(classifier.__file__).parent
LEARNED = ["declines", "fee", "interested", "later", "manager", "other", "out_of_office", "question", "unsubscribe"]


@pytest.fixture
def copy(tmp_path):
    for name in ("numbers.npz", "numbers.json"):
        shutil.copy(SHIPPED / name, tmp_path / name)
    return tmp_path


def replies():
    with REPLIES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_manifest_says_what_they_are():
    manifest = json.loads((SHIPPED / "numbers.json").read_text("utf-8"))
    assert manifest["version"] == VERSION
    assert manifest["classes"] == LEARNED == list(map(str, classifier.shipped().classes))
    assert manifest["pieces"] == len(classifier.shipped().places) == len(classifier.shipped().weights)
    assert manifest["trained"]["replies_sha256"] == hashlib.sha256(REPLIES.read_bytes()).hexdigest()
    assert (SHIPPED / "numbers.npz").stat().st_size < 1_000_000
    assert all(0.5 <= threshold <= 1 for threshold in manifest["thresholds"].values())


def test_a_file_that_is_not_the_one_that_was_shipped_is_refused(copy):
    classifier.load(copy)
    content = bytearray((copy / "numbers.npz").read_bytes())
    content[len(content) // 2] ^= 1
    (copy / "numbers.npz").write_bytes(content)
    with pytest.raises(DomainError, match="reply_numbers_differ") as refused:
        classifier.load(copy)
    assert refused.value.params == {"file": "numbers.npz"}


def test_a_manifest_of_other_words_is_refused(copy):
    manifest = json.loads((copy / "numbers.json").read_text("utf-8"))
    (copy / "numbers.json").write_text(json.dumps(manifest | {"vocabulary_sha256": "0" * 64}))
    with pytest.raises(DomainError, match="reply_numbers_differ"):
        classifier.load(copy)


def test_numbers_that_hold_objects_are_not_unpickled(copy):
    np.savez(copy / "numbers.npz", vocabulary=np.array([{"a": 1}], dtype=object))
    manifest = json.loads((copy / "numbers.json").read_text("utf-8"))
    digest = hashlib.sha256((copy / "numbers.npz").read_bytes()).hexdigest()
    (copy / "numbers.json").write_text(json.dumps(manifest | {"sha256": digest}))
    with pytest.raises(ValueError, match="allow_pickle"):
        classifier.load(copy)


@given(st.text(max_size=200))
def test_probabilities_sum_to_one_whatever_the_text(text):
    found = classifier.shipped().probabilities(text)
    assert found.shape == (len(LEARNED),)
    assert np.isclose(found.sum(), 1)
    assert (found >= 0).all()


def test_a_class_is_told_from_its_threshold_on():
    numbers = classifier.shipped()
    said = "Quel est votre budget ?"
    best, confidence, is_enough = numbers.best(said)
    assert (best, is_enough) == (ReplyClass.FEE, True)
    for threshold, enough in ((confidence, True), (np.nextafter(confidence, 2), False)):
        assert replace(numbers, thresholds=np.full(len(LEARNED), threshold)).best(said) == (best, confidence, enough)


def test_applying_them_loads_no_scikit_learn():
    program = (
        "import sys; from outreach.replies import classifier; classifier.shipped().best('hello');"
        "print(sorted({'sklearn', 'scipy', 'django'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_the_replies_they_learn_from_are_many_of_each_class_and_language_and_none_twice():
    rows = replies()
    counts = Counter((row["language"], row["reply_class"]) for row in rows)
    assert sorted(counts) == sorted((language, name) for language in ("en", "fr") for name in LEARNED)
    assert min(counts.values()) >= 45
    assert len(rows) >= 700
    assert len({row["text"] for row in rows}) >= len(rows) - 20  # "STOP" is said in both


@pytest.mark.slow
def test_training_anew_gives_the_same_numbers(tmp_path):
    """As far as the same versions add up the same: what is written differs by rounding at most."""
    from bench import train_replies

    given_ = train_replies.Replies.read()
    counted = [train_replies.pieces(text) for text in given_.texts]
    learned = train_replies.Learned(counted, given_.classes)
    numbers = classifier.shipped()
    names = learned.space.get_feature_names_out()
    assert set(names) == set(numbers.places)
    order = [numbers.places[name] for name in names]
    assert np.allclose(learned.model.coef_.T, numbers.weights[order], atol=0.02)
    assert np.allclose(learned.space.idf_, numbers.rarity[order], atol=1e-5)
    for text, logits in zip(given_.texts[::50], learned.logits(counted[::50]), strict=True):
        assert np.allclose(
            train_replies.probabilities(logits, numbers.temperature), numbers.probabilities(text), atol=0.02
        )
