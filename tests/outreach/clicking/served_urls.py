"""Every address of the house, and one that does nothing: what a view costs under this server at least; and tracked
links with the whole house before them.
"""

from django.http import HttpResponse
from django.urls import path

from config.urls import urlpatterns as ours
from outreach import views


def empty(request):
    return HttpResponse()


urlpatterns = [path("empty", empty), path("house/<str:code>", views.follow), *ours]
