import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0006_set_wise_imports")]
    operations = [
        migrations.CreateModel(
            name="ColumnMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("header_set", models.CharField(max_length=64, unique=True)),
                ("mapping", models.JSONField()),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("used_at", models.DateTimeField(verbose_name="last used")),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "mapping of columns", "verbose_name_plural": "mappings of columns"},
        ),
        migrations.RemoveConstraint(model_name="importbatch", name="import_state"),
        # On the way back nobody can be asked any more what the columns of a file are.
        migrations.RunSQL(
            migrations.RunSQL.noop, "UPDATE crm_importbatch SET state = 'failed' WHERE state = 'unmapped'"
        ),
        migrations.AddField("importbatch", "mapping", models.JSONField(null=True)),
        migrations.AddField("importbatch", "progress", models.JSONField(default=dict)),
        migrations.AddField("importbatch", "size", models.BigIntegerField(null=True)),
        migrations.AlterField(
            model_name="importbatch",
            name="state",
            field=models.CharField(
                choices=[
                    ("uploaded", "waiting to be read"),
                    ("unmapped", "waiting to hear what its columns are"),
                    ("analysed", "waiting for your decision"),
                    ("accepted", "being stored"),
                    ("committed", "stored"),
                    ("discarded", "discarded"),
                    ("failed", "unusable"),
                    ("undone", "undone"),
                ],
                default="uploaded",
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    state__in=[
                        "uploaded",
                        "unmapped",
                        "analysed",
                        "accepted",
                        "committed",
                        "discarded",
                        "failed",
                        "undone",
                    ]
                ),
                name="import_state",
            ),
        ),
    ]
