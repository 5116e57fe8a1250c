"""What the list of influencers can be narrowed to."""

from typing import Any

from django.db.models import Func, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from crm import words
from crm.admin.fields import Choices
from crm.handles import sort_key
from crm.models import Influencer, Platform

People = QuerySet[Influencer]


class PlatformFilter(DropdownFilter):  # type: ignore[misc]
    title = _("platform")
    parameter_name = "platform"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(code, str(label)) for code, label in Platform.choices]

    def queryset(self, request: HttpRequest, queryset: People) -> People:
        return queryset.filter(accounts__platform=self.value()).distinct() if self.value() else queryset


class CountryFilter(DropdownFilter):  # type: ignore[misc]
    title = _("country")
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        codes = Influencer.objects.present().exclude(country="").values_list("country", flat=True).distinct()
        return sorted(((code, words.country(code)) for code in codes), key=lambda pair: sort_key(pair[1]))

    def queryset(self, request: HttpRequest, queryset: People) -> People:
        return queryset.filter(country=self.value()) if self.value() else queryset


class LanguageFilter(DropdownFilter):  # type: ignore[misc]
    title = _("language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        spoken = Influencer.objects.present().values_list(Func("languages", function="unnest"), flat=True).distinct()
        return sorted(((code, words.language(code)) for code in spoken), key=lambda pair: sort_key(pair[1]))

    def queryset(self, request: HttpRequest, queryset: People) -> People:
        return queryset.filter(languages__contains=[self.value()]) if self.value() else queryset


class ContactableFilter(DropdownFilter):  # type: ignore[misc]
    title = _("address")
    parameter_name = "contactable"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("yes", str(_("one we may write to"))), ("no", str(_("none we may write to")))]

    def queryset(self, request: HttpRequest, queryset: People) -> People:
        contactable = Influencer.objects.contactable(at=timezone.now()).values("pk")
        if self.value() == "yes":
            return queryset.filter(pk__in=contactable)
        return queryset.exclude(pk__in=contactable) if self.value() == "no" else queryset


class KindFilter(DropdownFilter):  # type: ignore[misc]
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(code, str(label)) for code, label in Influencer.Kind.choices]

    def queryset(self, request: HttpRequest, queryset: People) -> People:
        return queryset.filter(kind=self.value()) if self.value() else queryset
