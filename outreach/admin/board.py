"""The board: where each conversation stands, what comes next and for how long; which of them it shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Count, F, Min, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from crm.admin.base import PageAdmin, StaffForm, asked_id, who
from crm.models import Cause, User
from crm.services import staff
from crm.words import lasting
from outreach import selectors, stages, words
from outreach.admin import moves
from outreach.models import Campaign, Outreach

MOST = 30  # cards in a column; the others are one click away
_CHOICES = 200  # campaigns and causes that can be chosen, the newest first
_EVERY = "all"
ME, NOBODY = "me", "nobody"


class ShowForm(StaffForm):
    """Which conversations the board shows. Without a choice: those of the newest campaign under way."""

    campaign = forms.ChoiceField(label=gettext_lazy("Campaign"), required=False)
    cause = forms.ChoiceField(label=gettext_lazy("Cause"), required=False)
    owner = forms.ChoiceField(label=gettext_lazy("Looked after by"), required=False)

    def __init__(self, shown: "Shown", *, colleagues: Iterable[User]) -> None:
        super().__init__(
            initial={
                "campaign": shown.campaign.pk if shown.campaign else _EVERY,
                "cause": shown.cause.pk if shown.cause else "",
                "owner": shown.owner,
            }
        )
        campaigns = Campaign.objects.order_by("-starts_date", "-pk")
        if shown.cause:
            campaigns = campaigns.filter(cause=shown.cause)
        fields: Any = self.fields
        fields["campaign"].choices = [(_EVERY, _("All campaigns")), *campaigns.values_list("pk", "name")[:_CHOICES]]
        causes = Cause.objects.filter(campaigns__isnull=False).distinct().order_by("-pk")
        fields["cause"].choices = [("", _("All causes")), *causes.values_list("pk", "name")[:_CHOICES]]
        fields["owner"].choices = [("", pgettext("looked after by", "Anybody or nobody")), *owner_choices(colleagues)]


def owner_choices(colleagues: Iterable[User]) -> list[tuple[str, Any]]:
    others = [(str(one.pk), one.called) for one in colleagues]
    return [(ME, _("Me")), (NOBODY, _("Nobody")), *others]


def looked_after_by(outreaches: QuerySet[Outreach], said: str, *, me: User) -> QuerySet[Outreach]:
    """Of these, what `said` means: "me", "nobody", or somebody's id; all of them where it means nothing."""
    if said == ME:
        return outreaches.filter(owner=me)
    if said == NOBODY:
        return outreaches.filter(owner=None)
    return outreaches.filter(owner=asked_id(said)) if asked_id(said) else outreaches


@dataclass(frozen=True)
class Shown:
    """What one asked to see: one campaign or all, of one cause or all, and whose."""

    campaign: Campaign | None
    cause: Cause | None
    owner: str

    def narrow(self, outreaches: QuerySet[Outreach], *, me: User) -> QuerySet[Outreach]:
        if self.campaign:
            outreaches = outreaches.filter(campaign=self.campaign)
        if self.cause:
            outreaches = outreaches.filter(campaign__cause=self.cause)
        return looked_after_by(outreaches, self.owner, me=me)

    def listed(self, stage: str) -> str:
        """The same conversations of one stage as a list, the longest standing first."""
        asked = {
            "stage__exact": stage,
            "campaign__id__exact": self.campaign.pk if self.campaign else "",
            "campaign__cause__id__exact": self.cause.pk if self.cause else "",
            "owner": self.owner,
            "o": "4",  # since when
        }
        given = urlencode({name: value for name, value in asked.items() if value})
        return f"{reverse('admin:outreach_outreach_changelist')}?{given}"


@dataclass(frozen=True)
class Card:
    outreach: Any  # with its person, campaign and owner
    step: str
    sentence: str
    moves: list[moves.Move]
    stood: str  # "for 12 days"
    is_long: bool

    @property
    def may_answer(self) -> bool:
        return moves.may_answer(self.outreach)

    @property
    def says_no(self) -> bool:
        return self.step in {"said_no", "barred"}

    @property
    def initials(self) -> str:
        owner: User = self.outreach.owner
        return "".join(name[0] for name in (owner.first_name, owner.last_name) if name) or owner.username[:2]


