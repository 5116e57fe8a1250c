"""Files of a report read back as whoever is handed them would: tables of an archive or a workbook, words of a PDF."""

import csv
import io
import re
import struct
import zlib
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook

Rows = list[list[Any]]
_OBJECT = re.compile(rb"^(\d+) 0 obj\n(.*?)^endobj", re.S | re.M)
_SHOWN = re.compile(rb"/F(\d+) [\d.]+ Tf|(\((?:\\.|[^\\()])*\))|\bET\b", re.S)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def archive(path: Path) -> dict[str, Rows]:
    """{"actions": rows}: what stands between the number and the ending of each file's name."""
    with ZipFile(path) as files:
        return {
            name[3:].removesuffix(".csv"): list(csv.reader(io.StringIO(files.read(name).decode())))
            for name in files.namelist()
        }


def workbook(path: Path) -> dict[str, Rows]:
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in load_workbook(path)}


def words(path: Path) -> list[str]:
    """The texts of a PDF in the order in which they are drawn."""
    objects = {int(number): body for number, body in _OBJECT.findall(path.read_bytes())}
    fonts = {
        int(name): _signs(objects[int(_first(rb"/ToUnicode (\d+) 0 R", objects[int(number)]))])
        for body in objects.values()
        for name, number in re.findall(rb"/F(\d+) (\d+) 0 R", body)
    }
    pages = [_stream(body) for body in objects.values() if b"/Filter /FlateDecode" in body and b"/Length1" not in body]
    return [text for page in pages if page.startswith(b"2 J") for text in _texts(page, fonts)]


def _texts(page: bytes, fonts: dict[int, dict[int, str]]) -> list[str]:
    found, text, font = list[str](), "", 0
    for shown in _SHOWN.finditer(page):
        if shown[1]:
            font = int(shown[1])
        elif shown[2]:
            raw = re.sub(rb"\\(.)", lambda sign: _ESCAPES.get(sign[1], sign[1]), shown[2][1:-1], flags=re.S)
            text += "".join(fonts[font][code] for (code,) in struct.iter_unpack(">H", raw))
        elif text:
            found.append(text)
            text = ""
    return found


def _signs(stream: bytes) -> dict[int, str]:
    return {int(code, 16): chr(int(sign, 16)) for code, sign in re.findall(rb"<(\w{4})> <(\w{4})>", _stream(stream))}


def _stream(body: bytes) -> bytes:
    raw = body.partition(b"stream\n")[2].rpartition(b"\nendstream")[0]
    return zlib.decompress(raw) if b"/FlateDecode" in body else raw


def _first(pattern: bytes, text: bytes) -> bytes:
    found = re.search(pattern, text)
    assert found
    return found[1]
