"""Who said no: read, added to by address, looked up by address. Nothing here is ever removed."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.admin.base import PageAdmin, StaffForm, who
from crm.errors import DomainError
from crm.models import Suppression
from crm.services import addresses
from crm.templatetags.causeway import ago
from crm.words import say


class EmailForm(StaffForm):
    email = forms.CharField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("Compared with the keyed hashes of those who said no. It is not kept."),
    )


class AddForm(EmailForm):
    scope = forms.ChoiceField(
        label=_("What is refused"),
        choices=Suppression.Scope.choices,
        widget=forms.RadioSelect,
        initial=Suppression.Scope.PARTNERSHIP,
        help_text=_("A complaint, or an address that does not exist, stops every message."),
    )
    reason = forms.ChoiceField(
        label=_("Why"), choices=addresses.NOTED, widget=forms.RadioSelect, initial=Suppression.Reason.DECLINED
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=200,
        required=False,
        help_text=_("How we know, such as “by telephone”. No name, no address."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _(
            "Of somebody we need not know. Only a keyed hash of it is kept: enough to recognise it, not to read it."
        )


@admin.register(Suppression)
class SuppressionAdmin(PageAdmin):
    list_display = ["refused", "why", "since", "noted_by", "note"]
    list_select_related = ["by"]
    list_filter = ["scope", "reason"]
    list_title = _("Refusals")
    list_button = (_("Add a refusal"), "add", "crm.add_suppression")
    list_links = [(_("Look up an address"), "look_up", "crm.view_suppression")]
    list_steps = {"add": "crm.add_suppression", "look_up": "crm.view_suppression"}
    empty_words = _(
        "Nobody said no yet. Here stands who did, without their address: as a code by which we recognise it."
    )
    ordering = ["-created_at", "-pk"]
    page_template = "crm/suppression.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Suppression]:
        return Suppression.objects.select_related("by")

    def page(self, request: HttpRequest, obj: Suppression) -> dict[str, Any]:
        return {"title": _("Refusal %(number)s") % {"number": str(obj.public_id)[:8]}}

    def add(self, request: HttpRequest) -> HttpResponse:
        return self.ask(
            request,
            AddForm(request.POST or None),
            save=lambda said: self._add(request, said),
            title=_("Add a refusal"),
            submit=_("Note it"),
            lead=_("From now on nothing goes there. What is noted cannot be taken back from this page."),
            back=self.url("changelist"),
        )

    def _add(self, request: HttpRequest, said: dict[str, Any]) -> str:
        row, is_new = addresses.refuse(**said, by=who(request), at=timezone.now())
        messages.success(request, gettext("Noted.") if is_new else gettext("This was noted already."))
        return self.page_url(row)

    def look_up(self, request: HttpRequest) -> HttpResponse:
        """The address is posted, so that it stands in no log of addresses of pages."""
        form, found = EmailForm(request.POST or None), None
        if request.method == "POST" and form.is_valid():
            found = self._found(form)
        return self.render(
            request,
            "crm/suppression_look_up.html",
            title=_("Look up an address"),
            form=form,
            submit=_("Look it up"),
            found=found,
            back=self.url("changelist"),
        )

    def _found(self, form: EmailForm) -> list[Suppression] | None:
        try:
            subjects = addresses.subjects_of(form.cleaned_data["email"])
        except DomainError as error:
            form.add_error("email", say(error))
            return None
        rows = Suppression.objects.filter(subject__in=subjects).select_related("by")
        return list(rows.order_by("-created_at", "-pk"))

    @admin.display(description=_("what is refused"), ordering="scope")
    def refused(self, row: Suppression) -> str:
        return capfirst(row.get_scope_display())

    @admin.display(description=_("why"), ordering="reason")
    def why(self, row: Suppression) -> str:
        return capfirst(row.get_reason_display())

    @admin.display(description=_("since"), ordering="created_at")
    def since(self, row: Suppression) -> str:
        return ago(row.created_at)

    @admin.display(description=_("noted by"))
    def noted_by(self, row: Suppression) -> str:
        return row.by.called if row.by else "—"
