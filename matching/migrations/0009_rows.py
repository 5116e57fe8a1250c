"""A match remembers the stored rows that it rests on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0008_learning")]
    operations = [migrations.AddField("match", "rows", models.JSONField(default=dict))]
