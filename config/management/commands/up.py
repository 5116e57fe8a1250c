import contextlib
import fcntl
import http.client
import io
import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from config.demo import loading, rows
from config.process_tree import ProcessTree

HOST = "127.0.0.1"
QUEUES = ("tick", "work")
START_SECONDS = 120.0
PORT_PATIENCE_SECONDS = 2.0  # a killed instance's last worker needs a second to notice


class Command(BaseCommand):
    help = "Run the whole product on this machine: database, web, two workers and beat, as one process tree."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="0 takes any free one")
        parser.add_argument("--no-demo", action="store_true", help="do not load the demo data")

    def handle(self, *, port: int, no_demo: bool, **options: Any) -> None:
        settings.STATE_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._alone() as lock, self._listener(port) as listener:
            url = "http://{}:{}".format(*listener.getsockname())
            lock.write(f"process {os.getpid()}, {url}/admin/")
            lock.flush()
            if "BASE_URL" not in os.environ:
                settings.BASE_URL = url  # what links in the demo's messages begin with
            self._say(_("Preparing the database."))
            call_command("migrate", verbosity=0)
            welcome = "" if no_demo else self._load_demo()
            prepare_folders()
            with ProcessTree().running() as tree:
                start_everything(tree, listener, url)
                self._watch(tree, lock, url, welcome)
                self.stdout.write("Stopping.")

    # Before ----------------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _alone(self) -> Iterator[IO[str]]:
        """One `up` per state directory. The kernel drops the lock on any death."""
        with (settings.STATE_DIR / "up.lock").open("a+") as lock:
            lock.seek(0)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._refuse(f"Causeway already runs from {settings.STATE_DIR} ({lock.read()}): stop it first.")
            lock.truncate()
            yield lock

    @contextlib.contextmanager
    def _listener(self, port: int) -> Iterator[socket.socket]:
        """The web server's socket, taken before anything else: a busy port is known at once, a free one not lost."""
        deadline = time.monotonic() + PORT_PATIENCE_SECONDS
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            while True:
                try:
                    listener.bind((HOST, port))
                    break
                except (OSError, OverflowError) as error:
                    if time.monotonic() > deadline:
                        self._refuse(f"Cannot serve on port {port} ({error}): choose another, `make run PORT=8001`.")
                    time.sleep(0.1)
            yield listener

    def _refuse(self, sentence: str) -> None:
        self.stderr.write(sentence)
        sys.exit(2)

    def _load_demo(self) -> str:
        """What the demo has to say to its visitor, the login above all."""
        said = io.StringIO()
        if not loading.is_loaded() and not rows.holds_other_data():
            self._say(_("Loading the demo, once: about half a minute. `make run DEMO=0` starts without it."))
        try:
            call_command("demo", stdout=said)
        except CommandError as error:
            return _("No demo data: %(why)s") % {"why": error}
        return said.getvalue().strip()

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

    # Meanwhile --------------------------------------------------------------------------------------------------------

    def _watch(self, tree: ProcessTree, lock: IO[str], url: str, welcome: str) -> None:
        """Return when asked to stop; exit with code 1 when we cannot go on."""
        deadline, is_up = time.monotonic() + START_SECONDS, False
        while not tree.wait(1.0 if is_up else 0.1):
            if not is_same_file(lock, settings.STATE_DIR / "up.lock"):
                self._give_up(f"{settings.STATE_DIR} was moved or removed: stopping everything.")
            if ended := tree.ended():
                self._give_up(f"{ended}: stopping everything.")
            if not is_up and time.monotonic() > deadline:
                self._give_up(f"{url} does not answer: stopping everything.")
            if not is_up and answers(url):
                is_up = True
                self.stdout.write(f"Causeway runs at {url}/admin/\n{welcome}\nCtrl-C stops it.")
                self.stdout.flush()

    def _give_up(self, sentence: str) -> None:
        self.stderr.write(sentence)
        sys.exit(1)


def prepare_folders() -> None:
    """Empty folders for beat and for the embedded broker: what rang before a restart means nothing, rows are swept."""
    folders = [settings.STATE_DIR / "beat"]
    if settings.CELERY_BROKER_URL.startswith("filesystem://"):
        folders.append(Path(str(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"])))
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)


def start_everything(tree: ProcessTree, listener: socket.socket, url: str) -> None:
    env = {"BASE_URL": url} | os.environ
    # Celery warns of root, whose tasks others might fake; ours come from a folder of root's own.
    celery = [sys.executable, "-W", "ignore:You're running", "-m", "celery", "--quiet", "-A", "config"]
    quiet = ["-l", "WARNING"]
    web = ["-b", f"fd://{listener.fileno()}", "-k", "gthread", "-w", "1", "--threads", "8", "--graceful-timeout", "8"]
    tree.start(
        "web",
        [sys.executable, "-m", "gunicorn", "config.wsgi", *web, "--no-control-socket", "--log-level", "warning"],
        cwd=settings.BASE_DIR,
        env=env,
        pass_fds=[listener.fileno()],
    )
    listener.close()  # or a visitor would wait for ever at the door of a web server that is gone
    lonely = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    for name in QUEUES:
        worker = [*celery, "worker", *quiet, "-Q", name, "-n", f"{name}@causeway", "-c", "1", *lonely]
        tree.start(f"worker {name}", worker, cwd=settings.BASE_DIR, env=env)
    beat = [*celery, "beat", *quiet, "--schedule", str(settings.STATE_DIR / "beat" / "schedule")]
    tree.start("beat", beat, cwd=settings.BASE_DIR, env=env)


def answers(url: str) -> bool:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def is_same_file(file: IO[str], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False
