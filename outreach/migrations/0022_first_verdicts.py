from django.db import migrations


# As they counted until now, under version 1; none is settled, so that the tick reads all of them by today's rules.
VERDICTS = """
INSERT INTO outreach_clickverdict (click_id, click_class, rule, version, is_settled)
SELECT id, CASE WHEN method = 'HEAD' THEN 'scanner' ELSE 'human' END,
       CASE WHEN method = 'HEAD' THEN 'head' ELSE 'unread' END, 1, false
FROM outreach_click;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('outreach', '0021_links_and_clicks'),
    ]

    operations = [
        migrations.RunSQL(VERDICTS, migrations.RunSQL.noop),
    ]
