import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("crm", "0007_column_mapping")]
    operations = [
        migrations.AddField("cause", "tone", models.TextField(blank=True, default="", verbose_name="tone"), preserve_default=False),
        migrations.AddField("cause", "transparency", models.TextField(blank=True, default="", verbose_name="what becomes of the money"), preserve_default=False),
        migrations.AddField("cause", "transparency_source", models.CharField(blank=True, default="", max_length=500, verbose_name="source of these facts"), preserve_default=False),
        migrations.AddField(
            "cause",
            "values",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100), blank=True, default=list, size=None, verbose_name="values"
            ),
        ),
        migrations.AddConstraint(
            "cause",
            models.CheckConstraint(
                name="cause_transparency_has_source", condition=Q(transparency="") | ~Q(transparency_source="")
            ),
        ),
        migrations.AddField(
            "topic",
            "kind",
            models.CharField(
                choices=[("concern", "field of concern"), ("trade", "trade or product")],
                default="concern",
                max_length=7,
                verbose_name="kind",
            ),
        ),
        migrations.AddField(
            "topic",
            "parent",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="parts",
                to="crm.topic",
                verbose_name="part of",
            ),
        ),
        migrations.AddConstraint("topic", models.CheckConstraint(name="topic_kind", condition=Q(kind__in=["concern", "trade"]))),
        migrations.AddConstraint(
            "topic",
            models.CheckConstraint(name="topic_not_its_own_part", condition=Q(parent=None) | ~Q(parent=F("id"))),
        ),
        migrations.CreateModel(
            name="HashtagPick",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hashtag", models.CharField(max_length=100)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cause",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="picks", to="crm.cause"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(name="hashtag_pick_once", fields=["cause", "hashtag"])],
            },
        ),
    ]
