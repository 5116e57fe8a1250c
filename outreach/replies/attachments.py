"""What came along with a mail: kept as bytes, called what it is, never opened."""

import re
from typing import Final

from outreach.replies.characters import one_line
from outreach.replies.headers import MAX_HEAD, parameters, read_head
from outreach.replies.letter import Attachment
from outreach.replies.parts import Part

UNKNOWN: Final = "application/octet-stream"
MAX_NAME: Final = 120  # characters
_MAX_ENDING: Final = 12
_MAX_PATH: Final = 4000
_LOOKED_AT: Final = 4096  # bytes from the beginning


def attachment_of(part: Part) -> Attachment:
    """The part, decoded. An attached mail that has no name is called by its subject; else the name may be blank."""
    content = part.content
    named = parameters(part.head.get("content-disposition"))[1].get("filename") or part.parameters.get("name", "")
    if not named and part.type == "message/rfc822":
        named = read_head(content[:MAX_HEAD])[0].line("subject") + ".eml"
    said = one_line(part.type, MAX_NAME)
    return Attachment(name=file_name(named), said_type=said, type=sniffed(content), size=len(content), content=content)


def file_name(said: str) -> str:
    """The last piece of a path, in so many printable characters, with its ending; never hidden, never a folder."""
    name = re.split(r"[/\\]", one_line(said, _MAX_PATH))[-1].strip(" .")
    if len(name) <= MAX_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > _MAX_ENDING:
        return name[:MAX_NAME].strip()
    return f"{stem[: MAX_NAME - len(ending) - 1].strip()}.{ending}"


# First bytes ----------------------------------------------------------------------------------------------------------

_BEGINNINGS: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
    (b"OggS", "application/ogg"),
    (b"\x1aE\xdf\xa3", "video/x-matroska"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"MSCF\0\0\0\0", "application/vnd.ms-cab-compressed"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-executable"),
    (b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (b"\xce\xfa\xed\xfe", "application/x-mach-binary"),
    (b"\xca\xfe\xba\xbe", "application/x-mach-binary"),
    (b"#!", "text/x-script"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
)
_BRANDS: Final = {
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heic",
    b"avif": "image/avif",
}
_RIFFS: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_OFFICE: Final = (
    (b"word/document.xml", "vnd.openxmlformats-officedocument.wordprocessingml.document", "vnd.ms-word.document"),
    (b"xl/workbook.", "vnd.openxmlformats-officedocument.spreadsheetml.sheet", "vnd.ms-excel.sheet"),
    (
        b"ppt/presentation.xml",
        "vnd.openxmlformats-officedocument.presentationml.presentation",
        "vnd.ms-powerpoint.presentation",
    ),
)
_STORED_TYPE = re.compile(rb"PK\x03\x04.{26}mimetype(application/[a-z0-9.+-]{1,80})", re.DOTALL)
_HTML = re.compile(
    rb"\s*(?:<!--.{0,400}?-->\s*)?<(?:!doctype\s+html|html|head|body|script|iframe|title|meta)\b", re.I | re.S
)
_SVG = re.compile(rb"<svg[\s>]", re.IGNORECASE)
_XML = re.compile(rb"\s*(?:<\?xml|<!doctype|<svg)\b", re.IGNORECASE)
_MAIL = re.compile(
    rb"(?:(?:return-path|received|from|to|date|subject|message-id|mime-version|delivered-to):.*\r?\n){2}", re.I
)
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b")


def sniffed(content: bytes) -> str:
    """The type by what the content begins with, whatever it is called; UNKNOWN where that tells nothing."""
    beginning = content[:_LOOKED_AT]
    for magic, type_ in _BEGINNINGS:
        if beginning.startswith(magic):
            return type_
    if beginning.startswith(b"PK\x03\x04"):
        return _packed(content)
    if beginning[257:262] == b"ustar":
        return "application/x-tar"
    if beginning[7:14] == b"**ACE**":
        return "application/x-ace-compressed"
    if beginning[4:8] == b"ftyp":
        return _BRANDS.get(beginning[8:12], "video/mp4")
    if beginning.startswith(b"RIFF"):
        return _RIFFS.get(beginning[8:12], UNKNOWN)
    return _written(beginning)


def _packed(content: bytes) -> str:
    """Names and stored types stand uncompressed in an archive: nothing is unpacked."""
    if stored := _STORED_TYPE.match(content):
        return stored[1].decode("ascii")
    if b"[Content_Types].xml" in content:
        for name, plain, with_macros in _OFFICE:
            if name in content:
                return (
                    f"application/{with_macros}.macroEnabled.12"
                    if b"vbaProject.bin" in content
                    else f"application/{plain}"
                )
    return "application/zip"


def _written(beginning: bytes) -> str:
    text = beginning.removeprefix(b"\xef\xbb\xbf")
    if _HTML.match(text):
        return "text/html"
    if _XML.match(text):
        return "image/svg+xml" if _SVG.search(text) else "application/xml"
    for name, type_ in ((b"BEGIN:VCALENDAR", "text/calendar"), (b"BEGIN:VCARD", "text/vcard")):
        if text.lstrip()[: len(name)].upper() == name:
            return type_
    if _MAIL.match(text):
        return "message/rfc822"
    return "text/plain" if _is_text(text) else UNKNOWN


def _is_text(text: bytes) -> bool:
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        return len(text) % 2 == 0 and b"\0\0" not in text
    return bool(text) and not _CONTROLS.intersection(text)
