from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0004_hashtags")]
    operations = [
        migrations.AddConstraint(
            model_name='match',
            constraint=models.CheckConstraint(condition=models.Q(('percentile', None), models.Q(('percentile__gte', 0), ('percentile__lte', 100)), _connector='OR'), name='match_percentile'),
        ),
        migrations.AddConstraint(
            model_name='rankerversion',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['scorecard'])), name='ranker_kind'),
        ),
        migrations.AddConstraint(
            model_name='hashtagfigure',
            constraint=models.CheckConstraint(condition=models.Q(('language__regex', '^([a-z]{2,3})?$')), name='hashtag_figure_language'),
        ),
    ]
