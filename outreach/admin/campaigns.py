from dataclasses import asdict
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from crm.admin.base import ReadOnlyAdmin
from outreach import words
from outreach.models import Campaign, MessageTemplate
from outreach.services import reports


@admin.register(Campaign)
class CampaignAdmin(ReadOnlyAdmin):
    """Opens as a page that answers "what came of it?"."""

    list_display = ["name", "cause", "starts_date", "ends_date"]
    list_select_related = ["cause"]
    search_fields = ["name"]
    ordering = ["-starts_date", "-pk"]
    change_form_template = "outreach/campaign.html"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        more = dict(extra_context or {})
        if campaign := self.get_object(request, object_id):
            report = reports.campaign(campaign=campaign)
            more |= {
                "campaign": campaign,
                "report": report,
                "totals": [words.action_total(**asdict(t)) for t in report.totals],
            }
        return super().change_view(request, object_id, form_url, more)  # type: ignore[no-any-return]


@admin.register(MessageTemplate)
class MessageTemplateAdmin(ReadOnlyAdmin):
    list_display = ["name", "language", "subject"]
    ordering = ["name", "language"]
