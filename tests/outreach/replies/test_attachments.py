import bz2
import io
import lzma
import tarfile
import zipfile

import pytest

from outreach.replies.attachments import MAX_NAME, UNKNOWN, file_name, sniffed


def packed(*names: str, stored: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if stored:
            archive.writestr(zipfile.ZipInfo("mimetype"), stored)
        for name in names:
            archive.writestr(name, "<x/>" * 50)
    return out.getvalue()


def tarred(name: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo(name))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "type_"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\0", "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
        (b"GIF89a\1\0", "image/gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\x10\0\0\0????", UNKNOWN),
        (b"\0\0\0\x18ftypisom\0\0", "video/mp4"),
        (b"\0\0\0\x18ftypqt  \0\0", "video/quicktime"),
        (b"\0\0\0\x18ftypheic\0\0", "image/heic"),
        (b"ID3\4\0", "audio/mpeg"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "application/x-ole-storage"),
        (b"MZ\x90\0", "application/x-msdownload"),
        (b"\x7fELF\2\1", "application/x-executable"),
        (b"#!/bin/sh\nrm -rf /\n", "text/x-script"),
        (b"<!DOCTYPE html>\n<html><svg></svg>", "text/html"),
        (b"\xef\xbb\xbf  <HTML>", "text/html"),
        (b"<script>steal()</script>", "text/html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "image/svg+xml"),
        (b"<?xml version='1.0'?>\n<!-- a -->\n<svg onload='steal()'/>", "image/svg+xml"),
        (b"<?xml version='1.0'?><feed/>", "application/xml"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "text/calendar"),
        (b"begin:vcard\r\n", "text/vcard"),
        (b"From: a@x.example\nSubject: b\n\nYes.", "message/rfc822"),
        ("Déjà vu, 300 €\n".encode(), "text/plain"),
        ("Déjà vu\n".encode("utf-16"), "text/plain"),
        (b"\0\1\2\3", UNKNOWN),
        (b"", UNKNOWN),
        (packed("a.txt"), "application/zip"),
        (tarred("a.txt"), "application/x-tar"),
        (bz2.compress(b"a"), "application/x-bzip2"),
        (lzma.compress(b"a"), "application/x-xz"),
        (b"\x28\xb5\x2f\xfd\x04\x00", "application/zstd"),
        (b"MSCF\0\0\0\0\x40", "application/vnd.ms-cab-compressed"),
        (b"\x12\x34\x31\0\0\0\x90**ACE**\x14", "application/x-ace-compressed"),
        (packed("word/document.xml"), "application/zip"),
        (packed("[Content_Types].xml", "word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "application/vnd.ms-word.document.macroEnabled.12"),
        (packed("[Content_Types].xml", "xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (packed("content.xml", stored="application/vnd.oasis.opendocument.text"), "application/vnd.oasis.opendocument.text"),
    ],
)  # fmt: skip
def test_a_type_is_told_by_the_first_bytes(content, type_):
    assert sniffed(content) == type_


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("media kit.pdf", "media kit.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\amina\\kit.pdf", "kit.pdf"),
        ("..", ""),
        (".htaccess", "htaccess"),
        ("kit\r\nX-Evil: 1.pdf", "kit X-Evil: 1.pdf"),
        ("kit\u202efdp.exe", "kitfdp.exe"),
        ("kit\0.pdf", "kit.pdf"),
        ("présentation 🐟.pdf", "présentation 🐟.pdf"),
        ("a" * 500 + ".pdf", "a" * (MAX_NAME - 4) + ".pdf"),
        ("a" * 400, "a" * MAX_NAME),
        ("", ""),
    ],
)
def test_a_name_is_no_path_and_hides_nothing(said, name):
    assert file_name(said) == name
