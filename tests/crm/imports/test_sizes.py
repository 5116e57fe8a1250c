"""Reliability row I2: memory stays where it is, whatever the size of a file; what is too large is not even taken in.

Real processes: a command that reads a file of half a million rows, and the web server with its socket.
"""

import http.client
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.config.instances import ROOT, environment
from tests.config.servers import within

pytestmark = pytest.mark.slow

ROWS = 500_000
LIMIT_MB = 300
UPLOAD = 50 * 1024**2
COMMAND = """
from django.core.management import call_command
call_command("import_influencers", {path!r}, "--json")
# Not ru_maxrss, which begins with what the process had that started this one.
print(int(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0]) / 1024)
"""
SETUP = """
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from crm.models import User
from crm.services import tokens
user = User.objects.create(username="o", is_staff=True)
user.groups.add(Group.objects.get(name="officer"))
client = Client()
client.force_login(user)
print(tokens.create(user=user, name="t", scopes=["imports:read", "imports:write"], at=timezone.now(), days=1)[1])
print(client.cookies["sessionid"].value)
"""
COUNT = """
from crm.models import ImportBatch, StagedRow
print(ImportBatch.objects.count(), StagedRow.objects.count())
"""


def new(n: int) -> str:
    return f"e{n},Person {n},p{n}@studio.example,instagram,person.{n},{n},FR,Films the sea and says what lies on its floor\n"


def ragged(n: int) -> str:
    return f"e{n},Person {n}\n"


def nameless(n: int) -> str:
    return f"e{n},,,,,,,\n"


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (new, "created"),
        (ragged, "rejected"),
        (nameless, "rejected"),
    ],
)
def test_half_a_million_rows_take_less_than_300_mb(state, tmp_path, row, verdict):
    path = tmp_path / "long.csv"
    with path.open("w") as file:
        file.write("external_id,name,email,platform,handle,followers,country,bio\n")
        file.writelines(map(row, range(ROWS)))
    env = environment(state)
    subprocess.run([sys.executable, ROOT / "manage.py", "migrate", "-v0"], env=env, check=True, timeout=300)
    command = [sys.executable, ROOT / "manage.py", "shell", "-v0", "-c", COMMAND.format(path=str(path))]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stderr[-2_000:]
    *_, told = done.stdout.splitlines()
    assert f'"{verdict}": {ROWS}' in done.stdout
    assert float(told) < LIMIT_MB


class Web:
    """A server, the memory of its processes, and two ways in."""

    def __init__(self, instance, temporary: Path) -> None:
        self.instance, self.temporary = instance, temporary
        self.token, self.session = instance.run(SETUP).split()
        self.pids = [pid for pid in instance.children() if "gunicorn" in Path(f"/proc/{pid}/cmdline").read_text()]
        self.doors = {
            "/api/v1/imports/": f"Authorization: Bearer {self.token}",
            "/admin/crm/importbatch/upload/": f"Cookie: sessionid={self.session}; csrftoken={'a' * 32}",
        }

    def megabytes(self) -> float:
        """The most that any of its processes ever had."""
        lines = (Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2].split()[0] for pid in self.pids)
        return max(map(int, lines)) / 1024

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.instance.port), timeout=60)

    def head(self, path: str, *lines: str) -> bytes:
        form = "Content-Type: multipart/form-data; boundary=b"
        return "\r\n".join(
            [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", self.doors[path], form, *lines, "", ""]
        ).encode()

    def spooled(self) -> set[Path]:
        return set(self.temporary.glob("*.upload*"))

    def batches(self) -> str:
        return self.instance.run(COUNT).strip()


FILE = b'--b\r\nContent-Disposition: form-data; name="file"; filename="p.csv"\r\nContent-Type: text/csv\r\n\r\nname\r\n'


@pytest.fixture
def web(start, tmp_path) -> Web:
    return Web(start(TMPDIR=str(tmp_path)).up(), tmp_path)


def pour(line: socket.socket, size: int) -> int:
    """Send so many bytes, as long as anybody takes them; how many those were."""
    sent = 0
    try:
        while sent < size:
            sent += line.send(b"a,b,c,d\n" * 8_192)
    except OSError:
        pass
    return sent


def test_a_file_that_is_too_large_is_refused_before_it_is_taken_in(web):
    for path in web.doors:
        before, files = web.megabytes(), web.spooled()
        with web.connect() as line:
            line.sendall(web.head(path, f"Content-Length: {51 * 1024**2}"))
            began = time.monotonic()
            assert line.recv(12) == b"HTTP/1.1 413"  # nothing of the body was sent yet
            assert time.monotonic() - began < 5
        with web.connect() as line:
            line.sendall(web.head(path, f"Content-Length: {51 * 1024**2}") + FILE)
            pour(line, 51 * 1024**2)
        assert web.megabytes() - before < 30, path
        assert web.spooled() == files
    assert web.batches() == "0 0"


def test_a_length_that_lies_or_is_not_said_brings_nothing(web):
    before = web.megabytes()
    for path in web.doors:
        for lines in ("Content-Length: 10",), ("Transfer-Encoding: chunked",):
            with web.connect() as line:
                line.sendall(web.head(path, *lines))
                pour(line, 60 * 1024**2)
                line.settimeout(20)
                try:
                    said = line.recv(12)
                except OSError:
                    said = b""
            assert said[:10] != b"HTTP/1.1 5", (path, lines)
    assert web.megabytes() - before < 60
    assert web.batches() == "0 0"


def test_an_upload_that_breaks_off_leaves_nothing(web):
    files = web.spooled()
    for path in web.doors:
        with web.connect() as line:
            line.sendall(web.head(path, f"Content-Length: {40 * 1024**2}") + FILE)
            assert pour(line, 20 * 1024**2) >= 20 * 1024**2
    assert within(30, lambda: web.spooled() == files)
    assert web.batches() == "0 0"
    with closing(http.client.HTTPConnection("127.0.0.1", web.instance.port, timeout=60)) as asked:
        asked.request("GET", "/healthz")
        assert asked.getresponse().status == 200


def test_a_file_just_small_enough_is_taken_in_and_read_within_300_mb(web):
    row = b"e%07d,Person %07d,,,,,FR,Films the sea and says what lies on its floor\r\n"
    body = FILE.replace(b"name\r\n", b"external_id,name,email,platform,handle,followers,country,bio\r\n")
    rows = []
    while len(body) + len(rows) * len(row % (0, 0)) < UPLOAD - 10_000:
        rows.append(row % (len(rows), len(rows)))
    body += b"".join(rows) + b"\r\n--b--\r\n"
    with web.connect() as line:
        line.sendall(web.head("/api/v1/imports/", f"Content-Length: {len(body)}") + body)
        assert line.recv(12) == b"HTTP/1.1 202"
    assert web.megabytes() < LIMIT_MB
    worker = [pid for pid in web.instance.children() if "-Q\0work" in Path(f"/proc/{pid}/cmdline").read_text()]
    script = "from crm.models import ImportBatch\nprint(ImportBatch.objects.get().state)"
    assert within(900, lambda: time.sleep(5) or web.instance.run(script).strip() == "analysed")
    web.pids = worker
    assert web.megabytes() < LIMIT_MB
