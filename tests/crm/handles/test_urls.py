"""Host names as browsers read them: what is compared with a host is compared with the one that is asked."""

import pytest

from crm.errors import DomainError
from crm.formats.cells import clean_host
from crm.handles import ascii_host
from outreach import signing

READ = [
    ("Give.EXAMPLE", "give.example"),
    ("straße.example", "xn--strae-oqa.example"),  # not strasse.example, which may be somebody else's
    ("STRAẞE.example", "xn--strae-oqa.example"),
    ("stra\u00adße.example", "xn--strae-oqa.example"),
    ("βόλος.example", "xn--nxasmm1c.example"),
    ("ΟΔΟΣ-1.example", "xn---1-k9b7bby.example"),  # a sigma at the end of a word in capitals is any sigma
    ("Cafe\u0301.example", "xn--caf-dma.example"),
    ("café。example", "xn--caf-dma.example"),
    ("Ａｂ．example", "ab.example"),
    ("İ.example", "xn--i-9bb.example"),
]
NONE = [
    *("b\u200d.example", "b\u200c.example", "ß\u202e.example", "é\ud800.example", "give%2eexample", "a..example"),
    *("℀.example", "a\u2028.example", "é" * 70 + ".example", "give_.example\\x", "user@give.example"),
]


@pytest.mark.parametrize(("written", "asked"), READ)
def test_a_host_is_the_one_that_a_browser_asks(written, asked):
    assert ascii_host(written) == asked
    assert ascii_host(asked) == asked
    assert clean_host(f" https://{written}/form?x ") == asked
    assert signing.host_of(f"https://{written}./form") == asked


@pytest.mark.parametrize("written", NONE)
def test_what_browsers_read_in_two_ways_or_not_at_all_is_no_host(written):
    assert ascii_host(written) is None
    with pytest.raises(DomainError, match="host_invalid"):
        clean_host(written)
    with pytest.raises(DomainError, match="destination_invalid"):
        signing.host_of(f"https://{written}/")
