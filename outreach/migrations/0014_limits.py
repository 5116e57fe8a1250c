"""How the installation behaves towards people: one row, changed by a manager."""

import datetime
import django.contrib.postgres.fields
import outreach.models.limits
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0021_approval'),
        ('crm', '__first__'),
        ('matching', '0012_propensity'),
        ('outreach', '0013_personal'),
    ]

    operations = [
        migrations.CreateModel(
            name='Limits',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekdays', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=outreach.models.limits.working_week, size=None)),
                ('opens', models.TimeField(default=datetime.time(9, 0))),
                ('closes', models.TimeField(default=datetime.time(18, 0))),
                ('keeps_holidays', models.BooleanField(default=True)),
                ('person_hours', models.PositiveSmallIntegerField(default=24)),
                ('sender_daily', models.PositiveSmallIntegerField(default=50)),
                ('gap_seconds', models.PositiveSmallIntegerField(default=30)),
                ('cause_daily', models.PositiveSmallIntegerField(default=None, null=True)),
                ('warming_since', models.DateField(default=None, null=True)),
                ('steps', models.PositiveSmallIntegerField(default=3)),
                ('cooling_off_days', models.PositiveSmallIntegerField(default=60)),
                ('asks_a_year', models.PositiveSmallIntegerField(default=4)),
                ('silence_days', models.PositiveSmallIntegerField(default=30)),
                ('lateness_hours', models.PositiveSmallIntegerField(default=24)),
                ('is_paused', models.BooleanField(default=False)),
            ],
            options={
                'verbose_name': 'limits',
                'verbose_name_plural': 'limits',
            },
        ),
        migrations.AddConstraint(
            model_name='limits',
            constraint=models.CheckConstraint(condition=models.Q(('pk', 1)), name='limits_one'),
        ),
        migrations.AddConstraint(
            model_name='limits',
            constraint=models.CheckConstraint(condition=models.Q(('weekdays__contained_by', [1, 2, 3, 4, 5, 6, 7]), ('weekdays__len__gte', 1)), name='limits_weekdays'),
        ),
        migrations.AddConstraint(
            model_name='limits',
            constraint=models.CheckConstraint(condition=models.Q(('closes', datetime.time(0, 0)), ('closes__gt', models.F('opens')), _connector='OR'), name='limits_hours'),
        ),
        migrations.AddConstraint(
            model_name='limits',
            constraint=models.CheckConstraint(condition=models.Q(('person_hours__range', (1, 720))), name='limits_person_hours'),
        ),
        migrations.AddConstraint(
            model_name='limits',
            constraint=models.CheckConstraint(condition=models.Q(('sender_daily__range', (1, 10000))), name='limits_sender_daily'),
        ),
        migrations.AddConstraint(
            model_name='limits',
            constraint=models.CheckConstraint(condition=models.Q(('gap_seconds__lte', 3600)), name='limits_gap'),
        ),
        migrations.AddConstraint(
            model_name='limits',
            constraint=models.CheckConstraint(condition=models.Q(('cause_daily', None), ('cause_daily__range', (1, 10000)), _connector='OR'), name='limits_cause_daily'),
        ),
        migrations.AddConstraint(
            model_name='limits',
            constraint=models.CheckConstraint(condition=models.Q(('steps__range', (1, 6))), name='limits_steps'),
        ),
        migrations.AddConstraint(
            model_name='limits',
            constraint=models.CheckConstraint(condition=models.Q(('cooling_off_days__range', (0, 365))), name='limits_cooling_off'),
        ),
        migrations.AddConstraint(
            model_name='limits',
            constraint=models.CheckConstraint(condition=models.Q(('asks_a_year__range', (1, 12))), name='limits_asks'),
        ),
        migrations.AddConstraint(
            model_name='limits',
            constraint=models.CheckConstraint(condition=models.Q(('silence_days__range', (7, 180))), name='limits_silence'),
        ),
        migrations.AddConstraint(
            model_name='limits',
            constraint=models.CheckConstraint(condition=models.Q(('lateness_hours__range', (1, 168))), name='limits_lateness'),
        ),
    ]
