"""The language of the staff interface: what a person chose, on this machine and on the next one they sign in from."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from crm.models import User
from crm.services import staff


class ChosenLanguage:
    """Middleware: on a machine where nobody chose a language yet, the one the signed-in person chose elsewhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and isinstance(user, User) and user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Keep the choice in a cookie, as Django does, and with the account of whoever is signed in."""
    language = request.POST.get("language", "")
    if isinstance(request.user, User) and language in dict(settings.LANGUAGES):
        staff.choose_language(user=request.user, language=language)
    return set_language(request)
