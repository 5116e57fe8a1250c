"""Migrations that were gone through with data in the tables can be gone back through."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from outreach.models import MessageTemplate, Outreach
from tests.factories import OutreachFactory, TemplateFactory

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


def test_texts_in_two_registers_are_two_texts_before_there_were_any():
    formal, informal = (TemplateFactory(name="First", language="fr", register=each) for each in ("formal", "informal"))
    connection.check_constraints()
    loader = MigrationLoader(connection, replace_migrations=False)
    before = loader.project_state([("outreach", "0012_purposes"), ("crm", "0020_register")])
    migration = loader.get_migration("outreach", "0013_personal")
    with connection.schema_editor() as editor:
        after = migration.unapply(before, editor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM outreach_messagetemplate ORDER BY id")
        assert cursor.fetchall() == [(formal.pk, "First"), (informal.pk, "First (informal)")]
    del after
    with connection.schema_editor() as editor:
        migration.apply(before.clone(), editor)
    kept = MessageTemplate.objects.order_by("pk").values_list("register", flat=True)
    assert list(kept) == ["formal", "formal"]  # whatever was written before, one writes to people one does not know
