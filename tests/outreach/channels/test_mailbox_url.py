import pytest

from crm.errors import DomainError
from outreach.channels.imap import Account, Security
from outreach.channels.mailbox_url import parse_mailbox


@pytest.mark.parametrize(
    ("url", "account"),
    [
        (
            "imaps://us%20er%40o.example:p%2Fw@mail.example/",
            Account("mail.example", 993, Security.TLS, "us er@o.example", "INBOX", "p/w"),
        ),
        (
            "imap+tls://u:p@mail.example/R%C3%A9ponses/2026",
            Account("mail.example", 143, Security.STARTTLS, "u", "Réponses/2026", "p"),
        ),
        ("imap://u:p@127.0.0.1:1143", Account("127.0.0.1", 1143, Security.PLAIN, "u", "INBOX", "p")),
    ],
)
def test_says_where_and_as_whom(url, account):
    assert parse_mailbox(url) == account


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("", "scheme"),
        ("pop3://u:p@mail.example", "scheme"),
        ("imaps://u:p@mail.example:port/", "url"),
        ("imaps://u:p@[::1/", "url"),
        ("imaps://u:p@/", "host"),
        ("imaps://mail.example/", "user"),
        ("imaps://u@mail.example/", "user"),
        ("imaps://u:p%0D%0Ax@mail.example/", "user"),
        ("imaps://u:p@mail.example/x?tls=no", "path"),
    ],
)
def test_tells_what_is_wrong_and_never_the_password(url, part):
    with pytest.raises(DomainError) as caught:
        parse_mailbox(url)
    assert (caught.value.code, caught.value.params) == ("inbound_url_invalid", {"part": part})
