"""The web server on the database of a test, or of a measurement, to be asked and killed from outside."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def made():
    """What gunicorn serves: everything, as config.wsgi has it."""
    from django.conf import settings

    settings.DATABASES["default"] |= json.loads(os.environ["SERVED_DATABASE"])
    if more := os.environ.get("SERVED_URLS"):
        settings.ROOT_URLCONF = more
    from config.wsgi import application

    return application


class Served:
    """gunicorn with so many workers, which are there again at once; `killed` counts those that were."""

    def __init__(self, folder: Path, *, workers: int = 2, threads: int = 4, **told: str) -> None:
        from django.db import connection

        dsn = {name: connection.settings_dict[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "SERVED_DATABASE": json.dumps(dsn, default=str),
            "CLICK_DIR": str(folder),
        }
        web = ["-k", "gthread", "-w", str(workers), "--threads", str(threads), "--graceful-timeout", "5"]
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "tests.outreach.clicking.served:made()", "--preload"),
                *("-b", f"fd://{self.listener.fileno()}", *web, "--no-control-socket", "--log-level", "critical"),
            ],
            cwd=ROOT, env=env | told, pass_fds=[self.listener.fileno()],
        )  # fmt: skip
        self.killed = 0

    def workers(self) -> list[int]:
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in found]

    def kill_one(self) -> bool:
        """The worker that is there for longest."""
        if not (alive := self.workers()):
            return False
        os.kill(alive[0], signal.SIGKILL)
        self.killed += 1
        return True

    def get(self, path: str, timeout: float = 10) -> http.client.HTTPResponse:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            line.request("GET", path)
            answer = line.getresponse()
            answer.read()
            return answer
        finally:
            line.close()

    def wait(self, path: str) -> None:
        until = time.monotonic() + 60
        while self.get(path, timeout=60).status != 302 and time.monotonic() < until:
            time.sleep(0.1)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(30)
        self.listener.close()


class Load:
    """So many visitors who follow a link again and again, each at most so often a second."""

    def __init__(self, served: Served, path: str, *, visitors: int, rate: float = 0) -> None:
        self.served, self.path, self.pause = served, path, visitors / rate if rate else 0.0
        self.asked, self.failed, self.acknowledged = 0, 0, []
        self._stopped, self._lock = threading.Event(), threading.Lock()
        self._threads = [threading.Thread(target=self._visit, daemon=True) for _ in range(visitors)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stopped.set()
        for thread in self._threads:
            thread.join(30)

    def _visit(self) -> None:
        while not self._stopped.is_set():
            with self._lock:
                self.asked += 1
            try:
                answer = self.served.get(self.path)
                click = answer.headers.get("Location", "").partition("cw_click=")[2]
            except (OSError, http.client.HTTPException):
                click = ""
            with self._lock:
                if click:
                    self.acknowledged.append(click)
                else:
                    self.failed += 1
            self._stopped.wait(self.pause)


def drain_once(folder: Path, failpoint: str) -> int:
    """A drainer that dies there; how it ended."""
    from django.db import connection

    dsn = {name: connection.settings_dict[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    told = {"SERVED_DATABASE": json.dumps(dsn, default=str), "CLICK_DIR": str(folder), "FAILPOINT": failpoint}
    code = (
        "import json, os, django\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'\n"
        "from django.conf import settings\n"
        "settings.DATABASES['default'] |= json.loads(os.environ['SERVED_DATABASE'])\n"
        "django.setup()\n"
        "from outreach.services import click_spool\n"
        "click_spool._AT_ONCE = 20_000\n"
        "click_spool.drain()\n"
    )
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ | told).returncode
