"""What two match lists say together: what changed since the last one, and why."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from crm.models import Influencer, VettingCheck
from matching.models import Exclusion, LeftOut, Match, MatchList, RankerVersion
from matching.ranking import lots

_SAME = 1e-9  # of a fit index


class Move(StrEnum):
    NEW = "new"
    UP = "up"
    DOWN = "down"
    SAME = "same"
    GONE = "gone"


@dataclass(frozen=True)
class Change:
    """How one person moved between two lists: `before`, `after` are ranks, None where they are not in it.

    `why`: a code that words.py says; `feature`: the one whose contribution changed most, where that is why.
    """

    influencer: int
    move: Move
    before: int | None
    after: int | None
    why: str
    feature: str = ""


@dataclass(frozen=True)
class Changes:
    """What is different from `since`, the list before of the same cause with the same filters."""

    since: MatchList
    of: Mapping[int, Change]  # by person, those of either list

    @cached_property
    def counts(self) -> dict[str, int]:
        counted = Counter(change.move.value for change in self.of.values())
        return {move.value: counted[move.value] for move in Move}

    @property
    def gone(self) -> list[Change]:
        """Who is not in the list any more, the best of then first."""
        found = (change for change in self.of.values() if change.move is Move.GONE)
        return sorted(found, key=lambda change: change.before or 0)


def changes(match_list: MatchList) -> Changes | None:
    """None where there is nothing to hold it against."""
    earlier = MatchList.objects.ready().filter(
        cause=match_list.cause_id, filters=match_list.filters, as_of__lte=match_list.as_of
    )
    since = earlier.exclude(pk=match_list.pk).filter(pk__lt=match_list.pk).order_by("-as_of", "-pk").first()
    if since is None or match_list.state != MatchList.State.READY:
        return None
    then, now = _matches(since), _matches(match_list)
    drawn = _drawn(then), _drawn(now)
    other = _other_ranker(match_list, since)
    told = {pk: _stayed(then[pk], now[pk], other, drawn) for pk in now if pk in then}
    told |= _came({pk: now[pk] for pk in now if pk not in then}, since, had_lots=bool(drawn[0]))
    below = "" if len(now) < match_list.limit else "not_drawn" if drawn[1] else "overtaken"
    told |= _went({pk: then[pk] for pk in then if pk not in now}, match_list, below=below)
    return Changes(since, told)


def _matches(match_list: MatchList) -> dict[int, Match]:
    rows = match_list.matches.only("influencer", "rank", "propensity", "score", "sides", "match_list")
    return {match.influencer_id: match for match in rows}


def _drawn(matches: Mapping[int, Match]) -> list[int]:
    """The places that were drawn by lot."""
    return [match.rank for match in matches.values() if match.is_drawn]


def _other_ranker(match_list: MatchList, since: MatchList) -> str:
    """What made the two lists differ before anything else, as a code; blank where the same ranker made both."""
    if match_list.ranker_id == since.ranker_id:
        return ""
    made_by = RankerVersion.objects.filter(pk__in=[match_list.ranker_id, since.ranker_id])
    one, other = made_by.values("kind", "weights", "manifest__schema_version")
    is_alike = one | {"weights": {}} == other | {"weights": {}}
    return "other_weights" if is_alike and one != other else "other_ranker"


def _stayed(then: Match, now: Match, other: str, drawn: tuple[list[int], list[int]]) -> Change:
    move = Move.UP if now.rank < then.rank else Move.DOWN if now.rank > then.rank else Move.SAME
    why, feature = "", ""
    if move is not Move.SAME:
        lot = _by_lot(then, now, drawn)
        why, feature = (lot, "") if lot else _why(then, now, is_better=move is Move.UP, other=other)
    return Change(now.influencer_id, move, then.rank, now.rank, why, feature)


def _by_lot(then: Match, now: Match, drawn: tuple[list[int], list[int]]) -> str:
    """Whether somebody has another place by lot: their own, or that of those who were drawn before them; else blank."""
    if now.is_drawn:
        return "is_drawn"
    if then.is_drawn:
        return "was_drawn"
    fell = lots.standing(now.rank, drawn[1]) - lots.standing(then.rank, drawn[0])
    return "" if fell * (now.rank - then.rank) > 0 else "lots_moved"


def _why(then: Match, now: Match, *, is_better: bool, other: str) -> tuple[str, str]:
    """Another ranker or other weights; else the feature that moved them most the way they went; else the others."""
    if other:
        return other, ""
    grown: Counter[str] = Counter()
    for match, sign in ((now, 1.0), (then, -1.0)):
        for side in match.sides.values():
            for feature, contribution in side["contributions"].items():
                grown[feature] += sign * contribution
    if abs(now.score - then.score) <= _SAME or (now.score > then.score) != is_better:
        return "others_moved", ""
    feature, most = max(grown.items(), key=lambda pair: pair[1] if is_better else -pair[1])
    return ("speaks_more" if is_better else "speaks_less", feature) if most else ("others_moved", "")


def _came(matches: Mapping[int, Match], since: MatchList, *, had_lots: bool) -> dict[int, Change]:
    left_out = set(
        LeftOut.objects.filter(match_list=since, influencer__in=matches).values_list("influencer", flat=True)
    )
    unknown = set(Influencer.objects.filter(pk__in=matches, created_at__gt=since.as_of).values_list("pk", flat=True))
    barred = _barred(matches, since)

    def why(pk: int) -> str:
        if matches[pk].is_drawn:
            return "is_drawn"
        if pk in barred:
            return "was_barred"
        stood = "was_not_drawn" if had_lots else "stood_lower"
        return "was_conflict" if pk in left_out else "was_unknown" if pk in unknown else stood

    return {pk: Change(pk, Move.NEW, None, match.rank, why(pk)) for pk, match in matches.items()}


def _went(matches: Mapping[int, Match], match_list: MatchList, *, below: str) -> dict[int, Change]:
    """`below`: why somebody is gone who stands lower now, blank where nobody can."""
    left_out = set(
        LeftOut.objects.filter(match_list=match_list, influencer__in=matches).values_list("influencer", flat=True)
    )
    newest = (
        VettingCheck.objects.filter(cause=match_list.cause_id, influencer__in=matches, at__lte=match_list.ready_at)
        .order_by("influencer", "-at", "-pk")
        .distinct("influencer")
    )
    refused = {check.influencer_id for check in newest if check.verdict == VettingCheck.Verdict.REFUSED}
    barred = _barred(matches, match_list)

    def why(pk: int) -> str:
        if pk in barred:
            return "is_barred"
        if pk in refused:
            return "is_refused"
        if pk in left_out:
            return "is_conflict"
        return "had_lot" if matches[pk].is_drawn else below or "outside"

    return {pk: Change(pk, Move.GONE, match.rank, None, why(pk)) for pk, match in matches.items()}


def _barred(matches: Mapping[int, Match], match_list: MatchList) -> set[int]:
    """Whom it had been decided never to ask when this list was made."""
    barring = Exclusion.objects.barring(match_list.cause).holding(at=match_list.ready_at or match_list.as_of)
    return set(barring.filter(influencer__in=matches).values_list("influencer", flat=True))


def people_of(changed: list[Change]) -> list[tuple[Influencer, Change]]:
    """These changes with whom they are about; whoever is erased is not there any more."""
    people = Influencer.objects.in_bulk([change.influencer for change in changed])
    return [(people[change.influencer], change) for change in changed if change.influencer in people]
