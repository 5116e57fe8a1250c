"""What several requests tell together: no rule here makes a person of a program."""

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import fmean
from typing import Final

from outreach.robots.clicks import ClickClass, RawClick, Verdict

_BESIDE: Final = timedelta(seconds=10)  # from the request of a preview to those that go with it
_BURST: Final = timedelta(seconds=10)
_AT_ONCE: Final = timedelta(seconds=2)
_SOON: Final = timedelta(seconds=60)  # after delivery
_BEFORE_DELIVERY: Final = timedelta(seconds=30)  # a gateway looks before it says that it took the message
_AT_DELIVERY: Final = timedelta(seconds=15)  # nobody reads, decides and taps faster, or passes a link on
_LINKS_OF_MESSAGE, _LINKS_AT_ONCE, _LINKS_OF_ANY = 3, 2, 6
_BEATS, _BEAT_LEAST, _BEAT_JITTER = 10, 30.0, 2.0

Read = Mapping[str, Verdict]
Rule = Callable[[Sequence[RawClick], Read], Iterable[tuple[RawClick, Verdict]]]


def judge(clicks: Sequence[RawClick], read: Read) -> dict[str, Verdict]:
    """`read`, by id, changed where the company a request keeps shows more. `clicks` are in order of time."""
    found = dict(read)
    for rule in RULES:
        found |= {click.id: verdict for click, verdict in rule(clicks, found)}
    return found


def _beside_preview(clicks: Sequence[RawClick], read: Read) -> Iterator[tuple[RawClick, Verdict]]:
    """X previews with one GET that has its name and three HEAD that have browsers' names."""
    for of_link in _grouped(clicks, lambda click: click.link).values():
        previews = [click.at for click in of_link if read[click.id].rule == "named-preview"]
        heads = [click for click in of_link if read[click.id].rule == "head"]
        for click in _near(heads, previews, _BESIDE):
            yield click, Verdict(ClickClass.PREVIEW, "beside-preview")


def _head_then_get(clicks: Sequence[RawClick], read: Read) -> Iterator[tuple[RawClick, Verdict]]:
    """A browser does not ask first whether the page is there: who does, under the same name, is none."""
    alike = _grouped(clicks, lambda click: click.network and (click.link, click.network, click.user_agent))
    for same in alike.values():
        heads = [click.at for click in same if click.method == "HEAD"]
        for click in _near([click for click in same if _is_person(click, read)], heads, _BURST):
            yield click, Verdict(ClickClass.SCANNER, "head-then-get")


def _links_of_message(clicks: Sequence[RawClick], read: Read) -> Iterator[tuple[RawClick, Verdict]]:
    """Nobody opens three links of a message in ten seconds, nor two in two just when it has come."""
    told = [click for click in clicks if click.message is not None and _is_person(click, read)]
    for same in _grouped(told, lambda click: click.network and (click.message, click.network)).values():
        many = _runs(same, _BURST, _LINKS_OF_MESSAGE)
        soon = _runs([click for click in same if _since_delivery(click, _SOON)], _AT_ONCE, _LINKS_AT_ONCE)
        for click in [*many, *soon]:
            yield click, Verdict(ClickClass.SCANNER, "links-of-message")


def _links_of_any(clicks: Sequence[RawClick], read: Read) -> Iterator[tuple[RawClick, Verdict]]:
    """Six links of whoever in ten seconds, from one network under one name and from no page: a list is gone through."""
    told = [click for click in clicks if not click.referrer_host and _is_person(click, read)]
    for same in _grouped(told, lambda click: click.network and (click.network, click.user_agent)).values():
        for click in _runs(same, _BURST, _LINKS_OF_ANY):
            yield click, Verdict(ClickClass.SCANNER, "links-of-any")


def _at_delivery(clicks: Sequence[RawClick], read: Read) -> Iterator[tuple[RawClick, Verdict]]:
    """A link that came by mail, asked for before anybody can have read the mail, and by nobody earlier."""
    for of_link in _grouped(clicks, lambda click: click.link).values():
        first = next((click for click in of_link if _is_person(click, read)), None)
        if first is None or not _since_delivery(first, _AT_DELIVERY):
            continue  # whoever had the link before has passed it on since: these may be their followers
        for click in of_link:
            if _is_person(click, read) and _since_delivery(click, _AT_DELIVERY) and not click.referrer_host:
                yield click, Verdict(ClickClass.SCANNER, "at-delivery")


def _by_the_clock(clicks: Sequence[RawClick], read: Read) -> Iterator[tuple[RawClick, Verdict]]:
    """The same distance each time, ten times over."""
    told = [click for click in clicks if _is_person(click, read)]
    for same in _grouped(told, lambda click: click.network and (click.link, click.network, click.user_agent)).values():
        gaps = [(later.at - earlier.at).total_seconds() for earlier, later in pairwise(same)]
        if len(gaps) < _BEATS:
            continue
        usual = fmean(gaps)
        if usual >= _BEAT_LEAST and all(abs(gap - usual) <= _BEAT_JITTER for gap in gaps):
            for click in same:
                yield click, Verdict(ClickClass.MONITOR, "by-the-clock")


RULES: Final[tuple[Rule, ...]] = (
    _beside_preview,
    _head_then_get,
    _links_of_message,
    _links_of_any,
    _at_delivery,
    _by_the_clock,
)


def _is_person(click: RawClick, read: Read) -> bool:
    return read[click.id].click_class is ClickClass.HUMAN


def _since_delivery(click: RawClick, most: timedelta) -> bool:
    return click.delivered_at is not None and -_BEFORE_DELIVERY <= click.at - click.delivered_at <= most


def _grouped(clicks: Iterable[RawClick], key: Callable[[RawClick], Hashable]) -> dict[Hashable, list[RawClick]]:
    """Those with the same key, in the order given; whoever has none (blank) is alike to nobody and left out."""
    groups: dict[Hashable, list[RawClick]] = defaultdict(list)
    for click in clicks:
        if (of := key(click)) != "":
            groups[of].append(click)
    return groups


def _near(clicks: Iterable[RawClick], times: Sequence[datetime], most: timedelta) -> Iterator[RawClick]:
    """Those no further than `most` from one of the times, before or after; `times` in order."""
    for click in clicks:
        place = bisect_left(times, click.at - most)
        if place < len(times) and times[place] <= click.at + most:
            yield click


def _runs(clicks: Sequence[RawClick], most: timedelta, links: int) -> list[RawClick]:
    """Those in any stretch of time, no longer than `most`, in which so many different links were asked for."""
    window: deque[int] = deque()
    counts: dict[int, int] = defaultdict(int)
    found: list[RawClick] = []
    marked = -1  # the last place that is found already
    for place, click in enumerate(clicks):
        window.append(place)
        counts[click.link] += 1
        while click.at - clicks[window[0]].at > most:
            gone = clicks[window.popleft()].link
            counts[gone] -= 1
            if not counts[gone]:
                del counts[gone]
        if len(counts) >= links:
            found += [clicks[other] for other in range(max(window[0], marked + 1), place + 1)]
            marked = place
    return found
