"""The table of a run: on the terminal, and between two marks of a page of the documentation."""

import os
import platform
import sqlite3
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import click
from rich.table import Table

from benchmarks.durations import spelt
from benchmarks.race import Line
from ledger.journal import journal_for

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
_HEADINGS = ("item", "what", "measured", "ratio", "target", "verdict")


def setting(size: str) -> list[str]:
    """Say what was measured with what: the cores and the versions that decide the figures."""
    journal = journal_for()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return [
        f"{cores} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"eventsourcing {version('eventsourcing')}; {size} scale",
        f"ledger: journal {journal.mode}, synchronous {journal.synchronous} ({journal.reason})",
    ]


def table() -> Table:
    """Return the table for the terminal, without its rows."""
    made = Table(box=None, pad_edge=False)
    for number, heading in enumerate(_HEADINGS):
        made.add_column(heading, justify="left" if number < 2 else "right", no_wrap=number > 2)
    return made


def cells(line: Line, *, judged: bool) -> tuple[str, ...]:
    """Return a line as texts; the verdict only where the run was large enough to be judged."""
    bound = "≤" if line.at_most else "≥"
    target = ""
    if line.target is not None:
        amount = f"{line.target:g}" if line.seconds is None else spelt(line.target)
        target = f"{bound} {amount}"
    return (
        line.item,
        line.what,
        line.figure,
        "" if line.ratio is None else f"{line.ratio:.2f}",
        target,
        {None: "", True: "held", False: "MISSED"}[line.held if judged else None],
    )


def write_markdown(page: Path, said: Iterable[str], rows: Iterable[tuple[str, ...]]) -> None:
    """Put the table of a run in the place of the one between the marks of a page.

    Raises ``ClickException`` where the page has no marks.
    """
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise click.ClickException(f"{page}: no {BEGIN} and {END} to write between")
    made = [_HEADINGS, ("---", "---", "---:", "---:", "---:", "---"), *rows]
    lines = [*(f"{sentence}  " for sentence in said), ""]
    lines += [f"| {' | '.join(row)} |" for row in made]
    page.write_text(f"{before}{BEGIN}\n{chr(10).join(lines)}\n{END}{after}", encoding="utf-8")
