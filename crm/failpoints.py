"""Named points at which a process can be told to die, or to wait, so that tests see what is left, or who comes between.

FAILPOINT=import.staged: die there. HOLDPOINT=gate.decided:FOLDER: make FOLDER/here, then wait for FOLDER/go.
"""

import os
import signal
import time
from pathlib import Path

_PATIENCE = 60.0  # seconds; whoever was forgotten goes on


def reach(name: str) -> None:
    """Die here, as by the kernel's hand, or wait, where the environment names this point; else nothing."""
    if os.environ.get("FAILPOINT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
    point, _colon, folder = os.environ.get("HOLDPOINT", "").partition(":")
    if point == name:
        _wait(Path(folder))


def _wait(folder: Path) -> None:
    (folder / "here").touch()
    until = time.monotonic() + _PATIENCE
    while not (folder / "go").exists() and time.monotonic() < until:
        time.sleep(0.001)
