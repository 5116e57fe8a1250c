"""Whether a request for a link was made by a person or by a program. Clicks are kept raw and told apart here, so that
a better rule can be applied to the old ones. How, and what this cannot do: docs/clicks.md.
"""

from collections.abc import Sequence

from outreach.robots import bursts, requests, visits
from outreach.robots.clicks import RawClick, Verdict


def classify(clicks: Sequence[RawClick]) -> list[Verdict]:
    """The verdict on each, in the order given, which matters for nothing.

    Ids are unique. Give all clicks of a link at once, and all links of a message: some rules look at their company.
    """
    in_time = sorted(clicks, key=lambda click: (click.at, click.id))
    read = {
        click.id: requests.judge(method=click.method, user_agent=click.user_agent, headers=click.headers)
        for click in in_time
    }
    read = visits.judge(in_time, bursts.judge(in_time, read))
    return [read[click.id] for click in clicks]


def is_robot(*, method: str, user_agent: str) -> bool:
    """By the same rules, of one request of which no more is known."""
    return not requests.judge(method=method, user_agent=user_agent, headers=None).click_class.is_person
