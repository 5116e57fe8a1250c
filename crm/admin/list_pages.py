"""Pages of a list whose cost does not grow with it: counted up to ten thousand, leafed through up to the hundredth."""

from django.core.paginator import Paginator
from django.utils.functional import cached_property

from crm.selectors.counting import counted
from crm.words import number

PAGES = 100


def told(count: int, *, has_more: bool) -> str:
    """ "38", or "10,000+"."""
    return f"{number(count)}+" if has_more else number(count)


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    template_name = "crm/list_pages.html"

    @cached_property
    def _counted(self) -> tuple[int, bool]:
        return counted(self.object_list)  # type: ignore[arg-type]

    @cached_property
    def count(self) -> int:
        return self._counted[0]

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
