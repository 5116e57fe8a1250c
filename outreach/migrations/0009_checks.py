from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outreach", "0008_audit")]
    operations = [
        migrations.AddConstraint(
            model_name='link',
            constraint=models.CheckConstraint(condition=models.Q(('platform__in', ['', 'facebook', 'instagram', 'x', 'linkedin', 'twitch', 'youtube', 'tiktok', 'bluesky', 'mastodon'])), name='link_platform'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['partnership', 'transactional', 'staff'])), name='message_purpose'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('language__regex', '^([a-z]{2,3})?$')), name='message_language'),
        ),
        migrations.AddConstraint(
            model_name='messagetemplate',
            constraint=models.CheckConstraint(condition=models.Q(('language__regex', '^([a-z]{2,3})$')), name='template_language'),
        ),
    ]
