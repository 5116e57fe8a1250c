from django.db import migrations, models

from crm.handles import code_of_id, post_code


def fill(apps, schema_editor):
    """Of two that were noted of one post, the first keeps the code: which figures are right, a person has to say."""
    taken = set()
    rows = apps.get_model("outreach", "Publication").objects.order_by("pk")
    for row in rows.only("platform", "platform_id", "url").iterator():
        code = post_code(row.url) or code_of_id(row.platform, row.platform_id)
        if code and (row.platform, code) not in taken:
            taken.add((row.platform, code))
            rows.filter(pk=row.pk).update(post_code=code)


class Migration(migrations.Migration):
    dependencies = [("outreach", "0034_told_events")]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="post_code",
            field=models.CharField(blank=True, default="", editable=False, max_length=100, verbose_name="code in links"),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
