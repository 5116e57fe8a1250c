"""A no for each reason, so that one may be taken back without another; named outside, and with a note."""

import uuid

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
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
            "suppression",
            "note",
            models.CharField(blank=True, db_default="", max_length=200, verbose_name="note"),
        ),
        # Each row its own: the database makes them.
        migrations.AddField(
            "suppression",
            "public_id",
            models.UUIDField(db_default=RandomUUID(), default=uuid.uuid4, editable=False, unique=True),
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
