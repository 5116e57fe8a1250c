"""What fills the holes of a text for one reader, and from which stored rows. Nothing here is made up or remembered.

A value nobody knows is blank: it blocks the message (rendering.fill).
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from crm.handles import first_name
from crm.models import Address, Cause, Influencer, Topic, User
from crm.portrait.zones import audience_zone
from matching.models import Match
from matching.services.quotations import Listener
from matching.words import Voice, tell, tellable
from outreach import versions
from outreach.models import Outreach
from outreach.words import link_url, phrases

_TOPICS = 3


@dataclass(frozen=True)
class Source:
    """A stored row that a value comes from. `kind`: reader profile post match topics cause campaign link sender.

    `id`: of the row, opaque where it has an opaque one. `date`: ISO, of what has one. `where`: of a post, the account.
    """

    kind: str
    id: str
    date: str = ""
    where: str = ""
    url: str = ""


@dataclass(frozen=True)
class Known:
    value: str
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Reader:
    """Who reads a message: the person, or whoever their mail goes to, an agent."""

    person: Influencer
    agent: Influencer | None = None

    @classmethod
    def at(cls, address: Address | None, person: Influencer) -> "Reader":
        theirs = address is None or address.influencer_id == person.pk
        return cls(person, None if theirs or address is None else address.influencer)

    @property
    def who(self) -> Influencer:
        return self.agent or self.person

    @property
    def languages(self) -> list[str]:
        return self.who.languages or self.person.languages

    @property
    def register(self) -> str:
        """As to whoever reads it: that one is on first-name terms with somebody is no matter of their agent's."""
        return self.who.register


def known(
    *,
    outreach: Outreach,
    reader: Reader,
    version: versions.Version,
    by: User,
    at: datetime,
    names: Collection[str],
    listener: Listener | None = None,
) -> dict[str, Known]:
    """What each of these placeholders says in this conversation. `listener`: for the campaign's cause, where one asks
    for many.
    """
    teller = _Teller(outreach, reader, version, by, at, listener)
    return {name: _TELLING[name](teller) for name in names}


def values(found: Mapping[str, Known]) -> dict[str, str]:
    return {name: one.value for name, one in found.items()}


def inserted(found: Mapping[str, Known]) -> list[dict[str, Any]]:
    """As messages keep it: what was filled in, and from where."""
    return [
        {"hole": name, "value": one.value, "sources": [asdict(source) for source in one.sources]}
        for name, one in found.items()
    ]


