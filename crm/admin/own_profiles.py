"""Which accounts are a cause's own: chosen on its page, and what they had on a day, written down there."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.admin.base import PageAdmin, StaffForm, asked_id, who
from crm.models import Cause, Influencer, OwnProfile, SocialAccount
from crm.services import own_profiles


class ChooseForm(StaffForm):
    influencer = forms.ModelChoiceField(
        Influencer.objects.all(),
        label=gettext_lazy("Profile"),
        widget=AutocompleteSelect(OwnProfile._meta.get_field("influencer"), admin.site),
        help_text=gettext_lazy("The profile with your own accounts. Add it by hand first, or import it, as any other."),
    )


class ReadingForm(StaffForm):
    account = forms.ModelChoiceField(
        SocialAccount.objects.none(), label=gettext_lazy("Account"), empty_label=gettext_lazy("Choose")
    )
    followers = forms.IntegerField(label=gettext_lazy("Followers"), min_value=0)
    on_date = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, cause: Cause, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["account"]
        field.queryset = _accounts_of(cause)
        field.label_from_instance = lambda one: f"{one.get_platform_display()} · {one.handle}"


class WithOwnProfiles(PageAdmin):
    """The part of the admin of causes that deals with the cause's own accounts."""

    steps = {
        "choose_own": "crm.change_cause",
        "let_go_own": "crm.change_cause",
        "reading": "crm.change_socialaccount",
    }

    def choose_own(self, request: HttpRequest, obj: Cause) -> HttpResponse:
        def save(said: dict[str, Any]) -> str:
            own_profiles.choose(cause=obj, **said)
            messages.success(request, _("Reports of its campaigns show from now on how these accounts grew."))
            return self.page_url(obj)

        return self._own(request, obj, ChooseForm(request.POST or None), save, title=_("Which accounts are your own?"))

    def let_go_own(self, request: HttpRequest, obj: Cause) -> HttpResponse:
        own = get_object_or_404(OwnProfile, cause=obj, pk=asked_id(request.POST.get("own", "")))
        done = _("These accounts are not counted as your own any more. Their readings stay.")
        return self.act(request, lambda: own_profiles.let_go(own=own), done=done, back=self.page_url(obj))

    def reading(self, request: HttpRequest, obj: Cause) -> HttpResponse:
        def save(said: dict[str, Any]) -> str:
            own_profiles.read(**said, by=who(request), at=timezone.now())
            messages.success(request, _("Noted."))
            return self.page_url(obj)

        form = ReadingForm(request.POST or None, cause=obj, initial={"on_date": timezone.localdate()})
        lead = _("One reading before a campaign and one after it are enough to say how an account grew.")
        return self._own(request, obj, form, save, title=_("How many followers on which day?"), lead=lead)

    def _own(self, request: HttpRequest, cause: Cause, form: StaffForm, save: Any, **context: Any) -> HttpResponse:
        back = self.page_url(cause)
        return self.ask(request, form, save=save, submit=_("Save"), back=back, crumbs=[(cause.name, back)], **context)


def own_of(cause: Cause) -> list[OwnProfile]:
    rows = OwnProfile.objects.filter(cause=cause).select_related("influencer").prefetch_related("influencer__accounts")
    return list(rows.order_by("pk"))


def _accounts_of(cause: Cause) -> Any:
    return SocialAccount.objects.filter(influencer__own_of__cause=cause).order_by("platform", "handle", "pk")
