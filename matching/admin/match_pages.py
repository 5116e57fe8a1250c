"""Pages about people of a list: what the reasons of one rest on, and several side by side."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from crm import selectors as crm_selectors
from crm import words as crm_words
from crm.admin.base import PageAdmin, asked_id
from crm.models import SocialAccount
from matching.models import Match, MatchList
from matching.services import comparison, evidence, unknowns

_VIEW = "matching.view_matchlist"


class MatchPages(PageAdmin):
    """Steps of one list that are about its people."""

    steps = {"compare": _VIEW}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(partial(self._evidence))
        where = path("<int:pk>/match/<int:match>/evidence/", view, name="matching_matchlist_evidence")
        return [where, *super().get_urls()]

    def _evidence(self, request: HttpRequest, pk: int, match: int) -> HttpResponse:
        """Panel: what the reasons of one match rest on, and what is missing; `?feature=`: of one reason alone. A page
        of its own where no script asks.
        """
        self._require(request, _VIEW)
        obj = get_object_or_404(self.get_queryset(request), pk=pk)
        shown = get_object_or_404(obj.matches.select_related("influencer"), pk=match)
        is_panel = bool(request.headers.get("HX-Request"))
        if is_panel and (feature := request.GET.get("feature")):
            found = evidence.of(obj, [shown], only=feature)[shown.pk].get(feature, ())
            return TemplateResponse(request, "matching/evidence_of.html", {"match": shown, "found": found})
        missing = unknowns.of(obj, [shown])
        context = {
            "match": shown,
            "found": evidence.of(obj, [shown])[shown.pk],
            "unknowns": missing[shown.pk] if missing else None,
        }
        if is_panel:
            return TemplateResponse(request, "matching/evidence.html", context)
        crumbs = [(obj.cause.name, self.page_url(obj))]
        return self.render(
            request, "matching/match.html", title=shown.influencer.name, obj=obj, crumbs=crumbs, **context
        )

    def compare(self, request: HttpRequest, obj: MatchList) -> HttpResponse:
        """Two to four people side by side. A list of ticked people is sent by POST, with whatever else its form holds;
        it leads to an address that can be kept.
        """
        if request.method == "POST":
            ticked = request.POST.getlist("match")[: comparison.MOST + 1]
            asked = urlencode({"match": ticked}, doseq=True)
            return redirect(f"{self.url('compare', obj.pk)}?{asked}")
        matches = self._compared(request, obj)
        if not comparison.FEWEST <= len(matches) <= comparison.MOST:
            messages.info(request, _("Tick two to four people to compare them."))
            return redirect(self.page_url(obj))
        missing = unknowns.of(obj, matches)
        standings = crm_selectors.standings([match.influencer for match in matches], at=timezone.now())
        return self.render(
            request,
            "matching/compare.html",
            title=_("Compare"),
            crumbs=[(obj.cause.name, self.page_url(obj))],
            obj=obj,
            people=[
                {
                    "match": match,
                    "person": match.influencer,
                    "may_write": crm_words.MAY_WRITE[standings[match.influencer_id].code][0],
                    "accounts": crm_selectors.by_size(match.influencer),
                    "unknowns": missing[match.pk] if missing else None,
                }
                for match in matches
            ],
            has_unknowns=missing is not None,
            compared=comparison.of(obj, matches),
        )

    def _compared(self, request: HttpRequest, obj: MatchList) -> list[Match]:
        asked = [asked_id(said) for said in request.GET.getlist("match")][: comparison.MOST + 1]
        known = obj.matches.with_standing(at=timezone.now()).filter(pk__in=asked).select_related("influencer")
        accounts: Any = Prefetch("influencer__accounts", SocialAccount.objects.telling_estimates())
        return list(known.prefetch_related(accounts, "influencer__addresses").order_by("rank"))
