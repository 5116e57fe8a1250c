"""The headings that mail clients write over what they quote, in English and French."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_LONG: Final = 500  # no line of a heading is as long
_SENTENCE_LINES: Final = 4
_FIELD_LINES: Final = 12
_STRAY_LINES: Final = 4  # of a field that was broken

# "On … wrote:". By a date it may be a person's own sentence; by a time or an address a program wrote it.
_WROTE = re.compile(r"(?:\bwrote|\b[ée]crit) ?(?:: ?[*_]*|-{2,10})$", re.IGNORECASE)
_ON = re.compile(r"^[-–* ]{0,8}(?:On|Le)\b[^\d<@]{0,40}\d", re.IGNORECASE)
_PROGRAM = re.compile(r"\d ?[:h] ?\d\d\b|\S@\S", re.IGNORECASE)
_DATED = re.compile(r"\b(?:19|20)\d\d\b|\d[/.-]\d{1,2}[/.-]\d")
_NAMED = re.compile(r"^(?:[^\s<>:]{1,40} ){1,6}(?:<\S+@\S+> ?)?(?:wrote|a [ée]crit) ?:$")
_NUMBERED = re.compile(
    r"^(?:\d{4}-\d\d-\d\d|\d{1,2}[/.]\d{1,2}[/.]\d{2,4})\b.{0,300}<\S+@\S+> ?(?:wrote ?|a [ée]crit ?)?:$"
)

# A block of fields: who wrote, when, to whom, of what.
_B = r"[*_]{0,2}"
_FROM = re.compile(rf"^{_B}(?:From|De|Exp[ée]diteur) ?{_B} ?: ?{_B} ?\S", re.IGNORECASE)
_SENT = re.compile(rf"^{_B}(?:Sent|Date|Envoy[ée](?: le| à)?|Date d['’]envoi) ?{_B} ?: ?.*\d", re.IGNORECASE)
_OTHER = re.compile(
    rf"^{_B}(?:To|À|A|Pour|Destinataires?|Cc|Cci|Bcc|Copie(?: à)?|Subject|Objet|Sujet|Reply-To|R[ée]pondre à|Importance"
    rf"|Attachments?|Pièces? jointes?) ?{_B} ?:",
    re.IGNORECASE,
)
_ON_ONE_LINE = re.compile(
    r"^(?:From|De) ?: .{3,200} (?:Sent|Date|Envoy[ée](?: le)?) ?: .{3,200} (?:To|À|Subject|Objet) ?: "
)

# A divider between dashes.
_DASHES = r"[-_=*]{2,40}"
_RUN_ON = r"(?: ?(?:From|De) ?:.*)?"  # Yahoo breaks no line
_ORIGINAL = re.compile(
    rf"^(?:{_DASHES} ?(?:Original (?:E-?mail|Message)|Reply Message|Message d['’]origine|Message (?:original|initial)"
    rf"|Mail original|E-?mail d['’]origine|Courriel original) ?:? ?{_DASHES}{_RUN_ON}"
    r"|Message du \d\d/\d\d/\d{2,4}(?: à)? \d\d[:h]\d\d)$",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    rf"^(?:{_DASHES} ?(?:Forwarded Message|Forwarded by .{{1,80}}|(?:Message|Mail|E-?mail|Courriel)"
    rf" (?:transf[ée]r[ée]|r[ée]exp[ée]di[ée]|transmis)) ?:? ?{_DASHES}{_RUN_ON}"
    r"|Begin forwarded message ?:"
    r"|D[ée]but du (?:message|courriel) (?:r[ée]exp[ée]di[ée]|transf[ée]r[ée]|transmis) ?:)$",
    re.IGNORECASE,
)

_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff]")
_MARKS = re.compile(r"\s{0,3}(?:>\s?)+")


@dataclass(frozen=True)
class Heading:
    """`end`: the line after it. Certain: only a program writes so. A heading that is not counts over marked lines."""

    end: int
    is_certain: bool
    is_forward: bool = False


def heading_at(lines: list[str], start: int) -> Heading | None:
    """The heading that begins on this line of a folded text."""
    line = lines[start]
    if not line:
        return None
    if _FORWARDED.match(line):
        return Heading(_after_fields(lines, start + 1), is_certain=True, is_forward=True)
    if _ORIGINAL.match(line):
        return Heading(_after_fields(lines, start + 1), is_certain=True)
    if _ON_ONE_LINE.match(line):
        return Heading(start + 1, is_certain=True)
    return _fields(lines, start) or _sentence(lines, start)


def folded(line: str) -> str:
    """A line as headings are looked for in it: with single spaces, of whatever kind they were, without quote marks."""
    if len(line) > _LONG:
        return ""
    line = unicodedata.normalize("NFC", _UNSEEN.sub("", line))
    return " ".join((_MARKS.sub("", line, count=1) if _MARKS.match(line) else line).split())


def _fields(lines: list[str], start: int) -> Heading | None:
    """A block that names who wrote and when, and to whom or of what."""
    first = lines[start]
    if not (_FROM.match(first) or _SENT.match(first) or _OTHER.match(first)):
        return None
    end = _after_fields(lines, start)
    block = lines[start:end]
    senders = [line for line in block if _FROM.match(line)]
    is_whole = any(_SENT.match(line) for line in block) and any(_OTHER.match(line) for line in block)
    is_sent_by = bool(senders) and (bool(_FROM.match(first)) or "@" in senders[0])
    return Heading(end, is_certain=True) if is_whole and is_sent_by else None


def _after_fields(lines: list[str], start: int) -> int:
    """The line after the last field of a block; `start` where none begins."""
    end, stray = start, 0
    for number in range(start, min(start + _FIELD_LINES, len(lines))):
        line = lines[number]
        if _FROM.match(line) or _SENT.match(line) or _OTHER.match(line):
            end = number + 1
        elif line:
            stray += 1
        if stray > _STRAY_LINES or (stray and end == start):
            break
    return end


def _sentence(lines: list[str], start: int) -> Heading | None:
    """A sentence that says who wrote and when, over as many lines as it was broken into."""
    first = lines[start]
    is_dated = bool(_ON.match(first))
    if not is_dated:
        return _undated(first, start)
    whole = ""
    for number in range(start, min(start + _SENTENCE_LINES, len(lines))):
        line = lines[number]
        if not line or (number > start and _ON.match(line)):
            return None
        whole = f"{whole} {line}".strip()
        if _WROTE.search(whole):
            is_certain = bool(_PROGRAM.search(whole))
            return Heading(number + 1, is_certain=is_certain) if is_certain or _DATED.search(whole) else None
    return None


def _undated(line: str, start: int) -> Heading | None:
    if _NUMBERED.match(line):
        return Heading(start + 1, is_certain=True)
    return Heading(start + 1, is_certain="@" in line) if _NAMED.match(line) else None
