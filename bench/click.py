"""What a tracked link costs beside a view that does nothing, under one server: `python -m bench.click [requests]`.

gunicorn as `make run` has it, one worker with threads, over the whole stack of middleware; visitors with connections
that stay open ask for /empty, an empty Django view, and for /r/CODE by turns, round by round. Kept in the database
before the answer ("commit", what is set unless somebody says otherwise), in a file ("spool"), and in a file that is on
the disk before the answer ("spool, fsync"). Visitors come through a proxy of ours, each from a network of its own.
Whatever was answered is then looked for: nothing may be lost.

A tracked link leaves the house by its own door (config.doors); /house/CODE is the same view behind the whole stack, as
/empty is.

Beside rates stands what the processor did for one request, in the worker and in Postgres: it hardly minds who else uses
the machine.
"""

import os
import re
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.database import database, rows_asked

if TYPE_CHECKING:
    from tests.outreach.clicking.served import Served

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

    def __init__(self, port: int, path: str, number: int, *, who: int) -> None:
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
            f"X-Forwarded-For: 198.51.{who}.7",
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


@dataclass(frozen=True)
class Round:
    """`worker`, `postgres`: microseconds of a processor for one request."""

    rate: float
    p99: float
    worker: float
    postgres: float


def ask(server: "Served", path: str, number: int) -> tuple[Round, list[bytes]]:
    """How it went, and the clicks that were answered."""
    visitors = [Visitor(server.port, path, number // VISITORS, who=who) for who in range(VISITORS)]
    before, start = (spent(server.workers()), spent(backends())), time.perf_counter()
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    took = time.perf_counter() - start
    worker, postgres = (
        since(old, spent(pids)) for old, pids in zip(before, (server.workers(), backends()), strict=True)
    )
    seconds = sorted(second for visitor in visitors for second in visitor.seconds)
    clicks = [click for visitor in visitors for click in visitor.clicks]
    asked = len(seconds)
    each = 1e6 / asked
    return Round(asked / took, seconds[int(asked * 0.99)] * 1000, worker * each, postgres * each), clicks


def spent(processes: Iterable[int]) -> dict[int, float]:
    """Seconds of a processor that each of them took, with all its threads."""
    found = {}
    for pid in processes:
        said = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        found[pid] = (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")
    return found


def since(before: dict[int, float], after: dict[int, float]) -> float:
    """Some are new."""
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def backends() -> list[int]:
    """Of Postgres, those that work for anybody but us."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in cursor.fetchall()]


def measure(number: int, folder: Path) -> None:
    from django.conf import settings

    from outreach.models import Click
    from outreach.services import click_spool
    from tests.factories import LinkFactory
    from tests.outreach.clicking.served import Served

    link = LinkFactory()
    answered: list[bytes] = []
    figures: dict[str, list[Round]] = {}
    ratios: dict[str, list[tuple[float, float]]] = {}
    with ExitStack() as stack:
        servers = {}
        for name, told in WAYS.items():
            given = told | {"SERVED_URLS": "tests.outreach.clicking.served_urls", "TRUSTED_PROXIES": "127.0.0.1/32"}
            given |= {"PUBLIC_PER_MINUTE": "1000000000"}  # counted, and never too often
            servers[name] = Served(folder, workers=1, threads=8, **given)
            stack.callback(servers[name].close)
            servers[name].wait(f"/r/{link.code}")
            ask(servers[name], f"/r/{link.code}", number // 10)  # every thread has what it needs
        for _round in range(ROUNDS):
            for name, server in servers.items():
                empty, _none = ask(server, "/empty", number)
                figures.setdefault(f"empty ({name})", []).append(empty)
                for way, path in ((name, "r"), (f"{name}, house", "house")):
                    ours, clicks = ask(server, f"/{path}/{link.code}", number)
                    answered += clicks
                    figures.setdefault(way, []).append(ours)
                    ratios.setdefault(way, []).append((ours.rate / empty.rate, empty.worker / ours.worker))
    settings.CLICK_DIR = folder
    click_spool.drain()
    stored = set(Click.objects.values_list("click_id", flat=True))
    lost = len({click.decode() for click in answered} - stored)
    print(f"{number} requests a round, {ROUNDS} rounds, {VISITORS} visitors: slowest, median, fastest")
    for name, each in figures.items():
        print(f"{name:20}", *(row(each, what) for what in ("rate", "p99", "worker", "postgres")), sep="  ")
    for name, shares in ratios.items():
        rates, workers = zip(*shares, strict=True)
        print(f"{name:20}  of empty: rate {spread(rates, 2)}   processor of the worker {spread(workers, 2)}")
    print(f"{len(answered)} clicks answered, {lost} lost, {len(answered) - len(set(answered))} twice")


def row(rounds: list[Round], what: str) -> str:
    unit = {"rate": "/s", "p99": "ms p99", "worker": "µs worker", "postgres": "µs Postgres"}[what]
    return f"{spread([getattr(each, what) for each in rounds], 1 if what == 'p99' else 0)} {unit}"


def spread(figures: Iterable[float], digits: int) -> str:
    known = sorted(figures)
    return " ".join(f"{each:.{digits}f}" for each in (known[0], statistics.median(known), known[-1]))


def main() -> None:
    number = rows_asked(2_000)
    with database(), tempfile.TemporaryDirectory() as folder:
        measure(number, Path(folder))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
