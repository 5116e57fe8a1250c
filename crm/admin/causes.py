"""Causes: the brief as a page, and the form that writes it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from crm import words
from crm.admin.base import PageAdmin, StaffForm
from crm.admin.fields import (
    CodesField,
    ParsedField,
    WordsField,
    countries,
    keep_initial,
    languages,
    several,
    topics,
    web_address,
)
from crm.admin.goals import GoalForms
from crm.formats.cells import clean_hashtag, clean_slug
from crm.formats.rows import AudienceShare, CauseRow, Dimension
from crm.models import Cause, Platform
from crm.services import causes

_CHANGE = "crm.change_cause"
_AGES = ("13-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+")
_SHOWN = 3


class CauseForm(StaffForm):
    name = forms.CharField(label=_("Name"), max_length=200)
    slug = ParsedField(
        parse=clean_slug,
        label=_("Short name"),
        max_length=80,
        required=False,
        help_text=_("For files and links, such as clean-beaches. Leave it empty and it is made from the name."),
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("In the words an influencer would use. The first paragraph can stand in messages."),
    )
    topics = CodesField(offers=topics, label=_("Topics"))
    hashtags = WordsField(parse=clean_hashtag, label=_("Hashtags"))
    website = ParsedField(parse=web_address, label=_("Website"), max_length=500, required=False)
    languages = CodesField(
        offers=languages, name=words.language, label=_("Languages"), help_text=_("What those who should hear it read.")
    )
    countries = CodesField(
        offers=countries, name=words.country, label=_("Countries"), help_text=_("Where those who should hear it live.")
    )
    ages = several(_AGES, lambda key: words.trait("age", key), label=_("Ages"))
    genders = several(("female", "male", "other"), words.gender, label=_("Genders"))
    interests = WordsField(label=_("Interests"))
    platforms = several(Platform.values, lambda code: Platform(code).label, label=_("Platforms"))
    conflicts = WordsField(
        label=_("Conflicts"),
        help_text=_("Brands, products or subjects that do not go with this cause. Separate them with commas."),
    )
    groups = [
        (_("What it is"), ["name", "slug", "description", "topics", "hashtags", "website"]),
        (_("Who should hear it"), ["languages", "countries", "ages", "genders", "interests"]),
        (_("Where, and with whom not"), ["platforms", "conflicts"]),
    ]

    def __init__(self, *args: Any, cause: Cause | None = None, **kwargs: Any) -> None:
        super().__init__(*args, initial=_said(cause) if cause else {}, **kwargs)
        keep_initial(self)
        self.shares = {(t.dimension, t.key): t.share for t in cause.targets.all()} if cause else {}
        self.goals = GoalForms(self.data or None, cause=cause)

    def is_valid(self) -> bool:
        are_goals_valid: bool = self.goals.is_valid()
        return super().is_valid() and are_goals_valid

    def brief(self) -> CauseRow:
        said = dict(self.cleaned_data)
        audience = (
            # Countries and languages are told once; as targets, too, where an import said how large a part of each.
            *self._targets("country", said["countries"] if self._has("country") else ()),
            *self._targets("language", [code for code in said["languages"] if ("language", code) in self.shares]),
            *self._targets("age", said.pop("ages")),
            *self._targets("gender", said.pop("genders")),
            *self._targets("interest", said.pop("interests")),
        )
        return CauseRow(line=0, audience=audience, goals=tuple(self.goals.readings()), **said)

    def _targets(self, dimension: Dimension, keys: Any) -> list[AudienceShare]:
        """These traits; how large a part each should be stays as it was."""
        return [AudienceShare(dimension, key, self.shares.get((dimension, key))) for key in keys]

    def _has(self, dimension: str) -> bool:
        return any(known == dimension for known, _key in self.shares)


def _said(cause: Cause) -> dict[str, Any]:
    targets: dict[str, list[str]] = {}
    for target in cause.targets.order_by("pk"):
        targets.setdefault(target.dimension, []).append(target.key)
    plain = ("name", "slug", "description", "hashtags", "website", "languages", "platforms", "conflicts")
    return {name: getattr(cause, name) for name in plain} | {
        "topics": [topic.slug for topic in cause.topics.all()],
        "countries": _countries(cause),
        "ages": targets.get("age", []),
        "genders": targets.get("gender", []),
        "interests": targets.get("interest", []),
    }


@admin.register(Cause)
class CauseAdmin(PageAdmin):
    list_display = ["name", "subjects", "audience", "wanted"]
    list_button = (_("Add a cause"), "add", "crm.add_cause")
    empty_words = _("A cause says what you ask, of whom, and who should hear it. Influencers are ranked for a cause.")
    search_fields = ["name", "slug"]
    search_help_text = _("Search by name")
    ordering = ["name", "pk"]
    page_template = "crm/cause.html"
    list_steps = {"add": "crm.add_cause"}
    steps = {"edit": _CHANGE}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cause]:
        return Cause.objects.prefetch_related("topics", "goals", "targets")

    def page(self, request: HttpRequest, obj: Cause) -> dict[str, Any]:
        targets: dict[str, list[str]] = {}
        for target in sorted(obj.targets.all(), key=lambda target: target.pk):
            part = f" ({words.percent(target.share)})" if target.share is not None else ""
            targets.setdefault(target.dimension, []).append(words.trait(target.dimension, target.key) + part)
        return {
            "unsaid": [words.UNSAID[name] for name in causes.unsaid(obj)],
            "is_rankable": bool(obj.description.strip() or obj.topics.all()),
            "goals": [
                (words.goal_figure(goal), words.ACTIONS[goal.kind], goal.due_date)
                for goal in sorted(obj.goals.all(), key=lambda goal: goal.pk)
            ],
            "targets": targets,
            "countries": targets.get("country") or [words.country(code) for code in obj.countries],
            "platforms": [Platform(code).label for code in obj.platforms if code in Platform.values],
            "topics": sorted(map(str, obj.topics.all())),
        }

    def add(self, request: HttpRequest) -> HttpResponse:
        return self._ask(request, None, title=_("Add a cause"), submit=_("Add the cause"), back=self.url("changelist"))

    def edit(self, request: HttpRequest, obj: Cause) -> HttpResponse:
        crumbs = [(obj.name, self.page_url(obj))]
        return self._ask(request, obj, title=_("Edit the cause"), submit=_("Save"), back=crumbs[0][1], crumbs=crumbs)

    def _ask(self, request: HttpRequest, cause: Cause | None, **context: Any) -> HttpResponse:
        form = CauseForm(request.POST or None, cause=cause)
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
        live = ", ".join(map(words.country, _countries(cause)))
        return " · ".join(filter(None, [read, live]))

    @admin.display(description=_("goals"))
    def wanted(self, cause: Cause) -> str:
        goals = sorted(cause.goals.all(), key=lambda goal: goal.pk)
        lines = format_html_join("", "<li>{}</li>", ((words.goal(goal),) for goal in goals))
        return format_html("<ul>{}</ul>", lines) if goals else ""


def _countries(cause: Cause) -> list[str]:
    """Where those who should hear it live: as the brief lists them, and as its audience names them."""
    targets = sorted(cause.targets.all(), key=lambda target: target.pk)
    return list(dict.fromkeys([*cause.countries, *(t.key for t in targets if t.dimension == "country")]))
