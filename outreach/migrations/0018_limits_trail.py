import datetime

import django.contrib.postgres.fields
from django.db import migrations, models

import outreach.models.limits

# Whoever says how the house behaves is known by it.
TRIGGERS = """
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON outreach_limits FOR EACH ROW
    EXECUTE FUNCTION crm_audit('weekdays', 'opens', 'closes', 'keeps_holidays', 'person_hours', 'sender_daily',
        'gap_seconds', 'cause_daily', 'warming_since', 'steps', 'cooling_off_days', 'asks_a_year', 'silence_days',
        'lateness_hours', 'is_paused');
CREATE TRIGGER audit AFTER UPDATE ON outreach_campaign FOR EACH ROW EXECUTE FUNCTION crm_audit('is_paused');
"""
DROP = "DROP TRIGGER audit ON outreach_limits; DROP TRIGGER audit ON outreach_campaign;"


class Migration(migrations.Migration):
    dependencies = [("outreach", "0017_inbound"), ("crm", "0013_audit")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="remark",
            field=models.CharField(
                blank=True, default="", editable=False, max_length=300, verbose_name="what a manager remarked"
            ),
        ),
        migrations.AlterField(
            model_name='limits',
            name='asks_a_year',
            field=models.PositiveSmallIntegerField(default=4, verbose_name='asks a year'),
        ),
        migrations.AlterField(
            model_name='limits',
            name='cause_daily',
            field=models.PositiveSmallIntegerField(default=None, null=True, verbose_name='messages for one cause in any 24 hours'),
        ),
        migrations.AlterField(
            model_name='limits',
            name='closes',
            field=models.TimeField(default=datetime.time(18, 0), verbose_name='until'),
        ),
        migrations.AlterField(
            model_name='limits',
            name='cooling_off_days',
            field=models.PositiveSmallIntegerField(default=60, verbose_name='days between two asks'),
        ),
        migrations.AlterField(
            model_name='limits',
            name='gap_seconds',
            field=models.PositiveSmallIntegerField(default=30, verbose_name='seconds between two messages'),
        ),
        migrations.AlterField(
            model_name='limits',
            name='is_paused',
            field=models.BooleanField(default=False, verbose_name='everything paused'),
        ),
        migrations.AlterField(
            model_name='limits',
            name='keeps_holidays',
            field=models.BooleanField(default=True, verbose_name='not on public holidays'),
        ),
        migrations.AlterField(
            model_name='limits',
            name='lateness_hours',
            field=models.PositiveSmallIntegerField(default=24, verbose_name='hours a message may be late'),
        ),
        migrations.AlterField(
            model_name='limits',
            name='opens',
            field=models.TimeField(default=datetime.time(9, 0), verbose_name='from'),
        ),
        migrations.AlterField(
            model_name='limits',
            name='person_hours',
            field=models.PositiveSmallIntegerField(default=24, verbose_name='hours between two messages to one person'),
        ),
        migrations.AlterField(
            model_name='limits',
            name='sender_daily',
            field=models.PositiveSmallIntegerField(default=50, verbose_name='messages in any 24 hours'),
        ),
        migrations.AlterField(
            model_name='limits',
            name='silence_days',
            field=models.PositiveSmallIntegerField(default=30, verbose_name='days after which a conversation closes'),
        ),
        migrations.AlterField(
            model_name='limits',
            name='steps',
            field=models.PositiveSmallIntegerField(default=3, verbose_name='messages in a sequence'),
        ),
        migrations.AlterField(
            model_name='limits',
            name='warming_since',
            field=models.DateField(default=None, null=True, verbose_name='warming up since'),
        ),
        migrations.AlterField(
            model_name='limits',
            name='weekdays',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=outreach.models.limits.working_week, size=None, verbose_name='days of the week'),
        ),
        migrations.RunSQL(TRIGGERS, DROP),
    ]
