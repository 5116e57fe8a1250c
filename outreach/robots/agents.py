"""Who somebody says they are: names in a User-Agent header, and whether it is built like that of a browser.

What is looked at here has been cut to `requests.MOST` characters.
"""

import re
from collections.abc import Mapping
from typing import Final

from outreach.robots.clicks import ClickClass


def _any(*names: str) -> re.Pattern[str]:
    """One of these, whatever the case."""
    return re.compile("|".join(names), re.IGNORECASE)


# In this order: a preview may also say "bot", and a monitor "robot".
_NAMES: Final[Mapping[ClickClass, re.Pattern[str]]] = {
    ClickClass.PREVIEW: _any(
        "externalhit", "facebookcatalog", "facebot", "meta-externalfetcher", "twitterbot", "slackbot",
        "slack-imgproxy", "discordbot", "telegrambot", "^whatsapp/", "linkedinbot", "preview", "pinterestbot",
        r"^pinterest/\d", "redditbot", "cardyb", "mastodon/", "pleroma", "akkoma", "misskey", "summaly", "lemmy/",
        "friendica", r"synapse \(bot", "^viber", "line-poker", "kakaotalk-scrap", "vkshare", "odklbot", "embedly",
        "iframely", "^tumblr/", "flipboardproxy", "bitlybot", "pagerenderer", "web/snippet", "contenttabreceiver",
        "mattermost-bot", "opengraph", "unfurl", "^instagram ",
    ),
    ClickClass.SCANNER: _any(
        "proofpoint", "mimecast", "barracuda", "safelinks", "symantec", "messagelabs", "forcepoint", "websense",
        "zscaler", "fortiguard", "avanan", "ironport", "ciscosecureemail", "cloudmark", "hornetsecurity",
        "virustotal", "urlscan", "phishtank", "netcraft", "google-safety", "url ?defense", "acunetix", "watchtowr",
        "(?<!qr)(?<!qr )(?<!code)(?<!code )scan(?:ner)?(?![a-z])", "mailscan",
    ),
    ClickClass.PREFETCH: _any("ms-office", "msoffice", "microsoft office", "favicon"),
    ClickClass.MONITOR: _any(
        "uptime", "pingdom", "statuscake", "site24x7", "datadog", "hetrix", "updown", "freshping", "nodeping",
        "checkly", "newrelic", "new relic", "check_http", "nagios", "zabbix", "blackbox.exporter", "kube-probe",
        "healthcheck", "health-check", "googlehc", "monitor", "lighthouse", "gtmetrix", "pagespeed", "catchpoint",
        "dynatrace", "page speed", "synthetic", "ptst/", "cloudflare", "ghost inspector", "hotjar", "iplabel",
    ),
    ClickClass.TOOL: _any(
        "headless", "phantomjs", "selenium", "playwright", "puppeteer", "electron-fetch", "curl/", "wget", "python-",
        "python/", "pycurl", "libwww", "^perl", "^ruby", r"^java/\d", "httpclient", "http_request", "http-client",
        "okhttp", "axios/", "node-fetch", "undici", "^node", "guzzle", "scrapy", "aiohttp", "httpx/", "postman",
        "insomnia/", "httpie", "faraday", "typhoeus", "restsharp", "winhttp", "powershell", "^dalvik", "cfnetwork",
        "http_client", "lua-resty", "^php", "colly", "zgrab", "masscan", "nmap", "nuclei", "nikto", "sqlmap", "^got ",
    ),
    ClickClass.ROBOT: _any(
        "(?<!cu)bots?(?![a-z])", "crawl", "spider", "slurp", "scrap", "validator", "archiver", "heritrix", "nutch",
        "mediapartners", "apis-google", "feedfetcher", "googleother", "google-extended", "inspectiontool",
        "read-aloud", "google-adwords", r"-user/\d", "externalagent", "anthropic-ai", "cohere-ai", "ia_archive",
        "qwantify", r"yeti/\d", r"daum/\d", "yandexmetrika", "yandeximage", "censysinspect", "expanse",
        "internetmeasurement", "leakix", "l9explore", "feedly", "newsblur", "inoreader", r"\brss", "linkcheck",
        "link check", "surveyagent", "seokicks", "semrush", "ahrefs", "agents?(?![a-z])", "checker", "verify",
        r"inspect(?:or)?(?![a-z])", "google-[a-z]", "-google", "googleadsense", "search console", "imageproxy",
        r" proxy\)", "siteimprove", "brandverity", "marketgoo", "tineye", "hardenize", "securityheaders",
        "collapsify", "whatcms", "linktiger", "criticalcss", "testlocally",
    ),
}  # fmt: skip
# Where the owner of a robot may be reached, and the word behind which robots say who they are.
_LEAVES_ADDRESS: Final = _any(
    r"\+ ?https?:",
    r"; ?\+",
    r"\((?:via )?https?:",
    r"\((?:via )?www\.",
    r"@[a-z][a-z0-9-]{1,40}\.[a-z]",
    r"(?<=[a-z0-9])(?<!bsalsa)\.(?:com|org|net|html)(?![a-z0-9.])",
)
_COMPATIBLE: Final = re.compile(r"compatible;(?! ?(?:msie \d|konqueror|windows|linux|u;|icab|galeon))", re.IGNORECASE)
# What a telephone is called says nothing of who holds it: some are called "bot".
_DEVICE: Final = re.compile(r"\(Linux;[^()]*Android[^()]*(?:\([^()]*\)[^()]*)?\)", re.IGNORECASE)
_PLATFORM: Final = _any(
    "windows", "macintosh", "mac os", "mac_", "linux", "x11", "android", "iphone", "ipad", "ipod", "cros ", "mobile",
    "tablet", "msie", "konqueror", "playstation", "nintendo", "xbox", "tizen", "tv", "web0s", "webos", "viera",
    "bb10", "blackberry", "symbian", "series ?[4-9]0", "maemo", "meego", "bada", "kaios", "palm", "wii", "bsd",
    "haiku", "amiga", "os/2", "sunos", "fuchsia", "kindle", "nokia", "samsung",
)  # fmt: skip
_FEATURE_PHONE: Final = _any(
    "midp-",
    "cldc-",
    "up.browser",
    "up.link",
    "netfront",
    "obigo",
    "opera mini",
    "docomo",
    "kddi-",
    "wap[ _-]?browser",
    "maui[/-]",
)
# Browsers that do not begin as others do: of terminals, often used by who reads by ear or by touch, and of old phones.
_OTHER_BROWSER: Final = _any(
    r"^opera/\d", "^lynx/", r"^w3m/", r"^e?links ", r"^elinks/", r"^links2? ?\(", "^edbrowse/", "^dillo/",
    r"^netsurf/", r"^ucweb/", r"^nokia\w", "^samsung-", "^lg-", "^sonyericsson", "^mot-", r"^blackberry\d", "^sec-",
    "^emacs-w3m", "^browsh", "^hbbtv/", "browser/",
)  # fmt: skip
_VERSIONS: Final = (
    # Since these versions every request of a page says what it is for, to whoever is asked by https.
    (re.compile(r"\bChrome/(\d{1,4})\."), 80),
    (re.compile(r"\bFirefox/(\d{1,4})\."), 90),
    (re.compile(r"\bVersion/(\d{1,4})\.\d{1,3}(?:\.\d{1,3})? (?:Mobile/\w{1,12} )?Safari/"), 17),
)


def named(user_agent: str) -> tuple[ClickClass, str] | None:
    """The class and the rule, where it names a program."""
    heard = _DEVICE.sub("()", user_agent)
    for click_class, names in _NAMES.items():
        if names.search(heard):
            return click_class, f"named-{click_class}"
    if _LEAVES_ADDRESS.search(heard) or _COMPATIBLE.search(heard):
        return ClickClass.ROBOT, "unknown-robot"
    return None


def is_like_mozilla(user_agent: str) -> bool:
    """Built as nearly all browsers' are: "Mozilla/", and on what they run."""
    return "mozilla/" in user_agent.lower() and bool(_PLATFORM.search(user_agent))


def is_like_browser(user_agent: str) -> bool:
    """So, or like one of the few that never were."""
    return is_like_mozilla(user_agent) or bool(_OTHER_BROWSER.search(user_agent) or _FEATURE_PHONE.search(user_agent))


def tells_its_purpose(user_agent: str) -> bool:
    """Whether the browser it says it is sends Sec-Fetch headers."""
    return any((found := version.search(user_agent)) and int(found[1]) >= since for version, since in _VERSIONS)
