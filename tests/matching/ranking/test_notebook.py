"""What docs/ranker.md shows runs as it stands there."""

from pathlib import Path

from tests.config.instances import ROOT


def test_the_example_of_the_docs_ranks_the_dogs_friends_first(capsys):
    text = (Path(ROOT) / "docs" / "ranker.md").read_text("utf-8")
    example = text.split("```python\n")[1].split("```")[0]
    exec(compile(example, "docs/ranker.md", "exec"), {})
    places = [line.split()[1] for line in capsys.readouterr().out.splitlines()]
    assert places == ["3", "1", "2"]
