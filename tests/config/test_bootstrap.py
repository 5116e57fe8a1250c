import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def pins(name: str) -> dict[str, list[str]]:
    """The lines that a compiled file has for each package: one for each platform marker, with their hashes."""
    blocks = re.split(r"\n(?=\S)", (ROOT / name).read_text())
    found: dict[str, list[str]] = {}
    for block in blocks:
        if match := re.match(r"([\w.-]+)(?:\[[^]]*\])?==", block):
            found.setdefault(match[1], []).append(re.sub(r"\s*#.*", "", block))
    return found


def test_whoever_installs_the_development_set_has_the_other_one():
    """`bootstrap.py` counts on it."""
    development = pins("requirements-dev.txt")
    assert {name: development.get(name) for name in pins("requirements.txt")} == pins("requirements.txt")


def test_without_a_usable_python_make_says_what_to_do_in_one_sentence(tmp_path):
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    refused = subprocess.run(["make", "test"], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert refused.returncode == 2
    assert refused.stdout == ""
    (sentence,) = refused.stderr.splitlines()
    assert sentence.endswith(
        "Causeway needs Python 3.11 or newer with venv: run `apt install python3 python3-venv`.  Stop."
    )


def test_help_lists_every_target():
    shown = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (phony,) = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert re.findall(r"^make ([\w-]+) +\w", shown, re.MULTILINE) == phony.split()


@pytest.mark.slow
def test_it_installs_once_again_when_pins_change_and_mends_what_is_broken(tmp_path):
    place = tmp_path / "très loin, avec espaces"
    place.mkdir()
    shutil.copy(ROOT / "bootstrap.py", place)
    for name in ("requirements.txt", "requirements-dev.txt"):
        (place / name).write_text("# nothing\n")

    def bootstrap(name: str) -> str:
        command = [sys.executable, place / "bootstrap.py", name]
        return subprocess.run(command, env=os.environ, capture_output=True, text=True, check=True).stdout

    assert "Installing requirements-dev.txt" in bootstrap("requirements-dev.txt")
    assert bootstrap("requirements-dev.txt") == ""
    assert bootstrap("requirements.txt") == ""
    (place / "requirements.txt").write_text("# changed\n")
    assert "Installing requirements.txt" in bootstrap("requirements.txt")
    assert bootstrap("requirements.txt") == ""
    assert "Installing" in bootstrap("requirements-dev.txt")
    (place / "requirements.txt").write_text("!!!\n")
    with pytest.raises(subprocess.CalledProcessError) as failed:
        bootstrap("requirements.txt")
    assert failed.value.stderr.splitlines()[-1].startswith("Could not install requirements.txt: ")
    (place / "requirements.txt").write_text("# changed\n")
    assert "Installing" in bootstrap("requirements.txt")  # who knows what the failed one left
    for broken in (".venv/bin/python", ".venv/lib"):  # an interpreter that was upgraded away; an install cut short
        target = place / broken
        shutil.rmtree(target) if target.is_dir() else target.unlink()
        (place / ".venv" / "installed.json").unlink(missing_ok=True)
        assert "Installing" in bootstrap("requirements.txt")
        subprocess.run([place / ".venv/bin/python", "-m", "pip", "--version"], check=True, capture_output=True)
