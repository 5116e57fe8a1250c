"""Who is shown: whether large accounts, some languages or some platforms fill the top of the lists."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max, Min

from crm.models import Influencer, SocialAccount
from matching.models import Match, RelevanceLabel

TOP: Final = 10
SEASON: Final = timedelta(days=90)
# Lower bounds of the size of somebody's largest account.
TIERS: Final = (0, 1_000, 10_000, 100_000, 1_000_000)
_SAMPLE: Final = 5_000  # profiles, and places in lists, that are looked at
_MOST_PARTS: Final = 8  # languages and platforms named, the most frequent ones
_YES: Final = (RelevanceLabel.Kind.FIT, RelevanceLabel.Kind.ACCEPTED)


@dataclass(frozen=True)
class Part:
    """How often one kind of people comes, as shares: among those `shown`, among `everybody`, among those who turned out
    `well`. `key`: a lower bound of followers, a language or a platform.
    """

    key: str
    shown: float
    everybody: float
    well: float


@dataclass(frozen=True)
class Exposure:
    """Numbers of places shown, of profiles held against them (a sample, where there are many), of who turned out well.
    `drawn`: of places that were drawn by lot instead: no ranker chose whom they show.

    Somebody with two languages or platforms counts in both, so that those shares may exceed 1 together.
    """

    shown: int
    everybody: int
    well: int
    is_sample: bool
    drawn: int
    sizes: tuple[Part, ...]
    languages: tuple[Part, ...]
    platforms: tuple[Part, ...]


@dataclass(frozen=True)
class _Traits:
    size: frozenset[str]
    languages: frozenset[str]
    platforms: frozenset[str]


def exposure(*, at: datetime, sample: int = _SAMPLE) -> Exposure:
    """Of those who stand by rank among the first ten of every list of the last 90 days, beside all profiles and those
    who fit or said yes.

    Six queries; of each kind, about `sample` are looked at where there are more.
    """
    places = Match.objects.filter(rank__lte=TOP, match_list__as_of__gt=at - SEASON, match_list__as_of__lte=at)
    newest = places.order_by("-match_list__as_of", "-pk").values_list("influencer", "propensity")[:sample]
    shown = [person for person, propensity in newest if propensity == 1]
    good = RelevanceLabel.objects.known(at=at).filter(kind__in=_YES)
    well = list(dict.fromkeys(good.order_by("-pk").values_list("influencer", flat=True)[:sample]))
    everybody, is_sample = _everybody(sample)
    traits = _traits({*shown, *well, *everybody})
    groups = [[traits[pk] for pk in group if pk in traits] for group in (shown, everybody, well)]

    def parts(of: Callable[[_Traits], Iterable[str]]) -> dict[str, Part]:
        shares = [_shares(group, of) for group in groups]
        keys = {key for share in shares for key in share}
        return {key: Part(key, *(share.get(key, 0.0) for share in shares)) for key in keys}

    return Exposure(
        shown=len(groups[0]),
        everybody=len(groups[1]),
        well=len(groups[2]),
        is_sample=is_sample,
        drawn=len(newest) - len(shown),
        sizes=tuple(sorted(parts(lambda one: one.size).values(), key=lambda part: int(part.key or -1))),
        languages=_most(parts(lambda one: one.languages)),
        platforms=_most(parts(lambda one: one.platforms)),
    )


def _everybody(sample: int) -> tuple[list[int], bool]:
    """Ids of all profiles; of many, every so manieth."""
    ends = Influencer.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return [], False
    step = (ends["last"] - ends["first"]) // sample + 1
    if step == 1:
        return list(Influencer.objects.order_by("pk").values_list("pk", flat=True)), False
    asked = range(ends["first"], ends["last"] + 1, step)
    return list(Influencer.objects.filter(pk__in=asked).values_list("pk", flat=True)), True


def _traits(ids: Collection[int]) -> dict[int, _Traits]:
    platforms: defaultdict[int, set[str]] = defaultdict(set)
    largest: dict[int, int] = {}
    accounts = SocialAccount.objects.filter(influencer__in=ids).order_by("pk")
    for person, platform, followers in accounts.values_list("influencer", "platform", "followers"):
        platforms[person].add(platform)
        if followers is not None:
            largest[person] = max(followers, largest.get(person, 0))
    return {
        pk: _Traits(frozenset({_tier(largest.get(pk))}), frozenset(languages), frozenset(platforms[pk]))
        for pk, languages in Influencer.objects.filter(pk__in=ids).values_list("pk", "languages")
    }


def _tier(followers: int | None) -> str:
    """The lower bound; "" where nobody counted them."""
    return "" if followers is None else str(max(bound for bound in TIERS if bound <= followers))


def _shares(group: list[_Traits], of: Callable[[_Traits], Iterable[str]]) -> dict[str, float]:
    counted = Counter(key for one in group for key in of(one))
    return {key: number / len(group) for key, number in counted.items()}


def _most(parts: Mapping[str, Part]) -> tuple[Part, ...]:
    often = sorted(parts.values(), key=lambda part: (-max(part.shown, part.everybody), part.key))
    return tuple(often[:_MOST_PARTS])
