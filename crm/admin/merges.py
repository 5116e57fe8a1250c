"""Profiles that were merged, and the way back."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.db.models.fields.json import KT
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm import words
from crm.admin.base import PageAdmin, who
from crm.models import Influencer, Merge
from crm.services import merging


@admin.register(Merge)
class MergeAdmin(PageAdmin):
    list_display = ["winner_name", "other_name", "at", "done_by", "stands"]
    list_display_links = ["winner_name"]
    list_select_related = ["winner", "by", "undone_by"]
    list_title = _("Merged profiles")
    empty_words = _("Here stand profiles that were merged. For a while, each merge can be taken apart again.")
    search_fields = ["winner__search_text"]
    search_help_text = _("Search by name or handle")
    ordering = ["-at", "-pk"]
    page_template = "crm/merge.html"
    steps = {"undo": "crm.change_merge"}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Merge]:
        # A record lists every row that a merge touched; a list wants no more of it than a name.
        merges = Merge.objects.annotate(other=KT("record__loser__name"))
        merges = merges.select_related("winner", "by", "undone_by")
        return merges.defer("record", "winner__search", "winner__search_text")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Merge], search_term: str
    ) -> tuple[QuerySet[Merge], bool]:
        merges, has_doubles = super().get_search_results(request, queryset, "")
        if search_term.strip():
            may_see = request.user.has_perm("crm.view_address")
            found = Influencer.objects.matching(search_term, with_addresses=may_see, weights="A")
            merges = merges.filter(winner__in=found.values("pk"))
        return merges, has_doubles

    def page(self, request: HttpRequest, obj: Merge) -> dict[str, Any]:
        moved = {label: sum(map(len, fields.values())) for label, fields in (obj.record or {}).get("moved", {}).items()}
        return {
            "title": gettext("Merge of %(one)s and %(other)s")
            % {"one": obj.winner.name, "other": self.other_name(obj)},
            "other": self.other_name(obj),
            "brought": words.consequences(moved),
            "until": merging.undoable_until(obj),
            "can_undo": obj.undone_at is None and obj.record is not None,
        }

    def undo(self, request: HttpRequest, obj: Merge) -> HttpResponse:
        if request.method == "POST":
            return self.act(
                request,
                lambda: merging.unmerge(merge=obj, by=who(request), at=timezone.now()),
                done=_("Taken apart: each profile has what it had before."),
                back=self.page_url(obj),
            )
        return self.render(
            request,
            "crm/confirm.html",
            title=_("Take the two profiles apart?"),
            crumbs=[(obj.winner.name, self.page_url(obj))],
            question=_(
                "Every account, address, conversation and line of history returns to the profile it came from. What "
                "was added or changed since stays with the profile that was kept. A conversation that was closed opens "
                "again as it was, and what it was about to send waits there again."
            ),
            submit=_("Take apart"),
            back=self.page_url(obj),
        )

    @admin.display(description=_("kept"))
    def winner_name(self, merge: Merge) -> str:
        return merge.winner.name

    @admin.display(description=_("merged into it"))
    def other_name(self, merge: Merge) -> str:
        return getattr(merge, "other", None) or gettext("no longer recorded")

    @admin.display(description=_("by"))
    def done_by(self, merge: Merge) -> str:
        return merge.by.called if merge.by else ""

    @admin.display(description=_("state"))
    def stands(self, merge: Merge) -> str:
        if not merge.undone_at:
            return gettext("merged")
        if not merge.undone_by:
            return gettext("taken apart")
        return gettext("taken apart by %(who)s") % {"who": merge.undone_by.called}
