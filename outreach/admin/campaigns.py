"""Pushes for a cause: made, changed, and read as one page that answers "what came of it?"."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from crm.admin.base import StaffForm, safe_next, who
from crm.admin.fields import ParsedField, with_scheme
from crm.models import Cause, User
from crm.services import instance
from crm.tasks import ring
from crm.words import number
from outreach import selectors, words
from outreach.admin import actions, publishing
from outreach.admin.attributing import Attributing
from outreach.admin.publishing import CampaignPublishing
from outreach.admin.reporting import Reporting
from outreach.models import Campaign, Message
from outreach.services import campaign_report, campaigns, conversions, report_book
from outreach.tasks import sweep_outbox

_ADD, _CHANGE, _RECORD = "outreach.add_campaign", "outreach.change_campaign", "outreach.add_conversion"
_SHOWN = 8  # publications on the page: the newest


class DateInput(forms.DateInput):
    """The browser's own calendar; it speaks ISO dates, whatever the reader's language."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class CampaignForm(StaffForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    slug = forms.CharField(
        label=gettext_lazy("Short name"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("It stands in links, in small letters, digits and hyphens. Blank: made from the name."),
    )
    cause = forms.ModelChoiceField(
        Cause.objects.none(), label=gettext_lazy("Cause"), empty_label=gettext_lazy("Choose")
    )
    starts_date = forms.DateField(label=gettext_lazy("From"), widget=DateInput)
    ends_date = forms.DateField(
        label=gettext_lazy("To"), widget=DateInput, required=False, help_text=gettext_lazy("Blank: without an end.")
    )
    destination_url = ParsedField(
        parse=with_scheme,
        label=gettext_lazy("Page where people act"),
        max_length=500,
        widget=forms.TextInput(attrs={"placeholder": "https://", "inputmode": "url"}),
        help_text=gettext_lazy(
            "The page of the donation form, the petition or the sign-up. Everybody’s link leads there, "
            "also the links that were given away before you changed it."
        ),
    )
    attribution_days = forms.IntegerField(
        label=gettext_lazy("Days of credit"),
        min_value=1,
        max_value=Campaign.MOST_DAYS,
        required=False,
        help_text=gettext_lazy(
            "A click or a code counts for an action that follows it within so many days. Blank: 30 days, or as it was."
        ),
    )
    organisation = forms.CharField(
        label=gettext_lazy("Organisation"), max_length=200, help_text=gettext_lazy("The name that signs messages.")
    )
    owner = forms.ModelChoiceField(
        User.objects.none(), label=gettext_lazy("Owner"), required=False, empty_label=gettext_lazy("Nobody")
    )
    groups = [
        (gettext_lazy("What for?"), ["name", "cause", "slug"]),
        (gettext_lazy("When, and where do people act?"), ["starts_date", "ends_date", "destination_url"]),
        (gettext_lazy("In whose name?"), ["organisation", "owner"]),
        (gettext_lazy("Who gets the credit?"), ["attribution_days"]),
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["cause"].queryset = Cause.objects.order_by("name", "pk")
        fields["owner"].queryset = User.objects.filter(is_staff=True, is_active=True).order_by("last_name", "pk")
        fields["owner"].label_from_instance = lambda user: user.called


@admin.register(Campaign)
class CampaignAdmin(Attributing, CampaignPublishing, Reporting):
    list_display = ["name", "cause", "dates", "people", "contacted", "replied", "clicks", "acted"]
    list_select_related = ["cause"]
    list_filter_submit = True
    list_filter = [("cause", AutocompleteSelectFilter)]
    search_fields = ["name", "cause__name"]
    search_help_text = gettext_lazy("Search by campaign or cause")
    ordering = ["-starts_date", "-pk"]
    list_button = (gettext_lazy("Add a campaign"), "add", _ADD)
    list_links = [
        (gettext_lazy("All conversations"), "admin:outreach_outreach_changelist", "outreach.view_outreach"),
        (gettext_lazy("Templates"), "admin:outreach_messagetemplate_changelist", "outreach.view_messagetemplate"),
        (gettext_lazy("Weekly mail"), "weekly", "outreach.view_campaign"),
    ]
    empty_words = gettext_lazy(
        "A campaign is one push for one cause: from a day, towards one page where people act. "
        "Start it here, then choose whom to ask on a match list."
    )
    page_template = "outreach/campaign.html"
    list_steps = {"add": _ADD} | Reporting.list_steps
    steps = {"edit": _CHANGE, "record_action": _RECORD, "pause": _CHANGE, "resume": _CHANGE}
    steps |= Attributing.steps | CampaignPublishing.steps | Reporting.steps

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        return selectors.with_results(Campaign.objects.select_related("cause", "owner"), rule=conversions.DEFAULT_RULE)

    @admin.display(description=gettext_lazy("dates"), ordering="starts_date")
    def dates(self, campaign: Campaign) -> str:
        return words.dates(campaign.starts_date, campaign.ends_date)

    @admin.display(description=gettext_lazy("people"), ordering="people")
    def people(self, campaign: Any) -> str:
        return number(campaign.people)

    @admin.display(description=gettext_lazy("contacted"), ordering="contacted")
    def contacted(self, campaign: Any) -> str:
        return number(campaign.contacted)

    @admin.display(description=gettext_lazy("replied"), ordering="replied")
    def replied(self, campaign: Any) -> str:
        return number(campaign.replied)

    @admin.display(description=gettext_lazy("clicks"), ordering="clicks")
    def clicks(self, campaign: Any) -> str:
        return number(campaign.clicks)

    @admin.display(description=gettext_lazy("concrete actions"), ordering="actions")
    def acted(self, campaign: Any) -> str:
        return number(float(campaign.actions or 0))

    # Made and changed ------------------------------------------------------------------------------------------------

    def add(self, request: HttpRequest) -> HttpResponse:
        if not Cause.objects.exists():
            messages.info(request, _("A campaign is for a cause, and there is none yet. Add the cause first."))
            return redirect("admin:crm_cause_changelist")
        initial = {
            "cause": request.GET.get("cause"),
            "starts_date": timezone.localdate(),
            "organisation": instance.organisation(),
            "owner": request.user.pk,
        }
        return self.ask(
            request,
            CampaignForm(request.POST or None, initial=initial),
            save=lambda said: self._next(request, campaigns.create(**said, by=who(request))),
            title=_("New campaign"),
            submit=_("Create the campaign"),
            back=safe_next(request, self.url("changelist")),
        )

    def _next(self, request: HttpRequest, campaign: Campaign) -> str:
        """Back to where a campaign was missing, with the new one chosen; else its page."""
        back = safe_next(request, "")
        return f"{back}{'&' if '?' in back else '?'}campaign={campaign.pk}" if back else self.page_url(campaign)

    def edit(self, request: HttpRequest, obj: Campaign) -> HttpResponse:
        names = ["name", "slug", "cause", "starts_date", "ends_date", "destination_url", "organisation", "owner"]
        names += ["attribution_days"]
        form = CampaignForm(request.POST or None, initial={name: getattr(obj, name) for name in names})
        return self.ask(
            request,
            form,
            save=lambda said: self.page_url(campaigns.update(campaign=obj, **said)),
            title=_("Change the campaign"),
            submit=_("Save"),
            crumbs=[(obj.name, self.page_url(obj))],
            back=self.page_url(obj),
        )

    def pause(self, request: HttpRequest, obj: Campaign) -> HttpResponse:
        """After one question, none of its messages leaves any more."""
        if request.method == "POST":
            done = _("Paused. None of its messages leaves any more.")
            return self.act(request, lambda: campaigns.pause(campaign=obj), done=done, back=self.page_url(obj))
        waiting = Message.objects.asking().yet_to_go().filter(outreach__campaign=obj).count()
        question = ngettext(
            "%(number)s approved message waits until you go on. Conversations stay where they are.",
            "%(number)s approved messages wait until you go on. Conversations stay where they are.",
            waiting,
        )
        return self.render(
            request,
            "crm/confirm.html",
            title=_("Pause this campaign?"),
            question=question % {"number": number(waiting)},
            submit=_("Pause the campaign"),
            crumbs=[(obj.name, self.page_url(obj))],
            back=self.page_url(obj),
        )

    def resume(self, request: HttpRequest, obj: Campaign) -> HttpResponse:
        def go_on() -> None:
            campaigns.resume(campaign=obj)
            ring(sweep_outbox)

        done = _("Its messages leave again, within their hours and caps.")
        return self.act(request, go_on, done=done, back=self.page_url(obj))

    def record_action(self, request: HttpRequest, obj: Campaign) -> HttpResponse:
        form = actions.ActionForm(
            request.POST or None, campaign=obj, today=timezone.localdate(), thanks_to=request.GET.get("outreach", "")
        )
        return self.ask(
            request,
            form,
            save=lambda said: self._record(request, obj, form),
            title=_("Record an action"),
            submit=_("Record"),
            lead=_("For what reached you another way: a cheque, a paper petition, hours at an event."),
            crumbs=[(obj.name, self.page_url(obj))],
            back=safe_next(request, self.page_url(obj)),
        )

    def _record(self, request: HttpRequest, obj: Campaign, form: actions.ActionForm) -> str:
        _row, is_new = conversions.record_by_hand(event=form.event(), at=timezone.now())
        if is_new:
            messages.success(request, _("Recorded."))
        else:
            messages.warning(request, _("This was recorded already, so it was not counted again."))
        return safe_next(request, self.page_url(obj))

    # Read ------------------------------------------------------------------------------------------------------------

    def page(self, request: HttpRequest, obj: Campaign) -> dict[str, Any]:
        whole = campaign_report.read(campaign=obj, at=timezone.now())
        todo = selectors.todo(at=timezone.now(), campaign=obj)
        return {
            "title": obj.name,
            "dates": words.dates(obj.starts_date, obj.ends_date),
            "whole": whole,
            "report": whole.report,
            "goals": whole.goals,
            "people": whole.people,
            "costs": report_book.costs_said(whole),
            "findings": report_book.findings_said(whole, words.called),
            "todo": todo,
            "published": publishing.said(whole.breakdown.known[:_SHOWN]),
            "published_in_all": len(whole.breakdown.known),
            "start": f"{reverse('admin:matching_matchlist_changelist')}?cause__id__exact={obj.cause_id}",
        }
