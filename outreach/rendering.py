"""Texts with holes from a closed list. Nothing is computed, looked up or scanned twice.

`fill` puts values into the holes: that is the draft a person reads and may edit. `finish` makes the mail of it, and
never looks for holes again, so that nothing in a person's data or in an edited text can act as a template.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Final

from crm.errors import DomainError

MAX_TEMPLATE_BYTES = 20_000
MAX_PLACEHOLDERS = 200
MAX_SUBJECT = 200  # characters
MAX_TEXT = 100_000  # characters


@dataclass(frozen=True)
class Placeholder:
    """One hole. The value of a block may have several lines; any other is folded to one.

    A sentence ends with exactly one mark: the one that the text writes right after the hole, else its own (also one
    within the quotation marks that close it), else a full stop. So nobody need know whether the value brings one.
    (outreach.js previews by the same rule.)
    """

    name: str
    example: str
    is_block: bool = False
    is_sentence: bool = False

    @property
    def description_code(self) -> str:
        """What words.py explains it by."""
        return f"placeholder_{self.name}"


PLACEHOLDERS: Final[Mapping[str, Placeholder]] = MappingProxyType(
    {
        placeholder.name: placeholder
        for placeholder in (
            Placeholder("greeting", "Hello Amina,"),
            Placeholder("first_name", "Amina"),
            Placeholder("full_name", "Amina Diallo"),
            Placeholder(
                "why_you", "In March you explained to your followers how rivers die.", is_block=True, is_sentence=True
            ),
            Placeholder(
                "reasons",
                "What you speak about is close to what we work for. Many of those who follow you live where we act.",
                is_block=True,
                is_sentence=True,
            ),
            Placeholder(
                "quoted_post", "On 3 March you wrote: “Rivers begin in our sinks”.", is_block=True, is_sentence=True
            ),
            Placeholder("shared_topics", "rivers and lakes, zero waste and plastic"),
            Placeholder("cause_name", "Clean rivers"),
            Placeholder("cause_summary", "We clean 40 km of river banks every spring.", is_block=True),
            Placeholder("campaign_name", "Spring clean-up"),
            Placeholder("tracked_link", "https://causeway.example/r/k7m2p9q4"),
            Placeholder("sender_name", "Léa Martin"),
            Placeholder("organisation", "Rivers Alive"),
        )
    }
)


SENTENCES: Final = tuple(name for name, placeholder in PLACEHOLDERS.items() if placeholder.is_sentence)


@dataclass(frozen=True)
class Footer:
    """What every message ends with, in the reader's language. No field may be blank.

    source_of_address: a sentence that tells where we have the address from (and whatever else the law wants said).
    unsubscribe_words: what stands before the link, such as "No more messages from us:".
    """

    source_of_address: str
    unsubscribe_words: str
    unsubscribe_url: str
    postal_address: str


@dataclass(frozen=True)
class Draft:
    """A filled text, without a footer: plain text that a person may edit."""

    subject: str
    body: str


@dataclass(frozen=True)
class Rendered:
    """Exactly what goes out: a one-line subject, and the same text plain and as HTML."""

    subject: str
    text: str
    html: str


def placeholders(text: str) -> tuple[str, ...]:
    """The names of the holes in a text, known or not, each once, in order.

    Raises DomainError: template_too_long, placeholders_too_many, placeholder_malformed (see `check`).
    """
    return tuple(dict.fromkeys(name for _, name in _pieces(text, part="text") if name is not None))


def named(subject: str, body: str) -> tuple[str, ...]:
    """The names of the holes in a whole text. Raises what `placeholders` raises."""
    return tuple(dict.fromkeys([*placeholders(subject), *placeholders(body)]))


def check(subject: str, body: str) -> None:
    """Whether a template may be saved. Raises DomainError, where `part` is `subject` or `body`:

    text_blank (part) · template_too_long (part, limit, in bytes) · placeholders_too_many (part, limit) ·
    placeholder_malformed (part, line, from 1: braces that are not a hole) · placeholder_unknown (name, known).
    """
    for part, text in (("subject", subject), ("body", body)):
        for _, name in _pieces(text, part=part):
            if name is not None and name not in PLACEHOLDERS:
                raise DomainError("placeholder_unknown", name=name, known=tuple(PLACEHOLDERS))
        if _is_blank(text):
            raise DomainError("text_blank", part=part)


def fill(subject: str, body: str, values: Mapping[str, str]) -> Draft:
    """The texts with every hole filled. Values for holes that do not occur may be missing.

    Raises DomainError: what `check` raises, placeholder_value_missing (names: all that are absent or blank), and
    rendered_too_long (part, limit, in characters).
    """
    check(subject, body)
    if names := missing(subject, body, values):
        raise DomainError("placeholder_value_missing", names=names)
    filled = {
        part: "".join(_filled(text, part=part, values=values)) for part, text in (("subject", subject), ("body", body))
    }
    return _draft(**filled)


def missing(subject: str, body: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """The holes of a text that would stay empty, in order. Raises what `placeholders` raises."""
    return tuple(name for name in named(subject, body) if _is_blank(_clean(values.get(name) or "")))


def left(subject: str, body: str) -> tuple[str, ...]:
    """The names of placeholders that stand in a text as such, in order; any other braces are just braces."""
    found = (match[1] for part in (subject, body) for match in _HOLE.finditer(part))
    return tuple(dict.fromkeys(name for name in found if name in PLACEHOLDERS))


def tidy(subject: str, body: str) -> Draft:
    """A filled text as a person edited it, in the form that is kept: a one-line subject, no controls, no blank ends.

    Raises DomainError: text_blank (part), rendered_too_long (part, limit, in characters).
    """
    draft = _draft(subject, body)
    for part in fields(draft):
        if _is_blank(getattr(draft, part.name)):
            raise DomainError("text_blank", part=part.name)
    return draft


def finish(subject: str, body: str, footer: Footer) -> Rendered:
    """The mail made of a filled, perhaps edited text. Braces in it are just braces.

    Raises DomainError: what `tidy` raises, footer_incomplete (field).
    """
    draft = tidy(subject, body)
    text = f"{draft.body}\n\n—\n{_footer_text(footer)}\n"
    return Rendered(subject=draft.subject, text=text, html=_html(draft.subject, text))


def sign(subject: str, body: str, signature: str) -> Rendered:
    """The mail made of a text that asks for nothing, so that nobody need unsubscribe from it: signed, and no more.

    Raises DomainError: what `tidy` raises, footer_incomplete (field).
    """
    draft = tidy(subject, body)
    if _is_blank(signature):
        raise DomainError("footer_incomplete", field="signature")
    text = f"{draft.body}\n\n—\n{_clean(signature).strip()}\n"
    return Rendered(subject=draft.subject, text=text, html=_html(draft.subject, text))


def render(subject: str, body: str, values: Mapping[str, str], footer: Footer) -> Rendered:
    """`fill`, then `finish`: from a template to a mail that nobody edits in between. Raises what they raise."""
    draft = fill(subject, body, values)
    return finish(draft.subject, draft.body, footer)


# Holes ----------------------------------------------------------------------------------------------------------------

_HOLE = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]{0,39})\s*\}\}|\{\{|\}\}")


def _pieces(text: str, *, part: str) -> Iterator[tuple[str, str | None]]:
    """Pairs of a literal and the name of the hole after it (None at the end), in one pass over the text."""
    if len(text) > MAX_TEMPLATE_BYTES or len(text.encode("utf-8", "replace")) > MAX_TEMPLATE_BYTES:
        raise DomainError("template_too_long", part=part, limit=MAX_TEMPLATE_BYTES)
    start = 0
    for count, match in enumerate(_HOLE.finditer(text), start=1):
        if match[1] is None:
            raise DomainError("placeholder_malformed", part=part, line=text.count("\n", 0, match.start()) + 1)
        if count > MAX_PLACEHOLDERS:
            raise DomainError("placeholders_too_many", part=part, limit=MAX_PLACEHOLDERS)
        yield text[start : match.start()], match[1]
        start = match.end()
    yield text[start:], None


def _filled(text: str, *, part: str, values: Mapping[str, str]) -> Iterator[str]:
    length = 0
    pieces = list(_pieces(text, part=part))
    for (literal, name), (after, _) in zip(pieces, [*pieces[1:], ("", None)], strict=True):
        value = "" if name is None else _value(PLACEHOLDERS[name], values, after=after)
        length += len(literal) + len(value)
        if length > MAX_TEXT:  # before anything of that size is put together
            raise DomainError("rendered_too_long", part=part, limit=MAX_TEXT)
        yield literal
        yield value


_OWN_MARK = re.compile("[ \u00a0\u202f]?[.,;:!?…]")  # before some of them French puts a space
_ENDED = re.compile("[!?…][ \u00a0\u202f]?[”»“]?$")


def _value(placeholder: Placeholder, values: Mapping[str, str], *, after: str) -> str:
    value = _clean(values[placeholder.name]).strip()
    if placeholder.is_sentence:
        value = _ended(value, after=after)
    return value if placeholder.is_block else _one_line(value)


def _ended(sentence: str, *, after: str) -> str:
    if _OWN_MARK.match(after):
        return sentence.rstrip(".")
    return sentence if _ENDED.search(sentence) else sentence.rstrip(".") + "."


# Text -----------------------------------------------------------------------------------------------------------------

_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
# Controls, halves of a character, and marks that turn the direction of whatever follows them.
_UNWANTED = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


def _clean(text: str) -> str:
    return _UNWANTED.sub("", _LINE_END.sub("\n", text))


def _one_line(text: str) -> str:
    return " ".join(_clean(text).split())


def _is_blank(text: str) -> bool:
    return not any(character.isprintable() and not character.isspace() for character in text)


def _draft(subject: str, body: str) -> Draft:
    draft = Draft(subject=_one_line(subject), body=_clean(body).strip())
    for part, limit in (("subject", MAX_SUBJECT), ("body", MAX_TEXT)):
        if len(getattr(draft, part)) > limit:
            raise DomainError("rendered_too_long", part=part, limit=limit)
    return draft


def _footer_text(footer: Footer) -> str:
    clean = {field.name: _clean(getattr(footer, field.name)).strip() for field in fields(footer)}
    for name, value in clean.items():
        if _is_blank(value) or (name == "unsubscribe_url" and not _LINK.fullmatch(value)):
            raise DomainError("footer_incomplete", field=name)
    unsubscribe = f"{clean['unsubscribe_words']} {clean['unsubscribe_url']}"
    return "\n".join((clean["source_of_address"], unsubscribe, clean["postal_address"]))


# HTML -----------------------------------------------------------------------------------------------------------------

_LINK = re.compile(r"https?://[^\s<>\"'`{}|\\^\[\]]+", re.IGNORECASE)
_AFTER_LINK = ".,;:!?…»”’"  # belongs to the sentence, not to the address


def _html(subject: str, text: str) -> str:
    paragraphs = re.split(r"\n\s*\n", text.strip())
    body = "\n".join(f"<p>{_html_lines(paragraph)}</p>" for paragraph in paragraphs)
    head = f'<meta charset="utf-8"><title>{html.escape(subject)}</title>'
    return f"<!doctype html>\n<html><head>{head}</head><body>\n{body}\n</body></html>\n"


def _html_lines(paragraph: str) -> str:
    return "<br>\n".join(_html_line(line) for line in paragraph.split("\n"))


def _html_line(line: str) -> str:
    """A line escaped, its http and https addresses made clickable. No other markup ever comes of a text."""
    parts = []
    start = 0
    for match in _LINK.finditer(line):
        url = match[0].rstrip(_AFTER_LINK if "(" in match[0] else _AFTER_LINK + ")")
        if url.endswith("//"):
            continue
        parts.append(html.escape(line[start : match.start()]))
        parts.append(f'<a href="{html.escape(url)}">{html.escape(url)}</a>')
        start = match.start() + len(url)
    parts.append(html.escape(line[start:]))
    return "".join(parts)
