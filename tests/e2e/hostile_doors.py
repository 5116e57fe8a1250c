"""Everybody outside who can send us something, saying hostile texts in whatever field they have."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from itertools import cycle
from typing import Final, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from django.test import Client

from crm.models import Cause, DuplicateCandidate, ImportBatch, Influencer, SocialAccount
from crm.services.importing import accept
from matching.models import Exclusion, Match, MatchList, RankerVersion
from outreach import signing
from outreach.models import InboundMessage, Link, Message, Source
from outreach.services import messages, publications, replies, sources
from tests.e2e.hostile_texts import HOST
from tests.factories import (
    CampaignFactory,
    LinkFactory,
    OutreachFactory,
    TemplateFactory,
    UserFactory,
    analysed,
    worked,
)
from tests.outreach.receiving.mails import written_to
from tests.outreach.sources.test_signatures import SECRETS, signed
from tests.outreach.test_sources import MESSAGES

_Row = TypeVar("_Row")
_WHERE: Final = "https://www.instagram.com/"
# What a message of a source says freely; whatever else is in it keeps it readable.
_FREE: Final = frozenset(
    ["external_id", "id", "code", "name", "title", "medium", "campaign", "cw_code", "first_name", "identifiers"]
)


class Outside:
    """`rows`: how many of each there are. Each of their short fields says the next of these texts, each long one all;
    or, `alone`, everything in a row says the one text that is its turn.
    """

    def __init__(self, texts: Sequence[str], *, rows: int, at: datetime, alone: bool = False) -> None:
        self._texts, self._turn, self._rows, self._at = texts, cycle(texts), rows, at
        self._row: int | None = 0 if alone else None
        self._client = Client()

    def __next__(self) -> str:
        return next(self._turn) if self._row is None else self._texts[self._row % len(self._texts)]

    @property
    def _whole(self) -> str:
        return "\n".join(self._texts) if self._row is None else next(self)

    def _each(self, rows: Iterable[_Row]) -> Iterator[_Row]:
        for number, row in enumerate(rows):
            if self._row is not None:
                self._row = number
            yield row

    def come(self) -> None:
        """All of them, by every door."""
        self.bring_files()
        self.set_up()
        self.rank()
        self.click()
        self.tell()
        self.write()
        self.refuse()

    # Files that officers are handed ------------------------------------------------------------------------------------

    def bring_files(self) -> None:
        self._bring("influencers", [self._person(number) for number in self._each(range(self._rows))])
        self._bring("causes", [self._cause(number) for number in self._each(range(self._rows))])
        self._bring("influencers", [self._post(number) for number in self._each(range(self._rows))])
        # No hashtag has such signs, nor a day: these rows are refused, and shown as that.
        self._bring(
            "influencers", [self._person(self._rows) | {"hashtags": next(self)} for _ in self._each(range(self._rows))]
        )
        self._bring("influencers", [self._post(0) | {"Publish time": next(self), "Post type": next(self)}])
        # A table that nobody knows: it is asked about column by column.
        analysed(_table([{next(self): next(self) for _ in range(12)}]), subject="influencers", filename=next(self))

    def _person(self, number: int) -> dict[str, str]:
        said = dict.fromkeys(["external_id", "name", "email_source", "city", "topics"], "")
        said = {name: next(self) for name in said} | {f"{next(self)} {number}"[:90]: next(self)}
        known = {
            "email": f"person{number}@studio.example",
            "basis": "legitimate_interest",
            "language": "en",
            "country": "GB",
        }
        account = {"platform": "youtube", "handle": next(self)}
        if number % 2:
            handle = f"person.{number}"
            account = {"platform": "instagram", "handle": handle, "url": f"{_WHERE}{handle}/?{quote(next(self))}"}
        said["external_id"] = f"{number} {said['external_id']}"
        return said | known | account | {"bio": self._whole[:4_900], "notes": self._whole[:19_900]}

    def _cause(self, number: int) -> dict[str, str]:
        names = ("name", "conflicts", "values", "tone", "transparency", "transparency_source")
        said = {name: next(self) for name in names} | {"slug": f"shore-{number}", "description": self._whole[:4_900]}
        return said | {"website": f"https://{HOST}/?{quote(next(self))}", "languages": "en", "countries": "GB"}

    def _post(self, number: int) -> dict[str, str]:
        known = {
            "Post ID": str(18_011_223_344_556_000 + number),
            "Account username": SocialAccount.objects.filter(platform="instagram").last().handle,
        }
        said = {
            "Account name": next(self),
            "Description": self._whole[:4_900],
            "Post type": next(self),
        }
        when = {
            "Publish time": "10/03/2026 01:31",
            "Likes": "610",
            "Permalink": f"{_WHERE}p/DA{number}/?{quote(next(self))}",
        }
        return {"Account ID": "17841400000000001"} | known | said | when

    def _bring(self, subject: str, rows: list[dict[str, str]]) -> ImportBatch:
        """Through the wizard: what it refuses stands there as well as what it takes."""
        batch = analysed(_table(rows), subject=subject, filename=f"{next(self)}.csv", at=self._at)
        assert batch.state == "analysed", batch.error
        accept(batch=batch)
        return worked(batch, at=self._at)

    # Conversations that colleagues have with them ----------------------------------------------------------------------

    def set_up(self) -> None:
        officer = UserFactory(first_name=next(self), last_name=next(self), role="officer")
        TemplateFactory(name=next(self)[:100], subject="Hello", body=self._whole[:4_000])
        pairs = zip(Influencer.objects.order_by("pk"), cycle(Cause.objects.order_by("pk")), strict=False)
        for person, cause in self._each(pairs):
            campaign = CampaignFactory(name=next(self), organisation=next(self), cause=cause, owner=officer)
            outreach = OutreachFactory(
                influencer=person, campaign=campaign, stage="agreed", stage_at=self._at, owner=officer
            )
            LinkFactory(outreach=outreach, deliverable=next(self)[:100])
            sent = self._at - timedelta(days=3)
            text = {"subject": next(self), "body": self._whole, "text": self._whole, "sent_at": sent}
            for address in person.addresses.all()[:1]:
                written_to(address=address, outreach=outreach, person=person, **text)
            url = f"{_WHERE}p/CX{person.pk}/?{quote(next(self))}"
            said = publications.Said(url=url, published_at=sent, note=next(self))
            publications.record(outreach=outreach, said=said, by=officer, at=self._at)

    def rank(self) -> None:
        """A list of the first cause, with them on it; two who may be one, and one who is kept off."""
        people, cause = list(Influencer.objects.order_by("pk")), Cause.objects.order_by("pk").first()
        ranker, _ = RankerVersion.objects.get_or_create(
            kind="scorecard", digest="hostile", manifest={}, created_at=self._at
        )
        when = {"requested_at": self._at, "as_of": self._at, "ready_at": self._at}
        found = MatchList.objects.create(cause=cause, ranker=ranker, state="ready", **when)
        side = {"intercept": 0.0, "probability": 0.5, "contributions": {"topic_fit": 0.4}}
        told = {"sides": {"accepts": side}, "values": {"topic_fit": {"value": 0.4, "basis": "measured"}}}
        for rank, person in enumerate(people, 1):
            Match.objects.create(match_list=found, influencer=person, rank=rank, score=0.5, percentile=100, **told)
        low, high = people[:2]
        DuplicateCandidate.objects.create(low=low, high=high, reasons=[], found_at=self._at)
        Exclusion.objects.create(influencer=high, cause=cause, reason=next(self), by=UserFactory(), at=self._at)

    # Visitors ----------------------------------------------------------------------------------------------------------

    def click(self) -> None:
        for link in self._each(Link.objects.order_by("pk")):
            for _ in range(3):
                spoken = {"User-Agent": next(self), "Referer": f"https://{HOST}/{next(self)}", "Purpose": next(self)}
                spoken |= {"Accept": next(self), "X-Forwarded-For": next(self), "Accept-Language": next(self)}
                self._client.get(f"/r/{link.code}?{urlencode({'utm_source': next(self)})}", headers=_lines(spoken))
            self._client.get(f"/r/{quote(next(self))}")

    def tell(self) -> None:
        """Systems that know of gifts, and pages with our pixel."""
        for kind, known in MESSAGES.items():
            said = sources.Said(
                name=f"{kind} {next(self)}"[:100], kind=kind, has_pixel=True, secret=SECRETS.get(kind, "")
            )
            source = sources.save(said=said, at=self._at)
            for _ in self._each(range(self._rows)):
                self._post_to(source, json.dumps(self._spoilt(_lately(known, self._at))))
            self._post_to(source, next(self))
            for number in self._each(range(self._rows)):
                asked = {
                    "kind": "signature",
                    "id": f"{number} {next(self)}",
                    "code": next(self),
                    "cw_click": next(self),
                }
                utm = {f"utm_{name}": next(self) for name in ("source", "medium", "campaign", "content", "term", "id")}
                path, referrer = f"/c/{sources.pixel_key(source)}.gif", f"https://{HOST}/{quote(next(self))}"
                self._client.get(f"{path}?{urlencode(asked | utm)}", headers={"Referer": referrer})

    def _post_to(self, source: Source, body: str) -> None:
        headers = {"Content-Type": "application/json", "User-Agent": HOST}
        if source.kind in SECRETS:
            headers |= signed(source.kind, at=self._at, raw=body.encode())
        path = f"/hooks/{source.kind}/{sources.hook_key(source)}/"
        self._client.post(path, data=body, content_type="application/json", headers=headers)

    def _spoilt(self, said: object, name: str = "") -> object:
        """With a hostile text wherever one may stand freely, and ids of their own."""
        if isinstance(said, dict):
            return {key: self._spoilt(value, key) for key, value in said.items()}
        if isinstance(said, list):
            return [self._spoilt(value, name) for value in said]
        return next(self) if name in _FREE and isinstance(said, str) else said

    # People who answer -------------------------------------------------------------------------------------------------

    def write(self) -> None:
        key = signing.hook_key("raw")
        for message in self._each([*Message.objects.order_by("pk"), None]):
            raw = self._letter(message)
            answer = self._client.post(f"/hooks/mail/raw/{key}/", data=raw, content_type="message/rfc822")
            assert answer.status_code == 204
        for letter in InboundMessage.objects.filter(state="stored"):
            replies.read(pk=letter.pk, at=self._at)

    def _letter(self, answers: Message | None) -> bytes:
        made = EmailMessage(policy=SMTP)
        sender = answers.address.email if answers and answers.address else "stranger@studio.example"
        made["From"] = f'"{_quoted(next(self))}" <{sender}>'
        made["To"] = f'"{_quoted(next(self))}" <partnerships@causeway.example>'
        made["Subject"] = _line(next(self))
        made["Date"] = self._at.strftime("%a, %d %b %Y %H:%M:%S +0000")
        made["Message-ID"] = f"<{abs(hash(sender))}.{answers.pk if answers else 0}@studio.example>"
        if answers:
            made["In-Reply-To"] = answers.message_id
        made.set_content(f"{next(self)}\n{self._whole}\n\nOn Saturday, Clear Shores wrote:\n> {self._whole}\n")
        made.add_alternative(f"<p>Hello</p>{self._whole}", subtype="html")
        for _ in range(4):
            made.add_attachment(b"MZ", maintype="application", subtype="pdf", filename=_line(next(self)))
        return made.as_bytes()

    def refuse(self) -> None:
        """The page of preferences: two of them say no, in words that nobody offered them."""
        for message in Message.objects.order_by("-pk")[:2]:
            path = urlsplit(messages.unsubscribe_url(message.address)).path
            self._client.post(path, {"choice": next(self), "List-Unsubscribe": next(self)}, headers={"Referer": HOST})
            self._client.get(f"/u/{quote(next(self))}")


def _lately(said: object, at: datetime) -> object:
    """A message of the payloads as if it were of today."""
    text = re.sub(r'"2027-[^"]*"', f'"{at:%Y-%m-%dT%H:%M:%SZ}"', json.dumps(said))
    return json.loads(re.sub(r"\b180\d{7}\b", str(int(at.timestamp())), text))


def _table(rows: list[dict[str, str]]) -> str:
    """Their columns are all there are in any of them."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    file = io.StringIO()
    writer = csv.DictWriter(file, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def _line(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _quoted(text: str) -> str:
    return _line(text).replace("\\", "\\\\").replace('"', '\\"')


def _lines(headers: dict[str, str]) -> dict[str, str]:
    """A header is one line of Latin letters; whatever else comes is refused before it reaches us."""
    return {name: _line(text).encode("latin-1", "replace").decode("latin-1") for name, text in headers.items()}
