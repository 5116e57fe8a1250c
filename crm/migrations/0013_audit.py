from django.db import migrations

# One line per row made, changed or removed. The arguments are the columns whose values are told; who and why are what
# crm.services.audit said on this connection, else whom a new row itself names. What is removed and spoke of a person leaves its id behind, and no value.
FUNCTION = """
CREATE FUNCTION crm_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}' ELSE to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}' ELSE to_jsonb(NEW) END;
    anybody jsonb := CASE WHEN TG_OP = 'DELETE' THEN was ELSE new_row END;
    told jsonb;
BEGIN
    SELECT coalesce(jsonb_object_agg(name, jsonb_build_array(was -> name, new_row -> name)), '{}') INTO told
      FROM unnest(TG_ARGV) AS name WHERE was -> name IS DISTINCT FROM new_row -> name;
    IF TG_OP = 'UPDATE' AND told = '{}' THEN
        RETURN NULL;
    END IF;
    -- A row that was made tells itself what is in it.
    IF TG_OP = 'INSERT' OR (TG_OP = 'DELETE' AND anybody ? 'influencer_id') THEN
        told := '{}';
    END IF;
    INSERT INTO crm_auditevent (at, "table", row_id, operation, changes, by_id, why, influencer_id)
    VALUES (now(), TG_TABLE_NAME, (anybody ->> 'id')::bigint, TG_OP, told,
            coalesce(nullif(current_setting('causeway.by', true), ''),
                     CASE WHEN TG_OP = 'INSERT' THEN new_row ->> 'by_id' END)::bigint,
            left(coalesce(current_setting('causeway.why', true), ''), 100), (anybody ->> 'influencer_id')::bigint);
    RETURN NULL;
END $$;
"""
# Addresses come by the hundred thousand with an import, which says itself what it made: only what becomes of them counts.
TRIGGERS = """
CREATE TRIGGER audit AFTER UPDATE OR DELETE ON crm_address FOR EACH ROW
    EXECUTE FUNCTION crm_audit('email', 'kind', 'basis', 'source', 'source_url', 'noticed_at', 'influencer_id');
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON crm_suppression FOR EACH ROW
    EXECUTE FUNCTION crm_audit('subject', 'scope', 'reason', 'created_at');
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON crm_vettingcheck FOR EACH ROW
    EXECUTE FUNCTION crm_audit('verdict', 'reason', 'cause_id', 'influencer_id', 'by_id', 'at');
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON crm_goal FOR EACH ROW
    EXECUTE FUNCTION crm_audit('cause_id', 'kind', 'quantity', 'amount_minor', 'currency', 'due_date');
"""
DROP = "".join(
    f"DROP TRIGGER audit ON crm_{table};" for table in ("address", "suppression", "vettingcheck", "goal")
)


class Migration(migrations.Migration):
    dependencies = [("crm", "0012_person_plans")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION crm_audit()"),
        migrations.RunSQL(TRIGGERS, DROP),
    ]
