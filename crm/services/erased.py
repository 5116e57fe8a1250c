"""Those who were erased stay away: what comes in is compared with the keyed hashes that were left of them.

The hashes are suppressions with the reason "erased". Nothing is hashed while nobody was ever erased.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from crm import keyring, selectors
from crm.errors import DomainError
from crm.formats.rows import InfluencerRow
from crm.handles import canonical_email, handle_key, read_profile_url
from crm.models import ErasureReceipt, Influencer, StagedAccount, StagedRow, Suppression
from crm.services import identity

Key = tuple[str, str]  # what kind of name it is (a purpose of the keyring), and the name


def subjects(influencer: Influencer) -> list[str]:
    """The keyed hashes of every name of somebody: addresses, accounts, their ids elsewhere."""
    elsewhere = [keyring.digest("external_id", name) for name in selectors.ids_elsewhere(influencer)]
    return list(dict.fromkeys([*selectors.subjects(influencer), *elsewhere]))


def refuse(*, run: UUID) -> None:
    """Turn away the staged rows that speak of somebody who was erased: the reason stays of them, and nothing else."""
    identity.keep()
    gone = _gone()
    if not gone:
        return
    find, known = keyring.finder(gone), {}
    for line, purpose, name in _keys_of(run):
        if subject := find(purpose, name):
            known[line] = gone[subject]
    for line, at in known.items():
        error = {"column": "", "code": "person_erased_before", "params": {"on": at.date().isoformat()}}
        StagedRow.objects.filter(run=run, line=line).update(errors=[error], notes=[], title="", raw={}, told={})


def check(row: InfluencerRow) -> None:
    """Raises DomainError: person_erased_before (on), when a row speaks of somebody who was erased."""
    keys = [("external_id", row.external_id)] if row.external_id else []
    with suppress(DomainError):  # what is no address is somebody else's to say
        keys += [("address", canonical_email(row.email))] if row.email else []
    for account in row.accounts:
        keys += _account_keys(account.platform, handle_key(account.platform, account.handle), account.platform_id)
    _check(keys)


def check_address(email_key: str) -> None:
    """Raises DomainError: person_erased_before (on)."""
    _check([("address", email_key)])


def _check(keys: Iterable[Key]) -> None:
    if not (gone := _gone()):
        return
    find = keyring.finder(gone)
    for purpose, name in keys:
        if subject := find(purpose, name):
            raise DomainError("person_erased_before", on=gone[subject].date().isoformat())


def names(said: str) -> list[str]:
    """Every keyed hash that what somebody says of themself may stand for: an address, a profile link, an id."""
    keys: list[Key] = [("external_id", said.strip())]
    with suppress(DomainError):
        keys.append(("address", canonical_email(said)))
    if found := read_profile_url(said if "://" in said else f"https://{said}"):
        keys += _account_keys(found[0], handle_key(*found), "")
    return [digest for purpose, name in keys for digest in keyring.digests(purpose, name)]


def _gone() -> dict[str, datetime]:
    """Since when which keyed hashes are of somebody who was erased; empty at the price of one look where nobody was."""
    if not ErasureReceipt.objects.filter(lifted_at=None).exists():
        return {}
    erased = Suppression.objects.filter(reason=Suppression.Reason.ERASED)
    return {str(subject): at for subject, at in erased.values_list("subject").annotate(Max("created_at"))}


def _keys_of(run: UUID) -> Iterator[tuple[int, str, str]]:
    rows = StagedRow.objects.filter(run=run, errors=[]).values_list("line", "external_id", "email_key")
    for line, external_id, email_key in rows.iterator(chunk_size=5_000):
        if external_id:
            yield line, "external_id", external_id
        if email_key:
            yield line, "address", email_key
    accounts = StagedAccount.objects.filter(run=run).values_list("line", "platform", "handle_key", "platform_id")
    for line, platform, handle, platform_id in accounts.iterator(chunk_size=5_000):
        for purpose, name in _account_keys(platform, handle, platform_id or ""):
            yield line, purpose, name


def _account_keys(platform: str, handle: str, platform_id: str) -> list[Key]:
    return [("account", f"{platform}:{name}") for name in (platform_id, handle) if name]
