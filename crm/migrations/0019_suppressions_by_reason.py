"""A no for each reason, so that one may be taken back without another; named outside, and with a note."""

import uuid

from django.conf import settings
from django.db import migrations, models

# Back to one a scope: what weighs most stays.
KEEP_ONE = """
DELETE FROM crm_suppression AS other USING crm_suppression AS kept
 WHERE other.subject = kept.subject AND other.scope = kept.scope AND other.id <> kept.id
   AND (array_position(ARRAY['unsubscribed', 'declined', 'bounced', 'complaint', 'erased'], other.reason::text), -other.id)
     < (array_position(ARRAY['unsubscribed', 'declined', 'bounced', 'complaint', 'erased'], kept.reason::text), -kept.id)
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0018_credible_share")]

    operations = [
        migrations.AddField(
            "suppression", "note", models.CharField(blank=True, default="", max_length=200, verbose_name="note")
        ),
        migrations.AlterField(
            "suppression", "note", models.CharField(blank=True, max_length=200, verbose_name="note")
        ),
        migrations.AddField("suppression", "public_id", models.UUIDField(editable=False, null=True)),
        migrations.RunSQL("UPDATE crm_suppression SET public_id = gen_random_uuid()", migrations.RunSQL.noop),
        migrations.AlterField(
            "suppression", "public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
        ),
        migrations.AlterField(
            "suppression",
            "by",
            models.ForeignKey(
                settings.AUTH_USER_MODEL,
                models.SET_NULL,
                blank=True,
                null=True,
                related_name="+",
                verbose_name="noted by",
            ),
        ),
        migrations.RemoveConstraint("suppression", "suppression_once"),
        migrations.RunSQL(migrations.RunSQL.noop, KEEP_ONE),
        migrations.AddConstraint(
            "suppression",
            models.UniqueConstraint(fields=("subject", "scope", "reason"), name="suppression_once"),
        ),
    ]
