"""What may do harm is said before it is handed over; what is only called otherwise is no lie."""

import pytest

from outreach.replies.attachments import UNKNOWN
from outreach.replies.dangers import is_as_called, is_dangerous


@pytest.mark.parametrize(
    "name",
    [
        *("kit.exe", "kit.pdf.scr", "KIT.HTA", "kit.iqy", "kit.slk", "kit.settingcontent-ms", "kit.one", "kit.xll"),
        *("kit.zip", "kit.tar", "kit.tar.gz", "kit.tgz", "kit.tar.bz2", "kit.txz", "kit.cab", "kit.ace", "kit.7z"),
    ],
)
def test_what_runs_or_hides_something_is_told_by_its_ending(name):
    assert is_dangerous(name, UNKNOWN)


@pytest.mark.parametrize(
    "type_",
    ["application/x-tar", "application/x-bzip2", "application/x-xz", "application/vnd.ms-cab-compressed", "text/html"],
)
def test_and_by_what_it_is_whatever_it_is_called(type_):
    assert is_dangerous("kit.pdf", type_)


@pytest.mark.parametrize("name", ["kit.pdf", "photo.jpeg", "me.mp4", "dates.ics", "rates.xlsx", "rates.csv", "kit"])
def test_what_people_send_is_handed_over(name):
    assert not is_dangerous(name, UNKNOWN)


@pytest.mark.parametrize(
    ("name", "said", "found"),
    [
        ("kit.tgz", "application/x-gtar", "application/gzip"),
        ("kit.tar.gz", "application/x-gzip", "application/gzip"),
        ("kit.tar.xz", "application/x-tar", "application/x-xz"),
        ("kit.jpg", "image/pjpeg", "image/jpeg"),
        ("kit", "", UNKNOWN),
    ],
)
def test_what_is_only_called_otherwise_is_as_called(name, said, found):
    assert is_as_called(name, said, found)


@pytest.mark.parametrize(
    ("name", "said", "found"),
    [
        ("kit.pdf", "application/pdf", "application/x-tar"),
        ("kit.jpg", "image/jpeg", "application/zip"),
        ("kit.zip", "application/zip", "application/x-msdownload"),
        ("kit.txt", "text/plain", "text/html"),
    ],
)
def test_and_what_is_something_else_is_not(name, said, found):
    assert not is_as_called(name, said, found)
