"""What a report costs: over much that is contested, and over real data.

The first is invented: a million claims, and in more than one key of ten some conflict. The
report is asked for *warm*, with its views caught up, and again after one more claim was recorded
on the key that holds most: only what that claim touches is judged again.

The second is the change log of Johns Hopkins University's series. It has some 263,000 rows, and
is no part of the project: `--jhu FILE` or ``WHEREFROM_JHU`` says where it lies. It is brought in
by the recipe of ``docs/real-data.md``, once, and then the report as text is asked for in two
ways: by the function that the command is, in this process, and by the whole command in one of its
own. *Cold* means that there is no file of views, so that every view is made first; *warm*, that
they are caught up.
"""

import io
from collections.abc import Callable
from contextlib import closing, redirect_stdout
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path

import click

from benchmarks import commands, ours
from benchmarks.durations import in_turns, within
from benchmarks.kept import Desk, desk
from benchmarks.race import Line
from benchmarks.scale import Scale
from benchmarks.workload import crowded_claim
from cli.input_files import open_text
from cli.main import run
from ledger.sqlite import SqliteStore
from projections.views import views_path

_ITEM = "contradictions"
CONTESTED, WRONG_THERE = 8, 0.1
"""One key of eight holds wrong claims, and in it one claim of ten is; that makes a little more than
one key in ten of which claims conflict."""

_COUNTED = ("deaths", "confirmed")
_DEFINE = "define --type quantity --unit people --over-time cumulative-up".split()
_RECIPE = (
    *"--map subject=country --map as_of=date --map value=value --map published=published".split(),
    *("--set", "predicate=COVID-19 {property}", "--set", "claimant=JHU CSSE"),
    *("--set", "via=datasets/covid-19"),
)


def contradictions(scale: Scale) -> list[Line]:
    """Report what is contested: among many invented claims, and in the change log."""
    return [*_contested(scale), *_real(scale)]


def _contested(scale: Scale) -> list[Line]:
    """Report on a ledger in which more than one key of ten holds claims that conflict."""
    with desk(scale.kept, scale.many, WRONG_THERE, CONTESTED) as here:
        keys, in_conflict = _keys(here)
        warm = partial(_in_process, here.path, "contradictions")
        command = partial(commands.run, "wherefrom", "--db", here.path, "contradictions")

        def one_more(_: int) -> None:
            event = ours.event(crowded_claim(here.ledger.size()))
            here.ledger.append([event], ours.RECORDER)
            here.views.release()
            warm()
            here.views.catch_up()

        here.views.release()
        took = in_turns(
            scale.turns,
            {
                "warm, in the process": lambda _: warm(),
                "warm, the whole command": lambda _: command(),
                "one claim more and the report, in the process": one_more,
            },
        )
    what = f"{scale.many:,} claims, {in_conflict:,} of {keys:,} keys in conflict"
    return [within(_ITEM, f"{what}, {how}", found, 3) for how, found in took.items()]


def _keys(here: Desk) -> tuple[int, int]:
    """Return how many keys there are, and how many have a contradiction or a tension."""
    ask = here.views.connection.execute
    [keys] = ask("SELECT count(*) FROM keys").fetchone()
    [found] = ask("SELECT count(DISTINCT key) FROM findings WHERE rule <> 'revision'").fetchone()
    return keys, found


def _real(scale: Scale) -> list[Line]:
    if scale.jhu is None:
        return [Line(_ITEM, "over the JHU change log, cold and warm", "no --jhu FILE")]
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
        within(_ITEM, f"{size:,} JHU figures, {how}", found, 10 if how.startswith("cold") else 0.5)
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
