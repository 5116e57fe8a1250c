"""Rankers: which one orders the lists, what was learned from outcomes, and whether one should believe it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm import words as crm_words
from crm.admin.base import PageAdmin, who
from crm.errors import DomainError
from crm.tasks import ring
from matching import selectors, tasks
from matching.models import RankerVersion, Training
from matching.services import rankers
from matching.words import evaluation
from matching.words import exposure as kinds
from matching.words import rankers as words


@admin.register(RankerVersion)
class RankerAdmin(PageAdmin):
    """A cause's own scorecards are no versions: they belong to the cause's page."""

    list_display = ["name", "created_at", "in_use", "outcomes", "better"]
    list_display_links = ["name"]
    list_title = _("Ranker")
    list_button = (_("Learn from outcomes"), "learn", "matching.add_training")
    list_links = [(_("Roll back"), "roll_back", "matching.change_rankerversion")]
    ordering = ["-pk"]
    change_list_template = "matching/rankers.html"
    page_template = "matching/ranker.html"
    list_steps = {"learn": "matching.add_training", "roll_back": "matching.change_rankerversion"}
    steps = {"promote": "matching.change_rankerversion"}

    def get_queryset(self, request: HttpRequest) -> QuerySet[RankerVersion]:
        return RankerVersion.objects.filter(weights={}).defer("manifest", "resamples")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        more = extra_context or {}
        return super().changelist_view(request, _standing() | _exposure() | more)

    def page(self, request: HttpRequest, obj: RankerVersion) -> dict[str, Any]:
        report = obj.report
        return {
            "title": self.name(obj),
            "report": report,
            "sentence": words.sentence(report),
            "suspects": [evaluation.suspect(name, share) for name, share in report.get("suspects", {}).items()],
            "left_aside": [(n, evaluation.LEFT_ASIDE[why]) for why, n in report.get("left_aside", {}).items()],
            "served": obj.served.select_related("by").order_by("-pk").first(),
            "in_the_way": (in_the_way := _in_the_way(obj)),
            "can_promote": obj.kind == RankerVersion.Kind.LEARNED and not obj.is_serving and not in_the_way,
        }

    def learn(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            return self.act(
                request,
                lambda: ring(tasks.learn, rankers.request_training(at=timezone.now(), by=who(request)).pk),
                done=_("Learning has begun. This page says how far it is."),
                back=self.url("changelist"),
            )
        return self._ask(
            request,
            title=_("Learn from outcomes?"),
            question=_(
                "Everything known by now of who said yes, and whom the causes wanted, teaches a new ranker in the "
                "background. It is tried on outcomes it did not learn from, and orders no list until somebody "
                "promotes it."
            ),
            submit=_("Learn from outcomes"),
        )

    def roll_back(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            return self.act(
                request,
                lambda: rankers.roll_back(at=timezone.now(), by=who(request)),
                done=_("Rolled back. The next lists are ordered as before."),
                back=self.url("changelist"),
            )
        return self._ask(
            request,
            title=_("Roll back to the ranker before?"),
            question=_(
                "The ranker that was in use before this one orders every list from now on. Lists that were made stay "
                "as they are."
            ),
            submit=_("Roll back"),
        )

    def promote(self, request: HttpRequest, obj: RankerVersion) -> HttpResponse:
        if request.method == "POST":
            return self.act(
                request,
                lambda: rankers.promote(version=obj, at=timezone.now(), by=who(request)),
                done=_("In use: every list from now on is ordered by it."),
                back=self.page_url(obj),
            )
        question = gettext("It orders every list from now on, and can be rolled back. Lists that were made stay.")
        return self._ask(
            request,
            title=_("Promote this ranker?"),
            question=f"{words.both_numbers(obj.report)} {question}".strip(),
            submit=_("Promote"),
            crumbs=[(self.name(obj), self.page_url(obj))],
            back=self.page_url(obj),
        )

    def _ask(self, request: HttpRequest, **context: Any) -> HttpResponse:
        return self.render(request, "crm/confirm.html", **{"back": self.url("changelist")} | context)

    @admin.display(description=_("ranker"))
    def name(self, version: RankerVersion) -> str:
        return f"{capfirst(version.get_kind_display())} · {version.digest[:8]}"

    @admin.display(description=_("in use"), ordering="is_serving")
    def in_use(self, version: RankerVersion) -> str:
        return gettext("in use") if version.is_serving else ""

    @admin.display(description=_("outcomes learned from"))
    def outcomes(self, version: RankerVersion) -> str:
        learned = version.report.get("labels")
        return crm_words.number(learned) if learned else "–"

    @admin.display(description=_("against the starting scorecard"))
    def better(self, version: RankerVersion) -> str:
        return words.against(version.report, "scorecard") or "–"


def _in_the_way(version: RankerVersion) -> str:
    """Why a learned ranker cannot be promoted."""
    if version.kind != RankerVersion.Kind.LEARNED or version.is_serving:
        return ""
    try:
        rankers.check_promotable(version)
    except DomainError as error:
        return str(crm_words.say(error))
    return ""


def _standing() -> dict[str, Any]:
    """What the top of the list says."""
    found = selectors.standing(at=timezone.now())
    learned, using = found.learned, found.using
    is_learned_in_use = using is not None and using.kind == RankerVersion.Kind.LEARNED
    about = using if is_learned_in_use else learned
    is_failed = found.training is not None and found.training.state == Training.State.FAILED
    return {
        "sentence": words.sentence(about.report)
        if about
        else words.nothing_learned(outcomes=found.outcomes or 0, least=rankers.FEWEST_LABELS),
        "about": about,
        "is_waiting": about is not None and not is_learned_in_use,
        "served": found.served,
        "fallen_back": words.FALLEN_BACK.get(found.served.why, "") if found.served else "",
        "training": found.training if found.training and found.training.state == Training.State.REQUESTED else None,
        "failed": found.training if is_failed else None,
    }


def _exposure() -> dict[str, Any]:
    """Who is shown: kinds of people, each with its name."""
    found = selectors.exposure(at=timezone.now())
    return {
        "exposure": found,
        "groups": [
            (_("Size of the largest account"), [(kinds.size(one.key, selectors.TIERS), one) for one in found.sizes]),
            (_("Language"), [(crm_words.language(one.key), one) for one in found.languages]),
            (_("Platform"), [(kinds.platform(one.key), one) for one in found.platforms]),
        ],
    }
