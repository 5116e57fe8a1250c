from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("crm", "0009_search")]
    operations = []  # reserved: filled by the change of this name
