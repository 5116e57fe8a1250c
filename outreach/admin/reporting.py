"""A campaign's report beyond its page: as files, what it cost, and every week by mail."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.admin.base import PageAdmin, StaffForm, asked_id, safe_next, who
from outreach.admin.costs import CostForm
from outreach.models import Campaign, Cost
from outreach.services import campaign_report, costs, report_book, weekly

_VIEW = "outreach.view_campaign"
_NAMES = "crm.view_influencer"


class WeeklyForm(StaffForm):
    campaigns = forms.ModelMultipleChoiceField(
        Campaign.objects.none(),
        label=gettext_lazy("Campaigns"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Tick none, and no mail comes."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["campaigns"]
        field.queryset = Campaign.objects.select_related("cause").order_by("-starts_date", "-pk")
        field.label_from_instance = lambda one: f"{one.name} · {one.cause.name}"


class Reporting(PageAdmin):
    """These steps of the admin of campaigns."""

    steps = {
        "csv": _VIEW,
        "xlsx": _VIEW,
        "pdf": _VIEW,
        "costs": "outreach.add_cost",
        "remove_cost": "outreach.delete_cost",
    }
    list_steps = {"weekly": _VIEW}

    def csv(self, request: HttpRequest, obj: Campaign) -> HttpResponse:
        return self._file(request, obj, "csv")

    def xlsx(self, request: HttpRequest, obj: Campaign) -> HttpResponse:
        return self._file(request, obj, "xlsx")

    def pdf(self, request: HttpRequest, obj: Campaign) -> HttpResponse:
        return self._file(request, obj, "pdf")

    def _file(self, request: HttpRequest, obj: Campaign, kind: str) -> HttpResponse:
        whole = campaign_report.read(campaign=obj, at=timezone.now())
        name, content = report_book.file(whole=whole, kind=kind, with_names=request.user.has_perm(_NAMES))
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
        return HttpResponse(content, content_type=report_book.KINDS[kind], headers=headers)

    # What it cost ----------------------------------------------------------------------------------------------------

    def costs(self, request: HttpRequest, obj: Campaign) -> HttpResponse:
        """What is recorded, and a form for what is not yet."""
        form = CostForm(
            request.POST or None, campaign=obj, today=timezone.localdate(), outreach=request.GET.get("outreach", "")
        )

        def save(said: dict[str, Any]) -> str:
            costs.record(**said, by=who(request))
            messages.success(request, _("Recorded."))
            return safe_next(request, self.url("costs", obj.pk))

        return self.ask(
            request,
            form,
            save=save,
            template="outreach/costs.html",
            title=_("Costs"),
            submit=_("Record"),
            lead=_("Fees, expenses and goods given. The report says from them what one action cost."),
            crumbs=[(obj.name, self.page_url(obj))],
            back=safe_next(request, self.page_url(obj)),
            campaign=obj,
            costs=Cost.objects.filter(outreach__campaign=obj)
            .select_related("outreach__influencer", "by")
            .order_by("-on_date", "-pk"),
        )

    def remove_cost(self, request: HttpRequest, obj: Campaign) -> HttpResponse:
        """One that was a mistake. The trail keeps what it was."""
        cost = get_object_or_404(Cost, outreach__campaign=obj, pk=asked_id(request.POST.get("cost", "")))
        return self.act(request, lambda: costs.remove(cost=cost), done=_("Removed."), back=self.url("costs", obj.pk))

    # Every week ------------------------------------------------------------------------------------------------------

    def weekly(self, request: HttpRequest) -> HttpResponse:
        """Whoever is signed in chooses for themselves, also to have no such mail any more."""
        typed = request.POST if request.method == "POST" else None  # nothing ticked is an answer, too
        form = WeeklyForm(typed, initial={"campaigns": weekly.chosen(user=who(request))})

        def save(said: dict[str, Any]) -> str:
            chosen = list(said["campaigns"])
            weekly.choose(user=who(request), campaigns=chosen)
            done = _("On Monday morning you are told what happened.") if chosen else _("No weekly mail comes any more.")
            messages.success(request, done)
            return safe_next(request, self.url("changelist"))

        lead = _("On Monday morning, what the week before brought in the campaigns that you tick. To %(email)s.")
        none = _("You have no e-mail address here, so nothing can be sent to you. An administrator adds one.")
        return self.ask(
            request,
            form,
            save=save,
            title=_("Weekly mail"),
            submit=_("Save"),
            lead=lead % {"email": who(request).email} if who(request).email else none,
            back=safe_next(request, self.url("changelist")),
        )
