"""How an answer leaves: as text for a person, or in a form that other programs read.

The forms and their options are those of `sqlite-utils`: `--json`, `--nl`, `--csv`, `--tsv`, `-t`.
Whatever is shown is harmless first, each form in its own way (:mod:`cli.harmless`). Colours are
for a terminal whose user has not asked for none (``NO_COLOR``, https://no-color.org).
"""

import csv
import json
import os
import re
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, Final, Literal, TypeVar

import click

from cli.harmless import cell, json_text
from cli.harmless import plain as plain

Form = Literal["text", "json", "nl", "csv", "tsv", "table"]

MOST: Final = 1_000_000_000
"""The largest number that an option takes for how many."""

Record = TypeVar("Record")

_AHEAD: Final = 10_000

PIPE_WIDTH: Final = 80
"""Columns of text where there is no terminal to ask."""

_NOT_ASCII: Final = re.compile("[^\x00-\x7f]+")
_OPTIONS: Final = (
    ("--json", "json", "Answer as a JSON array."),
    ("--nl", "nl", "Answer as JSON, one object a line."),
    ("--csv", "csv", "Answer as CSV."),
    ("--tsv", "tsv", "Answer as tab-separated values."),
    ("-t", "table", "Answer as a table."),
)


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of the forms; it gets the one chosen as ``form``."""
    for name, form, help_ in reversed(_OPTIONS):
        names = (name, "--table") if name == "-t" else (name,)
        command = click.option(*names, "form", flag_value=form, type=str, help=help_)(command)
    return click.option("--text", "form", flag_value="text", default="text", hidden=True)(command)


def on_terminal() -> bool:
    """Whether a person reads stdout on a terminal."""
    return sys.stdout.isatty()


def paint(text: str, **style: Any) -> str:
    """Return ``text`` in a style of :func:`click.style`, where colours are wanted."""
    dumb = os.environ.get("TERM") == "dumb"
    if not on_terminal() or dumb or os.environ.get("NO_COLOR"):
        return text
    return click.style(text, **style)


def width() -> int:
    """Return the columns that text may fill."""
    return shutil.get_terminal_size().columns if on_terminal() else PIPE_WIDTH


def wrapped(text: str, indent: str = "", hanging: str | None = None) -> str:
    """Return ``text`` in lines that fit, after ``indent``; the lines after the first ``hanging``.

    A word longer than a line stays whole: it may be an id or an address to be copied.
    """
    text, room = plain(text), max(width(), 40)
    if len(indent) + len(text) <= room:
        return f"{indent}{text}".rstrip(" ")
    return textwrap.fill(
        text,
        room,
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def emit(
    form: Form,
    records: Iterable[Mapping[str, Any]],
    columns: Sequence[str],
    cells: Callable[[Mapping[str, Any]], Sequence[Any]],
) -> None:
    """Write ``records`` in a data form: whole as JSON, as their ``cells`` under ``columns`` else.

    ``None`` is an empty cell.
    """
    if form in ("json", "nl"):
        emit_json((json.dumps(record, ensure_ascii=False) for record in records), form)
    elif form == "table":
        print_table(columns, (cells(record) for record in records))
    else:
        _emit_csv(form, columns, (cells(record) for record in records))


def _ahead(records: Iterable[Record]) -> Iterator[Record]:
    """Have the first records at hand before any is written: till then all can be asked anew."""
    rest = iter(records)
    return chain(list(islice(rest, _AHEAD)), rest)


def echo_json(record: Mapping[str, Any]) -> None:
    """Write one record as JSON on a line."""
    click.echo(_encodable(json.dumps(record, ensure_ascii=False)))


def _encodable(text: str) -> str:
    """Return a JSON text as the same JSON: harmless, and in whatever encoding stdout has."""
    text = json_text(text)
    if (sys.stdout.encoding or "").lower().replace("_", "-") in ("utf-8", "utf8"):
        return text
    return _NOT_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], text)


def emit_json(texts: Iterable[str], form: Form) -> None:
    """Write records that are JSON texts already, as an array or, for ``nl``, one a line."""
    texts = _ahead(map(_encodable, texts))
    write = sys.stdout.write
    if form == "nl":
        for text in texts:
            write(text + "\n")
        return
    write("[")
    for number, text in enumerate(texts):
        write(",\n " + text if number else text)
    write("]\n")


def say(line: str = "") -> None:
    """Write a line that is harmless already: as ``click.echo`` does, but without its flush.

    A report may have a hundred thousand lines.
    """
    sys.stdout.write(f"{line}\n")


def write_lines(lines: Iterable[str]) -> None:
    """Write lines that are harmless already."""
    for line in lines:
        say(line)


def write_html(parts: Iterable[str]) -> None:
    """Write a page of HTML; what stdout cannot encode comes as character references."""
    encoding = sys.stdout.encoding or "ascii"
    for part in parts:
        sys.stdout.write(part.encode(encoding, "xmlcharrefreplace").decode(encoding))


def _emit_csv(form: Form, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    rows = _ahead(rows)
    writer = csv.writer(sys.stdout, delimiter="\t" if form == "tsv" else ",", lineterminator="\n")
    writer.writerow(columns)
    on_one_line = plain if on_terminal() else str
    writer.writerows(
        ["" if said is None else cell(on_one_line(str(said))) for said in row] for row in rows
    )


class Styled(str):
    """The text of a table's cell, in a style of rich where the table is on a terminal."""

    style = ""

    def __new__(cls, text: str, style: str) -> "Styled":
        """Return ``text`` with a style."""
        cell = super().__new__(cls, text)
        cell.style = style
        return cell


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    indent: int = 0,
    limit: int | None = None,
    header_limit: int = 100,
) -> None:
    """Write rows under their columns, as wide as the terminal is; in a pipe one line a row.

    ``limit`` sets another width, within which cells are broken into lines; headers are broken
    after ``header_limit`` columns.
    """
    if limit is None and not on_terminal():
        _print_unbroken(columns, rows, indent)
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for column in columns:
        header = textwrap.fill(plain(column), header_limit, break_long_words=False)
        table.add_column(header, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell_text(cell), getattr(cell, "style", "")) for cell in row))
    coloured = paint("x", bold=True) != "x"
    console = Console(
        width=limit or width(),
        force_terminal=coloured,
        no_color=not coloured,
        highlight=False,
        markup=False,
        emoji=False,
    )
    with console.capture() as capture:
        console.print(Padding(table, (0, 0, 0, indent), expand=False))
    sys.stdout.writelines(line.rstrip() + "\n" for line in capture.get().splitlines())


def _cell_text(cell: Any) -> str:
    return "" if cell is None else plain(str(cell))


def _print_unbroken(columns: Sequence[str], rows: Iterable[Sequence[Any]], indent: int) -> None:
    """Write a table as rich does, but without rich, and with every row on one line."""
    lines = [[_cell_text(cell) for cell in row] for row in (columns, *rows)]
    widths = [max(map(_columns_of, column)) for column in zip(*lines, strict=True)]
    for number, line in enumerate(lines):
        padded = (
            cell + " " * (room - _columns_of(cell)) for cell, room in zip(line, widths, strict=True)
        )
        sys.stdout.write(f"{' ' * indent}{'  '.join(padded)}".rstrip() + "\n")
        if number == 0:
            rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
            sys.stdout.write(f"{' ' * indent}{rule}\n")


def _columns_of(text: str) -> int:
    """Return the columns that a text takes where every character has its own width."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(mark) else 2 if unicodedata.east_asian_width(mark) in "WF" else 1
        for mark in text
    )
