"""One person of the demo whose year is known post by post, so that best hours and estimates have something to show.

They handed over the statistics of their account, and a vendor had estimated them before. Everybody else is left as is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from config.demo import texts
from config.demo.profiles import Profile, Report
from crm.formats.rows import AccountReading, FiguresReading, InfluencerRow, PostReading

POSTS = 72
_SEED = "a year of posts"
# Weekday (Monday is 0), first hour, how often, and how much better than usual: Tuesdays from 18 to 20 do best.
_HABITS = ((1, 18, 14, 1.7), (3, 12, 11, 1.0), (6, 10, 10, 1.05), (4, 7, 10, 0.75), (0, 20, 9, 1.1), (2, 8, 8, 0.8))
_MONTHS = 11
_ESTIMATED = 6  # of them, the oldest


def kept_by_one(profiles: Sequence[Profile]) -> list[Profile]:
    """The same people; the first on Instagram who is heard and speaks of a cause has a year of posts and readings."""
    diarist = next(profile for profile in profiles if _is_fit(profile))
    return [_with_diary(profile) if profile is diarist else profile for profile in profiles]


def _is_fit(profile: Profile) -> bool:
    first = profile.reports[0].row
    account = first.accounts[0]
    is_told = bool(first.bio and first.topics and first.email and first.timezone)
    return is_told and first.kind == "person" and account.platform == "instagram" and bool(account.audience)


def _with_diary(profile: Profile) -> Profile:
    rng = Random(_SEED)
    newest = max(profile.reports, key=lambda report: report.at)
    first = profile.reports[0].row
    account = next(r.row.accounts[0] for r in reversed(profile.reports) if r.row.accounts[0].platform == "instagram")
    said = [post.text for post in profile.posts.get((account.platform, account.handle), ())]
    written = tuple(_posts(rng, first, account, said=said, at=newest.at))
    told = replace(account, past=_past(account), published=written, audience=())
    report = Report(newest.at, newest.source, InfluencerRow(line=first.line, accounts=(told,)))
    return replace(profile, reports=(*profile.reports, report))


def _posts(
    rng: Random, person: InfluencerRow, account: AccountReading, *, said: list[str], at: datetime
) -> list[PostReading]:
    habits = [habit for habit in _HABITS for _ in range(habit[2])]
    habits += [(rng.randrange(7), rng.randrange(7, 23), 1, 0.9) for _ in range(POSTS - len(habits))]
    sentences = _sentences(rng, person, said)
    return [
        _post(rng, account, person, sentence=sentence, habit=habit, at=at)
        for habit, sentence in zip(habits, sentences, strict=False)
    ]


def _sentences(rng: Random, person: InfluencerRow, said: list[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Sentences that fit anybody, each with hashtags of its field; those of the person's own field first."""
    language = person.languages[0] if person.languages[0] in {"fr", "en"} else "en"
    own = {*person.topics}
    found = [
        (own.isdisjoint(area.topics), rng.random(), f"{sentence} {rng.choice(bank.ends)}", bank.tags)
        for area in texts.areas()
        if area.topics
        for bank in [area.banks[language]]
        for sentence in bank.posts
        if sentence[1:2] != ":" and not any(text.startswith(sentence) for text in said)
    ]
    found.sort(key=lambda one: one[:2])
    return [(text, tags) for _is_other, _turn, text, tags in found if "{" not in text]


def _post(
    rng: Random,
    account: AccountReading,
    person: InfluencerRow,
    *,
    sentence: tuple[str, tuple[str, ...]],
    habit: tuple[int, int, int, float],
    at: datetime,
) -> PostReading:
    weekday, hour, _often, factor = habit
    zone = ZoneInfo(person.timezone)
    day = (at - timedelta(weeks=rng.randint(1, 44))).astimezone(zone)
    day -= timedelta(days=(day.weekday() - weekday) % 7)
    published = day.replace(hour=hour + rng.randint(0, 1), minute=rng.randint(0, 59), second=0, microsecond=0)
    text, bank = sentence
    tags = tuple(rng.sample(bank, 4))
    reached = (account.followers or 0) * (account.engagement_rate or 0) * factor * rng.lognormvariate(0, 0.22)
    return PostReading(
        platform_id=f"{rng.getrandbits(60):015x}",
        published_at=published,
        format=rng.choice(("image", "carousel", "short_video")),
        text=text + "".join(f" #{tag}" for tag in tags),
        hashtags=tags,
        language=person.languages[0] if person.languages[0] in {"fr", "en"} else "en",
        likes=round(reached * 0.92),
        comments=round(reached * 0.05),
        shares=round(reached * 0.03),
        views=round(reached * rng.uniform(9, 16)),
        reach=round(reached * rng.uniform(7, 11)),
    )


def _past(account: AccountReading) -> tuple[FiguresReading, ...]:
    """A reading a month; the older ones are a vendor's estimates, and run a little high."""
    size, rate = account.followers or 0, account.engagement_rate or 0
    assert isinstance(account.observed_at, datetime)
    return tuple(
        FiguresReading(
            observed_at=account.observed_at - timedelta(days=90 + 30 * month),
            followers=round(size * 0.975 ** (month + 3) * (1.06 if month >= _MONTHS - _ESTIMATED else 1)),
            engagement_rate=round(rate * (1.12 if month >= _MONTHS - _ESTIMATED else 1 + 0.01 * (month % 4)), 4),
            is_estimate=month >= _MONTHS - _ESTIMATED,
        )
        for month in range(_MONTHS)
    )
