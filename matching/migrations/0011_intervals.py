from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0018_credible_share'),
        ('matching', '0010_changes'),
    ]

    operations = [
        migrations.AddField(
            model_name='match',
            name='score_high',
            field=models.FloatField(null=True, verbose_name='fit index, high end'),
        ),
        migrations.AddField(
            model_name='match',
            name='score_low',
            field=models.FloatField(null=True, verbose_name='fit index, low end'),
        ),
        migrations.AddConstraint(
            model_name='match',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('score_high', None), ('score_low', None)), models.Q(('score_high__gte', models.F('score_low')), ('score_high__isnull', False), ('score_high__lte', 1), ('score_low__gte', 0), ('score_low__isnull', False)), _connector='OR'), name='match_interval'),
        ),
    ]
