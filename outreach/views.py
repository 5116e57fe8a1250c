"""Doors that anybody may knock on: tracked links and unsubscribing. GET never changes a person's state."""

from collections.abc import Mapping

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from crm.errors import DomainError
from crm.models import Address, Suppression
from crm.selectors import preference
from crm.services import addresses, instance
from outreach import selectors, signing
from outreach.robots.clicks import Headers
from outreach.services import click_networks, tracking

_PURPOSES = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")
_NOT_KEPT = {
    "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private",
    "Referrer-Policy": "no-referrer",
}


@require_safe
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """A tracked link: the click is kept before the browser is sent on. No cookie. Raises Http404."""
    said = request.META
    try:
        url = tracking.record(
            code=code,
            method=request.method or "",
            user_agent=said.get("HTTP_USER_AGENT", ""),
            referrer=said.get("HTTP_REFERER", ""),
            headers=_headers(said),
            address=click_networks.visitor(
                peer=said.get("REMOTE_ADDR", ""), forwarded=said.get("HTTP_X_FORWARDED_FOR", "")
            ),
            at=timezone.now(),
        )
    except DomainError as error:
        if error.code == "link_unreachable":
            return HttpResponse(status=503, headers=_NOT_KEPT | {"Retry-After": "5"})
        if error.code not in {"link_unknown", "link_leads_elsewhere"}:
            raise
        raise Http404 from None
    return HttpResponse(status=302, headers=_NOT_KEPT | {"Location": url})


def _headers(said: Mapping[str, str]) -> Headers:
    """What tells people from programs (outreach.robots), and nothing else."""
    return Headers(
        purpose=next((value for name in _PURPOSES if (value := said.get(name))), ""),
        fetch_mode=said.get("HTTP_SEC_FETCH_MODE", ""),
        fetch_dest=said.get("HTTP_SEC_FETCH_DEST", ""),
        accept=said.get("HTTP_ACCEPT", ""),
        has_language=bool(said.get("HTTP_ACCEPT_LANGUAGE")),
        has_range=bool(said.get("HTTP_RANGE")),
    )


@never_cache
@csrf_exempt  # RFC 8058: mail programs post here without a cookie; the signed token is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET says what we hold and lets one choose; POST, from the page or from the mail program, acts.

    Either shows what the database says now: that nothing is written any more stands there only where it is so.
    """
    subject, address = _whose(token)
    if request.method == "POST":
        _heed(_choice(request), subject)
    with translation.override(_language_of(address)):
        said = {
            "organisation": (selectors.known_as(address) if address else "") or instance.organisation(),
            "address": address,
            "preference": preference(subject, address),
            "is_told": request.method == "POST",
            "is_on_its_way": address is not None and selectors.is_on_its_way(address),
        }
        response = render(request, "outreach/unsubscribe.html", said)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _whose(token: str) -> tuple[str, Address | None]:
    """The keyed hash that a link is for, and its address where we still have it."""
    try:
        named = signing.read_unsubscribe_token(token)
    except DomainError as error:
        if error.code != "token_invalid":  # our own keyring is damaged: that must not look like a wrong link
            raise
        raise Http404 from None
    rows = Address.objects.select_related("influencer")
    if ":" in named:
        return named, rows.filter(digest=named).first()
    address = rows.filter(public_id=named).first()  # a message of before
    if address is None:
        raise Http404
    return address.digest, address


def _choice(request: HttpRequest) -> str:
    """What the form says. Whatever a mail program posts, well or badly, is a no to partnership messages."""
    try:
        return request.POST.get("choice", "")
    except MultiPartParserError:
        return ""


def _heed(choice: str, subject: str) -> None:
    if choice == "take_back":
        addresses.take_back(subject=subject, at=timezone.now())
        return
    scope = Suppression.Scope.ALL if choice == Suppression.Scope.ALL else Suppression.Scope.PARTNERSHIP
    reason = Suppression.Reason.UNSUBSCRIBED
    addresses.refuse_subject(subject=subject, scope=scope, reason=reason, at=timezone.now())


def _language_of(address: Address | None) -> str:
    """The first of the person's own that we speak, else what their browser asks for."""
    spoken = dict(settings.LANGUAGES)
    theirs = address.influencer.languages if address else []
    return next((language for language in theirs if language in spoken), translation.get_language())
