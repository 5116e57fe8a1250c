from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("crm", "0011_identity")]
    operations = []  # reserved: filled by the change of this name
