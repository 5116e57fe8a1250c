"""Conversations: started for those chosen elsewhere; one page each says where it stands and what comes next."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from crm.admin.base import safe_next, who
from crm.errors import DomainError
from crm.services import addresses, staff
from crm.templatetags.causeway import ago
from crm.words import say
from outreach import rendering, selectors, versions, words
from outreach.admin import answers, examples, linking, moves, publishing, sequencing, starting, trying, writing
from outreach.admin.board import Board
from outreach.admin.filters import OwnerFilter, WaitingFilter
from outreach.admin.linking import Linking
from outreach.admin.moving import Moving
from outreach.admin.publishing import Publishing
from outreach.admin.sequencing import Sequencing
from outreach.admin.start_pages import StartPages
from outreach.models import Message, MessageTemplate, Outreach
from outreach.services import drafts, enrolments, fatigue, followups, replies, reports

_VIEW, _CHANGE, _WRITE = "outreach.view_outreach", "outreach.change_outreach", "outreach.add_message"


_LABELS = dict.fromkeys(Outreach.Stage.values, "") | {
    Outreach.Stage.IN_CONVERSATION: "warning",
    Outreach.Stage.AGREED: "success",
    Outreach.Stage.LIVE: "success",
    Outreach.Stage.COMPLETED: "success",
    Outreach.Stage.CONTACTED: "info",
    Outreach.Stage.CONFLICT: "danger",
}


@admin.register(Outreach)
class OutreachAdmin(Board, Linking, Moving, Publishing, Sequencing, StartPages):
    list_display = ["person", "campaign", "shown_stage", "since", "looked_after_by"]
    list_select_related = ["influencer", "campaign", "owner"]
    list_filter_submit = True
    list_filter = [
        WaitingFilter,
        "stage",
        OwnerFilter,
        ("campaign", AutocompleteSelectFilter),
        ("campaign__cause", AutocompleteSelectFilter),
    ]
    list_title = gettext_lazy("Conversations")
    search_fields = ["influencer__name", "campaign__name"]
    search_help_text = gettext_lazy("Search by person or campaign")
    ordering = ["-stage_at", "-pk"]
    empty_words = gettext_lazy(
        "An outreach is one conversation with one person about one campaign. It starts from a match list: "
        "choose whom to ask, and start outreach."
    )
    list_links = [
        (gettext_lazy("Board"), "board", _VIEW),
        (gettext_lazy("Match lists"), "admin:matching_matchlist_changelist", "matching.view_matchlist"),
    ]
    page_template = "outreach/outreach.html"
    list_steps = Board.list_steps | StartPages.list_steps
    steps = (
        {"write": _WRITE, "compose": _WRITE, "answer": _CHANGE, "waive": fatigue.MAY_WAIVE}
        | Linking.steps
        | Moving.steps
        | Publishing.steps
        | Sequencing.steps
    )

    @admin.display(description=gettext_lazy("influencer"), ordering="influencer__sort_name")
    def person(self, outreach: Outreach) -> str:
        return _name(outreach)

    @display(description=gettext_lazy("stage"), ordering="stage", label=_LABELS)  # type: ignore[untyped-decorator]
    def shown_stage(self, outreach: Outreach) -> tuple[str, str]:
        return outreach.stage, outreach.get_stage_display()

    @admin.display(description=gettext_lazy("in this stage since"), ordering="stage_at")
    def since(self, outreach: Outreach) -> str:
        return ago(outreach.stage_at)

    @admin.display(description=gettext_lazy("owner"), ordering="owner__last_name")
    def looked_after_by(self, outreach: Outreach) -> str:
        return outreach.owner.called if outreach.owner else "—"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Outreach]:
        return Outreach.objects.select_related("influencer", "campaign__cause", "owner", "match__match_list")

    # One conversation -------------------------------------------------------------------------------------------------

    def page(self, request: HttpRequest, obj: Outreach) -> dict[str, Any]:
        now = timezone.now()
        may_read = request.user.has_perm("outreach.view_message")
        thread = list(obj.messages.select_related("address", "account").order_by("pk").defer("raw", "html"))
        asking = [message for message in thread if _tells(message)]
        step = selectors.next_step(
            obj,
            verdict=selectors.verdict(obj),
            message=asking[-1] if asking else None,
            has_said_no=obj.influencer is not None and addresses.has_said_no(obj.influencer, at=now),
            is_barred=Outreach.objects.filter(selectors.is_barred(), pk=obj.pk).exists(),
            at=now,
        )
        sentence, button = words.next_step(step)
        leads_on, shown, more = moves.arranged(obj, step)
        return {
            "title": _name(obj),
            "sentence": sentence,
            "why_by_hand": writing.why_by_hand(obj),
            "other_text": self.url("write", obj.pk)
            if step == "write_by_hand" and not asking and request.user.has_perm(_WRITE)
            else "",
            "button": button,
            "step_address": self._step_address(request, obj, step, asking),
            "may_move": request.user.has_perm(_CHANGE),
            "colleagues": staff.colleagues().order_by("first_name", "last_name", "pk"),
            "primary_move": leads_on,
            "moves": shown,
            "more_moves": more,
            "answer": self.url("answer", obj.pk) if moves.may_answer(obj) else "",
            "write_back": answers.write_back(request, obj, thread)
            if obj.stage == Outreach.Stage.IN_CONVERSATION and step != "barred"
            else "",
            "record_action": self._record_action(obj),
            "profile": self._profile(obj),
            "thread": thread if may_read else None,
            "sequence": sequencing.shown(request, obj, thread),
            "published": publishing.shown(request, obj),
            "result": reports.person(outreach=obj),
            "links": linking.shown(request, obj),
            "add_link": self.url("add_link", obj.pk) if linking.may_add(request, obj) else "",
            "happened": answers.timeline(obj, may_read=may_read),
        }

    def _step_address(self, request: HttpRequest, obj: Outreach, step: str, thread: list[Message]) -> str:
        """The page on which the next step is taken; blank where it is a move, or somebody else's to take."""
        may = request.user.has_perm
        if step in {"vet", "refused_at_vetting"} and may("crm.view_influencer"):
            return self._profile(obj)
        if step in {"write", "write_again"} and may(_WRITE):
            return self.url("write", obj.pk)
        if step == "write_by_hand" and may(_WRITE):
            return self.url("compose", obj.pk)
        on_messages = {"approve", "with_manager", "send_by_hand", "by_hand_later", "goes_out", "settle"}
        if step in on_messages and may("outreach.view_message"):
            return reverse("admin:outreach_message_change", args=[thread[-1].pk])
        return ""

    def _profile(self, obj: Outreach) -> str:
        """The person's page, on which the vetting for this cause is answered, and the way back here."""
        if obj.influencer is None:
            return ""
        given = urlencode({"cause": str(obj.campaign.cause_id), "next": self.page_url(obj)})
        return f"{reverse('admin:crm_influencer_change', args=[obj.influencer.pk])}?{given}"

    def _record_action(self, obj: Outreach) -> str:
        """Where an action is written down with this person thanked for it, and the way back here."""
        given = urlencode({"outreach": str(obj.pk), "next": self.page_url(obj)})
        return f"{reverse('admin:outreach_campaign_record_action', args=[obj.campaign_id])}?{given}"

    def answer(self, request: HttpRequest, obj: Outreach) -> HttpResponse:
        """What they answered, and when; then back to the conversation, which offers the ways on."""
        name = _name(obj)
        return self.ask(
            request,
            answers.AnswerForm(request.POST or None, today=timezone.localdate()),
            save=lambda said: self._answered(request, obj, said),
            title=_("An answer from %(name)s") % {"name": name},
            submit=_("Note the answer"),
            crumbs=[(name, self.page_url(obj))],
            back=self.page_url(obj),
        )

    def _answered(self, request: HttpRequest, obj: Outreach, said: dict[str, Any]) -> str:
        replies.note_by_hand(outreach=obj, **said, by=who(request), at=timezone.now())
        messages.success(request, _("Their answer is noted."))
        return self.page_url(obj)

    def waive(self, request: HttpRequest, obj: Outreach) -> HttpResponse:
        """A manager lets them be asked although they rest, and says why."""
        back = safe_next(request, self.page_url(obj))

        def allow(said: dict[str, Any]) -> str:
            fatigue.waive(outreach=obj, reason=said["reason"], by=who(request), at=timezone.now())
            messages.success(request, _("They may be asked. Your reason stands on their timeline."))
            return back

        return self.ask(
            request,
            starting.WaiveForm(request.POST or None),
            save=allow,
            title=_("Let %(name)s be asked all the same") % {"name": _name(obj)},
            submit=_("Let them be asked"),
            lead=_("They were asked recently, or often. Whoever is asked too much gives less, and at last nothing."),
            crumbs=[(_name(obj), self.page_url(obj))],
            back=back,
        )

    def write(self, request: HttpRequest, obj: Outreach) -> HttpResponse:
        texts = writing.texts_for(obj, at=timezone.now())
        name = _name(obj)
        return self.ask(
            request,
            writing.WriteForm(request.POST or None, texts=texts),
            save=lambda said: self._draft(request, obj, said["template"]),
            title=_("Write to %(name)s") % {"name": name},
            submit=_("Write the message"),
            template="outreach/write.html",
            lead=_("Choose the text to begin from. You can change every word before it goes out.") if texts.all else "",
            crumbs=[(name, self.page_url(obj))],
            back=self.page_url(obj),
            templates=texts.all,
            compose=self.url("compose", obj.pk),
            examples=[] if texts.all else examples.buttons(next=request.path),
        )

    def compose(self, request: HttpRequest, obj: Outreach) -> HttpResponse:
        """One message by hand, beside what is known of them; it begins from the text that they would get."""
        try:
            start = writing.beginning(obj, at=timezone.now())
        except DomainError as error:
            messages.error(request, say(error))
            return redirect(self.page_url(obj))
        trial = trying.of(request, obj, version=start.version)
        return self.ask(
            request,
            writing.ComposeForm(request.POST or None, initial={"subject": start.subject, "body": start.body}),
            save=lambda said: self._composed(request, obj, said, start.version),
            title=_("Write to %(name)s by hand") % {"name": _name(obj)},
            submit=_("Write the message"),
            template="outreach/template_form.html",
            lead=writing.why_by_hand(obj) or _("What is known of them stands beside the text."),
            crumbs=[(_name(obj), self.page_url(obj))],
            back=self.page_url(obj),
            trial=trial,
            holes=trying.holes(trial.found, request.user.has_perm),
            values=trial.values,
            sentences=rendering.SENTENCES,
        )

    def _composed(self, request: HttpRequest, obj: Outreach, said: dict[str, Any], version: versions.Version) -> str:
        if sequencing.waits_for_words(obj):
            planned = followups.write(outreach=obj, **said, by=who(request), at=timezone.now())
            return reverse("admin:outreach_message_change", args=[planned.pk])
        message = drafts.compose(
            outreach=obj,
            **said,
            language=version.language,
            register=version.register,
            by=who(request),
            at=timezone.now(),
        )
        return reverse("admin:outreach_message_change", args=[message.pk])

    def _draft(self, request: HttpRequest, obj: Outreach, template: MessageTemplate) -> str:
        message = drafts.draft(outreach=obj, template=template, by=who(request), at=timezone.now())
        return reverse("admin:outreach_message_change", args=[message.pk])


def _tells(message: Message) -> bool:
    """As selectors say it: a follow-up that never went says nothing of where the conversation stands."""
    is_asking = message.purpose == Message.Purpose.PARTNERSHIP
    return is_asking and not (enrolments.is_follow_up(message) and message.state in Message.NEVER_SENT)


def _name(outreach: Outreach) -> str:
    return outreach.influencer.name if outreach.influencer else _("Erased person")
