from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("matching", "0003_names")]
    operations = []  # reserved: filled by the change of this name