@dataclass(frozen=True)
class Column:
    stage: str
    count: int
    longest: str  # how long the first of them has stood there; blank where there is none
    usual: int | None  # days; None where no time is long
    cards: list[Card]
    more: str  # where the others are

    @property
    def title(self) -> str:
        return capfirst(words.stage(self.stage))

    @property
    def hidden(self) -> int:
        return self.count - len(self.cards)

    @property
    def is_open(self) -> bool:
        """Whether its cards show at once: not of what is over, nor where there are none."""
        return bool(self.cards) and self.stage in stages.WAY and self.stage != Outreach.Stage.COMPLETED


class Board(PageAdmin):
    """The page of the admin of conversations that shows them all side by side."""

    list_steps = {"board": "outreach.view_outreach"}

    def board(self, request: HttpRequest) -> HttpResponse:
        now, me = timezone.now(), who(request)
        shown = read(request)
        columns = {column.stage: column for column in _columns(shown, me=me, at=now)}
        colleagues = list(staff.colleagues().order_by("first_name", "last_name", "pk"))
        way, aside = ([columns[stage] for stage in order] for order in (stages.WAY, stages.SET_ASIDE))
        return self.render(
            request,
            "outreach/board.html",
            title=_("Board"),
            shown=shown,
            show=ShowForm(shown, colleagues=[one for one in colleagues if one != me]),
            way=way,
            aside=aside,
            lead=_lead(way, aside),
            count=sum(column.count for column in columns.values()),
            colleagues=[me, *(one for one in colleagues if one != me)],
            may_move=request.user.has_perm("outreach.change_outreach"),
        )


def read(request: HttpRequest) -> Shown:
    """What the address asks for; what it asks for in vain is passed over."""
    cause = Cause.objects.filter(pk=asked_id(request.GET.get("cause", ""))).first()
    asked = request.GET.get("campaign", "")
    if asked_id(asked):
        campaign = Campaign.objects.filter(pk=asked_id(asked)).select_related("cause").first()
    else:
        campaign = None if asked == _EVERY or cause else _newest()
    if campaign and cause and campaign.cause_id != cause.pk:
        campaign = None  # another cause was chosen: its campaigns are meant
    owner = request.GET.get("owner", "")
    return Shown(campaign, cause, owner if owner in {ME, NOBODY} or asked_id(owner) else "")


def _newest() -> Campaign | None:
    """Of those that people can enter: the newest that has begun, if any has."""
    today = timezone.localdate()
    campaigns = selectors.open_campaigns(cause=None, on=today)
    return campaigns.filter(starts_date__lte=today).first() or campaigns.first()


def _columns(shown: Shown, *, me: User, at: datetime) -> list[Column]:
    """Every stage with its first cards, at one price for any number of rows."""
    rows = shown.narrow(Outreach.objects.filter(influencer__isnull=False), me=me).exclude(stage=Outreach.Stage.MERGED)
    counted = rows.order_by().values("stage").annotate(count=Count("pk"), oldest=Min("stage_at"))
    counts = {row["stage"]: (row["count"], row["oldest"]) for row in counted}
    cards = _cards(rows, at=at)
    return [
        Column(
            stage=stage,
            count=counts[stage][0] if stage in counts else 0,
            longest=lasting(counts[stage][1], now=at) if stage in counts else "",
            usual=stages.USUAL[stage].days if stage in stages.USUAL else None,
            cards=[card for card in cards if card.outreach.stage == stage],
            more=shown.listed(stage),
        )
        for stage in (*stages.WAY, *stages.SET_ASIDE)
    ]


def _cards(rows: QuerySet[Outreach], *, at: datetime) -> list[Card]:
    """The first of each stage, the longest standing first."""
    order = [F("stage_at").asc(), F("pk").asc()]
    placed = rows.annotate(place=Window(RowNumber(), partition_by=F("stage"), order_by=order))
    first = placed.filter(place__lte=MOST).values("pk")
    found = Outreach.objects.filter(pk__in=first).select_related("influencer", "campaign", "owner")
    stepped = selectors.steps(found.order_by("stage_at", "pk"), at=at)
    offered = moves.offered_to_each([row for row, _step in stepped])
    return [
        Card(
            outreach=row,
            step=step,
            sentence=words.next_step(step)[0],
            moves=offered[row.pk],
            stood=lasting(row.stage_at, now=at),
            is_long=stages.is_long(row.stage, since=row.stage_at, at=at),
        )
        for row, step in stepped
    ]


def _lead(way: list[Column], aside: list[Column]) -> str:
    """ "21 conversations, 6 of them set aside.", which answers before one reads any card."""
    away, count = (sum(column.count for column in columns) for columns in (aside, [*way, *aside]))
    return words.board(count, away)
