"""Workbooks made to hurt: what they are called, and how they are made. Run as a program, it opens files and measures.

    python -m tests.crm.formats.hostile_workbooks FILE...

prints a line per file: the code it was refused with, the seconds, the megabytes taken beyond the start, and what was
touched outside the file (writing, connecting).
"""

import io
import json
import resource
import stat
import struct
import sys
import time
import zipfile
from functools import cache
from pathlib import Path

from crm.errors import DomainError
from crm.formats.workbooks import open_workbook

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "xl/workbook.xml": f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{RELATIONS}">'
    '<sheets><sheet name="People" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{RELATIONS}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId3" Type="{RELATIONS}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{SPREADSHEET}"/>',
    "xl/sharedStrings.xml": f'<sst xmlns="{SPREADSHEET}"/>',
}
SHEET = "xl/worksheets/sheet1.xml"
NAME = '<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row>'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


def sheet(rows: str, *, before: str = "") -> str:
    return f'<?xml version="1.0"?>{before}<worksheet xmlns="{SPREADSHEET}"><sheetData>{rows}</sheetData></worksheet>'


def package(rows: str = NAME, *, extra: dict[str, str | bytes] | None = None, **parts: str) -> bytes:
    """A workbook of hand-made parts: by default one with nothing but a header. Parts by name: `styles="…"`."""
    named = {f"xl/{name}.xml": content for name, content in parts.items()}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (PARTS | {SHEET: sheet(rows)} | named | (extra or {})).items():
            archive.writestr(name, part)
    return content.getvalue()


def _laughing(entity: str, use: str = "&l11;") -> bytes:
    rows = NAME + f'<row r="2"><c r="A2" t="inlineStr"><is><t>{use}</t></is></c></row>'
    return package(extra={SHEET: sheet(rows, before=f"<!DOCTYPE w [{entity}]>")})


def many(count: int) -> bytes:
    """Entries without end: each is only a line in the directory. Written by hand, since zipfile takes seconds."""
    content = package()
    known, size, start = struct.unpack("<HLL", content[-12:-2])
    at, parts, listed = start, [content[:start]], [content[start : start + size]]
    for number in range(count):
        name = f"xl/media/{number}.png".encode()
        parts.append(struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0) + name)
        entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 788, 20, 0, 0, 0, 33, *[0] * 3, len(name), *[0] * 4, 25165824, at)
        listed.append(entry + name)
        at += 30 + len(name)
    total, directory = known + count, b"".join(listed)
    end = b""
    if total > 0xFFFF:
        end = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, total, total, len(directory), at)
        end += struct.pack("<4sLQL", b"PK\6\7", 0, at + len(directory), 1)
    told = min(total, 0xFFFF)
    end += struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, told, told, len(directory), at, 0)
    return b"".join([*parts, directory, end])


def _end(content: bytes, format: str, at: int, *values: int) -> bytes:
    """The file with other numbers in the record that ends it."""
    record = bytearray(content[-22:])
    struct.pack_into(format, record, at, *values)
    return content[:-22] + bytes(record)


def _directory(content: bytes, name: str, format: str, at: int, *values: int) -> bytes:
    """The file with other numbers in the directory's entry of a part."""
    changed = bytearray(content)
    entry = changed.rindex(name.encode()) - 46
    struct.pack_into(format, changed, entry + at, *values)
    return bytes(changed)


def _linked() -> bytes:
    link = zipfile.ZipInfo("xl/media/link.png")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    content = io.BytesIO(package())
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    return content.getvalue()


def _twice() -> bytes:
    content = io.BytesIO(package())
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr(SHEET.upper(), sheet(NAME.replace("name", "email")))
    return content.getvalue()


def _after(start: bytes) -> bytes:
    """A workbook behind something else, which its directory allows for."""
    content = io.BytesIO(start)
    with zipfile.ZipFile(content, "a") as archive:
        for name, part in (PARTS | {SHEET: sheet(NAME)}).items():
            archive.writestr(name, part)
    return content.getvalue()


def _packed(compression: int) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, part in (PARTS | {SHEET: sheet(NAME)}).items():
            archive.writestr(name, part)
    return content.getvalue()


def _with(name: str) -> bytes:
    return package(extra={name: b"x"})


def _relation(target: str) -> bytes:
    rels = PARTS["xl/_rels/workbook.xml.rels"]
    return package(extra={"xl/_rels/workbook.xml.rels": rels.replace("worksheets/sheet1.xml", target)})


@cache
def _blank() -> bytes:
    return package(extra={SHEET: sheet(_BLANK)})


