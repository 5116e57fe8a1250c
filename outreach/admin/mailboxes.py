"""Mailboxes that answers come to: how each is reached, whether it is read, and what to do where it cannot be."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from crm.admin.base import PageAdmin, StaffForm
from crm.errors import DomainError
from crm.templatetags.causeway import ago
from crm.words import say
from outreach import words
from outreach.admin.mail_doors import MailDoors
from outreach.models import Mailbox
from outreach.services import mailboxes
from outreach.services.mailboxes import Said

_ADD, _CHANGE, _REMOVE = "outreach.add_mailbox", "outreach.change_mailbox", "outreach.delete_mailbox"
_STATES = {"good": "success", "bad": "danger", "waiting": "info", "paused": ""}


def _secret(label: Any, help_text: Any = "") -> forms.CharField:
    """Typed, kept as it is, and never shown again."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=4000,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class MailboxForm(StaffForm):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("As the team calls it: “Partnerships”.")
    )
    since_date = forms.DateField(
        label=gettext_lazy("Read letters from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Older letters are left alone."),
    )
    host = forms.CharField(
        label=gettext_lazy("Server"), max_length=253, help_text=gettext_lazy("Such as imap.example.org.")
    )
    security = forms.ChoiceField(label=gettext_lazy("Encryption"), choices=Mailbox.Security.choices)
    port = forms.IntegerField(
        label=gettext_lazy("Port"),
        min_value=1,
        max_value=65535,
        initial=993,
        help_text=gettext_lazy("993 for TLS, 143 for STARTTLS."),
    )
    folder = forms.CharField(label=gettext_lazy("Folder"), max_length=255, initial="INBOX")
    user = forms.CharField(
        label=gettext_lazy("User name"), max_length=254, help_text=gettext_lazy("Often the whole e-mail address.")
    )
    auth = forms.ChoiceField(label=gettext_lazy("Signs in with"), choices=Mailbox.Auth.choices)
    secret = _secret(gettext_lazy("Password or refresh token"))
    token_url = forms.CharField(
        label=gettext_lazy("Token address"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Where the provider gives out access tokens: https://…"),
    )
    client_id = forms.CharField(label=gettext_lazy("Client id"), max_length=300, required=False)
    client_secret = _secret(
        gettext_lazy("Client secret"), gettext_lazy("Where the provider gave one. Typed together with the token.")
    )
    groups = (
        ("", ("name", "since_date")),
        (gettext_lazy("Server"), ("host", "security", "port", "folder")),
        (gettext_lazy("Signing in"), ("user", "auth", "secret")),
        (gettext_lazy("With OAuth 2 only"), ("token_url", "client_id", "client_secret")),
    )
    is_paired = True

    def __init__(self, *args: Any, is_known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = _("Leave empty to keep the one that is known.")
        self.fields["secret"].help_text = kept if is_known else _("Kept sealed, and never shown again.")

    def clean_host(self) -> str:
        return str(self.cleaned_data["host"]).lower()


@admin.register(Mailbox)
class MailboxAdmin(MailDoors, PageAdmin):
    list_display = ["name", "server", "state", "read_at", "letters_at"]
    list_button = (gettext_lazy("Add a mailbox"), "add", _ADD)
    list_links = [(gettext_lazy("By a mail service"), "services", _CHANGE)]
    list_title = gettext_lazy("Mailboxes")
    empty_words = gettext_lazy(
        "Name the mailbox that answers come to, and Causeway reads it every minute: whoever answered gets no reminder, "
        "and their letter stands in the conversation. Nothing in the mailbox is changed."
    )
    ordering = ["name"]
    page_template = "outreach/mailbox.html"
    list_steps = {**MailDoors.list_steps, "add": _ADD}
    steps = {"edit": _CHANGE, "test": _CHANGE, "activate": _CHANGE, "pause": _CHANGE, "remove": _REMOVE}

    @admin.display(description=gettext_lazy("server"), ordering="host")
    def server(self, mailbox: Mailbox) -> str:
        return f"{mailbox.host} · {mailbox.folder}"

    @display(description=gettext_lazy("State"), label=_STATES)  # type: ignore[untyped-decorator]
    def state(self, mailbox: Mailbox) -> tuple[str, str]:
        return _state(mailbox)

    @admin.display(description=gettext_lazy("last read"), ordering="polled_at")
    def read_at(self, mailbox: Mailbox) -> Any:
        return ago(mailbox.polled_at) if mailbox.polled_at else _("never")

    @admin.display(description=gettext_lazy("last letters"), ordering="new_at")
    def letters_at(self, mailbox: Mailbox) -> Any:
        return ago(mailbox.new_at) if mailbox.new_at else "—"

    def page(self, request: HttpRequest, obj: Mailbox) -> dict[str, Any]:
        return {
            "title": obj.name,
            "state": _state(obj),
            "trouble": words.mailbox_trouble(obj),
            "letters": words.letters_new(obj.new_count if obj.new_at == obj.polled_at else 0),
            "may_change": request.user.has_perm(_CHANGE) and not obj.is_of_settings,
            "may_test": request.user.has_perm(_CHANGE),
            "may_remove": request.user.has_perm(_REMOVE) and not obj.is_of_settings,
        }

    def add(self, request: HttpRequest) -> HttpResponse:
        form = MailboxForm(request.POST or None, initial={"since_date": timezone.localdate()})
        return self._ask(request, form, None, title=_("Add a mailbox"), back=self.url("changelist"))

    def edit(self, request: HttpRequest, obj: Mailbox) -> HttpResponse:
        known = {name: getattr(obj, name) for name in MailboxForm.base_fields if not name.endswith("secret")}
        form = MailboxForm(request.POST or None, initial=known, is_known=True)
        crumbs = [(obj.name, self.page_url(obj))]
        return self._ask(request, form, obj, title=_("Change the mailbox"), crumbs=crumbs, back=self.page_url(obj))

    def _ask(self, request: HttpRequest, form: MailboxForm, obj: Mailbox | None, **context: Any) -> HttpResponse:
        def save(said: dict[str, Any]) -> str:
            kept = mailboxes.save(said=Said(**said), at=timezone.now(), mailbox=obj)
            messages.success(request, _("The mailbox is stored. Test it to see whether Causeway is let in."))
            return self.page_url(kept)

        return self.ask(request, form, save=save, submit=_("Save the mailbox"), **context)

    def test(self, request: HttpRequest, obj: Mailbox) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            found = mailboxes.test(mailbox=obj, at=timezone.now())
        except DomainError as error:
            messages.error(request, say(error))
        else:
            messages.success(request, words.letters_there(found))
        return redirect(self.page_url(obj))

    def activate(self, request: HttpRequest, obj: Mailbox) -> HttpResponse:
        return self._turn(request, obj, is_active=True, done=_("The mailbox is read from now on."))

    def pause(self, request: HttpRequest, obj: Mailbox) -> HttpResponse:
        return self._turn(request, obj, is_active=False, done=_("The mailbox is not read any more."))

    def _turn(self, request: HttpRequest, obj: Mailbox, *, is_active: bool, done: str) -> HttpResponse:
        return self.act(
            request,
            lambda: mailboxes.activate(mailbox=obj, is_active=is_active),
            done=done,
            back=self.page_url(obj),
        )

    def remove(self, request: HttpRequest, obj: Mailbox) -> HttpResponse:
        if request.method == "POST":
            return self.act(
                request,
                lambda: mailboxes.remove(mailbox=obj),
                done=_("The mailbox was removed from Causeway."),
                back=self.url("changelist"),
            )
        return self.render(
            request,
            "crm/confirm.html",
            title=_("Remove this mailbox?"),
            crumbs=[(obj.name, self.page_url(obj))],
            question=_(
                "Causeway forgets how to get in and reads it no more. "
                "The letters that it read stay in their conversations; the mailbox itself is not touched."
            ),
            submit=_("Remove"),
            kind="danger",
            back=self.page_url(obj),
        )


def _state(mailbox: Mailbox) -> tuple[str, str]:
    if not mailbox.is_active:
        return "paused", _("not read")
    if mailbox.error:
        return "bad", _("cannot be read")
    return ("good", _("is read")) if mailbox.polled_at else ("waiting", _("about to be read"))
