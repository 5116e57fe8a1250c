"""A manager's word: approval before first contact, asking in spite of a pause, a campaign that pauses; threads."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0021_approval'),
        ('crm', '__first__'),
        ('outreach', '0014_limits'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='message',
            options={'permissions': [('approve_message', 'Can approve a message'), ('approve_first_contact', 'Can approve a first message where the cause asks for a manager')], 'verbose_name': 'message', 'verbose_name_plural': 'messages'},
        ),
        migrations.AlterModelOptions(
            name='outreach',
            options={'permissions': [('waive_cooling_off', 'Can allow somebody to be asked within the cooling-off time')], 'verbose_name': 'outreach', 'verbose_name_plural': 'outreaches'},
        ),
        migrations.AddField(
            model_name='campaign',
            name='is_paused',
            field=models.BooleanField(default=False, editable=False, verbose_name='paused'),
        ),
        migrations.AddField(
            model_name='message',
            name='in_reply_to',
            field=models.CharField(blank=True, editable=False, max_length=998),
        ),
        migrations.AddField(
            model_name='message',
            name='references',
            field=models.TextField(blank=True, editable=False),
        ),
        migrations.AddField(
            model_name='message',
            name='submitted_at',
            field=models.DateTimeField(null=True, verbose_name='put before a manager'),
        ),
        migrations.AddField(
            model_name='message',
            name='submitted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='outreach',
            name='waived_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='allowed in spite of the cooling-off time'),
        ),
        migrations.AddField(
            model_name='outreach',
            name='waived_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='outreach',
            name='waived_reason',
            field=models.CharField(blank=True, default='', editable=False, max_length=300, verbose_name='why'),
        ),
        migrations.AddConstraint(
            model_name='outreach',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('waived_at', None), ('waived_reason', '')), ('waived_at__isnull', False), _connector='OR'), name='outreach_waived'),
        ),
    ]
