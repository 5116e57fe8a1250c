"""How the outbox is told apart, and the forms of one message."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from crm.admin.base import StaffForm
from outreach import selectors
from outreach.models import Message
from outreach.rendering import MAX_SUBJECT, MAX_TEXT
from outreach.services.messages import REMARK_MAX

_STATE = Message.State
WAITING = (_STATE.PLANNED, _STATE.CLAIMED, _STATE.DISPATCHING)
_IS_SUBMITTED = Q(state=_STATE.DRAFT, submitted_at__isnull=False)
_IS_TASK = Q(state=_STATE.PLANNED, channel=Message.Channel.MANUAL, due_at__lte=Now())

# How the list is told apart, in the order of the bar: name, title, which, colour.
KINDS: tuple[tuple[str, Any, Q, int], ...] = (
    ("uncertain", gettext_lazy("Perhaps sent"), Q(state=_STATE.UNCERTAIN), 4),
    ("submitted", gettext_lazy("Before a manager"), _IS_SUBMITTED, 8),
    ("draft", gettext_lazy("To be read and approved"), Q(state=_STATE.DRAFT) & ~_IS_SUBMITTED, 5),
    ("by_hand", gettext_lazy("To send by hand"), _IS_TASK, 6),
    ("waiting", gettext_lazy("Approved, on its way"), Q(state__in=WAITING) & ~_IS_TASK, 2),
    ("sent", gettext_lazy("Sent"), Q(state=_STATE.SENT, is_captured=False), 1),
    ("captured", gettext_lazy("Captured, sent to nobody"), Q(state=_STATE.SENT, is_captured=True), 7),
    ("held", gettext_lazy("Held back or taken back"), Q(state__in=Message.NEVER_SENT), 3),
)
LABELS = dict.fromkeys(_STATE.values, "") | {
    _STATE.DRAFT: "info",
    _STATE.PLANNED: "info",
    _STATE.SENT: "success",
    _STATE.REFUSED: "danger",
    _STATE.EXPIRED: "danger",
    _STATE.UNCERTAIN: "warning",
    "by_hand": "warning",
    "captured": "",
}


class KindFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        lately = ("held_lately", gettext_lazy("Held back in the last 7 days"))
        return [*((name, title) for name, title, _which, _colour in KINDS), lately]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "held_lately":
            return queryset.held_since(timezone.now() - selectors.LATELY)
        which = {name: which for name, _title, which, _colour in KINDS}.get(self.value() or "")
        return queryset.filter(which) if which else queryset


class DraftForm(StaffForm):
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=MAX_SUBJECT)
    body = forms.CharField(
        label=gettext_lazy("Text"), max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 16}), strip=False
    )


class RemarkForm(StaffForm):
    remark = forms.CharField(
        label=gettext_lazy("What should be different?"),
        max_length=REMARK_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Whoever wrote it reads this beside the text."),
    )
