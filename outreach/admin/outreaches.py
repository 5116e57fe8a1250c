"""Conversations: started for those chosen elsewhere; one page each says where it stands and what comes next."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from crm.admin.base import StaffForm, who
from crm.services import addresses, staff
from crm.templatetags.causeway import ago
from crm.words import language, number
from outreach import selectors, words
from outreach.admin import answers, examples, moves, starting
from outreach.admin.board import Board
from outreach.admin.filters import OwnerFilter, WaitingFilter
from outreach.admin.moving import Moving
from outreach.models import Message, MessageTemplate, Outreach
from outreach.services import messages as message_service
from outreach.services import pipeline, reports

_VIEW, _CHANGE = "outreach.view_outreach", "outreach.change_outreach"


class WriteForm(StaffForm):
    template = forms.ModelChoiceField(
        MessageTemplate.objects.none(), label=gettext_lazy("Template"), widget=forms.RadioSelect, empty_label=None
    )

    def __init__(self, *args: Any, templates: Sequence[MessageTemplate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["template"]
        field.queryset = MessageTemplate.objects.filter(pk__in=[template.pk for template in templates])
        field.choices = [(template.pk, f"{template.name} · {language(template.language)}") for template in templates]
        field.initial = templates[0].pk if templates else None


_LABELS = dict.fromkeys(Outreach.Stage.values, "") | {
    Outreach.Stage.IN_CONVERSATION: "warning",
    Outreach.Stage.AGREED: "success",
    Outreach.Stage.LIVE: "success",
    Outreach.Stage.COMPLETED: "success",
    Outreach.Stage.CONTACTED: "info",
    Outreach.Stage.CONFLICT: "danger",
}


@admin.register(Outreach)
class OutreachAdmin(Board, Moving):
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
    list_steps = {"start": "outreach.add_outreach", "started": _VIEW} | Board.list_steps
    steps = {"write": "outreach.add_message", "answer": _CHANGE} | Moving.steps

    @admin.display(description=gettext_lazy("influencer"), ordering="influencer__sort_name")
    def person(self, outreach: Outreach) -> str:
        return outreach.influencer.name if outreach.influencer else _("Erased person")

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
        return Outreach.objects.select_related("influencer", "campaign__cause", "owner", "link", "match__match_list")

    # One conversation -------------------------------------------------------------------------------------------------

    def page(self, request: HttpRequest, obj: Outreach) -> dict[str, Any]:
        now = timezone.now()
        may_read = request.user.has_perm("outreach.view_message")
        thread = list(obj.messages.select_related("address", "account").order_by("pk").defer("raw", "html"))
        asking = [message for message in thread if message.purpose == Message.Purpose.PARTNERSHIP]
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
            "title": obj.influencer.name if obj.influencer else _("Erased person"),
            "sentence": sentence,
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
            "result": reports.person(outreach=obj),
            "link": getattr(obj, "link", None),
            "link_url": words.link_url(obj.link) if hasattr(obj, "link") else "",
            "happened": answers.timeline(obj, may_read=may_read),
        }

    def _step_address(self, request: HttpRequest, obj: Outreach, step: str, thread: list[Message]) -> str:
        """The page on which the next step is taken; blank where it is a move, or somebody else's to take."""
        may = request.user.has_perm
        if step in {"vet", "refused_at_vetting"} and may("crm.view_influencer"):
            return self._profile(obj)
        if step in {"write", "write_again"} and may(self.steps["write"]):
            return self.url("write", obj.pk)
        if step in {"approve", "send_by_hand", "goes_out", "settle"} and may("outreach.view_message"):
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
        name = obj.influencer.name if obj.influencer else _("Erased person")
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
        pipeline.answered(outreach=obj, **said, by=who(request), at=timezone.now())
        messages.success(request, _("Their answer is noted."))
        return self.page_url(obj)

    def write(self, request: HttpRequest, obj: Outreach) -> HttpResponse:
        templates = _templates_for(obj)
        form = WriteForm(request.POST or None, templates=templates)
        return self.ask(
            request,
            form,
            save=lambda said: self._draft(request, obj, said["template"]),
            title=_("Write to %(name)s") % {"name": obj.influencer.name if obj.influencer else _("Erased person")},
            submit=_("Write the message"),
            template="outreach/write.html",
            lead=_("Choose the text to begin from. You can change every word before it goes out.") if templates else "",
            crumbs=[(obj.influencer.name if obj.influencer else _("Erased person"), self.page_url(obj))],
            back=self.page_url(obj),
            templates=templates,
            examples=[] if templates else examples.buttons(next=request.path),
        )

    def _draft(self, request: HttpRequest, obj: Outreach, template: MessageTemplate) -> str:
        message = message_service.draft(outreach=obj, template=template, by=who(request), at=timezone.now())
        return reverse("admin:outreach_message_change", args=[message.pk])

    # Starting --------------------------------------------------------------------------------------------------------

    def start(self, request: HttpRequest) -> HttpResponse:
        """Who would be contacted and who held back; then, once confirmed, a conversation with everybody else."""
        chosen = starting.read(request)
        if not chosen.people:
            messages.error(request, _("Nobody was chosen. Tick the people to contact on a match list first."))
            return redirect("admin:matching_matchlist_changelist")
        campaigns = list(selectors.open_campaigns(cause=chosen.cause, on=timezone.localdate()))
        campaign = starting.chosen_campaign(request, campaigns)
        is_confirmed = request.method == "POST" and bool(request.POST.get("confirmed"))
        if is_confirmed and campaign and str(campaign.pk) != request.POST.get("campaign"):
            messages.error(request, _("The campaign you chose cannot be entered any more. Look at this one first."))
            is_confirmed = False
        if campaign and is_confirmed:
            opened, done = pipeline.start(
                campaign=campaign,
                influencers=chosen.people,
                matches=chosen.matches_for(campaign),
                by=who(request),
                at=timezone.now(),
            )
            messages.success(request, _opened(len(opened)))
            return redirect(starting.after(campaign, opened, done))
        plan = pipeline.plan(campaign=campaign, influencers=chosen.people, at=timezone.now()) if campaign else None
        given = {"next": chosen.address} | ({"cause": chosen.cause.pk} if chosen.cause else {})
        return self.render(
            request,
            "outreach/start.html",
            title=_("Start outreach"),
            chosen=chosen,
            campaigns=campaigns,
            campaign=campaign,
            plan=plan,
            add_campaign=f"{reverse('admin:outreach_campaign_add')}?{urlencode(given)}",
            **_held(plan),
        )

    def started(self, request: HttpRequest) -> HttpResponse:
        """With whom a conversation was opened, each one click away, and who was held back and why."""
        done = starting.read_started(request, self.get_queryset(request))
        if done is None:
            return redirect(self.url("changelist"))
        plan = pipeline.plan(campaign=done.campaign, influencers=done.held, at=timezone.now())
        return self.render(
            request,
            "outreach/started.html",
            title=_("Outreach started"),
            campaign=done.campaign,
            opened=done.opened,
            **_held(plan),
        )


def _opened(how_many: int) -> str:
    said = ngettext("%(number)s conversation was opened.", "%(number)s conversations were opened.", how_many)
    return said % {"number": number(how_many)}


def _templates_for(outreach: Outreach) -> list[MessageTemplate]:
    """Those in the person's own language first, then in the others they post in."""
    spoken = outreach.influencer.languages if outreach.influencer else []
    place = {code: n for n, code in enumerate(spoken)}
    templates = MessageTemplate.objects.order_by("name", "pk")
    return sorted(templates, key=lambda template: place.get(template.language, len(spoken)))


def _held(plan: pipeline.Plan | None) -> dict[str, Any]:
    """Who is held back, counted by reason and one by one."""
    held = plan.held if plan else ()
    return {
        "held": words.held_together(one.reason for one in held),
        "held_people": [(one.influencer, words.held_reason(one.reason, one.params)) for one in held],
    }
