"""Ranked lists: asked for, built in the background, read with their reasons, and the start of every conversation."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from crm.admin.base import StaffForm, who
from crm.models import Cause, SocialAccount
from crm.tasks import ring
from matching import selectors, words
from matching.admin.causes import CausePanels
from matching.admin.match_pages import MatchPages
from matching.admin.rank_form import PLATFORMS, RankForm, as_asked
from matching.admin.similar import SimilarPeople
from matching.admin.verdicts import VerdictSteps, with_verdicts
from matching.models import Match, MatchList
from matching.services import conflicts, match_lists
from matching.tasks import build_match_list

_PER_PAGE = 50


class ShowForm(StaffForm):
    """Which of the ranked people to show: narrowing what one reads, never the ranking."""

    platform = forms.ChoiceField(label=_("Platform"), choices=PLATFORMS, required=False)
    standing = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("Everybody")),
            ("contactable", _("With an address we may write to")),
            ("uncontacted", _("Never contacted")),
            ("cleared", _("Cleared at vetting")),
            ("unvetted", _("Not vetted yet")),
        ],
    )

    def narrow(self, matches: QuerySet[Match]) -> QuerySet[Match]:
        if not self.is_valid():
            return matches
        if platform := self.cleaned_data["platform"]:
            matches = matches.filter(influencer__accounts__platform=platform).distinct()
        narrowed: dict[str, dict[str, Any]] = {
            "contactable": {"is_contactable": True},
            "uncontacted": {"influencer__last_contacted_at": None},
            "cleared": {"verdict": "cleared"},
            "unvetted": {"verdict": None},
        }
        return matches.filter(**narrowed.get(self.cleaned_data["standing"], {}))


@admin.register(MatchList)
class MatchListAdmin(MatchPages, CausePanels, SimilarPeople, VerdictSteps):
    list_display = ["cause", "state", "considered", "as_of", "asked_by"]
    list_select_related = ["cause", "requested_by"]
    list_filter_submit = True
    list_filter = ["state", ("cause", AutocompleteSelectFilter)]
    list_button = (_("Rank influencers"), "rank", "matching.add_matchlist")
    list_links = [(_("Whom we never ask"), "admin:matching_exclusion_changelist", "matching.view_exclusion")]
    empty_words = _("A match list says who fits a cause, and why. Choose a cause to rank your influencers for it.")
    ordering = ["-pk"]
    page_template = "matching/match_list.html"
    steps = {**MatchPages.steps, **VerdictSteps.steps}
    list_steps = {"rank": "matching.add_matchlist", **CausePanels.list_steps, **SimilarPeople.list_steps}

    def get_queryset(self, request: HttpRequest) -> QuerySet[MatchList]:
        return MatchList.objects.select_related("cause", "ranker", "requested_by")

    @admin.display(description=_("by"), ordering="requested_by")
    def asked_by(self, match_list: MatchList) -> str:
        return match_list.requested_by.called if match_list.requested_by else ""

    def rank(self, request: HttpRequest) -> HttpResponse:
        if not Cause.objects.exists():
            messages.info(request, _("Influencers are ranked for a cause, and there is none yet. Add the cause first."))
            return redirect("admin:crm_cause_changelist")
        form = RankForm(request.POST or None, initial=self._asked_before(request))
        return self.ask(
            request,
            form,
            save=lambda said: self._request(request, said),
            title=_("Rank influencers for a cause"),
            submit=_("Rank now"),
            back=self.url("changelist"),
        )

    def _asked_before(self, request: HttpRequest) -> dict[str, Any]:
        """Of the list that is to be ranked again: its cause, how many, and whom it looked at."""
        again = request.GET.get("again", "")
        before = MatchList.objects.filter(pk=again).first() if again.isdecimal() else None
        if before is None:
            return {"cause": request.GET.get("cause")}
        return {"cause": before.cause_id, "limit": before.limit} | as_asked(match_lists.Filters(**before.filters))

    def _request(self, request: HttpRequest, said: dict[str, Any]) -> str:
        match_list = match_lists.request(
            cause=said["cause"],
            limit=said["limit"],
            filters=match_lists.Filters(**{name: said[name] for name in match_lists.FILTERS}),
            by=who(request),
            at=timezone.now(),
        )
        ring(build_match_list, match_list.pk)
        return self.page_url(match_list)

    def page(self, request: HttpRequest, obj: MatchList) -> dict[str, Any]:
        show = ShowForm(request.GET or {})
        ranked = obj.matches.with_standing(at=timezone.now())
        shown = (
            show.narrow(ranked)
            .select_related("influencer")
            .defer("rows")
            .prefetch_related(Prefetch("influencer__accounts", SocialAccount.objects.telling_estimates()))
            .order_by("rank")
        )
        pages = Paginator(shown, _PER_PAGE)
        page = pages.get_page(request.GET.get("page"))
        page.object_list = with_verdicts(page.object_list, obj, at=timezone.now())
        changes = selectors.changes(obj)
        conflicting = obj.conflicting.select_related("influencer").order_by("influencer__sort_name", "pk")
        return {
            "title": obj.cause.name,
            "show": show,
            "page": page,
            "next": request.get_full_path(),
            "number": obj.matches.count(),
            "drawn": obj.matches.drawn().count(),
            "hidden": obj.matches.count() - pages.count,
            "asked": words.asked(obj.filters),
            "left_out": words.left_out(obj.left_out),
            "looked_at": conflicts.LOOKED_AT,
            "conflicting": Paginator(conflicting, _PER_PAGE).get_page(request.GET.get("left-out")),
            "changes": changes,
            "moves": [(number, words.MOVES[move]) for move, number in changes.counts.items() if number]
            if changes
            else [],
            "gone": selectors.people_of(changes.gone[:_PER_PAGE]) if changes else [],
            "has_intervals": obj.matches.exclude(score_low=None).exists(),
            "cause_missing": [words.FEATURES[name] for name in obj.cause_missing],
        }
