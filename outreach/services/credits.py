"""Who gets which share of an action under one rule, as rows: derived, thrown away and computed again.

Whoever computes credits does so one after the other (`take_turn`): no rows are locked, so nobody waits for somebody who
waits for them, in whatever order they come to the actions of one supporter. Whoever holds the turn waits for no other.
"""

from collections.abc import Iterable, Mapping
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

from django.db import connection, transaction
from django.db.models import Q

from outreach.attribution.money import split_minor
from outreach.attribution.rules import RULES, Rule
from outreach.models import AttributionCredit, Balance, Campaign, Conversion
from outreach.services import paths
from outreach.services.paths import Trail

DEFAULT_RULE = "last_touch"
AT_ONCE = 500
_PLACES = Decimal("0.000000000001")
_TURN = 0xC4ED175  # any number that no other advisory lock of ours has


def take_turn() -> None:
    """To the end of the transaction nobody else computes credits. Taken after the turn of a source, never before it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])


@transaction.atomic
def give(*, actions: Iterable[int], rule: str = DEFAULT_RULE) -> list[AttributionCredit]:
    """Compute the credits of actions under one rule anew, in as many queries for one as for many. Those of an action
    sum to exactly 1, and their money to what is left of it; what is nobody's has no link."""
    take_turn()
    rows = list(Conversion.objects.standing().filter(pk__in=list(actions)).order_by("pk"))
    wanted = [row.pk for row in rows]
    trails = paths.of(wanted)
    left = dict(Balance.objects.filter(conversion__in=wanted).values_list("conversion", "kept_minor"))
    AttributionCredit.objects.filter(conversion__in=wanted, rule=rule).delete()
    return AttributionCredit.objects.bulk_create(
        credit
        for row in rows
        for credit in _shared(row, trails[row.pk], RULES[rule], left.get(row.pk, row.amount_minor))
    )


@transaction.atomic
def give_first(*, actions: Iterable[int]) -> None:
    """Credit actions by the rule that reports go by. One that is told late leads to later ones of its supporter, which
    were credited before: these are credited again."""
    take_turn()
    wanted = set(actions)
    later = paths.following(wanted)
    give(actions=wanted)
    _again(later)


@transaction.atomic
def again(*, actions: Iterable[int]) -> None:
    """Compute what was credited for actions anew, and for later ones of the same supporters, under each rule that was
    asked; what nobody looked at yet waits."""
    take_turn()
    wanted = set(actions)
    _again(wanted | set(paths.following(wanted)))


@transaction.atomic
def again_for(*, campaign: Campaign) -> None:
    """The same of whatever may be a campaign's: what its links are credited for, and what nobody is."""
    take_turn()
    asked = AttributionCredit.objects.filter(Q(link__outreach__campaign=campaign) | Q(link=None))
    waiting = list(asked.order_by("conversion").values_list("conversion", flat=True).distinct())
    for start in range(0, len(waiting), AT_ONCE):
        _again(waiting[start : start + AT_ONCE])


def give_due() -> int:
    """Credit the actions nobody has looked at, a batch at a time; how many there were."""
    done = 0
    while batch := list(Conversion.objects.unattributed().order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        give_first(actions=batch)
        done += len(batch)
    return done


def _again(actions: Iterable[int]) -> None:
    asked: dict[str, set[int]] = {}
    for rule, pk in AttributionCredit.objects.filter(conversion__in=list(actions)).values_list("rule", "conversion"):
        asked.setdefault(rule, set()).add(pk)
    for rule, rows in sorted(asked.items()):
        give(actions=rows, rule=rule)


def _shared(row: Conversion, trail: Trail, rule: Rule, left: int | None) -> list[AttributionCredit]:
    shares = rule.share(trail.path, window=trail.window) or {"": Fraction(1)}
    parts = _decimals(shares)
    amounts = split_minor(left, shares) if left is not None else {}
    return [
        AttributionCredit(
            conversion=row,
            link_id=trail.links[channel].link if channel else None,
            rule=rule.name,
            rule_version=rule.version,
            window_days=trail.days(channel),
            share=parts[channel],
            amount_minor=amounts.get(channel),
        )
        for channel in shares
    ]


def _decimals(shares: Mapping[str, Fraction]) -> dict[str, Decimal]:
    """Shares to twelve places whose sum is still exactly 1: the last channel takes what rounding left."""
    parts = {
        channel: (Decimal(share.numerator) / Decimal(share.denominator)).quantize(_PLACES, ROUND_DOWN)
        for channel, share in shares.items()
    }
    last = max(parts)
    parts[last] += 1 - sum(parts.values(), Decimal(0))
    return parts
