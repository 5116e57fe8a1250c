"""Every address of the house, and one that does nothing: what a view costs under this server at least."""

from django.http import HttpResponse
from django.urls import path

from config.urls import urlpatterns as ours


def empty(request):
    return HttpResponse()


urlpatterns = [path("empty", empty), *ours]
