"""Every change knows who made it and on which occasion: what the audit trail's triggers write down."""

from collections.abc import Callable
from typing import Any

from celery import Task
from django.http import HttpRequest, HttpResponse

from crm.models import User
from crm.services import audit

_SAFE = {"GET", "HEAD", "OPTIONS"}  # they change nothing about anybody


class Audited:
    """Middleware: whoever is signed in, and the name of the address they sent something to: no words, no query.

    The API says itself who speaks, once it has read the token.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in _SAFE:
            return self.get_response(request)
        try:
            return self.get_response(request)
        finally:
            audit.hush()

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if request.method in _SAFE:
            return
        match = request.resolver_match
        audit.say(by=request.user.pk if isinstance(request.user, User) else None, why=match.view_name if match else "")


class AuditedTask(Task):  # type: ignore[type-arg]
    """A task acts for nobody: what it does is told with its name."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with audit.said(why=str(self.name)):
            return super().__call__(*args, **kwargs)
