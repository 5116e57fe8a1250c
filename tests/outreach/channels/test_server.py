import pytest

from crm.errors import DomainError
from outreach.channels.email import SmtpChannel


class TestUrl:
    @pytest.mark.parametrize(
        ("url", "part"),
        [
            *((url, "scheme") for url in ("", "mail.lan", "http://mail.lan", "consolemail://", "SMPT://x")),
            *(
                (url, "host")
                for url in ("smtp://", "smtp://:25", "smtp://a b", "smtp://a..b", "smtp://-x", "smtp://é.lan")
            ),
            *((url, "url") for url in ("smtp://mail.lan:port", "smtp://mail.lan:99999", "smtp://[::1")),
            *((url, "path") for url in ("smtp://mail.lan/x", "smtp://mail.lan?tls=no", "smtp://mail.lan#x")),
            *((url, "user") for url in ("smtp://u@mail.lan", "smtp://:p@mail.lan", "smtp://u:p%C3%A9@mail.lan")),
        ],
    )
    def test_one_that_cannot_work_is_refused_at_once(self, url, part):
        with pytest.raises(DomainError) as caught:
            SmtpChannel(url)

        assert (caught.value.code, caught.value.params) == ("email_url_invalid", {"part": part})

    @pytest.mark.parametrize(
        ("url", "port"),
        [
            ("smtp://mail.lan", 25),
            ("smtp+tls://mail.lan", 587),
            ("smtps://mail.lan/", 465),
            ("smtp://[::1]:2525", 2525),
        ],
    )
    def test_each_scheme_has_its_port(self, url, port):
        assert SmtpChannel(url)._server.port == port

    def test_the_password_shows_nowhere(self):
        channel = SmtpChannel("smtps://user:s3cret@mail.lan")

        assert "s3cret" not in repr(channel) + str(channel) + repr(channel._server)
