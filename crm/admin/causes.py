"""Causes: the brief as a page."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from crm import words
from crm.admin.base import PageAdmin
from crm.admin.briefs import CauseForm, countries_of
from crm.admin.own_profiles import WithOwnProfiles, own_of
from crm.models import Cause, Platform
from crm.services import causes

_CHANGE = "crm.change_cause"
_SHOWN = 3


@admin.register(Cause)
class CauseAdmin(WithOwnProfiles, PageAdmin):
    list_display = ["name", "subjects", "audience", "wanted"]
    list_button = (_("Add a cause"), "add", "crm.add_cause")
    empty_words = _("A cause says what you ask, of whom, and who should hear it. Influencers are ranked for a cause.")
    search_fields = ["name", "slug"]
    search_help_text = _("Search by name")
    ordering = ["name", "pk"]
    page_template = "crm/cause.html"
    list_steps = {"add": "crm.add_cause"}
    steps = {"edit": _CHANGE, **WithOwnProfiles.steps}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cause]:
        return Cause.objects.prefetch_related("topics", "goals", "targets")

    def page(self, request: HttpRequest, obj: Cause) -> dict[str, Any]:
        picks = {pick.hashtag: pick for pick in obj.picks.select_related("by")}
        targets: dict[str, list[str]] = {}
        for target in sorted(obj.targets.all(), key=lambda target: target.pk):
            part = f" ({words.percent(target.share)})" if target.share is not None else ""
            targets.setdefault(target.dimension, []).append(words.trait(target.dimension, target.key) + part)
        return {
            "unsaid": [words.UNSAID[name] for name in causes.unsaid(obj)],
            "hashtags": [(tag, picks.get(tag)) for tag in obj.hashtags],
            "is_rankable": bool(obj.description.strip() or obj.topics.all()),
            "goals": [
                (words.goal_figure(goal), words.ACTIONS[goal.kind], goal.due_date)
                for goal in sorted(obj.goals.all(), key=lambda goal: goal.pk)
            ],
            "targets": targets,
            "countries": targets.get("country") or [words.country(code) for code in obj.countries],
            "platforms": [Platform(code).label for code in obj.platforms if code in Platform.values],
            "topics": sorted(map(str, obj.topics.all())),
            "own": own_of(obj),
        }

    def add(self, request: HttpRequest) -> HttpResponse:
        return self._ask(request, None, title=_("Add a cause"), submit=_("Add the cause"), back=self.url("changelist"))

    def edit(self, request: HttpRequest, obj: Cause) -> HttpResponse:
        crumbs = [(obj.name, self.page_url(obj))]
        return self._ask(request, obj, title=_("Edit the cause"), submit=_("Save"), back=crumbs[0][1], crumbs=crumbs)

    def _ask(self, request: HttpRequest, cause: Cause | None, **context: Any) -> HttpResponse:
        form = CauseForm(
            request.POST or None, cause=cause, is_for_manager=request.user.has_perm(causes.MAY_ASK_APPROVAL)
        )
        return self.ask(
            request,
            form,
            save=lambda _said: self.page_url(causes.write(cause=cause, brief=form.brief()).cause),
            template="crm/cause_form.html",
            **context,
        )

    @admin.display(description=_("topics"))
    def subjects(self, cause: Cause) -> str:
        names = sorted(map(str, cause.topics.all()))
        more = f" +{len(names) - _SHOWN}" if len(names) > _SHOWN else ""
        return ", ".join(names[:_SHOWN]) + more

    @admin.display(description=_("who should hear it"))
    def audience(self, cause: Cause) -> str:
        read = ", ".join(map(words.language, cause.languages))
        live = ", ".join(map(words.country, countries_of(cause)))
        return " · ".join(filter(None, [read, live]))

    @admin.display(description=_("goals"))
    def wanted(self, cause: Cause) -> str:
        goals = sorted(cause.goals.all(), key=lambda goal: goal.pk)
        lines = format_html_join("", "<li>{}</li>", ((words.goal(goal),) for goal in goals))
        return format_html("<ul>{}</ul>", lines) if goals else ""
