"""Invented people: who they are, what three sources said of them over ten weeks, what they published in a year.

Pure: one Random in, the same people out.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from babel.dates import get_day_names, get_month_names

from config.demo import accounts, texts
from crm.formats.rows import AccountReading, AudienceShare, InfluencerRow, PostReading
from crm.handles import profile_url

SOURCES = ("annuaire-createurs.csv", "audiences-octobre.csv", "releve-mensuel.csv")
_VENDOR = SOURCES[1]  # which looks at who the followers are
_SEEN = (75, 38, 5)  # days ago each source was read
_LEAP = 0.2  # of growth in a month: nobody grows like that by themselves
_CAUSES_FIRST = 1.5  # how much more often somebody speaks of what is a cause than of anything else
_COUNTING_VIEWS = frozenset({"tiktok", "youtube", "twitch", "instagram"})
_EMAIL_SOURCES = {
    "fr": (
        "la page «\u202fContact\u202f» de votre site",
        "votre profil, rubrique «\u202fPartenariats\u202f»",
        "votre dossier de presse",
    ),
    "en": ("the “Contact” page of your site", "your profile, under “Work with me”", "your press kit"),
}
_PERSONAL_SOURCES = {"fr": "une connaissance commune", "en": "a mutual friend"}


@dataclass(frozen=True)
class Report:
    """What one source said of one presence, and when it was read."""

    at: datetime
    source: str
    row: InfluencerRow


@dataclass(frozen=True)
class Consent:
    """An address that its owner gave us to be written to."""

    email: str
    kind: str
    source: str


@dataclass(frozen=True)
class Profile:
    """One person as sources told them, the oldest report first."""

    external_id: str
    reports: tuple[Report, ...]
    posts: Mapping[tuple[str, str], tuple[PostReading, ...]]  # by platform and handle
    consent: Consent | None = None


@dataclass(frozen=True)
class _Person:
    number: int
    name: str
    gender: str  # f, m; blank: an organisation
    kind: str
    language: str
    languages: tuple[str, ...]
    country: str
    city: str
    timezone: str
    area: texts.Area | None
    second: texts.Area
    bio: str = ""

    @property
    def areas(self) -> tuple[texts.Area, texts.Area]:
        return self.area or self.second, self.second


def cast(rng: Random, *, at: datetime, size: int) -> list[Profile]:
    """`size` people and the organisations beside them, none twice."""
    casting = _Casting(rng, at)
    return [casting.profile(person) for person in casting.everybody(size)]


class _Casting:
    """Deals names, phrases and handles so that nothing visibly repeats."""

    def __init__(self, rng: Random, at: datetime) -> None:
        self._rng = rng
        self._at = at
        self._areas = texts.areas()
        self._phrases = texts.phrases()
        self._decks: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        self._taken: set[str] = set()

    # Who --------------------------------------------------------------------------------------------------------------

    def everybody(self, size: int) -> Iterator[_Person]:
        origins = texts.origins()
        names = {id(origin): self._names(origin) for origin in origins}
        share = sum(origin.weight for origin in origins)
        dealt = [origin for origin in origins for _ in range(-(-origin.weight * size // share))]
        self._rng.shuffle(dealt)
        weights = [_CAUSES_FIRST if area.topics else 1.0 for area in self._areas]
        for number, origin in enumerate(dealt[:size], start=1):
            name, gender = names[id(origin)].pop()
            yield self._person(number, origin, name, gender, self._rng.choices(self._areas, weights)[0])
        for number, organisation in enumerate(self._phrases.organisations, start=size + 1):
            yield self._organisation(number, organisation)

    def _names(self, origin: texts.Origin) -> list[tuple[str, str]]:
        """Full names of one origin, shuffled, in such an order that first names come round before they repeat."""
        firsts = [(first, "f") for first in origin.women] + [(first, "m") for first in origin.men]
        self._rng.shuffle(firsts)
        lasts = list(origin.last)
        self._rng.shuffle(lasts)
        rounds = itertools.product(range(len(lasts)), enumerate(firsts))
        return [(f"{first} {lasts[(n + turn) % len(lasts)]}", gender) for turn, (n, (first, gender)) in rounds][::-1]

    def _person(self, number: int, origin: texts.Origin, name: str, gender: str, area: texts.Area) -> _Person:
        is_bilingual = "en" in origin.also and origin.language == "fr" and self._rng.random() < 0.3
        languages = (origin.language, "en") if is_bilingual else (origin.language,)
        if not is_bilingual and origin.also and self._rng.random() < 0.2:
            languages = (origin.language, self._rng.choice(origin.also))
        person = _Person(
            number=number,
            name=name,
            gender=gender,
            kind="person",
            language=origin.language,
            languages=languages,
            country=origin.country,
            city=self._rng.choice(origin.cities),
            timezone=origin.timezone,
            area=area,
            second=self._rng.choice([other for other in self._areas if other is not area]),
        )
        return person if self._rng.random() < 0.06 else replace(person, bio=self._bio(person, area))

    def _organisation(self, number: int, said: texts.Organisation) -> _Person:
        area = next((area for area in self._areas if area.name == said.area), None)
        zone = next(origin.timezone for origin in texts.origins() if origin.country == said.country)
        return _Person(
            number=number,
            name=said.name,
            gender="",
            kind=said.kind,
            language=said.language,
            languages=(said.language,),
            country=said.country,
            city=said.city,
            timezone=zone,
            area=area,
            second=self._rng.choice(self._areas),
            bio=said.bio,
        )

    def _bio(self, person: _Person, area: texts.Area) -> str:
        language, bank = person.language, area.banks[person.language]
        while True:
            role = self._fitting(person, "role", area.name, of=bank.roles)
            detail = self._fitting(person, "detail", area.name, of=bank.details)
            touch = self._fitting(person, "touch", of=self._phrases.touches[language])
            parts = self._rng.choice(((role, detail, touch), (role, touch), (detail, role), (role, detail)))
            day = self._at - timedelta(days=person.number)  # everybody has their own
            bio = ". ".join(self._filled(part, person, on=day) for part in parts) + "."
            if bio not in self._taken:
                self._taken.add(bio)
                return bio

    def _fitting(self, person: _Person, *name: str, of: Sequence[str]) -> str:
        """The next phrase of a deck that this person may say."""
        while True:
            (phrase,) = self._deal(*name, person.language, of=of)
            if fit := _said_by(person.gender, [phrase]):
                return fit[0]

    # What sources said ------------------------------------------------------------------------------------------------

    def profile(self, person: _Person) -> Profile:
        presences = [self._presence(person, platform) for platform in self._platforms(person)]
        consent, address = self._address(person)
        row = self._row(person, address)
        bare = InfluencerRow(line=row.line, external_id=row.external_id)
        reports: list[Report] = []
        posts: dict[tuple[str, str], tuple[PostReading, ...]] = {}
        used: set[str] = set()
        for place, presence in enumerate(presences):
            reports += self._reports(person, row if place == 0 else bare, presence, is_main=place == 0)
            number = self._rng.randint(3, 8) if place == 0 else self._rng.randint(1, 3)
            if self._rng.random() < 0.94:
                posts[presence.platform, presence.handle] = tuple(
                    self._post(person, presence, used=used) for _ in range(number)
                )
        reports.sort(key=lambda report: report.at)
        return Profile(row.external_id, tuple(reports), posts, consent)

    def _platforms(self, person: _Person) -> list[str]:
        return accounts.platforms(self._rng, person.areas[0].name)

    def _row(self, person: _Person, address: Mapping[str, str]) -> InfluencerRow:
        bank = person.areas[0].banks[person.language]
        is_tagged = person.area is not None and self._rng.random() < 0.72
        return InfluencerRow(
            line=person.number + 1,
            external_id=f"RV-{person.number:04}",
            name=person.name,
            kind=person.kind,
            languages=person.languages,
            country=person.country,
            city=person.city,
            timezone=person.timezone,
            bio=person.bio,
            topics=(*person.areas[0].topics, *self._rng.sample(bank.interests, 2)) if is_tagged else (),
            hashtags=tuple(self._rng.sample(bank.tags, 3)) if self._rng.random() < 0.7 else (),
            **address,  # type: ignore[arg-type]  # names of text fields only
        )

    def _address(self, person: _Person) -> tuple[Consent | None, dict[str, str]]:
        """Where one may write, if anywhere: life has gaps. Consent never comes with a file, so it stands apart."""
        is_french = person.language == "fr"
        owner = accounts.owner(person.name, self._rng.choice(person.areas[0].banks[person.language].words))
        greeting = self._rng.choice(("contact", "bonjour" if is_french else "hello"))
        source = self._rng.choice(_EMAIL_SOURCES[person.language])
        professional = f"{greeting}@{owner.first}-{owner.last}-{owner.word}.example"
        personal = f"{owner.first}.{owner.last}.{person.number}@{'courriel' if is_french else 'mail'}.example"
        said = {"email": professional, "email_kind": "professional"}
        match self._rng.choices(("usable", "no_ground", "personal", "consent", "none"), (62, 5, 8, 5, 20))[0]:
            case "usable":
                return None, said | {"email_source": source, "basis": "legitimate_interest"}
            case "no_ground":
                return None, said
            case "personal":
                source = _PERSONAL_SOURCES[person.language]
                return None, {"email": personal, "email_kind": "personal", "email_source": source}
            case "consent":
                return Consent(personal, "personal", source), {}
        return None, {}

    def _presence(self, person: _Person, platform: str) -> AccountReading:
        area, language = person.areas[0], person.language
        owner = accounts.owner(person.name, self._rng.choice(area.banks[language].words))
        numbers = self._rng.sample(range(11, 99), 40)
        handle = next(h for n in numbers if (h := accounts.handle(platform, owner, n)) not in self._taken)
        self._taken.add(handle)
        size = accounts.followers(self._rng, platform)
        return AccountReading(
            platform=platform,
            handle=handle,
            url=profile_url(platform, handle),
            platform_id=f"{self._rng.getrandbits(53)}",
            followers=size,
            following=self._rng.randint(80, 1900),
            posts=self._rng.randint(60, 2400),
            engagement_rate=accounts.engagement(self._rng, size),
        )

    def _reports(
        self, person: _Person, row: InfluencerRow, presence: AccountReading, *, is_main: bool
    ) -> Iterator[Report]:
        """The same presence at two or three dates, so that growth can be drawn."""
        monthly = 0.45 if self._rng.random() < 0.015 else self._rng.gauss(0.018, 0.022)  # a few grew suspiciously
        is_heard = self._rng.random() < (0.86 if is_main else 0.55)
        seen = _SEEN if self._rng.random() < 0.2 else self._rng.choice((_SEEN[:2], _SEEN[::2]))
        for place, days in enumerate(seen):
            # A file is read at once; whoever is new comes with their main presence: that of the others is read later.
            at = self._at - timedelta(days=days, minutes=300 * is_main)
            reading = self._grown(presence, months=(days - seen[-1]) / 30, monthly=monthly, at=at)
            if place == 0 and is_heard:
                reading = replace(reading, audience=self._audience(person))
            if SOURCES[_SEEN.index(days)] == _VENDOR:
                real = accounts.credible(presence.handle, is_swollen=monthly > _LEAP)
                reading = replace(reading, credible_share=real)
            told = row if place == 0 else InfluencerRow(line=row.line)  # found again by the account
            yield Report(at, SOURCES[_SEEN.index(days)], replace(told, accounts=(reading,)))

    def _grown(self, presence: AccountReading, *, months: float, monthly: float, at: datetime) -> AccountReading:
        size = max(50, round((presence.followers or 0) * (1 + monthly) ** -months))
        rate = min(1.0, (presence.engagement_rate or 0) * self._rng.uniform(0.93, 1.07))
        return replace(
            presence,
            followers=size,
            posts=max(1, (presence.posts or 0) - round(9 * months)),
            engagement_rate=round(rate, 4),
            avg_likes=round(size * rate * 0.92, 1),
            avg_comments=round(size * rate * 0.05, 1),
            observed_at=at - timedelta(hours=self._rng.randint(1, 60)),
        )

    def _audience(self, person: _Person) -> tuple[AudienceShare, ...]:
        area = person.areas[0]
        interests = tuple(self._rng.sample(area.banks[person.language].interests, 3))
        return accounts.audience(
            self._rng, country=person.country, language=person.language, area=area.name, interests=interests
        )

    # What they published ----------------------------------------------------------------------------------------------

    def _post(self, person: _Person, presence: AccountReading, *, used: set[str]) -> PostReading:
        language = person.languages[-1] if self._rng.random() < 0.25 else person.language
        language = language if language in {"fr", "en"} else person.language
        area = person.areas[self._rng.random() < 0.22]
        at = self._published_at(person)
        is_advert = self._rng.random() < 0.05
        said = self._advert(language) if is_advert else self._sentence(person, area, language, used=used)
        text, tags = self._tagged(self._filled(said, person, on=at, language=language), area.banks[language].tags)
        reached = (presence.followers or 0) * (presence.engagement_rate or 0) * self._rng.lognormvariate(0, 0.5)
        known = presence.platform in {"instagram", "youtube", "tiktok"}
        return PostReading(
            platform_id=f"{self._rng.getrandbits(60):015x}",
            published_at=at,
            format=self._rng.choice(accounts.FORMATS[presence.platform]),
            text=text,
            hashtags=tags,
            language=language,
            is_advert=is_advert if known or is_advert else None,
            likes=round(reached * 0.92),
            comments=round(reached * 0.05),
            shares=round(reached * 0.03),
            views=round(reached * self._rng.uniform(9, 22)) if presence.platform in _COUNTING_VIEWS else None,
        )

    def _tagged(self, said: str, bank: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        """The text with hashtags that nobody put behind the same words before."""
        while True:
            tags = tuple(self._rng.sample(bank, self._rng.randint(1, 3)))
            text = said + "".join(f" #{tag}" for tag in tags)
            if text not in self._taken:
                self._taken.add(text)
                return text, tags

    def _published_at(self, person: _Person) -> datetime:
        zone = ZoneInfo(person.timezone)
        day = (self._at - timedelta(days=self._rng.randint(1, 358))).astimezone(zone)
        usual = 7 + person.number % 14  # everybody has their own hour
        return day.replace(hour=min(23, usual + self._rng.randint(0, 2)), minute=self._rng.randint(0, 59), second=0)

    def _sentence(self, person: _Person, area: texts.Area, language: str, *, used: set[str]) -> str:
        """A sentence this person has not said yet, mostly with an end."""
        bank = area.banks[language]
        fit = _said_by(person.gender, bank.posts)
        pairs = tuple((post, end) for post in fit for end in bank.ends)
        for _ in range(3 * len(pairs)):
            post, end = self._deal("post", area.name, person.gender, language, of=pairs)
            if post not in used:
                break
        used.add(post)
        return post if self._rng.random() < 0.3 else f"{post} {end}"

    def _advert(self, language: str) -> str:
        (said,) = self._deal("advert", language, of=self._phrases.adverts[language])
        return said

    # Words ------------------------------------------------------------------------------------------------------------

    def _deal(self, *name: str, of: Sequence[str] | Sequence[tuple[str, ...]]) -> tuple[str, ...]:
        """The next card of a shuffled deck: every one comes once before any comes again."""
        if not self._decks.get(name):
            cards = [card if isinstance(card, tuple) else (card,) for card in of]
            self._rng.shuffle(cards)
            self._decks[name] = cards
        return self._decks[name].pop()

    def _filled(self, phrase: str, person: _Person, *, on: datetime, language: str = "") -> str:
        language = language or person.language
        days, months = _calendar(language)
        city, month = person.city, months[on.month]
        said = phrase.format(
            city=city, n=self._rng.randint(3, 12), big=self._rng.randint(21, 390), day=days[on.weekday()], month=month
        )
        if language == "fr":
            for value in (city, month):
                if value[0] in "AEIOUÉaeiou":
                    said = said.replace(f"de {value}", f"d’{value}")
        return said[0].upper() + said[1:]


@cache
def _calendar(language: str) -> tuple[Mapping[int, str], Mapping[int, str]]:
    return get_day_names("wide", locale=language), get_month_names("wide", locale=language)


def _said_by(gender: str, phrases: Sequence[str]) -> tuple[str, ...]:
    """The phrases that somebody of this gender may say, without their marks."""
    return tuple(phrase.removeprefix(f"{gender}:") for phrase in phrases if phrase[1:2] != ":" or phrase[0] == gender)
