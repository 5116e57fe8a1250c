import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0011_identity")]

    operations = [
        migrations.AlterModelOptions(
            name="influencer",
            options={
                "permissions": [("export_influencer", "Can export everything about a person")],
                "verbose_name": "influencer",
                "verbose_name_plural": "influencers",
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("table", models.CharField(max_length=63, verbose_name="what")),
                ("row_id", models.BigIntegerField()),
                (
                    "operation",
                    models.CharField(
                        choices=[("INSERT", "creation"), ("UPDATE", "modification"), ("DELETE", "removal")],
                        max_length=6,
                        verbose_name="how",
                    ),
                ),
                ("changes", models.JSONField(default=dict, verbose_name="from what to what")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by whom",
                    ),
                ),
                ("why", models.CharField(blank=True, max_length=100, verbose_name="on which occasion")),
                (
                    "influencer",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="audit_events",
                        to="crm.influencer",
                    ),
                ),
            ],
            options={
                "verbose_name": "audit event",
                "verbose_name_plural": "audit events",
                "indexes": [models.Index(models.F("table"), models.F("row_id"), name="audit_by_row")],
            },
        ),
        migrations.CreateModel(
            name="ErasureReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("asked", "they asked for it"),
                            ("unneeded", "their data is not needed any more"),
                            ("unlawful", "there was no ground to hold it"),
                        ],
                        default="asked",
                        max_length=10,
                        verbose_name="why",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="erased")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by whom",
                    ),
                ),
                ("counts", models.JSONField(default=dict)),
                (
                    "digests",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), default=list, size=None
                    ),
                ),
                ("lifted_at", models.DateTimeField(null=True, verbose_name="may be stored again since")),
                (
                    "lifted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="allowed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "erasure",
                "verbose_name_plural": "erasures",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", ["asked", "unneeded", "unlawful"])), name="erasure_reason"
                    )
                ],
            },
        ),
    ]
