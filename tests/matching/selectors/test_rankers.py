"""How it stands with the rankers: what is in use, what was learned, from how much one could learn."""

from datetime import timedelta

import pytest

from matching import selectors
from matching.models import Match, MatchList, RankerVersion, RelevanceLabel
from matching.services import rankers
from tests.factories import NOW
from tests.matching import outcomes, reports

pytestmark = pytest.mark.django_db


def test_each_person_and_cause_counts_once():
    outcomes.plant(causes=2, lists=2, each=3)
    assert RelevanceLabel.objects.count() == 24
    assert selectors.outcomes_shown(at=NOW) == 12


def test_who_was_never_shown_before_is_nothing_to_learn_from():
    outcomes.plant(causes=1, lists=1, each=3)
    Match.objects.order_by("pk").first().delete()
    assert selectors.outcomes_shown(at=NOW) == 2
    MatchList.objects.update(as_of=NOW)
    assert selectors.outcomes_shown(at=NOW) == 0


def test_nor_is_who_was_shown_by_one_that_measured_otherwise():
    outcomes.plant(causes=1, lists=1, each=3)
    version = RankerVersion.objects.get()
    RankerVersion.objects.update(manifest=version.manifest | {"schema_version": 1})
    assert selectors.outcomes_shown(at=NOW) == 0


def test_what_comes_later_is_not_known():
    outcomes.plant(causes=1, lists=1, each=3)
    assert selectors.outcomes_shown(at=NOW - timedelta(days=30)) == 0


def test_it_counts_as_the_training_does():
    from matching.columns import labels

    outcomes.plant(causes=2, lists=2, each=5)
    Match.objects.order_by("pk").first().delete()
    assert selectors.outcomes_shown(at=NOW) == len(labels.learnable(at=NOW).outcomes) == 19


def test_what_is_in_use_and_what_was_learned_last():
    found = selectors.standing(at=NOW)
    assert (found.using, found.learned, found.training, found.outcomes) == (None, None, None, 0)
    first = reports.learned()
    second = reports.learned(2.0)
    rankers.promote(version=first, at=NOW)
    found = selectors.standing(at=NOW)
    assert (found.using, found.learned, found.outcomes) == (first, second, None)
