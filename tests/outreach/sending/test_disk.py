"""A full disk: what cannot be written down is not sent, what was sent and could not be written down is told, once."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ALONE = "mount -t tmpfs -o size=400m,mode=755 none /var/lib/causeway"


@pytest.mark.slow
def test_with_a_full_disk_nothing_is_sent_twice_and_it_goes_on_once_there_is_room():
    may = shutil.which("unshare") and os.geteuid() == 0
    if not may or subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True).returncode:
        pytest.skip("needs root and `unshare -m` for a small disk of its own: a full disk was not tried")
    Path("/var/lib/causeway").mkdir(mode=0o755, exist_ok=True)
    program = f"{ALONE} && exec '{sys.executable}' -m tests.outreach.sending.full_disk"
    ran = subprocess.run(
        ["unshare", "-m", "sh", "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=600
    )
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-4000:]
    assert "'sent': " in ran.stdout
