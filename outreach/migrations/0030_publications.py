import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


# What is known of the readings is their own dated row; who changed what a publication says is told here.
TRIGGERS = """
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON outreach_publication FOR EACH ROW
    EXECUTE FUNCTION crm_audit('platform', 'platform_id', 'url', 'format', 'published_at', 'note', 'outreach_id');
"""
DROP = "DROP TRIGGER audit ON outreach_publication;"


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0021_approval'),
        ('outreach', '0020_mailboxes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='made')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('platform', models.CharField(choices=[('facebook', 'Facebook'), ('instagram', 'Instagram'), ('x', 'X'), ('linkedin', 'LinkedIn'), ('twitch', 'Twitch'), ('youtube', 'YouTube'), ('tiktok', 'TikTok'), ('bluesky', 'Bluesky'), ('mastodon', 'Mastodon')], max_length=10, verbose_name='platform')),
                ('platform_id', models.CharField(blank=True, max_length=100, verbose_name='id on the platform')),
                ('url', models.CharField(blank=True, max_length=500, verbose_name='link')),
                ('format', models.CharField(choices=[('visual', 'visual'), ('short_video', 'short video'), ('infographic', 'infographic'), ('question', 'question'), ('poll', 'poll'), ('story', 'story'), ('live', 'live stream'), ('series', 'series'), ('testimonial', 'testimonial'), ('before_after', 'before and after'), ('ar_vr', 'augmented or virtual reality'), ('other', 'other')], default='other', max_length=12, verbose_name='format')),
                ('published_at', models.DateTimeField(verbose_name='published')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('source', models.CharField(choices=[('hand', 'by hand'), ('post', 'from an imported post'), ('api', 'by a tool')], default='hand', max_length=4, verbose_name='source')),
                ('entered_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('outreach', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='publications', to='outreach.outreach', verbose_name='conversation')),
                ('post', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='publications', to='crm.post', verbose_name='post')),
            ],
            options={
                'verbose_name': 'publication',
                'verbose_name_plural': 'publications',
            },
        ),
        migrations.CreateModel(
            name='PublicationMetric',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('observed_at', models.DateTimeField(verbose_name='observed')),
                ('reach', models.BigIntegerField(blank=True, null=True, verbose_name='people reached')),
                ('views', models.BigIntegerField(blank=True, null=True, verbose_name='views')),
                ('likes', models.BigIntegerField(blank=True, null=True, verbose_name='likes')),
                ('comments', models.BigIntegerField(blank=True, null=True, verbose_name='comments')),
                ('shares', models.BigIntegerField(blank=True, null=True, verbose_name='shares')),
                ('saves', models.BigIntegerField(blank=True, null=True, verbose_name='saves')),
                ('link_clicks', models.BigIntegerField(blank=True, null=True, verbose_name='clicks on the link')),
                ('is_estimate', models.BooleanField(default=False, verbose_name='estimated')),
                ('source', models.CharField(max_length=200, verbose_name='source')),
                ('noted_at', models.DateTimeField(verbose_name='noted')),
                ('entered_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='metrics', to='outreach.publication')),
            ],
            options={
                'verbose_name': 'reading of a publication',
                'verbose_name_plural': 'readings of publications',
            },
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.UniqueConstraint(condition=models.Q(('platform_id', ''), _negated=True), fields=('platform', 'platform_id'), name='publication_id_once'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.UniqueConstraint(condition=models.Q(('url', ''), _negated=True), fields=('outreach', 'url'), name='publication_link_once'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(('platform__in', ['facebook', 'instagram', 'x', 'linkedin', 'twitch', 'youtube', 'tiktok', 'bluesky', 'mastodon'])), name='publication_platform'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(('url__regex', '^https?://[^\\s<>\\"]+$'), ('url', ''), _connector='OR'), name='publication_url'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(('format__in', ['visual', 'short_video', 'infographic', 'question', 'poll', 'story', 'live', 'series', 'testimonial', 'before_after', 'ar_vr', 'other'])), name='publication_format'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(('source__in', ['hand', 'post', 'api'])), name='publication_source'),
        ),
        migrations.AddConstraint(
            model_name='publicationmetric',
            constraint=models.UniqueConstraint(fields=('publication', 'observed_at', 'source'), name='metric_once'),
        ),
        migrations.AddConstraint(
            model_name='publicationmetric',
            constraint=models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='metric_source'),
        ),
        migrations.AddConstraint(
            model_name='publicationmetric',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reach', None), ('reach__gte', 0), _connector='OR'), models.Q(('views', None), ('views__gte', 0), _connector='OR'), models.Q(('likes', None), ('likes__gte', 0), _connector='OR'), models.Q(('comments', None), ('comments__gte', 0), _connector='OR'), models.Q(('shares', None), ('shares__gte', 0), _connector='OR'), models.Q(('saves', None), ('saves__gte', 0), _connector='OR'), models.Q(('link_clicks', None), ('link_clicks__gte', 0), _connector='OR')), name='metric_figures'),
        ),
        migrations.AddConstraint(
            model_name='publicationmetric',
            constraint=models.CheckConstraint(condition=models.Q(('comments', None), ('likes', None), ('link_clicks', None), ('reach', None), ('saves', None), ('shares', None), ('views', None), _negated=True), name='metric_says_something'),
        ),
        migrations.RunSQL(TRIGGERS, DROP),
    ]
