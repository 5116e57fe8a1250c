"""Timelines said of captured messages that they went out: they say now that these were captured."""

from typing import Any

from django.db import migrations


def tell_them_apart(apps: Any, schema_editor: Any) -> None:
    message, activity = apps.get_model("outreach", "Message"), apps.get_model("crm", "Activity")
    captured = message.objects.filter(is_captured=True, state="sent", outreach__influencer__isnull=False)
    rows = captured.values_list("outreach__influencer", "outreach__campaign__cause", "finished_at")
    for person, cause, at in rows.iterator():  # both were written at one instant
        told = activity.objects.filter(influencer=person, cause=cause, kind="message_sent", at=at)
        told.update(kind="message_captured")


class Migration(migrations.Migration):
    dependencies = [("outreach", "0005_names"), ("crm", "0005_names")]

    operations = [migrations.RunPython(tell_them_apart, migrations.RunPython.noop)]
