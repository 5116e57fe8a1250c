from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("crm", "0007_column_mapping")]
    operations = []  # reserved: filled by the change of this name
