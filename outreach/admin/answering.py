"""The page of one reply, and what one does about it there: say what it is, whose it is, answer, put off, be done."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import redirect
from django.utils import formats, timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import words as crm_words
from crm.admin.base import PageAdmin, StaffForm, asked_id, safe_next, who
from crm.models import User
from crm.services import staff
from crm.tasks import ring
from outreach import words
from outreach.admin import inbox_filters as filters
from outreach.admin import threads
from outreach.admin.letters import enclosed
from outreach.models import InboundMessage, Outreach
from outreach.rendering import MAX_SUBJECT, MAX_TEXT
from outreach.services import replies
from outreach.tasks import sweep_outbox

_CHANGE, _WRITE = "outreach.change_inboundmessage", "outreach.add_message"
_KEPT = "_changelist_filters"  # as Django hands on how the list was narrowed
_MORNING = time(9)
_KIND = InboundMessage.Kind

# What a person may say it is, in the order of their keys; what only machines write is offered where one wrote it.
CHOICES = (
    *(_KIND.INTERESTED, _KIND.QUESTION, _KIND.FEE, _KIND.LATER, _KIND.MANAGER),
    *(_KIND.DECLINES, _KIND.UNSUBSCRIBE, _KIND.OUT_OF_OFFICE, _KIND.OTHER),
)
DATED = (_KIND.LATER, _KIND.OUT_OF_OFFICE)
MACHINES = (_KIND.BOUNCE_HARD, _KIND.BOUNCE_SOFT, _KIND.AUTOMATIC)  # nobody reads an answer to these


class ConfirmForm(forms.Form):
    kind = forms.ChoiceField(choices=_KIND.choices)
    until = forms.DateField(required=False)
    contact = forms.EmailField(required=False, max_length=320)


class BackForm(StaffForm):
    """An answer to them."""

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=MAX_SUBJECT)
    body = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 10, "data-key": "r"}),
        strip=False,
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Written in"), help_text=gettext_lazy("What stands below it, such as how to say no, too.")
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = dict.fromkeys([language, *(code for code, _name in settings.LANGUAGES)])
        field: Any = self.fields["language"]
        field.choices = [(code, crm_words.language(code)) for code in codes]
        field.initial = language


class Answering(PageAdmin):
    """The page of one reply, and these steps of the inbox."""

    page_template = "outreach/reply.html"
    steps = {
        **dict.fromkeys(["confirm", "link", "assign", "snooze", "done", "reopen", "scope"], _CHANGE),
        "answer": _WRITE,
    }

    def page(self, request: HttpRequest, obj: InboundMessage) -> dict[str, Any]:
        now = timezone.now()
        turns = threads.conversation(obj, may_read_ours=request.user.has_perm("outreach.view_message"))
        before, after = threads.queue(self._tab(request), obj)
        kept = _kept(request)
        return {
            "title": words.writer(obj),
            "turns": [(turn, enclosed(turn.theirs) if turn.theirs else []) for turn in turns],
            "seen": max((turn.theirs.pk for turn in turns if turn.theirs), default=obj.pk),
            **threads.face(obj, at=now),
            "may_change": request.user.has_perm(_CHANGE),
            "badge": words.reply_badge(obj),
            "told_by": words.reply_told_by(obj),
            "choices": _choices(obj),
            "is_dated": obj.what in DATED,
            "is_machine": obj.what in MACHINES,
            "candidates": self._candidates(request, obj),
            "asked": request.GET.get("who", ""),
            "form": self._form(request, obj, turns),
            "owner": words.owner_of(obj),
            "colleagues": staff.colleagues().order_by("first_name", "last_name", "pk"),
            "times": _times(now),
            "tomorrow": (timezone.localdate(now) + timedelta(days=1)).isoformat(),
            "is_put_off": obj.desk == InboundMessage.Desk.SNOOZED and obj.snoozed_until and obj.snoozed_until > now,
            "back_at": words.back_at(obj) if obj.snoozed_until else "",
            "before": self.url("change", before) + kept if before else "",
            "after": self.url("change", after) + kept if after else "",
            "inbox": self._list(request),
            "kept": kept,
            "narrowed": request.GET.get(_KEPT, ""),
        }

    def _candidates(self, request: HttpRequest, obj: InboundMessage) -> list[threads.Candidate]:
        if obj.outreach_id or not request.user.has_perm(_CHANGE):
            return []
        return threads.candidates(obj, called=request.GET.get("who", "").replace("\0", "").strip())

    def _form(self, request: HttpRequest, obj: InboundMessage, turns: list[threads.Turn]) -> BackForm | None:
        """None where nobody is there to answer, a machine wrote, or this reader may not."""
        if obj.outreach is None or obj.outreach.influencer is None or not request.user.has_perm(_WRITE):
            return None
        if obj.what in MACHINES:
            return None
        said = request.POST if request.method == "POST" else None
        return BackForm(said, initial={"subject": _re(obj.subject)}, language=threads.language_of(obj, turns))

    # What is done about it --------------------------------------------------------------------------------------------

    def confirm(self, request: HttpRequest, obj: InboundMessage) -> HttpResponse:
        """What it is, as a person says; with the day or the address that belongs to it."""
        form = ConfirmForm(request.POST)
        if request.method == "POST" and not form.is_valid():
            messages.error(request, str(next(iter(form.errors.values()))[0]))
            return self._back(request, obj)
        said = form.cleaned_data if form.is_bound and form.is_valid() else {}

        def keep() -> None:
            kind = said["kind"]
            replies.confirm(
                inbound=obj,
                kind=kind,
                until=said["until"] if kind in DATED else None,
                contact=said["contact"] if kind == _KIND.MANAGER else "",
                by=who(request),
                at=timezone.now(),
            )

        done = _("Noted: %(kind)s.") % {"kind": words.reply_kind(said.get("kind", ""))}
        return self.act(request, keep, done=done, back=self.page_url(obj) + _kept(request))

    def link(self, request: HttpRequest, obj: InboundMessage) -> HttpResponse:
        """`outreach`: the id of the conversation it belongs to."""
        found = Outreach.objects.filter(pk=asked_id(request.POST.get("outreach", ""))).first()
        if request.method == "POST" and found is None:
            messages.error(request, _("Choose the conversation it belongs to."))
            return self._back(request, obj)
        return self._do(request, obj, replies.link, done=_("It belongs to this conversation now."), outreach=found)

    def assign(self, request: HttpRequest, obj: InboundMessage) -> HttpResponse:
        """`owner`: the id of who sees to it from now on; blank: nobody; "me"."""
        said = request.POST.get("owner", "")
        owner = who(request) if said == "me" else User.objects.filter(pk=asked_id(said)).first()
        if said and owner is None:
            messages.error(request, _("Choose one of the team."))
            return self._back(request, obj)
        done = _("%(name)s sees to it.") % {"name": owner.called} if owner else _("Nobody sees to it for now.")
        return self._do(request, obj, replies.assign, done=done, owner=owner)

    def snooze(self, request: HttpRequest, obj: InboundMessage) -> HttpResponse:
        """`until`: one of the times that the page offers, or "date" for nine in the morning of `date`."""
        now = timezone.now()
        until = _until(request.POST.get("until", ""), request.POST.get("date", ""), at=now)
        if request.method == "POST" and (until is None or until <= now):
            messages.error(request, _("Choose a day that is still to come."))
            return self._back(request, obj)
        day = formats.date_format(timezone.localtime(until), "DATETIME_FORMAT") if until else ""
        done = _("Snoozed: back on %(day)s.") % {"day": day}
        return self._do(request, obj, replies.snooze, done=done, is_left=True, until=until)

    def done(self, request: HttpRequest, obj: InboundMessage) -> HttpResponse:
        said = _("Done: %(name)s.") % {"name": words.writer(obj)}
        return self._do(request, obj, replies.done, done=said, is_left=True)

    def reopen(self, request: HttpRequest, obj: InboundMessage) -> HttpResponse:
        return self._do(request, obj, replies.reopen, done=_("It is to be answered again."))

    def scope(self, request: HttpRequest, obj: InboundMessage) -> HttpResponse:
        """`everybody`: whether the "no" of an agent is meant for everybody they speak for."""
        said = request.POST.get("everybody")
        if request.method == "POST" and said not in {"yes", "no"}:
            return self._back(request, obj)
        done = _("Noted whom their “no” is meant for.")
        return self._do(request, obj, replies.scope_of_no, done=done, everybody=said == "yes")

    def answer(self, request: HttpRequest, obj: InboundMessage) -> HttpResponse:
        """An answer of ours. It goes through the gate like every message."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        context = self.page(request, obj)
        title, form = context.pop("title"), context.pop("form")
        if form is None:
            messages.error(request, _("Nobody can be answered here."))
            return self._back(request, obj)

        def send(said: dict[str, Any]) -> str:
            at, by = timezone.now(), who(request)
            with transaction.atomic():
                replies.answer(inbound=obj, **said, by=by, at=at)
                for other in _lying_with(request, obj, at=at):
                    replies.done(inbound=other, by=by, at=at)
            ring(sweep_outbox)
            messages.success(request, _("Your answer is waiting to be sent."))
            return self.page_url(obj) + _kept(request)

        return self.ask(
            request, form, save=send, title=title, submit="", template=self.page_template, obj=obj, **context
        )

    # Where one goes on ------------------------------------------------------------------------------------------------

    def _do(
        self,
        request: HttpRequest,
        obj: InboundMessage,
        service: Callable[..., object],
        *,
        done: str,
        is_left: bool = False,
        **said: Any,
    ) -> HttpResponse:
        """Call the service; `is_left`: it lies elsewhere then, and one goes on with the next."""
        _before, after = threads.queue(self._tab(request), obj) if is_left else (None, None)
        here = self.page_url(obj) + _kept(request)
        on = (self.url("change", after) + _kept(request) if after else self._list(request)) if is_left else here

        @transaction.atomic
        def do() -> None:
            at, by = timezone.now(), who(request)
            for one in [obj, *(_lying_with(request, obj, at=at) if is_left else [])]:
                service(inbound=one, **said, by=by, at=at)

        return self.act(request, do, done=done, back=safe_next(request, on))

    def _back(self, request: HttpRequest, obj: InboundMessage) -> HttpResponse:
        """To where one came from, after a POST that said nothing one could do."""
        return redirect(safe_next(request, self.page_url(obj) + _kept(request)))

    def _tab(self, request: HttpRequest) -> Any:
        """The tab that one came from, in its order."""
        tab = filters.asked_tab(QueryDict(request.GET.get(_KEPT, "")))
        rows = filters.lying(InboundMessage.objects.all(), tab, me=who(request)).first_of_each()
        return filters.in_order(rows, tab)

    def _list(self, request: HttpRequest) -> str:
        return f"{self.url('changelist')}?{request.GET.get(_KEPT, '')}".removesuffix("?")


