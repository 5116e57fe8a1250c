"""What partners published: noted on the page of the conversation, read with its figures on a page of its own."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from crm.admin.base import PageAdmin, StaffForm, asked_id, who
from crm.admin.fields import ParsedField, with_scheme
from crm.errors import DomainError
from crm.models import Platform, Post
from outreach import words
from outreach.admin import moves
from outreach.models import Outreach, Publication
from outreach.models.publication import FIGURES
from outreach.services import publications, reach
from outreach.services.publications import Said

_ADD, _CHANGE, _REMOVE = "outreach.add_publication", "outreach.change_publication", "outreach.delete_publication"
_NOTE = "outreach.add_publicationmetric"
_FORMAT = "%Y-%m-%dT%H:%M"  # as the browser's own clock writes it


class Instant(forms.DateTimeField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(format=_FORMAT, attrs={"type": "datetime-local"})
        super().__init__(widget=widget, input_formats=[_FORMAT, "%Y-%m-%dT%H:%M:%S"], **kwargs)


class PublicationForm(StaffForm):
    url = ParsedField(
        parse=with_scheme,
        label=gettext_lazy("Link of the publication"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "https://", "inputmode": "url"}),
        help_text=gettext_lazy("It tells the platform. A story needs none."),
    )
    published_at = Instant(label=gettext_lazy("Published"))
    format = forms.ChoiceField(label=gettext_lazy("Format"), choices=Publication.Format.choices)
    platform = forms.ChoiceField(
        label=gettext_lazy("Platform"),
        choices=lambda: [("", _("As the link tells")), *Platform.choices],
        required=False,
    )
    platform_id = forms.CharField(
        label=gettext_lazy("Id on the platform"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Optional: as the platform’s exports give it. Their figures are then found by it."),
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)


class FiguresForm(StaffForm):
    is_paired = True
    observed_at = Instant(label=gettext_lazy("Read at"))
    is_estimate = forms.BooleanField(label=gettext_lazy("Estimated, not counted by the platform"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FIGURES:
            self.fields[name] = forms.IntegerField(
                label=words.figure(name), required=False, min_value=0, max_value=2**53
            )


def shown(request: HttpRequest, outreach: Outreach) -> dict[str, Any]:
    """The card of the conversation's page."""
    rows, may = reach.of_outreach(outreach=outreach), request.user.has_perm
    may_add = may(_ADD) and outreach.influencer is not None
    goes_live = rows and may("outreach.change_outreach") and outreach.stage != Outreach.Stage.LIVE
    return {
        "rows": said(rows),
        "may_add": may_add,
        "offers": publications.offers(outreach=outreach, most=5) if may_add else [],
        "may_go_live": bool(goes_live) and "live" in dict(moves.offered(outreach)),
    }


def said(known: Iterable[reach.Known]) -> list[tuple[Publication, str]]:
    """Each with how far it reached, in words."""
    return [(one.publication, _reached(one)) for one in known]


def _reached(one: reach.Known) -> str:
    figure = one.figure("reach")
    return words.reached(figure.value, is_estimate=figure.is_estimate) if figure else words.reached(None)


class Publishing(PageAdmin):
    """These steps of the admin of conversations."""

    steps = {"publish": _ADD, "adopt": _ADD}

    def publish(self, request: HttpRequest, obj: Outreach) -> HttpResponse:
        name = str(obj.influencer or "")
        return self.ask(
            request,
            PublicationForm(request.POST or None, initial={"published_at": timezone.localtime()}),
            save=lambda said: self._published(request, obj, said),
            title=_("A publication of %(name)s") % {"name": name},
            submit=_("Note the publication"),
            lead=_("Figures that a file of posts brings are found by its link or its id."),
            crumbs=[(name, self.page_url(obj))],
            back=self.page_url(obj),
        )

    def _published(self, request: HttpRequest, obj: Outreach, said: dict[str, Any]) -> str:
        publications.record(outreach=obj, said=Said(**said), by=who(request), at=timezone.now())
        messages.success(request, _("The publication is noted."))
        return self.page_url(obj)

    def adopt(self, request: HttpRequest, obj: Outreach) -> HttpResponse:
        """`post`: the id of an imported post of theirs."""
        post = Post.objects.select_related("account").filter(pk=asked_id(request.POST.get("post", ""))).first()

        def take() -> None:
            if post is None:
                raise DomainError("post_of_another")
            publications.adopt(outreach=obj, post=post, by=who(request), at=timezone.now())

        return self.act(request, take, done=_("The publication is noted."), back=self.page_url(obj))


