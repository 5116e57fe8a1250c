from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outreach", "0010_outcomes")]

    operations = [
        migrations.AddIndex("message", models.Index("dispatched_at", name="message_dispatched")),
    ]