def _lying_with(request: HttpRequest, reply: InboundMessage, *, at: datetime) -> list[InboundMessage]:
    """What else they wrote in this conversation that is still to be answered: it is done with, or put off, together.

    Not what came after the page was shown, of which `seen` is the newest letter: nobody has read that. Nor an agent's
    "no" of which nobody said yet whom it is for: until then it holds back everybody they speak for.
    """
    if reply.outreach is None:
        return []
    seen = asked_id(request.POST.get("seen", "")) or reply.pk
    others = reply.outreach.inbound_messages.to_answer(at=at).filter(pk__lte=seen).exclude(pk=reply.pk)
    return list(others.exclude(no_scope=InboundMessage.Scope.ASKED).defer("raw").order_by("pk"))


def _kept(request: HttpRequest) -> str:
    """How the list was narrowed, handed on from page to page."""
    kept = request.GET.get(_KEPT, "")
    return f"?{urlencode({_KEPT: kept})}" if kept else ""


def _choices(reply: InboundMessage) -> list[tuple[str, str, bool]]:
    """Code, words, and whether it is what the rules or a person said."""
    codes = [*CHOICES, *([reply.what] if reply.what and reply.what not in CHOICES else [])]
    return [(str(code), words.reply_kind(str(code)), code == reply.what) for code in codes]


def _re(subject: str) -> str:
    """Said once, however often they did."""
    bare = " ".join(subject.split())
    return (bare if bare.lower().startswith("re:") else f"Re: {bare}")[:MAX_SUBJECT]


def _times(at: datetime) -> list[tuple[str, str, datetime]]:
    """When something put off may come back: its name, what it is called, and the instant."""
    named = {"tomorrow": _("Tomorrow at 9:00"), "days": _("In 3 days"), "monday": _("On Monday")}
    return [(name, said, until) for name, said in named.items() if (until := _until(name, "", at=at))]


def _until(said: str, on: str, *, at: datetime) -> datetime | None:
    """Nine in the morning of that day, where the reader is; None where no day was said."""
    today = timezone.localdate(at)
    match said:
        case "tomorrow":
            day = today + timedelta(days=1)
        case "days":
            day = today + timedelta(days=3)
        case "monday":
            day = today + timedelta(days=7 - today.weekday())
        case _:
            try:
                day = date.fromisoformat(on)
                return timezone.make_aware(datetime.combine(day, _MORNING))
            except (ValueError, OverflowError):
                return None
    return timezone.make_aware(datetime.combine(day, _MORNING))
