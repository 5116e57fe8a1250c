"""Audiences as vendors' reports have them."""

import pytest

from crm.formats.documents import Document
from crm.formats.reports.audiences import read_audience, read_first_audience
from crm.formats.reports.values import Report


def shares(groups, dimension="country", unit="fraction"):
    report = Report(Document(1, {"groups": groups}))
    told = {share.key: share.share for share in read_audience(report, {"groups": dimension}, unit=unit)}
    return told, [(note.code, note.params) for note in report.notes]


@pytest.mark.parametrize(
    ("dimension", "groups", "told"),
    [
        ("gender", [{"code": "MALE", "weight": 0.4}, {"code": "FEMALE", "weight": 0.6}], {"male": 0.4, "female": 0.6}),
        ("age", [{"code": "18-24", "weight": 0.4}, {"code": "65-", "weight": 0.1}], {"18-24": 0.4, "65+": 0.1}),
        ("age", {"18-24": 0.4, "65+": 0.1}, {"18-24": 0.4, "65+": 0.1}),
        ("country", [{"code": "uk", "weight": 0.4}, {"name": "France", "weight": 0.1}], {"GB": 0.4, "FR": 0.1}),
        ("language", [{"code": "zh-Hans", "weight": 0.25}, {"code": "zh-Hant", "weight": 0.5}], {"zh": 0.75}),
        ("interest", [{"name": "A|B: c", "weight": 0.9}, {"name": "D", "weight": 0.9}], {"A/B: c": 0.9, "D": 0.9}),
        ("country", [{"code": "FR", "weight": None}], {"FR": None}),
        ("country", None, {}),
    ],
)
def test_groups_are_spelled_as_everywhere_else(dimension, groups, told):
    assert shares(groups, dimension) == (told, [])


def test_percentages_become_shares():
    assert shares([{"code": "fr", "value": 62.5}], unit="percent") == ({"FR": 0.625}, [])


def test_groups_nobody_knows_are_counted_and_left_out():
    groups = [{"code": "FR", "weight": 0.4}, {"code": "Atlantis", "weight": 0.1}, {"code": "Lemuria", "weight": 0.1}, 7]
    assert shares(groups) == (
        {"FR": 0.4},
        [
            ("audience_ignored", {"dimension": "country", "reason": "country_unknown", "count": 2}),
            ("audience_ignored", {"dimension": "country", "reason": "value_invalid", "count": 1}),
        ],
    )


@pytest.mark.parametrize(("weights", "reason"), [((60, 0.9), "share_out_of_range"), ((0.7, 0.7), "audience_over_one")])
def test_a_dimension_in_another_unit_is_left_out_as_a_whole(weights, reason):
    groups = [{"code": code, "weight": weight} for code, weight in zip(("FR", "BE"), weights, strict=True)]
    assert shares(groups) == ({}, [("audience_ignored", {"dimension": "country", "reason": reason, "count": 2})])


def audience(success: object, **data) -> dict[str, object]:
    return {"success": success, "data": data}


def test_followers_come_first_and_a_failed_block_is_no_audience():
    men = {"audience_genders": [{"code": "MALE", "weight": 0.9}]}
    women = {"audience_genders": [{"code": "FEMALE", "weight": 0.9}]}

    def first(**blocks):
        return [share.key for share in read_first_audience(Report(Document(1, blocks)), "")]

    assert first(audience_likers=audience(True, **men), audience_followers=audience(True, **women)) == ["female"]
    assert first(audience_likers=audience(True, **men), audience_followers=audience(False, **women)) == ["male"]
    assert first(audience_likers=audience(True, audience_credibility=1), audience_commenters=audience(True, **men)) == [
        "male"
    ]
    assert first(audience_followers={"success": False, "error": "empty_audience"}) == []