_BLANK = " " * 64 * 1024**2
_FAT = _directory(package(), SHEET, "<LL", 20, 2**31, 2**32 - 2)
ATTACKS = {
    "bomb of blanks": (_blank, "workbook_too_large"),
    "bomb of shared texts": (lambda: package(sharedStrings=f"<sst>{_BLANK}</sst>"), "workbook_too_large"),
    "bomb beside the sheet": (lambda: package(extra={"xl/media/a.png": _BLANK}), "workbook_too_large"),
    "declared beyond the limit": (lambda: _FAT, "workbook_too_large"),
    "a hundred thousand entries": (lambda: many(100_000), "workbook_too_large"),
    "entries that are not counted": (lambda: _end(many(60_000), "<HH", 8, 6, 6), "workbook_too_large"),
    "zip64": (lambda: many(66_000), "workbook_too_large"),
    "zip64 in disguise": (
        lambda: (end := package())[:-42] + b"PK\x06\x07" + end[-38:],
        "workbook_too_large",
    ),
    "sizes too small": (
        lambda: _directory(_blank(), SHEET, "<L", 24, 5_000_000),
        "workbook_damaged",
    ),
    "billion laughs": (lambda: _laughing('<!ENTITY l0 "ha">' + LAUGHS), "workbook_damaged"),
    "quadratic blow-up": (lambda: _laughing(f'<!ENTITY l "{"h" * 50_000}">', "&l;" * 50_000), "workbook_damaged"),
    "external entity": (lambda: _laughing('<!ENTITY l11 SYSTEM "file:///etc/passwd">'), "workbook_damaged"),
    "external document type": (
        lambda: package(extra={SHEET: sheet(NAME, before='<!DOCTYPE w SYSTEM "http://127.0.0.1:9/x.dtd">')}),
        "workbook_damaged",
    ),
    "up the tree": (lambda: _with("../../etc/cron.d/x"), "workbook_damaged"),
    "from the root": (lambda: _with("/etc/cron.d/x"), "workbook_damaged"),
    "from a drive": (lambda: _with("C:\\x.png"), "workbook_damaged"),
    "related up the tree": (lambda: _relation("../../../../etc/passwd"), "workbook_damaged"),
    "symbolic link": (_linked, "workbook_damaged"),
    "two parts of one name": (_twice, "workbook_damaged"),
    "macros": (lambda: _with("xl/vbaProject.bin"), "workbook_macros"),
    "macros by another name": (
        lambda: package(
            extra={
                "[Content_Types].xml": '<Types><Override PartName="/xl/a.bin"'
                ' ContentType="application/vnd.ms-office.vbaProject"/></Types>'
            }
        ),
        "workbook_macros",
    ),
    "embedded program": (lambda: _with("xl/embeddings/oleObject1.bin"), "workbook_macros"),
    "zip in the zip": (lambda: _with("xl/media/42.zip"), "workbook_macros"),
    "a program and a workbook": (lambda: b"MZ" + package(), "workbook_damaged"),
    "a program that knows of the workbook": (lambda: _after(b"MZ"), "workbook_damaged"),
    "a remark that is not there": (lambda: _end(package(), "<H", 20, 5), "workbook_damaged"),
    "a zip after a zip": (lambda: package() + package(), "workbook_damaged"),
    "a workbook and a page": (lambda: package() + b"<script>alert(1)</script>", "workbook_damaged"),
    "encrypted": (lambda: _directory(package(), SHEET, "<H", 8, 1), "workbook_damaged"),
    "another compression": (lambda: _packed(zipfile.ZIP_LZMA), "workbook_damaged"),
    "endless tag": (
        lambda: package(f'<row a="{"x" * 9_000_000}{"".join(map(str, range(200_000)))}"/>'),
        "workbook_damaged",
    ),
    "depth without end": (lambda: package("<a>" * 3_000_000), "workbook_damaged"),
    "rows beyond the last": (lambda: package('<row r="99999999999999"><c><v>1</v></c></row>'), "workbook_damaged"),
    "columns beyond the last": (lambda: package('<row r="1"><c r="ZZZ1"><v>1</v></c></row>'), "workbook_damaged"),
    "a text that is not there": (lambda: package('<row r="1"><c r="A1" t="s"><v>7</v></c></row>'), "workbook_damaged"),
    "cut off": (lambda: package()[:-100], "workbook_damaged"),
}


def main(paths: list[str]) -> None:
    touched: list[str] = []
    sys.addaudithook(lambda event, values: _watch(touched, event, values))
    start = _peak()
    for path in paths:
        began = time.perf_counter()
        code = ""
        with Path(path).open("rb") as stream:
            try:
                for _ in open_workbook(stream).rows:
                    pass
            except DomainError as error:
                code = error.code
        print(json.dumps([code, time.perf_counter() - began, _peak() - start, touched]))  # noqa: T201 - a program


def _watch(touched: list[str], event: str, values: tuple[object, ...]) -> None:
    if event.startswith("socket.") or (event == "open" and values[1] not in {"r", "rb", None}):
        touched.append(event)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(sys.argv[1:])
