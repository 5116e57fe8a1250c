"""Sequences, their steps, and with whom they are under way."""

import django.db.models.constraints
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0021_approval'),
        ('crm', '__first__'),
        ('outreach', '0015_words_of_managers'),
    ]

    operations = [
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='made')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('state', models.CharField(choices=[('running', 'under way'), ('paused', 'paused'), ('finished', 'finished'), ('stopped', 'stopped')], default='running', max_length=10, verbose_name='state')),
                ('reason', models.CharField(blank=True, max_length=60, verbose_name='why')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('resumes_date', models.DateField(null=True, verbose_name='goes on')),
                ('since_at', models.DateTimeField(verbose_name='in this state since')),
            ],
            options={
                'verbose_name': 'sequence under way',
                'verbose_name_plural': 'sequences under way',
            },
        ),
        migrations.CreateModel(
            name='Sequence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='made')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('is_paused', models.BooleanField(default=False, verbose_name='paused')),
            ],
            options={
                'verbose_name': 'sequence',
                'verbose_name_plural': 'sequences',
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('days', models.PositiveSmallIntegerField(default=0, verbose_name='working days later')),
                ('channel', models.CharField(choices=[('email', 'e-mail'), ('manual', 'by hand')], default='email', max_length=10, verbose_name='channel')),
                ('platform', models.CharField(blank=True, choices=[('facebook', 'Facebook'), ('instagram', 'Instagram'), ('x', 'X'), ('linkedin', 'LinkedIn'), ('twitch', 'Twitch'), ('youtube', 'YouTube'), ('tiktok', 'TikTok'), ('bluesky', 'Bluesky'), ('mastodon', 'Mastodon')], max_length=10, verbose_name='platform')),
                ('template_name', models.CharField(max_length=100, verbose_name='text')),
            ],
            options={
                'verbose_name': 'step',
                'verbose_name_plural': 'steps',
            },
        ),
        migrations.AddField(
            model_name='enrolment',
            name='outreach',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='enrolment', to='outreach.outreach'),
        ),
        migrations.AddField(
            model_name='enrolment',
            name='started_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='sequence',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='sequence_has_name'),
        ),
        migrations.AddField(
            model_name='enrolment',
            name='sequence',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='outreach.sequence'),
        ),
        migrations.AddField(
            model_name='step',
            name='sequence',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='outreach.sequence'),
        ),
        migrations.AddIndex(
            model_name='enrolment',
            index=models.Index(models.F('state'), condition=models.Q(('state__in', ['running', 'paused'])), name='enrolment_open'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['running', 'paused', 'finished', 'stopped'])), name='enrolment_state'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(('position__lte', 6)), name='enrolment_position'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(('resumes_date', None), ('state', 'paused'), _connector='OR'), name='enrolment_resumes'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['running', 'finished']), models.Q(('reason', ''), _negated=True), _connector='OR'), name='enrolment_says_why'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('sequence', 'position'), name='step_once'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(('position__range', (1, 6))), name='step_position'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('days', 0), ('position', 1)), models.Q(('days__range', (1, 60)), ('position__gt', 1)), _connector='OR'), name='step_days'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ['email', 'manual'])), name='step_channel'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(('platform', ''), models.Q(('channel', 'manual'), ('platform__in', ['facebook', 'instagram', 'x', 'linkedin', 'twitch', 'youtube', 'tiktok', 'bluesky', 'mastodon'])), _connector='OR'), name='step_platform'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(('template_name', ''), _negated=True), name='step_has_text'),
        ),
    ]
