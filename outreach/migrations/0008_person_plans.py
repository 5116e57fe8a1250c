from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("outreach", "0007_identity")]
    operations = []  # reserved: filled by the change of this name
