"""What stands beneath what somebody wrote: a signature after dashes, and what telephones and mail programs add."""

import re
from typing import Final

_MOST_LINES: Final = 30  # of a signature with the disclaimer under it
_MOST_LINES_UNSURE: Final = 10  # where the dashes may as well part two sections

# Lines that programs write. The names keep "Sent from my heart" and "Envoyé par mail hier, donc oui." a person's own.
_SENT = r"(?:Sent|Envoyée?s?|Envoye|Écrit|Typed|Written)"
_FROM = (
    r"(?:from|via|with|using|by|de|depuis|avec|par|à partir d[e’'](?: ?une?)?|à l['’]aide d[e’'](?: ?une?)?|d['’]une?)"
)
_PRODUCT = (
    r"(?:iPhone|iPad|iPod|Mac|Android|Galaxy|Samsung|Huawei|Xiaomi|Redmi|OPPO|OnePlus|Pixel|Xperia|Nokia|Motorola|Honor"
    r"|Fairphone|BlackBerry|Windows|Outlook|Yahoo|Gmail|Orange|SFR|Bouygues|Laposte\.net|La ?Poste|Proton ?Mail|Proton"
    r"|Spark|Thunderbird|K-9|BlueMail|Zimbra|AOL|GMX)"
)
_THING = r"(?:smartphone|mobile|t[ée]l[ée]phone|phone|tablette?|portable|appareil|device)"
_TAIL = r"\b[^.!?,;]{0,60}[.!]?"
_ADDED = re.compile(
    r"^[-–*_ ]{0,4}(?:"
    rf"{_SENT} {_FROM} (?:[^\s.!?,;]{{1,20}} ){{0,4}}{_PRODUCT}{_TAIL}"
    rf"|{_SENT} {_FROM} (?:my|mon|ma|une?|a) (?:[^\s.!?,;]{{1,20}} ){{0,2}}{_THING}{_TAIL}"
    rf"|(?:Get|Download|Try|Obtenez|Obtenir|Télécharge[rz]) (?:[^\s.!?,;]{{1,20}} )?{_PRODUCT}\b.{{0,80}}"
    rf"|Provenance ?: ?Courrier\b{_TAIL}"
    r")$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^[-_=*—]{3,}$")
_LONGEST: Final = 160


def without_signature(lines: list[str]) -> list[str]:
    """The lines above it, without what programs added at the end."""
    dashes = [number for number, line in enumerate(lines) if _is_dashes(line)]
    end, below = len(lines), 0
    for number in range(len(lines) - 1, -1, -1):
        if below > _MOST_LINES:
            break
        is_lone = len(dashes) == 1 and below <= _MOST_LINES_UNSURE
        if _is_dashes(lines[number]) and (is_lone or lines[number] == "-- "):
            end = number
        below += bool(lines[number].strip())
    return without_additions(lines[:end])


def _is_dashes(line: str) -> bool:
    return line.strip() == "--"


def without_additions(lines: list[str]) -> list[str]:
    """Without "Sent from my iPhone" and the like, and without rules, at the end."""
    end = len(lines)
    while end and (not (line := " ".join(lines[end - 1].split())) or _is_added(line)):
        end -= 1
    return lines[:end]


def _is_added(line: str) -> bool:
    return bool(_RULE.match(line)) or (len(line) <= _LONGEST and bool(_ADDED.match(line)))
