"""From bytes to lines of text, without ever holding the file."""

import codecs
import io
from collections.abc import Generator
from contextlib import suppress
from typing import BinaryIO

from crm.errors import DomainError

LINE_LIMIT = 5_000_000  # characters of one line, and of one row over several
MARK = "\udc80"  # stands where bytes could not be decoded; no decoder yields it on its own
_CHUNK = 1 << 18
_HEAD = 4096
_BOMS = (  # the longer ones first: UTF-32's begins as UTF-16's does
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"  # .xls: what spreadsheets wrote before 2007, and LinkedIn still does
_SIGNATURES = (
    (b"PK\x03\x04", "workbook"),
    (OLD_WORKBOOK, "workbook"),
    (b"%PDF", "pdf"),
    (b"\x1f\x8b", "archive"),
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f"))


def _mark(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return MARK, error.end


codecs.register_error("causeway.mark", _mark)


def detect_encoding(stream: BinaryIO) -> str:
    """The name of the codec to read a seekable stream with: by its byte order mark, else by its whole content.

    UTF-8 with some damage stays UTF-8, so that only the damaged rows are lost; what hardly decodes is Windows-1252.
    Raises DomainError: file_empty; file_not_text (kind: workbook, pdf, archive, binary).
    """
    stream.seek(0)
    head = stream.read(_HEAD)
    if not head:
        raise DomainError("file_empty")
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            raise DomainError("file_not_text", kind=kind)
    if wide := _utf16_without_bom(head):
        return wide
    if _is_binary(head):
        raise DomainError("file_not_text", kind="binary")
    return "utf-8" if _is_mostly_utf8(stream) else "cp1252"


def check_is_no_old_workbook(stream: BinaryIO) -> None:
    """Raises DomainError: workbook_old."""
    stream.seek(0)
    if stream.read(len(OLD_WORKBOOK)) == OLD_WORKBOOK:
        raise DomainError("workbook_old")


def read_lines(stream: BinaryIO, encoding: str) -> Generator[str]:
    """The lines with their ends, as a person counts them: CR, LF and CRLF end one. What does not decode reads as MARK.

    A line longer than LINE_LIMIT comes as its first LINE_LIMIT characters, without an end; its rest is dropped.
    """
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding, errors="causeway.mark", newline="")
    try:
        while line := text.readline(LINE_LIMIT):
            yield line
            while len(line) == LINE_LIMIT and line[-1] not in "\r\n":
                line = text.readline(LINE_LIMIT)
    finally:
        with suppress(ValueError):  # the stream was closed under us
            text.detach()  # a wrapper that is collected would close the caller's stream


def _utf16_without_bom(head: bytes) -> str | None:
    """UTF-16 of mostly Western text has a NUL in nearly every second byte."""
    half = len(head) // 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if half and odd > half * 0.4 and even < half * 0.05:
        return "utf-16-le"
    return "utf-16-be" if half and even > half * 0.4 and odd < half * 0.05 else None


def _is_binary(head: bytes) -> bool:
    """Many control bytes, and no UTF-8 that they could be the odd content of."""
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return controls > max(8, len(head) / 20) and MARK in codecs.getincrementaldecoder("utf-8")("causeway.mark").decode(
        head
    )


def _is_mostly_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("causeway.mark")
    stream.seek(0)
    damaged = wide = 0
    while chunk := stream.read(_CHUNK):
        text = decoder.decode(chunk)
        if not text.isascii():
            marks = text.count(MARK)
            damaged += marks
            wide += len(text) - len(text.encode("ascii", "ignore")) - marks
    damaged += decoder.decode(b"", final=True).count(MARK)
    # By accident Windows-1252 hardly ever reads as a wide UTF-8 character, so a few of those outweigh much damage.
    return damaged == 0 or 4 * wide > damaged
