from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from crm.admin.base import ReadOnlyAdmin
from outreach.models import Message, Outreach
from outreach.words import message_reason


@admin.register(Outreach)
class OutreachAdmin(ReadOnlyAdmin):
    list_display = ["influencer", "campaign", "stage", "stage_at", "owner"]
    list_select_related = ["influencer", "campaign", "owner"]
    list_filter = ["stage", "campaign"]
    ordering = ["-pk"]


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """The outbox: what will go out, what did, what was held, and why."""

    list_display = ["subject", "person", "state", "why", "due_at", "finished_at"]
    list_select_related = ["outreach__influencer"]
    list_filter = ["state"]
    ordering = ["-pk"]
    change_form_template = "outreach/message.html"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        more = dict(extra_context or {})
        if message := self.get_object(request, object_id):
            more |= {"message": message, "reason": message_reason(message.reason)}
        return super().change_view(request, object_id, form_url, more)  # type: ignore[no-any-return]

    @admin.display(description=_("to"))
    def person(self, message: Message) -> str:
        return str(message.outreach.influencer) if message.outreach else "—"

    @admin.display(description=_("why"))
    def why(self, message: Message) -> str:
        return message_reason(message.reason)
