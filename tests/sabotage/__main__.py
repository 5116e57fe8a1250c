"""Every guarantee is seen failing: each deliberate defect is put in, one at a time, and its tests must turn red.

python -m tests.sabotage [--only WORD] [--jobs 2]

The defects stand in *.toml beside this file. Each is put into a copy of the tree, never into the tree itself.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

from tests.sabotage.defects import ROOT, Defect, every

FAILED = re.compile(r"\b\d+ failed\b")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sabotage", description=__doc__)
    parser.add_argument("--only", default="", help="defects with this word in their file, guarantee or tests")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    chosen = [defect for defect in every() if options.only.lower() in defect.said.lower()]
    caught = 0
    with copies(options.jobs) as free, ThreadPoolExecutor(options.jobs) as pool:
        with borrowed(free) as copy:  # what is red by itself catches nothing
            if chosen and (red := run_tests(copy, sorted({test for defect in chosen for test in defect.tests})))[0]:
                print(f"Red without any defect: {red[1]}")
                return 1
        for defect, verdict, seconds in pool.map(lambda defect: tried(defect, free), chosen):
            caught += verdict == "caught"
            print(f"{verdict:9} {seconds:4.0f} s  {defect.guarantee}  [{defect.file}]", flush=True)
    print(f"{caught} of {len(chosen)} caught")
    return 0 if caught == len(chosen) > 0 else 1


@contextmanager
def copies(number: int) -> Iterator["SimpleQueue[Path]"]:
    """So many copies of what git knows of the tree, each used by one defect at a time."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    with tempfile.TemporaryDirectory() as folder:
        free: SimpleQueue[Path] = SimpleQueue()
        for number_ in range(number):
            copy = Path(folder, str(number_))
            for name in filter(None, files):
                if (ROOT / name).is_file():
                    (copy / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(ROOT / name, copy / name)
            free.put(copy)
        yield free


@contextmanager
def borrowed(free: "SimpleQueue[Path]") -> Iterator[Path]:
    copy = free.get()
    try:
        yield copy
    finally:
        free.put(copy)


def tried(defect: Defect, free: "SimpleQueue[Path]") -> tuple[Defect, str, float]:
    with borrowed(free) as copy:
        path, started = copy / defect.file, time.monotonic()
        whole = path.read_text()
        try:
            path.write_text(whole.replace(defect.old, defect.new))
            code, told = run_tests(copy, defect.tests)
        finally:
            path.write_text(whole)
    # Red for another reason (nothing collected, a broken import) proves nothing.
    verdict = "caught" if code == 1 and FAILED.search(told) else "MISSED" if code == 0 else "BROKEN"
    return defect, verdict, time.monotonic() - started


def run_tests(copy: Path, tests: Iterable[str]) -> tuple[int, str]:
    """How pytest ended, and its last line."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run(command, cwd=copy, capture_output=True, text=True, env=environment)
    return run.returncode, (run.stdout or run.stderr).strip().rsplit("\n", 1)[-1]


if __name__ == "__main__":
    sys.exit(main())
