from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outreach", "0035_publication_post_code")]

    operations = [
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.UniqueConstraint(
                condition=models.Q(("post_code", ""), _negated=True),
                fields=("platform", "post_code"),
                name="publication_post_once",
            ),
        ),
    ]
