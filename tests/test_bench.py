"""The measurements run to their end, with a few rows: a table that changed is noticed before somebody asks for figures."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = sorted(path.stem for path in (ROOT / "bench").glob("[a-z]*.py") if path.stem != "database")
ROWS = {"lists": 1_100}


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_measurement_runs_to_its_end(script):
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{script}", str(ROWS.get(script, 400))],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
