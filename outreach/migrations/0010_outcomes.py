"""Since when a post is out, and what conversations from before have shown: the ranker learns from them, too."""

from django.db import migrations, models

# As timelines tell it; where they do not, since the stage was noted.
LIVE_SINCE = """
UPDATE outreach_outreach AS outreach SET live_at = coalesce(
    (SELECT min(line.at) FROM crm_activity AS line JOIN outreach_campaign AS campaign ON campaign.cause_id = line.cause_id
      WHERE line.influencer_id = outreach.influencer_id AND campaign.id = outreach.campaign_id
        AND line.kind = 'stage_moved' AND line.params ->> 'after' = 'live' AND line.params ->> 'campaign' = campaign.name),
    outreach.stage_at)
 WHERE outreach.stage IN ('live', 'completed')
"""
# Silence and what came of posts is found by the first sweep.
OUTCOMES = """
INSERT INTO matching_relevancelabel
       (public_id, cause_id, influencer_id, side, kind, reason, note, about, origin, at, grade, match_id)
SELECT gen_random_uuid(), campaign.cause_id, outreach.influencer_id, 'accepts', told.kind, '', '',
       'outreach:' || outreach.public_id, 'outreach:' || outreach.public_id || ':' || told.kind, outreach.stage_at,
       told.grade, outreach.match_id
  FROM outreach_outreach AS outreach
  JOIN outreach_campaign AS campaign ON campaign.id = outreach.campaign_id
  JOIN (VALUES ('agreed', 'accepted', 2), ('live', 'accepted', 2), ('completed', 'accepted', 3),
               ('declined', 'declined', 0)) AS told(stage, kind, grade) ON told.stage = outreach.stage
 WHERE outreach.influencer_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("outreach", "0009_checks"), ("matching", "0006_labels")]

    operations = [
        migrations.AddField(
            model_name="outreach",
            name="live_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="live since"),
        ),
        migrations.RunSQL(LIVE_SINCE, migrations.RunSQL.noop),
        migrations.RunSQL(OUTCOMES, migrations.RunSQL.noop),
    ]
