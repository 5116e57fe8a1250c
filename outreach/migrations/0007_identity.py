from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outreach", "0006_captured_on_timelines")]

    operations = [
        migrations.RemoveConstraint(
            model_name='outreach',
            name='outreach_once',
        ),
        migrations.AddConstraint(
            model_name='outreach',
            constraint=models.UniqueConstraint(condition=models.Q(('stage', 'merged'), _negated=True), fields=('campaign', 'influencer'), name='outreach_once'),
        ),
    ]
