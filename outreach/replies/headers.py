"""The head of a mail or of a part: its fields, and what stands in them.

The standard library's readers are left alone here, but for the date: those of the new policy raise on identifiers that
Exchange writes, `decode_header` on base64 that was cut, `getaddresses` on nested brackets, and it takes an address for
another (CVE-2023-27043).
"""

import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from outreach.replies.characters import decoded, one_line

MAX_FIELDS: Final = 1000
MAX_HEAD: Final = 512 * 1024  # bytes of one head that are looked at
MAX_VALUE: Final = 64 * 1024  # characters of one field
MAX_LINE: Final = 500  # characters of a field as it is shown
MAX_ADDRESSES: Final = 200
MAX_IDS: Final = 100
_MAX_PARAMETERS: Final = 4096  # characters of a field with parameters
_YEARS: Final = range(1970, 9999)  # any time zone's clock can tell them

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
_CONTINUED = (b" ", b"\t")


@dataclass(frozen=True)
class Head:
    """The fields of one head, by lower-case name, in order. `get` is the first one's value, raw, or blank."""

    fields: Mapping[str, tuple[str, ...]]

    def get(self, name: str) -> str:
        return next(iter(self.fields.get(name, ())), "")

    def all(self, *names: str) -> list[str]:
        return [value for name in names for value in self.fields.get(name, ())]

    def line(self, name: str) -> str:
        """The field as a person reads it: decoded, on one line."""
        return one_line(words(self.get(name)), MAX_LINE)


def read_head(block: bytes) -> tuple[Head, int]:
    """The fields at the beginning of the block, and where its body begins: after a blank line, or at the first line
    that is no field."""
    fields: dict[str, list[str]] = {}
    lines: list[bytes] = []
    count, start = 0, 0
    while start < len(block):
        stop = block.find(b"\n", start) + 1 or len(block)
        line = block[start : min(stop, start + MAX_VALUE)]
        if not line.strip(b"\r\n"):
            start = stop
            break
        if line.startswith(_CONTINUED):
            lines.append(line)
        elif _FIELD.match(line):
            count += _keep(fields, lines, count)
            lines = [line]
        elif not (start == 0 and line.startswith((b"From ", b">From "))):  # as mailboxes part their mails
            break
        start = stop
    _keep(fields, lines, count)
    return Head({name: tuple(values) for name, values in fields.items()}), start


def _keep(fields: dict[str, list[str]], lines: list[bytes], count: int) -> int:
    field = _FIELD.match(b"".join(lines)[:MAX_VALUE])
    if field is None or count >= MAX_FIELDS:
        return 0
    value = decoded(field[2], "utf-8")
    fields.setdefault(field[1].decode("ascii").lower(), []).append(re.sub(r"[\r\n]+", "", value).strip())
    return 1


# Words (RFC 2047) and parameters (RFC 2045, 2231) --------------------------------------------------------------------

_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bq])\?([^?]*)\?=", re.IGNORECASE)


def words(value: str) -> str:
    """With its encoded words decoded. What was cut between two of them, even inside a character, is put together."""
    out: list[str] = []
    pending, charset, end = b"", "", 0
    for match in _WORD.finditer(value):
        between = value[end : match.start()]
        said = match[1].partition("*")[0].lower()
        if pending and (between.strip() or said != charset):
            out.append(decoded(pending, charset))
            pending = b""
        if between.strip() or not end:
            out.append(between)
        pending, charset, end = pending + _unworded(match[2], match[3]), said, match.end()
    return "".join([*out, decoded(pending, charset), value[end:]])


def _unworded(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    return from_base64(raw) if encoding in "bB" else binascii.a2b_qp(raw, header=True)


_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))


def from_base64(content: bytes) -> bytes:
    """As much as can be decoded."""
    try:
        return binascii.a2b_base64(content)
    except binascii.Error:
        kept = content.translate(None, _NOT_BASE64)
        whole = len(kept) - (len(kept) % 4 == 1)
        return binascii.a2b_base64(kept[:whole] + b"=" * (-whole % 4))


