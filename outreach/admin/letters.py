"""What stands in a letter as it came: its HTML in a frame that can do nothing, and its attachments as mere bytes.

Both are read anew from the bytes that came, when somebody asks; nothing of theirs is ever shown as a page of ours.
"""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from crm.admin.base import PageAdmin, asked_id
from outreach import words
from outreach.models import InboundMessage
from outreach.replies import dangers, frames, reading
from outreach.replies.attachments import file_name
from outreach.replies.letter import Attachment, Letter

_VIEW = "outreach.view_inboundmessage"
# Nothing runs, nothing is fetched, nothing is sent, and nobody else may frame it.
_SEALED = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'; sandbox"
)
_HEADERS = {
    "Content-Security-Policy": _SEALED,
    "X-Content-Type-Options": "nosniff",
    "X-DNS-Prefetch-Control": "off",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Enclosed:
    """An attachment as it was listed when the letter came. `number`: its place, from 1."""

    number: int
    name: str
    size: int
    type: str
    said_type: str

    @property
    def kind(self) -> str:
        return words.file_type(self.type)

    @property
    def is_as_called(self) -> bool:
        return dangers.is_as_called(self.name, self.said_type, self.type)

    @property
    def is_dangerous(self) -> bool:
        return dangers.is_dangerous(self.name, self.type)


def enclosed(reply: InboundMessage) -> list[Enclosed]:
    return [
        Enclosed(
            number,
            file_name(str(one.get("name", ""))) or _("without a name"),
            int(one.get("size", 0)),
            str(one.get("type", "")),
            str(one.get("said_type", "")),
        )
        for number, one in enumerate(reply.attachments, 1)
    ]


class Letters(PageAdmin):
    """These steps of the inbox. Both only read."""

    steps = {"letter": _VIEW, "attachment": _VIEW}

    def letter(self, request: HttpRequest, obj: InboundMessage) -> HttpResponse:
        """The HTML of the letter, for the frame on its page."""
        html = _read(obj).html
        if not html:
            raise Http404
        return HttpResponse(frames.still(html), content_type="text/html; charset=utf-8", headers=_HEADERS)

    def attachment(self, request: HttpRequest, obj: InboundMessage) -> HttpResponse:
        """The bytes of one of them, never to be opened here. What may do harm is asked about first."""
        number = asked_id(request.POST.get("number", "") or request.GET.get("number", ""))
        found = _read(obj).attachments
        if not 1 <= number <= len(found):
            raise Http404
        one = found[number - 1]
        if dangers.is_dangerous(one.name, one.type) and request.method != "POST":
            return self._warn(request, obj, number, one)
        return _bytes(one)

    def _warn(self, request: HttpRequest, obj: InboundMessage, number: int, one: Attachment) -> HttpResponse:
        listed = Enclosed(number, one.name or _("without a name"), one.size, one.type, one.said_type)
        context: dict[str, Any] = {"obj": obj, "file": listed, "back": self.page_url(obj)}
        crumbs = [(words.writer(obj), self.page_url(obj))]
        return self.render(
            request, "outreach/attachment.html", title=_("This file can do harm"), crumbs=crumbs, **context
        )


def _bytes(one: Attachment) -> HttpResponse:
    named = content_disposition_header(as_attachment=True, filename=one.name or "attachment.bin")
    headers = _HEADERS | {"Content-Disposition": named or "attachment"}
    return HttpResponse(one.content, content_type="application/octet-stream", headers=headers)


def _read(reply: InboundMessage) -> Letter:
    """As it came. Raises Http404 where nothing is kept: noted by hand, or somebody was erased."""
    if reply.raw is None:
        raise Http404
    return reading.read(bytes(reply.raw))
