"""Make `.venv` hold what a requirements file pins. Standard library only: it runs before anything is installed.

python3 bootstrap.py requirements.txt

A stamp in `.venv` tells a warm start that there is nothing to do. Safe to run twice at once, and to interrupt.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
# What a file includes: whoever installed the second has the first.
INCLUDES = {"requirements.txt": [], "requirements-dev.txt": ["requirements.txt"]}


def wanted(requirements: str) -> dict[str, str]:
    """What the stamp says once this file is installed. A new interpreter behind `.venv` voids it too."""
    files = [requirements, *INCLUDES[requirements]]
    digests = {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in files}
    return digests | {"python": str(PYTHON.resolve())}


def is_installed(requirements: str) -> bool:
    try:
        return bool(wanted(requirements).items() <= json.loads(STAMP.read_text()).items())
    except (OSError, ValueError):
        return False


def install(requirements: str) -> None:
    STAMP.unlink(missing_ok=True)
    if not (PYTHON.exists() and pip("--version", stdout=subprocess.DEVNULL)):
        venv.create(VENV, clear=True, symlinks=True, with_pip=True)
    sys.stdout.write(f"Installing {requirements} into .venv; the first time takes a minute or two.\n")
    sys.stdout.flush()
    if not pip("install", "--quiet", "--require-hashes", "--no-warn-script-location", "-r", requirements):
        sys.exit(f"Could not install {requirements}: pip says why above; the same command again goes on from here.")
    STAMP.write_text(json.dumps(wanted(requirements)))


def pip(*words: str, stdout: int | None = None) -> bool:
    command = [str(PYTHON), "-m", "pip", "--no-input", "--disable-pip-version-check", *words]
    environment = os.environ | {"PIP_ROOT_USER_ACTION": "ignore"}
    return subprocess.run(command, cwd=ROOT, env=environment, stdout=stdout, check=False).returncode == 0  # noqa: S603


def main() -> None:
    (requirements,) = sys.argv[1:]
    handle = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)  # `make run` and `make test` may begin side by side
    if not is_installed(requirements):
        install(requirements)


if __name__ == "__main__":
    main()