_PARAMETER = re.compile(r';\s*([^\s=;"*]{1,60})(?:\*(\d{1,2}))?(\*?)\s*=\s*("(?:[^"\\]|\\.)*+"|[^;]*)')


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """What stands before the first semicolon, lower-case, and the parameters, by lower-case name."""
    value = value[:_MAX_PARAMETERS]
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in _PARAMETER.finditer(value):
        text = match[4].strip()
        if len(text) > 1 and text[0] == text[-1] == '"':
            text = re.sub(r"\\(.)", r"\1", text[1:-1])
        pieces.setdefault(match[1].lower(), {}).setdefault(int(match[2] or 0), (text, bool(match[3])))
    return value.partition(";")[0].strip().lower(), {name: _joined(parts) for name, parts in pieces.items()}


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    if not any(is_encoded for _, is_encoded in parts.values()):
        return words("".join(parts[number][0] for number in sorted(parts)))
    content, charset = b"", "utf-8"
    for number in sorted(parts):
        text, is_encoded = parts[number]
        if is_encoded and number == min(parts) and text.count("'") > 1:
            charset, _, text = text.split("'", 2)
        raw = text.encode("utf-8", "replace")
        content += (
            re.sub(rb"%([0-9A-Fa-f]{2})", lambda hexed: bytes.fromhex(hexed[1].decode()), raw) if is_encoded else raw
        )
    return decoded(content, charset)


# Addresses, identifiers, dates ---------------------------------------------------------------------------------------

_ADDRESS = re.compile(r"""(?:"[^"\\]{1,64}"|[^\s<>()\[\]",;:@\\]{1,64})@[^\s<>()\[\]",;:@\\]{1,255}""")
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*+"?|<[^<>,;]*>?|[^",;<()]+|.', re.DOTALL)


@dataclass(frozen=True)
class Mailbox:
    """Whom a field names: a bare, lower-case address, and a name on one line, perhaps blank."""

    address: str
    name: str


def mailboxes(values: Iterable[str]) -> tuple[Mailbox, ...]:
    """Those that can be read, in order, each address once. An address inside a name is none."""
    found: dict[str, Mailbox] = {}
    for value in values:
        for piece, remark in _pieces(value):
            box = _mailbox(piece, remark)
            if box and len(found) < MAX_ADDRESSES:
                found.setdefault(box.address, box)
    return tuple(found.values())


def _pieces(value: str) -> Iterator[tuple[list[str], str]]:
    """What commas part, in pieces, and the remark in round brackets with it."""
    texts: list[str] = []
    remark, depth = "", 0  # brackets may stand in brackets
    for text in _PIECE.findall(value):
        if depth or text == "(":
            depth += (text == "(") - (text == ")")
            remark += text
        elif text in ",;":
            yield texts, remark
            texts, remark = [], ""
        else:
            texts.append(text)
    yield texts, remark


def _mailbox(texts: list[str], remark: str) -> Mailbox | None:
    angled = [text.strip("<> \t") for text in texts if text.startswith("<")]
    spoken = [text for text in texts if not text.startswith("<")]
    address = angled[-1] if angled else "".join(spoken).rpartition(":")[2].strip()  # after the name of a group
    if not _ADDRESS.fullmatch(address):
        return None
    name = "".join(re.sub(r"\\(.)", r"\1", t.strip('"')) if t.startswith('"') else t for t in spoken) if angled else ""
    return Mailbox(one_line(address, MAX_LINE).lower(), one_line(words(name or remark.strip("() ")), MAX_LINE))


def addresses_in(text: str) -> list[str]:
    """Every address that stands in a text, lower-case."""
    found = (match[0].strip(".'‘’«»*").lower() for match in _ADDRESS.finditer(text))
    return [address for address in found if address.isprintable()]


_ID = re.compile(r"<\s*([^<>\s]{1,500})\s*>")
_BARE_ID = re.compile(r"[^<>\s@]{1,250}@[^<>\s@]{1,250}")


def identifiers(value: str) -> tuple[str, ...]:
    """The message ids in a field, with their angle brackets, each once, in order; of very many the last ones."""
    found = [f"<{one_line(inner, MAX_LINE)}>" for inner in _ID.findall(value)]
    if not found and _BARE_ID.fullmatch(value.strip()):
        found = [f"<{one_line(value, MAX_LINE)}>"]
    return tuple(dict.fromkeys(found))[-MAX_IDS:]


def moment(value: str) -> datetime | None:
    """The date in a field, aware; where it names no zone, UTC."""
    try:
        date = parsedate_to_datetime(value[:100])
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
    if date.year not in _YEARS:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
