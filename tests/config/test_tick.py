"""`manage.py tick`: everything due, once; as of another instant only where no mail leaves."""

from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.factories import approved_message, at_any_hour

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def any_hour(db):
    """What is tried here is something else: it may be night, or a Sunday."""
    at_any_hour()


@pytest.fixture
def approved(organisation):
    return approved_message()


def test_a_message_goes_out_at_the_instant_named_and_not_before(approved):
    approved.due_at = timezone.now() + timedelta(days=3)
    approved.expires_at = approved.due_at + timedelta(days=1)
    approved.save()
    call_command("tick")
    approved.refresh_from_db()
    assert approved.state == "planned"
    call_command("tick", "--at", (approved.due_at + timedelta(minutes=1)).isoformat())
    approved.refresh_from_db()
    assert (approved.state, approved.is_captured) == ("sent", True)


def test_an_instant_without_an_offset_is_on_the_staffs_clock(approved):
    approved.due_at = timezone.make_aware(datetime(2027, 1, 4, 9, 0))  # noqa: DTZ001
    approved.expires_at = approved.due_at + timedelta(days=1)
    approved.save()
    call_command("tick", "--at", "2027-01-04T08:59:59")
    approved.refresh_from_db()
    assert approved.state == "planned"
    call_command("tick", "--at", "2027-01-04T09:00")
    approved.refresh_from_db()
    assert approved.state == "sent"


def test_what_is_no_instant_is_refused():
    with pytest.raises(CommandError, match="is not an instant") as caught:
        call_command("tick", "--at", "soon")
    assert caught.value.returncode == 2


def test_with_a_real_mail_server_time_is_not_played_with(settings):
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    with pytest.raises(CommandError, match="EMAIL_URL") as caught:
        call_command("tick", "--at", "2027-01-04T09:00")
    assert caught.value.returncode == 2
