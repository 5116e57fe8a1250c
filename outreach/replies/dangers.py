"""Which attachments can do harm once they are opened, and which are not what they are called. None is opened here."""

import mimetypes
import re
from typing import Final

from outreach.replies.attachments import UNKNOWN

# Endings that a double click runs, or that may carry what runs: programs, scripts, macros, links, discs, web pages,
# queries that fetch, archives that hide what is in them.
_RUNS: Final = re.compile(
    "7z|accda|accdb|accde|accdr|ace|ade|adp|apk|app|appimage|application|appref-ms|appx|appxbundle|arj|asp|aspx|bat|"
    "bin|bz|bz2|cab|cer|chm|cmd|com|cpio|cpl|crx|csh|deb|desktop|diagcab|diagcfg|diagpkg|dll|dmg|docm|dot|dotm|dqy|"
    "exe|gadget|gz|hlp|hpj|hta|htc|htm|html|htt|img|inf|ins|inx|iqy|iso|isp|its|jar|jnlp|job|js|jse|jsp|lha|"
    "library-ms|lnk|lz|lz4|lzh|lzma|mam|mda|mdb|mde|mdt|mdw|mdz|mht|mhtml|mjs|mof|msc|msh|msh1|msh2|mshxml|msi|msix|"
    "msixbundle|msp|mst|one|ops|oqy|osd|pcd|php|pif|pkg|pl|plg|potm|ppam|ppsm|pptm|prg|ps1|ps1xml|ps2|ps2xml|psc1|"
    "psc2|psd1|psm1|pst|py|pyc|pyo|pyw|pyz|pyzw|rar|rb|rdp|reg|rpm|rqy|run|scf|scr|search-ms|searchconnector-ms|"
    "settingcontent-ms|sh|shb|shs|shtml|sldm|slk|svg|svgz|sylk|sys|tar|tbz|tbz2|terminal|tgz|theme|themepack|txz|"
    "tzst|udf|url|vb|vbe|vbp|vbs|vhd|vhdx|vmdk|vsmacros|vsw|vxd|wbk|webloc|website|wiz|wll|workflow|ws|wsc|wsf|wsh|"
    "xar|xbap|xhtml|xla|xlam|xlb|xll|xlsm|xlt|xltm|xlw|xml|xnk|xsl|xz|z|zip|zipx|zst"
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
    {
        "application/gzip",
        "application/vnd.ms-cab-compressed",
        "application/vnd.rar",
        "application/x-7z-compressed",
        "application/x-ace-compressed",
        "application/x-bzip2",
        "application/x-tar",
        "application/x-xz",
        "application/zip",
        "application/zstd",
    }
)

# What other programs call the same.
_SAME: Final = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "application/x-pdf": "application/pdf",
    "application/x-zip-compressed": "application/zip",
    "application/x-zip": "application/zip",
    "application/x-gzip": "application/gzip",
    "application/x-bzip": "application/x-bzip2",
    "application/x-gtar": "application/x-tar",
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
    guessed, packing = mimetypes.guess_type(name)
    called = {said_type.lower(), "" if packing else (guessed or "").lower()} - {"", UNKNOWN}
    return all(_is_alike(one, type_) for one in called)


def _is_alike(called: str, found: str) -> bool:
    called, found = _SAME.get(called, called), _SAME.get(found, found)
    if called == found or {called, found} <= _HIDING:  # a tape in a package is one package to whoever opens it
        return True
    if found == _MAYBE_MACROS:
        return called.startswith(_OLD_OFFICE)
    if found == "text/plain":  # tables, calendars and cards are plain text too
        return (called.startswith("text/") and called != "text/html") or called in {"application/json", "text/xml"}
    if found.startswith("text/") and called.startswith("text/"):
        return found not in {"text/html", "text/x-script"}
    family = called.partition("/")[0]
    return family in {"audio", "video"} and found.partition("/")[0] in {"audio", "video"}
