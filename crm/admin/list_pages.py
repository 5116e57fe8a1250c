"""Pages of a list whose cost does not grow with it: counted up to ten thousand, leafed through up to the hundredth."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

from crm.selectors import counting
from crm.selectors.counting import counted, keys, only, sorted_whole, walked
from crm.words import number

PAGES = 100


def told(count: int, *, has_more: bool) -> str:
    """ "38", or "10,000+"."""
    return f"{number(count)}+" if has_more else number(count)


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    template_name = "crm/list_pages.html"

    @cached_property
    def _keys(self) -> list[Any] | None:
        """Of whoever stands in a list that was narrowed."""
        rows = self.object_list
        return keys(rows) if isinstance(rows, QuerySet) and rows.query.where else None

    @cached_property
    def _counted(self) -> tuple[int, bool]:
        rows: Any = self.object_list
        if self._keys is None:
            return counted(rows)
        return min(len(self._keys), counting.CAP), len(self._keys) > counting.CAP

    @cached_property
    def count(self) -> int:
        return self._counted[0]

    def page(self, number: Any) -> Page[Any]:
        rows: Any = self.object_list
        if self._keys is None:
            return super().page(number)
        if len(self._keys) <= counting.CAP:
            self.object_list = sorted_whole(only(rows, self._keys))
            return super().page(number)
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        return Page(walked(rows, start, self.per_page), number, self)

    @cached_property
    def num_pages(self) -> int:
        return min(super().num_pages, PAGES)

    @property
    def told(self) -> str:
        count, has_more = self._counted
        return told(count, has_more=has_more)

    @property
    def is_cut(self) -> bool:
        """Whether some rows stand on no page."""
        return self._counted[1] or self.count > self.num_pages * self.per_page
