import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0010_representation"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name='DuplicateSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('horizon', models.BigIntegerField(default=0)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='duplicate_search_is_one')],
            },
        ),
        migrations.CreateModel(
            name='DuplicateCandidate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('reasons', models.JSONField(verbose_name='what speaks for it')),
                ('found_at', models.DateTimeField(verbose_name='since')),
                ('state', models.CharField(choices=[('open', 'to be looked at'), ('dismissed', 'different people')], default='open', max_length=10, verbose_name='state')),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('high', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='crm.influencer', verbose_name='influencer')),
                ('low', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='crm.influencer', verbose_name='influencer')),
            ],
            options={
                'verbose_name': 'duplicate',
                'verbose_name_plural': 'duplicates',
                'constraints': [models.UniqueConstraint(fields=('low', 'high'), name='duplicate_once'), models.CheckConstraint(condition=models.Q(('low__lt', models.F('high'))), name='duplicate_ordered'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'dismissed'])), name='duplicate_state'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('state', 'open')), ('decided_at__isnull', False), _connector='OR'), name='duplicate_decided')],
            },
        ),
        migrations.CreateModel(
            name='IdentityMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(choices=[('email', 'Email'), ('link', 'Link')], max_length=5)),
                ('value', models.CharField(max_length=500)),
                ('influencer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='crm.influencer')),
            ],
            options={
                'indexes': [models.Index(models.F('rule'), models.F('value'), name='mark_by_value')],
                'constraints': [models.UniqueConstraint(fields=('influencer', 'rule', 'value'), name='mark_once'), models.CheckConstraint(condition=models.Q(('rule__in', ['email', 'link'])), name='mark_rule')],
            },
        ),
        migrations.CreateModel(
            name='InfluencerAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(unique=True)),
                ('external_id', models.CharField(max_length=200, null=True, unique=True)),
                ('number', models.BigIntegerField(unique=True)),
                ('influencer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='crm.influencer')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('external_id', None), models.Q(('external_id', ''), _negated=True), _connector='OR'), name='alias_external_id_not_blank')],
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('at', models.DateTimeField(verbose_name='when')),
                ('undone_at', models.DateTimeField(null=True, verbose_name='undone')),
                ('loser', models.UUIDField()),
                ('record', models.JSONField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('winner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='crm.influencer', verbose_name='influencer')),
            ],
            options={
                'verbose_name': 'merge',
                'verbose_name_plural': 'merges',
                'indexes': [models.Index(models.F('at'), condition=models.Q(('record__isnull', False)), name='merge_remembered')],
            },
        ),
    ]
