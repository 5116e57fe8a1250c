"""Looking at embedded servers from outside, without their own book-keeping."""

import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

from config.embedded_pg import EmbeddedPostgres, server_arguments


def servers(state: Path) -> list[int]:
    """The live servers that listen for this state directory."""
    socket_dir = os.fsencode(EmbeddedPostgres(state).socket_dir)
    pids = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
    return [pid for pid in pids if socket_dir in server_arguments(pid)]


def home_of(state: Path) -> Path:
    """Where the cluster's files are: elsewhere for root."""
    return Path((state / "home").read_text()) if (state / "home").exists() else state


def wipe(state: Path) -> None:
    """Stop what a failed row left running, and remove it all, what lives outside the state directory too."""
    for pid in servers(state):
        os.kill(pid, signal.SIGKILL)
    for folder in (home_of(state), EmbeddedPostgres(state).socket_dir):
        shutil.rmtree(folder, ignore_errors=True)


def within(seconds: float, condition: Callable[[], object]) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
