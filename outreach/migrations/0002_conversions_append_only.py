from django.db import migrations

CREATE = """
CREATE FUNCTION outreach_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: a correction is a new row', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER conversion_append_only BEFORE UPDATE OR DELETE ON outreach_conversion
    FOR EACH ROW EXECUTE FUNCTION outreach_refuse_change();
"""
DROP = """
DROP TRIGGER conversion_append_only ON outreach_conversion;
DROP FUNCTION outreach_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("outreach", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, DROP)]
