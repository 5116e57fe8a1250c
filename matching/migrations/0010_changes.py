import uuid

from django.db import migrations, models

# Each statement that touches what the ranker looks at leaves the numbers of the people it is about, once per person and
# transaction: imports write a hundred thousand rows at a time, in one statement. `changed` are its rows; of an update
# also what they `was`, since a row may have been moved from somebody to somebody else.
FUNCTIONS = """
CREATE FUNCTION matching_changed_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO matching_change (xid, influencer)
    SELECT pg_current_xact_id()::text::bigint, id FROM changed ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION matching_changed_of_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO matching_change (xid, influencer)
    SELECT DISTINCT pg_current_xact_id()::text::bigint, influencer_id FROM changed ON CONFLICT DO NOTHING;
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO matching_change (xid, influencer)
        SELECT DISTINCT pg_current_xact_id()::text::bigint, influencer_id FROM was ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION matching_changed_messages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO matching_change (xid, influencer)
    SELECT DISTINCT pg_current_xact_id()::text::bigint, influencer_id FROM changed
     WHERE kind IN ('message_sent', 'answered') ON CONFLICT DO NOTHING;
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO matching_change (xid, influencer)
        SELECT DISTINCT pg_current_xact_id()::text::bigint, influencer_id FROM was
         WHERE kind IN ('message_sent', 'answered') ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION matching_changed_of_accounts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO matching_change (xid, influencer)
    SELECT DISTINCT pg_current_xact_id()::text::bigint, account.influencer_id
      FROM changed JOIN crm_socialaccount AS account ON account.id = changed.account_id ON CONFLICT DO NOTHING;
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO matching_change (xid, influencer)
        SELECT DISTINCT pg_current_xact_id()::text::bigint, account.influencer_id
          FROM was JOIN crm_socialaccount AS account ON account.id = was.account_id ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;

-- Nobody can be told apart any more: everybody is read anew.
CREATE FUNCTION matching_changed_altogether() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM matching_changelog;
    RETURN NULL;
END $$;
"""
DROP_FUNCTIONS = "".join(
    f"DROP FUNCTION matching_changed_{what}();"
    for what in ("people", "of_people", "messages", "of_accounts", "altogether")
)
TABLES = {
    "crm_influencer": "people",
    "crm_influencer_topics": "of_people",
    "crm_socialaccount": "of_people",
    "crm_activity": "messages",
    "crm_accountsnapshot": "of_accounts",
    "crm_audienceshare": "of_accounts",
    "crm_post": "of_accounts",
    "matching_relevancelabel": "of_people",
}
TRIGGERS = "".join(
    f"""
CREATE TRIGGER changed_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION matching_changed_{what}();
CREATE TRIGGER changed_update AFTER UPDATE ON {table} REFERENCING NEW TABLE AS changed OLD TABLE AS was
    FOR EACH STATEMENT EXECUTE FUNCTION matching_changed_{what}();
CREATE TRIGGER changed_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION matching_changed_{what}();
CREATE TRIGGER changed_truncate AFTER TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION matching_changed_altogether();
"""
    for table, what in TABLES.items()
)
DROP_TRIGGERS = "".join(
    f"DROP TRIGGER changed_{when} ON {table};"
    for table in TABLES
    for when in ("insert", "update", "delete", "truncate")
)


class Migration(migrations.Migration):
    dependencies = [("crm", "0018_credible_share"), ("matching", "0009_rows")]

    operations = [
        migrations.CreateModel(
            name='Change',
            fields=[
                ('pk', models.CompositePrimaryKey('xid', 'influencer', blank=True, editable=False, primary_key=True, serialize=False)),
                ('xid', models.BigIntegerField()),
                ('influencer', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='ChangeLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('reaches_back', models.BigIntegerField()),
                ('reaches_next', models.BigIntegerField(null=True)),
                ('shortened_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='change_log_is_one'), models.CheckConstraint(condition=models.Q(('reaches_next', None), ('reaches_next__gte', models.F('reaches_back')), _connector='OR'), name='change_log_goes_on')],
            },
        ),
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.RunSQL(TRIGGERS, DROP_TRIGGERS),
    ]
