"""Migrations that were gone through with data in the tables can be gone back through."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from outreach.models import Outreach
from tests.factories import OutreachFactory

pytestmark = pytest.mark.django_db


def test_conversations_that_met_in_a_merge_are_no_obstacle_to_going_back():
    open_one = OutreachFactory(stage="contacted")
    closed = OutreachFactory(influencer=open_one.influencer, campaign=open_one.campaign, stage="merged")
    connection.check_constraints()
    loader = MigrationLoader(connection, replace_migrations=False)  # one by one
    before = loader.project_state([("outreach", "0006_captured_on_timelines")])
    with connection.schema_editor() as editor:
        loader.get_migration("outreach", "0007_identity").unapply(before, editor)
    assert list(Outreach.objects.filter(influencer=open_one.influencer)) == [open_one]
    assert Outreach.objects.get(pk=closed.pk).influencer is None
