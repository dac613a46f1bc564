"""What is said on stderr about texts that others wrote: one line, and nothing a terminal obeys.

A message may quote a header, a key of JSON or the name of a file, as long and as strange as it
was given; :func:`one_line` shows it escaped, and no longer than it takes to be recognised.
"""

import re
from collections.abc import Iterable
from typing import Final, NoReturn

import click

from cli.output import paint, plain, wrapped

MAX_QUOTED: Final = 300
"""Characters of a quoted piece that are shown."""

MAX_LINE: Final = 2_000

_QUOTED: Final = re.compile(rf"(?P<mark>['\"])([^'\"]{{{MAX_QUOTED}}})[^'\"]+(?P=mark)")
_BLANKS: Final = re.compile(r"\s+")


def one_line(message: str) -> str:
    """Return a message on one line: escaped, and with its long quotations cut."""
    line = plain(_BLANKS.sub(" ", message).strip())
    line = _QUOTED.sub(r"\1\2…\1", line)
    return line if len(line) <= MAX_LINE else line[:MAX_LINE] + "…"


def tell(message: str) -> None:
    """Write one line on stderr."""
    click.echo(one_line(message), err=True)


def refuse(what: str, problems: Iterable[str]) -> NoReturn:
    """Say on stderr that ``what`` was asked is not done, and why; leave with 1."""
    click.echo(paint(what, fg="red", bold=True) + ".", err=True)
    for problem in problems:
        click.echo(wrapped(problem, "  ", "    "), err=True)
    raise click.exceptions.Exit(1)
