"""The sources we know, by the name that stands in /hooks/<source>/<key>/."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from outreach.sources import action_network, donorbox, generic, givewp, helloasso, mobilize, stripe, tables
from outreach.sources.events import Event


class Verify(Protocol):
    def __call__(self, body: bytes, headers: Mapping[str, str], secret: str, *, at: datetime) -> None: ...


@dataclass(frozen=True)
class Source:
    """`verify`: None where the source does not sign. Then all that keeps strangers out is the key in the address."""

    read: Callable[[bytes, Mapping[str, str]], list[Event]]
    verify: Verify | None = None
    always_signs: bool = False  # False with `verify`: some of its users get no signatures (HelloAsso: only partners do)


SOURCES: Final[Mapping[str, Source]] = {
    "generic": Source(generic.read, generic.verify),
    "csv": Source(tables.read, generic.verify),
    "stripe": Source(stripe.read, stripe.verify, always_signs=True),
    "helloasso": Source(helloasso.read, helloasso.verify),
    "donorbox": Source(donorbox.read, donorbox.verify, always_signs=True),
    "givewp": Source(givewp.read),
    "action_network": Source(action_network.read),
    "osdi": Source(action_network.read_osdi),
    "mobilize": Source(mobilize.read),
}
