import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0009_search")]
    operations = [
        migrations.CreateModel(
            name="Representation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                ("territory", models.CharField(blank=True, max_length=200, verbose_name="territory")),
                ("since_date", models.DateField(blank=True, null=True, verbose_name="since")),
                ("until_date", models.DateField(blank=True, null=True, verbose_name="until")),
                ("notes", models.TextField(blank=True, verbose_name="notes")),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="represents",
                        to="crm.influencer",
                        verbose_name="agent",
                    ),
                ),
                (
                    "influencer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="representations",
                        to="crm.influencer",
                    ),
                ),
            ],
            options={
                "verbose_name": "representation",
                "verbose_name_plural": "representations",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("influencer", models.F("agent")), _negated=True),
                        name="representation_of_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("since_date", None),
                            ("until_date", None),
                            ("until_date__gte", models.F("since_date")),
                            _connector="OR",
                        ),
                        name="representation_dates",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("until_date", None)),
                        fields=("influencer", "agent", "territory"),
                        name="representation_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("query", models.CharField(max_length=1000)),
                ("is_shared", models.BooleanField(default=False, verbose_name="shared with the team")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "saved view",
                "verbose_name_plural": "saved views",
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "name"), name="saved_view_name_once"),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="saved_view_has_name"),
                    models.CheckConstraint(condition=models.Q(("query", ""), _negated=True), name="saved_view_asks"),
                ],
            },
        ),
    ]
