"""Pages by cursor: page 10,000 costs what page 1 costs."""

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.views import APIView


class CursorPage(CursorPagination):
    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    ordering: tuple[str, ...] = ("-pk",)  # unique, as cursors need

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view)
        except ValueError:  # a cursor that was not made here may hold any text
            raise NotFound(self.invalid_cursor_message) from None


class ByRank(CursorPage):
    ordering = ("rank",)
