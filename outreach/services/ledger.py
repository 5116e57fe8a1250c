"""What is left of each action after what was taken back of it, in whatever order all of it was told."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from outreach.models import Balance, Conversion, ConversionId
from outreach.models.conversion import ConversionQuerySet
from outreach.sources import ledger as rules
from outreach.sources import marks
from outreach.sources.events import Crypto, Event
from outreach.sources.marks import Marks

DEEPEST = 5  # takings back of takings back; a dispute that was won is the second


def as_event(row: Conversion, *, also: Iterable[str] = ()) -> Event:
    """A row as its source told it. Who acted is known by a keyed hash alone."""
    crypto = None
    if row.crypto_quantity is not None:
        crypto = Crypto(row.crypto_asset, row.crypto_network, row.crypto_hash, row.crypto_quantity, row.rate_source)
    return Event(
        source=row.source,
        external_id=row.external_id,
        kind=row.kind,
        occurred_at=row.occurred_at,
        amount_minor=row.amount_minor,
        currency=row.currency,
        crypto=crypto,
        quantity=row.quantity,
        click_ids=tuple(row.click_ids),
        code=row.code,
        utm=row.utm,
        referrer=row.referrer,
        supporter=row.supporter,
        refund_of=row.refund_of,
        is_total=row.is_total,
        is_restoration=row.is_restoration,
        also=tuple(sorted(set(also) - {row.external_id})),
    )


def marks_of(row: Conversion) -> Marks:
    """Every mark that any report of an action brought. Prefetch `marks` where many are asked for."""
    own = Marks(tuple(row.click_ids), row.code, row.utm, row.referrer)
    later = (Marks(tuple(mark.click_ids), mark.code, mark.utm, mark.referrer) for mark in row.marks.all())
    return marks.joined([own, *later])


def codes_of(row: Conversion) -> frozenset[str]:
    """All codes that reports of an action named: two reports may bring two."""
    return frozenset(code for code in (row.code, *(mark.code for mark in row.marks.all())) if code)


def supporters_of(row: Conversion) -> frozenset[str]:
    """Who acted, as keyed hashes: sources may name one by an address here and by a number there."""
    return frozenset(who for who in (row.supporter, *(mark.supporter for mark in row.marks.all())) if who)


def action_of(row: Conversion) -> Conversion | None:
    """The action that a taking back is about, however far down; an action's own row; None while nobody told of it."""
    for _step in range(DEEPEST):
        if not row.refund_of:
            return row
        named = ConversionId.objects.filter(source=row.source, external_id=row.refund_of)
        if (found := named.select_related("conversion").first()) is None:
            return None
        row = found.conversion
    return None


def refresh(*, action: Conversion) -> bool:
    """Compute anew what is left of an action; whether that changed. The caller holds the source's lock."""
    found = next(each for each in rules.balance(_family(action)).balances if not each.action.refund_of)
    before = Balance.objects.filter(conversion=action).first()
    is_untouched = not found.is_void and not found.returned_minor
    if is_untouched and before is None:
        return False
    has_money = action.amount_minor is not None
    now = {
        "returned_minor": found.returned_minor,
        "kept_minor": found.kept_minor if has_money else None,
        "is_void": found.is_nothing,
        "is_overdrawn": found.is_overdrawn,
    }
    if before is not None and all(getattr(before, name) == value for name, value in now.items()):
        return False
    Balance.objects.update_or_create(conversion=action, defaults=now)
    return True


def kept_minor(action: Conversion) -> int | None:
    """What is left of its money; None where there was none."""
    left = Balance.objects.filter(conversion=action).first()
    return left.kept_minor if left else action.amount_minor


def waiting() -> ConversionQuerySet:
    """Takings back of what nobody told us of, or told in another currency: they count nowhere until it comes."""
    named = ConversionId.objects.filter(source=OuterRef("source"), external_id=OuterRef("refund_of"))
    about = ConversionId.objects.filter(source=OuterRef("source"), external_id=OuterRef("conversion__refund_of"))
    of_all = Exists(about.filter(conversion__currency=OuterRef(OuterRef("currency"))))
    same = Q(conversion__currency=OuterRef("currency")) | (Q(conversion__currency="") & Q(of_all))
    whole = Conversion.objects.takings_back().filter(~Exists(named), amount_minor=None)
    some = Conversion.objects.takings_back().filter(~Exists(named.filter(same)), amount_minor__isnull=False)
    return whole | some


def _family(action: Conversion) -> list[Event]:
    """An action, what takes it back, and what takes that back."""
    found, rows = dict[int, Event](), [action]
    for _step in range(DEEPEST):
        ids = _ids_of(rows)
        found |= {row.pk: as_event(row, also=ids[row.pk]) for row in rows}
        named = [ident for each in ids.values() for ident in each]
        rows = list(
            Conversion.objects.takings_back().filter(source=action.source, refund_of__in=named).exclude(pk__in=found)
        )
        if not rows:
            break
    return list(found.values())


def _ids_of(rows: Iterable[Conversion]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {row.pk: [] for row in rows}
    ids = ConversionId.objects.filter(conversion__in=list(found)).order_by("pk")
    for pk, ident in ids.values_list("conversion_id", "external_id"):
        found[pk].append(ident)
    return found