@dataclass(frozen=True)
class _Teller:
    outreach: Outreach
    reader: Reader
    version: versions.Version
    by: User
    at: datetime
    listener: Listener | None

    def greeting(self) -> Known:
        who = self.reader.who
        name = first_name(who.name) if who.kind == Influencer.Kind.PERSON else ""
        said = phrases.greeting(self.version.language, is_informal=self._is_informal, name=name)
        return Known(said, (self._profile("reader", who),))

    def first_name(self) -> Known:
        person = self.reader.person
        name = first_name(person.name) if person.kind == Influencer.Kind.PERSON else ""
        return Known(name, (self._profile("profile", person),))

    def full_name(self) -> Known:
        return Known(self._name, (self._profile("profile", self.reader.person),))

    def why_you(self) -> Known:
        return self._told(most=1)

    def reasons(self) -> Known:
        return self._told(most=3)

    def quoted_post(self) -> Known:
        listener = self.listener or Listener(self._cause)
        found = listener.newest(person=self.reader.person, match=self._match, at=self.at)
        if found is None:
            return Known("")
        day = self._day(found.post.published_at)
        said = phrases.quotation(
            self.version.language,
            voice=self._voice,
            quote=" ".join(found.text.split()),
            on=day,
            today=self._day(self.at),
            name=self._name,
        )
        account = found.post.account
        where = f"{account.get_platform_display()} · {account.handle}"
        return Known(said, (Source("post", str(found.post.pk), day.isoformat(), where, found.post.url),))

    def shared_topics(self) -> Known:
        """In the language of the message; of a field and its parts that both have, the parts."""
        language = self.version.language
        names = [str(topic.names.get(language, "")) for topic in self._common_topics()]
        words = [phrases.within_a_sentence(language, name) for name in names if name][:_TOPICS]
        cause = Source("cause", str(self._cause.public_id))
        return Known(
            phrases.listed(language, words), (self._profile("topics", self.reader.person), cause) if words else ()
        )

    def cause_name(self) -> Known:
        return Known(self._cause.name, (Source("cause", str(self._cause.public_id)),))

    def cause_summary(self) -> Known:
        first = re.split(r"\r?\n\s*\r?\n", self._cause.description.strip())[
            0
        ]  # a browser's line ends are two characters
        return Known(first, (Source("cause", str(self._cause.public_id)),))

    def campaign_name(self) -> Known:
        return Known(self.outreach.campaign.name, (self._campaign,))

    def organisation(self) -> Known:
        return Known(self.outreach.campaign.organisation, (self._campaign,))

    def tracked_link(self) -> Known:
        link = self.outreach.link
        if link is None:
            return Known("")
        day = timezone.localdate(link.created_at)
        return Known(link_url(link), (Source("link", str(link.public_id), day.isoformat()),))

    def sender_name(self) -> Known:
        return Known(self.by.called, (Source("sender", str(self.by.pk)),))

    # ------------------------------------------------------------------------------------------------------------------

    @cached_property
    def _cause(self) -> Cause:
        return self.outreach.campaign.cause

    @cached_property
    def _match(self) -> Match | None:
        return self.outreach.match

    @property
    def _campaign(self) -> Source:
        return Source("campaign", str(self.outreach.campaign.public_id))

    @property
    def _is_informal(self) -> bool:
        return self.version.register == versions.INFORMAL

    @property
    def _voice(self) -> Voice:
        if self.reader.agent:
            return "about"
        return "informal" if self._is_informal else "formal"

    @property
    def _name(self) -> str:
        return " ".join(self.reader.person.name.split())

    def _told(self, *, most: int) -> Known:
        if self._match is None:
            return Known("")
        features = tellable(self._match, most=most)
        said = [tell(f, language=self.version.language, voice=self._voice, name=self._name) for f in features]
        day = timezone.localdate(self._match.match_list.as_of)
        source = Source("match", str(self._match.public_id), day.isoformat())
        return Known(" ".join(filter(None, said)), (source,) if any(said) else ())

    def _common_topics(self) -> list[Topic]:
        wanted = set(self._cause.topics.values_list("pk", flat=True))
        own = self.reader.person.topics.filter(kind=Topic.Kind.CONCERN).order_by("slug")
        common = [topic for topic in own if wanted & {topic.pk, topic.parent_id}]
        divided = {topic.parent_id for topic in common}
        return [topic for topic in common if topic.pk not in divided]

    def _day(self, at: datetime) -> date:
        """By the clock they live by; by ours, where that is not known."""
        person = self.reader.person
        zone = audience_zone(own=person.timezone, countries=[person.country])
        return timezone.localdate(at, None if zone.reason == "unknown" else ZoneInfo(zone.name))

    def _profile(self, kind: str, whose: Influencer) -> Source:
        return Source(kind, str(whose.public_id))


_TELLING: Mapping[str, Callable[[_Teller], Known]] = {
    "greeting": _Teller.greeting,
    "first_name": _Teller.first_name,
    "full_name": _Teller.full_name,
    "why_you": _Teller.why_you,
    "reasons": _Teller.reasons,
    "quoted_post": _Teller.quoted_post,
    "shared_topics": _Teller.shared_topics,
    "cause_name": _Teller.cause_name,
    "cause_summary": _Teller.cause_summary,
    "campaign_name": _Teller.campaign_name,
    "tracked_link": _Teller.tracked_link,
    "sender_name": _Teller.sender_name,
    "organisation": _Teller.organisation,
}
