"""Keys for other tools: made for a person, shown once, revoked when a tool is not used any more."""

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from crm.admin.base import PageAdmin, StaffForm, who
from crm.errors import DomainError
from crm.models import ApiToken, User
from crm.services import tokens
from crm.words import RESOURCES, may, say

_DAYS = 365
_MAX_DAYS = 3650
_SCOPES = [
    f"{resource}:{verb}"
    for resource, is_written in tokens.OFFERED
    for verb in (("read", "write") if is_written else ("read",))
]
_STATES = {"valid": "success", "expired": "warning", "revoked": "", "asleep": "warning"}


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: User) -> str:
        return obj.called


class TokenForm(StaffForm):
    public_id = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("The tool that will use it, such as “Website donation form”.")
    )
    user = PersonChoice(
        User.objects.none(),
        label=_("Acts for"),
        help_text=_("It never may more than this person, and stops working when they leave."),
    )
    days = forms.IntegerField(
        label=_("Valid for how many days"),
        min_value=1,
        max_value=_MAX_DAYS,
        required=False,
        initial=_DAYS,
        help_text=_("Leave empty for a token that does not expire."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=[(scope, scope) for scope in _SCOPES], widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True).order_by("first_name", "last_name", "username")
        # A token may what its person may: nobody makes one for an account above their own.
        self.fields["user"].queryset = people if by.is_superuser else people.filter(is_superuser=False)  # type: ignore[attr-defined]

    def grouped(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [("", [self[name] for name in ("name", "user", "days")])]

    def grid(self) -> list[dict[str, Any]]:
        """One line per resource: its name, and a box for each of what may be done with it."""
        chosen = set(self["scopes"].value() or [])
        return [
            {
                "label": RESOURCES[resource],
                "read": {"value": f"{resource}:read", "is_chosen": f"{resource}:read" in chosen},
                "write": is_written and {"value": f"{resource}:write", "is_chosen": f"{resource}:write" in chosen},
            }
            for resource, is_written in tokens.OFFERED
        ]


@admin.register(ApiToken)
class ApiTokenAdmin(PageAdmin):
    list_display = ["name", "acts_for", "state", "begins_with", "scope", "made", "expires", "last_used"]
    list_select_related = ["user"]
    list_button = (_("Make a token"), "add", "crm.add_apitoken")
    empty_words = _("A token lets another tool, such as your donation form, read or change what is here.")
    list_title = _("Tokens")
    search_fields = ["name", "user__username"]
    search_help_text = _("Search by tool or user name")
    ordering = ["-pk"]
    page_template = "crm/token.html"
    list_steps = {"add": "crm.add_apitoken"}
    steps = {"revoke": "crm.change_apitoken"}

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        return ApiToken.objects.select_related("user")

    def page(self, request: HttpRequest, obj: ApiToken) -> dict[str, Any]:
        return {"state": _state(obj), "may": may(obj.scopes)}

    def add(self, request: HttpRequest) -> HttpResponse:
        """The answer to the form is the page with the secret: it is kept nowhere it could be shown from again."""
        by = who(request)
        form = TokenForm(request.POST or None, initial={"public_id": uuid4(), "user": by.pk}, by=by)
        if request.method == "POST" and form.is_valid():
            try:
                token, secret = tokens.create(**form.cleaned_data, at=timezone.now(), by=by)
            except DomainError as error:
                form.add_error(None, say(error))
            else:
                return self._show_secret(request, token, secret)
        return self.render(
            request,
            "crm/token_add.html",
            title=_("Make a token"),
            form=form,
            submit=_("Make the token"),
            back=self.url("changelist"),
        )

    def _show_secret(self, request: HttpRequest, token: ApiToken, secret: str) -> HttpResponse:
        page = self.render(
            request, "crm/token_made.html", title=token.name, obj=token, secret=secret, may=may(token.scopes)
        )
        page["Cache-Control"] = "no-store"
        return page

    def revoke(self, request: HttpRequest, obj: ApiToken) -> HttpResponse:
        if request.method == "POST":
            return self.act(
                request,
                lambda: tokens.revoke(token=obj, at=timezone.now()),
                done=_("The token was revoked. The tool that used it is locked out."),
                back=self.page_url(obj),
            )
        return self.render(
            request,
            "crm/confirm.html",
            title=_("Revoke this token?"),
            crumbs=[(obj.name, self.page_url(obj))],
            question=_("The tool that uses it is locked out at once. This cannot be undone."),
            submit=_("Revoke"),
            kind="danger",
            back=self.page_url(obj),
        )

    @admin.display(description=_("acts for"), ordering="user__first_name")
    def acts_for(self, token: ApiToken) -> str:
        return token.user.called

    @display(description=_("State"), label=_STATES)  # type: ignore[untyped-decorator]
    def state(self, token: ApiToken) -> tuple[str, str]:
        code, text = _state(token)
        return code, str(text)

    @admin.display(description=_("begins with"))
    def begins_with(self, token: ApiToken) -> str:
        return f"cw_{token.prefix}_…"

    @admin.display(description=_("may"))
    def scope(self, token: ApiToken) -> str:
        return "; ".join(may(token.scopes))

    @admin.display(description=_("made"), ordering="created_at")
    def made(self, token: ApiToken) -> date:
        return timezone.localdate(token.created_at)

    @admin.display(description=_("expires"), ordering="expires_at")
    def expires(self, token: ApiToken) -> Any:
        return timezone.localdate(token.expires_at) if token.expires_at else _("never")

    @admin.display(description=_("last used"), ordering="last_used_at")
    def last_used(self, token: ApiToken) -> Any:
        return timezone.localdate(token.last_used_at) if token.last_used_at else _("never")


def _state(token: ApiToken) -> tuple[str, Any]:
    if token.revoked_at:
        return "revoked", _("revoked")
    if token.expires_at and token.expires_at <= timezone.now():
        return "expired", _("expired")
    if not token.user.is_active:
        return "asleep", _("its person has left")
    return "valid", _("valid")
