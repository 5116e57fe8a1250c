"""Which attachments can do harm once they are opened, and which are not what they are called. None is opened here."""

import mimetypes
import re
from typing import Final

from outreach.replies.attachments import UNKNOWN

# Endings that a double click runs, or that may carry what runs: programs, scripts, macros, links, discs, web pages.
_RUNS: Final = re.compile(
    "ade|adp|apk|app|appimage|application|appref-ms|asp|aspx|bat|bin|chm|cmd|com|cpl|csh|deb|desktop|diagcab|dll|dmg|"
    "docm|dotm|exe|gadget|hlp|hta|htm|html|img|inf|iso|jar|jnlp|js|jse|lnk|mam|mht|mhtml|mjs|msc|msi|msix|msp|one|pif|"
    "pkg|potm|ppam|ppsm|pptm|ps1|psm1|py|rb|reg|rpm|run|scf|scr|sh|shtml|sldm|svg|svgz|sys|url|vb|vbe|vbs|vhd|vhdx|"
    "webloc|wsc|wsf|wsh|xhtml|xlam|xll|xlsm|xltm|xml|xsl"
)
_TYPES: Final = frozenset(
    {
        "application/ms-tnef",
        "application/x-executable",
        "application/x-mach-binary",
        "application/x-msdownload",
        "image/svg+xml",
        "text/html",
        "text/x-script",
    }
)
_MAYBE_MACROS: Final = "application/x-ole-storage"  # Office before 2007: with macros or without, one cannot see
_HIDING: Final = frozenset(
    {"application/gzip", "application/vnd.rar", "application/x-7z-compressed", "application/zip"}
)

# What other programs call the same.
_SAME: Final = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "application/x-pdf": "application/pdf",
    "application/x-zip-compressed": "application/zip",
    "application/x-zip": "application/zip",
    "application/x-gzip": "application/gzip",
    "application/x-rar-compressed": "application/vnd.rar",
    "application/vnd.ms-word.document.macroenabled.12": "application/vnd.ms-word.document.macroEnabled.12",
    "text/rtf": "application/rtf",
    "audio/mp3": "audio/mpeg",
    "audio/x-wav": "audio/wav",
    "audio/x-m4a": "audio/mp4",
    "application/xml": "text/xml",
}
_OLD_OFFICE: Final = ("application/msword", "application/vnd.ms-", "application/vnd.visio", "application/x-ole-storage")


def ending(name: str) -> str:
    """The last ending of a file's name, small; blank where there is none."""
    stem, dot, last = name.rpartition(".")
    return last.strip().lower() if dot and stem else ""


def is_dangerous(name: str, type_: str) -> bool:
    """Whether opening it may run something, by its ending or by what it was found to be."""
    is_by_type = type_ in _TYPES or type_ == _MAYBE_MACROS or "macroenabled" in type_.lower()
    return is_by_type or type_ in _HIDING or bool(_RUNS.fullmatch(ending(name)))


def is_as_called(name: str, said_type: str, type_: str) -> bool:
    """Whether what was found agrees with what the sender calls it, by type and by ending; what is unknown does."""
    if type_ in {"", UNKNOWN}:
        return True
    guessed = mimetypes.guess_type(name)[0] or ""
    called = {said_type.lower(), guessed.lower()} - {"", UNKNOWN}
    return all(_is_alike(one, type_) for one in called)


def _is_alike(called: str, found: str) -> bool:
    called, found = _SAME.get(called, called), _SAME.get(found, found)
    if called == found:
        return True
    if found == _MAYBE_MACROS:
        return called.startswith(_OLD_OFFICE)
    if found == "text/plain":  # tables, calendars and cards are plain text too
        return (called.startswith("text/") and called != "text/html") or called in {"application/json", "text/xml"}
    if found.startswith("text/") and called.startswith("text/"):
        return found not in {"text/html", "text/x-script"}
    family = called.partition("/")[0]
    return family in {"audio", "video"} and found.partition("/")[0] in {"audio", "video"}
