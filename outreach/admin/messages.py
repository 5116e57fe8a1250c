"""The outbox: what will go out, what did, what was held, and why; and one page per message to read, change, approve."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Case, Count, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from crm.admin.base import PageAdmin, who
from crm.errors import DomainError
from crm.tasks import ring
from crm.templatetags.causeway import ago
from crm.words import say
from outreach import words
from outreach.admin import trying
from outreach.admin.outbox import KINDS, LABELS, WAITING, DraftForm, KindFilter, RemarkForm
from outreach.models import Message
from outreach.rendering import Draft
from outreach.services import (
    approval,
    delivery,
    enrolments,
    fatigue,
    followups,
    habits,
    limits,
    notices,
    settling,
    timing,
)
from outreach.services import messages as service
from outreach.services.personal import Reader
from outreach.tasks import sweep_outbox

_CHANGE, _APPROVE = "outreach.change_message", "outreach.approve_message"
_STATE = Message.State


@admin.register(Message)
class MessageAdmin(PageAdmin):
    list_display = ["subject", "person", "shown_state", "why", "when"]
    list_select_related = ["outreach__influencer", "outreach__campaign", "user"]
    list_filter_submit = True
    list_filter = [KindFilter, "purpose", "channel", ("outreach__campaign", AutocompleteSelectFilter)]
    list_title = gettext_lazy("Outbox")
    search_fields = ["subject", "outreach__influencer__name"]
    search_help_text = gettext_lazy("Search by subject or person")
    list_before_template = "outreach/outbox.html"
    list_links = [
        (gettext_lazy("Templates"), "admin:outreach_messagetemplate_changelist", "outreach.view_messagetemplate"),
        (gettext_lazy("Who said no"), "admin:crm_suppression_changelist", "crm.view_suppression"),
    ]
    empty_words = gettext_lazy(
        "Every message stands here: what will go out, what did, what was held back, and why. "
        "Write the first one from a conversation of a campaign."
    )
    page_template = "outreach/message.html"
    steps = {
        **dict.fromkeys(["save", "submit", "cancel", "sent", "settle"], _CHANGE),
        "approve": _APPROVE,
        "send_back": approval.MAY_APPROVE_FIRST,
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return (
            Message.objects.seen_by(who(request))
            .select_related(
                "outreach__influencer",
                "outreach__campaign__cause",
                "address",
                "account",
                "approved_by",
                "submitted_by",
                "user",
            )
            .defer("raw")
        )

    def get_ordering(self, request: HttpRequest) -> Any:
        return [Case(When(state=_STATE.UNCERTAIN, then=Value(0)), default=Value(1)), "-pk"]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        counts = Message.objects.seen_by(who(request)).aggregate(
            **{name: Count("pk", filter=which) for name, _title, which, _colour in KINDS}
        )
        bar = [
            {"name": name, "title": title, "number": counts[name], "colour": colour}
            for name, title, _which, colour in KINDS
        ]
        more = {"outbox": [part for part in bar if part["number"]], "outbox_total": sum(counts.values())}
        return super().changelist_view(request, more | (extra_context or {}))

    @admin.display(description=gettext_lazy("to"), ordering="outreach__influencer__sort_name")
    def person(self, message: Message) -> str:
        if message.user:
            return message.user.called
        return str(message.outreach.influencer) if message.outreach and message.outreach.influencer else "—"

    @display(description=gettext_lazy("state"), ordering="state", label=LABELS)  # type: ignore[untyped-decorator]
    def shown_state(self, message: Message) -> tuple[str, str]:
        kind = "captured" if message.was_captured else message.state
        return "by_hand" if _is_task(message) else kind, words.state_of(message)

    @admin.display(description=gettext_lazy("why"))
    def why(self, message: Message) -> str:
        return words.message_reason(message.reason)

    @admin.display(description=gettext_lazy("when"), ordering="created_at")
    def when(self, message: Message) -> str:
        is_waiting = message.state in WAITING and message.channel == Message.Channel.EMAIL
        return ago(message.finished_at or (message.due_at if is_waiting else None) or message.created_at)

    # One message -----------------------------------------------------------------------------------------------------

    def page(self, request: HttpRequest, obj: Message) -> dict[str, Any]:
        is_draft = obj.state == _STATE.DRAFT
        objection = delivery.objection(message=obj, at=timezone.now()) if _may_still_go(obj) else ""
        problem, preview = self._preview(obj)
        outreach = obj.outreach
        return {
            "title": obj.subject,
            "form": DraftForm(initial={"subject": obj.subject, "body": obj.body})
            if (is_draft or _is_to_follow(obj)) and request.user.has_perm(_CHANGE)
            else None,
            "version": words.version(obj.language, obj.register),
            "remarks": [
                words.remark(one["code"], wanted=one["wanted"], of_language=obj.language, of_register=obj.register)
                for one in obj.fallback
            ],
            "holes": trying.inserted(obj.inserted, f"{obj.subject}\n{obj.body}", request.user.has_perm),
            "reason": words.message_reason(obj.reason),
            "objection": objection,
            "objection_words": words.message_reason(objection),
            "answering_hour": _answering_hour(obj),
            "problem": problem,
            "is_for_a_manager": is_draft and approval.is_for_a_manager(obj, outreach),
            "may_approve": request.user.has_perm(_APPROVE) and approval.may_approve(obj, who(request)),
            "waive": self._waive(request, obj, objection),
            "text": preview[0],
            "html": preview[1],
            "makes_a_link": notices.LINK in obj.text,
            "is_by_hand": obj.channel == Message.Channel.MANUAL,
            "will_be_captured": not settings.EMAIL_URL,
            "profile": _profile(obj, self.page_url(obj)),
            "is_on_its_way": _is_on_its_way(obj, at=timezone.now()),
            "is_over": obj.state == _STATE.SENT or obj.state in Message.NEVER_SENT,
            "may_cancel": obj.state in {_STATE.DRAFT, _STATE.PLANNED, _STATE.CLAIMED},
            "may_write_again": outreach and outreach.influencer and obj.state in Message.NEVER_SENT,
            "crumbs": [(str(outreach.influencer), reverse("admin:outreach_outreach_change", args=[outreach.pk]))]
            if outreach and outreach.influencer
            else [],
        }

    def _waive(self, request: HttpRequest, obj: Message, objection: str) -> str:
        """Where a manager lets them be asked all the same, and the way back here; blank where nothing asks for that."""
        if objection not in {"cooling_off", "asked_enough"} or not request.user.has_perm(fatigue.MAY_WAIVE):
            return ""
        back = urlencode({"next": self.page_url(obj)})
        return f"{reverse('admin:outreach_outreach_waive', args=[obj.outreach_id])}?{back}"

    def _preview(self, obj: Message) -> tuple[str, tuple[str, str]]:
        """What is missing for it to go out, in words; and exactly what goes out or went, as text and as HTML."""
        if obj.state != _STATE.DRAFT:
            return "", (obj.text or obj.body, obj.html)
        if obj.channel == Message.Channel.MANUAL:
            return "", (obj.body, "")
        try:
            rendered = service.render(obj)
        except DomainError as error:
            return say(error), (obj.body, "")
        return "", (rendered.text, rendered.html)

    def save(self, request: HttpRequest, obj: Message) -> HttpResponse:
        def keep(said: dict[str, Any]) -> str:
            if _is_to_follow(obj):
                followups.rewrite(message=obj, **said, by=who(request), at=timezone.now())
            else:
                service.edit(message=obj, **said)
            messages.success(request, _("Saved."))
            return self.page_url(obj)

        return self._ask_draft(request, obj, keep)

    def approve(self, request: HttpRequest, obj: Message) -> HttpResponse:
        def let_go(said: dict[str, Any]) -> str:
            by = who(request)
            now = timezone.now()
            approved = service.approve(message=obj, by=by, at=now, edited=Draft(**said))
            ring(sweep_outbox)
            messages.success(request, _approved(approved, at=now))
            return self.page_url(obj)

        return self._ask_draft(request, obj, let_go)

    def submit(self, request: HttpRequest, obj: Message) -> HttpResponse:
        def put(said: dict[str, Any]) -> str:
            service.submit(message=obj, by=who(request), at=timezone.now(), edited=Draft(**said))
            messages.success(request, _("It lies before the managers: one of them approves it or sends it back."))
            return self.page_url(obj)

        return self._ask_draft(request, obj, put)

    def send_back(self, request: HttpRequest, obj: Message) -> HttpResponse:
        def back(said: dict[str, Any]) -> str:
            service.send_back(message=obj, **said, by=who(request), at=timezone.now())
            messages.success(request, _("Sent back. Whoever wrote it reads your remark."))
            return self.page_url(obj)

        return self.ask(
            request,
            RemarkForm(request.POST or None),
            save=back,
            title=_("Send it back"),
            submit=_("Send it back"),
            crumbs=[(obj.subject, self.page_url(obj))],
            back=self.page_url(obj),
        )

    def _ask_draft(self, request: HttpRequest, obj: Message, save: Any) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        context = self.page(request, obj)
        title, _form = context.pop("title"), context.pop("form")
        form = DraftForm(request.POST)
        return self.ask(
            request, form, save=save, title=title, submit="", template=self.page_template, obj=obj, **context
        )

    def cancel(self, request: HttpRequest, obj: Message) -> HttpResponse:
        return self.act(
            request,
            lambda: service.cancel(message=obj, at=timezone.now()),
            done=_("Taken back. It does not go out."),
            back=self.page_url(obj),
        )

    def sent(self, request: HttpRequest, obj: Message) -> HttpResponse:
        return self.act(
            request,
            lambda: delivery.confirm_by_hand(message=obj, by=who(request), at=timezone.now()),
            done=_("Noted as sent."),
            back=self.page_url(obj),
        )

    def settle(self, request: HttpRequest, obj: Message) -> HttpResponse:
        answer = request.POST.get("arrived")
        if request.method == "POST" and answer not in {"yes", "no"}:  # no answer is none, least of all "no"
            return redirect(self.page_url(obj))
        has_arrived = answer == "yes"
        return self.act(
            request,
            lambda: settling.settle(message=obj, has_arrived=has_arrived, by=who(request), at=timezone.now()),
            done=_("Noted: it arrived.") if has_arrived else _("Noted: it did not arrive. Nothing was sent again."),
            back=self.page_url(obj),
        )


def _answering_hour(message: Message) -> str:
    """Of whoever will read it, as long as it has not gone; blank where nothing stands out."""
    if message.state not in {_STATE.DRAFT, _STATE.PLANNED} or message.outreach is None:
        return ""
    if message.outreach.influencer is None:
        return ""
    reader = Reader.at(message.address, message.outreach.influencer).who
    calendar = timing.calendar_of(reader, limits=limits.current())
    return words.answering_hour(habits.suggestion(reader, calendar=calendar, at=timezone.now()))


def _may_still_go(message: Message) -> bool:
    return message.state == _STATE.DRAFT or _is_task(message)


def _is_on_its_way(message: Message, *, at: datetime) -> bool:
    """Approved and due, so that any moment now something becomes of it."""
    is_due = message.state != _STATE.PLANNED or (message.due_at is not None and message.due_at <= at)
    return message.state in WAITING and message.channel == Message.Channel.EMAIL and is_due


def _approved(message: Message, *, at: datetime) -> str:
    if message.channel == Message.Channel.MANUAL:
        return _("Approved. Copy the text and send it.")
    if message.due_at and message.due_at > at:
        when = formats.date_format(timezone.localtime(message.due_at), "DATETIME_FORMAT")
        return _("Approved. It leaves when their day allows it: %(when)s by your clock.") % {"when": when}
    return _("Approved. It is on its way.") if settings.EMAIL_URL else _("Approved. It is being captured.")


def _is_to_follow(message: Message) -> bool:
    """A follow-up that waits for its time: until then staff may change it."""
    return message.state == _STATE.PLANNED and enrolments.is_follow_up(message)


def _is_task(message: Message) -> bool:
    """Approved, and for a person to send."""
    return message.state == _STATE.PLANNED and message.channel == Message.Channel.MANUAL


def _profile(message: Message, back: str) -> str:
    """The person's page, on which the vetting for this cause is answered, and the way back."""
    outreach = message.outreach
    if outreach is None or outreach.influencer is None:
        return ""
    given = urlencode({"cause": str(outreach.campaign.cause_id), "next": back})
    return f"{reverse('admin:crm_influencer_change', args=[outreach.influencer.pk])}?{given}"
