"""Settings: one page that says how this installation behaves. It stands here because it speaks of all three apps."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from config.habits import habits
from crm.admin.base import PageAdmin, StaffForm
from crm.models import ApiToken, Instance, User
from crm.services import instance
from crm.tasks import ring
from crm.words import number
from outreach.admin.limits import LimitsForm, leave_today
from outreach.models import Mailbox, Message, MessageTemplate, Source
from outreach.services import limits
from outreach.tasks import sweep_outbox


class OrganisationForm(StaffForm):
    organisation = forms.CharField(
        label=gettext_lazy("Organisation"), max_length=200, help_text=gettext_lazy("The name that signs messages.")
    )
    postal_address = forms.CharField(
        label=gettext_lazy("Postal address"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Stands under every first message: who writes says where they are."),
    )


_LIMIT = "outreach.change_limits"


@admin.register(Instance)
class SettingsAdmin(PageAdmin):
    list_steps = {"organisation": "crm.change_instance"} | dict.fromkeys(["limits", "pause", "resume"], _LIMIT)

    def render(self, request: HttpRequest, template: str, *, title: Any, **context: Any) -> HttpResponse:
        """There is one installation: its page is the list, so no way leads back from it."""
        page: Any = super().render(request, template, title=title, **context)
        if template == "config/settings.html":
            page.context_data |= {"crumbs": [], "opts": None}
        else:
            page.context_data["crumbs"] = [(_("Settings"), self.url("changelist"))]
        return page  # type: ignore[no-any-return]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        self._require(request, "crm.view_instance")
        return self.render(
            request,
            "config/settings.html",
            title=_("Settings"),
            organisation=instance.organisation(),
            postal_address=instance.postal_address(),
            habits=list(habits(rules := limits.current(), today=leave_today(rules))),
            is_paused=rules.is_paused,
            team=User.objects.filter(is_active=True)
            .prefetch_related("groups")
            .order_by("first_name", "last_name", "username"),
            tokens=ApiToken.objects.filter(revoked_at=None).select_related("user").order_by("name", "pk"),
            mailboxes=Mailbox.objects.order_by("name"),
            sources=Source.objects.order_by("name"),
            templates=MessageTemplate.objects.count(),
            mail=_mail(),
        )

    def show(self, request: HttpRequest, obj: Instance) -> HttpResponse:
        return self.changelist_view(request)

    def organisation(self, request: HttpRequest) -> HttpResponse:
        known = {"organisation": instance.organisation(), "postal_address": instance.postal_address()}
        return self.ask(
            request,
            OrganisationForm(request.POST or None, initial=known),
            save=self._describe,
            title=_("Organisation"),
            submit=_("Save"),
            back=self.url("changelist"),
        )

    def limits(self, request: HttpRequest) -> HttpResponse:
        """How we behave towards those we write to."""
        return self.ask(
            request,
            LimitsForm(request.POST or None, initial=LimitsForm.known(limits.current())),
            save=self._limit,
            title=_("How we behave"),
            submit=_("Save"),
            lead=_("It holds at once, for what waits already too."),
            back=self.url("changelist"),
        )

    def _limit(self, said: dict[str, Any]) -> str:
        limits.change(**said)
        return self.url("changelist")

    def pause(self, request: HttpRequest) -> HttpResponse:
        """After one question, nothing by which anybody is asked leaves any more."""
        if request.method == "POST":
            done = _("Paused. Nothing by which anybody is asked leaves any more.")
            return self.act(request, lambda: limits.change(is_paused=True), done=done, back=self.url("changelist"))
        waiting = Message.objects.asking().yet_to_go().count()
        question = ngettext(
            "%(number)s approved message waits until you go on. What answers somebody still leaves.",
            "%(number)s approved messages wait until you go on. What answers somebody still leaves.",
            waiting,
        )
        return self.render(
            request,
            "crm/confirm.html",
            title=_("Pause everything?"),
            question=question % {"number": number(waiting)},
            submit=_("Pause everything"),
            kind="danger",
            back=self.url("changelist"),
        )

    def resume(self, request: HttpRequest) -> HttpResponse:
        def go_on() -> None:
            limits.change(is_paused=False)
            ring(sweep_outbox)

        done = _("Messages leave again, within their hours and caps.")
        return self.act(request, go_on, done=done, back=self.url("changelist"))

    def _describe(self, said: dict[str, Any]) -> str:
        instance.describe(**said)
        return self.url("changelist")


def _mail() -> dict[str, Any]:
    """Where messages go, without the password."""
    try:
        parts = urlsplit(settings.EMAIL_URL)
        server = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or ""
    except ValueError:
        server = ""
    return {
        "is_captured": not settings.EMAIL_URL,
        "server": server,
        "is_encrypted": not settings.EMAIL_URL.startswith("smtp:"),
        "is_stand_in": settings.SENDER_ADDRESS.endswith(".example"),
        "sender": f"{settings.SENDER_NAME} <{settings.SENDER_ADDRESS}>",
    }
