"""How well replies are understood, from a terminal."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from outreach.replies import scoring
from outreach.words.reading import evaluation

ROOT = Path(__file__).resolve().parents[4]
TABLE = """language,reply_class,date,until,subject,text
en,unsubscribe,2026-11-24,,,STOP
en,declines,2026-11-24,,,STOP
en,other,2026-11-24,,,Zzyzx qwertz
fr,out_of_office,2026-11-24,2026-12-04,,Je suis en congés jusqu’au 4 décembre et vous répondrai à mon retour.
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "replies.csv"
    path.write_text(TABLE, "utf-8")
    return path


def test_the_table_is_told_per_language(table, capsys):
    call_command("evaluate_replies", table=table)
    assert (
        capsys.readouterr().out
        == """\
4 replies of your own. Version 3.

en: 3 replies, 67% decided, 50% of these right.
Days found: 0 of 0.

Rows: written as. Columns: read as.
             unsubscribe  unsure
declines               1       ·
unsubscribe            1       ·
other                  ·       1

             written  read  precision  recall
declines           1     0          –      0%
unsubscribe        1     2        50%    100%
other              1     0          –      0%

fr: 1 replies, 100% decided, 100% of these right.
Days found: 1 of 1.

Rows: written as. Columns: read as.
               out_of_office
out_of_office              1

               written  read  precision  recall
out_of_office        1     1       100%    100%
"""
    )


def test_what_was_written_for_the_test_is_called_synthetic_in_the_first_line():
    report = {"synthetic": True, "version": 1, "replies": 240, "languages": {}}
    assert list(evaluation(report)) == [
        "Synthetic: 240 replies written for this test, none of them a real letter. Version 1."
    ]
    with translation.override("fr"):
        assert next(evaluation(report)).startswith("Synthétique\u00a0: 240 réponses")


def test_as_json(table, capsys):
    call_command("evaluate_replies", table=table, json=True)
    assert json.loads(capsys.readouterr().out) == {"synthetic": False} | scoring.evaluate(scoring.read(table))


def test_what_is_no_table_is_refused_in_words(tmp_path):
    with pytest.raises(CommandError, match="cannot be read as a table \\(line 0\\)") as refused:
        call_command("evaluate_replies", table=tmp_path / "none.csv")
    assert refused.value.returncode == 2


def test_it_needs_neither_a_database_nor_scikit_learn(table):
    program = (
        "import sys, manage; from django.core.management import call_command; import os, django;"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'; django.setup();"
        f"call_command('evaluate_replies', '--table', {str(table)!r}, '--json');"
        "print('sklearn' in sys.modules, manage.needs_database(['evaluate_replies']))"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "False False"
