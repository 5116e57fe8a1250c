"""Conversations of two profiles that become one."""

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from outreach.models import Outreach


def meeting(goes_on: Outreach, closed: Outreach) -> str:
    """Of two conversations in one campaign, which stays open."""
    said = {
        "campaign": goes_on.campaign.name,
        "further": goes_on.get_stage_display(),
        "other": closed.get_stage_display(),
    }
    return (
        _(
            "Both are in “%(campaign)s”: the further conversation (%(further)s) stays open. The other (%(other)s) "
            "closes as merged: it keeps its messages and its link, and sends nothing more."
        )
        % said
    )


def standing_of(outreach: Outreach) -> str:
    day = formats.date_format(timezone.localtime(outreach.stage_at), "SHORT_DATE_FORMAT")
    said = {"campaign": outreach.campaign.name, "stage": outreach.get_stage_display(), "day": day}
    return _("%(campaign)s: %(stage)s since %(day)s") % said
