import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('outreach', '0022_first_verdicts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('why', models.CharField(blank=True, max_length=300, verbose_name='why')),
            ],
            options={
                'verbose_name': 'assignment of an action',
                'verbose_name_plural': 'assignments of actions',
            },
        ),
        migrations.CreateModel(
            name='Balance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('returned_minor', models.BigIntegerField(default=0, verbose_name='given back')),
                ('kept_minor', models.BigIntegerField(null=True, verbose_name='left')),
                ('is_void', models.BooleanField(default=False, verbose_name='taken back as a whole')),
                ('is_overdrawn', models.BooleanField(default=False, verbose_name='more given back than given')),
            ],
            options={
                'verbose_name': 'what is left of an action',
                'verbose_name_plural': 'what is left of actions',
            },
        ),
        migrations.CreateModel(
            name='ConversionId',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=50, verbose_name='source')),
                ('external_id', models.CharField(max_length=200, verbose_name='id at the source')),
            ],
            options={
                'verbose_name': 'id of an action',
                'verbose_name_plural': 'ids of actions',
            },
        ),
        migrations.CreateModel(
            name='ConversionMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('received_at', models.DateTimeField(verbose_name='received')),
                ('door', models.CharField(choices=[('api', 'API'), ('hook', 'webhook'), ('pixel', 'pixel'), ('file', 'file'), ('hand', 'by hand')], max_length=8, verbose_name='came by')),
                ('click_ids', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), default=list, size=None)),
                ('code', models.CharField(blank=True, max_length=100)),
                ('utm', models.JSONField(default=dict)),
                ('referrer', models.CharField(blank=True, max_length=253, verbose_name='page it came from')),
                ('supporter', models.CharField(blank=True, max_length=80)),
            ],
            options={
                'verbose_name': 'mark of an action',
                'verbose_name_plural': 'marks of actions',
            },
        ),
        migrations.CreateModel(
            name='Source',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='made')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('kind', models.CharField(choices=[('generic', 'Any page or tool (JSON)'), ('csv', 'Any tool (CSV)'), ('stripe', 'Stripe'), ('helloasso', 'HelloAsso'), ('donorbox', 'Donorbox'), ('givewp', 'GiveWP'), ('action_network', 'Action Network'), ('osdi', 'OSDI'), ('mobilize', 'Mobilize')], max_length=20, verbose_name='kind of source')),
                ('label', models.CharField(max_length=50, verbose_name='name in the ledger')),
                ('is_on', models.BooleanField(default=True, verbose_name='is listened to')),
                ('has_pixel', models.BooleanField(default=False, verbose_name='has a pixel')),
                ('key_number', models.PositiveSmallIntegerField(default=1, verbose_name='number of its address')),
                ('secret', models.TextField(blank=True, editable=False)),
                ('secret_at', models.DateTimeField(editable=False, null=True, verbose_name='signing secret set')),
                ('last_at', models.DateTimeField(editable=False, null=True, verbose_name='last heard of')),
                ('error', models.CharField(blank=True, editable=False, max_length=50)),
                ('error_at', models.DateTimeField(editable=False, null=True, verbose_name='last refused')),
            ],
            options={
                'verbose_name': 'source',
                'verbose_name_plural': 'sources',
            },
        ),
        migrations.CreateModel(
            name='SourceEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('door', models.CharField(choices=[('api', 'API'), ('hook', 'webhook'), ('pixel', 'pixel'), ('file', 'file'), ('hand', 'by hand')], max_length=8, verbose_name='came by')),
                ('source', models.CharField(blank=True, max_length=50)),
                ('external_id', models.CharField(blank=True, max_length=200, verbose_name='id at the source')),
                ('kind', models.CharField(blank=True, choices=[('donation', 'donation'), ('sign_up', 'sign-up'), ('signature', 'petition signature'), ('attendance', 'attendance'), ('volunteer_hours', 'volunteer hours'), ('other', 'other action')], max_length=20, verbose_name='action')),
                ('quantity', models.DecimalField(decimal_places=2, max_digits=12, null=True, verbose_name='number')),
                ('amount_minor', models.BigIntegerField(null=True, verbose_name='amount')),
                ('currency', models.CharField(blank=True, max_length=3, verbose_name='currency')),
                ('refund_of', models.CharField(blank=True, max_length=200, verbose_name='takes back')),
                ('outcome', models.CharField(choices=[('counted', 'counted'), ('repeated', 'known already'), ('waiting', 'waits for what it takes back'), ('conflict', 'contradicts what is known'), ('ignored', 'nothing to count'), ('refused', 'refused')], max_length=10, verbose_name='what became of it')),
                ('code', models.CharField(blank=True, max_length=50)),
                ('digest', models.CharField(max_length=64)),
                ('times', models.PositiveIntegerField(default=1, verbose_name='how often')),
                ('first_at', models.DateTimeField(verbose_name='first')),
                ('at', models.DateTimeField(verbose_name='last')),
                ('settled_at', models.DateTimeField(null=True, verbose_name='settled')),
                ('settled_why', models.CharField(blank=True, max_length=300, verbose_name='why')),
            ],
            options={
                'verbose_name': 'event of a source',
                'verbose_name_plural': 'events of sources',
            },
        ),
        migrations.RemoveConstraint(
            model_name='conversion',
            name='conversion_once',
        ),
        migrations.AlterField(  # so that the way back knows what to fill it with
            model_name='conversion',
            name='content_hash',
            field=models.CharField(default='', max_length=64),
        ),
        migrations.RemoveField(
            model_name='conversion',
            name='content_hash',
        ),
        migrations.AddField(
            model_name='conversion',
            name='crypto_asset',
            field=models.CharField(blank=True, max_length=150, verbose_name='crypto asset'),
        ),
        migrations.AddField(
            model_name='conversion',
            name='crypto_hash',
            field=models.CharField(blank=True, max_length=150, verbose_name='transaction hash'),
        ),
        migrations.AddField(
            model_name='conversion',
            name='crypto_network',
            field=models.CharField(blank=True, max_length=150, verbose_name='network'),
        ),
        migrations.AddField(
            model_name='conversion',
            name='crypto_quantity',
            field=models.DecimalField(decimal_places=20, max_digits=41, null=True, verbose_name='quantity given'),
        ),
        migrations.AddField(
            model_name='conversion',
            name='door',
            field=models.CharField(choices=[('api', 'API'), ('hook', 'webhook'), ('pixel', 'pixel'), ('file', 'file'), ('hand', 'by hand')], default='api', max_length=8, verbose_name='came by'),
        ),
        migrations.AddField(
            model_name='conversion',
            name='is_total',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='conversion',
            name='is_verified',
            field=models.BooleanField(default=True, verbose_name='verified'),
        ),
        migrations.AddField(
            model_name='conversion',
            name='rate_source',
            field=models.CharField(blank=True, max_length=150, verbose_name='who said what it was worth'),
        ),
        migrations.AddField(
            model_name='conversion',
            name='referrer',
            field=models.CharField(blank=True, max_length=253, verbose_name='page it came from'),
        ),
        migrations.AddField(
            model_name='conversion',
            name='refund_of',
            field=models.CharField(blank=True, max_length=200, verbose_name='takes back'),
        ),
        migrations.AlterField(
            model_name='conversion',
            name='quantity',
            field=models.DecimalField(decimal_places=2, default=1, max_digits=12, verbose_name='number'),
        ),
        migrations.AddIndex(
            model_name='conversion',
            index=models.Index(models.F('source'), models.F('refund_of'), condition=models.Q(('refund_of', ''), _negated=True), name='conversion_taken_back'),
        ),
        migrations.AddIndex(
            model_name='conversion',
            index=django.contrib.postgres.indexes.GinIndex(models.F('click_ids'), name='conversion_by_click'),
        ),
        migrations.AddConstraint(
            model_name='conversion',
            constraint=models.UniqueConstraint(fields=('source', 'external_id', 'is_verified'), name='conversion_once'),
        ),
        migrations.AddConstraint(
            model_name='conversion',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='conversion_number'),
        ),
        migrations.AddConstraint(
            model_name='conversion',
            constraint=models.CheckConstraint(condition=models.Q(('is_total', False), models.Q(models.Q(('refund_of', ''), _negated=True), ('amount_minor__isnull', False)), _connector='OR'), name='conversion_total'),
        ),
        migrations.AddConstraint(
            model_name='conversion',
            constraint=models.CheckConstraint(condition=models.Q(('refund_of', models.F('external_id')), _negated=True), name='conversion_not_of_itself'),
        ),
        migrations.AddConstraint(
            model_name='conversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('crypto_asset', ''), ('crypto_hash', ''), ('crypto_network', ''), ('crypto_quantity', None), ('rate_source', '')), models.Q(('amount_minor__isnull', False), ('crypto_quantity__gt', 0), models.Q(('crypto_asset', ''), ('crypto_network', ''), ('crypto_hash', ''), ('rate_source', ''), _connector='OR', _negated=True)), _connector='OR'), name='conversion_crypto'),
        ),
        migrations.AddConstraint(
            model_name='conversion',
            constraint=models.CheckConstraint(condition=models.Q(('is_verified', True), models.Q(('amount_minor', None), ('door', 'pixel'), ('is_verified', False), ('refund_of', '')), _connector='OR'), name='conversion_unverified'),
        ),
        migrations.AddConstraint(
            model_name='conversion',
            constraint=models.CheckConstraint(condition=models.Q(('door__in', ['api', 'hook', 'pixel', 'file', 'hand'])), name='conversion_door'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='conversion',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to='outreach.conversion'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='link',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='outreach.link', verbose_name='link'),
        ),
        migrations.AddField(
            model_name='balance',
            name='conversion',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='balance', to='outreach.conversion'),
        ),
        migrations.AddField(
            model_name='conversionid',
            name='conversion',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ids', to='outreach.conversion'),
        ),
        migrations.AddField(
            model_name='conversionmark',
            name='conversion',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='outreach.conversion'),
        ),
        migrations.AddField(
            model_name='source',
            name='campaign',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='outreach.campaign', verbose_name='campaign'),
        ),
        migrations.AddField(
            model_name='sourceevent',
            name='channel',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='outreach.source', verbose_name='source'),
        ),
        migrations.AddField(
            model_name='sourceevent',
            name='conversion',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='outreach.conversion'),
        ),
        migrations.AddField(
            model_name='sourceevent',
            name='settled_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='balance',
            constraint=models.CheckConstraint(condition=models.Q(('returned_minor__gte', 0)), name='balance_amounts'),
        ),
        migrations.AddConstraint(
            model_name='balance',
            constraint=models.CheckConstraint(condition=models.Q(('kept_minor', None), models.Q(('is_void', True), ('kept_minor', 0)), models.Q(('is_void', False), ('kept_minor__gt', 0)), _connector='OR'), name='balance_kept'),
        ),
        migrations.AddConstraint(
            model_name='conversionid',
            constraint=models.UniqueConstraint(fields=('source', 'external_id'), name='conversion_id_once'),
        ),
        migrations.AddConstraint(
            model_name='conversionid',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('external_id', ''), _negated=True), models.Q(('source', ''), _negated=True)), name='conversion_id_said'),
        ),
        migrations.AddConstraint(
            model_name='conversionmark',
            constraint=models.CheckConstraint(condition=models.Q(('door__in', ['api', 'hook', 'pixel', 'file', 'hand'])), name='conversion_mark_door'),
        ),
        migrations.AddConstraint(
            model_name='source',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['generic', 'csv', 'stripe', 'helloasso', 'donorbox', 'givewp', 'action_network', 'osdi', 'mobilize'])), name='source_kind'),
        ),
        migrations.AddConstraint(
            model_name='source',
            constraint=models.CheckConstraint(condition=models.Q(('label', ''), _negated=True), name='source_label'),
        ),
        migrations.AddConstraint(
            model_name='source',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('secret', ''), ('secret_at', None)), models.Q(('secret__regex', '^v[1-9][0-9]*:[A-Za-z0-9_=-]+$'), ('secret_at__isnull', False)), _connector='OR'), name='source_secret_sealed'),
        ),
        migrations.AddConstraint(
            model_name='source',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('error', ''), ('error_at', None)), models.Q(models.Q(('error', ''), _negated=True), ('error_at__isnull', False)), _connector='OR'), name='source_error'),
        ),
        migrations.AddIndex(
            model_name='sourceevent',
            index=models.Index(fields=['channel', '-at'], name='source_event_newest'),
        ),
        migrations.AddIndex(
            model_name='sourceevent',
            index=models.Index(models.F('at'), condition=models.Q(('outcome', 'conflict'), ('settled_at__isnull', True)), name='source_event_conflicts'),
        ),
        migrations.AddConstraint(
            model_name='sourceevent',
            constraint=models.UniqueConstraint(fields=('channel', 'door', 'outcome', 'digest'), name='source_event_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='sourceevent',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['counted', 'repeated', 'waiting', 'conflict', 'ignored', 'refused'])), name='source_event_outcome'),
        ),
        migrations.AddConstraint(
            model_name='sourceevent',
            constraint=models.CheckConstraint(condition=models.Q(('code', ''), ('outcome', 'refused'), _negated=True), name='source_event_refused'),
        ),
        migrations.AddConstraint(
            model_name='sourceevent',
            constraint=models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$')), name='source_event_digest'),
        ),
        migrations.AddConstraint(
            model_name='sourceevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at', None), ('settled_why', '')), ('settled_at__isnull', False), _connector='OR'), name='source_event_settled'),
        ),
    ]
