"""Figures of a table of replies, counted by hand."""

from datetime import date

import pytest

from crm.errors import DomainError
from outreach.replies.classes import VERSION, ReplyClass
from outreach.replies.scoring import Written, evaluate, read

HEAD = "language,reply_class,date,until,subject,text\n"


def written(language, reply_class, text, until=None):
    return Written(language, ReplyClass(reply_class), date(2026, 11, 24), until and date.fromisoformat(until), "", text)


def test_figures_are_counted_per_language():
    report = evaluate(
        [
            written("en", "unsubscribe", "STOP"),
            written("en", "declines", "STOP"),
            written("en", "declines", "No thank you."),
            written("en", "other", "Zzyzx qwertz"),
            written("en", "out_of_office", "I am on leave until 4 December. In urgent cases call us.", "2026-12-04"),
            written("en", "out_of_office", "I am on leave until 4 December. In urgent cases call us.", "2026-12-05"),
            written("fr", "unsubscribe", "Désinscription"),
        ]
    )
    assert (report["version"], report["replies"], list(report["languages"])) == (VERSION, 7, ["en", "fr"])
    assert report["languages"]["en"] == {
        "replies": 6,
        "decided": 5,
        "coverage": 0.8333,
        "accuracy": 0.8,
        "by": {"words": 5, "abstained": 1},
        "dates": {"told": 2, "found": 1},
        "matrix": {
            "declines": {"unsubscribe": 1, "declines": 1},
            "unsubscribe": {"unsubscribe": 1},
            "out_of_office": {"out_of_office": 2},
            "other": {"unsure": 1},
        },
        "classes": {
            "declines": {"written": 2, "read": 1, "right": 1, "precision": 1.0, "recall": 0.5},
            "unsubscribe": {"written": 1, "read": 2, "right": 1, "precision": 0.5, "recall": 1.0},
            "out_of_office": {"written": 2, "read": 2, "right": 2, "precision": 1.0, "recall": 1.0},
            "other": {"written": 1, "read": 0, "right": 0, "precision": None, "recall": 0.0},
        },
    }
    assert report["languages"]["fr"]["matrix"] == {"unsubscribe": {"unsubscribe": 1}}


def test_of_nothing_there_is_nothing_to_tell():
    assert evaluate([]) == {"version": VERSION, "replies": 0, "languages": {}}


def test_a_table_is_read(tmp_path):
    path = tmp_path / "replies.csv"
    path.write_text(
        f'{HEAD}fr,later,2026-11-24,2027-03-01,Re : Plages,"En mars,\nsvp"\nen,other,2026-11-24T10:00:00Z,,,Hi\n'
    )
    assert read(path) == [
        Written("fr", ReplyClass.LATER, date(2026, 11, 24), date(2027, 3, 1), "Re : Plages", "En mars,\nsvp"),
        Written("en", ReplyClass.OTHER, date(2026, 11, 24), None, "", "Hi"),
    ]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("", 0), ("language,text\nen,Hi\n", 0), (f"{HEAD}en,perhaps,2026-11-24,,,Hi\n", 2), (f"{HEAD}en,other,soon,,,Hi\n", 2),
        (f"{HEAD}en,other,2026-11-24,,,Hi\nen,later,2026-11-24,later,,Hi\n", 3), (f"{HEAD}en,other\n", 2),
    ],
)  # fmt: skip
def test_what_is_no_such_table_is_refused_by_its_line(tmp_path, content, line):
    path = tmp_path / "replies.csv"
    path.write_text(content)
    with pytest.raises(DomainError, match="replies_unreadable") as refused:
        read(path)
    assert refused.value.params == {"line": line}


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path):
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    for name in ("none.csv", "binary.csv"):
        with pytest.raises(DomainError, match="replies_unreadable"):
            read(tmp_path / name)
