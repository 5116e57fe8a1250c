"""What somebody types in as a host leads to the internet at large, and nowhere else."""

import http.server
import json
import socket
import threading
import time
from contextlib import suppress

import pytest

from crm import egress
from crm.errors import DomainError
from tests import certificates

PUBLIC = ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "8.8.8.8"]
PRIVATE = [
    *("127.0.0.1", "127.9.9.9", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1"),
    *("203.0.113.5", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1"),
    *("64:ff9b:1::1", "2002:7f00:1::", "2001:db8::1", "2001::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0"),
    *("fec0::1", "ff02::1", "100::1"),
    *("", "localhost", "0x7f.1", "2130706433", "127.1"),
]
ODD_URLS = [
    *("http://token.example/", "file:///etc/passwd", "gopher://token.example/", "ftp://token.example/", "unix:/x"),
    *("https://user:pass@token.example/", "https://user@token.example/", "https:///path", "token.example", ""),
    *("https://token.example/#x", "https://token.example/a b", "https://token.example/\r\nX: y", "https://[::1"),
    *("https://token.example:port/", "https://tokén.example/", "//token.example/", "HTTPS:token.example"),
]


class Dialled(list):
    """Stands in for the network: notes who was called."""

    def __call__(self, address, port, timeout):
        self.append((address, port))
        return address


def refused(code, host="mail.example", port=993, *, found=(), dial=None):
    with pytest.raises(DomainError) as caught:
        egress.connect(
            host, port, ports=frozenset({993}), timeout=1, resolve=lambda *_: list(found), dial=dial or Dialled()
        )
    return caught.value.code == code


class TestAddresses:
    @pytest.mark.parametrize("address", PUBLIC)
    def test_those_of_the_internet_are_public(self, address):
        assert egress.is_public(address)

    @pytest.mark.parametrize("address", PRIVATE)
    def test_those_of_a_network_of_ones_own_are_not_however_they_are_written(self, address):
        assert not egress.is_public(address)


class TestConnect:
    @pytest.mark.parametrize("address", PRIVATE)
    def test_a_private_address_is_never_dialled(self, address):
        dialled = Dialled()

        assert refused("host_denied", found=[address], dial=dialled)
        assert dialled == []

    def test_of_a_name_that_leads_to_both_the_public_one_is_dialled(self):
        dialled = Dialled()
        found = ["127.0.0.1", "1.1.1.1", "10.0.0.1"]
        egress.connect("x.example", 993, ports=frozenset({993}), timeout=1, resolve=lambda *_: found, dial=dialled)

        assert dialled == [("1.1.1.1", 993)]

    def test_a_name_that_leads_elsewhere_a_moment_later_gains_nothing(self):
        answers, dialled = iter([["1.1.1.1"], ["127.0.0.1"]]), Dialled()
        egress.connect(
            "x.example", 993, ports=frozenset({993}), timeout=1, resolve=lambda *_: next(answers), dial=dialled
        )

        assert dialled == [("1.1.1.1", 993)]

    def test_a_host_of_ones_own_is_reached_where_settings_name_it_on_any_port(self, settings):
        settings.PRIVATE_HOSTS = ["Mail.lan"]
        dialled = Dialled()
        egress.connect(
            "mail.LAN", 1143, ports=frozenset({993}), timeout=1, resolve=lambda *_: ["10.0.0.7"], dial=dialled
        )

        assert dialled == [("10.0.0.7", 1143)]
        assert refused("host_denied", "other.mail.lan", found=["10.0.0.7"])

    @pytest.mark.parametrize("port", [22, 25, 80, 5432, 6379])
    def test_other_ports_are_not_dialled(self, port):
        dialled = Dialled()

        assert refused("host_port_denied", port=port, found=["1.1.1.1"], dial=dialled)
        assert dialled == []

    @pytest.mark.parametrize("host", ["x" * 70 + ".example", "a..b", "nothing.invalid"])
    def test_a_name_that_leads_nowhere_is_said_to(self, host):
        def fails(name, port):
            name.encode("idna")
            raise socket.gaierror

        with pytest.raises(DomainError) as caught:
            egress.connect(host, 993, ports=frozenset({993}), timeout=1, resolve=fails)
        assert caught.value.code == "host_unknown"
        assert refused("host_unknown", found=[])

    def test_the_next_address_is_tried_where_one_does_not_answer(self):
        def dial(address, port, timeout):
            if address == "1.1.1.1":
                raise ConnectionRefusedError
            return address

        found = ["1.1.1.1", "8.8.8.8"]
        line = egress.connect("x.example", 993, ports=frozenset({993}), timeout=1, resolve=lambda *_: found, dial=dial)
        assert line == "8.8.8.8"
        assert refused("host_unreachable", found=["1.1.1.1"], dial=dial)


class Token(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append((self.path, self.headers["Host"], asked))
        status, headers, body = self.server.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def drip(handler):
    """The rest of an answer of 100 bytes, each in time: all of them within a second."""
    with suppress(OSError):
        for _ in range(99):
            time.sleep(0.01)
            handler.wfile.write(b"x")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return certificates.make(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def server(certificate, settings):
    settings.PRIVATE_HOSTS = ["localhost"]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Token)
    server.socket = certificates.theirs(certificate).wrap_socket(server.socket, server_side=True)
    server.asked, server.answer = [], (200, {}, b"{}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


class TestPost:
    def post(self, server, certificate, path="/token"):
        url = f"https://localhost:{server.server_port}{path}"
        return egress.post_form(url, {"grant": "a b&c"}, tls=certificates.ours(certificate))

    def test_a_form_is_handed_over_and_the_answer_told(self, server, certificate):
        server.answer = (400, {"Content-Type": "application/json"}, json.dumps({"error": "x"}).encode())
        answer = self.post(server, certificate, "/token?tenant=1")

        assert (answer.status, json.loads(answer.body)) == (400, {"error": "x"})
        assert server.asked == [("/token?tenant=1", f"localhost:{server.server_port}", "grant=a+b%26c")]

    def test_no_redirect_is_followed(self, server, certificate):
        server.answer = (307, {"Location": f"https://localhost:{server.server_port}/elsewhere"}, b"")

        assert self.post(server, certificate).status == 307
        assert len(server.asked) == 1

    def test_no_more_is_read_than_anybody_has_to_say(self, server, certificate):
        server.answer = (200, {}, b"x" * 1_000_000)

        assert len(self.post(server, certificate).body) == 256 * 1024

    def test_whoever_drips_is_cut_off(self, server, certificate, monkeypatch):
        monkeypatch.setattr(egress, "_DEADLINE", 0.3)
        server.answer = (200, {"Content-Length": "100"}, b"x")
        server.RequestHandlerClass = type("Dripping", (Token,), {"finish": drip})
        with pytest.raises(DomainError) as caught:
            self.post(server, certificate)
        assert caught.value.code == "host_lost"

    def test_a_host_that_nobody_vouches_for_hears_nothing(self, server):
        with pytest.raises(DomainError) as caught:
            egress.post_form(f"https://localhost:{server.server_port}/", {"secret": "x"})
        assert (caught.value.code, server.asked) == ("host_untrusted", [])

    @pytest.mark.parametrize("url", ODD_URLS)
    def test_only_a_plain_https_address_is_asked(self, url):
        asked = []
        with pytest.raises(DomainError) as caught:
            egress.post_form(url, {}, resolve=lambda *name: asked.append(name) or ["1.1.1.1"])
        assert (caught.value.code, asked) == ("url_denied", [])

    @pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1"])
    def test_a_private_address_is_never_asked(self, address):
        with pytest.raises(DomainError) as caught:
            egress.post_form("https://token.example/", {}, resolve=lambda *_: [address])
        assert caught.value.code == "host_denied"
