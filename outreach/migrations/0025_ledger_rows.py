from django.db import migrations

# What was written down by hand says so, and every row is found by its id.
ROWS = """
ALTER TABLE outreach_conversion DISABLE TRIGGER conversion_append_only;
UPDATE outreach_conversion SET door = 'hand' WHERE source = 'by hand';
ALTER TABLE outreach_conversion ENABLE TRIGGER conversion_append_only;
INSERT INTO outreach_conversionid (conversion_id, source, external_id)
    SELECT id, source, external_id FROM outreach_conversion;
"""
# Of an assignment the reason alone may be emptied: it is free words, and may name somebody who is erased.
TRIGGERS = """
CREATE TRIGGER conversion_mark_append_only BEFORE UPDATE OR DELETE ON outreach_conversionmark
    FOR EACH ROW EXECUTE FUNCTION outreach_refuse_change();
CREATE TRIGGER assignment_append_only BEFORE UPDATE OF conversion_id, link_id, by_id, at OR DELETE ON outreach_assignment
    FOR EACH ROW EXECUTE FUNCTION outreach_refuse_change();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON outreach_source FOR EACH ROW
    EXECUTE FUNCTION crm_audit('name', 'kind', 'label', 'campaign_id', 'is_on', 'has_pixel', 'key_number', 'secret_at');
"""
DROP = """
DROP TRIGGER audit ON outreach_source;
DROP TRIGGER assignment_append_only ON outreach_assignment;
DROP TRIGGER conversion_mark_append_only ON outreach_conversionmark;
"""


class Migration(migrations.Migration):
    dependencies = [("outreach", "0024_ledger")]

    operations = [
        migrations.RunSQL(ROWS, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, DROP),
    ]
