"""Filters by allow-list: a name that is not on it is an error, never silently ignored, never passed to the ORM."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.views import APIView

from crm.errors import DomainError

_ALWAYS = frozenset({"limit", "cursor", "format"})


class AllowListed(BaseFilterBackend):
    """A view says `filters = {"country": "country", "followers__gte": "accounts__followers__gte"}` and
    `search_field`, a normalised column.
    """

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        filters: Mapping[str, str] = getattr(view, "filters", {})
        search: str = getattr(view, "search_field", "")
        known = {*filters, *(["search"] if search else [])}
        for name in request.query_params:
            if name not in known | _ALWAYS:
                raise DomainError("filter_unknown", name=name, known=sorted(known))
            if "\x00" in request.query_params[name]:  # Postgres has no such character
                raise DomainError("filter_value_invalid", name=name)
        for name, lookup in filters.items():
            if (value := request.query_params.get(name)) is not None:
                queryset = self._narrow(queryset, name, lookup, value)
        if search and (text := request.query_params.get("search")):
            queryset = self._narrow(queryset, "search", f"{search}__contains", view.fold(text))  # type: ignore[attr-defined]
        return queryset

    def _narrow(self, queryset: QuerySet[Any], name: str, lookup: str, value: str) -> QuerySet[Any]:
        wanted = value.split(",") if lookup.endswith(("__in", "__overlap")) else value
        try:
            return (
                queryset.filter(**{lookup: wanted}).distinct()
                if "__" in lookup
                else queryset.filter(**{lookup: wanted})
            )
        except (ValueError, TypeError, ValidationError):
            raise DomainError("filter_value_invalid", name=name) from None

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        names = [*getattr(view, "filters", {}), *(["search"] if getattr(view, "search_field", "") else [])]
        return [{"name": name, "in": "query", "required": False, "schema": {"type": "string"}} for name in names]
