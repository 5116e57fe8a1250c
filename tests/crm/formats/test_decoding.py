import codecs
import io

import pytest

from crm.errors import DomainError
from crm.formats import decoding
from crm.formats.decoding import MARK, detect_encoding, read_lines

TEXT = "name;city\r\nZoé;Orléans\r\n"


def lines_of(content: bytes) -> list[str]:
    stream = io.BytesIO(content)
    lines = list(read_lines(stream, detect_encoding(stream)))
    assert not stream.closed
    return lines


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8-sig"),
        (TEXT.encode("cp1252"), "cp1252"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), "utf-32"),
    ],
)
def test_every_encoding_in_use_reads_the_same(content, encoding):
    assert detect_encoding(io.BytesIO(content)) == encoding
    assert lines_of(content) == ["name;city\r\n", "Zoé;Orléans\r\n"]


def test_the_whole_file_is_evidence_not_only_its_beginning():
    assert detect_encoding(io.BytesIO(b"x" * 10**6 + "é".encode("cp1252"))) == "cp1252"
    assert detect_encoding(io.BytesIO(b"x" * (decoding._CHUNK - 1) + "é".encode())) == "utf-8"  # cut between two chunks


def test_damage_stays_on_its_line():
    content = "à\né\n".encode() + b"bad \xff\n" + "ô\n".encode() + b"\xed\xa0\x80\n"  # the last is a surrogate
    assert lines_of(content) == ["à\n", "é\n", f"bad {MARK}\n", "ô\n", f"{MARK * 3}\n"]
    assert lines_of(codecs.BOM_UTF16_LE + b"a\x00\x00\xd8\n\x00b\x00") == [f"a{MARK}\n", "b"]
    assert lines_of("é\n".encode("cp1252") + b"\x81\n") == ["é\n", f"{MARK}\n"]  # a byte that Windows-1252 lacks
    french = "été à la forêt, ça va, où ? " * 9 + "Ã©\n"  # somebody's earlier mishap does not make it UTF-8
    assert lines_of(french.encode("cp1252")) == [french]


def test_every_line_end_counts_once():
    assert lines_of(b"a\r\nb\nc\rd\n\ne") == ["a\r\n", "b\n", "c\r", "d\n", "\n", "e"]


@pytest.mark.parametrize(
    ("content", "code", "params"),
    [
        (b"", "file_empty", {}),
        (b"PK\x03\x04\x14\x00", "file_not_text", {"kind": "workbook"}),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "file_not_text", {"kind": "workbook"}),
        (b"%PDF-1.7", "file_not_text", {"kind": "pdf"}),
        (b"\x1f\x8b\x08", "file_not_text", {"kind": "archive"}),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x02\x00\x00\x00", "file_not_text", {"kind": "binary"}),
    ],
)
def test_what_is_no_text_is_named(content, code, params):
    with pytest.raises(DomainError) as caught:
        detect_encoding(io.BytesIO(content))
    assert (caught.value.code, caught.value.params) == (code, params)


def test_an_endless_line_is_cut_and_the_next_one_is_whole(monkeypatch):
    monkeypatch.setattr(decoding, "LINE_LIMIT", 10)
    assert lines_of(b"x" * 35 + b"\nnext\n" + b"y" * 9 + b"\n" + b"z" * 10 + b"\nlast") == [
        *("x" * 10, "next\n", "y" * 9 + "\n", "z" * 10, "last")
    ]
