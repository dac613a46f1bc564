"""The program: measures, prints each line as it comes, then a table with what missed its target.

::

    python -m benchmarks [--only NAME] [--scale small] [--folder FOLDER] [--jhu FILE]
    python -m benchmarks --markdown docs/costs.md
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import click
from rich.console import Console

from benchmarks import (
    appending,
    catching_up,
    contradicting,
    importing,
    rebuilding,
    receipting,
    remembering,
    scale,
    shown,
    tracing,
    verifying,
)
from benchmarks.race import Line
from benchmarks.scale import Scale

Item = Callable[[Scale], list[Line]]

ITEMS: Mapping[str, Item] = MappingProxyType(
    {
        "append": appending.append,
        "import": importing.bulk_import,
        "rebuild": rebuilding.rebuild,
        "caught-up": catching_up.caught_up,
        "trace": tracing.traces,
        "contradictions": contradicting.contradictions,
        "verify": verifying.verify,
        "receipt": receipting.receipts,
        "memory": remembering.memory,
    }
)
"""What is measured, in the order of the table."""

SCALES = MappingProxyType({"full": scale.full, "small": scale.small})

JHU = Path("../shared/data/jhu_monthly_changelog.csv.gz")
"""Where the change log is looked for unless told."""

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--only", multiple=True, type=click.Choice(list(ITEMS)), help="Measure only this.")
@click.option(
    "--scale", "size", type=click.Choice(list(SCALES)), default="full", show_default=True,
    help="small: seconds, to see that it runs.",
)  # fmt: skip
@click.option(
    "--folder", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where to work: on the disk that is meant. Large ledgers stay there for the next run "
    "(default: a temporary folder).",
)  # fmt: skip
@click.option(
    "--jhu", type=_FILE, envvar="WHEREFROM_JHU", show_envvar=True,
    help=f"The change log of JHU's series (default: {JHU}, if it is there).",
)  # fmt: skip
@click.option(
    "--markdown", "page", type=_FILE, help="Write the table into this page, between its marks."
)
def main(
    only: Sequence[str], size: str, folder: Path | None, jhu: Path | None, page: Path | None
) -> None:
    """Measure what wherefrom costs, beside its peer and beside plain SQLite."""
    if page is not None and only:
        raise click.UsageError("--markdown is for a whole run: leave --only out")
    if jhu is None and JHU.is_file():
        jhu = JHU
    console = Console()
    said = shown.setting(size)
    console.print("\n".join(said), highlight=False)
    table = shown.table()
    rows = []
    with tempfile.TemporaryDirectory(dir=folder, prefix="wherefrom-bench-") as work:
        chosen = SCALES[size](Path(work), folder or Path(work), jhu)
        for name in only or ITEMS:
            with console.status(f"measuring {name}"):
                lines = ITEMS[name](chosen)
            some = [shown.cells(line, judged=size == "full") for line in lines]
            for row in some:
                console.print("  ".join(filter(None, row)), highlight=False, markup=False)
            rows += some
    for row in rows:
        table.add_row(*row)
    console.print()
    console.print(table)
    if page is not None:
        shown.write_markdown(page, said, rows)


if __name__ == "__main__":
    main()
