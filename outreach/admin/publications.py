"""The list of what partners published, and the page of each: its figures, read and noted."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from crm.admin.base import PageAdmin, StaffForm, who
from crm.templatetags.causeway import ago, day
from outreach import words
from outreach.admin.publishing import ADD, Instant, PartnersPublicationForm, PublicationForm, keep
from outreach.models import Outreach, Publication, PublicationMetric
from outreach.models.publication import FIGURES
from outreach.selectors import AGREED
from outreach.services import publications, reach
from outreach.services.publications import Said

_CHANGE, _REMOVE = "outreach.change_publication", "outreach.delete_publication"
_NOTE = "outreach.add_publicationmetric"
_CHOICES: Final = 500  # partners to choose from; who came before is found on the page of the conversation


class FiguresForm(StaffForm):
    is_paired = True
    groups = [
        (gettext_lazy("Where do they come from?"), ["observed_at", "is_estimate"]),
        (gettext_lazy("How far did it go?"), ["reach", "views"]),
        (gettext_lazy("What did people do?"), ["likes", "comments", "shares", "saves", "link_clicks"]),
    ]
    observed_at = Instant(label=gettext_lazy("Read at"))
    is_estimate = forms.BooleanField(label=gettext_lazy("Estimated, not counted by the platform"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FIGURES:
            self.fields[name] = forms.IntegerField(
                label=words.figure(name), required=False, min_value=0, max_value=2**53
            )


class ReachFilter(admin.SimpleListFilter):
    title = gettext_lazy("reach")
    parameter_name = "reach"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("counted", gettext_lazy("Counted")),
            ("estimated", gettext_lazy("Estimated")),
            ("unknown", gettext_lazy("Unknown")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        known = {"counted": False, "estimated": True, "unknown": None}
        wanted = self.value()
        return queryset.filter(reach_is_estimate=known[wanted]) if wanted in known else queryset


@admin.register(Publication)
class PublicationAdmin(PageAdmin):
    list_display = ["person", "campaign", "what", "published", "shown_reach", "read"]
    list_filter_submit = True
    list_filter = [("outreach__campaign", AutocompleteSelectFilter), "platform", "format", ReachFilter]
    search_fields = ["outreach__influencer__name", "outreach__campaign__name"]
    search_help_text = gettext_lazy("Search by person or campaign")
    ordering = ["-published_at", "-pk"]
    list_button = (gettext_lazy("Note a publication"), "add", ADD)
    empty_words = gettext_lazy(
        "A publication is what a partner posted for a campaign. While none is noted, nobody knows how far the campaign "
        "reached. Note it here, on the page of the campaign or on that of the conversation."
    )
    page_template = "outreach/publication.html"
    list_steps = {"add": ADD}
    steps = {"edit": _CHANGE, "figures": _NOTE, "remove": _REMOVE}

    @admin.display(description=gettext_lazy("influencer"), ordering="outreach__influencer__sort_name")
    def person(self, publication: Publication) -> str:
        return _name(publication)

    @admin.display(description=gettext_lazy("campaign"), ordering="outreach__campaign__name")
    def campaign(self, publication: Publication) -> str:
        return publication.outreach.campaign.name

    @admin.display(description=gettext_lazy("publication"), ordering="platform")
    def what(self, publication: Publication) -> str:
        return _what(publication)

    @admin.display(description=gettext_lazy("published"), ordering="published_at")
    def published(self, publication: Publication) -> str:
        return day(publication.published_at)

    @admin.display(description=gettext_lazy("people reached"), ordering="newest_reach")
    def shown_reach(self, publication: Any) -> str:
        return words.counted(publication.newest_reach, is_estimate=bool(publication.reach_is_estimate))

    @admin.display(description=gettext_lazy("figures read"), ordering="reach_at")
    def read(self, publication: Any) -> str:
        return ago(publication.reach_at) or "—"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Publication]:
        rows = Publication.objects.with_reach()
        return rows.select_related("outreach__influencer", "outreach__campaign", "entered_by")

    def add(self, request: HttpRequest) -> HttpResponse:
        """Of those who agreed, whatever the campaign."""
        agreed = Outreach.objects.filter(stage__in=AGREED, influencer__isnull=False).order_by("-stage_at", "-pk")
        partners = Outreach.objects.filter(pk__in=agreed.values("pk")[:_CHOICES])
        form = PartnersPublicationForm(
            request.POST or None,
            partners=partners.select_related("influencer", "campaign").order_by("influencer__sort_name", "pk"),
            tell=lambda one: one.campaign.name,
            initial={"published_at": timezone.localtime()},
        )
        return self.ask(
            request,
            form,
            save=lambda said: keep(request, said, back=self.url("changelist")),
            title=_("Note a publication"),
            submit=_("Note the publication"),
            lead=_("Here stand those who agreed. Of anybody else, note it on the page of their conversation."),
            back=self.url("changelist"),
        )

    def page(self, request: HttpRequest, obj: Publication) -> dict[str, Any]:
        may = request.user.has_perm
        readings = list(obj.metrics.order_by("-observed_at", "-pk"))
        told = [name for name in FIGURES if any(getattr(row, name) is not None for row in readings)]
        return {
            "title": _("A publication of %(name)s") % {"name": _name(obj)},
            "newest": _newest(obj),
            "told": [words.figure(name) for name in told],
            "readings": [(row, _cells(row, told), words.told_by(row)) for row in readings],
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


def _newest(publication: Publication) -> list[tuple[str, str]]:
    """Every figure by its name: the newest that was told."""
    (known,) = reach.known(publications=[publication])
    return [
        (words.figure(name), words.counted(one.value, is_estimate=one.is_estimate) if one else words.counted(None))
        for name in FIGURES
        for one in [known.figure(name)]
    ]


def _cells(row: PublicationMetric, names: Iterable[str]) -> list[tuple[str, str]]:
    told = ((name, getattr(row, name)) for name in names)
    return [(words.figure(name), words.counted(value, is_estimate=row.is_estimate)) for name, value in told]


def _what(publication: Publication) -> str:
    return f"{publication.get_platform_display()}, {publication.get_format_display()}"
