"""What a browser may do with an answer of ours: a Content-Security-Policy for each that brings none of its own.

No script stands within a page, and none may: what somebody managed to write into one would not run. The staff theme's
own scripts make functions of its attributes, for which a browser asks 'unsafe-eval'; SECURITY.md says what that leaves.
"""

import re
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.template import Engine

_HEADER = "Content-Security-Policy"
_STAFF = ("/admin/", "/welcome/")
_DOCS = "/api/docs/"

_EVERYWHERE = {"default-src": "'none'", "base-uri": "'none'", "form-action": "'self'", "object-src": "'none'"}
_PAGE = {
    "script-src-attr": "'none'",
    "connect-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self' data:",
    # Bars are as long as their style attribute says; a sheet is a file, or stands within a page that needs no other.
    "style-src-attr": "'unsafe-inline'",
}


class Policed:
    """Middleware: the policy of a staff page, of the API's own page, or the strictest for whatever else there is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(_HEADER, policy_of(request.path_info))
        return response


def policy_of(path: str) -> str:
    if path.startswith(_STAFF):
        return _staff()
    return _docs() if path == _DOCS else _alone()


@cache
def _alone() -> str:
    """For pages that need nothing, and for what is no page."""
    own = {"img-src": "'self'", "style-src": _style_within("crm/alone.html"), "frame-ancestors": "'none'"}
    return _said(_EVERYWHERE | own)


@cache
def _staff() -> str:
    own = {
        "script-src": "'self' 'unsafe-eval'",
        "style-src-elem": f"'self' {_style_within('crm/alone.html')}",  # an error stands alone at any address
        # A letter is shown in a sealed frame, which is a page of ours.
        "frame-src": "'self'",
        "frame-ancestors": "'self'",
    }
    return _said(_EVERYWHERE | _PAGE | own)


@cache
def _docs() -> str:
    own = {
        "script-src": "'self'",
        "style-src-elem": f"'self' {_style_within('drf_spectacular/swagger_ui.html')}",
        "frame-ancestors": "'none'",
    }
    return _said(_EVERYWHERE | _PAGE | own)


def _said(policy: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def _style_within(template: str) -> str:
    """The one style that stands in a template, by its digest: no other is taken."""
    (style,) = re.findall(r"<style>(.*?)</style>", Engine.get_default().get_template(template).source, re.DOTALL)
    return f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'"
