"""Who was erased, once more outside the database: a backup that is put back must not bring them back.

One line of JSON per receipt and per lifting, in the file `erasures.jsonl` beside the keyring, with which it is to be
backed up. It holds keyed hashes and no name.
"""

import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from crm import keyring
from crm.models import Address, ErasureReceipt, Influencer, InfluencerAlias, SocialAccount

_MODE = 0o600


def path() -> Path:
    return Path(settings.KEYRING).with_name("erasures.jsonl")


def note(receipt: ErasureReceipt) -> None:
    """Once the transaction is committed."""
    said = {
        "receipt": str(receipt.public_id),
        "at": receipt.at.isoformat(),
        "reason": receipt.reason,
        "digests": receipt.digests,
        "is_lifted": receipt.lifted_at is not None,
    }
    transaction.on_commit(lambda: _append(json.dumps(said) + "\n"))


def missing() -> list[ErasureReceipt]:
    """Receipts that were issued and that this database does not know; not those that were lifted since."""
    if not path().exists():
        return []
    said: dict[str, dict[str, Any]] = {}
    for line in path().read_text().splitlines():
        said[json.loads(line)["receipt"]] = json.loads(line)
    known = {str(each) for each in ErasureReceipt.objects.values_list("public_id", flat=True)}
    return [_receipt(line) for number, line in said.items() if number not in known and not line["is_lifted"]]


def whose(digests: Iterable[str]) -> list[Influencer]:
    """Everybody of whom one of these is the hash. It hashes every name there is: for after a restore."""
    find = keyring.finder(wanted := set(digests))
    found = set(Address.objects.filter(digest__in=wanted).values_list("influencer", flat=True))
    own = Influencer.objects.exclude(external_id=None).values_list("external_id", "pk")
    former = InfluencerAlias.objects.exclude(external_id=None).values_list("external_id", "influencer")
    for names in (own, former):
        found |= {pk for name, pk in names.iterator() if find("external_id", str(name))}
    accounts = SocialAccount.objects.values_list("platform", "platform_id", "handle_key", "influencer")
    for platform, platform_id, handle, pk in accounts.iterator():
        if any(name and find("account", f"{platform}:{name}") for name in (platform_id, handle)):
            found.add(pk)
    return list(Influencer.objects.filter(pk__in=found).order_by("pk"))


def _receipt(line: dict[str, Any]) -> ErasureReceipt:
    at = datetime.fromisoformat(line["at"])
    return ErasureReceipt(public_id=line["receipt"], at=at, reason=line["reason"], digests=line["digests"])


def _append(line: str) -> None:
    handle = os.open(path(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, _MODE)
    try:
        os.write(handle, line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
