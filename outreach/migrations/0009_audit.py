from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("outreach", "0008_person_plans")]
    operations = []  # reserved: filled by the change of this name
