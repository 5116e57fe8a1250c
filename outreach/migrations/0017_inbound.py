"""What came in, as it came and as it was read."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0021_approval'),
        ('crm', '__first__'),
        ('outreach', '0016_sequences'),
    ]

    operations = [
        migrations.CreateModel(
            name='InboundMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='made')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('door', models.CharField(choices=[('webhook', 'mail service'), ('mailbox', 'mailbox'), ('forwarded', 'forwarded'), ('by_hand', 'noted by hand')], max_length=10, verbose_name='came by')),
                ('identity', models.CharField(max_length=64, unique=True)),
                ('raw', models.BinaryField(null=True)),
                ('received_at', models.DateTimeField(verbose_name='received')),
                ('state', models.CharField(choices=[('stored', 'to be read'), ('read', 'read')], default='stored', max_length=10, verbose_name='state')),
                ('nature', models.CharField(blank=True, max_length=10)),
                ('message_id', models.CharField(blank=True, max_length=998)),
                ('from_address', models.CharField(blank=True, max_length=320, verbose_name='from')),
                ('from_name', models.CharField(blank=True, max_length=300, verbose_name='name')),
                ('subject', models.CharField(blank=True, max_length=998, verbose_name='subject')),
                ('text', models.TextField(blank=True, verbose_name='text')),
                ('said', models.TextField(blank=True, verbose_name='what they say')),
                ('has_html', models.BooleanField(default=False)),
                ('attachments', models.JSONField(default=list)),
                ('sent_at', models.DateTimeField(null=True, verbose_name='written')),
                ('matched_by', models.CharField(blank=True, choices=[('', 'not matched'), ('message_id', 'the message it answers'), ('token', 'the address it was sent to'), ('sender', 'who wrote it, and when'), ('person', 'one of the team')], max_length=10, verbose_name='matched by')),
                ('kind', models.CharField(blank=True, choices=[('interested', 'interested'), ('question', 'question'), ('fee', 'wants a fee'), ('later', 'later'), ('manager', 'names their agent'), ('declines', 'declines'), ('unsubscribe', 'no more mail'), ('out_of_office', 'out of office'), ('bounce_hard', 'nobody at this address'), ('bounce_soft', 'did not arrive'), ('complaint', 'complaint'), ('automatic', 'automatic'), ('other', 'something else')], max_length=15, verbose_name='what it is')),
                ('confidence', models.FloatField(default=0)),
                ('read_by', models.CharField(blank=True, max_length=10)),
                ('until_date', models.DateField(null=True, verbose_name='until')),
                ('contact', models.CharField(blank=True, max_length=320, verbose_name='their contact')),
                ('rules_version', models.PositiveSmallIntegerField(default=0)),
                ('confirmed_kind', models.CharField(blank=True, choices=[('interested', 'interested'), ('question', 'question'), ('fee', 'wants a fee'), ('later', 'later'), ('manager', 'names their agent'), ('declines', 'declines'), ('unsubscribe', 'no more mail'), ('out_of_office', 'out of office'), ('bounce_hard', 'nobody at this address'), ('bounce_soft', 'did not arrive'), ('complaint', 'complaint'), ('automatic', 'automatic'), ('other', 'something else')], max_length=15, verbose_name='confirmed as')),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('desk', models.CharField(choices=[('open', 'to answer'), ('snoozed', 'snoozed'), ('done', 'done')], default='open', max_length=10, verbose_name='state')),
                ('desk_at', models.DateTimeField(null=True)),
                ('snoozed_until', models.DateTimeField(null=True, verbose_name='back at')),
            ],
            options={
                'verbose_name': 'reply',
                'verbose_name_plural': 'replies',
            },
        ),
        migrations.AddField(
            model_name='inboundmessage',
            name='answers',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='answered_by', to='outreach.message'),
        ),
        migrations.AddField(
            model_name='inboundmessage',
            name='confirmed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='inboundmessage',
            name='influencer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='inbound_messages', to='crm.influencer'),
        ),
        migrations.AddField(
            model_name='inboundmessage',
            name='outreach',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='inbound_messages', to='outreach.outreach'),
        ),
        migrations.AddField(
            model_name='inboundmessage',
            name='owner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner'),
        ),
        migrations.AddIndex(
            model_name='inboundmessage',
            index=models.Index(models.F('received_at'), condition=models.Q(('desk__in', ['open', 'snoozed'])), name='inbound_open'),
        ),
        migrations.AddIndex(
            model_name='inboundmessage',
            index=models.Index(models.F('received_at'), condition=models.Q(('state', 'stored')), name='inbound_stored'),
        ),
        migrations.AddConstraint(
            model_name='inboundmessage',
            constraint=models.CheckConstraint(condition=models.Q(('door__in', ['webhook', 'mailbox', 'forwarded', 'by_hand'])), name='inbound_door'),
        ),
        migrations.AddConstraint(
            model_name='inboundmessage',
            constraint=models.CheckConstraint(condition=models.Q(('identity__regex', '^[0-9a-f]{64}$')), name='inbound_identity'),
        ),
        migrations.AddConstraint(
            model_name='inboundmessage',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['stored', 'read'])), name='inbound_state'),
        ),
        migrations.AddConstraint(
            model_name='inboundmessage',
            constraint=models.CheckConstraint(condition=models.Q(('nature__in', ['', 'personal', 'automatic', 'bounce', 'complaint', 'receipt'])), name='inbound_nature'),
        ),
        migrations.AddConstraint(
            model_name='inboundmessage',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['', 'interested', 'question', 'fee', 'later', 'manager', 'declines', 'unsubscribe', 'out_of_office', 'bounce_hard', 'bounce_soft', 'complaint', 'automatic', 'other']), ('confirmed_kind__in', ['', 'interested', 'question', 'fee', 'later', 'manager', 'declines', 'unsubscribe', 'out_of_office', 'bounce_hard', 'bounce_soft', 'complaint', 'automatic', 'other'])), name='inbound_kind'),
        ),
        migrations.AddConstraint(
            model_name='inboundmessage',
            constraint=models.CheckConstraint(condition=models.Q(('matched_by__in', ['', 'message_id', 'token', 'sender', 'person']), models.Q(('matched_by', ''), ('outreach__isnull', False), _connector='OR')), name='inbound_matched'),
        ),
        migrations.AddConstraint(
            model_name='inboundmessage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('desk', 'snoozed'), ('snoozed_until__isnull', False)), ('desk__in', ['open', 'done']), _connector='OR'), name='inbound_desk'),
        ),
        migrations.AddConstraint(
            model_name='inboundmessage',
            constraint=models.CheckConstraint(condition=models.Q(('confidence__gte', 0), ('confidence__lte', 1)), name='inbound_confidence'),
        ),
    ]
