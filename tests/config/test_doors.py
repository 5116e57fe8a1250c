from django.http import HttpResponse
from django.test import RequestFactory

from config.doors import WithoutCookies


def answered(path):
    def somebody_sets_one(request):
        response = HttpResponse(request.COOKIES.get("sessionid", "nobody"))
        response.set_cookie("language", "fr")
        return response

    return WithoutCookies(somebody_sets_one)(RequestFactory(headers={"Cookie": "sessionid=x"}).get(path))


def test_behind_a_tracked_link_nobody_reads_a_cookie_and_none_is_set():
    response = answered("/r/wpnmfqtd")
    assert (response.content, len(response.cookies)) == (b"nobody", 0)


def test_anywhere_else_they_stay():
    response = answered("/admin/")
    assert (response.content, len(response.cookies)) == (b"x", 1)
