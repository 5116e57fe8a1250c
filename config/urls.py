"""Every address of the instance."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

import crm.urls
import matching.urls
import outreach.urls
from config import forgotten, health, language, welcome
from crm.api.me import MeView
from crm.api.problems import page_not_found

router = SimpleRouter()
for prefix, viewset, name in (*crm.urls.resources, *matching.urls.resources, *outreach.urls.resources):
    router.register(prefix, viewset, basename=name)

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("favicon.ico", RedirectView.as_view(url=static("crm/causeway.svg"))),
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("language/", language.switch, name="language"),
    path("welcome/", welcome.welcome, name="welcome"),
    path("admin/login/", welcome.login),
    path("admin/password/", forgotten.ask, name="forgotten_password"),
    path("admin/password/<int:pk>/<str:token>/", forgotten.choose, name="new_password"),
    path("admin/start/", admin.site.admin_view(welcome.start), name="start"),
    path("admin/", admin.site.urls),
    path("api/v1/", include(([*router.urls, path("me/", MeView.as_view(), name="me")], "api"))),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema")),
    re_path(r"^api/", page_not_found),
    *outreach.urls.public,
]
