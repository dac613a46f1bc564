"""Write what the documentation shows by running it: `make docs`; `make docs-check` compares.

Two things are generated:

* ``docs/commands.md``, the help of every command;
* the output in every fenced block marked ``console``, on every page but those in ``NOT_RUN``.
  A line that begins with ``$ `` is a command, and the lines up to the next one are what it
  printed. To change a page, write the commands and run `make docs`.

The commands of a page run one after the other in a folder of their own, in which there is
nothing but ``seeds``, and the files that the page shows: a fenced block that has a name after its
language (``text article.txt``) is that file, for the commands below it. They run inside this
process, with a clock and dice that are the same every time (:class:`cli.session.Machine`), so
ids, times and roots are, too. Of the shell there is what a page needs: quotation marks, ``*``, a
backslash at the end of a line, and ``| head -5`` or ``| tail -5`` to show a part. What ends in an
error stops the run: no page shows it by mistake.
"""

import argparse
import difflib
import io
import os
import random
import re
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from unittest import mock

import click

from cli.commands import SECTIONS
from cli.main import cli, run
from cli.session import Machine

ROOT = Path(__file__).parent.parent
COMMANDS_PAGE = "docs/commands.md"
NOT_RUN = {
    "docs/real-data.md": "needs data that is no part of the project; its own test runs it",
}
WIDTH = 78
"""As wide as click writes its help on a terminal of 80 columns."""
START = datetime(2026, 2, 7, 9, 0, tzinfo=UTC)

_BLOCK = re.compile(r"^```(console|\w+ ([\w.-]+))\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PART = re.compile(r"(.*) \| (head|tail) -(\d+)$", re.DOTALL)


class CannotRun(Exception):
    """A page shows a command that cannot be run here."""


class Clock:
    """A clock that moves on by a thousandth of a second whenever it is read."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


class Terminal:
    """One page's terminal, in ``folder``; every command is typed a minute after the last."""

    def __init__(self, folder: Path) -> None:
        (folder / "seeds").symlink_to(ROOT / "seeds")
        self._folder = folder
        self._clock = Clock()
        self._machine = Machine(self._clock, random.Random(2026).randbytes)

    def type(self, line: str) -> str:
        """Run a command line; return all it prints, as a terminal would show it.

        Raises ``CannotRun`` for what is no command of ours.
        """
        part = _PART.fullmatch(line)
        words = shlex.split(part[1] if part else line)
        if not words or words[0] != "wherefrom":
            raise CannotRun(f"{line}: only `wherefrom` runs in the documentation")
        self._clock.now += timedelta(minutes=1)
        shown = self._run([found for word in words[1:] for found in self._expanded(word)])
        if part is None:
            return shown
        lines = shown.splitlines(keepends=True)
        number = int(part[3])
        return "".join(lines[:number] if part[2] == "head" else lines[-number:])

    def save(self, name: str, text: str) -> None:
        """Put a file that the page shows into the folder."""
        (self._folder / name).write_text(text, encoding="utf-8")

    def _expanded(self, word: str) -> list[str]:
        if "*" not in word:
            return [word]
        found = (path.relative_to(self._folder).as_posix() for path in self._folder.glob(word))
        return sorted(found) or [word]

    def _run(self, arguments: list[str]) -> str:
        screen = io.TextIOWrapper(io.BytesIO(), "utf-8", newline="", write_through=True)
        outside = {name: text for name, text in os.environ.items() if "WHEREFROM" not in name}
        outside |= {"WHEREFROM_RECORDER": "desk", "WHEREFROM_STATE": ""}
        with (
            chdir(self._folder),
            mock.patch.dict(os.environ, outside, clear=True),
            mock.patch("sys.stdin", io.StringIO()),
            redirect_stdout(screen),
            redirect_stderr(screen),
        ):
            code = run(arguments, self._machine)
        screen.seek(0)
        shown = screen.read()
        if code > 1:
            raise CannotRun(f"wherefrom {shlex.join(arguments)}: exit code {code}: {shown}")
        return shown


def rendered(text: str) -> str:
    """Return a page with what its commands print now."""
    with tempfile.TemporaryDirectory() as folder:
        terminal = Terminal(Path(folder))
        return _BLOCK.sub(lambda block: _shown(block, terminal), text)


def _shown(block: re.Match[str], terminal: Terminal) -> str:
    """Return a block as it is now: what its commands print, or the file that it is."""
    first, name, body = block.groups()
    if name:
        terminal.save(name, body)
    else:
        body = "".join(_typed(body, terminal))
    return f"```{first}\n{body}```"


def _typed(block: str, terminal: Terminal) -> Iterator[str]:
    """Yield a block's commands, each with what it prints; what it printed before is left out."""
    lines = iter(block.splitlines())
    for line in lines:
        if not line.startswith("$ "):
            continue
        typed = [line]
        while typed[-1].endswith("\\"):
            typed.append(next(lines))
        yield "\n".join(typed) + "\n"
        shown = terminal.type(" ".join(part.rstrip("\\").strip() for part in typed)[2:])
        yield "".join(part.rstrip() + "\n" for part in shown.splitlines())


def commands_page() -> str:
    """Return the page with the help of every command."""
    parent = cli.make_context("wherefrom", [], resilient_parsing=True, terminal_width=WIDTH)
    parts = [
        "# Commands\n\nWritten by `make docs` from what `--help` says.\n",
        _help(cli, parent),
    ]
    for section, entries in SECTIONS.items():
        parts.append(f"## {section}\n")
        for name in entries:
            command = cli.get_command(parent, name)
            assert command is not None, name
            context = command.make_context(name, [], parent, resilient_parsing=True)
            parts.append(f"### wherefrom {name}\n")
            parts.append(_help(command, context))
    return "\n".join(parts)


def _help(command: click.Command, context: click.Context) -> str:
    lines = command.get_help(context).splitlines()
    return "\n".join(["```text", *(line.rstrip() for line in lines), "```", ""])


def pages() -> dict[str, Callable[[], str]]:
    """Return what makes each generated page, by the page's path below the project's root."""
    found: dict[str, Callable[[], str]] = {COMMANDS_PAGE: commands_page}
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        name = path.relative_to(ROOT).as_posix()
        text = path.read_text(encoding="utf-8")
        if name not in NOT_RUN and _BLOCK.search(text):
            found[name] = partial(rendered, text)
    return found


def main() -> int:
    """Write the pages, or with ``--check`` compare; return 1 if one is stale or cannot be made."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing; say what is stale")
    check = parser.parse_args().check
    return max([_bring_up_to_date(name, make, check) for name, make in pages().items()])


def _bring_up_to_date(name: str, make: Callable[[], str], check: bool) -> int:
    """Write a page, or say how it is stale; return the exit code that this comes to."""
    path = ROOT / name
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    try:
        text = make()
    except CannotRun as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 1
    if before == text:
        return 0
    if check:
        lines = difflib.unified_diff(
            before.splitlines(), text.splitlines(), name, f"{name}, run now", lineterm=""
        )
        print("\n".join(lines))
        print(f"{name} is stale: run `make docs`", file=sys.stderr)
        return 1
    path.write_text(text, encoding="utf-8")
    print(f"Wrote {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
