"""What the demo's staff thought of the people on their lists, from what a list shows of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from random import Random

from config.demo.agenda import Agenda
from crm.models import Influencer, User
from matching.models import Exclusion, Match, MatchList
from matching.services import exclusions, labels

_READ = (1, 2, 3, 4, 6, 9, 14, 22, 35, 60)  # ranks: the first ones, then now and then one
_BEGINS = timedelta(minutes=15)
_EACH = timedelta(seconds=70)

_NOTES: Mapping[str, tuple[str, ...]] = {
    "fit": ("Replies to comments, sources in every post.", "Would do a video, says the bio.", ""),
    "off_topic": ("One post in a hundred.", ""),
    "other_audience": ("Hardly anybody where we act.", ""),
    "too_commercial": ("Every second post is an advert.", ""),
    "inactive": ("Silent since the summer.", ""),
}
_OF_A_BRAND = "A brand: for their public it would look like an advert of theirs."
_NEVER_FOR_CAUSE = "They want their logo on everything. The cause would become their advert."
_NEVER_AGAIN = "Put our logo on an advert without asking, and did not answer when we wrote."


def plan(agenda: Agenda, match_list: MatchList, *, by: User, at: datetime) -> None:
    """Somebody reads the list soon after it was made, one person a minute."""
    rng = Random(f"{match_list.cause.slug} {match_list.limit}")
    matches = match_list.matches.filter(rank__in=_READ).select_related("influencer").order_by("rank")
    for place, match in enumerate(matches):
        agenda.at_work(at + _BEGINS + place * _EACH, partial(_judge, match, match_list, by, rng.random()))


def _judge(match: Match, match_list: MatchList, by: User, chance: float, at: datetime) -> None:
    verdict, reason = _thought(match, chance)
    notes = _NOTES.get(reason or verdict, ("",))
    note = _OF_A_BRAND if verdict == "conflict" else notes[int(chance * 1_000) % len(notes)]
    labels.judge(
        cause=match_list.cause,
        influencer=match.influencer,
        verdict=verdict,
        reason=reason,
        note=note,
        match=match,
        by=by,
        at=at,
    )
    if verdict == "conflict":
        _bar(match, match_list, by=by, at=at + timedelta(seconds=20))


def _thought(match: Match, chance: float) -> tuple[str, str]:
    known = {name: value["value"] for name, value in match.values.items()}
    if match.influencer.kind == Influencer.Kind.BRAND:
        return "conflict", "too_commercial"
    if (known["days_since_last_post"] or 0) > 110:
        return "not_fit", "inactive"
    if (known["sponsorship_load"] or 0) >= 0.5:
        return "not_fit", "too_commercial"
    if known["audience_geo"] is not None and known["audience_geo"] < 0.05:
        return "not_fit", "other_audience"
    if (known["topic_fit"] or 0) < 0.15 or chance > 0.95:
        return "not_fit", "off_topic"
    return "fit", ""


def _bar(match: Match, match_list: MatchList, *, by: User, at: datetime) -> None:
    """The first brand is out for the cause it was seen for; the next one ever."""
    if Exclusion.objects.filter(cause=None).exists():
        return
    is_first = not Exclusion.objects.exists()
    exclusions.exclude(
        influencer=match.influencer,
        cause=match_list.cause if is_first else None,
        reason=_NEVER_FOR_CAUSE if is_first else _NEVER_AGAIN,
        by=by,
        at=at,
    )
