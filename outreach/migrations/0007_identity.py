from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outreach", "0006_captured_on_timelines")]

    operations = [
        migrations.RemoveConstraint(
            model_name='outreach',
            name='outreach_once',
        ),
        # Going back: of two conversations of one person in one campaign the closed one is nobody's. Checked at once, or
        # the table could not be altered in the same transaction.
        migrations.RunSQL(
            migrations.RunSQL.noop,
            "SET CONSTRAINTS ALL IMMEDIATE; UPDATE outreach_outreach SET influencer_id = NULL WHERE stage = 'merged';"
            " SET CONSTRAINTS ALL DEFERRED",
        ),
        migrations.AddConstraint(
            model_name='outreach',
            constraint=models.UniqueConstraint(condition=models.Q(('stage', 'merged'), _negated=True), fields=('campaign', 'influencer'), name='outreach_once'),
        ),
    ]
