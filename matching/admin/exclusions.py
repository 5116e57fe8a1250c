"""Whom staff never want asked: the list of them, each with its reason, and the way back."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from crm.admin.base import PageAdmin, StaffForm, asked_id, safe_next, who
from crm.models import Cause, Influencer
from crm.templatetags.causeway import ago
from matching import words
from matching.models import Exclusion
from matching.services import exclusions


class ExcludeForm(StaffForm):
    cause = forms.ModelChoiceField(
        Cause.objects.none(),
        label=gettext_lazy("For which cause?"),
        required=False,
        empty_label=gettext_lazy("Every cause: never again"),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For your colleagues. It is told to the person if they ask for what you know of them."),
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cause"].queryset = Cause.objects.order_by("name", "pk")  # type: ignore[attr-defined]


class HoldsFilter(admin.SimpleListFilter):
    title = pgettext_lazy("a decision", "holds")
    parameter_name = "holds"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", pgettext_lazy("a decision", "Holds")), ("no", gettext_lazy("Lifted"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() in {"yes", "no"}:
            return queryset.filter(lifted_at__isnull=self.value() == "yes")
        return queryset


@admin.register(Exclusion)
class ExclusionAdmin(PageAdmin):
    list_display = ["person", "scope", "why", "decided_by", "since", "stands"]
    list_select_related = ["influencer", "cause", "by"]
    list_filter_submit = True
    list_filter = [HoldsFilter, ("cause", AutocompleteSelectFilter), ("influencer", AutocompleteSelectFilter)]
    list_title = gettext_lazy("Whom we never ask")
    search_fields = ["influencer__name"]
    search_help_text = gettext_lazy("Search by name")
    empty_words = gettext_lazy(
        "Here stand the people whom you decided never to ask, for one cause or ever. They are left out of match lists, "
        "and nothing is sent to them. Decide it on a match list, beside a verdict, or on a profile."
    )
    ordering = ["-at", "-pk"]
    page_template = "matching/exclusion.html"
    list_steps = {"add": "matching.add_exclusion", "panel": "matching.view_exclusion"}
    steps = {"lift": "matching.change_exclusion"}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Exclusion]:
        return Exclusion.objects.select_related("influencer", "cause", "by", "lifted_by")

    def page(self, request: HttpRequest, obj: Exclusion) -> dict[str, Any]:
        return {"title": obj.influencer.name, "scope": words.scope(obj)}

    def add(self, request: HttpRequest) -> HttpResponse:
        """`influencer`, and `cause` where one is meant, stand in the address."""
        person = get_object_or_404(Influencer, pk=asked_id(request.GET.get("influencer", "")))
        given = {name: request.GET.get(name, "") for name in ("cause", "next")}
        return self.ask(
            request,
            ExcludeForm(request.POST or None, initial=given),
            save=lambda said: self._add(request, person, said),
            title=_("Never ask %(name)s?") % {"name": person.name},
            lead=_(
                "They are left out of the next match lists, no outreach with them is started, and what was planned for "
                "them is held back. It can be lifted."
            ),
            submit=_("Never ask them"),
            back=safe_next(request, _profile(person)),
        )

    def _add(self, request: HttpRequest, person: Influencer, said: dict[str, Any]) -> str:
        made, _is_new = exclusions.exclude(
            influencer=person, cause=said["cause"], reason=said["reason"], by=who(request), at=timezone.now()
        )
        messages.success(request, _("Noted: %(name)s. %(scope)s.") % {"name": person.name, "scope": words.scope(made)})
        return safe_next(request, _profile(person))

    def panel(self, request: HttpRequest) -> HttpResponse:
        """Panel of a profile: what holds for them, and the way to decide or to lift it."""
        person = get_object_or_404(Influencer, pk=asked_id(request.GET.get("influencer", "")))
        known = Exclusion.objects.open().filter(influencer=person).select_related("cause", "by").order_by("cause", "pk")
        context = {
            "person": person,
            "exclusions": [(one, words.scope(one)) for one in known],
        }
        return TemplateResponse(request, "matching/exclusions.html", context)

    def lift(self, request: HttpRequest, obj: Exclusion) -> HttpResponse:
        back = safe_next(request, _profile(obj.influencer))
        if request.method == "POST":
            return self.act(
                request,
                lambda: exclusions.lift(exclusion=obj, by=who(request), at=timezone.now()),
                done=_("Lifted: they may be asked again."),
                back=back,
            )
        return self.render(
            request,
            "crm/confirm.html",
            title=_("May they be asked again?"),
            crumbs=[(obj.influencer.name, self.page_url(obj))],
            question=_("%(scope)s, because: “%(reason)s”. Lifted, the next match lists consider them again.")
            % {"scope": words.scope(obj), "reason": obj.reason},
            submit=_("Lift it"),
            carried=[("next", request.GET.get("next", ""))],
            back=back,
        )

    # The list ---------------------------------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("influencer"), ordering="influencer__sort_name")
    def person(self, exclusion: Exclusion) -> str:
        return exclusion.influencer.name

    @admin.display(description=gettext_lazy("never"), ordering="cause")
    def scope(self, exclusion: Exclusion) -> str:
        return words.scope(exclusion)

    @admin.display(description=gettext_lazy("why"))
    def why(self, exclusion: Exclusion) -> str:
        return exclusion.reason

    @admin.display(description=gettext_lazy("by whom"))
    def decided_by(self, exclusion: Exclusion) -> str:
        return exclusion.by.called if exclusion.by else "—"

    @admin.display(description=gettext_lazy("decided"), ordering="at")
    def since(self, exclusion: Exclusion) -> str:
        return ago(exclusion.at)

    @admin.display(description=gettext_lazy("holds?"), ordering="lifted_at")
    def stands(self, exclusion: Exclusion) -> str:
        look, said = ("", _("lifted")) if exclusion.lifted_at else ("bad", pgettext("a decision", "holds"))
        return format_html('<span class="cw-badge cw-badge--{}">{}</span>', look, said)


def _profile(person: Influencer) -> str:
    return reverse("admin:crm_influencer_change", args=[person.pk])
