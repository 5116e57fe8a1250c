from django.db import migrations


class Migration(migrations.Migration):
    """Whoever is erased is not there any more: no row was ever marked so."""

    dependencies = [("crm", "0014_checks")]

    operations = [migrations.RemoveField(model_name="influencer", name="erased_at")]
