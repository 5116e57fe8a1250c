"""A forgotten password: ask for a link by mail, and choose a new one where it leads. No session comes of either."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from crm.admin.base import StaffForm
from crm.admin.users import NewPasswordForm
from crm.errors import DomainError
from crm.services import staff
from crm.tasks import ring
from crm.words import say
from outreach.services import passwords
from outreach.tasks import sweep_outbox


class AskForm(StaffForm):
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """The same answer whether or not anybody has this address."""
    form = AskForm(request.POST or None)
    is_done = request.method == "POST" and form.is_valid() and bool(settings.EMAIL_URL)
    if is_done:
        passwords.ask(email=form.cleaned_data["email"], language=get_language() or "", at=timezone.now())
        ring(sweep_outbox)
    said = {"title": _("Forgotten password"), "form": form, "is_done": is_done, "sends": bool(settings.EMAIL_URL)}
    return _show(request, "registration/password_forgotten.html", said)


@never_cache
@sensitive_post_parameters("password", "again")
def choose(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """Where the link leads. Looking does not spend it."""
    said: dict[str, Any] = {"title": _("New password"), "is_done": False}
    try:
        form = NewPasswordForm(request.POST or None, person=staff.whose_link(pk=pk, token=token))
        said |= {"form": form, "name": form.person.get_username()}
        if request.method == "POST" and form.is_valid():
            staff.set_password_by_link(pk=pk, token=token, password=form.cleaned_data["password"])
            said["is_done"] = True
    except DomainError as error:
        if error.code != "password_link_invalid":
            raise
        return _show(request, "registration/password_new.html", said | {"problem": say(error)}, status=404)
    return _show(request, "registration/password_new.html", said)


def _show(request: HttpRequest, template: str, said: dict[str, Any], status: int = 200) -> HttpResponse:
    response = TemplateResponse(request, template, admin.site.each_context(request) | said, status=status)
    response["Referrer-Policy"] = "no-referrer"  # the address of the page is the key
    return response
