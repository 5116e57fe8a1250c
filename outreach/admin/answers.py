"""What somebody answered: noted on a form, read on the timeline of the conversation, and answered elsewhere."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from django import forms
from django.db.models import Q
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.admin.base import StaffForm
from crm.models import User
from outreach import words
from outreach.models import InboundMessage, Message, Outreach

_LIMIT = 5_000  # characters
_KIND = InboundMessage.Kind
# What a person may say another way than by mail, as the inbox orders it.
NOTED = (_KIND.INTERESTED, _KIND.QUESTION, _KIND.FEE, _KIND.LATER, _KIND.MANAGER, _KIND.DECLINES, _KIND.UNSUBSCRIBE)


class AnswerForm(StaffForm):
    on = forms.DateField(label=gettext_lazy("Day of their answer"))
    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        # Nothing is chosen before somebody has: what one falls upon by haste would stop, or go on with, a person.
        choices=lambda: [("", _("Choose"))] + [(code, capfirst(words.reply_kind(code))) for code in NOTED],
    )
    text = forms.CharField(
        label=gettext_lazy("What they answered"),
        required=False,
        max_length=_LIMIT,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("Optional: their words, or the gist of them. It is kept in this conversation."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": today}, **kwargs)
        attrs = {"type": "date", "max": today.isoformat()}
        self.fields["on"].widget = forms.DateInput(format="%Y-%m-%d", attrs=attrs)


def write_back(request: HttpRequest, outreach: Outreach, thread: list[Message]) -> str:
    """Where one answers them: one's own mail program, or their account; blank where neither is known or may be seen.

    Causeway writes first messages only: a conversation goes on where they answered.
    """
    message = thread[-1] if thread else None
    if message is None or outreach.influencer is None:
        return ""
    if message.address and request.user.has_perm("crm.view_address"):
        return f"mailto:{quote(message.address.email, safe='@')}?subject={quote(f'Re: {message.subject}')}"
    return message.account.url if message.account else ""


def timeline(outreach: Outreach, *, may_read: bool) -> list[dict[str, Any]]:
    """What happened with this person about this cause, newest first. `may_read`: also what they wrote."""
    if outreach.influencer is None:
        return []
    about = Q(cause=outreach.campaign.cause) | Q(cause=None)
    lines = list(outreach.influencer.activities.filter(about).select_related("by").order_by("-at", "-pk"))
    owners = User.objects.in_bulk([line.params["owner"] for line in lines if line.kind == "handed_over"])
    told = [
        {
            "at": line.at,
            "by": line.by,
            "words": words.activity(line.kind, line.params | _named(line.params, owners)),
            "text": line.params.get("text", "") if may_read and line.kind == "answered" else "",
        }
        for line in lines
    ]
    return [line for line in told if line["words"]]


def _named(params: Mapping[str, Any], owners: Mapping[int, User]) -> dict[str, str]:
    """Who looks after it from then on, who stands on the timeline as an id."""
    if "owner" not in params:
        return {}
    owner = owners.get(params["owner"])
    return {"owner": owner.called if owner else _("somebody who left")}
