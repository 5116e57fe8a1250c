"""The ledger of concrete actions, and who gets credit for them."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

from django.db import transaction
from django.db.models import Q

from crm import keyring
from crm.errors import DomainError
from crm.formats.goals import CURRENCIES
from crm.models import Address, User
from outreach import signing
from outreach.attribution.money import split_minor
from outreach.attribution.paths import Path, Touch
from outreach.attribution.rules import RULES
from outreach.models import (
    Assignment,
    AttributionCredit,
    Click,
    Conversion,
    Door,
    Link,
)
from outreach.services import entries, ledger
from outreach.sources.events import Event

BY_HAND = "by hand"  # the source of what an officer writes down
DEFAULT_RULE = "last_touch"
DEFAULT_WINDOW = timedelta(days=30)
WHY_LIMIT = 300
_BATCH = 500
_PLACES = Decimal("0.000000000001")
_REACH = timedelta(days=7305)  # twenty years; what lies further back is a mistyped year
_CLOCK_SLACK = timedelta(hours=1)  # how far a source's clock may be from ours; many also cut off the seconds


@transaction.atomic
def record(*, event: Event, door: str, at: datetime, is_verified: bool = True) -> tuple[Conversion, bool]:
    """Write one action, or the taking back of one, down, once: (row, is it new). The same again, by whatever door and
    in whatever order, changes nothing but for marks that were not known yet.

    With `is_verified=False`, which is what a pixel says, it gives way to what anybody else says of the same id.
    Raises DomainError: currency_unknown, occurs_in_future, occurs_too_early (years), conversion_conflict (an id of it
    is stored with other facts).
    """
    _check(event, at=at)
    event = entries.numbered(event)
    entries.take_turns(event.source)
    known = entries.known(event)
    if known and not is_verified:
        return known[0], False
    told = [row for row in known if row.is_verified]
    if any(ledger.as_event(row).facts != event.facts for row in told):
        raise DomainError("conversion_conflict", source=event.source, external_id=event.external_id)
    row = told[0] if told else entries.write(event, door=door, at=at, is_verified=is_verified)
    others = [other for other in known if other != row]
    entries.lead_here(row, event, others)
    has_marks = bool(told) and entries.note_marks(row, event, others, door=door, at=at)
    _follow(row, is_other=has_marks or bool(others))
    return row, not told


@transaction.atomic
def record_by_hand(*, event: Event, at: datetime) -> tuple[Conversion, bool]:
    """Write down what an officer tells, and credit it at once: (row, is it new).

    Raises DomainError: what `record` raises, but for a receipt number taken by another action receipt_taken (receipt).
    """
    try:
        row, is_new = record(event=event, door=Door.HAND, at=at)
    except DomainError as error:
        if error.code != "conversion_conflict":
            raise
        raise DomainError("receipt_taken", receipt=event.external_id) from error
    if is_new and not row.refund_of:
        attribute(conversion=row)
    return row, is_new


def attribute_due() -> int:
    """Give credit for conversions nobody has looked at, a batch at a time; how many there were."""
    done = 0
    while batch := list(Conversion.objects.unattributed().order_by("pk")[:_BATCH]):
        for conversion in batch:
            attribute(conversion=conversion)
        done += len(batch)
    return done


@transaction.atomic
def attribute(
    *, conversion: Conversion, rule: str = DEFAULT_RULE, window: timedelta = DEFAULT_WINDOW
) -> list[AttributionCredit]:
    """Compute one action's credits under one rule anew. They sum to exactly 1, and their money to what is left of it;
    what is nobody's has no link."""
    conversion = Conversion.objects.select_for_update().get(pk=conversion.pk)  # with all marks that came since
    path, links = _path(conversion)
    shares = RULES[rule].share(path, window=window) or {"": Fraction(1)}
    parts = _decimals(shares)
    left = ledger.kept_minor(conversion)
    amounts = split_minor(left, shares) if left is not None else {}
    AttributionCredit.objects.filter(conversion=conversion, rule=rule).delete()
    return AttributionCredit.objects.bulk_create(
        AttributionCredit(
            conversion=conversion,
            link=links.get(channel),
            rule=rule,
            rule_version=RULES[rule].version,
            window_days=window.days,
            share=parts[channel],
            amount_minor=amounts.get(channel),
        )
        for channel in shares
    )


def credit_again(*, action: Conversion) -> None:
    """Compute what was credited for an action anew, under each rule that was asked; what nobody looked at yet waits."""
    said = AttributionCredit.objects.filter(conversion=action).values_list("rule", "window_days").distinct()
    for rule, days in list(said):
        attribute(conversion=action, rule=rule, window=timedelta(days=days))


