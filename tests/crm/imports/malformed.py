"""Files as they should not be: each made from a number, always the same, with what is known of it beforehand.

A quarter are the files of crm/formats/files, damaged. The others are written row by row: tidy or broken quotes, rows too
short and too long, NUL, bidi, lone surrogates, cells of a megabyte, thousands of columns, any encoding, several at once.
"""

import codecs
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crm.formats import causes, french, own

FIXTURES = sorted((Path(__file__).parents[1] / "formats" / "files").iterdir())

CELLS = (
    *("", " ", "\u00a0", "\u3164", "-", "n/a", "NULL", "NaN", "#REF!", "1e5", "1.22158E+17", "9" * 400, "-5", "0x1f", "½"),
    *("=1+1", "+33612345678", "@SUM(A1)", "-2+3", "|calc", "%0A", "'=1", "＝1+1", "\u200b=1", "{{ 7*7 }}", "<script>x</script>"),
    *("a" * 300, "é" * 5_000, "e" + "\u0301" * 500, "\u202egnp.exe", "\u2066x\u2069", "👩‍👩‍👧‍👦", "\ufeff", "a\u2028b", "a\x0bb\x1cc", "a\x85b"),
    *("x@y", "x@y.example\nBcc: z@y.example", "ann@studio.example", "ANN@STUDIO.EXAMPLE", "@", "@ann", "https://x.com/ann"),
    *("javascript:alert(1)", "http://[::1", "https://ann:pw@x.com/", "//x.com/ann", "ftp://x.com", "https://x.com/" + "a" * 600),
    *("fr|en|xx|" * 40, "FR:0.7|BE:2", "FR:-1", "FR:NaN", "a:b:c", "|", "||", "sdg-14|surf", "18-24:40 %", "donation:1e99 EUR"),
    *("2026-02-30", "31/12/2026", "03/04/2026", "0000-00-00", "9999-99-99T99:99Z", "1926-11-24T10:00:00+25:00", "٢٠٢٦", "²"),
    *("a\nb", "a\r\nb\rc", 'say "x"', '"', '""', "a,b;c\td|e", "\\", "\\n", "%s %(x)s {0}", "\x1b[31m", "0", "12,4 k", "1.2M"),
)  # fmt: skip
GOOD = {
    "external_id": ("a1", "a2", "b7"),
    "name": ("Ann", "Zoé Ødegård", "山田", "=1+1", "\u202egnp.exe", "O'Neill", "👩‍👩‍👧‍👦", "<b>x</b>"),
    "email": ("ann@studio.example", "bob@studio.example"),
    "email_kind": ("professional", "personal"),
    "basis": ("consent", "legitimate_interest"),
    "platform": ("instagram", "x", "youtube"),
    "handle": ("ann", "@bob", "cid"),
    "followers": ("10", "12,4 k", "1 200"),
    "engagement_rate": ("0.04", "4 %"),
    "real_followers": ("0.83", "83 %"),
    "country": ("FR", "France", "uk"),
    "languages": ("fr", "fr|en"),
    "audience_countries": ("FR:0.7|BE:0.1",),
    "observed_at": ("2026-11-20", "24.11.2026"),
    "slug": ("clean-beaches", "sea"),
    "goals": ("donation:20000 EUR", "signature:5000"),
}
_NAMES = (
    "",
    "Ann",
    "=1+1",
    "name",
    "a@b.example",
    "\u202ename",
    "x" * 300,
    "Followers",
    "followers",
    "\ufeffname",
    "a\nb",
    "Nom",
)
_ENCODINGS = (
    "utf-8",
    "utf-8",
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "cp1252",
    "latin-1",
    "shift-jis",
)
_DAMAGES = ("short", "long", "quote", "nul", "bytes", "surrogate", "blank", "spaces", "long cell", "mixed")
_MEGABYTE = 1_000_001


@dataclass(frozen=True)
class Made:
    subject: str
    filename: str
    content: bytes
    lines: tuple[int, ...] | None  # on which the rows begin, where that can be said


def make(number: int) -> Made:
    draw = random.Random(number)
    if number % 4 == 3:
        return _damaged_fixture(draw)
    return _written(draw, "causes" if number % 8 == 2 else "influencers")


def _damaged_fixture(draw: random.Random) -> Made:
    path = draw.choice(FIXTURES)
    content = bytearray(path.read_bytes())
    for _ in range(draw.randint(1, 6)):
        at = draw.randrange(len(content) + 1)
        match draw.randrange(6):
            case 0:
                del content[at:]
            case 1:
                del content[at : at + draw.randint(1, 40)]
            case 2:
                content[at:at] = draw.randbytes(draw.randint(1, 12))
            case 3:
                content[at:at] = content[draw.randrange(len(content) + 1) :][:4_000]
            case 4:
                content[at:at] = draw.choice(CELLS).encode()
            case 5:
                content[at:at] = draw.choice(
                    (b'"', b'"' * 3, b"\0", b"\r", b"\n", b"{", b"}", b"[", b",", b";", b"\\ud800")
                )
    return Made("influencers", path.name, bytes(content), None)


