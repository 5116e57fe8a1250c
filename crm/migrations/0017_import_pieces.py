"""Files that wait are kept in pieces of a megabyte: nobody holds a whole one in memory."""

from django.db import migrations, models

INTO_PIECES = """
INSERT INTO crm_importpiece (batch_id, number, content)
SELECT id, number, substring(content FROM number * 1048576 + 1 FOR 1048576)
  FROM crm_importbatch, generate_series(0, (length(content) - 1) / 1048576) AS number
 WHERE length(content) > 0
"""
INTO_ONE = """
UPDATE crm_importbatch SET content = whole.content
  FROM (SELECT batch_id, string_agg(content, ''::bytea ORDER BY number) AS content
          FROM crm_importpiece GROUP BY batch_id) AS whole
 WHERE id = whole.batch_id
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0016_engagement_and_whose")]

    operations = [
        migrations.CreateModel(
            name="ImportPiece",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField()),
                ("content", models.BinaryField()),
                ("batch", models.ForeignKey("crm.importbatch", models.CASCADE, related_name="pieces")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["batch", "number"], name="import_piece_once")],
            },
        ),
        migrations.RunSQL(INTO_PIECES, INTO_ONE),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL IMMEDIATE"),
        migrations.RemoveField(model_name="importbatch", name="content"),
    ]
