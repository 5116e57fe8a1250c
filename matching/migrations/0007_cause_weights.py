"""Weights of the scorecard that are one cause's own, and the rankers made of them; who moved them is in the audit trail."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Func, Q

BOUNDED = 'strict $.type() == "object" && !exists($.* ? (@.type() != "number" || @ < 0 || @ > 5))'
ARE_WEIGHTS = Q(
    Func(F("weights"), template=f"jsonb_path_match(%(expressions)s, '{BOUNDED}')", output_field=models.BooleanField())
)
TRIGGER = """
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON matching_causeweights FOR EACH ROW
    EXECUTE FUNCTION crm_audit('cause_id', 'weights');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0018_credible_share"),
        ("matching", "0006_labels"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("rankerversion", "weights", models.JSONField(default=dict)),
        migrations.AddConstraint("rankerversion", models.CheckConstraint(name="ranker_weights", condition=ARE_WEIGHTS)),
        migrations.AddConstraint(
            "rankerversion",
            models.CheckConstraint(
                name="ranker_of_a_cause", condition=Q(weights={}) | Q(kind="scorecard", is_serving=False)
            ),
        ),
        migrations.CreateModel(
            name="CauseWeights",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("weights", models.JSONField(verbose_name="weights")),
                ("at", models.DateTimeField(verbose_name="moved")),
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
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="crm.cause",
                        verbose_name="cause",
                    ),
                ),
            ],
            options={
                "verbose_name": "weights of a cause",
                "verbose_name_plural": "weights of causes",
                "constraints": [models.CheckConstraint(name="cause_weights_bounded", condition=ARE_WEIGHTS)],
            },
        ),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER audit ON matching_causeweights"),
    ]
