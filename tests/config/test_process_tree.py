"""A parent of its own in every row, since signals and deaths are what is tested."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

PARENT = """
import os, sys
from pathlib import Path
from config.process_tree import ProcessTree

with ProcessTree(grace={grace}).running() as tree:
    for name in ("one", "two"):
        tree.start(name, {command}, cwd=Path("/"), env=os.environ)
    print(*(child.pid for child in tree._children.values()), flush=True)
    while not tree.wait(5):
        if ended := tree.ended():
            print(ended, flush=True)
            break
print("stopped", flush=True)
"""
SLEEP = ["sleep", "600"]
STUBBORN = ["env", "--ignore-signal=TERM", "sleep", "600"]
WITH_GRANDCHILD = ["bash", "-c", "trap 'exit 0' TERM; (trap '' TERM; exec sleep 601) & wait"]


class Parent:
    def __init__(self, command: list[str], *, grace: float = 10, prefix: tuple[str, ...] = ()) -> None:
        script = PARENT.format(command=command, grace=grace)
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        self.children = [int(pid) for pid in self.process.stdout.readline().split()]

    def deaf(self) -> "Parent":
        """Once its children ignore TERM."""
        deadline = time.monotonic() + 10
        while not all(signals(pid, "SigIgn") >> signal.SIGTERM - 1 & 1 for pid in self.children):
            assert time.monotonic() < deadline
        return self

    def rest(self) -> str:
        watchdog = threading.Timer(30, self.kill)
        watchdog.start()
        said = self.process.stdout.read()  # not communicate(), which overlooks what readline() has buffered
        watchdog.cancel()
        self.process.wait(timeout=30)
        return said

    def kill(self) -> None:
        self.process.kill()
        for pid in alive(self.children):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def begin() -> Iterator[Callable[..., Parent]]:
    """Begins parents, and ends those that a row left."""
    parents = []

    def begin(*args: Any, **options: Any) -> Parent:
        parents.append(Parent(*args, **options))
        return parents[-1]

    yield begin
    for parent in parents:
        parent.kill()
        parent.process.communicate()


def signals(pid: int, kind: str) -> int:
    return int(Path(f"/proc/{pid}/status").read_text().partition(f"{kind}:")[2].split()[0], 16)


def alive(pids: list[int]) -> list[int]:
    """Zombies are dead."""
    found = []
    for pid in pids:
        stat = Path(f"/proc/{pid}/stat")
        if stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z":
            found.append(pid)
    return found


def gone_within(seconds: float, pids: list[int]) -> bool:
    deadline = time.monotonic() + seconds
    while alive(pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not alive(pids)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_asked_to_stop_it_stops_its_children_and_leaves_in_good_order(begin, number):
    parent = begin(SLEEP)
    assert alive(parent.children) == parent.children
    parent.process.send_signal(number)
    assert parent.rest() == "stopped\n"
    assert parent.process.returncode == 0
    assert alive(parent.children) == []


def test_under_nohup_a_closed_terminal_changes_nothing(begin):
    parent = begin(SLEEP, prefix=("nohup",))
    parent.process.send_signal(signal.SIGHUP)
    assert not gone_within(0.5, parent.children)
    parent.process.terminate()
    assert parent.rest() == "stopped\n"


def test_a_childs_end_is_told_and_ends_the_others(begin):
    parent = begin(SLEEP)
    os.kill(parent.children[1], signal.SIGKILL)
    assert parent.rest() == "two was killed by SIGKILL\nstopped\n"
    assert alive(parent.children) == []


def test_an_exit_code_is_told(begin):
    assert begin(["false"]).rest() in {f"{name} ended with exit code 1\nstopped\n" for name in ("one", "two")}


def test_who_does_not_listen_is_killed_after_the_grace(begin):
    parent = begin(STUBBORN, grace=1).deaf()
    parent.process.terminate()
    began = time.monotonic()
    assert parent.rest() == "stopped\n"
    assert 0.5 < time.monotonic() - began < 8
    assert alive(parent.children) == []


def test_a_second_signal_means_now(begin):
    parent = begin(STUBBORN, grace=60).deaf()
    parent.process.terminate()
    assert not gone_within(0.5, parent.children)
    parent.process.terminate()
    assert parent.rest() == "stopped\n"
    assert alive(parent.children) == []


def test_what_a_child_leaves_behind_is_killed_with_its_group(begin):
    parent = begin(WITH_GRANDCHILD)
    command = ["pgrep", "-f", "sleep 601", "-g", ",".join(map(str, parent.children))]
    deadline = time.monotonic() + 10
    while len(found := subprocess.run(command, capture_output=True, check=False).stdout.split()) < 2:
        assert time.monotonic() < deadline
    parent.process.terminate()
    assert parent.rest() == "stopped\n"
    assert gone_within(5, [int(pid) for pid in found])


def test_killed_it_takes_its_children_along(begin):
    parent = begin(STUBBORN).deaf()
    parent.process.kill()
    assert gone_within(5, parent.children)


def test_a_child_hears_signals_and_has_its_own_group(begin):
    parent = begin(SLEEP)
    for pid in parent.children:
        assert signals(pid, "SigBlk") == 0
        assert os.getpgid(pid) == pid
    parent.process.terminate()
    parent.rest()
