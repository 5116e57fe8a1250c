"""How the inbox is narrowed: by where a reply lies, and by small forms that say what they hide."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.admin.base import asked_id, who
from crm.admin.fields import Choices
from crm.admin.list_filters import FormFilter, Hidden, SelectField
from crm.admin.list_pages import told
from crm.models import User
from crm.selectors.counting import counted
from crm.services import staff
from crm.words import number
from outreach import words
from outreach.models import Campaign, InboundMessage
from outreach.models.inbound import InboundQuerySet

_CHOICES = 200  # campaigns, the newest first
FIRST = "open"  # the tab that shows where none was asked for
NOBODY = "nobody"


def lying(rows: InboundQuerySet, tab: str, *, me: User) -> InboundQuerySet:
    """Those of one tab, in no order."""
    now = timezone.now()
    match tab:
        case "mine":
            return rows.to_answer(at=now).looked_after_by(me)
        case "snoozed":
            return rows.put_off(at=now)
        case "done":
            return rows.done()
        case "unmatched":
            return rows.unmatched()
        case _:
            return rows.to_answer(at=now)


def in_order(rows: InboundQuerySet, tab: str) -> InboundQuerySet:
    """By urgency; what is done by when it was, and what was put off by when it comes back."""
    ordered = rows.with_urgency()
    return ordered.order_by(*ORDERS.get(tab, ("urgency", "received_at", "pk")))


ORDERS = {"done": ("-received_at", "-pk"), "snoozed": ("snoozed_until", "pk")}


def asked_tab(asked: QueryDict) -> str:
    """The tab that an address of the list asks for."""
    tab = asked.get("desk", "")
    return tab if tab in words.TABS else FIRST


def counts(*, me: User) -> dict[str, str]:
    """How much lies in each tab, in words: of what is done, up to a cap."""
    rows = InboundMessage.objects.all()
    each = {tab: lying(rows, tab, me=me).first_of_each().values("pk") for tab in words.TABS if tab != "done"}
    waiting = rows.exclude(desk=InboundMessage.Desk.DONE).aggregate(
        **{tab: Count("pk", filter=Q(pk__in=those)) for tab, those in each.items()}
    )
    done, has_more = counted(rows.done().first_of_each())
    return {tab: number(count) for tab, count in waiting.items()} | {"done": told(done, has_more=has_more)}


class DeskFilter(admin.SimpleListFilter):
    """The tabs of the inbox, as a filter."""

    title = _("where it lies")
    parameter_name = "desk"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(words.TABS.items())

    def choices(self, changelist: Any) -> Any:
        return (choice for number, choice in enumerate(super().choices(changelist)) if number)  # one lies somewhere

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Of a conversation only the newest; whoever looks for words finds each of its letters."""
        rows = lying(queryset, self.value() or FIRST, me=who(request))
        return rows if request.GET.get("q") else rows.first_of_each()


class _Hiding(FormFilter):
    """Hides all others, and says how many."""

    others: Callable[[int], str]

    def hidden(self, rows: Any, said: dict[str, Any]) -> Hidden | None:
        shown = self.narrow(rows.order_by(), said).values("pk")
        return rows.exclude(pk__in=shown), lambda count, said: type(self).others(count) % {"number": said}


def _kinds() -> Choices:
    return [(code, str(capfirst(label))) for code, label in InboundMessage.Kind.choices]


class KindForm(forms.Form):
    kind = SelectField(label=_("What it is"), offers=_kinds)


class ReplyKindFilter(_Hiding):
    title = _("what it is")
    form_class = KindForm

    @staticmethod
    def others(count: int) -> str:
        return ngettext("%(number)s hidden: it is something else", "%(number)s hidden: they are something else", count)

    def narrow(self, rows: Any, said: dict[str, Any]) -> Any:
        kind = said["kind"]
        return rows.filter(Q(confirmed_kind=kind) | Q(confirmed_kind="", kind=kind))


class CampaignForm(forms.Form):
    campaign = SelectField(
        label=_("Campaign"),
        offers=lambda: [
            (str(pk), name)
            for pk, name in Campaign.objects.order_by("-starts_date", "-pk").values_list("pk", "name")[:_CHOICES]
        ],
    )


class CampaignFilter(_Hiding):
    title = _("campaign")
    form_class = CampaignForm

    @staticmethod
    def others(count: int) -> str:
        return ngettext("%(number)s hidden: of no or another campaign", "%(number)s hidden: of other campaigns", count)

    def narrow(self, rows: Any, said: dict[str, Any]) -> Any:
        return rows.filter(outreach__campaign=asked_id(said["campaign"]))


def _owners() -> Choices:
    colleagues = staff.colleagues().order_by("first_name", "last_name", "pk")
    return [(NOBODY, str(_("Nobody"))), *((str(one.pk), one.called) for one in colleagues)]


class OwnerForm(forms.Form):
    owner = SelectField(label=_("Looked after by"), offers=_owners)


class ReplyOwnerFilter(_Hiding):
    title = _("looked after by")
    form_class = OwnerForm

    @staticmethod
    def others(count: int) -> str:
        return ngettext("%(number)s hidden: looked after by others", "%(number)s hidden: looked after by others", count)

    def narrow(self, rows: Any, said: dict[str, Any]) -> Any:
        if said["owner"] == NOBODY:
            return rows.filter(Q(owner=None) & (Q(outreach=None) | Q(outreach__owner=None)))
        return rows.looked_after_by(User(pk=asked_id(said["owner"])))
