"""What the migrations before amount to, for a new database: in less than a third of their time."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("matching", "0001_initial"),
        ("matching", "0002_spread"),
        ("matching", "0003_names"),
        ("matching", "0004_hashtags"),
        ("matching", "0005_checks"),
    ]

    initial = True

    dependencies = [
        ("crm", "0001_squashed_0016_engagement_and_whose"),
    ]

    operations = [
        migrations.CreateModel(
            name="HashtagCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="counted")),
                ("people", models.JSONField()),
                ("posts", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="RankerVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(choices=[("scorecard", "starting scorecard")], max_length=20, verbose_name="kind"),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("manifest", models.JSONField()),
                ("created_at", models.DateTimeField(verbose_name="made")),
                ("is_serving", models.BooleanField(default=False, verbose_name="in use")),
            ],
            options={
                "verbose_name": "ranker",
                "verbose_name_plural": "rankers",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("kind__in", ["scorecard"])), name="ranker_kind"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_serving", True)), fields=("is_serving",), name="one_ranker_serves"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MatchList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("requested", "being ranked"), ("ready", "ready"), ("failed", "could not be ranked")],
                        default="requested",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("lease_until", models.DateTimeField(null=True)),
                ("requested_at", models.DateTimeField(verbose_name="requested")),
                ("as_of", models.DateTimeField(verbose_name="as of")),
                ("limit", models.PositiveIntegerField(default=100, verbose_name="shown at most")),
                ("filters", models.JSONField(default=dict)),
                ("considered", models.PositiveIntegerField(default=0, verbose_name="considered")),
                ("left_out", models.JSONField(default=dict)),
                ("spread", models.JSONField(default=dict)),
                ("cause_missing", models.JSONField(default=list)),
                ("weight", models.JSONField(default=dict)),
                ("error", models.JSONField(null=True)),
                ("ready_at", models.DateTimeField(null=True)),
                (
                    "cause",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="match_lists",
                        to="crm.cause",
                        verbose_name="cause",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="requested by",
                    ),
                ),
                (
                    "ranker",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="match_lists",
                        to="matching.rankerversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "match list",
                "verbose_name_plural": "match lists",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ready"), _negated=True),
                            models.Q(("ranker__isnull", False), ("ready_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="match_list_ready_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["requested", "ready", "failed"])), name="match_list_state"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HashtagFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="figures", to="matching.hashtagcount"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("count", "key", "language"), name="hashtag_figure_once"),
                    models.CheckConstraint(condition=models.Q(("people__gte", 2)), name="hashtag_figure_of_several"),
                    models.CheckConstraint(
                        condition=models.Q(("language__regex", "^([a-z]{2,3})?$")), name="hashtag_figure_language"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Match",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("rank", models.PositiveIntegerField(verbose_name="rank")),
                ("score", models.FloatField(verbose_name="fit index")),
                ("percentile", models.FloatField(verbose_name="percentile")),
                ("sides", models.JSONField()),
                ("values", models.JSONField()),
                ("warnings", models.JSONField(default=list)),
                (
                    "influencer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="matches", to="crm.influencer"
                    ),
                ),
                (
                    "match_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="matches", to="matching.matchlist"
                    ),
                ),
            ],
            options={
                "verbose_name": "match",
                "verbose_name_plural": "matches",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("score__gte", 0), ("score__lte", 1)), name="match_score"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("percentile", None),
                            models.Q(("percentile__gte", 0), ("percentile__lte", 100)),
                            _connector="OR",
                        ),
                        name="match_percentile",
                    ),
                    models.CheckConstraint(condition=models.Q(("rank__gte", 1)), name="match_rank"),
                    models.UniqueConstraint(fields=("match_list", "rank"), name="match_rank_once"),
                    models.UniqueConstraint(fields=("match_list", "influencer"), name="match_influencer_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LeftOut",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="conflicting", to="matching.matchlist"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("match_list", "influencer"), name="left_out_once")],
            },
        ),
    ]
