"""What is wrong with how an instance was set up is said in a sentence before it starts."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from config import checks

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("value", "found"),
    [("", []), ("imaps://u:p@mail.example", []), ("pop3://u:p@mail.example", ["config.E002"])],
)
def test_a_mailbox_that_is_none_is_said_before_anything_starts(settings, value, found):
    settings.INBOUND_URL = value
    said_so = checks.inbound()
    assert [error.id for error in said_so] == found
    assert "u:p" not in str(said_so)


@pytest.fixture
def model(tmp_path):
    (tmp_path / "modules.json").write_text(
        json.dumps([{"path": "", "type": "sentence_transformers.models.Transformer"}])
    )
    (tmp_path / "model.safetensors").touch()
    return tmp_path


def said(settings, value):
    settings.ENCODER = value
    return [(found.id, found.msg) for found in checks.encoder()]


def test_no_encoder_is_nothing_wrong(settings):
    assert said(settings, "") == []


def test_what_is_no_encoder_is_named(settings, model):
    [(code, sentence)] = said(settings, "openai:text-embedding")
    assert code == "config.E001"
    assert "openai:text-embedding" in sentence
    assert "sentence-transformers:/" in sentence
    assert said(settings, "sentence-transformers:/nowhere")[0][1].startswith("There is no folder /nowhere.")
    (model / "pytorch_model.bin").touch()
    (model / "model.safetensors").unlink()
    assert "pytorch_model.bin" in said(settings, f"sentence-transformers:{model}")[0][1]


def test_the_package_has_to_be_there(settings, model):
    found = said(settings, f"sentence-transformers:{model}")
    is_there = find_spec("sentence_transformers") is not None
    assert [sentence.startswith("sentence-transformers is not installed") for _code, sentence in found] == [True] * (
        not is_there
    )


def test_nothing_starts_with_a_wrong_one_and_nothing_is_loaded_to_find_out():
    environment = os.environ | {"ENCODER": "sentence-transformers:/nowhere"}
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "manage.py", "check"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 1
    assert "There is no folder /nowhere." in ran.stderr
    assert "ENCODER in docs/settings.md" in ran.stderr
    assert [line for line in ran.stderr.splitlines() if line.endswith(("| torch", "encoders.sentences"))] == []
