from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("crm", "0012_person_plans")]
    operations = []  # reserved: filled by the change of this name
