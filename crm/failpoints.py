"""Named points at which a process can be told to die, so that tests see what is left: FAILPOINT=import.staged.

FAILPOINT=send.dot:7 lets it pass six times.
"""

import os
import signal
from collections import Counter

_passed: Counter[str] = Counter()


def reach(name: str) -> None:
    """Die here, as by the kernel's hand, where FAILPOINT names this point; else nothing."""
    wanted = os.environ.get("FAILPOINT")
    if not wanted:
        return
    point, _, number = wanted.partition(":")
    if point == name:
        _passed[name] += 1
        if _passed[name] >= int(number or 1):
            os.kill(os.getpid(), signal.SIGKILL)
