"""Doors by which a mail service, or a pipe, hands over what came and what became of what went.

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
from django.views.decorators.http import require_POST

from crm.errors import DomainError
from outreach import signing
from outreach.models import InboundMessage
from outreach.services import mail_events, replies
from outreach.sources import mailgun, postmark
from outreach.sources.mail import Told

_EVENT_BYTES: Final = 1024 * 1024
_WRAPPED_BYTES: Final = replies.MAX_BYTES * 4 // 3 + _EVENT_BYTES  # a letter, as a form or JSON wraps it
_STATUSES: Final[Mapping[str, int]] = MappingProxyType(
    {"letter_too_large": 413, "mail_event_conflict": 409, "hook_forged": 403}
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
        return HttpResponse(error.code, status=_STATUSES.get(error.code, 400), content_type="text/plain")
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
