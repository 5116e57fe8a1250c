"""Whoever comes to a public door too often is sent away before anything in the house is asked.

Where requests come in, and not among the middleware: of a flood, what is refused must cost next to nothing, and no line
of a log. Hooks are not behind this: their keys are signed and their senders few, and what they tell must not be lost.
"""

import math
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from config.buckets import Buckets
from crm.errors import DomainError
from outreach import receivers, signing
from outreach.services import click_networks

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PIXEL, _FORM = "/c/", "/u/"
DOORS: Final = ("/r/", _PIXEL, _FORM)  # as outreach.urls has them
_SECONDS: Final = 60.0
_MOST: Final = 10_000  # visitors: about two megabytes


class Floods:
    """So many requests a minute from one address, all public doors together; 0: as many as come.

    What is refused is answered with 429 and kept nowhere: no click, no action. Whose address says nothing of who they
    are (none, or one of a house's own network) is never refused: they might be everybody. Nor is who says no with a
    token of ours.
    """

    def __init__(
        self, house: "WSGIApplication", *, per_minute: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._house, self._clock = house, clock
        self.visitors = Buckets(number=per_minute, seconds=_SECONDS, most=_MOST) if per_minute else None

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if self.visitors is not None and environ["PATH_INFO"].startswith(DOORS):
            seconds = self._wait(environ, self.visitors)
            if seconds and not _says_no(environ):
                return _refuse(environ, start_response, seconds)
        return self._house(environ, start_response)

    def _wait(self, environ: "WSGIEnvironment", visitors: Buckets) -> float:
        address = click_networks.visitor(
            peer=environ.get("REMOTE_ADDR", ""), forwarded=environ.get("HTTP_X_FORWARDED_FOR", "")
        )
        known = click_networks.one(address)
        return visitors.wait(known, now=self._clock()) if known else 0.0


def _says_no(environ: "WSGIEnvironment") -> bool:
    """By the form, or in a mail program (RFC 8058), whose servers may speak for thousands from one address. Anybody can
    post: it takes a token of ours."""
    path = environ["PATH_INFO"]
    if environ["REQUEST_METHOD"] != "POST" or not path.startswith(_FORM):
        return False
    try:
        signing.read_unsubscribe_token(path.removeprefix(_FORM))
    except DomainError as error:
        return error.code != "token_invalid"  # our own keyring is damaged: the house says so
    return True


def _refuse(environ: "WSGIEnvironment", start_response: "StartResponse", seconds: float) -> list[bytes]:
    """A page that shows our pixel shows a picture nevertheless."""
    body, kind = (receivers.PIXEL, "image/gif") if environ["PATH_INFO"].startswith(_PIXEL) else (b"", "text/plain")
    headers = {
        "Retry-After": str(math.ceil(seconds)),
        "Content-Type": kind,
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    start_response("429 Too Many Requests", list(headers.items()))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