@admin.register(Publication)
class PublicationAdmin(PageAdmin):
    list_display = ["person", "platform", "format", "published_at"]
    list_select_related = ["outreach__influencer", "outreach__campaign"]
    list_filter_submit = True
    list_filter = ["platform", "format", ("outreach__campaign", AutocompleteSelectFilter)]
    search_fields = ["outreach__influencer__name", "outreach__campaign__name"]
    search_help_text = gettext_lazy("Search by person or campaign")
    ordering = ["-published_at", "-pk"]
    empty_words = gettext_lazy(
        "A publication is what a partner posted for a campaign. Note it on the page of the conversation."
    )
    page_template = "outreach/publication.html"
    steps = {"edit": _CHANGE, "figures": _NOTE, "remove": _REMOVE}

    @admin.display(description=gettext_lazy("influencer"), ordering="outreach__influencer__sort_name")
    def person(self, publication: Publication) -> str:
        return _name(publication)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Publication]:
        return Publication.objects.select_related("outreach__influencer", "outreach__campaign", "entered_by")

    def page(self, request: HttpRequest, obj: Publication) -> dict[str, Any]:
        may = request.user.has_perm
        readings = obj.metrics.order_by("-observed_at", "-pk")
        return {
            "title": _("A publication of %(name)s") % {"name": _name(obj)},
            "readings": [(row, words.figures_told(row), words.told_by(row)) for row in readings],
            "edit": self.url("edit", obj.pk) if may(_CHANGE) else "",
            "figures": self.url("figures", obj.pk) if may(_NOTE) else "",
            "remove": self.url("remove", obj.pk) if may(_REMOVE) else "",
        }

    def edit(self, request: HttpRequest, obj: Publication) -> HttpResponse:
        initial = {name: getattr(obj, name) for name in PublicationForm.base_fields}
        return self.ask(
            request,
            PublicationForm(request.POST or None, initial=initial),
            save=lambda said: self._edited(obj, said),
            title=_("Change the publication"),
            submit=_("Save"),
            crumbs=[(_name(obj), self.page_url(obj))],
            back=self.page_url(obj),
        )

    def _edited(self, obj: Publication, said: dict[str, Any]) -> str:
        publications.change(publication=obj, said=Said(**said), at=timezone.now())
        return self.page_url(obj)

    def figures(self, request: HttpRequest, obj: Publication) -> HttpResponse:
        return self.ask(
            request,
            FiguresForm(request.POST or None, initial={"observed_at": timezone.localtime()}),
            save=lambda said: self._noted(request, obj, said),
            title=_("Note figures"),
            submit=_("Note the figures"),
            lead=_("Fill in what you know. What you leave blank stays unknown, it does not become 0."),
            crumbs=[(_name(obj), self.page_url(obj))],
            back=self.page_url(obj),
        )

    def _noted(self, request: HttpRequest, obj: Publication, said: dict[str, Any]) -> str:
        observed_at: datetime = said.pop("observed_at")
        publications.note(
            publication=obj,
            is_estimate=said.pop("is_estimate"),
            figures=said,
            observed_at=observed_at,
            by=who(request),
            at=timezone.now(),
        )
        messages.success(request, _("The figures are noted."))
        return self.page_url(obj)

    def remove(self, request: HttpRequest, obj: Publication) -> HttpResponse:
        if request.method == "POST":
            back = self.url("changelist")
            return self.act(
                request,
                lambda: publications.remove(publication=obj),
                done=_("The publication was removed."),
                back=back,
            )
        return self.render(
            request,
            "crm/confirm.html",
            title=_("Remove this publication?"),
            question=_("It goes with all its figures, and counts in no report any more. The post itself stays."),
            submit=_("Remove"),
            kind="danger",
            crumbs=[(_name(obj), self.page_url(obj))],
            back=self.page_url(obj),
        )


def _name(publication: Publication) -> str:
    person = publication.outreach.influencer
    return person.name if person else _("Erased person")
