from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0017_import_pieces")]

    operations = [
        migrations.AddField("accountsnapshot", "credible_share", models.FloatField(null=True)),
        migrations.AddField("stagedaccount", "credible_share", models.FloatField(null=True)),
        migrations.AddConstraint(
            "accountsnapshot",
            models.CheckConstraint(
                name="snapshot_credible_share",
                condition=models.Q(credible_share=None) | models.Q(credible_share__gte=0, credible_share__lte=1),
            ),
        ),
    ]
