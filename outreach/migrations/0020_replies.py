"""Who wrote a reply, what it moved, whom an agent's no is for; and what the mail service tells of our messages."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0021_approval'),
        ('outreach', '0017_inbound'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MailEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=20)),
                ('event_id', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('kind', models.CharField(choices=[('delivered', 'delivered'), ('bounced', 'nobody at this address'), ('deferred', 'did not arrive'), ('complained', 'complaint'), ('unsubscribed', 'no more mail'), ('rejected', 'not taken by the mail service'), ('other', 'something else')], max_length=12)),
                ('at', models.DateTimeField(verbose_name='received')),
            ],
            options={
                'verbose_name': 'event of the mail service',
                'verbose_name_plural': 'events of the mail service',
            },
        ),
        migrations.AddField(
            model_name='inboundmessage',
            name='moved_from',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='inboundmessage',
            name='no_scope',
            field=models.CharField(blank=True, choices=[('', 'no question of that'), ('asked', 'to be found out'), ('one', 'for this person only'), ('everybody', 'for everybody they speak for')], max_length=10, verbose_name='whom the no is for'),
        ),
        migrations.AddField(
            model_name='inboundmessage',
            name='sender',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='crm.address'),
        ),
        migrations.AddIndex(
            model_name='inboundmessage',
            index=models.Index(models.F('from_address'), condition=models.Q(('state', 'stored')), name='inbound_unread_from'),
        ),
        migrations.AddConstraint(
            model_name='inboundmessage',
            constraint=models.CheckConstraint(condition=models.Q(('no_scope__in', ['', 'asked', 'one', 'everybody'])), name='inbound_scope'),
        ),
        migrations.AddField(
            model_name='mailevent',
            name='message',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='mail_events', to='outreach.message'),
        ),
        migrations.AddConstraint(
            model_name='mailevent',
            constraint=models.UniqueConstraint(fields=('provider', 'event_id'), name='mail_event_once'),
        ),
        migrations.AddConstraint(
            model_name='mailevent',
            constraint=models.CheckConstraint(condition=models.Q(('provider__regex', '^[a-z]+$')), name='mail_event_provider'),
        ),
        migrations.AddConstraint(
            model_name='mailevent',
            constraint=models.CheckConstraint(condition=models.Q(('event_id__regex', '^[0-9a-f]{64}$'), ('digest__regex', '^[0-9a-f]{64}$')), name='mail_event_hashes'),
        ),
        migrations.AddConstraint(
            model_name='mailevent',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['delivered', 'bounced', 'deferred', 'complained', 'unsubscribed', 'rejected', 'other'])), name='mail_event_kind'),
        ),
    ]
