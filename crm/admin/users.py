"""The team: who works here, as what, and how they get in."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import password_validation, update_session_auth_hash
from django.contrib.auth.models import Group
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from crm.admin.base import PageAdmin, ReadOnlyAdmin, StaffForm, who
from crm.models import User
from crm.services import staff

admin.site.unregister(Group)

_CHANGE = "crm.change_user"
_ROLES = [
    (User.Role.OFFICER, _("Partnership officer: finds, vets and contacts people")),
    (User.Role.MANAGER, _("Manager: the same, and writes templates and says whose installation this is")),
    (User.Role.ANALYST, _("Analyst: reads everything but addresses and messages, changes nothing")),
    (User.Role.ADMINISTRATOR, _("Administrator: everything, also the team and the keys of other tools")),
]


class PasswordForm(StaffForm):
    """A password, typed twice, that Django's validators accept for `whose`."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 8 characters; not only digits, no name, nothing that others would try first."),
    )
    again = forms.CharField(
        label=_("The same password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def whose(self) -> User:
        """The account the password is for, as far as it is known: a name makes a bad password."""
        return User()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        password, again = said.get("password"), said.pop("again", None)
        if password and again and password != again:
            self.add_error("again", _("This is not the same password. Type both again."))
        elif password:
            try:
                password_validation.validate_password(password, self.whose())
            except forms.ValidationError as error:
                self.add_error("password", error)
        return said


class NewPersonForm(PasswordForm):
    first_name = forms.CharField(label=_("First name"), max_length=150)
    last_name = forms.CharField(label=_("Last name"), max_length=150)
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        help_text=_("The name to sign in with, such as “lea”."),
    )

    def whose(self) -> User:
        names = ("first_name", "last_name", "email", "username")
        return User(**{name: self.cleaned_data.get(name, "") for name in names})


class AddForm(NewPersonForm):
    role = forms.ChoiceField(label=_("Role"), choices=_ROLES, widget=forms.RadioSelect, initial=User.Role.OFFICER)
    groups = [
        (_("Who"), ["first_name", "last_name", "email"]),
        (_("What they may do"), ["role"]),
        (_("How they sign in"), ["username", "password", "again"]),
    ]


class ChangeForm(StaffForm):
    first_name = forms.CharField(label=_("First name"), max_length=150)
    last_name = forms.CharField(label=_("Last name"), max_length=150)
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=_ROLES, widget=forms.RadioSelect)
    is_active = forms.BooleanField(
        label=_("May sign in"),
        required=False,
        help_text=_("Untick it when somebody leaves: what they did stays, and their tokens stop working."),
    )
    groups = [(_("Who"), ["first_name", "last_name", "email"]), (_("What they may do"), ["role", "is_active"])]


class NewPasswordForm(PasswordForm):
    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def whose(self) -> User:
        return self.person


@admin.register(User)
class UserAdmin(PageAdmin):
    list_display = ["name", "role", "standing", "username", "last_sign_in"]
    list_title = _("Team")
    list_filter = ["is_active"]
    list_button = (_("Add a person"), "add", "crm.add_user")
    search_fields = ["first_name", "last_name", "username", "email"]
    search_help_text = _("Search by name, user name or e-mail")
    list_steps = {"add": "crm.add_user"}
    steps = {"password": _CHANGE}

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return User.objects.prefetch_related("groups").order_by("-is_active", "first_name", "last_name", "username")

    def add(self, request: HttpRequest) -> HttpResponse:
        return self.ask(
            request,
            AddForm(request.POST or None),
            save=self._add,
            title=_("Add a person"),
            submit=_("Add"),
            back=self.url("changelist"),
        )

    def _add(self, said: dict[str, Any]) -> str:
        staff.add(**said)
        return self.url("changelist")

    def show(self, request: HttpRequest, obj: User) -> HttpResponse:
        """The page of a person is their form: there is nothing to read that is not in it."""
        known = {name: getattr(obj, name) for name in ("first_name", "last_name", "email", "is_active", "role")}
        if request.method == "POST":
            self._require(request, _CHANGE)
        return self.ask(
            request,
            ChangeForm(request.POST or None, initial=known),
            save=lambda said: self._change(request, obj, said),
            title=obj.called,
            submit=_("Save"),
            template="crm/user.html",
            obj=obj,
            back=self.url("changelist"),
        )

    def _change(self, request: HttpRequest, person: User, said: dict[str, Any]) -> str:
        staff.change(user=person, **said, by=who(request))
        return self.url("changelist")

    def password(self, request: HttpRequest, obj: User) -> HttpResponse:
        return self.ask(
            request,
            NewPasswordForm(request.POST or None, person=obj),
            save=lambda said: self._set_password(request, obj, said),
            title=_("New password"),
            crumbs=[(obj.called, self.page_url(obj))],
            submit=_("Set the password"),
            lead=_("Tell it to them in person: nothing is mailed. Where they are signed in, they will have to again."),
            back=self.page_url(obj),
        )

    def _set_password(self, request: HttpRequest, person: User, said: dict[str, Any]) -> str:
        staff.set_password(user=person, **said, by=who(request))
        if person == request.user:
            update_session_auth_hash(request, person)
        return self.page_url(person)

    @admin.display(description=_("name"), ordering="first_name")
    def name(self, person: User) -> str:
        return person.called

    @admin.display(description=_("role"))
    def role(self, person: User) -> str:
        return str(person.role.label) if person.role else "—"

    @admin.display(description=_("last sign-in"), ordering="last_login")
    def last_sign_in(self, person: User) -> Any:
        return person.last_login or _("never")

    @display(description=_("State"), ordering="is_active", label={True: "success", False: ""})  # type: ignore[untyped-decorator]
    def standing(self, person: User) -> tuple[bool, str]:
        return person.is_active, str(_("may sign in") if person.is_active else _("has left"))


@admin.register(Group)
class RoleAdmin(ReadOnlyAdmin):
    """Roles are data in config/roles.py: shown here, changed there."""

    list_title = _("Roles")
    filter_horizontal = ["permissions"]
