"""What docs/ranker.md shows runs as it stands there."""

from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from tests.config.instances import ROOT


def shown(number: int) -> str:
    """What the example of this number prints."""
    text = (Path(ROOT) / "docs" / "ranker.md").read_text("utf-8")
    example = text.split("```python\n")[number].split("```")[0]
    with redirect_stdout(StringIO()) as said:
        exec(compile(example, "docs/ranker.md", "exec"), {})
    return said.getvalue()


def test_the_example_of_the_docs_ranks_the_dogs_friends_first():
    assert [line.split()[1] for line in shown(1).splitlines()] == ["3", "1", "2"]


def test_the_example_of_the_docs_learns_what_the_outcomes_hang_on():
    scorecard, learned = (float(word) for word in shown(2).split()[:2])
    assert scorecard < 0.8 < learned
