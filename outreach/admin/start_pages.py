"""The pages on which outreach is started for those chosen elsewhere: who is asked, who held back, what came of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.admin.base import PageAdmin, who
from crm.errors import DomainError
from crm.models import Influencer
from crm.words import number, say
from outreach import selectors, words
from outreach.admin import starting, writing
from outreach.models import Campaign, Sequence
from outreach.services import drafts, fatigue, pipeline, sequences

_WRITE, _ENROL = "outreach.add_message", "outreach.add_enrolment"


class StartPages(PageAdmin):
    """Steps of the list of conversations."""

    list_steps = {"start": "outreach.add_outreach", "started": "outreach.view_outreach"}

    def start(self, request: HttpRequest) -> HttpResponse:
        """Who would be contacted and who held back; then, once confirmed, a conversation with everybody else."""
        chosen = starting.read(request)
        if not chosen.people:
            messages.error(request, _("Nobody was chosen. Tick the people to contact on a match list first."))
            return redirect("admin:matching_matchlist_changelist")
        campaigns = list(selectors.open_campaigns(cause=chosen.cause, on=timezone.localdate()))
        campaign = starting.chosen_campaign(request, campaigns)
        text, texts = starting.chosen_text(request), selectors.text_names()
        sequence = starting.chosen_sequence(request) if request.user.has_perm(_ENROL) else None
        is_confirmed = request.method == "POST" and bool(request.POST.get("confirmed"))
        if is_confirmed and campaign and str(campaign.pk) != request.POST.get("campaign"):
            messages.error(request, _("The campaign you chose cannot be entered any more. Look at this one first."))
            is_confirmed = False
        if campaign and is_confirmed:
            try:
                return self._start(request, campaign, chosen, text=text if text in texts else "", sequence=sequence)
            except DomainError as error:  # of a manager's word; nothing was started
                messages.error(request, say(error))
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
            texts=texts if request.user.has_perm(_WRITE) else [],
            text=text,
            waived=starting.read_waived(request),
            may_waive=request.user.has_perm(fatigue.MAY_WAIVE),
            sequences=list(Sequence.objects.order_by("name")) if request.user.has_perm(_ENROL) else [],
            sequence=sequence,
            add_campaign=f"{reverse('admin:outreach_campaign_add')}?{urlencode(given)}",
            **_held(plan),
        )

    def _start(
        self,
        request: HttpRequest,
        campaign: Campaign,
        chosen: starting.Chosen,
        *,
        text: str,
        sequence: Sequence | None,
    ) -> HttpResponse:
        """Open the conversations; where a sequence or a text was chosen, draft the first message of each in their own
        version.
        """
        by, now = who(request), timezone.now()
        waived = starting.read_waived(request)
        opened, done = pipeline.start(
            campaign=campaign,
            influencers=chosen.people,
            matches=chosen.matches_for(campaign),
            waived=waived.people,
            waived_reason=waived.reason,
            by=by,
            at=now,
        )
        messages.success(request, _opened(len(opened)))
        if sequence and by.has_perm(_WRITE):
            sequences.enrol_each(outreaches=opened, sequence=sequence, at=now, by=by)
        elif text and by.has_perm(_WRITE):
            drafts.draft_each(outreaches=opened, name=text, at=now, by=by)
        return redirect(starting.after(campaign, opened, done))

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
            drafted=[outreach for outreach in done.opened if outreach.messages.all()],
            unwritten=[(one, writing.what_is_missing(one)) for one in done.opened if one.unwritten],
            **_held(plan),
        )


def _why(held: pipeline.Held) -> tuple[Influencer, str]:
    return held.influencer, words.held_reason(held.reason, held.params)


def _rests(held: pipeline.Held) -> bool:
    """Whether a manager may let them be asked all the same."""
    return held.reason in {"cooling_off", "asked_enough"}


def _opened(how_many: int) -> str:
    said = ngettext("%(number)s conversation was opened.", "%(number)s conversations were opened.", how_many)
    return said % {"number": number(how_many)}


def _held(plan: pipeline.Plan | None) -> dict[str, Any]:
    """Who is held back, counted by reason and one by one."""
    held = plan.held if plan else ()
    return {
        "held": words.held_together(one.reason for one in held),
        "held_people": [_why(one) for one in held],
        "resting": [_why(one) for one in held if _rests(one)],
        "others_held": [_why(one) for one in held if not _rests(one)],
    }
