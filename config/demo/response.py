"""What followers did: clicks on the links of those who shared them, robots among them, and the actions that came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from urllib.parse import parse_qs, urlsplit

from config.demo import scripts
from config.demo.conversation import Shared
from config.demo.scripts import Gift, Script
from outreach.models import Door, Outreach, Source
from outreach.services import attributions, conversions, sources, telling, tracking
from outreach.services.drafts import largest_account
from outreach.services.sources import Said
from outreach.signing import CLICK_PARAMETER
from outreach.sources import events
from outreach.sources.events import Event

_PEOPLE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 "
    "Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile "
    "Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 "
    "Instagram 398.0.0.34.87",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 "
    "Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
)
_ROBOTS = (
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Twitterbot/1.0",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (compatible; Bytespider; spider-feedback@bytedance.com)",
)
_REFERRERS = {
    "instagram": "https://l.instagram.com/",
    "tiktok": "https://www.tiktok.com/",
    "youtube": "https://www.youtube.com/",
    "facebook": "https://l.facebook.com/",
    "x": "https://t.co/",
    "linkedin": "https://www.linkedin.com/",
    "bluesky": "https://bsky.app/",
}
SOURCE = "Dons en ligne (démo)"  # the system that tells of gifts
_ROBOT_SHARE = 0.07
_ACTS = 0.16  # part of the visits that end in an action
_CAME_BEFORE = 3  # one in so many actions has a touch of another link before it
_STRAYS = 4  # actions per campaign whose click nobody knows


@dataclass(frozen=True)
class _Visit:
    outreach: Outreach
    at: datetime
    user_agent: str
    method: str = "GET"
    gift: Gift | None = None
    seconds: int = 0  # from the click to the action


def respond(rng: Random, shared: Sequence[Shared], *, at: datetime) -> None:
    """Clicks and actions in the order of time, and the credit they give."""
    by_slug = {script.slug: script for script in scripts.CAMPAIGNS}
    visits = [visit for link in shared for visit in _visits(rng, link, by_slug[link.outreach.campaign.slug])]
    visits.sort(key=lambda visit: visit.at)
    seen: dict[int, str] = {}  # by campaign, the click of somebody who did not act yet
    actions = [action for number, visit in enumerate(visits) for action in _follow(visit, number, at=at, seen=seen)]
    actions += _strays(rng, by_slug, visits)
    for action in sorted(actions, key=lambda action: action.occurred_at):
        conversions.record(event=action, door=Door.API, at=action.occurred_at + timedelta(seconds=40))
    conversions.attribute_due()
    _take_back(next(action for action in actions if action.amount_minor and action.click_ids), at=at)
    attributions.run_due(at=at)


def _take_back(gift: Event, *, at: datetime) -> None:
    """Somebody asked for half of their gift back; the system that told of it is known, and tells of that too."""
    source = sources.save(said=Said(name=SOURCE, kind=Source.Kind.GENERIC, label=gift.source), at=at)
    assert gift.amount_minor
    refund = events.told(
        source=gift.source,
        external_id=f"{gift.external_id}-R",
        kind=gift.kind,
        occurred_at=at - timedelta(hours=3),
        amount_minor=max(gift.amount_minor // 2, 1),
        currency=gift.currency,
        refund_of=gift.external_id,
    )
    telling.tell(event=refund, door=Door.HOOK, at=at - timedelta(hours=3), channel=source)
    Source.objects.filter(pk=source.pk).update(last_at=at - timedelta(hours=3))


def _visits(rng: Random, link: Shared, script: Script) -> Iterator[_Visit]:
    """Most come on the first days, some all along."""
    outreach, length = link.outreach, (link.until - link.since) / timedelta(days=1)
    for _ in range(_reached(rng, outreach)):
        days = rng.expovariate(1 / 3) if rng.random() < 0.6 else rng.uniform(0, length)
        when = link.since + timedelta(days=days, seconds=rng.randint(0, 3600))
        if when >= link.until:
            continue
        if rng.random() < _ROBOT_SHARE:
            yield _Visit(outreach, when, rng.choice(_ROBOTS), rng.choice(("GET", "GET", "HEAD")))
            continue
        gift = rng.choices(script.gifts, [gift.weight for gift in script.gifts])[0] if rng.random() < _ACTS else None
        yield _Visit(outreach, when, rng.choice(_PEOPLE), gift=gift, seconds=rng.randint(50, 2400))


def _reached(rng: Random, outreach: Outreach) -> int:
    assert outreach.influencer
    account = largest_account(outreach.influencer)
    followers = (account.followers if account else None) or 1000
    return round(min(110, 12 + float(followers**0.42)) * rng.uniform(0.6, 1.2))


def _follow(visit: _Visit, number: int, *, at: datetime, seen: dict[int, str]) -> Iterable[Event]:
    """The click, and the action it led to, unless that is still to come. Some had come before by another link."""
    link = visit.outreach.link
    assert link
    url = tracking.record(
        code=link.code,
        method=visit.method,
        user_agent=visit.user_agent,
        referrer=_REFERRERS.get(link.platform, ""),
        at=visit.at,
    )
    when = visit.at + timedelta(seconds=visit.seconds)
    (click_id,) = parse_qs(urlsplit(url).query)[CLICK_PARAMETER]
    campaign = visit.outreach.campaign_id
    if visit.gift is None and visit.user_agent in _PEOPLE:
        seen[campaign] = click_id
    if visit.gift is None or when >= at:
        return ()
    before = (seen.pop(campaign),) if campaign in seen and number % _CAME_BEFORE == 0 else ()
    return (_action(visit.gift, Random(number), number=number, at=when, click_ids=(*before, click_id)),)


def _action(
    gift: Gift, rng: Random, *, number: int, at: datetime, click_ids: tuple[str, ...], campaign: str = ""
) -> Event:
    return events.told(
        source=gift.source,
        external_id=f"RV-{number:06}",
        kind=gift.kind,
        occurred_at=at,
        amount_minor=rng.choice(gift.amounts) if gift.amounts else None,
        currency=gift.currency,
        quantity=Decimal(rng.choice(gift.quantities)),
        click_ids=click_ids,
        utm={"utm_campaign": campaign} if campaign else {},
        supporter=f"supporter-{number % 700}@home.example",
    )


def _strays(rng: Random, by_slug: dict[str, Script], visits: Sequence[_Visit]) -> Iterator[Event]:
    """Actions that name a campaign and a click nobody knows: they belong to nobody, and are kept."""
    for slug in sorted({visit.outreach.campaign.slug for visit in visits}):
        seen = [visit.at for visit in visits if visit.outreach.campaign.slug == slug]
        for number in range(_STRAYS):
            gift = rng.choice(by_slug[slug].gifts)
            yield _action(
                gift, rng, number=900_000 + number, at=rng.choice(seen), click_ids=(f"unknown-{number}",), campaign=slug
            )
