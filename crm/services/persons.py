"""What somebody may ask of those who hold data about them: all of it, or that it goes (GDPR, articles 15 and 17).

Both walk the plans that every model of every app declares (PersonPlan), and name none of those models.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import DateTimeField, Model, Q, Value

from crm.errors import DomainError
from crm.handles import canonical_email
from crm.models import Address, ErasureReceipt, ImportRow, Influencer, InfluencerAlias, Suppression, User
from crm.models.base import ERASING_AT, AtErasure
from crm.services import activity, erased, erasure_ledger, identity, person_plans, person_traces
from crm.services.bulk import lists
from crm.services.person_bundle import bundle


def find(*, email: str = "", public_id: str = "") -> Influencer:
    """Who has this address, or this id, be it that of a profile that was merged into theirs.

    Raises DomainError: email_invalid, person_unknown.
    """
    found, people = None, Influencer.objects.all()
    if email:
        found = people.filter(addresses__email_key=canonical_email(email)).first()
    else:
        with suppress(ValueError):
            former = InfluencerAlias.objects.filter(public_id=UUID(public_id)).values("influencer")
            found = people.filter(Q(public_id=UUID(public_id)) | Q(pk__in=former)).first()
    if found is None:
        raise DomainError("person_unknown")
    return found


def export(*, influencer: Influencer, at: datetime, by: User | None = None) -> Iterator[str]:
    """Everything about them, as JSON; that it was handed out, and by whom, stands on their timeline."""
    activity.record(influencer=influencer, kind="exported", at=at, by=by)
    return bundle(influencer, at=at)


@transaction.atomic
def erase(
    *, influencer: Influencer, at: datetime, by: User | None = None, reason: str = ErasureReceipt.Reason.ASKED
) -> ErasureReceipt:
    """Nothing is left of them but counts and keyed hashes, which keep them from being stored again.

    Raises DomainError: person_erased (somebody did it before), person_busy (what: a message is on the wire right now),
    import_under_way.
    """
    identity.settle()
    _keep_out_of_logs()
    person = _hold(influencer, at=at)
    spoken_for = list(person.represents.values_list("influencer", flat=True))
    digests = erased.subjects(person)
    traces = person_traces.of(person)
    runs = list(ImportRow.objects.filter(influencer=person).values_list("batch__public_id", flat=True).distinct())
    rows = {model: list(found.values_list("pk", flat=True)) for model, _plan, found in person_plans.erased_with(person)}
    counts = _let_go(person, at=at)
    for label, number in person_traces.sweep(traces, runs=runs).items():
        _count(counts, label, "searched", number)
    _count(counts, "interface", "removed", person_traces.forget_interface(traces, rows=rows))
    _shut_out(digests, at=at, by=by)
    lists.refresh(spoken_for)
    receipt = ErasureReceipt.objects.create(reason=reason, at=at, by=by, counts=counts, digests=digests)
    erasure_ledger.note(receipt)
    return receipt


def erase_again(*, at: datetime) -> int:
    """Whoever was erased after the backup was made that this database was restored from; how many receipts that were.

    Raises DomainError: what `erase` raises.
    """
    missing = erasure_ledger.missing()
    for receipt in missing:
        for person in erasure_ledger.whose(receipt.digests):
            erase(influencer=person, at=at, reason=receipt.reason)
        with transaction.atomic():
            receipt.save(force_insert=True)
            _shut_out(receipt.digests, at=receipt.at, by=None)
    return len(missing)


def receipt_body(receipt: ErasureReceipt) -> dict[str, Any]:
    """The receipt for a program: what the page says in words."""
    return {
        "receipt": str(receipt.public_id),
        "reason": receipt.reason,
        "erased_at": receipt.at.isoformat(),
        "counts": receipt.counts,
        "digests": receipt.digests,
        "lifted_at": receipt.lifted_at.isoformat() if receipt.lifted_at else None,
    }


@transaction.atomic
def lift(*, receipt: ErasureReceipt, said: str, at: datetime, by: User) -> ErasureReceipt:
    """They came back and want to be known: they may be stored again. Whatever other "no" they said stays.

    `said` is one of their addresses, profile links or ids: it must be theirs whose receipt this is.
    Raises DomainError: receipt_lifted, receipt_of_another.
    """
    locked = ErasureReceipt.objects.select_for_update().get(pk=receipt.pk)
    if locked.lifted_at:
        raise DomainError("receipt_lifted")
    if not set(erased.names(said)) & set(locked.digests):
        raise DomainError("receipt_of_another")
    Suppression.objects.filter(subject__in=locked.digests, reason=Suppression.Reason.ERASED).delete()
    locked.lifted_at, locked.lifted_by = at, by
    locked.save(update_fields=["lifted_at", "lifted_by"])
    erasure_ledger.note(locked)
    return locked


def _hold(influencer: Influencer, *, at: datetime) -> Influencer:
    """In the order of the house: addresses, the person, what hangs on them, what hangs on that."""
    list(Address.objects.select_for_update().filter(influencer=influencer).order_by("pk"))
    person = lists.hold([influencer.pk]).get(influencer.pk)
    if person is None:
        raise DomainError("person_erased")
    for model, plan, rows in person_plans.erased_with(person):
        if plan.at_erasure is AtErasure.CLEAR:
            list(rows.select_for_update(of=("self",)).values_list("pk"))
        if plan.busy is not None and _as_of(rows, at).filter(plan.busy).exists():
            raise DomainError("person_busy", what=model._meta.label_lower)
    return person


def _let_go(person: Influencer, *, at: datetime) -> dict[str, dict[str, int]]:
    """What the plans say of rows that tell of the person; the furthest first, while they still lead there."""
    counts: dict[str, dict[str, int]] = {}
    plans = person_plans.erased_with(person)[::-1]
    for model, plan, rows in plans:
        if plan.at_erasure is AtErasure.CLEAR:
            _count(counts, model._meta.label_lower, "cleared", _update(model, rows, plan.cleared, at=at))
    for model, plan, rows in plans:
        if plan.at_erasure is AtErasure.REMOVE:
            _total, removed = rows.delete()
            _count(counts, model._meta.label_lower, "removed", Counter(removed)[model._meta.label])
    return counts


def _update(model: type[Model], rows: Any, cleared: Any, *, at: datetime) -> int:
    pks = list(rows.values_list("pk", flat=True))
    return _as_of(model._base_manager.filter(pk__in=pks), at).update(**cleared)  # type: ignore[no-any-return]


def _as_of(rows: Any, at: datetime) -> Any:
    return rows.annotate(**{ERASING_AT: Value(at, DateTimeField())})


def _shut_out(digests: list[str], *, at: datetime, by: User | None) -> None:
    """What is left in suppression: nothing is sent to these, and nobody is stored under them."""
    scope, reason = Suppression.Scope.ALL, Suppression.Reason.ERASED
    Suppression.objects.bulk_create(
        [Suppression(subject=subject, scope=scope, reason=reason, created_at=at, by=by) for subject in digests],
        update_conflicts=True,
        unique_fields=["subject", "scope", "reason"],
        update_fields=["created_at", "by"],
    )


def _count(counts: dict[str, dict[str, int]], label: str, how: str, number: int) -> None:
    if number:
        counts.setdefault(label, {})[how] = number


def _keep_out_of_logs() -> None:
    """A slow statement is logged with its values, and ours name somebody. Where the server lets us, it is not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config(name, '-1', true) FROM (VALUES ('log_min_duration_statement')) AS setting(name)"
            " WHERE has_parameter_privilege(name, 'SET')"
        )
