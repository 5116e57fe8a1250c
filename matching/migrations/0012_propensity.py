from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0018_credible_share'),
        ('matching', '0011_intervals'),
    ]

    operations = [
        migrations.AddField(
            model_name='match',
            name='propensity',
            field=models.FloatField(default=1, verbose_name='propensity'),
        ),
        migrations.AddConstraint(
            model_name='match',
            constraint=models.CheckConstraint(condition=models.Q(('propensity__gt', 0), ('propensity__lte', 1)), name='match_propensity'),
        ),
    ]
