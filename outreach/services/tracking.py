"""Clicks on tracked links. Committed before the browser is sent on; nothing about the person's network is kept."""

from datetime import datetime
from urllib.parse import urlsplit

from crm.errors import DomainError
from outreach import signing
from outreach.models import Click, Link


def record(*, code: str, method: str, user_agent: str, referrer: str, at: datetime) -> str:
    """Store one click and answer where to send the browser. Raises DomainError: link_unknown."""
    known = Link.objects.select_related("outreach__campaign")
    plain = signing.heard(code)
    link = known.filter(code=plain).first() if plain.isascii() and plain.isalnum() else None
    if link is None:
        raise DomainError("link_unknown")
    click = Click.objects.create(
        link=link,
        click_id=signing.new_click_id(),
        at=at,
        method=method[:8],
        user_agent=_plain(user_agent)[:300],
        referrer_host=_host(referrer)[:200],
    )
    campaign = link.outreach.campaign
    utm = signing.Utm(
        source=link.platform or "influencer",
        medium="influencer",
        campaign=campaign.slug,
        content=link.code,
        id=str(campaign.public_id),
    )
    return signing.tracked_url(link.destination_url, click_id=click.click_id, utm=utm)


def _host(referrer: str) -> str:
    """Only the host of where the click came from: the rest of an address may name a person."""
    try:
        return urlsplit(_plain(referrer)).hostname or ""
    except ValueError:
        return ""


def _plain(header: str) -> str:
    return "".join(c for c in header if c.isprintable())
