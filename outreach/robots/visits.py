"""What one visit is, exactly.

A visitor of a link is a network, a User-Agent and a referring host, all the same; where the network is not known,
nobody is the same. A visit begins with a person's request. Whatever the same visitor asks of the same link no more than
ten seconds after the request before, and no more than two minutes after the first, belongs to that visit: a double
click, a page loaded again and again. Two devices are two visitors, and so is a network that begins another day.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from outreach.robots.clicks import ClickClass, RawClick, Verdict

_AGAIN: Final = timedelta(seconds=10)
_LONGEST: Final = timedelta(minutes=2)


def judge(clicks: Sequence[RawClick], read: Mapping[str, Verdict]) -> dict[str, Verdict]:
    """`read`, by id, with what belongs to a visit that had begun. `clicks` are in order of time."""
    found = dict(read)
    visits: dict[tuple[int, str, str, str], tuple[datetime, datetime]] = {}  # when it began, and the last request
    for click in clicks:
        if not click.network or read[click.id].click_class is not ClickClass.HUMAN:
            continue
        visitor = click.link, click.network, click.user_agent, click.referrer_host
        began, last = visits.get(visitor, (None, None))
        if began and last and click.at - last <= _AGAIN and click.at - began <= _LONGEST:
            found[click.id] = Verdict(ClickClass.REPEAT, "same-visit")
        else:
            began = click.at
        visits[visitor] = began, click.at
    return found
