"""The door: sign in; where nobody has an account yet, make the first one; and leave the demo for one's own data."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import login as sign_in
from django.contrib.auth import logout as sign_out
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from config.admin import OrganisationForm
from config.demo import rows
from crm.admin.users import NewPersonForm
from crm.errors import DomainError
from crm.models import User
from crm.services import staff
from crm.words import say


class WelcomeForm(NewPersonForm, OrganisationForm):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    groups = [
        (_("You"), ["first_name", "last_name", "email", "language"]),
        (_("Your organisation"), ["organisation", "postal_address"]),
        (_("How you sign in"), ["username", "password", "again"]),
    ]


def everywhere(request: HttpRequest) -> dict[str, Any]:
    """What every page of the staff interface may show; asked for only where a page does."""
    # Colours come as a file (crm/colours.css), not as a style within the page: see config/browsing.py.
    return {"has_demo": staff.has_demo, "colors": None}


def login(request: HttpRequest) -> HttpResponse:
    if not staff.is_anybody_here():
        return redirect("welcome")
    return admin.site.login(request, {"demo_people": staff.demo_people(), "demo_password": staff.DEMO_PASSWORD})


@never_cache
@sensitive_post_parameters("password", "again")
def welcome(request: HttpRequest) -> HttpResponse:
    """Whoever comes first makes the account that everything begins with; after that nobody finds this page."""
    if staff.is_anybody_here():
        raise Http404
    if not settings.IS_LOOPBACK:
        return _show(request, form=None)
    form = WelcomeForm(request.POST or None, initial={"language": get_language()})
    if request.method == "POST" and form.is_valid():
        try:
            user = staff.make_first_administrator(**form.cleaned_data)
        except DomainError as error:
            if error.code == "somebody_is_here":
                messages.error(request, say(error))
                return redirect("admin:login")
            form.add_error(None, say(error))
        else:
            sign_in(request, user)
            home = redirect("admin:index")
            home.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, samesite="Lax")
            return home
    return _show(request, form=form)


def start(request: HttpRequest) -> HttpResponse:
    """From the demo to one's own data: what is invented goes, its staff with it, and the door asks who comes first."""
    if not staff.has_demo():
        raise Http404
    user = request.user
    assert isinstance(user, User)
    may_start = user.has_perm("crm.change_user")
    if request.method != "POST":
        context = {"title": _("Start with your own data"), "may_start": may_start, "people": staff.demo_people()}
        return TemplateResponse(request, "config/start.html", admin.site.each_context(request) | context)
    if not may_start:
        raise PermissionDenied
    try:
        rows.remove()
    except DomainError as error:
        messages.error(request, say(error))
        return redirect("start")
    if user.is_demo:
        sign_out(request)
        return redirect("admin:login")
    messages.success(request, _("The demo is removed."))
    return redirect("admin:index")


def _show(request: HttpRequest, form: WelcomeForm | None) -> HttpResponse:
    context = admin.site.each_context(request) | {"title": _("Welcome"), "form": form}
    return TemplateResponse(request, "config/welcome.html", context)
