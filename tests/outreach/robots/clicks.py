"""Raw clicks, made short."""

from datetime import UTC, datetime, timedelta
from itertools import count

from outreach.robots.classifying import classify
from outreach.robots.clicks import Headers, RawClick

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
    "Mobile/15E148 Safari/604.1"
)
PAGE = Headers(fetch_mode="navigate", fetch_dest="document", accept="text/html,*/*;q=0.8", has_language=True)
_numbers = count()


def click(second=0.0, user_agent=CHROME, *, delivered=None, **other):
    known = {"method": "GET", "link": 1, "headers": PAGE, "network": "home", "id": f"{next(_numbers):09}"} | other
    if delivered is not None:
        known = {"message": 1, "delivered_at": AT + timedelta(seconds=delivered)} | known
    return RawClick(at=AT + timedelta(seconds=second), user_agent=user_agent, **known)


def told(*clicks):
    return [str(verdict.click_class) for verdict in classify(clicks)]
