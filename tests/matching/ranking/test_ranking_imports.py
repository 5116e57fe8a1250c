"""The library of the ranking stands on numpy and scipy alone: whoever ranks need not wait for more to be loaded. Whoever
learns does.
"""

import subprocess
import sys
from pathlib import Path

import matching.ranking

HERE = Path(matching.ranking.__file__).parent
MODULES = sorted(
    ".".join(parts)
    for path in HERE.rglob("*.py")
    if path.stem != "__init__" and (parts := path.relative_to(HERE).with_suffix("").parts)[0] != "learning"
)


def test_nothing_brings_django_or_scikit_learn():
    code = (
        f"import sys; [__import__('matching.ranking.' + name) for name in {MODULES!r}]; "
        "print(sorted({'sklearn', 'django', 'rest_framework', 'celery'} & set(sys.modules)))"
    )
    run = subprocess.run(  # a fresh process: this one has long loaded everything
        [sys.executable, "-c", code], cwd=HERE.parents[1], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
