"""Whether a request for a link was made by a program, from what it says of itself. Clicks are kept raw and told apart
here, so that a better rule can be applied to the old ones: its version goes up whenever an answer may differ.
"""

import re
from typing import Final

VERSION: Final = 1

# Programs that name themselves: search engines, previews of messages and networks, monitors, scripts.
_NAMES = re.compile(
    r"(?<!cu)bot\b|bot/|crawl|spider|slurp|preview|externalhit|facebookcatalog|embedly|vkshare|scrap|monitor|uptime"
    r"|headless|phantomjs|selenium|playwright|puppeteer|lighthouse|validator|archiver|scanner"
    r"|curl|wget|python|perl|ruby|java/|libwww|httpclient|http_request|okhttp|go-http|axios|node-fetch|undici",
    re.IGNORECASE,
)


def is_robot(*, method: str, user_agent: str) -> bool:
    """A browser asks with GET and begins "Mozilla/". What hides better than this is not found here."""
    return method != "GET" or not user_agent.startswith("Mozilla/") or bool(_NAMES.search(user_agent))
