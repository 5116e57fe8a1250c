from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("crm", "0010_representation")]
    operations = []  # reserved: filled by the change of this name
