"""What of the ledger waits for a person: actions that nobody is credited for, conflicts, refunds without their gift."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.admin.base import PageAdmin, StaffForm, asked_id, who
from crm.errors import DomainError
from crm.tasks import ring
from crm.words import say
from outreach import signing, words
from outreach.models import Conversion, Outreach, SourceEvent
from outreach.services import conversions, ledger, sources, telling, triage
from outreach.sources.documents import BODY_LIMIT
from outreach.tasks import sweep_credits

_ASSIGN, _SETTLE, _ADD = "outreach.add_assignment", "outreach.change_sourceevent", "outreach.add_conversion"
_SHOWN = 50


def _why(*, required: bool) -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Why"),
        max_length=conversions.WHY_LIMIT,
        required=required,
        help_text=gettext_lazy("It stands beside the action for good: no names of supporters."),
    )


class GiveForm(StaffForm):
    outreach = forms.ModelChoiceField(
        Outreach.objects.none(), label=gettext_lazy("Thanks to"), empty_label=gettext_lazy("Choose")
    )
    why = _why(required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["outreach"].queryset = (
            Outreach.objects.filter(links__deliverable="", influencer__isnull=False)
            .select_related("influencer", "campaign")
            .prefetch_related("links")
            .order_by("-campaign__starts_date", "campaign", "influencer__sort_name", "pk")
        )
        fields["outreach"].label_from_instance = lambda one: (
            f"{one.campaign.name} · {one.influencer.name} · {signing.spoken(one.link.code)}"
        )


class WhyForm(StaffForm):
    def __init__(self, *args: Any, required: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"] = _why(required=required)


class TableForm(StaffForm):
    label = forms.CharField(
        label=gettext_lazy("Name in the ledger"),
        max_length=sources.LABEL_LIMIT,
        help_text=gettext_lazy("Where these actions were done, such as give.example.org."),
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "A CSV table. Columns: external_id, kind, amount, currency, occurred_at (with its time zone), and where "
            "they are known cw_click, cw_code, hours, refund_of. A kind is one of: donation, sign_up, signature, "
            "attendance, volunteer_hours, other."
        ),
    )

    def clean_file(self) -> bytes:
        given: bytes = self.cleaned_data["file"].read(BODY_LIMIT + 1)
        return given


@admin.register(Conversion)
class ConversionAdmin(PageAdmin):
    list_title = gettext_lazy("Concrete actions to look at")
    page_template = "outreach/action.html"
    steps = {"give": _ASSIGN, "nobody": _ASSIGN}
    list_steps = {"settle": _SETTLE, "upload": _ADD}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversion]:
        return Conversion.objects.standing()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        kind, after = request.GET.get("kind", ""), asked_id(request.GET.get("after", ""))
        if request.GET and kind not in triage.KINDS:
            return redirect(request.path)
        found = triage.waiting()
        page = self.render(
            request,
            "outreach/triage.html",
            title=self.list_name(),
            **{name: _told(found.of(name), name, after=after) for name in ([kind] if kind else triage.KINDS)},
            kind=kind,
            may_assign=request.user.has_perm(_ASSIGN),
            may_settle=request.user.has_perm(_SETTLE),
            may_add=request.user.has_perm(_ADD),
        )
        assert isinstance(page, TemplateResponse)
        assert page.context_data
        page.context_data["crumbs"] = [(_("Campaigns"), reverse("admin:outreach_campaign_changelist"))]
        return page

    def page(self, request: HttpRequest, obj: Conversion) -> dict[str, Any]:
        credits = obj.credits.filter(rule=conversions.DEFAULT_RULE).select_related("link__outreach__influencer")
        ids = obj.ids.order_by("pk").values_list("external_id", flat=True)
        backs = Conversion.objects.takings_back().filter(source=obj.source, refund_of__in=list(ids))
        left = ledger.kept_minor(obj)
        return {
            "title": capfirst(words.said_of(obj)),
            "left": words.money(left, obj.currency) if left is not None and left != obj.amount_minor else "",
            "is_void": hasattr(obj, "balance") and obj.balance.is_void,
            "is_overdrawn": hasattr(obj, "balance") and obj.balance.is_overdrawn,
            "ids": list(ids),
            "backs": [(row, words.said_of(row)) for row in backs.order_by("occurred_at", "pk")],
            "action": ledger.action_of(obj) if obj.refund_of else None,
            "credits": credits,
            "assignments": obj.assignments.select_related("by", "link__outreach__influencer").order_by("-pk"),
            "may_assign": request.user.has_perm(_ASSIGN) and not obj.refund_of,
        }

    def give(self, request: HttpRequest, obj: Conversion) -> HttpResponse:
        def save(said: dict[str, Any]) -> str:
            link = said["outreach"].link
            conversions.assign(conversion=obj, link=link, by=who(request), at=timezone.now(), why=said["why"])
            messages.success(request, _("Given. They get the credit, as if their code had been spoken."))
            return self.url("changelist")

        return self.ask(
            request,
            GiveForm(request.POST or None),
            save=save,
            title=_("Whose is this action?"),
            lead=f"{words.said_of(obj)} · {obj.source} · {obj.external_id}",
            submit=_("Give them the credit"),
            crumbs=[(words.said_of(obj), self.page_url(obj))],
            back=self.url("changelist"),
        )

    def nobody(self, request: HttpRequest, obj: Conversion) -> HttpResponse:
        def save(said: dict[str, Any]) -> str:
            conversions.assign(conversion=obj, link=None, by=who(request), at=timezone.now(), why=said["why"])
            messages.success(request, _("Noted. It stays in the ledger, and nobody is asked about it any more."))
            return self.url("changelist")

        return self.ask(
            request,
            WhyForm(request.POST or None),
            save=save,
            title=_("Nobody’s?"),
            lead=f"{words.said_of(obj)} · {obj.source} · {obj.external_id}",
            submit=_("It is nobody’s"),
            crumbs=[(words.said_of(obj), self.page_url(obj))],
            back=self.url("changelist"),
        )

    def settle(self, request: HttpRequest) -> HttpResponse:
        """Say that what stands in the ledger is right. `event`: the report that contradicts it."""
        conflict = get_object_or_404(SourceEvent, pk=asked_id(request.GET.get("event", "")), outcome="conflict")

        def save(said: dict[str, Any]) -> str:
            telling.settle(conflict=conflict, by=who(request), at=timezone.now(), why=said["why"])
            messages.success(request, _("Settled. The ledger stays as it is."))
            return self.url("changelist")

        return self.ask(
            request,
            WhyForm(request.POST or None, required=True),
            save=save,
            title=_("Is the ledger right?"),
            lead=_(
                "Nothing in the ledger is ever changed. "
                "Where the new report is right, have the source refund the old one."
            ),
            submit=_("The ledger is right"),
            back=self.url("changelist"),
        )

    def upload(self, request: HttpRequest) -> HttpResponse:
        """A table of actions: line by line what was counted, and what was not and why."""
        form = TableForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                lines = sources.read_table(**form.cleaned_data, at=timezone.now())
            except DomainError as error:
                form.add_error(None, say(error))
            else:
                ring(sweep_credits)
                return self.render(
                    request,
                    "outreach/actions_table.html",
                    title=_("What became of the table"),
                    lines=[
                        (line, words.said_of(line.event) if line.event else "", say(line.error) if line.error else "")
                        for line in lines
                    ],
                    back=self.url("changelist"),
                )
        return self.render(
            request,
            "crm/form.html",
            title=_("Actions from a table"),
            form=form,
            submit=_("Count them"),
            lead=_("The same table again counts nothing twice."),
            back=self.url("changelist"),
        )


def _told(rows: Any, kind: str, *, after: int) -> dict[str, Any]:
    """So many rows, those behind one that stood last on the page before. `rest`: where the next ones
    are."""
    shown = list(triage.behind(rows, pk=after)[: _SHOWN + 1])
    has_more = len(shown) > _SHOWN
    rest = f"?kind={kind}&after={shown[_SHOWN - 1].pk}" if has_more else ""
    return {"number": rows.count(), "rows": [(row, words.said_of(row)) for row in shown[:_SHOWN]], "rest": rest}
