"""How the house behaves, in one row: within what is decent, and held to by the database too."""

from datetime import time

import pytest
from django.db import IntegrityError, transaction

from crm.errors import DomainError
from crm.models import AuditEvent
from crm.services import audit
from crm.words import audit_changes
from outreach.models import Limits
from outreach.services import limits
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_where_nobody_set_any_they_are_as_they_come():
    usual = limits.current()
    assert (usual.weekdays, usual.opens, usual.closes) == ([1, 2, 3, 4, 5], time(9), time(18))
    assert (usual.person_hours, usual.sender_daily, usual.steps) == (24, 50, 3)
    assert (usual.cooling_off_days, usual.asks_a_year, usual.silence_days, usual.lateness_hours) == (60, 4, 30, 24)
    assert not Limits.objects.exists()


def test_what_is_changed_holds_and_the_rest_stays():
    limits.change(cooling_off_days=90, weekdays=[3, 2, 3])
    now = limits.current()
    assert (now.cooling_off_days, now.weekdays, now.asks_a_year) == (90, [2, 3], 4)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"colour": 1}, "limit_unknown"),
        ({"weekdays": []}, "weekdays_none"),
        ({"weekdays": [0]}, "weekday_unknown"),
        ({"weekdays": [8]}, "weekday_unknown"),
        ({"opens": time(18), "closes": time(9)}, "hours_crossed"),
        ({"sender_daily": 0}, "limit_out_of_bounds"),
        ({"steps": 7}, "limit_out_of_bounds"),
        ({"asks_a_year": 0}, "limit_out_of_bounds"),
        ({"silence_days": 6}, "limit_out_of_bounds"),
        ({"lateness_hours": 169}, "limit_out_of_bounds"),
        ({"cause_daily": 0}, "limit_out_of_bounds"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(said, code):
    with pytest.raises(DomainError, match=code), transaction.atomic():
        limits.change(**said)
    assert limits.current().sender_daily == 50
    assert not Limits.objects.exists()


@pytest.mark.parametrize(
    "said",
    [
        {"pk": 2},
        *(
            {name: value}
            for name, (least, most) in limits.BOUNDS.items()
            for value in (least - 1, most + 1)
            if value >= 0
        ),
        {"weekdays": []},
        {"weekdays": [8]},
        {"opens": time(18), "closes": time(18)},
    ],
)
def test_the_database_holds_them_too(said):
    with pytest.raises(IntegrityError), transaction.atomic():
        Limits.objects.create(**{"pk": 1} | said)


def test_whoever_changed_them_is_known_by_the_trail():
    manager = UserFactory(role="manager")
    with audit.said(by=manager.pk, why="admin:crm_instance_limits"):
        limits.change(sender_daily=20)
    events = AuditEvent.objects.filter(table="outreach_limits").order_by("pk")
    assert [(event.operation, event.by) for event in events] == [("INSERT", manager), ("UPDATE", manager)]
    assert events.last().changes == {"sender_daily": [50, 20]}
    assert audit_changes(events.last()) == ["messages in any 24 hours: 50 → 20"]
