from django.db import migrations

# Credits are made by the thousand and made again: what they were before is told, not that they came to be.
TRIGGERS = """
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON outreach_outreach FOR EACH ROW
    EXECUTE FUNCTION crm_audit('stage');
CREATE TRIGGER audit AFTER UPDATE OR DELETE ON outreach_attributioncredit FOR EACH ROW
    EXECUTE FUNCTION crm_audit('conversion_id', 'link_id', 'rule', 'share', 'amount_minor');
"""
DROP = "DROP TRIGGER audit ON outreach_outreach; DROP TRIGGER audit ON outreach_attributioncredit;"


class Migration(migrations.Migration):
    dependencies = [("outreach", "0007_identity"), ("crm", "0013_audit")]

    operations = [migrations.RunSQL(TRIGGERS, DROP)]
