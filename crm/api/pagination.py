"""Pages by cursor: page 10,000 costs what page 1 costs. A cursor holds the key of a row; the next page begins there.

A view orders by its own allow-list: `orderings = {"name": F("sort_name")}` maps what may be asked to expressions that
are never NULL and have an index together with the primary key.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from crm.errors import DomainError
from crm.selectors.counting import CAP, FEW, counted, keys, only, sorted_whole, walked

_LARGEST = 2**63 - 1  # what a primary key counts to


class Cursor(NamedTuple):
    """From which row on, in which order, and whether towards the first page."""

    ordering: str
    is_backward: bool
    key: list[Any]


class CursorPage(CursorPagination):
    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    ordering: str = "-pk"  # where nothing is asked: a unique column, or one that `key` stands for
    key: Any = None  # an expression that makes an order together with the primary key

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any] | None:
        self.request, self.base_url = request, request.build_absolute_uri()
        self.page_size = self.get_page_size(request) or self.page_size
        self.counted = self._count(queryset, request)
        asked = self._asked(request, view)
        cursor = self._cursor(request, asked)
        found = list(self._rows(queryset, request, view, asked, cursor)[: self.page_size + 1])
        has_more, page = len(found) > self.page_size, found[: self.page_size]
        is_backward = cursor is not None and cursor.is_backward
        if is_backward:
            page.reverse()
        goes_on, goes_back = (True, has_more) if is_backward else (has_more, cursor is not None)
        self.following = self._link(asked, False, page[-1]) if page and goes_on else None
        self.preceding = self._link(asked, True, page[0]) if page and goes_back else None
        return page

    def get_next_link(self) -> str | None:
        return self.following

    def get_previous_link(self) -> str | None:
        return self.preceding

    def get_paginated_response(self, data: Any) -> Response:
        said: dict[str, Any] = {"next": self.following, "previous": self.preceding}
        if self.counted is not None:
            said |= dict(zip(("count", "count_is_capped"), self.counted, strict=True))
        return Response(said | {"results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        said: dict[str, Any] = super().get_paginated_response_schema(schema)
        said["properties"]["count"] = {"type": "integer", "description": f"With count=true: how many, up to {CAP}."}
        said["properties"]["count_is_capped"] = {"type": "boolean", "description": "Whether there are more than that."}
        return said

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        counting = {"name": "count", "in": "query", "required": False, "schema": {"type": "boolean"}}
        return [*super().get_schema_operation_parameters(view), counting]

    def _count(self, queryset: QuerySet[Any], request: Request) -> tuple[int, bool] | None:
        asked = request.query_params.get("count", "false")
        if asked not in {"true", "false"}:
            raise DomainError("filter_value_invalid", name="count")
        return counted(queryset) if asked == "true" else None

    def _asked(self, request: Request, view: APIView | None) -> str:
        asked = request.query_params.get("ordering")
        if asked is None:
            return ""
        known: Mapping[str, Any] = getattr(view, "orderings", {})
        if asked.removeprefix("-") not in known:
            raise DomainError("ordering_unknown", name=asked, known=sorted(known))
        return asked

    def _cursor(self, request: Request, ordering: str) -> Cursor | None:
        text = request.query_params.get("cursor")
        if text is None:
            return None
        try:
            cursor = Cursor(*json.loads(b64decode(text.encode("ascii"), altchars=b"-_", validate=True)))
        except (ValueError, TypeError):  # it was not made here
            raise NotFound(self.invalid_cursor_message) from None
        if cursor.ordering != ordering or not isinstance(cursor.key, list):
            raise NotFound(self.invalid_cursor_message)
        return cursor

    def _rows(
        self, queryset: QuerySet[Any], request: Request, view: APIView | None, asked: str, cursor: Cursor | None
    ) -> QuerySet[Any]:
        """The rows from the cursor on, in the way in which a page of them is found soonest."""
        few = keys(queryset, cap=FEW) if queryset.query.where and not request.query_params.get("search") else None
        if few is not None and len(few) <= FEW:
            queryset = only(queryset, few)
        rows, self.columns = self._ordered(queryset, request, view, asked, cursor)
        if not queryset.query.where:
            return rows
        if few is None or len(few) <= FEW:  # of a search always: words stand together
            return sorted_whole(rows)
        return walked(rows, 0, self.page_size + 1)

    def _ordered(
        self, queryset: QuerySet[Any], request: Request, view: APIView | None, ordering: str, cursor: Cursor | None
    ) -> tuple[QuerySet[Any], list[str]]:
        """The rows from the cursor on, and the names of what makes their key."""
        asked = ordering or self.ordering
        is_descending, name = asked.startswith("-"), asked.removeprefix("-")
        if (key := getattr(view, "orderings")[name] if ordering else self.key) is not None:  # noqa: B009
            queryset = queryset.annotate(cursor_key=key)
            columns = ["cursor_key", "pk"]
        else:
            columns = [name]
        is_falling = is_descending != (cursor is not None and cursor.is_backward)
        if cursor:
            queryset = self._beyond(queryset, columns, cursor.key, is_falling=is_falling)
        return queryset.order_by(*(f"-{each}" if is_falling else each for each in columns)), columns

    def _beyond(
        self, queryset: QuerySet[Any], columns: list[str], key: list[Any], *, is_falling: bool
    ) -> QuerySet[Any]:
        """The rows after the one of this key. Compared as a whole, so that an index leads to it whatever is equal."""
        compare = TupleLessThan if is_falling else TupleGreaterThan
        try:
            *keys, last = zip(columns, key, strict=True)
            if not -_LARGEST <= int(last[1]) <= _LARGEST:
                raise NotFound(self.invalid_cursor_message)
            if not keys:
                return queryset.filter(**{f"{last[0]}__{'lt' if is_falling else 'gt'}": int(last[1])})
            value = queryset.query.annotations["cursor_key"].output_field.to_python(keys[0][1])
            return queryset.filter(compare(tuple(map(F, columns)), (value, int(last[1]))))
        except (ValueError, TypeError, ValidationError):  # a cursor that was not made here may hold anything
            raise NotFound(self.invalid_cursor_message) from None

    def _link(self, ordering: str, is_backward: bool, row: Any) -> str:
        key = [getattr(row, column) for column in self.columns]
        text = json.dumps(Cursor(ordering, is_backward, key), default=str)
        cursor = b64encode(text.encode(), altchars=b"-_").decode("ascii")
        return str(replace_query_param(remove_query_param(self.base_url or "", "count"), "cursor", cursor))


class ByRank(CursorPage):
    ordering = "rank"
