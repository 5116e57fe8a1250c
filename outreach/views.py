"""Doors that anybody may knock on: tracked links and unsubscribing. GET never changes a person's state."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
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
    address = get_object_or_404(Address.objects.select_related("influencer"), public_id=public_id)
    is_done = request.method == "POST"
    if is_done:
        addresses.suppress(address=address, reason=Suppression.Reason.UNSUBSCRIBED, at=timezone.now())
    language = address.influencer.language if translation.check_for_language(address.influencer.language) else ""
    with translation.override(language or translation.get_language()):
        said = {"is_done": is_done, "organisation": selectors.known_as(address) or instance.organisation()}
        response = render(request, "outreach/unsubscribe.html", said)
    response["Referrer-Policy"] = "no-referrer"
    return response
