"""Child processes that live and die together, also when their parent is killed."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

GRACE_SECONDS = 10.0
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None)  # loaded before any fork: a child between fork and exec must not import


class ProcessTree:
    """Starts children, each the leader of a process group of its own, and stops them all.

    Signals are waited for, not handled: nothing interrupts a stop halfway, and a second Ctrl-C means "now". Use it in
    the main thread, whose death is what PDEATHSIG reports.
    """

    def __init__(self, *, grace: float = GRACE_SECONDS) -> None:
        self._grace = grace
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        is_deaf = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN  # under nohup
        self._stop_signals = {signal.SIGINT, signal.SIGTERM} | (set() if is_deaf else {signal.SIGHUP})
        self._mask = signal.pthread_sigmask(signal.SIG_BLOCK, ())

    @contextlib.contextmanager
    def running(self) -> Iterator["ProcessTree"]:
        """What is started inside is stopped at the end, come what may."""
        signal.pthread_sigmask(signal.SIG_BLOCK, self._stop_signals | {signal.SIGCHLD})
        try:
            yield self
        finally:
            self._stop()
            signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)

    def start(
        self, name: str, command: Sequence[str], *, cwd: Path, env: Mapping[str, str], pass_fds: Sequence[int] = ()
    ) -> None:
        parent = os.getpid()

        def follow() -> None:
            signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)
            if sys.platform == "linux":
                _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
                if os.getppid() != parent:  # it died before we asked
                    os._exit(1)

        self._children[name] = subprocess.Popen(  # noqa: S603
            command,
            cwd=cwd,
            env=env,
            pass_fds=pass_fds,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=follow,  # noqa: PLW1509 (the parent has one thread)
        )

    def wait(self, seconds: float) -> bool:
        """Wait until somebody asks us to stop (True), a child ends, or the time is over."""
        got = signal.sigtimedwait(self._stop_signals | {signal.SIGCHLD}, seconds)
        return got is not None and got.si_signo in self._stop_signals

    def ended(self) -> str | None:
        """A sentence about the first child that is no more."""
        for name, child in self._children.items():
            if (code := child.poll()) is not None:
                how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
                return f"{name} {how}"
        return None

    def _stop(self) -> None:
        """TERM to the children, who end their own; after a while, or when asked again, KILL to the groups."""
        for child in self._children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + self._grace
        while any(child.poll() is None for child in self._children.values()):
            if self.wait(0.1) or time.monotonic() > deadline:
                break
        for child in self._children.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
