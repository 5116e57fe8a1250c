"""Texts in a language and a register; what was inserted into a message, and from where; whom no text could be made for."""

from django.db import migrations, models

from outreach.versions import FORMAL, INFORMAL, NEUTRAL, tells_apart

REGISTERS = [(FORMAL, "formal"), (INFORMAL, "informal"), (NEUTRAL, "one form for everybody")]
# Two registers were one text before.
JOINED = "UPDATE outreach_messagetemplate SET name = left(name, 80) || ' (informal)' WHERE register = 'informal'"


def tell_registers(apps, schema_editor):
    """Whatever was written so far was written as one writes to somebody one does not know."""
    templates = apps.get_model("outreach", "MessageTemplate").objects.using(schema_editor.connection.alias)
    languages = templates.order_by().values_list("language", flat=True).distinct()
    templates.filter(language__in=[code for code in languages if tells_apart(code)]).update(register=FORMAL)


def register() -> models.CharField:
    return models.CharField(choices=REGISTERS, default=NEUTRAL, max_length=8, verbose_name="form of address")


def is_register(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=models.Q(register__in=[FORMAL, INFORMAL, NEUTRAL]))


class Migration(migrations.Migration):
    dependencies = [("crm", "0020_register"), ("outreach", "0012_purposes")]

    operations = [
        migrations.RemoveConstraint("messagetemplate", "template_once"),
        migrations.AddField("messagetemplate", "register", register()),
        migrations.RunPython(tell_registers, migrations.RunPython.noop),
        migrations.RunSQL(migrations.RunSQL.noop, JOINED),
        migrations.AddConstraint(
            "messagetemplate",
            models.UniqueConstraint(fields=["name", "language", "register"], name="template_once"),
        ),
        migrations.AddConstraint("messagetemplate", is_register("template_register")),
        migrations.AddField("message", "register", register()),
        migrations.AddField("message", "fallback", models.JSONField(default=list, editable=False)),
        migrations.AddField("message", "inserted", models.JSONField(default=list, editable=False)),
        migrations.AddConstraint("message", is_register("message_register")),
        migrations.AddField("outreach", "unwritten", models.JSONField(blank=True, default=dict, editable=False, verbose_name="why nothing was drafted")),
    ]
