"""What is the same for every visitor, whoever they are."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_LINKS = "/r/"


class WithoutCookies:
    """Middleware, the outermost: whoever follows a tracked link brings no cookie and gets none. Nothing on the way asks
    the database who they are, and a colleague's click is no other than anybody's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(_LINKS):
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        response = self.get_response(request)
        response.cookies.clear()
        return response
