"""What partners of the demo published, and how far it went: counted, estimated, or not known at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final

from django.db.models import F

from config.demo.conversation import Shared
from crm.models import SocialAccount
from outreach.models import Publication
from outreach.services import publications
from outreach.services.drafts import largest_account
from outreach.services.publications import Said

_SEED: Final = "what they published"  # a chance of its own: nobody else's story changes by it
_SILENT, _UNREAD = 1, 2  # by campaign, the partner of whom nothing is noted, and the one whose figures nobody knows
_TWICE: Final = 3  # one in so many published a second time
_READ_AFTER: Final = (timedelta(days=2), timedelta(days=9))
_GROWN: Final = (0.6, 1.0)  # how much of what it comes to was there at each of these
_FORMATS: Final[Mapping[str, tuple[str, ...]]] = {
    "instagram": ("story", "short_video", "visual", "series", "testimonial"),
    "tiktok": ("short_video", "before_after", "question"),
    "youtube": ("short_video", "testimonial", "live"),
    "facebook": ("visual", "live", "series"),
    "x": ("poll", "question"),
    "linkedin": ("testimonial", "infographic"),
    "bluesky": ("question", "visual"),
    "mastodon": ("question", "visual"),
    "twitch": ("live",),
}


def publish(shared: Sequence[Shared], *, at: datetime) -> None:
    """Most partners published, some of them twice; of one in each campaign nothing is noted, of one no figure is."""
    rng, places = Random(_SEED), Counter[int]()
    for number, link in enumerate(shared):
        place = places[link.outreach.campaign_id]
        places[link.outreach.campaign_id] += 1
        account = largest_account(link.outreach.influencer) if link.outreach.influencer else None
        if place == _SILENT or account is None:
            continue
        for turn in range(2 if place % _TWICE == 0 else 1):
            published_at = link.since + timedelta(days=4 * turn, minutes=rng.randint(20, 300))
            if published_at < min(at, link.until):
                row = _noted(rng, link, account, key=f"RV-{number:03}-{turn + 1}", published_at=published_at)
                if place != _UNREAD:
                    _read(rng, row, account.followers or 1000, at=at)
    Publication.objects.update(created_at=F("published_at"))


def _noted(rng: Random, link: Shared, account: SocialAccount, *, key: str, published_at: datetime) -> Publication:
    """By an id that no platform gives: a link would lead to somebody's real post."""
    said = Said(
        published_at=published_at,
        platform=account.platform,
        platform_id=key,
        format=rng.choice(_FORMATS[account.platform]),
    )
    return publications.record(outreach=link.outreach, said=said, by=link.outreach.owner, at=published_at)


def _read(rng: Random, row: Publication, followers: int, *, at: datetime) -> None:
    """A story is gone in a day: its partner says about how many saw it. The others are counted twice over."""
    reach = followers * rng.uniform(0.2, 0.55)
    if row.format == Publication.Format.STORY:
        about = {"reach": max(round(reach / 100), 1) * 100}
        _note(row, about, observed_at=row.published_at + timedelta(days=1), is_estimate=True, source="hand", at=at)
        return
    rates = {"views": rng.uniform(1.1, 1.7), "likes": rng.uniform(0.03, 0.08), "comments": 0.004, "shares": 0.003}
    for after, grown in zip(_READ_AFTER, _GROWN, strict=True):
        told = {"reach": round(reach * grown)}
        told |= {name: round(reach * rate * grown) for name, rate in rates.items()}
        _note(row, told, observed_at=row.published_at + after, source=f"insights-{row.platform}.csv", at=at)


def _note(
    row: Publication,
    figures: Mapping[str, int | None],
    *,
    observed_at: datetime,
    source: str,
    at: datetime,
    is_estimate: bool = False,
) -> None:
    """Unless that is still to come."""
    if observed_at <= at:
        publications.note(
            publication=row,
            figures=figures,
            observed_at=observed_at,
            at=observed_at,
            by=row.entered_by,
            is_estimate=is_estimate,
            source=source,
        )
