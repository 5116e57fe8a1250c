"""How the list of conversations is narrowed: by what is to be done, and by who looks after them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from crm.admin.base import who
from crm.services import staff
from outreach import selectors
from outreach.admin.board import looked_after_by, owner_choices
from outreach.models import Outreach


class WaitingFilter(admin.SimpleListFilter):
    """What the counts on the home and campaign pages lead to."""

    title = gettext_lazy("what to do")
    parameter_name = "todo"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("vet", gettext_lazy("To vet")),
            ("write", gettext_lazy("To write to")),
            ("unwritten", gettext_lazy("To write by hand: the text could not be filled in")),
            ("answer", gettext_lazy("To answer")),
            ("follow", gettext_lazy("Agreed, their post is awaited")),
            ("unanswered", gettext_lazy("No answer for more than 7 days")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        wanted = self.value()
        if wanted not in selectors.WAITS.values():
            return queryset
        steps = selectors.waiting_steps(Outreach.objects.all(), at=timezone.now())
        return queryset.filter(pk__in=[one.pk for one, step in steps if selectors.WAITS[step] == wanted])


class OwnerFilter(admin.SimpleListFilter):
    title = gettext_lazy("looked after by")
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return owner_choices(staff.colleagues().exclude(pk=who(request).pk).order_by("first_name", "last_name", "pk"))

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return looked_after_by(queryset, self.value() or "", me=who(request))
