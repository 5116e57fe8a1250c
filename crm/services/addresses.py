"""Where one may write, and who said no. Writers of a "no" lock the address row, as the send gate does.

Whoever holds several rows takes addresses first, then the person (outreach.services.locks goes on from there).
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from crm import keyring, selectors
from crm.errors import DomainError
from crm.handles import canonical_email
from crm.models import Address, Influencer, Suppression, User
from crm.services import activity, erased
from crm.services.bulk import lists

# What others may note of somebody; that they unsubscribed is for them to say, and to take back.
NOTED = tuple(
    (reason.value, reason.label)
    for reason in (Suppression.Reason.DECLINED, Suppression.Reason.COMPLAINT, Suppression.Reason.BOUNCED)
)
# What is heard of an address itself stops every message there, whatever it was about.
_STOPS_ALL = frozenset({Suppression.Reason.COMPLAINT, Suppression.Reason.BOUNCED})


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

    Raises DomainError: email_invalid, address_taken (it belongs to somebody else), person_erased,
    person_erased_before (on).
    """
    key = canonical_email(email)
    erased.check_address(key)
    if not lists.hold([influencer.pk]):  # before the new row holds its person, and only its person
        raise DomainError("person_erased")
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
    locked = Address.objects.select_for_update(of=("self",)).select_related("influencer").filter(pk=address.pk).first()
    if locked is None:
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


def has_said_no(
    influencer: Influencer, *, at: datetime | None = None, scope: str = Suppression.Scope.PARTNERSHIP
) -> bool:
    """Whether somebody asked us, at any of their addresses or accounts, not to be written to any more: about
    partnerships, or with the scope "all" about anything. Before `at`; without it, ever: what is about to be sent asks
    so, for its clock was read before it came to wait.
    """
    said = _refusals(selectors.subjects(influencer), scope=scope).filter(reason__in=Suppression.SAID)
    return (said.filter(created_at__lte=at) if at else said).exists()


def refusals_at(address: Address, *, scope: str = Suppression.Scope.PARTNERSHIP) -> frozenset[str]:
    """The reasons for which nothing of this scope may go to an address, under whichever key they were noted."""
    subjects = {address.digest, *keyring.digests("address", address.email_key)}
    return frozenset(_refusals(subjects, scope=scope).values_list("reason", flat=True))


def is_nobody_at(email: str) -> bool:
    """Whether a mail server said for good that the address does not exist. Raises DomainError: email_invalid."""
    said = _refusals(subjects_of(email), scope=Suppression.Scope.ALL)
    return said.filter(reason=Suppression.Reason.BOUNCED).exists()


def subjects_of(email: str) -> tuple[str, ...]:
    """Under which keyed hashes an address may have been noted. Raises DomainError: email_invalid."""
    return keyring.digests("address", canonical_email(email))


def _refusals(subjects: Iterable[str], *, scope: str) -> QuerySet[Suppression]:
    said = Suppression.objects.filter(subject__in=subjects)
    return said.filter(scope=scope) if scope == Suppression.Scope.ALL else said


@transaction.atomic
def suppress_person(*, influencer: Influencer, reason: str, at: datetime, by: User | None = None) -> None:
    """Somebody said no for good, wherever they said it: no address and no account of theirs is written to again.

    Raises DomainError: person_erased.
    """
    list(influencer.addresses.select_for_update().order_by("pk"))  # the send gate holds the address while it decides
    locked = lists.hold([influencer.pk]).get(influencer.pk)
    if locked is None:
        raise DomainError("person_erased")
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
    return refuse_subject(subject=address.digest, reason=reason, scope=scope, at=at, by=by)[0]


@transaction.atomic
def refuse(
    *,
    email: str,
    reason: str,
    at: datetime,
    scope: str = Suppression.Scope.PARTNERSHIP,
    by: User | None = None,
    note: str = "",
) -> tuple[Suppression, bool]:
    """The same for an address that may be nobody's we know: only its keyed hash is kept. Also, whether it is new.

    A complaint and an address that does not exist stop every message, to members of staff too where nobody is there.
    Raises DomainError: email_invalid, note_names_address.
    """
    if "@" in note:
        raise DomainError("note_names_address")
    subject = digest(canonical_email(email))
    if known := hold_mailbox(email):
        subject = known.digest
    scope = Suppression.Scope.ALL if reason in _STOPS_ALL else scope
    return refuse_subject(subject=subject, reason=reason, scope=scope, at=at, by=by, note=note)


def hold_mailbox(email: str) -> Address | None:
    """The address as we have it, if we do, held with the colleagues who read there: the gate holds them for theirs."""
    try:
        key = canonical_email(email)
    except DomainError:  # what is no address is nobody's
        return None
    known = Address.objects.select_for_update().filter(email_key=key).first()
    list(User.objects.select_for_update(no_key=True).filter(email__iexact=email.strip()).order_by("pk"))
    return known


def complained(*, email: str, at: datetime) -> Suppression:
    """Somebody called a message of ours unwanted, where they read their mail. Raises DomainError: email_invalid."""
    return refuse(email=email, reason=Suppression.Reason.COMPLAINT, at=at)[0]


def bounced(*, email: str, at: datetime) -> Suppression:
    """A mail server says for good that nobody is there. Raises DomainError: email_invalid."""
    return refuse(email=email, reason=Suppression.Reason.BOUNCED, at=at)[0]


@transaction.atomic
def refuse_subject(
    *, subject: str, reason: str, scope: str, at: datetime, by: User | None = None, note: str = ""
) -> tuple[Suppression, bool]:
    """The same for a keyed hash, whether or not we still have the address that it is of."""
    held = _hold_subject(subject)
    said = {"created_at": at, "by": by, "note": note.strip()}
    suppression, is_new = Suppression.objects.get_or_create(subject=subject, scope=scope, reason=reason, defaults=said)
    for address in held if is_new else []:
        lists.refresh([address.influencer_id])
        kind = "address_bounced" if reason == Suppression.Reason.BOUNCED else "suppressed"
        activity.record(influencer=address.influencer, kind=kind, at=at, by=by, reason=reason, scope=scope)
    return suppression, is_new


@transaction.atomic
def take_back(*, subject: str, at: datetime) -> bool:
    """Somebody unsubscribed, and changed their mind. What else was said, or noted by staff, stays.

    Whether there was anything to take back.
    """
    held = _hold_subject(subject)
    taken, _ = Suppression.objects.own(subject).delete()
    for address in held if taken else []:
        lists.refresh([address.influencer_id])
        activity.record(influencer=address.influencer, kind="unsuppressed", at=at)
    return bool(taken)


def _hold_subject(subject: str) -> list[Address]:
    rows = Address.objects.select_for_update(of=("self",)).select_related("influencer").filter(digest=subject)
    return list(rows.order_by("pk"))
