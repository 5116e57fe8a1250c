"""Doors that anybody may knock on: tracked links and unsubscribing. GET never changes a person's state."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from crm.errors import DomainError
from crm.models import Address, Suppression
from crm.services import addresses, instance
from outreach import selectors, signing
from outreach.services import tracking


@never_cache
@require_safe
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """A tracked link: the click is committed before the browser is sent on. No cookie."""
    try:
        url = tracking.record(
            code=code,
            method=request.method or "",
            user_agent=request.headers.get("User-Agent", ""),
            referrer=request.headers.get("Referer", ""),
            at=timezone.now(),
        )
    except DomainError as error:
        if error.code != "link_unknown":
            raise
        raise Http404 from None
    return HttpResponseRedirect(url, headers={"Referrer-Policy": "no-referrer"})


@never_cache
@csrf_exempt  # RFC 8058: mail programs post here without a cookie; the signed token is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a page with one button; POST, from the button or from the mail program, acts."""
    try:
        public_id = signing.read_unsubscribe_token(token)
    except DomainError as error:
        if error.code != "token_invalid":  # our own keyring is damaged: that must not look like a wrong link
            raise
        raise Http404 from None
    address = Address.objects.select_related("influencer").filter(public_id=public_id).first()
    is_done = request.method == "POST" or address is None  # whoever was erased is not written to any more
    if address is not None and request.method == "POST":
        addresses.suppress(address=address, reason=Suppression.Reason.UNSUBSCRIBED, at=timezone.now())
    language = address.influencer.language if address is not None else ""
    with translation.override(language if translation.check_for_language(language) else translation.get_language()):
        known_as = selectors.known_as(address) if address is not None else ""
        said = {"is_done": is_done, "organisation": known_as or instance.organisation()}
        response = render(request, "outreach/unsubscribe.html", said)
    response["Referrer-Policy"] = "no-referrer"
    return response
