"""Filters by allow-list: a name that is not on it is an error, never silently ignored, never passed to the ORM."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.admin.utils import lookup_spawns_duplicates
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.views import APIView

from crm.errors import DomainError

_ALWAYS = frozenset({"limit", "cursor", "count", "format"})


class AllowListed(BaseFilterBackend):
    """A view says `filters = {"country": "country", "topic": "topics__slug"}`; and, for what is more than a lookup,
    `questions`, names that its `answer(queryset, said)` deals with all at once. `orderings`: see pagination.
    """

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        said: QueryDict = request.query_params
        filters: Mapping[str, str] = getattr(view, "filters", {})
        questions: Sequence[str] = getattr(view, "questions", ())
        known = {*filters, *questions, *(["ordering"] if getattr(view, "orderings", {}) else [])}
        for name in said:
            if name not in known | _ALWAYS:
                raise DomainError("filter_unknown", name=name, known=sorted(known))
            if "\x00" in said[name]:  # Postgres has no such character
                raise DomainError("filter_value_invalid", name=name)
        for name, lookup in filters.items():
            if (value := said.get(name)) is not None:
                queryset = self._narrow(queryset, name, lookup, value)
        asked = {name: said[name] for name in questions if name in said}
        return view.answer(queryset, asked) if asked else queryset  # type: ignore[attr-defined]

    def _narrow(self, queryset: QuerySet[Any], name: str, lookup: str, value: str) -> QuerySet[Any]:
        wanted = value.split(",") if lookup.endswith(("__in", "__overlap")) else value
        try:
            if lookup_spawns_duplicates(queryset.model._meta, lookup):
                rows = queryset.model._default_manager.filter(**{lookup: wanted})
                return queryset.filter(pk__in=rows.values("pk"))
            return queryset.filter(**{lookup: wanted})
        except (ValueError, TypeError, ValidationError):
            raise DomainError("filter_value_invalid", name=name) from None

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        names = [*getattr(view, "filters", {}), *getattr(view, "questions", ())]
        said = [{"name": name, "in": "query", "required": False, "schema": {"type": "string"}} for name in names]
        if orderings := getattr(view, "orderings", {}):
            allowed = [f"{sign}{name}" for name in orderings for sign in ("", "-")]
            said.append({"name": "ordering", "in": "query", "required": False,
                         "schema": {"type": "string", "enum": allowed}})  # fmt: skip
        return said
