"""Every error in one shape: RFC 9457 problem details with a stable `code` and words for a person."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from crm.errors import DomainError
from crm.formats.cells import storable
from crm.words import say

CONTENT_TYPE = "application/problem+json"
_ANYWHERE = {"idempotency_key_reused": 422}


def handle(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. What is not expected is not caught: it stays a bug, with its traceback in the log."""
    if isinstance(exc, DomainError):
        set_rollback()
        statuses = _ANYWHERE | getattr(context["view"], "statuses", {})
        status = statuses.get(exc.code, 400)
        return _response(status, code=exc.code, detail=say(exc), params=exc.params)
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    if not isinstance(exc, exceptions.APIException):
        return None
    set_rollback()
    headers = {}
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if header := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if isinstance(exc, exceptions.ValidationError):
        return _response(
            exc.status_code,
            code="invalid",
            detail=_("Some fields are not right."),
            errors=_errors(exc.detail),
            headers=headers,
        )
    return _response(exc.status_code, code=_code(exc), detail=str(exc.detail), headers=headers)


def problem(error: DomainError, *, status: int) -> Response:
    """A refusal whose traces are kept: nothing is rolled back, as it would be if it were raised."""
    body = _body(status, code=error.code, detail=say(error), params=error.params)
    return Response(body, status=status, content_type=CONTENT_TYPE)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """The answer to an address below /api/ that does not exist."""
    body = _body(404, code="not_found", detail=_("There is nothing at this address."))
    return JsonResponse(body, status=404, content_type=CONTENT_TYPE)


def _code(exc: exceptions.APIException) -> str:
    codes = exc.get_codes()
    return codes if isinstance(codes, str) else "invalid"


def _errors(detail: Any, path: str = "") -> list[dict[str, str]]:
    """Nested field errors as a flat list: where, which code, in words."""
    if isinstance(detail, dict):
        return [e for key, value in detail.items() for e in _errors(value, f"{path}.{key}".strip("."))]
    if isinstance(detail, list):
        return [
            e
            for index, value in enumerate(detail)
            for e in _errors(value, path if isinstance(value, str) else f"{path}.{index}")
        ]
    return [{"field": path, "code": getattr(detail, "code", "invalid"), "detail": str(detail)}]


def _body(status: int, *, code: str, detail: str, **more: Any) -> dict[str, Any]:
    titles = {
        400: _("Not understood"),
        401: _("Not signed in"),
        403: _("Not allowed"),
        404: _("Not found"),
        409: _("In conflict with what is stored"),
        413: _("Too large"),
        415: _("Unsupported content type"),
        422: _("Not acceptable as it is"),
        429: _("Too many requests"),
        503: _("Not ready yet"),
    }
    body = {
        "type": "about:blank",
        "title": titles.get(status, _("Refused")),
        "status": status,
        "code": code,
        "detail": detail,
    } | {key: value for key, value in more.items() if value}
    return {key: _sendable(value) for key, value in body.items()}


def _sendable(value: Any) -> Any:
    """What was asked may stand in an answer, and half a character cannot be sent."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {key: _sendable(inner) for key, inner in value.items()}
    return [_sendable(inner) for inner in value] if isinstance(value, list | tuple) else value


def _response(status: int, *, headers: dict[str, str] | None = None, **fields: Any) -> Response:
    if connection.in_atomic_block:
        set_rollback()
    return Response(_body(status, **fields), status=status, headers=headers, content_type=CONTENT_TYPE)
