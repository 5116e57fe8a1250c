"""What came before actions: the touches of each, from every mark that leads to a link. A batch of them at a time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F, Max, Prefetch, Q, QuerySet

from crm import keyring
from crm.models import Address
from outreach import signing
from outreach.attribution.paths import Path, Touch
from outreach.models import Assignment, AttributionCredit, Campaign, Click, Conversion, ConversionMark, Link
from outreach.services import ledger

DEFAULT_DAYS = 30
CLOCK_SLACK = timedelta(hours=1)  # how far a source's clock may be from ours; many also cut off the seconds
_INSTANT = timedelta(microseconds=1)


class Led(NamedTuple):
    """Where a touch was: a link, whose it is, and for how many days its campaign gives credit."""

    link: int
    outreach: int
    campaign: int
    influencer: int | None
    days: int


@dataclass(frozen=True)
class Trail:
    """The touches before one action, each on the channel of its link's id, and within its own campaign's window."""

    path: Path
    links: Mapping[str, Led]
    window: timedelta  # as long as the longest: nothing that stands in the path is older

    def days(self, channel: str) -> int:
        return self.links[channel].days if channel in self.links else DEFAULT_DAYS


@dataclass(frozen=True)
class _Told:
    """One action and the marks that it came with. `given`: the link one of us gave it to."""

    at: datetime
    clicks: tuple[str, ...]
    codes: frozenset[str]
    supporters: frozenset[str]
    given: int | None


def of(actions: Iterable[int], *, known_at: datetime | None = None) -> dict[int, Trail]:
    """By the id of the action: what led to it, by what was known at an instant, or by all that is known.

    Touches are the clicks of people and the codes that came with the action, by whatever report; those that came with
    earlier actions of the same supporter, as long as they are within the window; and whoever one of us gave it to, as
    the last. Unknown click ids and codes lead nowhere. Whoever names a click has followed it: one that our clock puts a
    moment after the action came at its instant. Nobody leads themself: a link whose partner is the supporter is none.
    """
    reach = timedelta(days=Campaign.objects.aggregate(most=Max("attribution_days"))["most"] or DEFAULT_DAYS)
    told = _told(Conversion.objects.filter(pk__in=list(actions)), known_at)
    before = _told(_earlier(told.values(), reach, known_at), known_at) if _names(told.values()) else {}
    everything = before | told
    found = _Found.of(everything.values(), known_at)
    touched = {pk: found.touches(each) for pk, each in everything.items()}
    by_name: dict[str, list[int]] = {}
    for pk, each in before.items():
        for name in each.supporters:
            by_name.setdefault(name, []).append(pk)
    trails = {}
    for pk, each in told.items():
        mates = {mate for name in each.supporters for mate in by_name.get(name, ()) if before[mate].at < each.at}
        touches = {key: touch for mate in sorted(mates - {pk}) for key, touch in touched[mate].items()}
        trails[pk] = found.trail(each, touches | touched[pk], reach)
    return trails


def following(actions: Iterable[int]) -> list[int]:
    """Later actions of the same supporters that were credited already: what is told of these leads to them, too."""
    reach = timedelta(days=Campaign.objects.aggregate(most=Max("attribution_days"))["most"] or DEFAULT_DAYS)
    wanted = list(actions)
    told = list(_told(Conversion.objects.filter(pk__in=wanted), None).values())
    if not (names := _names(told)):
        return []
    first, last = min(each.at for each in told), max(each.at for each in told)
    rows = _acted_by(names).filter(occurred_at__gt=first, occurred_at__lte=last + reach).exclude(pk__in=wanted)
    credited = AttributionCredit.objects.filter(conversion__in=rows)
    return sorted(set(credited.values_list("conversion", flat=True)))


def _told(rows: QuerySet[Conversion], known_at: datetime | None) -> dict[int, _Told]:
    marks, given = ConversionMark.objects.order_by("pk"), Assignment.objects.filter(conversion__in=rows)
    if known_at is not None:
        marks, given = marks.filter(received_at__lte=known_at), given.filter(at__lte=known_at)
    newest = given.order_by("conversion", "-pk").distinct("conversion")
    assigned = dict(newest.values_list("conversion", "link"))
    return {
        row.pk: _Told(
            at=row.occurred_at,
            clicks=tuple(sorted(ledger.marks_of(row).click_ids)),
            codes=frozenset(signing.heard(code) for code in ledger.codes_of(row)),
            supporters=ledger.supporters_of(row),
            given=assigned.get(row.pk),
        )
        for row in rows.order_by("pk").prefetch_related(Prefetch("marks", marks))
    }


def _names(told: Iterable[_Told]) -> set[str]:
    return {name for each in told for name in each.supporters}


def _acted_by(names: Iterable[str]) -> QuerySet[Conversion]:
    """What these supporters did, as more than a pixel told: anybody can call a pixel."""
    marked = ConversionMark.objects.filter(supporter__in=list(names)).values("conversion")
    rows = Conversion.objects.actions().filter(is_verified=True)
    return rows.filter(Q(supporter__in=list(names)) | Q(pk__in=marked))


def _earlier(told: Iterable[_Told], reach: timedelta, known_at: datetime | None) -> QuerySet[Conversion]:
    each = list(told)
    first, last = min(one.at for one in each), max(one.at for one in each)
    rows = _acted_by(_names(each)).filter(occurred_at__gte=first - reach, occurred_at__lt=last)
    return rows if known_at is None else rows.filter(received_at__lte=known_at)


_Key = tuple[str, object]  # a click is one touch, by however many actions it is named


@dataclass(frozen=True)
class _Found:
    """What the marks of a batch lead to: clicks with their links, links by code and by id, and whose each link is."""

    clicks: Mapping[str, tuple[int, datetime]]
    codes: Mapping[str, int]
    links: Mapping[int, Led]
    own: Mapping[int, frozenset[str]]

    @classmethod
    def of(cls, told: Iterable[_Told], known_at: datetime | None) -> "_Found":
        each = list(told)
        clicks = _clicks({click for one in each for click in one.clicks}, known_at)
        heard = {code for one in each for code in one.codes}
        given = {one.given for one in each if one.given}
        rows = Link.objects.filter(Q(pk__in={link for link, _at in clicks.values()} | given) | Q(code__in=heard))
        links, codes = dict[int, Led](), dict[str, int]()
        for code, *led in rows.order_by("pk").values_list("code", *_LED):
            links[led[0]] = Led(*led)
            codes[code] = led[0]
        return cls(clicks, codes, links, _own(links.values()) if _names(each) else {})

    def touches(self, told: _Told) -> dict[_Key, Touch]:
        """Whoever was given the action comes after all others."""
        latest = told.at - (_INSTANT if told.given else timedelta(0))
        found = dict[_Key, Touch]()
        for name in told.clicks:
            link, at = self.clicks.get(name, (0, told.at))
            if link and at <= told.at + CLOCK_SLACK:
                found["click", name] = Touch(channel=str(link), at=min(at, latest))
        for link in sorted(self.codes[code] for code in told.codes if code in self.codes):
            found["code", (told.at, link)] = Touch(channel=str(link), at=latest)
        if told.given:
            found["given", (told.at, told.given)] = Touch(channel=str(told.given), at=told.at)
        return found

    def trail(self, told: _Told, touches: Mapping[_Key, Touch], reach: timedelta) -> Trail:
        kept = list[Touch]()
        for touch in touches.values():
            led = self.links[int(touch.channel)]
            is_own = bool(told.supporters & self.own.get(led.influencer or 0, frozenset()))
            if not is_own and touch.at >= told.at - timedelta(days=led.days):
                kept.append(touch)
        path = Path(touches=tuple(kept), converted_at=told.at)
        path = Path(touches=path.within(reach), converted_at=told.at)
        return Trail(path, {touch.channel: self.links[int(touch.channel)] for touch in path.touches}, reach)


_LED = (
    "pk",
    "outreach",
    "outreach__campaign",
    "outreach__influencer",
    "outreach__campaign__attribution_days",
)


def _clicks(names: Iterable[str], known_at: datetime | None) -> dict[str, tuple[int, datetime]]:
    """By their ids, the clicks that people made. A robot's is no touch, whoever names it."""
    rows = Click.objects.by_people().filter(click_id__in=list(names))
    if known_at is not None:
        rows = rows.filter(at__lte=known_at)
    return {name: (link, at) for name, link, at in rows.values_list("click_id", "link", "at")}


def _own(links: Iterable[Led]) -> dict[int, frozenset[str]]:
    """By partner: the keyed hashes, under every key, of the addresses that we know of them."""
    people = {led.influencer for led in links if led.influencer}
    found: dict[int, frozenset[str]] = {}
    for person, email in Address.objects.filter(influencer__in=people).values_list(F("influencer"), "email"):
        hashes = keyring.digests("supporter", email.strip().casefold())
        found[person] = found.get(person, frozenset()) | frozenset(hashes)
    return found
