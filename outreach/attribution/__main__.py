"""What each model gives each channel of a table of paths.

python -m outreach.attribution FILE.csv [--json] [--order 1] [--direct NAME]
"""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from outreach.attribution import files, models
from outreach.attribution.paths import models_can_differ
from outreach.attribution.tables import Table


def main(arguments: Sequence[str]) -> int:
    """0, or 2 where the file is not what it should be."""
    options = _parser().parse_args(arguments)
    try:
        table = files.read(options.file, direct=options.direct or files.DIRECT)
    except files.BadFileError as error:
        sys.stderr.write(f"{options.file}: {error}\n")
        return 2
    credits = models.every(table, order=options.order)
    lines = [json.dumps(_told(table, credits, options.order), ensure_ascii=False)] if options.json else []
    sys.stdout.writelines(f"{line}\n" for line in lines or _written(table, credits, options.order))
    return 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser("python -m outreach.attribution", description=files.__doc__)
    parser.formatter_class = RawDescriptionHelpFormatter
    parser.add_argument("file", type=Path, metavar="FILE.csv")
    parser.add_argument("--json", action="store_true", help="for programs: {models: {name: {channel: …}}}")
    parser.add_argument("--order", type=_order, default=1, help="how many touches the Markov chain remembers (1)")
    parser.add_argument("--direct", action="append", metavar="NAME", help="who came from nowhere (direct, (direct))")
    return parser


def _order(said: str) -> int:
    if not said.isdecimal() or int(said) < 1:
        raise ArgumentTypeError(f"“{said}” is no number of touches. Write 1 or more.")
    return int(said)


def _told(table: Table, credits: dict[str, models.Credit], order: int) -> dict[str, Any]:
    single = table.single_touch_share()
    return {
        "models": {name: models.by_name(table, credit) for name, credit in credits.items()},
        "order": order,
        "sampling_error": {"markov": 0, "shapley": 0},  # nothing is drawn at random
        "single_touch_share": float(single),
        "models_can_differ": models_can_differ(single),
    }


def _written(table: Table, credits: dict[str, models.Credit], order: int) -> Iterator[str]:
    yield from _figures("conversions", table, {name: credit.conversions for name, credit in credits.items()})
    if table.values is not None:
        yield ""
        yield from _figures("value", table, {name: credit.values for name, credit in credits.items()})
    yield ""
    yield f"Markov chain of order {order}. Markov and Shapley are exact: nothing is drawn at random, sampling error 0."
    yield "A table of paths has no dates, so there is no time decay."
    single = table.single_touch_share()
    yield f"{float(single):.1%} of conversions had a single touch" + (
        "." if models_can_differ(single) else ": the models cannot differ here."
    )
    yield "Models share out what happened. None of them proves what caused it (docs/attribution.md)."


def _figures(title: str, table: Table, columns: dict[str, Any]) -> Iterator[str]:
    width = max(len(title), *(len(channel) for channel in table.channels))
    yield "  ".join([f"{title:{width}}", *(f"{name:>15}" for name in columns)])
    for place, channel in enumerate(table.channels):
        yield "  ".join([f"{channel:{width}}", *(f"{figures[place]:15,.2f}" for figures in columns.values())])
    yield "  ".join([f"{'all':{width}}", *(f"{figures.sum():15,.2f}" for figures in columns.values())])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
