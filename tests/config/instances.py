"""`manage.py up` as a process of its own, seen from outside."""

import os
import re
import select
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Instance:
    """`manage.py up` in a state directory of its own; port 0 is any free one."""

    def __init__(self, state: Path, port: int = 0, *, with_demo: bool = False, **settings: str) -> None:
        self.state = state
        self.environment = environment(state, **settings)
        self.process = subprocess.Popen(
            [sys.executable, ROOT / "manage.py", "up", "--port", str(port), *([] if with_demo else ["--no-demo"])],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def up(self) -> "Instance":
        """Once it has said where it is."""
        said = b""
        while not (found := re.search(rb"http://127.0.0.1:(\d+)/admin/\n", said)):
            assert select.select([self.process.stdout], [], [], 120)[0], said
            more = os.read(self.process.stdout.fileno(), 4096)
            assert more, said
            said += more
        self.port = int(found[1])
        return self

    def children(self) -> list[int]:
        """All that it started, the database apart."""
        own = []
        for path in Path("/proc").glob("[0-9]*"):
            try:
                is_ours = f"APP_STATE_DIR={self.state.parent}\0".encode() in (path / "environ").read_bytes()
            except OSError:
                continue
            if is_ours and int(path.name) != self.process.pid:
                own.append(int(path.name))
        return own

    def rest(self) -> str:
        return self.process.communicate(timeout=60)[0].decode()

    def find(self, words: str) -> int:
        """The child with these words on its command line whose parent is `up` itself."""
        for pid in self.children():
            line = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
            parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
            if words in line and int(parent) == self.process.pid:
                return pid
        raise AssertionError(words)

    def run(self, script: str) -> str:
        """What a Python program prints that works with the rows of this instance."""
        program = f"import django; django.setup()\n{script}"
        environment = self.environment | {"DJANGO_SETTINGS_MODULE": "config.settings"}
        ran = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout


def environment(state: Path, **settings: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in {"CELERY_BROKER_URL", "DATABASE_URL"}}
    return inherited | {"APP_STATE_DIR": str(state.parent)} | settings