def credit_named(*, click_ids: Iterable[str]) -> int:
    """Clicks that were stored only after the action they led to: credit those actions again; how many."""
    wanted = list(click_ids)
    named = Q(click_ids__overlap=wanted) | Q(marks__click_ids__overlap=wanted)
    rows = list(Conversion.objects.actions().filter(named).distinct().order_by("pk"))
    for row in rows:
        credit_again(action=row)
    return len(rows)


@transaction.atomic
def assign(*, conversion: Conversion, link: Link | None, by: User, at: datetime, why: str = "") -> Assignment:
    """Give an action to a partner, as if their code had been spoken, or say that it is nobody's; and credit it anew.

    Of a taking back whose action never came: nobody looks for that any more. Raises DomainError:
    taking_back_has_nobody, assigning_reason_blank (a partner was named), assigning_reason_too_long (limit).
    """
    if link and conversion.refund_of:
        raise DomainError("taking_back_has_nobody")
    if link and not why.strip():
        raise DomainError("assigning_reason_blank")
    if len(why) > WHY_LIMIT:
        raise DomainError("assigning_reason_too_long", limit=WHY_LIMIT)
    said = Assignment.objects.create(conversion=conversion, link=link, by=by, at=at, why=why.strip())
    if not conversion.refund_of:
        attribute(conversion=conversion)
    return said


def _check(event: Event, *, at: datetime) -> None:
    if event.currency and event.currency not in CURRENCIES:
        raise DomainError("currency_unknown", currency=event.currency)
    if event.occurred_at > at + _CLOCK_SLACK:
        raise DomainError("occurs_in_future")
    if event.occurred_at < at - _REACH:
        raise DomainError("occurs_too_early", years=_REACH.days // 365)


def _follow(row: Conversion, *, is_other: bool) -> None:
    """What this report changes in what is left of an action and in its credits."""
    action = ledger.action_of(row)
    if action is not None and (ledger.refresh(action=action) or is_other):
        credit_again(action=action)


def _path(conversion: Conversion) -> tuple[Path, dict[str, Link]]:
    """The touches that led to a conversion, each on the channel of its link's id. Unknown click ids lead nowhere.

    Whoever names a click has followed it: one that our clock puts a moment after the conversion came at its instant.
    Nobody leads themself: a link whose partner is the supporter is no touch.
    """
    clicks = Click.objects.select_related("link").filter(
        click_id__in=ledger.marks_of(conversion).click_ids, at__lte=conversion.occurred_at + _CLOCK_SLACK
    )
    touches = [Touch(channel=str(click.link_id), at=min(click.at, conversion.occurred_at)) for click in clicks]
    links = {str(click.link_id): click.link for click in clicks}
    for spoken in _named(conversion):
        touches.append(Touch(channel=str(spoken.pk), at=conversion.occurred_at))
        links[str(spoken.pk)] = spoken
    own = _own(links.values(), ledger.supporters_of(conversion))
    kept = sorted((touch for touch in touches if touch.channel not in own), key=lambda touch: touch.at)
    return Path(touches=tuple(kept), converted_at=conversion.occurred_at), links


def _named(conversion: Conversion) -> list[Link]:
    """The links whose codes were spoken, and last the one that one of us gave it to."""
    codes = {signing.heard(code) for code in ledger.codes_of(conversion)}
    found = list(Link.objects.filter(code__in=codes).order_by("pk")) if codes else []
    newest = Assignment.objects.filter(conversion=conversion).select_related("link").order_by("-pk").first()
    return [*found, newest.link] if newest and newest.link else found


def _own(links: Iterable[Link], supporters: frozenset[str]) -> set[str]:
    """Which of these links are the supporter's own, by the addresses that we know of their partners."""
    by_person = dict[int, list[str]]()
    if supporters:
        people = Link.objects.filter(pk__in=[link.pk for link in links]).values_list("outreach__influencer", "pk")
        for person, link in people:
            by_person.setdefault(person or 0, []).append(str(link))
    emails = Address.objects.filter(influencer__in=by_person).values_list("influencer", "email")
    return {
        link
        for person, email in emails
        if supporters & set(keyring.digests("supporter", email.strip().casefold()))
        for link in by_person[person]
    }


def _decimals(shares: Mapping[str, Fraction]) -> dict[str, Decimal]:
    """Shares to twelve places whose sum is still exactly 1: the last channel takes what rounding left."""
    parts = {
        channel: (Decimal(share.numerator) / Decimal(share.denominator)).quantize(_PLACES, ROUND_DOWN)
        for channel, share in shares.items()
    }
    last = max(parts)
    parts[last] += 1 - _sum(parts.values())
    return parts


def _sum(parts: Iterable[Decimal]) -> Decimal:
    return sum(parts, Decimal(0))
