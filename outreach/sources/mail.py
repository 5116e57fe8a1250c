"""What mail services tell: letters that came, and what became of those that went. One reader per service.

Read by ourselves, and not by a library that builds each letter anew: what came is kept to the byte, and what a stranger
wrote goes through one reader only, which never raises.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from crm.errors import DomainError

# Where something is handed over: each has an address, and a key, of its own.
DOORS: Final = ("raw", "postmark", "postmark-events", "mailgun", "mailgun-events")


@dataclass(frozen=True)
class Told:
    """What a mail service says of one message. `kind`: as outreach.models.MailEvent has it.

    `message_id` with its angle brackets, `status` enhanced ("5.1.1"), `recipient`: any may be blank. `event_id`: a
    hash of the service's own (`named`), or of the rest where it gives none; `digest`: the latter.
    """

    kind: str
    message_id: str = ""
    recipient: str = ""
    status: str = ""
    named: str = ""
    digest: str = field(init=False, default="")
    event_id: str = field(init=False, default="")

    def __post_init__(self) -> None:
        said = json.dumps([self.kind, self.message_id, self.recipient.lower(), self.status])
        digest = hashlib.sha256(said.encode()).hexdigest()
        object.__setattr__(self, "digest", digest)
        named = hashlib.sha256(self.named.encode()).hexdigest() if self.named else digest
        object.__setattr__(self, "event_id", named)


def read_json(body: bytes) -> dict[str, Any]:
    """Raises DomainError: hook_malformed (field)."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise DomainError("hook_malformed", field="body") from None
    if not isinstance(said, dict):
        raise DomainError("hook_malformed", field="body")
    return said


def text_of(said: Mapping[str, Any], *path: str) -> str:
    """A text at the end of this path; blank where there is none."""
    value: Any = said
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).replace("\0", "").encode("utf-8", "replace").decode()
