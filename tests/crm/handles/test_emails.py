"""E-mail addresses: one key for each mailbox, and nothing taken that is no address."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.errors import DomainError
from crm.handles import canonical_email, clean_email
from tests.crm.handles.texts import ANYTHING, refused


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        (" Ann.Lee@Example.ORG ", "ann.lee@example.org"),
        ("J.o.h.n+news@GMail.com", "john@gmail.com"),
        ("john@googlemail.com", "john@gmail.com"),
        ("ann+a@outlook.com", "ann@outlook.com"),
        ("ann+a@hotmail.fr", "ann@hotmail.fr"),
        ("ann+a@live.co.uk", "ann@live.co.uk"),
        ("ann+a@icloud.com", "ann@icloud.com"),
        ("ann+a@fastmail.com", "ann@fastmail.com"),
        ("ann+a@proton.me", "ann@proton.me"),
        ("a.nn+a@proton.me", "a.nn@proton.me"),  # only Google drops dots
        ("ann+a@example.org", "ann+a@example.org"),  # elsewhere the tag may be somebody else
        ("a.n.n@example.org", "a.n.n@example.org"),
        ("ann+a@notgmail.com", "ann+a@notgmail.com"),
        ("ann+a@mail.gmail.com", "ann+a@mail.gmail.com"),
        ("zoé@exemple.fr", "zoé@exemple.fr"),
        ("ann@École.fr", "ann@xn--cole-9oa.fr"),
        ("ann@straße.de", "ann@xn--strae-oqa.de"),  # not strasse.de, which has another owner
        ("ａｎｎ＠example.org", "ann@example.org"),
        ("o'neil@example.ie", "o'neil@example.ie"),
    ],
)
def test_two_ways_to_write_one_mailbox_have_one_key(raw, key):
    assert canonical_email(raw) == key


@pytest.mark.parametrize(
    "raw",
    [
        *(
            "",
            "ann",
            "@example.org",
            "ann@",
            "ann@localhost",
            "ann@@example.org",
            "a@b@example.org",
            "ann lee@example.org",
        ),
        *("ann@example..org", ".ann@example.org", "ann.@example.org", "a..n@example.org", "ann@-example.org"),
        *("ann@example.org\nBcc: x@y.org", "ann@exa\rmple.org", "ann\0@example.org", "ann@example.org,bob@example.org"),
        *("Ann <ann@example.org>", '"ann lee"@example.org', "ann@[127.0.0.1]", "ann@127.0.0.1", "ann@exam_ple.org"),
        *("a" * 65 + "@example.org", "a@" + "b" * 64 + ".org", "a@" + "b." * 130 + "org", "x" * 10_000),
        *("+tag@gmail.com", "ann@example.org;", "ann\u202e@example.org", "ann\ud800@example.org"),
    ],
)
def test_what_is_no_address_is_refused(raw):
    assert refused(canonical_email, raw) == ("email_invalid", {})


def test_one_writes_to_the_address_as_given_with_its_domain_in_ascii():
    assert clean_email(" Ann.Lee+news@GMail.com ") == "Ann.Lee+news@gmail.com"
    assert clean_email("zoé@École.fr") == "zoé@xn--cole-9oa.fr"


@settings(deadline=None)
@given(ANYTHING | st.emails())
def test_a_key_is_its_own_key_and_nothing_else_is_raised(raw):
    with suppress(DomainError):
        key = canonical_email(raw)
        assert canonical_email(key) == key
        assert not set(clean_email(raw)) & set("\r\n\0 ,;<>")
