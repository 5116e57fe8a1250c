"""Clicks on tracked links: kept before the browser is sent on, in the database, or on disk while that is away."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import InterfaceError, OperationalError

from crm.errors import DomainError
from outreach import signing
from outreach.robots.clicks import Headers
from outreach.services import click_networks, click_rows, click_spool, link_targets
from outreach.services.click_rows import Row
from outreach.services.link_targets import Target

SPOOL: Final = "spool"  # CLICK_DURABILITY: kept in a file, whether or not the database is there
_AWAY: Final = (OperationalError, InterfaceError)
_PATIENCE: Final = 1.0  # seconds for which a database that was away is not asked again
_LOOKING: Final = 5.0  # seconds that it takes at most to find out whether it is there (connect_timeout)


class _Outage:
    """Of the whole process: where one thread waits in vain, no other does."""

    until = 0.0  # by the clock that never turns back


_outage = _Outage()


def record(
    *,
    code: str,
    method: str,
    user_agent: str,
    referrer: str,
    at: datetime,
    headers: Headers | None = None,
    address: str = "",
) -> str:
    """Keep one click and answer where to send the browser, as a header says it. `headers`: what else the request said,
    None where nobody looked. `address`: that it came from, of which nothing is kept but what click_networks says.

    Raises DomainError: link_unknown, link_leads_elsewhere (to a host that its cause does not list), link_unreachable
    (the database is away and nobody asked for this link before, or the click can be kept nowhere).
    """
    plain = signing.heard(code)
    if not (plain.isascii() and plain.isalnum()):
        raise DomainError("link_unknown")
    click_id, host = signing.new_click_id(), _host(referrer)
    network = click_networks.network(address, at=at)

    def row(target: Target) -> Row:
        return click_rows.row(
            link=target.link,
            click_id=click_id,
            at=at,
            method=method,
            user_agent=user_agent,
            referrer_host=host,
            network=network,
            headers=headers,
        )

    target = _kept(plain, row)
    return f"{target.before}{click_id}{target.after}"


def believe() -> None:
    """That the database is there again: ask it."""
    _outage.until = 0.0


def is_away() -> bool:
    """Whether the database was away a moment ago, and is not asked now."""
    return time.monotonic() < _outage.until


def _kept(code: str, row: Callable[[Target], Row]) -> Target:
    """The link of this code, and a click on it is kept."""
    if not is_away():
        if _outage.until:  # one finds out whether it is there again, and nobody else waits
            _outage.until = time.monotonic() + _LOOKING
        try:
            known = _as_known(code, row)
        except _AWAY:
            _outage.until = time.monotonic() + _PATIENCE
        except DomainError:
            believe()
            raise
        else:
            believe()
            return known
    target = link_targets.last_known(code)
    if target is None:
        raise DomainError("link_unreachable")
    _keep_aside(_checked(target), row)
    return target


def _as_known(code: str, row: Callable[[Target], Row]) -> Target:
    """As it was read lately; where that has changed since, as it is."""
    known = link_targets.recent(code)
    if known and known.is_allowed and _keep(known, row):
        return known
    target = link_targets.read(code)
    if target is None or not _keep(_checked(target), row):
        raise DomainError("link_unknown")
    return target


def _keep(target: Target, row: Callable[[Target], Row]) -> bool:
    if settings.CLICK_DURABILITY == SPOOL:
        _keep_aside(target, row)
        return True
    return click_rows.store(row(target), target=target)


def _keep_aside(target: Target, row: Callable[[Target], Row]) -> None:
    try:
        click_spool.keep(row(target))
    except OSError as error:
        raise DomainError("link_unreachable") from error


def _checked(target: Target) -> Target:
    if not target.is_allowed:
        raise DomainError("link_leads_elsewhere")
    return target


def _host(referrer: str) -> str:
    """Only the host of where the click came from: the rest of an address may name a person."""
    try:
        return urlsplit("".join(c for c in referrer if c.isprintable())).hostname or ""
    except ValueError:
        return ""
