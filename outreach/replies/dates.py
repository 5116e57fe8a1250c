"""Until when somebody is away, and when they want to be asked again, from their words and the day they wrote them."""

import re
from datetime import date, timedelta
from typing import Final

from outreach.replies.almanac import Calendar, Period
from outreach.replies.days import periods
from outreach.replies.wording import folded, is_french

FARTHEST: Final = timedelta(days=548)  # 18 months: whatever is said to be later is no plan
_DAY: Final = timedelta(days=1)
_NEAR: Final = 80  # characters
_YEARS: Final = range(1990, 2100)
_AWAY_REACH, _ASKED_REACH = 310, 340  # days; "back on 3 March" said on the 5th is no day of next year

# What may stand between a word that tells and the day that it is about.
_GAP: Final = r"(?:(?!\b(?:until|till?|through|jusqu)\b)[^.!?;\n]){0,45}$"
_BACK: Final = re.compile(
    r"\b(?:back|return\w*|re-?open\w*|resum\w+|available|answer\w*|reply|respon\w+|get to|catch\w*|from|starting|as of"
    r"|before|retour|revien\w*|revenons|rentr(?:e|es|ons|erai|era)|repren\w+|reprise|reouv\w+|rouv\w+|disponible"
    r"|repond\w*|traite\w*|connaissance|lirai|lira|a partir|a compter|des|avant)\b" + _GAP
)
_UNTIL: Final = re.compile(
    r"\b(?:until|till?|'til|through|thru|up to|for|jusqu\w*|pendant|pour|durant)\b[^.!?;\n]{0,20}$"
)
_AFTER: Final = re.compile(r"\b(?:after|past|apres|passe)\b[^.!?;,\n]{0,12}$")
_BEFORE: Final = re.compile(r"\b(?:before|avant)\b[^.!?;,\n]{0,12}$")
_ENTIRELY: Final = re.compile(r"\b(?:through|thru|all|tout|toute)\b[^.!?;,\n]{0,8}$")
_RANGE: Final = re.compile(
    r"\b(?:from|between|du|de|entre|le)\b[^.!?;\n]{0,40}(?:\b(?:to|and|au|a|et)|-)\W*(?:the |le )?$"
)
# Between two days, of which the first begins what the second ends.
_TO: Final = re.compile(r"(?: inclu\w+)? ?(?:-|to|au|a|and|et|through|until|jusqu'?\w*)(?: the| le| l')? ?")
_ASKS: Final = re.compile(
    r"\b(?:writ\w+|contact\w*|(?:get|come|reach|check|circle|getting) (?:back|out|in)|back to (?:me|us)|talk|speak|call"
    r"|ping|poke|remind|follow|ask|try|revisit|resend|touch|message|hit|recontact\w*|reecri\w*|ecri\w*|reven\w+|rappel\w*"
    r"|relanc\w*|repar\w+|reparlons|parler?|refai\w+|faites|fais|signe|propose\w*|point|renvoy\w+|redemand\w+|discut\w+"
    r"|discuss|consider|works?|suit|prefer\w*)\b"
)


def last_day_away(text: str, *, written: date, language: str = "") -> date | None:
    """The last day on which the writer is away, as far as the words tell; None where they tell none, where it is over,
    or where it lies more than 18 months ahead. Whoever is back on a day is away until the one before.

    "4/5" is 4 May in French and 5 April in English, unless the weekday beside it says otherwise.
    """
    told = folded(text)
    named = _named(told, written, language, _AWAY_REACH)
    sure: list[date] = []
    other: list[date] = []
    for place, period in enumerate(named):
        if place + 1 < len(named) and _TO.fullmatch(told, period.end, named[place + 1].start):
            continue  # where it begins
        day, is_told = _away(told, period)
        if written <= day <= written + FARTHEST:
            (sure if is_told else other).append(day)
    return max(sure or other, default=None)


def _away(text: str, period: Period) -> tuple[date, bool]:
    """The last day away by one period, and whether a word says that it is one."""
    before = _before(text, period)
    if _RANGE.search(before) or _AFTER.search(before):
        return period.last, True
    back, until = _BACK.search(before), _UNTIL.search(before)
    if back and (not until or back.start() > until.start()):
        return period.first - _DAY, True
    if until:
        is_whole = period.is_day or _ENTIRELY.search(before)
        return period.last if is_whole else period.first - _DAY, True
    return period.last, False


def ask_again(text: str, *, written: date, language: str = "") -> date | None:
    """The first day on which they may be asked again, as far as the words tell; None as above, and where it is today.

    What stands in a sentence that asks for it ("write to me in March") goes before any other; of several the latest.
    """
    told = folded(text)
    named = _named(told, written, language, _ASKED_REACH)
    asked: list[date] = []
    other: list[date] = []
    for period in named:
        day = _asked(told, period)
        if written < day <= written + FARTHEST:
            (asked if _ASKS.search(_sentence(told, period)) else other).append(day)
    return max(asked or other, default=None)


def _asked(text: str, period: Period) -> date:
    before = _before(text, period)
    if _AFTER.search(before) or _ENTIRELY.search(before):
        return period.last + _DAY
    if _UNTIL.search(before) and period.is_day and not _BEFORE.search(before):
        return period.last + _DAY
    return period.first


def _before(text: str, period: Period) -> str:
    """Where a word that tells may stand."""
    return text[max(0, period.start - _NEAR) : period.start]


def _sentence(text: str, period: Period) -> str:
    start = max(text.rfind(mark, 0, period.start) for mark in ".!?;\n") + 1
    ends = [end for mark in ".!?;\n" if (end := text.find(mark, period.end - 1)) >= 0]  # "12 May." has its own dot
    return text[start : min(ends, default=len(text))]


def _named(text: str, written: date, language: str, reach: int) -> list[Period]:
    if written.year not in _YEARS:  # a sender's clock may say anything
        return []
    is_day_first = language.startswith("fr") or (not language and is_french(text))
    return periods(text, Calendar(written=written, day_first=is_day_first, reach=reach))
