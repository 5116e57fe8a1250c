"""Saved views of the list of influencers: tabs above it, saved from it, renamed and removed on a page of their own."""

from typing import Any

from django import forms
from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from crm.admin.base import PageAdmin, StaffForm, who
from crm.admin.people_filters import FILTERS
from crm.models import SavedView
from crm.services import views

PARAMETERS = frozenset({SEARCH_VAR, ORDER_VAR, *(name for each in FILTERS for name in each.parameters())})
_BUILT_IN = (
    (_("Everybody"), ""),
    (_("Never contacted"), "contact=never"),
    (_("Cleared for a cause"), "vetting=cleared"),
    (_("We may write to them"), "contactable=yes"),
)


class ViewForm(StaffForm):
    name = forms.CharField(label=_("Name"), max_length=60)
    is_shared = forms.BooleanField(label=_("Share with the team"), required=False)
    query = forms.CharField(required=False, widget=forms.HiddenInput)


class WithViews(PageAdmin):
    """The part of the admin of influencers that deals with views."""

    list_steps = {
        "views": "crm.view_savedview",
        "save_view": "crm.add_savedview",
        "rename_view": "crm.change_savedview",
        "remove_view": "crm.view_savedview",
    }

    def tabs(self, request: HttpRequest) -> dict[str, Any]:
        """The views, each with its address, and what is asked now where no view asks it."""
        now = views.asked(request.GET.urlencode(), allowed=PARAMETERS)
        kept = [(view.name, view.query) for view in self._views(request)]
        tabs = [{"label": label, "query": query, "is_current": query == now} for label, query in (*_BUILT_IN, *kept)]
        is_new = bool(now) and not any(tab["is_current"] for tab in tabs)
        may_keep = request.user.has_perm("crm.add_savedview")
        return {"tabs": tabs, "unsaved": now if is_new and may_keep else "", "has_views": bool(kept)}

    def views(self, request: HttpRequest) -> HttpResponse:
        """Those that may be opened, with what may be done to each."""
        user = who(request)
        mine = [
            {"view": view, "is_mine": view.owner_id == user.pk, "may_remove": views.may_remove(view, user)}
            for view in self._views(request)
        ]
        return self.render(request, "crm/views.html", title=_("Saved views"), views=mine)

    def save_view(self, request: HttpRequest) -> HttpResponse:
        form = ViewForm(request.POST or None, initial={"query": request.GET.urlencode()})
        return self.ask(
            request,
            form,
            save=lambda said: self._save_view(request, said),
            title=_("Save this view"),
            lead=_("The search, the filters and the order of the list, under a name: they become a tab above it."),
            submit=_("Save"),
            back=self.url("changelist"),
        )

    def _save_view(self, request: HttpRequest, said: dict[str, Any]) -> str:
        view = views.save(owner=who(request), allowed=PARAMETERS, **said)
        return f"{self.url('changelist')}?{view.query}"

    def rename_view(self, request: HttpRequest) -> HttpResponse:
        view = self._view_asked(request)
        form = ViewForm(request.POST or None, initial={"name": view.name, "is_shared": view.is_shared})
        back = self.url("views")
        return self.ask(
            request,
            form,
            save=lambda said: self._rename_view(request, view, said),
            title=_("Rename the view"),
            submit=_("Save"),
            back=back,
            crumbs=[(_("Saved views"), back)],
        )

    def _rename_view(self, request: HttpRequest, view: SavedView, said: dict[str, Any]) -> str:
        views.rename(view=view, name=said["name"], is_shared=said["is_shared"], by=who(request))
        return self.url("views")

    def remove_view(self, request: HttpRequest) -> HttpResponse:
        view, back = self._view_asked(request), self.url("views")
        if request.method == "POST":
            return self.act(
                request,
                lambda: views.remove(view=view, by=who(request)),
                done=_("The view was removed. Nobody in it was."),
                back=back,
            )
        return self.render(
            request,
            "crm/confirm.html",
            title=_("Remove the view “%(name)s”?") % {"name": view.name},
            crumbs=[(_("Saved views"), back)],
            question=_("The tab disappears, for everybody it was shared with too. The people in it stay."),
            submit=_("Remove"),
            kind="danger",
            back=back,
        )

    def _views(self, request: HttpRequest) -> list[SavedView]:
        user = who(request)
        rows = SavedView.objects.open_to(user).select_related("owner").order_by("name", "pk")
        return sorted(rows, key=lambda view: view.owner_id != user.pk)

    def _view_asked(self, request: HttpRequest) -> SavedView:
        asked = request.GET.get("view", "")
        for view in self._views(request):
            if str(view.pk) == asked:
                return view
        raise Http404
