"""The days and stretches of time that a text names, in English and French: "3 March", « le 14/07 », "in two weeks".

Without a year the next such day is meant; where it lies too far ahead, the one that has just passed is, and it is left
out. Spring, summer, autumn and winter begin on the first of March, June, September and December; la rentrée is on
1 September; the holidays are over on 2 January.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final

from outreach.replies.almanac import Calendar, Period, date_of, easter, last_of, months_after

# Folded, as wording.folded() leaves a text.
MONTHS: Final = {
    1: "january|janvier|janv|jan", 2: "february|fevrier|feb|fevr|fev", 3: "march|mars|mar", 4: "april|avril|apr|avr",
    5: "may|mai", 6: "june|juin|jun", 7: "july|juillet|juil|jul", 8: "august|aout|aug",
    9: "september|septembre|sept|sep", 10: "october|octobre|oct", 11: "november|novembre|nov",
    12: "december|decembre|dec",
}  # fmt: skip
WEEKDAYS: Final = {
    0: "monday|lundi|mon", 1: "tuesday|mardi|tues|tue", 2: "wednesday|mercredi|wed", 3: "thursday|jeudi|thurs|thu",
    4: "friday|vendredi|fri", 5: "saturday|samedi|sat", 6: "sunday|dimanche|sun",
}  # fmt: skip
_SEASONS: Final = {3: "spring|printemps", 6: "summer|ete", 9: "autumn|fall|automne", 12: "winter|hiver"}
_NEXT_ONE: Final = re.compile(r"(?:\bin(?: the)?|\bnext|\bau|\ben|\ba l'|\bd')\s*$")
_COUNTS: Final = {
    "a": 1, "an": 1, "one": 1, "un": 1, "une": 1, "two": 2, "deux": 2, "a couple of": 2, "couple of": 2, "three": 3,
    "trois": 3, "four": 4, "quatre": 4, "five": 5, "cinq": 5, "six": 6, "seven": 7, "sept": 7, "eight": 8, "huit": 8,
    "nine": 9, "neuf": 9, "ten": 10, "dix": 10, "une dizaine de": 10, "twelve": 12, "douze": 12, "fifteen": 15,
    "quinze": 15, "une quinzaine de": 15, "twenty": 20, "vingt": 20, "thirty": 30, "trente": 30,
}  # fmt: skip


def _any(names: dict[int, str]) -> str:
    return "|".join(names.values())


def _which(names: dict[int, str]) -> dict[str, int]:
    return {word: number for number, words in names.items() for word in words.split("|")}


# Alone, "mon" is a word of French, and "sun", "sat" and "wed" are of English.
_LONG: Final = "|".join(word for word in _any(WEEKDAYS).split("|") if word.endswith(("day", "di", "dimanche")))
_SHORT: Final = "|".join(word for word in _any(WEEKDAYS).split("|") if not word.endswith(("day", "di", "dimanche")))
_MONTH_OF, _WEEKDAY_OF, _SEASON_OF = _which(MONTHS), _which(WEEKDAYS), _which(_SEASONS)
_YEAR: Final = r"(?:,? ?(?:de |of )?(?P<year>20\d\d))?"
_WEEKDAY: Final = rf"(?:(?P<weekday>{_any(WEEKDAYS)})\.?,? (?:the |le )?)?"
_MONTH: Final = rf"(?P<month>{_any(MONTHS)})\b\.?"
_DAY: Final = r"(?P<day>\d{1,2})"
_COUNT: Final = rf"(?P<count>\d{{1,3}}|{'|'.join(sorted(_COUNTS, key=len, reverse=True))})"
# A month by itself follows a small word: "may" and "march" are verbs, too.
_BEFORE_MONTH: Final = (
    r"(?<![a-z])(?:in|until|till?|through|by|before|after|of|for|to|from|this|next|around|since|en|de|jusqu'en|jusqu'a"
    r"|d'ici|avant|apres|vers|courant|a|pour|des|this coming)"
)


_Days = tuple[date, date] | None


def periods(text: str, calendar: Calendar) -> list[Period]:
    """What `text` (folded) names, in its order; of two that overlap the one whose form stands earlier in _FORMS."""
    found: list[Period] = []
    taken = bytearray(len(text))
    for form, meaning in _FORMS:
        for told in form.finditer(text):
            start, end = told.span("told") if "told" in form.groupindex else told.span()
            if any(taken[start:end]):
                continue
            taken[start:end] = b"\1" * (end - start)  # what is no day as a whole ("31 June") is none in part
            if days := meaning(calendar, told):
                found.append(Period(*days, start, end))
    return sorted(found, key=lambda period: period.start)


def _one(day: date | None) -> _Days:
    return (day, day) if day else None


def _year(told: re.Match[str]) -> int | None:
    year = told["year"]
    return None if year is None else int(year if len(year) == len("2026") else f"20{year}")


def _day_of_month(calendar: Calendar, told: re.Match[str]) -> _Days:
    return _one(calendar.on(int(told["day"]), _MONTH_OF[told["month"]], _year(told)))


def _iso(_calendar: Calendar, told: re.Match[str]) -> _Days:
    return _one(date_of(int(told["year"]), int(told["m"]), int(told["day"])))


def _numeric(calendar: Calendar, told: re.Match[str]) -> _Days:
    """Of "4/5" the weekday beside it tells which is the month, then whether both can be one, then the language."""
    first, second, year = int(told["first"]), int(told["second"]), _year(told)
    ways = [calendar.on(first, second, year), calendar.on(second, first, year)]
    if "." not in told["mark"] and not calendar.day_first:
        ways.reverse()
    said = _WEEKDAY_OF.get(told["weekday"] or "")
    possible = [day for day in ways if day]
    fitting = [day for day in possible if day.weekday() == said]
    return _one(next(iter(fitting or possible), None))


def _day_alone(calendar: Calendar, told: re.Match[str]) -> _Days:
    """The next such day of a month, on that weekday where one is told."""
    day, said = int(told["day"]), _WEEKDAY_OF.get(told["weekday"] or "")
    year, month = calendar.written.year, calendar.written.month
    coming = (date_of(year + (month + n - 1) // 12, (month + n - 1) % 12 + 1, day) for n in range(4))
    ahead = (one for one in coming if one and one >= calendar.written)
    return _one(next((one for one in ahead if said in {None, one.weekday()}), None))


def _short_weekday(calendar: Calendar, told: re.Match[str]) -> _Days:
    """ "Until Mon". In French "mon" is "my"."""
    return None if calendar.day_first else _one(calendar.weekday(_WEEKDAY_OF[told["w"]]))


def _part_of_month(calendar: Calendar, told: re.Match[str]) -> _Days:
    days = calendar.month(_MONTH_OF[told["month"]], _year(told))
    if not days:
        return None
    first, last = days
    part = told["part"]
    if part.startswith("mi"):
        return _one(first.replace(day=15))
    return _one(last if part.startswith(("end", "late", "fin")) else first)


def _month(calendar: Calendar, told: re.Match[str]) -> _Days:
    return calendar.month(_MONTH_OF[told["month"]], _year(told))


def _season(calendar: Calendar, told: re.Match[str]) -> _Days:
    """ "This summer" and "after the summer" are of the one that runs, "in summer" is of the next."""
    month = _SEASON_OF[told["season"]]
    first = calendar.on(1, month)
    running = date_of(calendar.written.year - (month > calendar.written.month), month, 1)
    is_next = _NEXT_ONE.search(told.string[max(0, told.start("season") - 12) : told.start("season")])
    if running and not is_next and running <= calendar.written < months_after(running, 3):
        first = running
    return (first, months_after(first, 3) - timedelta(days=1)) if first else None


def _end_of_season(calendar: Calendar, told: re.Match[str]) -> _Days:
    days = _season(calendar, told)
    return _one(days[1]) if days else None


def _quarter(calendar: Calendar, told: re.Match[str]) -> _Days:
    which = next(number for number in "1234" if told[f"q{number}"])
    return _stretch(calendar, 3 * int(which) - 2, 3, _year(told))


def _half(calendar: Calendar, _told: re.Match[str]) -> _Days:
    return _stretch(calendar, 7, 6, None)


def _stretch(calendar: Calendar, month: int, months: int, year: int | None) -> _Days:
    first = calendar.on(1, month, year)
    return (first, months_after(first, months) - timedelta(days=1)) if first else None


def _ahead(calendar: Calendar, told: re.Match[str]) -> _Days:
    count = told["count"]
    number = int(count) if count.isdigit() else _COUNTS[count]
    unit = told["unit"]
    if unit.startswith(("month", "mois")):
        return _one(calendar.months(number))
    if unit.startswith(("year", "an")):
        return _one(calendar.months(12 * number))
    return _one(calendar.written + timedelta(days=number * (7 if unit.startswith(("week", "sem")) else 1)))


def _easter(calendar: Calendar, _told: re.Match[str]) -> _Days:
    days = (easter(year) for year in (calendar.written.year, calendar.written.year + 1))
    return _one(next(day for day in days if day >= calendar.written))


def _feast(month: int, day: int) -> Callable[[Calendar, re.Match[str]], _Days]:
    return lambda calendar, _told: _one(calendar.on(day, month))


def _forms() -> Iterator[tuple[str, Callable[[Calendar, re.Match[str]], _Days]]]:
    day = timedelta(days=1)
    yield r"(?P<year>20\d\d)-(?P<m>\d\d)-(?P<day>\d\d)", _iso
    yield rf"\b{_WEEKDAY}{_DAY}(?:st|nd|rd|th|er)?(?: of| de)?[ -]{_MONTH}{_YEAR}", _day_of_month
    yield rf"\b{_WEEKDAY}{_MONTH} (?:the )?{_DAY}(?!\d)(?:st|nd|rd|th)?{_YEAR}", _day_of_month
    numbers = r"(?P<first>\d{1,2})(?P<mark>[/.-])(?P<second>\d{1,2})(?P=mark)(?P<year>20\d\d|\d\d)"
    yield rf"\b{_WEEKDAY}{numbers}\b", _numeric
    numbers = (
        r"(?<![\d/])(?!24/7)(?P<first>\d{1,2})(?P<mark>/|\.(?=[01]\d))(?P<second>\d{1,2})(?P<year>(?!))?(?![\d/%€$£])"
    )
    yield rf"\b{_WEEKDAY}{numbers}", _numeric
    parts = r"(?P<part>mid(?:dle of)?|early(?: in)?|late(?: in)?|(?:the )?(?:end|beginning|start) of|mi|debut|fin)"
    yield rf"\b{parts}[- ](?:de |d')?{_MONTH}{_YEAR}", _part_of_month
    yield rf"{_BEFORE_MONTH} (?P<told>{_MONTH}{_YEAR})(?! \d)", _month
    yield rf"(?<![a-z])d'(?P<told>{_MONTH}{_YEAR})(?! \d)", _month
    yield rf"\b(?P<told>{_MONTH} (?P<year>20\d\d))", _month
    yield rf"\b(?P<weekday>{_any(WEEKDAYS)}),? (?:the |le )?{_DAY}(?:st|nd|rd|th|er)?\b(?!/)", _day_alone
    yield rf"\b(?P<weekday>(?!))?(?:the )?{_DAY}(?:st|nd|rd|th)\b", _day_alone
    no_day = r"(?! ?(?:[%€$£hx/]|\d|heures?|euros?|posts?|stories|reels?|mails?|personnes|derniers?|premiers?))"
    yield rf"\b(?:le|au|du|the) (?P<told>(?P<weekday>(?!))?{_DAY}(?:er)?\b{no_day})", _day_alone
    yield (
        rf"\b(?P<w>{_any(WEEKDAYS)}) (?:of )?(?:next week|de la semaine prochaine|en huit)",
        lambda c, told: _one(c.week(1)[0] + day * _WEEKDAY_OF[told["w"]]),
    )
    yield rf"\b(?P<w>{_LONG})\b", lambda c, told: _one(c.weekday(_WEEKDAY_OF[told["w"]]))
    small = "on|until|till?|back|by|from|before|after|this|next|coming|to"
    yield rf"\b(?:{small}) (?P<told>(?P<w>{_SHORT}))\b", _short_weekday
    yield r"\b(?:the )?day after tomorrow|apres-demain", lambda c, _told: _one(c.written + 2 * day)
    yield r"\btomorrow|\bdemain", lambda c, _told: _one(c.written + day)
    yield r"\btoday|\baujourd'hui|\bthis (?:morning|afternoon)|\bcet apres-midi", lambda c, _told: _one(c.written)
    yield r"\b(?:end of (?:the|this) week|fin de (?:la |cette )?semaine)", lambda c, _told: _one(c.week(0)[0] + 4 * day)
    yield r"\b(?:end of (?:the|this) month|fin (?:de ce|du) mois)", lambda c, _told: _one(last_of(c.written))
    yield r"\b(?:end of (?:the|this) year|fin de (?:l'|cette )annee|fin d'annee)", _feast(12, 31)
    yield r"\bnext week(?!end)|semaine prochaine", lambda c, _told: c.week(1)
    yield r"\bthis week(?!end)|cette semaine", lambda c, _told: c.week(0)
    yield r"\bnext month|mois prochain", lambda c, _told: c.month((c.written.month % 12) + 1)
    yield (
        r"\bnext year|annee prochaine|\ban prochain|prochaine annee",
        lambda c, _told: (date(c.written.year + 1, 1, 1), date(c.written.year + 1, 12, 31)),
    )
    units = r"(?P<unit>days?|weeks?|months?|years?|jours?|semaines?|mois|ans?)\b"
    ahead = r"\b(?:in|within|for|dans|d'ici|pendant|pour|durant|back)(?: about| around| environ)?"
    yield rf"{ahead} (?P<told>{_COUNT} {units})", _ahead
    yield r"\bin a fortnight|for a fortnight", lambda c, _told: _one(c.written + 14 * day)
    yield r"\bdans une quinzaine(?! de)", lambda c, _told: _one(c.written + 15 * day)
    ends = r"(?:the )?(?:end of|fin de|fin d') ?(?:the |this |l')?"
    yield rf"\b{ends}(?P<season>spring|summer|autumn|winter|printemps|ete|automne|hiver)\b", _end_of_season
    yield (
        r"\b(?:the|this|in|next|until|after|till?|before|l'|cet |d'|au |en |du |le )"
        r" ?(?P<told>(?P<season>spring|summer|autumn|fall|winter|printemps|ete|automne|hiver))\b",
        _season,
    )
    yield r"\brentree de janvier", _feast(1, 5)
    yield r"\b(?:la|de) rentree(?! chez)", _feast(9, 1)
    yield r"\bchristmas|\bnoel\b|\bxmas", _feast(12, 25)
    yield r"\b(?:new year's(?: day)?|nouvel an|jour de l'an)", _feast(1, 1)
    yield r"\bnew year\b|\bnouvelle annee|debut (?:d'|de l')annee", _feast(1, 2)
    yield r"\b(?:les )?fetes(?: de fin d'annee)?\b|\bfestive season", _feast(1, 1)
    yield r"\beaster(?: monday)?|\bpaques", _easter
    quarters = "|".join(
        rf"(?P<q{n}>{words})"
        for n, words in enumerate(
            (
                "q1|t1|first quarter|(?:premier|1er) trimestre",
                "q2|t2|second quarter|(?:deuxieme|second|2e) trimestre",
                "q3|t3|third quarter|(?:troisieme|3e) trimestre",
                "q4|t4|(?:fourth|last) quarter|(?:quatrieme|dernier|4e) trimestre",
            ),
            start=1,
        )
    )
    yield rf"\b(?:{quarters})\b{_YEAR}", _quarter
    yield r"\bsecond half of the year|\b(?:second|deuxieme|2e|2nd) semestre", _half


_FORMS: Final = tuple((re.compile(form), meaning) for form, meaning in _forms())
