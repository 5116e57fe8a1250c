"""Invented presences: handles as each platform allows them, figures as plausible for their size."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from crm.formats.audience import AGES
from crm.formats.rows import AudienceShare, Dimension
from crm.handles import fold

SMALLEST, LARGEST = 800, 1_500_000
_TAIL = 0.3  # of the power law: the smaller, the more giants

# How often people of the demo are where; some areas have platforms of their own.
_EVERYWHERE = {
    "instagram": 32,
    "tiktok": 21,
    "youtube": 17,
    "facebook": 10,
    "x": 6,
    "linkedin": 6,
    "bluesky": 4,
    "mastodon": 3,
    "twitch": 2,
}
_AT_HOME = {
    "gaming": {"twitch": 50, "youtube": 25, "tiktok": 15, "x": 10},
    "digital": {"mastodon": 30, "bluesky": 20, "youtube": 20, "linkedin": 15, "x": 15},
    "tech": {"youtube": 35, "mastodon": 15, "bluesky": 15, "linkedin": 20, "x": 15},
    "music": {"instagram": 30, "youtube": 30, "tiktok": 25, "twitch": 15},
}
FORMATS = {
    "instagram": ("image", "carousel", "short_video", "story"),
    "tiktok": ("short_video", "short_video", "short_video", "live"),
    "youtube": ("video", "video", "short_video", "live"),
    "facebook": ("text", "image", "video", "live"),
    "x": ("text", "text", "image", "video"),
    "linkedin": ("text", "article", "image", "carousel"),
    "twitch": ("live", "live", "video"),
    "bluesky": ("text", "text", "image"),
    "mastodon": ("text", "text", "image"),
}
_HANDLES = {
    "instagram": "{first:.10}.{word:.9}.{last:.6}{number}",
    "tiktok": "{word:.9}.{first:.9}{last:.1}{number}",
    "youtube": "{word}{first:.10}{last:.4}{number}",
    "facebook": "{first:.10}.{word}.{last:.4}.{number}",
    "x": "{word:.6}_{first:.5}{number}",
    "linkedin": "{first}-{last}-{word:.3}{number}",
    "twitch": "{word:.9}_{first:.8}{last:.2}{number}",
    "bluesky": "{word}-{first}-{number}.example",
    "mastodon": "{word}_{first}{number}@{server}",
}
# How much smaller than elsewhere an audience is.
_SCALE = {"facebook": 0.7, "x": 0.6, "twitch": 0.5, "linkedin": 0.2, "bluesky": 0.12, "mastodon": 0.05}
_NEIGHBOURS = {"fr": ("FR", "BE", "CH", "CA", "SN", "CI", "MA"), "en": ("GB", "US", "IE", "CA", "AU", "NG", "IN")}
_YOUNG = {"gaming": 1.2, "fashion": 1.5, "music": 1.6, "mental_health": 1.6, "reading": 3.2, "farming": 3.2}
_AGE = 2.3  # place in AGES around which most audiences lie


@dataclass(frozen=True)
class Owner:
    """What handles are made of: small ASCII letters."""

    first: str
    last: str
    word: str


def owner(name: str, word: str) -> Owner:
    parts = [re.sub(r"[^a-z]", "", fold(part)) for part in name.split()]
    return Owner(parts[0], (parts[1:] or parts)[-1], word)


def handle(platform: str, owner: Owner, number: int) -> str:
    """A handle nobody is known by: a name, a word of the trade and a number, as long as the platform allows."""
    server = "mastodon" if number % 2 else "masto"
    return _HANDLES[platform].format(
        first=owner.first, last=owner.last, word=owner.word, number=number, server=f"{server}.example"
    )


def platforms(rng: Random, area: str) -> list[str]:
    """One to three platforms, the main one first."""
    weights = dict(_AT_HOME.get(area, _EVERYWHERE))
    chosen: list[str] = []
    for _ in range(rng.choices((1, 2, 3), (63, 28, 9))[0]):
        chosen += rng.choices(list(weights), list(weights.values()))
        weights = {name: weight for name, weight in _EVERYWHERE.items() if name not in chosen}
    return chosen


def followers(rng: Random, platform: str) -> int:
    """Many small ones, a few giants: a power law cut at both ends."""
    rest = (SMALLEST / LARGEST) ** _TAIL
    place = 1 - rng.random() * (1 - rest)
    size = SMALLEST * float(place ** (-1 / _TAIL)) * _SCALE.get(platform, 1)
    return max(round(size), SMALLEST + rng.randint(0, 90))


def engagement(rng: Random, size: int) -> float:
    """Part of the followers that react to a post: the larger the audience, the smaller."""
    usual = 0.085 * float((size / 1000) ** -0.21)
    return round(min(0.18, max(0.003, usual * rng.lognormvariate(0, 0.35))), 4)


def credible(handle: str, *, is_swollen: bool) -> float:
    """Part of the followers that a vendor holds to be real people: less of those that came by leaps.

    By the handle alone: nothing else that chance decides hangs on it.
    """
    rng = Random(f"real followers of {handle}")
    return round(rng.uniform(0.42, 0.61) if is_swollen else rng.triangular(0.6, 0.97, 0.86), 2)


def audience(
    rng: Random, *, country: str, language: str, area: str, interests: tuple[str, ...]
) -> tuple[AudienceShare, ...]:
    """Who listens, as a vendor's export tells it; shares of interests overlap, the others stay under a whole."""
    shares = [*_countries(rng, country, language), *_languages(rng, language)]
    shares += _named("age", _spread(rng, [_near(place, _YOUNG.get(area, _AGE)) for place in range(len(AGES))], AGES))
    women = round(rng.uniform(0.25, 0.78), 2)
    shares += _named("gender", {"female": women, "male": round(0.99 - women, 2)})
    return (*shares, *_named("interest", {interest: round(rng.uniform(0.08, 0.5), 2) for interest in interests}))


def _countries(rng: Random, country: str, language: str) -> list[AudienceShare]:
    if rng.random() < 0.12:  # a source that names the main country and not how much of it is there
        return [AudienceShare("country", country)]
    home = round(rng.uniform(0.48, 0.84), 2)
    others = [code for code in _NEIGHBOURS[language] if code != country]
    rng.shuffle(others)
    rest = [round((0.97 - home) * part, 2) for part in (0.45, 0.25, 0.12)]
    return _named("country", {country: home} | dict(zip(others, rest, strict=False)))


def _languages(rng: Random, language: str) -> list[AudienceShare]:
    main = round(rng.uniform(0.66, 0.95), 2)
    second = "en" if language == "fr" else rng.choice(("fr", "es"))
    return _named("language", {language: main, second: round((0.98 - main) * 0.7, 2)})


def _near(place: int, centre: float) -> float:
    return float(2.0 ** -((place - centre) ** 2))


def _spread(rng: Random, weights: list[float], keys: tuple[str, ...]) -> dict[str, float]:
    drawn = [weight * rng.uniform(0.7, 1.3) for weight in weights]
    return {key: round(0.98 * one / sum(drawn), 2) for key, one in zip(keys, drawn, strict=True)}


def _named(dimension: Dimension, shares: dict[str, float]) -> list[AudienceShare]:
    return [AudienceShare(dimension, key, share) for key, share in shares.items() if share > 0]
