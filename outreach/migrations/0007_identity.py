from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("outreach", "0006_captured_on_timelines")]
    operations = []  # reserved: filled by the change of this name
