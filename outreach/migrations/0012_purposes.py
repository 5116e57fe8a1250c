"""Messages to members of staff, and what is due in a conversation under way."""

from django.conf import settings
from django.db import migrations, models

UNSETTLED = ~models.Q(state__in=["refused", "cancelled", "expired"])


def once(*fields: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(name="message_once", fields=fields, nulls_distinct=False, condition=UNSETTLED)


class Migration(migrations.Migration):
    dependencies = [("outreach", "0011_message_dispatched"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField(
            "message",
            "user",
            models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+"),
        ),
        migrations.RemoveConstraint("message", "message_once"),
        migrations.AddConstraint("message", once("purpose", "reference", "address", "user")),
        migrations.AddConstraint(
            "message",
            models.CheckConstraint(
                name="message_to_staff_or_not",
                condition=models.Q(purpose="staff", user__isnull=False, address=None, account=None, outreach=None)
                | ~models.Q(purpose="staff") & models.Q(user=None),
            ),
        ),
        migrations.AddConstraint(
            "message",
            models.CheckConstraint(
                name="message_to_one",
                condition=models.Q(address=None) | models.Q(account=None),
            ),
        ),
    ]
