"""Old and new, as a person reads them."""

import pytest

from crm.formats import own
from crm.models import ImportRow
from crm.templatetags.imports import FIELDS, changes


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ["Tom", "Tom Baker"]}, ("name", "Tom", "Tom Baker")),
        ({"country": ["", "FR"]}, ("country", "", "France")),
        ({"languages": [["en"], ["en", "fr"]]}, ("languages", "English", "English, French")),
        ({"addresses": [None, "professional"]}, ("e-mail address", "", "professional")),
        ({"topics": [None, ["sdg-14", "x"]]}, ("topics", "", "Life below water, x")),
        ({"basis": [None, "contract"]}, ("legal basis", "", "contract")),
        ({"kind": [None, "person"]}, ("kind", "", "person")),
        ({"instagram.followers": [900, 48_000]}, ("Instagram, followers", "900", "48,000")),
        ({"instagram.engagement_rate": [None, 0.041]}, ("Instagram, engagement", "", "4.1%")),
        ({"youtube.snapshot": [None, "2026-11-24"]}, ("YouTube, figures of", "", "Nov. 24, 2026")),
        (
            {"instagram.audience.country": [{}, {"FR": 0.7, "BE": None}]},
            ("Instagram, countries of the audience", "", "France 70%, Belgium"),
        ),
        ({"audience.age": [{"18-24": 0.4}, {"18-24": 0.5}]}, ("ages of the audience", "18-24 40%", "18-24 50%")),
        (
            {"goal.signature": [None, {"quantity": 5_000, "amount_minor": None}]},
            ("goal: petition signature", "", "5,000"),
        ),
        ({"platforms": [[], ["youtube"]]}, ("platforms", "", "YouTube")),
        ({"something new": [1, 2]}, ("something new", "1", "2")),
    ],
)
def test_a_change_is_said_in_words(changed, said):
    assert [tuple(change) for change in changes(ImportRow(changes=changed), {"sdg-14": "Life below water"})] == [said]


def test_a_long_text_is_shown_as_far_as_it_helps():
    [change] = changes(ImportRow(changes={"bio": ["", "word " * 200]}), {})
    assert len(change.new) < 200
    assert change.new.endswith("…")


def test_every_kind_of_audience_has_words():
    assert {f"audience.{dimension}" for dimension in own.AUDIENCE.values()} <= FIELDS.keys()
