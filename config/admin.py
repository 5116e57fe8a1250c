"""Settings: one page that says how this installation behaves. It stands here because it speaks of all three apps."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.admin.base import PageAdmin, StaffForm
from crm.models import ApiToken, Instance, User
from crm.services import instance
from crm.words import number
from outreach.models import Mailbox, MessageTemplate
from outreach.models.outreach import SILENCE
from outreach.services.conversions import DEFAULT_WINDOW
from outreach.services.delivery import PERSON_CAP
from outreach.services.pipeline import COOLING_OFF


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


@admin.register(Instance)
class SettingsAdmin(PageAdmin):
    list_steps = {"organisation": "crm.change_instance"}

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
            habits=list(_habits()),
            team=User.objects.filter(is_active=True)
            .prefetch_related("groups")
            .order_by("first_name", "last_name", "username"),
            tokens=ApiToken.objects.filter(revoked_at=None).select_related("user").order_by("name", "pk"),
            mailboxes=Mailbox.objects.order_by("name"),
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

    def _describe(self, said: dict[str, Any]) -> str:
        instance.describe(**said)
        return self.url("changelist")


def _habits() -> Iterator[str]:
    """What the services hold to, in sentences; every number is the one they use."""
    days, hours = COOLING_OFF.days, int(PERSON_CAP.total_seconds() // 3600)
    yield ngettext(
        "We ask nobody twice within %(days)s day, whatever the campaign.",
        "We ask nobody twice within %(days)s days, whatever the campaign.",
        days,
    ) % {"days": number(days)}
    yield ngettext(
        "Nobody gets two messages within %(hours)s hour.", "Nobody gets two messages within %(hours)s hours.", hours
    ) % {"hours": number(hours)}
    yield ngettext(
        "At most %(count)s message leaves in 24 hours; the others wait.",
        "At most %(count)s messages leave in 24 hours; the others wait.",
        settings.SENDER_CAP,
    ) % {"count": number(settings.SENDER_CAP)}
    yield _("Nothing is sent that no person approved, and to nobody who was not cleared at vetting for the cause.")
    yield _("Every first message says who writes, where we have the address from, and how to stop it.")
    yield _("Whoever says no is never written to again, not even after their profile was erased.")
    yield ngettext(
        "After %(days)s day without an answer a conversation closes; whoever answers later is heard all the same.",
        "After %(days)s days without an answer a conversation closes; whoever answers later is heard all the same.",
        SILENCE.days,
    ) % {"days": number(SILENCE.days)}
    yield ngettext(
        "An action counts for whoever brought it up to %(days)s day after the click.",
        "An action counts for whoever brought it up to %(days)s days after the click.",
        DEFAULT_WINDOW.days,
    ) % {"days": number(DEFAULT_WINDOW.days)}
    yield _("A file brought through the pages may have up to %(megabytes)s MB; nothing of it is stored unseen.") % {
        "megabytes": number(settings.UPLOAD_MAX_BYTES // 1024**2)
    }


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
