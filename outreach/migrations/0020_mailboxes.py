import uuid
from django.db import migrations, models


# Neither what is sealed nor how far it was read: `secret_at` tells that a password was typed.
TRIGGERS = """
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON outreach_mailbox FOR EACH ROW
    EXECUTE FUNCTION crm_audit('name', 'host', 'port', 'security', 'user', 'folder', 'auth', 'token_url', 'client_id',
                               'secret_at', 'is_active', 'since_date');
"""
DROP = "DROP TRIGGER audit ON outreach_mailbox;"


class Migration(migrations.Migration):

    dependencies = [
        ('outreach', '0019_replies'),
    ]

    operations = [
        migrations.CreateModel(
            name='Mailbox',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='made')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('host', models.CharField(max_length=253, verbose_name='server')),
                ('port', models.PositiveIntegerField(verbose_name='port')),
                ('security', models.CharField(choices=[('tls', 'TLS'), ('starttls', 'STARTTLS'), ('plain', 'none (this machine only)')], default='tls', max_length=8, verbose_name='encryption')),
                ('user', models.CharField(max_length=254, verbose_name='user name')),
                ('folder', models.CharField(default='INBOX', max_length=255, verbose_name='folder')),
                ('auth', models.CharField(choices=[('password', 'password'), ('xoauth2', 'OAuth 2 (refresh token)')], default='password', max_length=8, verbose_name='signs in with')),
                ('token_url', models.CharField(blank=True, max_length=500, verbose_name='token address')),
                ('client_id', models.CharField(blank=True, max_length=300, verbose_name='client id')),
                ('secret', models.TextField(blank=True, editable=False)),
                ('secret_at', models.DateTimeField(editable=False, null=True, verbose_name='password set')),
                ('is_of_settings', models.BooleanField(default=False, editable=False)),
                ('is_active', models.BooleanField(default=True, verbose_name='is read')),
                ('since_date', models.DateField(verbose_name='letters from')),
                ('uid_validity', models.BigIntegerField(editable=False, null=True)),
                ('last_uid', models.BigIntegerField(default=0, editable=False)),
                ('polled_at', models.DateTimeField(editable=False, null=True, verbose_name='last read')),
                ('new_count', models.PositiveIntegerField(default=0, editable=False)),
                ('new_at', models.DateTimeField(editable=False, null=True, verbose_name='last letters')),
                ('next_at', models.DateTimeField(editable=False, null=True)),
                ('error', models.CharField(blank=True, editable=False, max_length=50)),
                ('error_at', models.DateTimeField(editable=False, null=True)),
                ('failures', models.PositiveSmallIntegerField(default=0, editable=False)),
            ],
            options={
                'verbose_name': 'mailbox',
                'verbose_name_plural': 'mailboxes',
                'constraints': [models.CheckConstraint(condition=models.Q(('port__range', (1, 65535))), name='mailbox_port'), models.CheckConstraint(condition=models.Q(('security__in', ['tls', 'starttls', 'plain'])), name='mailbox_security'), models.CheckConstraint(condition=models.Q(models.Q(('security', 'plain'), _negated=True), ('host__in', ['localhost', '127.0.0.1', '::1']), _connector='OR'), name='mailbox_plain_here'), models.CheckConstraint(condition=models.Q(models.Q(('auth', 'password'), ('client_id', ''), ('token_url', '')), models.Q(('auth', 'xoauth2'), ('token_url__startswith', 'https://'), models.Q(('client_id', ''), _negated=True)), _connector='OR'), name='mailbox_auth'), models.CheckConstraint(condition=models.Q(models.Q(('is_of_settings', True), ('secret', '')), models.Q(('is_of_settings', False), ('secret__regex', '^v[1-9][0-9]*:[A-Za-z0-9_=-]+$')), _connector='OR'), name='mailbox_secret_sealed'), models.CheckConstraint(condition=models.Q(models.Q(('host', ''), _negated=True), models.Q(('user', ''), _negated=True), models.Q(('folder', ''), _negated=True)), name='mailbox_said'), models.CheckConstraint(condition=models.Q(('last_uid__gte', 0)), name='mailbox_uids'), models.CheckConstraint(condition=models.Q(models.Q(('error', ''), ('error_at', None), ('failures', 0)), models.Q(models.Q(('error', ''), _negated=True), ('error_at__isnull', False)), _connector='OR'), name='mailbox_error'), models.UniqueConstraint(condition=models.Q(('is_of_settings', True)), fields=('is_of_settings',), name='mailbox_one_of_settings')],
            },
        ),
        migrations.RunSQL(TRIGGERS, DROP),
    ]
