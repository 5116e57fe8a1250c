import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


def _id():
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    dependencies = [("crm", "0008_briefs"), ("matching", "0003_names")]
    operations = [
        migrations.AddField("match", "warnings", models.JSONField(default=list)),
        migrations.AddField("matchlist", "weight", models.JSONField(default=dict)),
        migrations.CreateModel(
            name="LeftOut",
            fields=[
                _id(),
                ("findings", models.JSONField()),
                (
                    "influencer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="crm.influencer"
                    ),
                ),
                (
                    "match_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="conflicting",
                        to="matching.matchlist",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(name="left_out_once", fields=["match_list", "influencer"])],
            },
        ),
        migrations.CreateModel(
            name="HashtagCount",
            fields=[
                _id(),
                ("at", models.DateTimeField(verbose_name="counted")),
                ("people", models.JSONField()),
                ("posts", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="HashtagFigure",
            fields=[
                _id(),
                ("language", models.CharField(blank=True, max_length=8)),
                ("key", models.CharField(max_length=200)),
                ("spelled", models.CharField(max_length=100)),
                ("people", models.PositiveIntegerField()),
                ("posts", models.PositiveIntegerField()),
                ("recent", models.PositiveIntegerField()),
                ("before", models.PositiveIntegerField()),
                ("engagement", models.FloatField(null=True)),
                (
                    "count",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="figures",
                        to="matching.hashtagcount",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(name="hashtag_figure_once", fields=["count", "key", "language"]),
                    models.CheckConstraint(name="hashtag_figure_of_several", condition=Q(people__gte=2)),
                ],
            },
        ),
    ]
