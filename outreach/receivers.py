"""Doors by which a mail service, or a pipe, hands over letters, and other systems tell of concrete actions.

Whoever knocks knows the key in the address, signed for this one door; a wrong one is told nothing, and no body is read
for it. It is answered with 2xx once it is stored, and only then.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from crm.errors import DomainError
from crm.tasks import ring
from outreach import signing
from outreach.models import InboundMessage
from outreach.services import mail_events, replies, sources
from outreach.sources import mailgun, postmark
from outreach.sources.documents import BODY_LIMIT
from outreach.sources.mail import Told
from outreach.tasks import sweep_credits

_EVENT_BYTES: Final = 1024 * 1024
_WRAPPED_BYTES: Final = replies.MAX_BYTES * 4 // 3 + _EVENT_BYTES  # a letter, as a form or JSON wraps it
_STATUSES: Final[Mapping[str, int]] = MappingProxyType(
    {
        **{"letter_too_large": 413, "mail_event_conflict": 409, "hook_forged": 403, "event_too_long": 413},
        **dict.fromkeys(["signature_missing", "signature_wrong", "signature_old", "secret_missing"], 403),
    }
)
_UNREADABLE: Final = 422  # understood, and not to be taken: an amount of nothing, a kind that is none
# The smallest GIF there is, see-through: 43 bytes.
PIXEL: Final = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


@dataclass(frozen=True)
class _Source:
    """`letter`: the mail in a body; `told`: the event in it. A source has one of the two."""

    limit: int
    door: str = InboundMessage.Door.WEBHOOK
    letter: Callable[[HttpRequest, bytes], bytes] | None = None
    told: Callable[[HttpRequest, bytes], Told] | None = None


_SOURCES: Final[Mapping[str, _Source]] = MappingProxyType(
    {
        "raw": _Source(replies.MAX_BYTES, InboundMessage.Door.FORWARDED, letter=lambda _request, body: body),
        "postmark": _Source(_WRAPPED_BYTES, letter=lambda _request, body: postmark.letter(body)),
        "postmark-events": _Source(_EVENT_BYTES, told=lambda _request, body: postmark.told(body)),
        "mailgun": _Source(
            _WRAPPED_BYTES,
            letter=lambda request, body: mailgun.letter(
                body, content_type=request.headers.get("Content-Type", ""), key=settings.MAILGUN_SIGNING_KEY
            ),
        ),
        "mailgun-events": _Source(
            _EVENT_BYTES, told=lambda _request, body: mailgun.told(body, key=settings.MAILGUN_SIGNING_KEY)
        ),
    }
)


@never_cache
@csrf_exempt  # a program posts here without a cookie; the signed key is the proof
@require_POST
def mail_hook(request: HttpRequest, source: str, key: str) -> HttpResponse:
    """One letter, or one event. What is refused is refused with a code, and says nothing of anybody."""
    known = _SOURCES.get(source)
    if known is None or not signing.is_hook_key(source, key):
        raise Http404
    try:
        _take(request, source, known)
    except DomainError as error:
        return _text(error.code, status=_STATUSES.get(error.code, 400))
    return HttpResponse(status=204)


def _take(request: HttpRequest, source: str, known: _Source) -> None:
    body, at = _body(request, limit=known.limit), timezone.now()
    if known.letter:
        raw = known.letter(request, body)
        kept, _is_new = replies.receive(raw=raw, door=known.door, at=at)
        replies.try_to_read(pk=kept.pk, at=at)  # at once: nothing leaves for them after the answer
    elif known.told:
        mail_events.note(provider=source.partition("-")[0], told=known.told(request, body), at=at)


def _body(request: HttpRequest, *, limit: int) -> bytes:
    """No more of it than fits is ever read. Raises DomainError: letter_too_large (limit)."""
    body: bytes = request.read(limit + 1)
    if len(body) > limit:
        raise DomainError("letter_too_large", limit=limit)
    return body


@never_cache
@csrf_exempt  # a program posts here without a cookie; the key in the address, and a signature, are the proof
@require_POST
def source_hook(request: HttpRequest, source: str, key: str) -> HttpResponse:
    """What another system tells of: 200 once all of it is stored, counted or not. What contradicts the ledger is stored
    for a person to look at, and answered with 409."""
    known = sources.by_hook_key(kind=source, key=key)
    if known is None:
        raise Http404
    body: bytes = request.read(BODY_LIMIT + 1)  # the reader refuses what is longer
    try:
        noted = sources.hear(source=known, body=body, headers=request.headers, at=timezone.now())
    except DomainError as error:
        return _text(error.code, status=_STATUSES.get(error.code, _UNREADABLE))
    ring(sweep_credits)
    if any(each.outcome == each.Outcome.CONFLICT for each in noted):
        return _text("conversion_conflict", status=409)
    return _text(",".join(each.outcome for each in noted) or "ignored", status=200)


@never_cache
@require_GET
def pixel(request: HttpRequest, key: str) -> HttpResponse:
    """A picture of nothing, for pages without a back end: what its query says is noted, unverified. Nobody's state
    changes by it, no cookie is set and no address kept; whatever is wrong with it, the page sees a picture. 429: more
    came in this minute than is noted one by one."""
    known = sources.by_pixel_key(key=key)
    if known is None:
        raise Http404
    referrer, status = request.headers.get("Referer", ""), 200
    try:
        sources.see(source=known, query=request.GET.dict(), referrer=referrer, at=timezone.now())
    except DomainError as error:
        if error.code != "pixel_too_fast":
            raise
        status = 429
    return HttpResponse(PIXEL, status=status, content_type="image/gif", headers={"Referrer-Policy": "no-referrer"})


def _text(said: str, *, status: int) -> HttpResponse:
    return HttpResponse(said, status=status, content_type="text/plain")
