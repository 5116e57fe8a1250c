"""Named points at which a process can be told to die, or to wait, so that tests see what is left, or who comes between.

FAILPOINT=import.staged: die there; FAILPOINT=send.dot:7 lets it pass six times.
HOLDPOINT=gate.decided:FOLDER: make FOLDER/here, then wait for FOLDER/go.
"""

import os
import signal
import time
from collections import Counter
from pathlib import Path

_PATIENCE = 60.0  # seconds; whoever was forgotten goes on

_passed: Counter[str] = Counter()


def reach(name: str) -> None:
    """Die here, as by the kernel's hand, or wait, where the environment names this point; else nothing."""
    point, _, number = os.environ.get("FAILPOINT", "").partition(":")
    if point == name:
        _passed[name] += 1
        if _passed[name] >= int(number or 1):
            os.kill(os.getpid(), signal.SIGKILL)
    point, _, folder = os.environ.get("HOLDPOINT", "").partition(":")
    if point == name:
        _wait(Path(folder))


def _wait(folder: Path) -> None:
    (folder / "here").touch()
    until = time.monotonic() + _PATIENCE
    while not (folder / "go").exists() and time.monotonic() < until:
        time.sleep(0.001)
