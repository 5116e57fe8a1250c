"""Where publications are noted and shown: on the page of the conversation, and on that of the campaign."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.admin.base import PageAdmin, StaffForm, asked_id, who
from crm.admin.fields import ParsedField, with_scheme
from crm.errors import DomainError
from crm.models import Platform, Post
from outreach import words
from outreach.admin import moves
from outreach.models import Campaign, Outreach, Publication
from outreach.selectors import AGREED
from outreach.services import publications, reach
from outreach.services.publications import Said

ADD: Final = "outreach.add_publication"
_FORMAT: Final = "%Y-%m-%dT%H:%M"  # as the browser's own clock writes it


class Instant(forms.DateTimeField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(format=_FORMAT, attrs={"type": "datetime-local"})
        super().__init__(widget=widget, input_formats=[_FORMAT, "%Y-%m-%dT%H:%M:%S"], **kwargs)


_WHAT: Final = gettext_lazy("What was published?")
_NAMES: Final = ("url", "published_at", "format", "note")
_UNTOLD: Final = (gettext_lazy("Where the link does not say it"), ("platform", "platform_id"))


class PublicationForm(StaffForm):
    is_paired = True
    groups: Sequence[tuple[Any, Sequence[str]]] = [(_WHAT, _NAMES), _UNTOLD]
    url = ParsedField(
        parse=with_scheme,
        label=gettext_lazy("Link of the publication"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "https://", "inputmode": "url"}),
        help_text=gettext_lazy("It tells the platform. A story needs none."),
    )
    published_at = Instant(label=gettext_lazy("Published"))
    format = forms.ChoiceField(label=gettext_lazy("Format"), choices=lambda: [("", _("Choose")), *_formats()])
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


class PartnersPublicationForm(PublicationForm):
    """`partners`: the conversations to choose from. `tell`: what is said of one in the choice, behind the name."""

    outreach = forms.ModelChoiceField(
        Outreach.objects.none(), label=gettext_lazy("Whose publication"), empty_label=gettext_lazy("Choose")
    )
    groups = [(_WHAT, ("outreach", *_NAMES)), _UNTOLD]

    def __init__(
        self, *args: Any, partners: QuerySet[Outreach], tell: Callable[[Outreach], Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["outreach"]
        field.queryset = partners
        field.label_from_instance = lambda one: f"{one.influencer.name} · {tell(one)}"


def _formats() -> list[tuple[str, str]]:
    return [(code, str(capfirst(label))) for code, label in Publication.Format.choices]


def shown(request: HttpRequest, outreach: Outreach) -> dict[str, Any]:
    """The card of the conversation's page."""
    rows, may = reach.of_outreach(outreach=outreach), request.user.has_perm
    may_add = may(ADD) and outreach.influencer is not None
    goes_live = rows and may("outreach.change_outreach") and outreach.stage != Outreach.Stage.LIVE
    return {
        "rows": said(rows),
        "may_add": may_add,
        "offers": publications.offers(outreach=outreach, most=5) if may_add else [],
        "may_go_live": bool(goes_live) and "live" in dict(moves.offered(outreach)),
    }


def said(known: Iterable[reach.Known]) -> list[tuple[Publication, str, bool]]:
    """Each with how far it reached, in words, and whether that is known."""
    return [(one.publication, _reached(one), one.figure("reach") is not None) for one in known]


def _reached(one: reach.Known) -> str:
    figure = one.figure("reach")
    return words.reached(figure.value, is_estimate=figure.is_estimate) if figure else words.reached(None)


class Publishing(PageAdmin):
    """These steps of the admin of conversations."""

    steps = {"publish": ADD, "adopt": ADD}

    def publish(self, request: HttpRequest, obj: Outreach) -> HttpResponse:
        name = str(obj.influencer or "")
        return self.ask(
            request,
            PublicationForm(request.POST or None, initial={"published_at": timezone.localtime()}),
            save=lambda said: keep(request, said | {"outreach": obj}, back=self.page_url(obj)),
            title=_("A publication of %(name)s") % {"name": name},
            submit=_("Note the publication"),
            lead=_("Figures that a file of posts brings are found by its link or its id."),
            crumbs=[(name, self.page_url(obj))],
            back=self.page_url(obj),
        )

    def adopt(self, request: HttpRequest, obj: Outreach) -> HttpResponse:
        """`post`: the id of an imported post of theirs."""
        post = Post.objects.select_related("account").filter(pk=asked_id(request.POST.get("post", ""))).first()

        def take() -> None:
            if post is None:
                raise DomainError("post_of_another")
            publications.adopt(outreach=obj, post=post, by=who(request), at=timezone.now())

        return self.act(request, take, done=_("The publication is noted."), back=self.page_url(obj))


class CampaignPublishing(PageAdmin):
    """This step of the admin of campaigns."""

    steps = {"publish": ADD}

    def publish(self, request: HttpRequest, obj: Campaign) -> HttpResponse:
        form = PartnersPublicationForm(
            request.POST or None,
            partners=_partners(obj),
            tell=lambda one: one.get_stage_display(),
            initial={"published_at": timezone.localtime(), "outreach": request.GET.get("outreach", "")[:18]},
        )
        return self.ask(
            request,
            form,
            save=lambda said: keep(request, said, back=self.page_url(obj)),
            title=_("Note a publication"),
            submit=_("Note the publication"),
            lead=_("Figures that a file of posts brings are found by its link or its id."),
            crumbs=[(obj.name, self.page_url(obj))],
            back=self.page_url(obj),
        )


def _partners(campaign: Campaign) -> QuerySet[Outreach]:
    """Whose publication it may be: first those who agreed."""
    rows = Outreach.objects.filter(campaign=campaign, influencer__isnull=False).exclude(stage=Outreach.Stage.MERGED)
    is_partner = Case(When(stage__in=AGREED, then=Value(0)), default=Value(1))
    return rows.select_related("influencer").order_by(is_partner, "influencer__sort_name", "pk")


def keep(request: HttpRequest, said: dict[str, Any], *, back: str) -> str:
    """Note what was filled in. `said` names the conversation, too."""
    outreach: Outreach = said.pop("outreach")
    publications.record(outreach=outreach, said=Said(**said), by=who(request), at=timezone.now())
    messages.success(request, _("The publication is noted."))
    return back
