"""What a report costs over real data: the change log of Johns Hopkins University's series.

It has some 263,000 rows, and is no part of the project: `--jhu FILE` or ``WHEREFROM_JHU`` says
where it lies. It is brought in by the recipe of ``docs/real-data.md``, once, and then the
report as text is asked for in two ways: by the function that the command is, in this process,
and by the whole command in one of its own. *Cold* means that there is no file of views, so
that every view is made first; *warm*, that they are caught up.
"""

import io
from collections.abc import Callable
from contextlib import closing, redirect_stdout
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path

import click

from benchmarks import commands
from benchmarks.durations import in_turns, within
from benchmarks.race import Line
from benchmarks.scale import Scale
from cli.input_files import open_text
from cli.main import run
from ledger.sqlite import SqliteStore
from projections.views import views_path

_COUNTED = ("deaths", "confirmed")
_DEFINE = "define --type quantity --unit people --over-time cumulative-up".split()
_RECIPE = (
    *"--map subject=country --map as_of=date --map value=value --map published=published".split(),
    *("--set", "predicate=COVID-19 {property}", "--set", "claimant=JHU CSSE"),
    *("--set", "via=datasets/covid-19"),
)


def contradictions(scale: Scale) -> list[Line]:
    """Report the contradictions of the change log from cold views and from warm ones."""
    item = "contradictions"
    if scale.jhu is None:
        return [Line(item, "over the JHU change log, cold and warm", "no --jhu FILE")]
    path = _ledger(scale.kept, scale.jhu, scale.jhu_rows)
    here = partial(_in_process, path, "contradictions")
    command = partial(commands.run, "wherefrom", "--db", path, "contradictions")
    took = in_turns(
        scale.turns,
        {
            "cold, in the process": lambda _: _cold(path, here),
            "warm, in the process": lambda _: here(),
            "cold, the whole command": lambda _: _cold(path, command),
            "warm, the whole command": lambda _: command(),
        },
    )
    with closing(SqliteStore.open(path)) as store:
        size = store.size() - len(_COUNTED)
    return [
        within(item, f"{size:,} JHU figures, {how}", found, 10 if how.startswith("cold") else 0.5)
        for how, found in took.items()
    ]


def _ledger(folder: Path, file: Path, rows: int | None) -> Path:
    """Return the ledger of the change log, or of its first rows; made if it is not there."""
    digest = sha256(file.read_bytes()).hexdigest()[:8]
    path = folder / f"jhu-{rows or 'all'}-{digest}.db"
    for what in _COUNTED:
        _in_process(path, *_DEFINE, f"COVID-19 {what}")
    with closing(SqliteStore.open(path)) as store:
        if store.size() > len(_COUNTED):
            return path
    if rows is not None:
        file = _head(file, rows, folder / f"jhu-{rows}-{digest}.csv")
    commands.run("wherefrom", "--db", path, "import", file, *_RECIPE)
    return path


def _head(file: Path, rows: int, part: Path) -> Path:
    """Write the first rows of a table to a file of their own."""
    with open_text(str(file), lambda _: None) as lines:
        part.write_text("".join(islice(lines, rows + 1)), encoding="utf-8")
    return part


def _cold(path: Path, answer: Callable[[], None]) -> None:
    """Answer without a file of views."""
    for file in path.parent.glob(f"{views_path(path).name}*"):
        file.unlink()
    answer()


def _in_process(path: Path, *arguments: str) -> None:
    with redirect_stdout(io.TextIOWrapper(io.BytesIO(), "utf-8")):
        if code := run(["--db", str(path), *arguments]):
            raise click.ClickException(f"wherefrom {' '.join(arguments)}: exit {code}")
