"""Where one may write, and who said no. Writers of a "no" lock the address row, as the send gate does.

Whoever holds several rows takes addresses first, then the person (outreach.services.locks goes on from there).
"""

from datetime import datetime

from django.db import transaction

from crm import keyring, selectors
from crm.errors import DomainError
from crm.handles import canonical_email
from crm.models import Address, Influencer, Suppression, User
from crm.services import activity, erased
from crm.services.bulk import lists


def digest(email_key: str) -> str:
    """What suppressions keep of an address: a keyed hash of its canonical form."""
    return keyring.digest("address", email_key)


@transaction.atomic
def add(
    *,
    influencer: Influencer,
    email: str,
    kind: str = Address.Kind.PERSONAL,
    basis: str = Address.Basis.UNKNOWN,
    source: str = "",
    source_url: str = "",
) -> Address:
    """A new address of a person, or the one they have already, untouched.

    Raises DomainError: email_invalid, address_taken (it belongs to somebody else), person_erased_before (on).
    """
    key = canonical_email(email)
    erased.check_address(key)
    address, _ = Address.objects.get_or_create(
        email_key=key,
        defaults={
            "influencer": influencer,
            "email": email.strip(),
            "digest": digest(key),
            "kind": kind,
            "basis": basis,
            "source": source,
            "source_url": source_url,
        },
    )
    if address.influencer_id != influencer.pk:
        raise DomainError("address_taken", influencer=str(address.influencer.public_id))
    lists.refresh([influencer.pk])
    return address


@transaction.atomic
def correct(
    *,
    address: Address,
    kind: str,
    basis: str,
    source: str,
    source_url: str = "",
    proof: str = "",
    by: User,
    at: datetime,
) -> Address:
    """Say what kind of address it is, on which ground one may write there and where we have it from.

    `proof` is where and when somebody consented; it is kept on their timeline. Never lifts a "no".
    Raises DomainError: consent_proof_missing, when consent is recorded anew without it; person_erased.
    """
    locked = Address.objects.select_for_update().select_related("influencer").get(pk=address.pk)
    if locked.influencer.erased_at:
        raise DomainError("person_erased")
    is_new_consent = basis == Address.Basis.CONSENT and (locked.basis != basis or bool(proof.strip()))
    if is_new_consent and not proof.strip():
        raise DomainError("consent_proof_missing")
    said = {"kind": kind, "basis": basis, "source": source.strip(), "source_url": source_url}
    changed = [name for name, value in said.items() if getattr(locked, name) != value]
    for name in changed:
        setattr(locked, name, said[name])
    if changed:
        locked.save(update_fields=[*changed, "updated_at"])
        lists.refresh([locked.influencer_id])
    if is_new_consent:
        activity.record(influencer=locked.influencer, kind="consent_recorded", at=at, by=by, proof=proof.strip())
    elif changed:
        activity.record(influencer=locked.influencer, kind="address_corrected", at=at, by=by, fields=changed)
    return locked


def has_said_no(influencer: Influencer, *, at: datetime) -> bool:
    """Whether somebody asked us, at any of their addresses or accounts, not to be written to any more."""
    return Suppression.objects.filter(subject__in=selectors.subjects(influencer), created_at__lte=at).exists()


@transaction.atomic
def suppress_person(*, influencer: Influencer, reason: str, at: datetime, by: User | None = None) -> None:
    """Somebody said no for good, wherever they said it: no address and no account of theirs is written to again."""
    list(influencer.addresses.select_for_update().order_by("pk"))  # the send gate holds the address while it decides
    locked = lists.hold([influencer.pk])[influencer.pk]
    Suppression.objects.bulk_create(
        [Suppression(subject=subject, reason=reason, created_at=at, by=by) for subject in selectors.subjects(locked)],
        ignore_conflicts=True,
    )
    lists.refresh([locked.pk])
    activity.record(
        influencer=locked, kind="suppressed", at=at, by=by, reason=reason, scope=Suppression.Scope.PARTNERSHIP
    )


@transaction.atomic
def suppress(
    *,
    address: Address,
    reason: str,
    at: datetime,
    scope: str = Suppression.Scope.PARTNERSHIP,
    by: User | None = None,
) -> Suppression:
    """From the commit on, nothing of this scope goes to the address. Saying no twice is the same no."""
    locked = Address.objects.select_for_update().select_related("influencer").get(pk=address.pk)
    suppression, is_new = Suppression.objects.get_or_create(
        subject=locked.digest, scope=scope, defaults={"reason": reason, "created_at": at, "by": by}
    )
    if is_new:
        lists.refresh([locked.influencer_id])
        activity.record(influencer=locked.influencer, kind="suppressed", at=at, by=by, reason=reason, scope=scope)
    return suppression
