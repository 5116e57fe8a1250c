"""QR codes: drawn here, with the white edge that scanners need."""

import struct
from xml.etree import ElementTree

from outreach import qr

ADDRESS = "https://causeway.example/r/wpnmfqtd"


def test_a_picture_for_a_page_has_neither_script_nor_size():
    drawn = ElementTree.fromstring(qr.svg(ADDRESS))
    assert "width" not in drawn.attrib
    assert {each.tag.rpartition("}")[2] for each in drawn.iter()} == {"svg", "path"}


def test_files_are_the_same_each_time_and_large_enough_to_print():
    width, height = struct.unpack(">II", qr.file(ADDRESS, "png")[16:24])
    assert width == height >= 400
    assert qr.file(ADDRESS, "svg") == qr.file(ADDRESS, "svg")


def test_another_address_is_another_picture():
    assert qr.svg(ADDRESS) != qr.svg(f"{ADDRESS}2")
