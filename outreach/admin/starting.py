"""Starting outreach: who was chosen on another page, for which campaign, and who would be held back."""

from collections.abc import Iterable
from collections.abc import Sequence as Several
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy

from crm.admin.base import StaffForm, asked_id
from crm.models import Cause, Influencer
from matching.models import Match
from outreach.models import Campaign, Outreach, Sequence
from outreach.services import fatigue
from outreach.services.pipeline import Plan

MOST = 500  # as many as one may ask for through the API


class WaiveForm(StaffForm):
    """Why somebody may be asked although they rest."""

    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=fatigue.REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It stands on their timeline, and they may read it: “They asked for more news of it.”"),
    )


@dataclass(frozen=True)
class Chosen:
    """Matches of one list, or people from their own pages; `cause` narrows the campaigns they may enter."""

    matches: tuple[Match, ...]
    influencers: tuple[Influencer, ...]
    cause: Cause | None

    @property
    def people(self) -> tuple[Influencer, ...]:
        return tuple(dict.fromkeys([*(match.influencer for match in self.matches), *self.influencers]))

    @property
    def carried(self) -> list[tuple[str, int]]:
        """The choice as the names and values of hidden fields."""
        return [
            *(("match", match.pk) for match in self.matches),
            *(("influencer", person.pk) for person in self.influencers),
            *([("cause", self.cause.pk)] if self.cause else []),
        ]

    @property
    def address(self) -> str:
        """Where this same choice is asked about again, in few enough letters for hundreds of people."""
        said = {
            "matches": ".".join(str(match.pk) for match in self.matches),
            "influencers": ".".join(str(person.pk) for person in self.influencers),
            "cause": str(self.cause.pk) if self.cause else "",
        }
        given = urlencode({name: value for name, value in said.items() if value})
        return f"{reverse('admin:outreach_outreach_start')}?{given}"

    @property
    def back(self) -> str:
        """The page they were chosen on."""
        if self.matches:
            return reverse("admin:matching_matchlist_change", args=[self.matches[0].match_list_id])
        return reverse("admin:crm_influencer_change", args=[self.influencers[0].pk])

    def matches_for(self, campaign: Campaign) -> list[Match]:
        """What ranked them for the campaign's cause: it gives the message its reasons."""
        known = [match for match in self.matches if match.match_list.cause_id == campaign.cause_id]
        missing = {person.pk for person in self.people} - {match.influencer_id for match in known}
        newest = Match.objects.filter(influencer__in=missing, match_list__cause=campaign.cause).order_by(
            "influencer", "-match_list__as_of", "-pk"
        )
        return [*known, *newest.distinct("influencer")]


@dataclass(frozen=True)
class Started:
    """What one start came to, as its address tells: conversations opened, and who was held back."""

    campaign: Campaign
    opened: tuple[Outreach, ...]
    held: tuple[Influencer, ...]


def after(campaign: Campaign, opened: Several[Outreach], plan: Plan) -> str:
    """The page to go on with: the conversation itself where there is but one, else all of them by name."""
    if len(opened) == 1 and not plan.held:
        return reverse("admin:outreach_outreach_change", args=[opened[0].pk])
    said = {
        "campaign": str(campaign.pk),
        "outreaches": ".".join(str(outreach.pk) for outreach in opened),
        "influencers": ".".join(str(held.influencer.pk) for held in plan.held),
    }
    return f"{reverse('admin:outreach_outreach_started')}?{urlencode(said)}"


def read_started(request: HttpRequest, outreaches: QuerySet[Outreach]) -> Started | None:
    campaign = Campaign.objects.filter(pk__in=_ids(request.GET, "campaign")).select_related("cause").first()
    if campaign is None:
        return None
    opened = outreaches.filter(campaign=campaign, influencer__isnull=False, pk__in=_ids(request.GET, "outreaches"))
    held = Influencer.objects.filter(pk__in=_ids(request.GET, "influencers"))
    return Started(
        campaign,
        tuple(opened.prefetch_related("messages").order_by("influencer__sort_name", "pk")),
        tuple(held.order_by("sort_name", "pk")),
    )


def read(request: HttpRequest) -> Chosen:
    """What the page before sent: `match` and `influencer` once per person, or `matches` and `influencers` joined."""
    said = request.POST if request.method == "POST" else request.GET
    matches = tuple(
        Match.objects.filter(pk__in=_ids(said, "match", "matches"))
        .select_related("influencer", "match_list__cause")
        .order_by("match_list", "rank")
    )
    asked = {match.influencer_id for match in matches}
    influencers = tuple(
        Influencer.objects.filter(pk__in=set(_ids(said, "influencer", "influencers")) - asked).order_by(
            "sort_name", "pk"
        )
    )
    causes = {match.match_list.cause for match in matches}
    cause = causes.pop() if len(causes) == 1 else Cause.objects.filter(pk__in=_ids(said, "cause")).first()
    return Chosen(matches, influencers, cause)


def chosen_campaign(request: HttpRequest, campaigns: Iterable[Campaign]) -> Campaign | None:
    """The one named, if people may still enter it; the newest otherwise."""
    said: Any = request.POST.get("campaign") or request.GET.get("campaign")
    offered = list(campaigns)
    return next((campaign for campaign in offered if str(campaign.pk) == said), next(iter(offered), None))


@dataclass(frozen=True)
class Waived:
    """Whom a manager lets be asked although they rest, and why: as the form says it."""

    people: tuple[int, ...]
    reason: str


def read_waived(request: HttpRequest) -> Waived:
    if request.method != "POST":
        return Waived((), "")
    return Waived(tuple(_ids(request.POST, "waived")), request.POST.get("waived_reason", "").replace("\0", ""))


def chosen_text(request: HttpRequest) -> str:
    """The name of the text that first messages begin from; blank for writing each later."""
    return request.POST.get("text", "").replace("\0", "")


def chosen_sequence(request: HttpRequest) -> Sequence | None:
    return Sequence.objects.filter(pk=asked_id(request.POST.get("sequence", ""))).first()


def _ids(said: QueryDict, *names: str) -> list[int]:
    parts = [part for name in names for value in said.getlist(name) for part in value.split(".")]
    return [pk for part in parts if (pk := asked_id(part))][:MOST]
