"""Who is considered for a list: rules that leave people out, each with its reason. The first that holds is why."""

from collections.abc import Iterator
from datetime import timedelta

from crm.models import VettingCheck
from matching.columns.filed import microseconds
from matching.models import MatchList
from matching.ranking.snapshot.rules import Among, ContactedSince, Heard, Not, Rule, Wanted
from matching.services import exclusions
from matching.services.match_lists import Filters

Reasoned = tuple[str, Rule]  # the code of a reason (matching/words/lists.py), and whom it is true of


def rules(match_list: MatchList) -> list[Reasoned]:
    """In the order in which they are asked."""
    said = Filters(**match_list.filters)
    return [*_never(match_list), ("filtered", Not(_wanted(said))), *_asked(match_list, said)]


def _never(match_list: MatchList) -> Iterator[Reasoned]:
    """Whom no list of this cause may hold, whatever was asked for."""
    barred = exclusions.barred(cause=match_list.cause)
    for code in exclusions.CODES:
        yield code, Among.of([pk for pk, why in barred.items() if why == code])
    yield "vetting_refused", Among.of(_vetted(match_list, VettingCheck.Verdict.REFUSED))


def _asked(match_list: MatchList, said: Filters) -> Iterator[Reasoned]:
    """What was asked for and is told as a reason of its own."""
    if said.is_cleared:
        yield "not_cleared", Not(Among.of(_vetted(match_list, VettingCheck.Verdict.CLEARED)))
    if said.rested_days:
        yield "contacted_lately", ContactedSince(microseconds(match_list.as_of - timedelta(days=said.rested_days)))
    if said.is_new and (newest := MatchList.objects.newest_of(match_list.cause)):
        yield "in_last_list", Among.of(newest.matches.values_list("influencer", flat=True))


def _wanted(said: Filters) -> Wanted:
    heard = (
        Heard("countries", said.audience_country, said.audience_country_share),
        Heard("ages", said.audience_age, said.audience_age_share),
        Heard("genders", said.audience_gender, said.audience_gender_share),
    )
    return Wanted(
        platform=said.platform,
        min_followers=said.min_followers,
        max_followers=said.max_followers,
        min_engagement=said.min_engagement,
        country=said.country,
        language=said.language,
        audience=tuple(one for one in heard if one.key),
    )


def _vetted(match_list: MatchList, verdict: str) -> list[int]:
    """Whose newest verdict for this cause is this one."""
    newest = (
        VettingCheck.objects.filter(cause=match_list.cause)
        .order_by("influencer", "-at", "-pk")
        .distinct("influencer")
        .values_list("influencer", "verdict")
    )
    return [pk for pk, found in newest if found == verdict]
