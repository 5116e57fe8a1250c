from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("crm", "0008_briefs")]
    operations = []  # reserved: filled by the change of this name
