"""Where one may write, and who said no. Writers of a "no" lock the address row, as the send gate does."""

from datetime import datetime

from django.db import transaction

from crm import keyring
from crm.errors import DomainError
from crm.handles import canonical_email
from crm.models import Address, Influencer, Suppression, User
from crm.services import activity


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

    Raises DomainError: email_invalid, address_taken (it belongs to somebody else).
    """
    key = canonical_email(email)
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
    return address


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
        activity.record(influencer=locked.influencer, kind="suppressed", at=at, by=by, reason=reason, scope=scope)
    return suppression
