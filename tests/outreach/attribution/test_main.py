import json
import subprocess
import sys
from pathlib import Path

import pytest

from outreach.attribution.__main__ import main

ROOT = Path(__file__).resolve().parents[3]
CONTENT = (
    "path;total_conversions;total_conversion_value;total_null\na > a > b;3;9;2\nb > a;2;1;5\na;4;8;10\ndirect;1;2;0\n"
)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "paths.csv"
    path.write_text(CONTENT)
    return str(path)


def told(capsys, *arguments):
    assert main(arguments) == 0
    return json.loads(capsys.readouterr().out)


def test_it_runs_without_the_frame(file):
    """As a command, with no settings and no database."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "outreach.attribution", file, "--json"],
        cwd=ROOT, capture_output=True, text=True, env={"PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)["models"]["first_touch"]) == {"a", "b", "direct"}
    assert "django" not in done.stderr


def test_programs_read_every_model_by_channel(capsys, file):
    found = told(capsys, file, "--json")

    assert set(found["models"]) == {
        "first_touch", "last_touch", "last_non_direct", "linear_touch", "position", "shapley", "markov"
    }  # fmt: skip
    assert found["models"]["last_touch"] == {
        "a": {"conversions": 6, "value": 9}, "b": {"conversions": 3, "value": 9}, "direct": {"conversions": 1, "value": 2}
    }  # fmt: skip
    for channels in found["models"].values():
        assert sum(one["conversions"] for one in channels.values()) == pytest.approx(10)
        assert sum(one["value"] for one in channels.values()) == pytest.approx(20)
    assert found["sampling_error"] == {"markov": 0, "shapley": 0}
    assert (found["single_touch_share"], found["models_can_differ"]) == (0.5, True)


def test_the_chain_remembers_as_many_touches_as_one_says(capsys, file):
    first, second = (told(capsys, file, "--json", "--order", order) for order in "12")

    assert (first["order"], second["order"]) == (1, 2)
    assert first["models"]["markov"] != second["models"]["markov"]
    assert first["models"]["shapley"] == second["models"]["shapley"]


def test_who_came_from_nowhere_can_be_said(capsys, file):
    last = told(capsys, file, "--json", "--direct", "b", "--direct", "a")["models"]["last_non_direct"]

    assert last["direct"]["conversions"] == 1
    assert last["b"]["conversions"] == 3  # nobody led here: it goes to the last


def test_people_read_a_table(capsys, file):
    assert main([file]) == 0
    text = capsys.readouterr().out

    assert text.count("first_touch") == 2
    assert "error 0" in text
    assert "50.0% of conversions had a single touch." in text
    assert "None of them proves what caused it" in text


def test_where_nearly_all_had_a_single_touch_it_is_said_that_models_cannot_differ(capsys, tmp_path):
    path = tmp_path / "paths.csv"
    path.write_text("path;total_conversions\na > b;1\na;9\n")
    assert main([str(path)]) == 0
    text = capsys.readouterr().out

    assert "90.0% of conversions had a single touch: the models cannot differ here." in text
    assert "value " not in text
    assert told(capsys, str(path), "--json")["models_can_differ"] is False


def test_a_bad_file_ends_with_two_and_words(capsys, tmp_path):
    path = tmp_path / "paths.csv"
    path.write_text("path;total_conversions\na;many\n")
    assert main([str(path), "--json"]) == 2
    said = capsys.readouterr()

    assert said.out == ""
    assert said.err.startswith(f"{path}: Line 2, total_conversions: “many” is not a number.")


@pytest.mark.parametrize("order", ["0", "-1", "two", "1.5"])
def test_an_order_is_a_number_of_touches(capsys, file, order):
    with pytest.raises(SystemExit) as ended:
        main([file, f"--order={order}"])

    assert ended.value.code == 2
    assert "Write 1 or more" in capsys.readouterr().err
