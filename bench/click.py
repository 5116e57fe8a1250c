"""What a tracked link costs beside a view that does nothing, under one server: `python -m bench.click [requests]`.

gunicorn as `make run` has it, one worker with threads, over the whole stack of middleware; visitors with connections
that stay open ask for /empty, an empty Django view, and for /r/CODE by turns, round by round. Kept in the database
before the answer ("commit", what is set unless somebody says otherwise), in a file ("spool"), and in a file that is on
the disk before the answer ("spool, fsync"). Whatever was answered is then looked for: nothing may be lost.
"""

import re
import socket
import statistics
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from bench.database import database, rows_asked

ROUNDS = 7
VISITORS = 8
WAYS = {
    "commit": {"CLICK_DURABILITY": "commit"},
    "spool, fsync": {"CLICK_DURABILITY": "spool", "CLICK_FSYNC": "1"},
    "spool": {"CLICK_DURABILITY": "spool", "CLICK_FSYNC": "0"},
}
AGENT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 "
    "Mobile/15E148 Safari/604.1"
)


class Visitor(threading.Thread):
    """Asks so many times over one connection; keeps how long each answer took, and the clicks it was told of."""

    def __init__(self, port: int, path: str, number: int) -> None:
        super().__init__()
        self.port, self.number = port, number
        self.seconds: list[float] = []
        self.clicks: list[bytes] = []
        lines = [
            f"GET {path} HTTP/1.1",
            "Host: 127.0.0.1",
            f"User-Agent: {AGENT}",
            "Accept: text/html,application/xhtml+xml",
            "Accept-Language: fr-FR,fr;q=0.9",
            "Sec-Fetch-Mode: navigate",
            "Sec-Fetch-Dest: document",
            "Referer: https://l.instagram.com/",
        ]
        self.asked = ("\r\n".join(lines) + "\r\n\r\n").encode()

    def run(self) -> None:
        line = socket.create_connection(("127.0.0.1", self.port))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(self.number):
            start = time.perf_counter()
            line.sendall(self.asked)
            answer = b""
            while b"\r\n\r\n" not in answer:
                more = line.recv(4096)
                assert more, answer
                answer += more
            self.seconds.append(time.perf_counter() - start)
            assert answer[9:12] in {b"200", b"302"}, answer[:200]
            self.clicks += re.findall(rb"cw_click=([0-9a-f]{32})", answer)
        line.close()


def ask(port: int, path: str, number: int) -> tuple[float, float, list[bytes]]:
    """Requests per second, the 99th percentile in ms, and the clicks that were answered."""
    visitors = [Visitor(port, path, number // VISITORS) for _ in range(VISITORS)]
    start = time.perf_counter()
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    spent = time.perf_counter() - start
    seconds = sorted(second for visitor in visitors for second in visitor.seconds)
    clicks = [click for visitor in visitors for click in visitor.clicks]
    return len(seconds) / spent, seconds[int(len(seconds) * 0.99)] * 1000, clicks


def measure(number: int, folder: Path) -> None:
    from django.conf import settings

    from outreach.models import Click
    from outreach.services import click_spool
    from tests.factories import LinkFactory
    from tests.outreach.clicking.served import Served

    link = LinkFactory()
    answered: list[bytes] = []
    figures: dict[str, list[tuple[float, float]]] = {}
    ratios: dict[str, list[float]] = {}
    with ExitStack() as stack:
        servers = {}
        for name, told in WAYS.items():
            given = told | {"SERVED_URLS": "tests.outreach.clicking.served_urls"}
            servers[name] = Served(folder, workers=1, threads=8, **given)
            stack.callback(servers[name].close)
            servers[name].wait(f"/r/{link.code}")
        for _round in range(ROUNDS):
            for name, server in servers.items():
                rates = {}
                for what, path in (("empty", "/empty"), (name, f"/r/{link.code}")):
                    rate, p99, clicks = ask(server.port, path, number)
                    answered += clicks
                    rates[what] = rate
                    figures.setdefault(what, []).append((rate, p99))
                ratios.setdefault(name, []).append(rates[name] / rates["empty"])
    settings.CLICK_DIR = folder
    click_spool.drain()
    stored = set(Click.objects.values_list("click_id", flat=True))
    lost = len({click.decode() for click in answered} - stored)
    print(f"{number} requests a round, {ROUNDS} rounds, {VISITORS} visitors: slowest, median, fastest")
    for name, each in figures.items():
        rates_, p99s = zip(*each, strict=True)
        shares = ratios.get(name, [1.0])
        print(
            f"{name:13} {min(rates_):7.0f} {statistics.median(rates_):7.0f} {max(rates_):7.0f} requests/s"
            f"   p99 {min(p99s):6.1f} {statistics.median(p99s):6.1f} {max(p99s):6.1f} ms"
            f"   {min(shares):.2f} {statistics.median(shares):.2f} {max(shares):.2f} of empty"
        )
    print(f"{len(answered)} clicks answered, {lost} lost, {len(answered) - len(set(answered))} twice")


def main() -> None:
    number = rows_asked(3_000)
    with database(), tempfile.TemporaryDirectory() as folder:
        measure(number, Path(folder))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
