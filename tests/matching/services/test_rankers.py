"""Which ranker serves: signed numbers, promotion that is earned, rollback, and what happens to an altered one."""

import copy

import pytest

from crm.errors import DomainError
from matching.models import RankerVersion, Served
from matching.ranking.scorecard import scorecard
from matching.services import rankers
from matching.services.rankers import NotBetter
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def learned(weight=1.0, *, low=0.01, suspects=None, contenders=("scorecard",), champion=None):
    """A version as training leaves one; its numbers are those of a scorecard of other weights."""
    current, _ = rankers.serving(at=NOW)
    row = {"ndcg": 0.5, "recall": 1.0, "difference": {"mean": low + 0.02, "low": low, "high": low + 0.04}}
    return rankers.keep(
        scorecard({"topic_fit": weight}),
        kind=RankerVersion.Kind.LEARNED,
        at=NOW,
        report={
            "suspects": suspects or {},
            "champion": champion or current.digest,
            "accept_rate": 0.4,
            "contenders": [{"name": name, **row} for name in contenders],
        },
    )


def told():
    return list(Served.objects.order_by("pk").values_list("ranker__digest", "why"))


def test_a_new_installation_starts_with_the_scorecard():
    version, ranker = rankers.serving(at=NOW)
    assert (version.kind, ranker.digest, version.is_serving) == ("scorecard", scorecard().digest, True)
    assert rankers.serving(at=NOW)[0] == version
    assert told() == [(version.digest, "started")]


def test_promoted_and_rolled_back(django_user_model):
    start, _ = rankers.serving(at=NOW)
    first = rankers.promote(version=learned(1.0), at=NOW)
    second = rankers.promote(version=learned(2.0, contenders=("scorecard", "champion")), at=NOW)
    assert rankers.serving(at=NOW)[0] == second
    assert rankers.roll_back(at=NOW) == first
    assert RankerVersion.objects.get(is_serving=True) == first
    assert [why for _, why in told()] == ["started", "promoted", "promoted", "rolled_back"]
    assert start.digest == told()[0][0]


def test_without_another_that_served_there_is_nothing_to_roll_back():
    with pytest.raises(DomainError, match="nothing_to_roll_back"):
        rankers.roll_back(at=NOW)


@pytest.mark.parametrize("against", ["scorecard", "champion"])
@pytest.mark.parametrize("low", [-0.001, 0.0, None])
def test_what_is_not_shown_to_be_better_is_not_promoted(against, low):
    version = learned(contenders=("chance", "scorecard", "champion"))
    report = copy.deepcopy(version.report)
    for row in report["contenders"]:
        if row["name"] == against:
            row["difference"] = {"mean": 0.03, "low": low, "high": 0.06}
    RankerVersion.objects.filter(pk=version.pk).delete()
    version = rankers.keep(scorecard({"topic_fit": 1.0}), kind="learned", at=NOW, report=report)
    with pytest.raises(NotBetter) as raised:
        rankers.promote(version=version, at=NOW)
    assert raised.value.params == {"against": against, "difference": 0.03, "low": low, "high": 0.06}
    assert rankers.serving(at=NOW)[0].kind == "scorecard"


@pytest.mark.parametrize(
    ("made", "code"),
    [
        ({"suspects": {"reply_rate": 0.99}}, "ranker_suspect"),
        ({"champion": "0" * 64}, "ranker_compared_with_another"),
    ],
)
def test_what_cannot_be_believed_is_not_promoted(made, code):
    with pytest.raises(DomainError, match=code):
        rankers.promote(version=learned(**made), at=NOW)


def test_neither_what_serves_nor_a_scorecard_is_promoted():
    current, _ = rankers.serving(at=NOW)
    with pytest.raises(DomainError, match="ranker_serves_already"):
        rankers.promote(version=current, at=NOW)
    other = rankers.keep(scorecard({"topic_fit": 3.0}), kind="scorecard", at=NOW)
    with pytest.raises(DomainError, match="ranker_not_learned"):
        rankers.promote(version=other, at=NOW)


def altered(version, how):
    """The stored version with something changed behind our back."""
    other = rankers.keep(scorecard({"topic_fit": 4.5}), kind="learned", at=NOW, report={"suspects": {}})
    changes = {
        "cell": {"manifest": _with(version.manifest, "intercept")},
        "other ranker's numbers": {"manifest": other.manifest},
        "numbers and signature of another": {"manifest": other.manifest, "signature": "v1:" + "0" * 64},
        "report": {"report": version.report | {"suspects": {"x": 1.0}}},
        "resamples": {"resamples": [{"name": "x"}]},
        "no signature": {"signature": ""},
        "kind": {"kind": "scorecard"},
        "not a manifest": {"manifest": {"pickle": "gASVJQAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjApjYWxjLmV4ZSCUhZRSlC4="}},
        "schema": {"manifest": version.manifest | {"schema_version": 1}},
        "infinite": {"manifest": _with(version.manifest, "intercept", 1e308)},
    }
    RankerVersion.objects.filter(pk=version.pk).update(**changes[how])


def _with(manifest, key, value=0.25):
    made = copy.deepcopy(manifest)
    made["sides"]["wants"][key] = value
    return made


@pytest.mark.parametrize(
    "how",
    [
        "cell",
        "other ranker's numbers",
        "numbers and signature of another",
        "report",
        "resamples",
        "no signature",
        "kind",
        "not a manifest",
        "schema",
        "infinite",
    ],
)
def test_an_altered_ranker_never_serves_and_the_last_good_one_does(how):
    first = rankers.promote(version=learned(1.0), at=NOW)
    second = rankers.promote(version=learned(2.0, contenders=("scorecard", "champion")), at=NOW)
    altered(second, how)
    version, ranker = rankers.serving(at=NOW)
    assert (version, ranker.digest) == (first, first.digest)
    assert told()[-1] == (first.digest, "refused")
    with pytest.raises(DomainError):
        rankers.promote(version=RankerVersion.objects.get(pk=second.pk), at=NOW)
    altered(first, how)
    assert rankers.serving(at=NOW)[0].kind == "scorecard"


def test_the_same_numbers_are_the_same_version():
    assert learned() == learned()
    assert RankerVersion.objects.filter(kind="learned").count() == 1


def test_a_scorecard_stored_before_signatures_is_signed_once():
    version, _ = rankers.serving(at=NOW)
    RankerVersion.objects.update(signature="")
    again, _ = rankers.serving(at=NOW)
    assert (again, rankers.is_genuine(again)) == (version, True)
    assert rankers.serving(at=NOW)[0] == version
    assert [why for _, why in told()] == ["started", "refused"]
