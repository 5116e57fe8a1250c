"""How one says "you" to somebody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0019_suppressions_by_reason")]

    operations = [
        migrations.AddField(
            "influencer",
            "register",
            models.CharField(
                blank=True,
                choices=[("", "not known"), ("formal", "formal"), ("informal", "informal")],
                db_default="",
                default="",
                max_length=8,
                verbose_name="form of address",
            ),
        ),
        migrations.AddConstraint(
            "influencer",
            models.CheckConstraint(
                name="influencer_register", condition=models.Q(register__in=["", "formal", "informal"])
            ),
        ),
    ]
