"""Migrations that were gone through with data in the tables can be gone back through."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from outreach.models import MessageTemplate, Outreach, Publication
from tests.factories import NOW, OutreachFactory, TemplateFactory

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


def test_publications_that_were_noted_before_have_their_codes_and_of_two_of_one_post_the_first_keeps_it():
    outreaches = [OutreachFactory() for _ in range(3)]
    links = ["https://www.instagram.com/p/C0deOfPost/", "https://instagram.com/reel/C0deOfPost", ""]
    rows = [
        Publication.objects.create(outreach=outreach, platform="instagram", url=url, published_at=NOW, format="story")
        for outreach, url in zip(outreaches, links, strict=True)
    ]
    by_id = Publication.objects.create(outreach=outreaches[0], platform="x", platform_id="99", published_at=NOW)
    connection.check_constraints()
    loader = MigrationLoader(connection, replace_migrations=False)
    before = loader.project_state([("outreach", "0034_told_events")])
    column, once = (
        loader.get_migration("outreach", name) for name in ("0035_publication_post_code", "0036_publication_post_once")
    )
    middle = loader.project_state([("outreach", column.name)])
    with connection.schema_editor() as editor:
        once.unapply(middle.clone(), editor)
    with connection.schema_editor() as editor:
        column.unapply(before.clone(), editor)
    with connection.schema_editor() as editor:
        column.apply(before.clone(), editor)
    connection.check_constraints()  # each is a transaction of its own
    with connection.schema_editor() as editor:
        once.apply(middle.clone(), editor)
    kept = dict(Publication.objects.values_list("pk", "post_code"))
    assert [kept[row.pk] for row in (*rows, by_id)] == ["C0deOfPost", "", "", "99"]
