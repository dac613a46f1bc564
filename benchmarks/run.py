"""The program: measures, prints a table, and says what missed its target.

::

    python -m benchmarks [--only NAME] [--scale small]
"""

import platform
import sqlite3
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType

import click
from rich.console import Console
from rich.table import Table

from benchmarks import rebuilding, scale, writing
from benchmarks.race import Line
from benchmarks.scale import Scale
from ledger.journal import journal_for

Item = Callable[[Scale], list[Line]]

ITEMS: Mapping[str, Item] = MappingProxyType(
    {"append": writing.append, "import": writing.bulk_import, "rebuild": rebuilding.rebuild}
)
"""What is measured, in the order of the table."""

NOT_MEASURED = (
    ("import", "ours beside the peer"),
    ("caught-up", "one claim appended and the views caught up"),
    ("trace", "by id and by words in the process; the whole command"),
    ("contradictions", "over the JHU change log, cold and warm"),
    ("memory", "of an import and of a rebuild, at two sizes"),
)
"""What has a target and no measure yet; the table says so."""

SCALES = MappingProxyType({"full": scale.full, "small": scale.small})


@click.command()
@click.option("--only", multiple=True, type=click.Choice(list(ITEMS)), help="Measure only this.")
@click.option(
    "--scale", "size", type=click.Choice(list(SCALES)), default="full", show_default=True,
    help="small: seconds, to see that it runs.",
)  # fmt: skip
@click.option(
    "--folder", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where to work: on the disk that is meant (default: a temporary folder).",
)  # fmt: skip
def main(only: Sequence[str], size: str, folder: Path | None) -> None:
    """Measure what wherefrom costs, beside its peer and beside plain SQLite."""
    console = Console()
    console.print(_setting(size), highlight=False)
    table = _table()
    with tempfile.TemporaryDirectory(dir=folder, prefix="wherefrom-bench-") as work:
        chosen = SCALES[size](Path(work))
        for name in only or ITEMS:
            with console.status(f"measuring {name}"):
                lines = ITEMS[name](chosen)
            for line in lines:
                table.add_row(*_cells(line, judged=size == "full"))
    if not only:
        for name, what in NOT_MEASURED:
            table.add_row(name, what, "not measured", "", "", "ours missing")
    console.print(table)


def _setting(size: str) -> str:
    journal = journal_for()
    return (
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"eventsourcing {version('eventsourcing')}, {platform.machine()}, {size} scale\n"
        f"ledger: journal {journal.mode}, synchronous {journal.synchronous} ({journal.reason})"
    )


def _table() -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("item", "what"):
        table.add_column(heading)
    for heading in ("measured", "ratio", "target", ""):
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _cells(line: Line, *, judged: bool) -> tuple[str, ...]:
    bound = "≤" if line.at_most else "≥"
    return (
        line.item,
        line.what,
        line.figure,
        "" if line.ratio is None else f"{line.ratio:.2f}",
        "" if line.target is None else f"{bound} {line.target:g}",
        {None: "", True: "held", False: "MISSED"}[line.held if judged else None],
    )


if __name__ == "__main__":
    main()
