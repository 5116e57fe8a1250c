"""What is refused at one address, as whoever reads mail there may be told."""

from dataclasses import dataclass

from crm import keyring
from crm.models import Address, Suppression


@dataclass(frozen=True)
class Preference:
    """What nobody writes there any more, "partnership" or "all", blank where all may be written; and whether they can
    take back what they said themselves.
    """

    refused: str
    may_take_back: bool


def preference(subject: str, address: Address | None) -> Preference:
    """Of a keyed hash, and of the address it is of where we still have it: under whichever key a no was noted."""
    subjects = {subject, *(keyring.digests("address", address.email_key) if address else ())}
    scopes = set(Suppression.objects.filter(subject__in=subjects).values_list("scope", flat=True))
    refused = next((scope for scope in (Suppression.Scope.ALL, Suppression.Scope.PARTNERSHIP) if scope in scopes), "")
    return Preference(str(refused), Suppression.objects.own(subject).exists())
