"""What is the same for every visitor, whoever they are."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

from outreach import views

_LINKS = "/r/"


class Links:
    """Middleware: whoever follows a tracked link brings no cookie and gets none, and is sent on from here. Nothing
    further in the house is asked of them: no session, no language, no colleague's name.

    A link that leads nowhere is answered by the house, in the visitor's language.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if not path.startswith(_LINKS):
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        request.get_host()  # raises DisallowedHost
        code = path.removeprefix(_LINKS)
        if code and "/" not in code:
            try:
                response = views.follow(request, code)
            except Http404:
                pass
            else:
                response.headers["Content-Length"] = str(len(response.content))
                return response
        response = self.get_response(request)
        response.cookies.clear()
        return response
