"""What the database itself says about weights, whoever writes them."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from crm.models import AuditEvent
from matching.models import CauseWeights, MatchList, RankerVersion
from matching.models.weights import HIGHEST
from matching.ranking.scorecard import WEIGHTS
from tests.factories import NOW, CauseFactory, UserFactory

pytestmark = pytest.mark.django_db

BAD = [
    *([], [1], "x", 1, None),
    *({"topic_fit": "1"}, {"topic_fit": None}, {"topic_fit": True}, {"topic_fit": [1]}, {"topic_fit": {}}),
    *({"topic_fit": -0.1}, {"topic_fit": 5.1}, {"topic_fit": 1, "platform_fit": 6}),
]


def moved(weights, cause=None) -> CauseWeights:
    return CauseWeights.objects.create(cause=cause or CauseFactory(), weights=weights, at=NOW)


def version(digest="x", **said) -> RankerVersion:
    return RankerVersion.objects.create(kind="scorecard", digest=digest, manifest={}, created_at=NOW, **said)


@pytest.mark.parametrize("weights", BAD, ids=repr)
def test_what_are_no_weights_within_the_widest_bounds_is_refused(weights):
    with pytest.raises(IntegrityError), transaction.atomic():
        moved(weights)
    with pytest.raises(IntegrityError), transaction.atomic():
        version(weights=weights)


@pytest.mark.parametrize("weights", [{}, {"topic_fit": 0}, {"topic_fit": 5, "platform_fit": 0.25}])
def test_weights_within_them_are_taken(weights):
    assert CauseWeights.objects.get(pk=moved(weights).pk).weights == weights
    assert RankerVersion.objects.get(pk=version(weights=weights).pk).weights == weights


def test_the_widest_bounds_are_those_of_the_scorecard():
    assert (min(one.low for one in WEIGHTS.values()), max(one.high for one in WEIGHTS.values())) == (0, HIGHEST)


def test_a_cause_has_one_set_of_them_and_takes_it_along():
    cause = CauseFactory()
    moved({}, cause)
    with pytest.raises(IntegrityError), transaction.atomic():
        moved({}, cause)
    cause.delete()
    assert not CauseWeights.objects.exists()


def test_a_ranker_made_for_one_cause_never_serves_the_others():
    assert version(is_serving=True).is_serving
    own = version("y", weights={"topic_fit": 4})
    RankerVersion.objects.filter(digest="x").update(is_serving=False)
    with pytest.raises(IntegrityError, match="ranker_of_a_cause"), transaction.atomic():
        RankerVersion.objects.filter(pk=own.pk).update(is_serving=True)


def test_a_ranker_that_made_a_list_stays():
    own = version(weights={"topic_fit": 4})
    MatchList.objects.create(cause=CauseFactory(), ranker=own, state="ready", requested_at=NOW, as_of=NOW, ready_at=NOW)
    with pytest.raises(ProtectedError):
        own.delete()


def test_every_change_is_in_the_trail_whoever_made_it():
    user = UserFactory()
    row = CauseWeights.objects.create(cause=CauseFactory(), weights={"topic_fit": 4}, by=user, at=NOW)
    CauseWeights.objects.update(weights={"topic_fit": 1})
    row.delete()
    told = AuditEvent.objects.filter(table="matching_causeweights").order_by("pk")
    assert list(told.values_list("operation", "changes", "by")) == [
        ("INSERT", {}, user.pk),
        ("UPDATE", {"weights": [{"topic_fit": 4}, {"topic_fit": 1}]}, None),
        ("DELETE", {"weights": [{"topic_fit": 1}, None], "cause_id": [row.cause_id, None]}, None),
    ]
