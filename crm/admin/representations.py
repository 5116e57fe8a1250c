"""Who speaks for an influencer: said and ended from their page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDateWidget

from crm.admin.base import PageAdmin, StaffForm, who
from crm.models import Influencer, Representation
from crm.services import representations


class BeginForm(StaffForm):
    agent = forms.ModelChoiceField(
        Influencer.objects.all(),
        label=_("Agent or agency"),
        widget=AutocompleteSelect(Representation._meta.get_field("agent"), admin.site),
        help_text=_("Somebody who has a profile. Add the agency by hand first, with its address, if it has none."),
    )
    territory = forms.CharField(
        label=_("Territory"), max_length=200, required=False, help_text=_("Where they speak for them: France, Europe…")
    )
    since_date = forms.DateField(label=_("Since"), required=False, widget=UnfoldAdminDateWidget)
    notes = forms.CharField(label=_("Notes"), required=False, widget=forms.Textarea(attrs={"rows": 3}))


class EndForm(StaffForm):
    until_date = forms.DateField(label=_("Ended on"), widget=UnfoldAdminDateWidget)


class WithRepresentations(PageAdmin):
    """The part of the admin of influencers that deals with agents."""

    steps = {"represent": "crm.add_representation", "end_representation": "crm.change_representation"}

    def represent(self, request: HttpRequest, obj: Influencer) -> HttpResponse:
        back = self.page_url(obj)
        return self.ask(
            request,
            BeginForm(request.POST or None),
            save=lambda said: self._represent(request, obj, said),
            title=_("Who represents them?"),
            lead=_("Messages for them go to the address of their agent, if there is one we may write to."),
            submit=_("Save"),
            back=back,
            crumbs=[(obj.name, back)],
        )

    def _represent(self, request: HttpRequest, person: Influencer, said: dict[str, Any]) -> str:
        representations.begin(influencer=person, **said, by=who(request), at=timezone.now())
        return self.page_url(person)

    def end_representation(self, request: HttpRequest, obj: Influencer) -> HttpResponse:
        back, asked = self.page_url(obj), request.GET.get("representation", "")
        found = [each for each in obj.representations.current().select_related("agent") if str(each.pk) == asked]
        if not found:
            raise Http404
        return self.ask(
            request,
            EndForm(request.POST or None, initial={"until_date": timezone.localdate()}),
            save=lambda said: self._end(request, found[0], said),
            title=_("Not represented by %(name)s any more?") % {"name": found[0].agent.name},
            submit=_("End it"),
            back=back,
            crumbs=[(obj.name, back)],
        )

    def _end(self, request: HttpRequest, representation: Representation, said: dict[str, Any]) -> str:
        representations.end(representation=representation, **said, by=who(request), at=timezone.now())
        return self.page_url(representation.influencer)
