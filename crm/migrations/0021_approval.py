"""Whether a manager approves every first message for a cause."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0020_register'),
    ]

    operations = [
        migrations.AddField(
            model_name='cause',
            name='asks_approval',
            field=models.BooleanField(default=False, verbose_name='a manager approves every first message'),
        ),
    ]
