"""One click as it is stored, and the one statement that stores it with the verdict of its first instant."""

import select
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper
from psycopg import Cursor

from outreach.robots import requests
from outreach.robots.clicks import Headers
from outreach.services.link_targets import Target

# The link is compared with what is known of it here: where anything was changed since, nothing is stored.
_STORE: Final = """
WITH kept AS (
    INSERT INTO outreach_click (link_id, click_id, at, method, user_agent, referrer_host, network, headers_kept,
                                purpose, fetch_mode, fetch_dest, accept, has_language, has_range)
    SELECT link.id, %(click_id)s, %(at)s, %(method)s, %(user_agent)s, %(referrer_host)s, %(network)s, %(headers_kept)s,
           %(purpose)s, %(fetch_mode)s, %(fetch_dest)s, %(accept)s, %(has_language)s, %(has_range)s
    FROM outreach_link link
    JOIN outreach_outreach outreach ON outreach.id = link.outreach_id
    JOIN outreach_campaign campaign ON campaign.id = outreach.campaign_id
    JOIN crm_cause cause ON cause.id = campaign.cause_id
    WHERE link.id = %(link)s AND link.code = %(code)s AND link.destination_url = %(destination)s
      AND link.platform = %(platform)s AND campaign.slug = %(campaign)s AND cause.link_hosts = %(hosts)s::varchar[]
    RETURNING id
)
INSERT INTO outreach_clickverdict (click_id, click_class, rule, version, is_settled)
SELECT id, %(click_class)s, %(rule)s, %(version)s, false FROM kept
"""


@dataclass(frozen=True)
class Row:
    """What is kept of one request, in the lengths of its columns; and what the rules say of it alone."""

    link: int
    click_id: str
    at: datetime
    method: str
    user_agent: str
    referrer_host: str
    network: str
    headers_kept: bool
    purpose: str
    fetch_mode: str
    fetch_dest: str
    accept: str
    has_language: bool
    has_range: bool
    click_class: str
    rule: str
    version: int


def row(
    *,
    link: int,
    click_id: str,
    at: datetime,
    method: str,
    user_agent: str,
    referrer_host: str,
    network: str,
    headers: Headers | None,
) -> Row:
    """Without what cannot be kept: signs that are none, and what is longer than its column."""
    kept = headers or Headers()
    cut = Headers(
        purpose=_plain(kept.purpose)[:40],
        fetch_mode=_plain(kept.fetch_mode)[:20],
        fetch_dest=_plain(kept.fetch_dest)[:20],
        accept=_plain(kept.accept)[:200],
        has_language=kept.has_language,
        has_range=kept.has_range,
    )
    agent = _plain(user_agent)[:300]
    told = requests.judge(method=method[:8], user_agent=agent, headers=cut if headers else None)
    return Row(
        link=link,
        click_id=click_id,
        at=at,
        method=method[:8],
        user_agent=agent,
        referrer_host=referrer_host[:200],
        network=network,
        headers_kept=headers is not None,
        **cut.__dict__,
        click_class=told.click_class.value,
        rule=told.rule,
        version=told.version,
    )


def store(row: Row, *, target: Target) -> bool:
    """Commit it. False, and nothing is stored, where the link is no longer what `target` says of it."""
    with _prepared() as cursor:
        cursor.execute(_STORE, row.__dict__ | target.known)
        return bool(cursor.rowcount)


def _prepared() -> CursorWrapper:
    """A cursor whose statement is read and planned once for each connection, on the one of this thread. Whether that
    still holds is asked of the machine, not of the server: one that put us out has said so, and else an idle
    connection says nothing.
    """
    ours = connections[DEFAULT_DB_ALIAS]
    known = ours.connection
    if known and not ours.in_atomic_block and (known.closed or _has_news(known.fileno())):
        ours.close()
    ours.ensure_connection()
    plain: Any = Cursor(ours.connection)
    return ours.make_debug_cursor(plain) if ours.queries_logged else ours.make_cursor(plain)


def _has_news(handle: int) -> bool:
    asked = select.poll()
    asked.register(handle, select.POLLIN)
    return bool(asked.poll(0))


def _plain(header: str) -> str:
    return header if header.isprintable() else "".join(c for c in header if c.isprintable())
