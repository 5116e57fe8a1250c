import subprocess
import sys
from pathlib import Path

import pytest

import matching.ranking

HERE = Path(matching.ranking.__file__).parent
MODULES = sorted(path.stem for path in HERE.glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize(
    ("modules", "loaded"),
    [([name for name in MODULES if name != "text"], "[]"), (["text"], "['sklearn']")],
    ids=["all_but_text", "text"],
)
def test_only_text_brings_scikit_learn_and_nothing_brings_django(modules, loaded):
    code = (
        f"import sys; [__import__('matching.ranking.' + name) for name in {modules!r}]; "
        "print(sorted({'sklearn', 'django', 'rest_framework', 'celery'} & set(sys.modules)))"
    )
    run = subprocess.run(  # a fresh process: this one has long loaded everything
        [sys.executable, "-c", code], cwd=HERE.parents[1], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == loaded
