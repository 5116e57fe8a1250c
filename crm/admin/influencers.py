from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.admin.base import ReadOnlyAdmin, ReadOnlyInline
from crm.handles import fold
from crm.models import Influencer, SocialAccount, VettingCheck


class AccountInline(ReadOnlyInline):
    model = SocialAccount
    fields = ["platform", "handle", "followers", "engagement_rate", "observed_at", "source"]


class VettingInline(ReadOnlyInline):
    model = VettingCheck
    fields = ["cause", "verdict", "reason", "by", "at"]


@admin.register(Influencer)
class InfluencerAdmin(ReadOnlyAdmin):
    list_display = ["name", "platforms", "languages", "country", "last_contacted_at"]
    list_filter = ["kind", "country"]
    search_fields = ["search_text"]
    ordering = ["sort_name", "pk"]
    inlines = [AccountInline, VettingInline]
    fields = [
        "name",
        "kind",
        "languages",
        "country",
        "city",
        "timezone",
        "bio",
        "topics",
        "interests",
        "hashtags",
        "last_contacted_at",
        "notes",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Influencer]:
        return Influencer.objects.present().prefetch_related("accounts")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Influencer], search_term: str
    ) -> tuple[QuerySet[Influencer], bool]:
        return queryset.filter(search_text__contains=fold(search_term)), False

    @admin.display(description=_("platforms"))
    def platforms(self, influencer: Influencer) -> str:
        return ", ".join(account.get_platform_display() for account in influencer.accounts.all())
