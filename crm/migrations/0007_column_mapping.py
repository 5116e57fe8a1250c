from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("crm", "0006_set_wise_imports")]
    operations = []  # reserved: filled by the change of this name