def _written(draw: random.Random, subject: str) -> Made:
    columns = _columns(draw, subject)
    delimiter, end = draw.choice((",", ",", ";", "\t", "|")), draw.choice(("\n", "\r\n", "\r", ""))
    encoding = draw.choice(_ENCODINGS)
    titles = french.INFLUENCER_TITLES if subject == "influencers" and draw.random() < 0.2 else {}
    header = _line([titles.get(name, name) for name in columns], delimiter, is_quoted=True)
    damages = draw.sample(_DAMAGES, draw.choice((0, 1, 1, 2, 4)))
    written, lines, is_known, line = [header], [], True, 1 + _breaks(header)
    for _ in range(draw.choice((0, 1, 3, 12, 40))):
        is_tidy = draw.random() < 0.6  # else hardly a row would be taken
        cells = [_cell(draw, name, is_tidy=is_tidy) for name in columns]
        text = _line(cells, delimiter, is_quoted=draw.random() < 0.5)
        if damages and draw.random() < 0.4:
            text, kept = _damage(draw, draw.choice(damages), cells, delimiter, text)
            is_known &= kept
        written.append(text)
        if text.strip() and (len(columns) > 1 or text.strip(' "')):
            lines.append(line + 1)
        line += 1 + _breaks(text)
    content = _encoded(draw, written, end, encoding, is_mixed="mixed" in damages)
    is_known &= encoding != "shift-jis" and len(columns) > 1 and not titles
    if draw.random() < 0.15:
        content, is_known = _broken(draw, content), False
    return Made(subject, "people.csv", content, tuple(lines) if is_known else None)


def _columns(draw: random.Random, subject: str) -> list[str]:
    known = own.COLUMNS if subject == "influencers" else causes.COLUMNS
    who = ["name", "external_id", "handle"] if subject == "influencers" else ["name", "slug"]
    names = [draw.choice(who), *draw.sample(known, draw.randint(0, len(known)))]
    if "handle" in names and "platform" not in names:
        names.append("platform")
    names += draw.choices(_NAMES, k=draw.choice((0, 0, 1, 4)))
    if draw.random() < 0.02:
        names += [f"c{n}" for n in range(draw.choice((4_950, 5_001)))]
    return names


def _cell(draw: random.Random, name: str, *, is_tidy: bool) -> str:
    if name in GOOD and (is_tidy or draw.random() < 0.7):
        return draw.choice(GOOD[name])
    return "" if is_tidy or draw.random() < 0.05 else draw.choice(CELLS)


def _line(cells: Sequence[str], delimiter: str, *, is_quoted: bool) -> str:
    special = {delimiter, '"', "\n", "\r"}
    return delimiter.join(
        '"' + cell.replace('"', '""') + '"' if is_quoted or special & set(cell) or cell != cell.strip() else cell
        for cell in cells
    )


def _damage(draw: random.Random, kind: str, cells: list[str], delimiter: str, text: str) -> tuple[str, bool]:
    """The row, spoilt, and whether it still begins and ends where it says."""
    if kind == "quote":
        at = draw.randrange(len(text) + 1)
        return f'{text[:at]}"{text[at:]}', False
    plain = ["x"] * max(2, len(cells))
    spoilt = {
        "short": plain[: draw.randint(2, len(plain))],
        "long": [*plain, *["y"] * draw.randint(1, 90)],
        "nul": ["a\0b", *plain[1:]],
        "blank": [""],
        "spaces": ["   "],
        "bytes": ["\udcff\udc81", *plain[1:]],
        "surrogate": ["\ud800", *plain[1:]],
    }
    if kind == "long cell" and draw.random() < 0.02:
        spoilt[kind] = ["x" * _MEGABYTE, *plain[1:]]
    return (delimiter.join(spoilt[kind]) if kind in spoilt else text), True


def _encoded(draw: random.Random, written: list[str], end: str, encoding: str, *, is_mixed: bool) -> bytes:
    """Lone surrogates go as they are, bytes that are none as such; what the encoding lacks as "?"."""
    mark = {"utf-8-sig": codecs.BOM_UTF8, "utf-16": codecs.BOM_UTF16_LE, "utf-32": codecs.BOM_UTF32_LE}.get(
        encoding, b""
    )
    codec = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(encoding, encoding)
    content = bytearray(mark)
    for number, text in enumerate(written):
        ending = end or draw.choice(("\n", "\r\n"))
        used = "cp1252" if is_mixed and codec == "utf-8" and number and draw.random() < 0.5 else codec
        content += _bytes(text, used) + ending.encode(codec)
    return bytes(content)


def _bytes(text: str, codec: str) -> bytes:
    if codec.startswith("utf-"):
        is_raw = codec == "utf-8" and "\udcff" in text
        return text.encode(codec, "surrogateescape" if is_raw else "surrogatepass")
    return text.encode(codec, "surrogateescape" if "\udcff" in text and text.isascii() else "replace")


def _broken(draw: random.Random, content: bytes) -> bytes:
    at = draw.randrange(len(content) + 1)
    match draw.randrange(5):
        case 0:
            return content[:at]
        case 1:
            return content[:at] + draw.randbytes(64) + content[at:]
        case 2:
            return (
                draw.choice((b"\xff\xfe", b"\xef\xbb\xbf" * 2, b"PK\x03\x04", b"{", b"[", b"\0" * 9, b"sep=;\n"))
                + content
            )
        case 3:
            return content[:at] + content[: at // 2]
    return draw.randbytes(draw.choice((1, 40, 5_000)))


def _breaks(text: str) -> int:
    return text.replace("\r\n", "\n").replace("\r", "\n").count("\n")
