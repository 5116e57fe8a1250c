"""Where each code leads, kept in the process for a while: a redirect asks the database nothing but to keep the click.

What is kept may be older than the database by RECENT; whoever stores a click compares (tracking), so that a change acts
at once. With the database away, what was ever known goes on leading there.
"""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.utils.encoding import iri_to_uri

from outreach import signing
from outreach.models import Link
from outreach.services import destinations

RECENT: Final = 30.0  # seconds
MOST: Final = 10_000


@dataclass(frozen=True)
class Target:
    """`hosts`: what the cause lists. `is_allowed`: whether the destination is on a host that its links may lead to; if
    so, a click is sent on to `before`, its name and `after`, as a header says it.
    """

    link: int
    code: str
    destination: str
    platform: str
    campaign: str
    hosts: tuple[str, ...]
    is_allowed: bool
    before: str = ""
    after: str = ""

    @cached_property
    def known(self) -> dict[str, Any]:
        """What is compared with the database whenever a click is stored."""
        return {
            "code": self.code,
            "destination": self.destination,
            "platform": self.platform,
            "campaign": self.campaign,
            "hosts": list(self.hosts),
        }


_lock = threading.Lock()
_known: OrderedDict[str, tuple[float, Target]] = OrderedDict()  # when it was read, by the clock that never turns back


def recent(code: str) -> Target | None:
    """Read no longer ago than RECENT."""
    with _lock:
        found = _known.get(code)
    return found[1] if found and time.monotonic() - found[0] <= RECENT else None


def last_known(code: str) -> Target | None:
    """However long ago."""
    with _lock:
        found = _known.get(code)
    return found[1] if found else None


def read(code: str) -> Target | None:
    """From the database, and kept; None where no link has this code."""
    link = Link.objects.filter(code=code).select_related("outreach__campaign__cause").first()
    if link is None:
        forget(code)
        return None
    target = _target(link)
    with _lock:
        _known[code] = time.monotonic(), target
        _known.move_to_end(code)
        while len(_known) > MOST:
            _known.popitem(last=False)
    return target


def _target(link: Link) -> Target:
    campaign = link.outreach.campaign
    is_allowed = destinations.leads_there(link.destination_url, cause=campaign.cause)
    before, after = _parts(link) if is_allowed else ("", "")
    return Target(
        link=link.pk,
        code=link.code,
        destination=link.destination_url,
        platform=link.platform,
        campaign=campaign.slug,
        hosts=tuple(campaign.cause.link_hosts),
        is_allowed=is_allowed,
        before=iri_to_uri(before),
        after=iri_to_uri(after),
    )


def _parts(link: Link) -> tuple[str, str]:
    campaign = link.outreach.campaign
    utm = signing.Utm(
        source=link.platform or "influencer",
        medium="influencer",
        campaign=campaign.slug,
        content=link.code,
        id=str(campaign.public_id),
    )
    return signing.tracked_parts(link.destination_url, utm=utm)


def forget(code: str = "") -> None:
    """One, or all."""
    with _lock:
        if code:
            _known.pop(code, None)
        else:
            _known.clear()
