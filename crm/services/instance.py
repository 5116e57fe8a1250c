"""This installation and its keys. A database without the keyring it was filled with cannot tell who said no."""

from django.conf import settings

from crm import keyring
from crm.errors import DomainError
from crm.models import Instance

_ONLY = 1


def remember_keys() -> None:
    """Note which keyring this database belongs to, the first time. Safe to run at any time."""
    if not Instance.objects.filter(pk=_ONLY).exists():
        Instance.objects.bulk_create(
            [Instance(pk=_ONLY, keyring_fingerprint=keyring.fingerprint())], ignore_conflicts=True
        )


def has_its_keys() -> bool:
    """Whether the keyring at hand is the one this database was filled with. While it is not, nothing may be sent."""
    try:
        fingerprint = keyring.fingerprint()
    except DomainError:  # keyring_unreadable
        return False
    return Instance.objects.filter(pk=_ONLY, keyring_fingerprint=fingerprint).exists()


def hold() -> None:
    """Hold this installation until the transaction ends: who decides about the whole of it does so one at a time."""
    Instance.objects.select_for_update().get(pk=_ONLY)


def organisation() -> str:
    """The name that signs messages; blank while nobody gave one."""
    return Instance.objects.filter(pk=_ONLY).values_list("organisation", flat=True).first() or ""


def postal_address() -> str:
    """Where the organisation is, as staff wrote it, else as POSTAL_ADDRESS says; blank while nobody did."""
    said = Instance.objects.filter(pk=_ONLY).values_list("postal_address", flat=True).first()
    return said or str(settings.POSTAL_ADDRESS)


def describe(*, organisation: str, postal_address: str) -> None:
    """Say whose installation this is. Raises DomainError: postal_address_missing."""
    if not postal_address.strip():
        raise DomainError("postal_address_missing")
    lines = (" ".join(line.split()) for line in postal_address.splitlines())
    Instance.objects.filter(pk=_ONLY).update(
        organisation=organisation.strip(), postal_address="\n".join(filter(None, lines))
    )
