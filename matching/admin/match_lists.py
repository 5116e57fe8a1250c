from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.admin.base import ReadOnlyAdmin, ReadOnlyInline
from matching import words
from matching.models import Match, MatchList


class MatchInline(ReadOnlyInline):
    model = Match
    fields = ["rank", "influencer", "percentile", "reasons"]
    readonly_fields = ["reasons"]
    ordering = ["rank"]
    per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Match]:
        return Match.objects.select_related("influencer").order_by("rank")

    @admin.display(description=_("reasons"))
    def reasons(self, match: Match) -> str:
        return " · ".join(f"{'+' if r.contribution > 0 else '−'} {r.text}" for r in words.reasons(match))


@admin.register(MatchList)
class MatchListAdmin(ReadOnlyAdmin):
    list_display = ["cause", "state", "considered", "as_of", "requested_by"]
    list_select_related = ["cause", "requested_by"]
    list_filter = ["state"]
    ordering = ["-pk"]
    fields = ["cause", "state", "considered", "left_out", "as_of", "requested_by"]
    inlines = [MatchInline]
