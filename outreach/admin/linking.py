"""The links of a conversation on its page: to copy, to say, to scan; and one more for a deliverable."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.admin.base import PageAdmin, StaffForm, asked_id
from outreach import qr, words
from outreach.models import Link, Outreach
from outreach.services import destinations, links

_ADD, _VIEW = "outreach.add_link", "outreach.view_link"


@dataclass(frozen=True)
class Shown:
    """`leads`: whether it may lead where it is meant to. `picture`: its QR code; `key` names it on the page."""

    link: Link
    url: str
    leads: bool
    picture: SafeString
    key: str


class LinkForm(StaffForm):
    deliverable = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=100,
        help_text=gettext_lazy("Such as “story of 3 May” or “video”. Only your team reads it."),
    )


class Linking(PageAdmin):
    steps = {"add_link": _ADD, "qr": _VIEW}

    def add_link(self, request: HttpRequest, obj: Outreach) -> HttpResponse:
        return self.ask(
            request,
            LinkForm(request.POST or None),
            save=lambda said: self._added(obj, said),
            title=_("Another link for %(name)s") % {"name": _name(obj)},
            submit=_("Make the link"),
            lead=_(
                "A link and a code of its own for one post, story or video: you see what each of them brought. "
                "Whatever comes through any of them is counted as theirs."
            ),
            crumbs=[(_name(obj), self.page_url(obj))],
            back=self.page_url(obj),
        )

    def _added(self, obj: Outreach, said: dict[str, Any]) -> str:
        links.add(outreach=obj, deliverable=said["deliverable"], at=timezone.now())
        return f"{self.page_url(obj)}#links"

    def qr(self, request: HttpRequest, obj: Outreach) -> HttpResponse:
        """The QR code of one of its links as a file."""
        link = get_object_or_404(obj.links, pk=asked_id(request.GET.get("link", "")))
        if (kind := request.GET.get("kind", "")) not in qr.KINDS:
            raise Http404
        response = HttpResponse(qr.file(words.link_url(link), kind), content_type=qr.KINDS[kind])
        response["Content-Disposition"] = f'attachment; filename="{link.code}.{kind}"'
        return response


def may_add(request: HttpRequest, outreach: Outreach) -> bool:
    return request.user.has_perm(_ADD) and outreach.influencer is not None and outreach.stage != Outreach.Stage.MERGED


def shown(request: HttpRequest, outreach: Outreach) -> list[Shown]:
    """The conversation's own first."""
    if not request.user.has_perm(_VIEW):
        return []
    rows = sorted(outreach.links.all(), key=lambda link: (not link.is_main, link.pk))
    cause = outreach.campaign.cause
    return [
        Shown(
            link=link,
            url=(url := words.link_url(link)),
            leads=destinations.leads_there(link.destination_url, cause=cause),
            picture=mark_safe(qr.svg(url)),  # noqa: S308  (drawn here: squares)
            key=str(link.pk),
        )
        for link in rows
    ]


def _name(outreach: Outreach) -> str:
    return outreach.influencer.name if outreach.influencer else _("Erased person")
