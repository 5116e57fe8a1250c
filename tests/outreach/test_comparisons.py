"""Comparisons that somebody asked for: once, by one process at a time, and kept; others go after a time."""

from datetime import timedelta

import pytest

from outreach import tasks
from outreach.models import AttributionRun, Comparison
from outreach.services import attributions, comparisons
from tests.factories import NOW, CampaignFactory, UserFactory
from tests.outreach.test_credits import act

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def campaign():
    return CampaignFactory()


def asked(campaign):
    return comparisons.ask(campaign=campaign, by=UserFactory(), at=NOW)


def test_what_is_asked_for_twice_is_done_once(campaign):
    assert asked(campaign) == asked(campaign)
    tasks.sweep_comparisons(NOW.isoformat())
    tasks.sweep_comparisons(NOW.isoformat())
    assert AttributionRun.objects.get().is_asked
    assert not Comparison.objects.exists()


def test_another_process_goes_on_only_where_the_first_gives_no_sign_of_life(campaign):
    row = asked(campaign)
    Comparison.objects.update(lease_until=NOW + timedelta(minutes=5))
    assert comparisons.build(asked=row, at=NOW + timedelta(minutes=5)) is None
    assert comparisons.build(asked=row, at=NOW + timedelta(minutes=6)) is not None
    assert comparisons.build(asked=row, at=NOW + timedelta(minutes=7)) is None  # it is there


def test_how_many_actions_are_read_is_told_batch_by_batch(campaign, monkeypatch):
    monkeypatch.setattr(attributions, "_AT_ONCE", 2)
    for number in range(5):
        act(number)
    told = []
    attributions.run(campaign=campaign, at=NOW + 2 * DAY, tell=lambda done, of: told.append((done, of)))
    assert told == [(2, 5), (4, 5), (5, 5)]


def test_comparisons_that_nobody_asked_for_go_after_a_time_and_the_newest_stays(campaign, settings):
    settings.COMPARISON_DAYS = 90
    old = attributions.run(campaign=campaign, at=NOW)
    kept = attributions.run(campaign=campaign, at=NOW, is_asked=True)
    newest = attributions.run(campaign=campaign, at=NOW + DAY)
    other = attributions.run(campaign=CampaignFactory(), at=NOW)
    assert attributions.forget(at=NOW + 90 * DAY) == 0
    assert attributions.forget(at=NOW + 91 * DAY) == 1
    assert {*AttributionRun.objects.all()} == {kept, newest, other}
    assert old not in AttributionRun.objects.all()
