"""On a profile: a copy of everything for whoever it is about, erasing them, and who changed what."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm import words
from crm.admin.base import PageAdmin, StaffForm, who
from crm.models import AuditEvent, ErasureReceipt, Influencer
from crm.services import persons

_PER_PAGE = 50


class EraseForm(StaffForm):
    reason = forms.ChoiceField(
        label=_("Why"),
        choices=ErasureReceipt.Reason.choices,
        initial=ErasureReceipt.Reason.ASKED,
        widget=forms.RadioSelect,
    )
    typed = forms.CharField(label=_("Their name, as it stands above"), max_length=200)

    def __init__(self, *args: Any, person: Influencer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["typed"].widget.attrs |= {"autocomplete": "off"}

    def clean_typed(self) -> str:
        typed = " ".join(str(self.cleaned_data["typed"]).split())
        if typed.casefold() != " ".join(self.person.name.split()).casefold():
            raise forms.ValidationError(_("This is not the name of this person."))
        return typed


class DataRights(PageAdmin):
    """These steps of the admin of profiles."""

    steps = {"export": "crm.export_influencer", "erase": "crm.delete_influencer", "trail": "crm.view_auditevent"}

    def export(self, request: HttpRequest, obj: Influencer) -> HttpResponse | StreamingHttpResponse:
        if request.method == "POST":
            pieces = persons.export(influencer=obj, at=timezone.now(), by=who(request))
            response = StreamingHttpResponse(pieces, content_type="application/json")
            response["Content-Disposition"] = f'attachment; filename="{obj.public_id}.json"'
            return response
        back = self.page_url(obj)
        return self.render(
            request,
            "crm/person_export.html",
            title=_("A copy of everything"),
            crumbs=[(obj.name, back)],
            obj=obj,
            back=back,
        )

    def erase(self, request: HttpRequest, obj: Influencer) -> HttpResponse:
        back = self.page_url(obj)
        return self.ask(
            request,
            EraseForm(request.POST or None, person=obj),
            save=lambda said: self._erase(request, obj, said["reason"]),
            title=_("Erase this person"),
            submit=_("Erase for good"),
            template="crm/person_erase.html",
            crumbs=[(obj.name, back)],
            obj=obj,
            back=back,
        )

    def _erase(self, request: HttpRequest, person: Influencer, reason: str) -> str:
        receipt = persons.erase(influencer=person, at=timezone.now(), by=who(request), reason=reason)
        return reverse("admin:crm_erasurereceipt_change", args=[receipt.pk])

    def trail(self, request: HttpRequest, obj: Influencer) -> HttpResponse:
        events = AuditEvent.objects.filter(influencer=obj).select_related("by").order_by("-at", "-pk")
        page = Paginator(events, _PER_PAGE).get_page(request.GET.get("page"))
        told = [
            {"event": e, "what": words.audit_what(e), "changes": words.audit_changes(e), "why": words.audit_why(e)}
            for e in page
        ]
        return self.render(
            request,
            "crm/person_trail.html",
            title=_("Who changed what"),
            crumbs=[(obj.name, self.page_url(obj))],
            obj=obj,
            told=told,
            page=page,
        )
