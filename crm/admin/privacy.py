"""Receipts of those who were erased, and the trail of who changed what: both are read, never written here."""

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from crm import words
from crm.admin.base import PageAdmin, StaffForm, who
from crm.models import AuditEvent, ErasureReceipt
from crm.services import persons


class LiftForm(StaffForm):
    said = forms.CharField(
        label=_("Their e-mail address, or the link of their profile"),
        max_length=500,
        help_text=_("We know them by keyed hashes only: this shows whether the receipt is theirs. It is not kept."),
    )
    asked = forms.BooleanField(label=_("They asked for it themselves, and consent to being stored again"))


@admin.register(ErasureReceipt)
class ErasureReceiptAdmin(PageAdmin):
    list_display = ["number", "at", "reason", "by_whom", "may_come_back"]
    list_select_related = ["by"]
    list_title = _("Erasures")
    empty_words = _(
        "Nobody was erased yet. Whoever asks for it is erased from their profile; the receipt then stands here."
    )
    ordering = ["-at", "-pk"]
    page_template = "crm/receipt.html"
    steps = {"download": "crm.view_erasurereceipt", "lift": "crm.change_erasurereceipt"}

    def get_queryset(self, request: HttpRequest) -> QuerySet[ErasureReceipt]:
        return ErasureReceipt.objects.select_related("by", "lifted_by")

    def page(self, request: HttpRequest, obj: ErasureReceipt) -> dict[str, Any]:
        return {
            "title": _("Receipt of an erasure"),
            "counts": words.receipt_counts(obj),
            "hashes": words.receipt_hashes(obj),
        }

    def download(self, request: HttpRequest, obj: ErasureReceipt) -> HttpResponse:
        body = json.dumps(persons.receipt_body(obj), indent=2)
        response = HttpResponse(body, content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="erasure-{obj.public_id}.json"'
        return response

    def lift(self, request: HttpRequest, obj: ErasureReceipt) -> HttpResponse:
        back = self.page_url(obj)
        return self.ask(
            request,
            LiftForm(request.POST or None),
            save=lambda said: self._lift(request, obj, said["said"]),
            title=_("Did they come back?"),
            lead=_(
                "They may then be stored again, by hand, by a file or by a tool. Whatever else they said no to stays."
            ),
            submit=_("Let them be stored again"),
            crumbs=[(str(_("Receipt")), back)],
            back=back,
        )

    def _lift(self, request: HttpRequest, receipt: ErasureReceipt, said: str) -> str:
        persons.lift(receipt=receipt, said=said, at=timezone.now(), by=who(request))
        return self.page_url(receipt)

    @admin.display(description=_("receipt"), ordering="pk")
    def number(self, receipt: ErasureReceipt) -> str:
        return str(receipt.public_id)[:8]

    @admin.display(description=_("by whom"))
    def by_whom(self, receipt: ErasureReceipt) -> str:
        return receipt.by.called if receipt.by else str(_("on the command line"))

    @admin.display(description=_("stored again?"))
    def may_come_back(self, receipt: ErasureReceipt) -> str:
        look, said = ("warn", _("may be")) if receipt.lifted_at else ("good", _("kept out"))
        return format_html('<span class="cw-badge cw-badge--{}">{}</span>', look, said)


@admin.register(AuditEvent)
class AuditEventAdmin(PageAdmin):
    list_display = ["what", "told", "by_whom", "occasion", "at"]
    list_select_related = ["by"]
    list_filter = ["operation"]
    list_title = _("Audit trail")
    empty_words = _("Here stands who changed what about addresses, refusals, verdicts, stages and money.")
    ordering = ["-pk"]
    page_template = "crm/audit_event.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        return AuditEvent.objects.select_related("by")

    def page(self, request: HttpRequest, obj: AuditEvent) -> dict[str, Any]:
        return {"title": words.audit_what(obj), "changes": words.audit_changes(obj), "occasion": words.audit_why(obj)}

    @admin.display(description=_("what"))
    def what(self, event: AuditEvent) -> str:
        return capfirst(words.audit_what(event))

    @admin.display(description=_("from what to what"))
    def told(self, event: AuditEvent) -> str:
        return " · ".join(words.audit_changes(event)) or "—"

    @admin.display(description=_("by whom"))
    def by_whom(self, event: AuditEvent) -> str:
        return event.by.called if event.by else "—"

    @admin.display(description=_("on which occasion"))
    def occasion(self, event: AuditEvent) -> str:
        return capfirst(words.audit_why(event)) or "—"
