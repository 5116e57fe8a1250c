"""The ledger of concrete actions, and who gets credit for them."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

from babel.core import get_global
from babel.numbers import get_territory_currencies
from django.db import IntegrityError, transaction

from crm import keyring
from crm.errors import DomainError
from crm.models import ActionKind
from outreach import signing
from outreach.attribution.money import split_minor
from outreach.attribution.paths import Path, Touch
from outreach.attribution.rules import RULES
from outreach.models import AttributionCredit, Click, Conversion, Link

BY_HAND = "by hand"  # the source of what an officer writes down
DEFAULT_RULE = "last_touch"
DEFAULT_WINDOW = timedelta(days=30)
_BATCH = 500
_PLACES = Decimal("0.000000000001")
_REACH = timedelta(days=7305)  # twenty years; what lies further back is a mistyped year
_CLOCK_SLACK = timedelta(hours=1)  # how far a source's clock may be from ours; many also cut off the seconds

CURRENCIES = frozenset(
    code
    for territory in get_global("territory_currencies")
    for code in get_territory_currencies(territory, non_tender=False)
)


@dataclass(frozen=True)
class Action:
    """What a source tells of one concrete action. Money in minor units (cents) of its own currency."""

    source: str
    external_id: str
    kind: str
    occurred_at: datetime
    amount_minor: int | None = None
    currency: str = ""
    quantity: int = 1
    click_ids: tuple[str, ...] = ()
    code: str = ""
    utm: Mapping[str, str] = field(default_factory=dict)
    supporter: str = ""  # an e-mail or other id of who acted; hashed here and not kept


def record(*, action: Action, at: datetime) -> tuple[Conversion, bool]:
    """Write one action down, once: (row, is it new). The same action again changes nothing.

    Raises DomainError: kind_unknown, amount_not_positive, currency_unknown, currency_missing, amount_missing,
    external_id_missing, occurs_in_future, occurs_too_early (years), conversion_conflict (this id is stored with other
    content).
    """
    _check(action, at=at)
    content = _content_hash(action)
    row = Conversion(
        source=action.source,
        external_id=action.external_id or f"{Conversion.UNNUMBERED}{content}",
        kind=action.kind,
        quantity=action.quantity,
        amount_minor=action.amount_minor,
        currency=action.currency,
        occurred_at=action.occurred_at,
        received_at=at,
        click_ids=list(action.click_ids),
        code=action.code,
        utm=dict(action.utm),
        supporter=_supporter_digests(action)[0],
        content_hash=content,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        known = Conversion.objects.get(source=row.source, external_id=row.external_id)
        if known.content_hash != content or known.supporter not in _supporter_digests(action):
            raise DomainError("conversion_conflict", source=row.source, external_id=row.external_id) from None
        return known, False
    return row, True


@transaction.atomic
def record_by_hand(*, action: Action, at: datetime) -> tuple[Conversion, bool]:
    """Write down what an officer tells, and credit it at once: (row, is it new).

    Raises DomainError: what `record` raises, but for a receipt number taken by another action receipt_taken (receipt).
    """
    try:
        row, is_new = record(action=action, at=at)
    except DomainError as error:
        if error.code != "conversion_conflict":
            raise
        raise DomainError("receipt_taken", receipt=action.external_id) from error
    if is_new:
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
    """Compute one conversion's credits under one rule anew. They sum to exactly 1; what is nobody's has no link."""
    Conversion.objects.select_for_update().get(pk=conversion.pk)
    path, links = _path(conversion)
    shares = RULES[rule].share(path, window=window) or {"": Fraction(1)}
    parts = _decimals(shares)
    amounts = split_minor(conversion.amount_minor, shares) if conversion.amount_minor is not None else {}
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


def _check(action: Action, *, at: datetime) -> None:
    if action.kind not in ActionKind.values:
        raise DomainError("kind_unknown", kind=action.kind, known=ActionKind.values)
    if action.amount_minor is None and action.currency:
        raise DomainError("amount_missing")
    if action.amount_minor is None and action.kind == ActionKind.DONATION:
        raise DomainError("amount_missing")
    if action.amount_minor is not None:
        if action.amount_minor <= 0:
            raise DomainError("amount_not_positive")
        if not action.currency:
            raise DomainError("currency_missing")
        if action.currency not in CURRENCIES:
            raise DomainError("currency_unknown", currency=action.currency)
        if not action.external_id:
            raise DomainError("external_id_missing")
    if action.occurred_at > at + _CLOCK_SLACK:
        raise DomainError("occurs_in_future")
    if action.occurred_at < at - _REACH:
        raise DomainError("occurs_too_early", years=_REACH.days // 365)


def _content_hash(action: Action) -> str:
    """What makes two reports of one id the same action, but for the supporter, who is compared by keyed hash."""
    said = asdict(action) | {"occurred_at": action.occurred_at.timestamp(), "supporter": ""}
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def _supporter_digests(action: Action) -> tuple[str, ...]:
    """Who acted, as a hash under every key we ever had, the newest first; blank when nobody was named."""
    supporter = action.supporter.strip().casefold()
    return keyring.digests("supporter", supporter) if supporter else ("",)


def _path(conversion: Conversion) -> tuple[Path, dict[str, Link]]:
    """The touches that led to a conversion, each on the channel of its link's id. Unknown click ids lead nowhere.

    Whoever names a click has followed it: one that our clock puts a moment after the conversion came at its instant.
    """
    clicks = Click.objects.select_related("link").filter(
        click_id__in=conversion.click_ids, at__lte=conversion.occurred_at + _CLOCK_SLACK
    )
    touches = [Touch(channel=str(click.link_id), at=min(click.at, conversion.occurred_at)) for click in clicks]
    links = {str(click.link_id): click.link for click in clicks}
    if conversion.code and (spoken := Link.objects.filter(code=signing.heard(conversion.code)).first()):
        touches.append(Touch(channel=str(spoken.pk), at=conversion.occurred_at))
        links[str(spoken.pk)] = spoken
    return Path(touches=tuple(sorted(touches, key=lambda touch: touch.at)), converted_at=conversion.occurred_at), links


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
