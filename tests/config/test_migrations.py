"""A new database, made from what the migrations amount to, is what the history of them makes."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

OURS = ("crm", "matching", "outreach")
# One line for each thing: whatever can be told of it, in the words of Postgres.
SHAPE = """
SELECT 'table', relname, relpersistence::text, relkind::text FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'v')
UNION ALL SELECT 'column', attrelid::regclass || '.' || attname, format_type(atttypid, atttypmod) ||
    CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END || attidentity::text || attgenerated::text,
    coalesce(pg_get_expr(adbin, adrelid), '')
  FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
UNION ALL SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid), '' FROM pg_constraint
  WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
UNION ALL SELECT 'index', tablename || '.' || indexname, indexdef, '' FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid), '' FROM pg_trigger
  WHERE NOT tgisinternal
UNION ALL SELECT 'function', proname, prosrc, '' FROM pg_proc
  WHERE pronamespace = 'public'::regnamespace AND prolang <> 13
"""


def test_a_new_database_is_what_the_history_makes_and_there_is_a_way_back():
    """All in one transaction: to nothing, and forward again by every single migration."""
    new = shape()
    back = MigrationExecutor(connection)
    back.migrate([(app, None) for app in OURS])
    ours = {model._meta.db_table for app in OURS for model in apps.get_app_config(app).get_models()}
    assert not ours & set(connection.introspection.table_names())
    forward = MigrationExecutor(connection)
    forward.loader = MigrationLoader(connection, replace_migrations=False)
    ends = [node for node in forward.loader.graph.leaf_nodes() if not (node[0] in OURS and "squashed" in node[1])]
    forward.migrate(ends)
    assert shape() ^ new == set()
    # Who came that way has nothing left to do.
    again = MigrationExecutor(connection)
    assert not again.migration_plan(again.loader.graph.leaf_nodes())


def shape() -> set[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(SHAPE)
        return set(cursor.fetchall())
