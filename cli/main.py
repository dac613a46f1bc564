"""The command `wherefrom`: its commands by what a person wants to do, and its one way out.

Commands are imported when they are called: `wherefrom --help` and `wherefrom trace` need
little of what `wherefrom import` needs, and starting fast is most of what a command costs.
Errors that a user can cause arrive here as :class:`ledger.errors.LedgerError`, from wherever
they come, and leave as one line on stderr and an exit code:

====  =====================================================================
0     done
1     the answer is "no": a check failed, contradictions were found
2     wrong use or bad input; nothing was recorded
130   interrupted (Ctrl-C); 141: the reader of our output went away
====  =====================================================================
"""

import os
import re
import sys
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, TextIO, cast

import click

from cli.session import Machine, Session
from ledger.errors import ErasedMeanwhile, LedgerError, StorageError


class Entry(NamedTuple):
    """Where a command lives, and its line of help."""

    module: str
    help: str


SECTIONS: dict[str, dict[str, Entry]] = {
    "Record": {
        "add": Entry("cli.add", "File a claim with its source and its date."),
        "import": Entry("cli.imports", "File many claims or other events from files."),
        "capture": Entry("cli.capture", "Keep a document beside the ledger, by its SHA-256."),
        "correct": Entry("cli.correct", "Mend a recording that was typed wrong."),
        "retract": Entry("cli.acts", "File that a claimant took a claim back."),
        "link": Entry("cli.acts", "File that a claim relays, revises, confirms … another."),
        "review": Entry("cli.reviewing", "File somebody's verdict on a claim."),
        "define": Entry("cli.definitions", "Say what a predicate's values are."),
        "describe": Entry("cli.definitions", "Say who a source is and for whom it acts."),
        "match": Entry("cli.matching", "File that two names are one, or find such pairs."),
        "unmatch": Entry("cli.matching", "Take a match back."),
        "adjudicate": Entry("cli.acts", "Dismiss or confirm a contradiction, and say why."),
        "erase": Entry("cli.erase", "Take an event's text out for good, on a legal ground."),
    },
    "Ask": {
        "trace": Entry("cli.ask", "Where does this come from?"),
        "search": Entry("cli.ask", "Find claims by words or numbers."),
        "show": Entry("cli.holdings", "What do we hold now?"),
        "history": Entry("cli.holdings", "What was said over time, by whom?"),
        "sources": Entry("cli.holdings", "Who are our sources?"),
    },
    "Report": {
        "contradictions": Entry("cli.report", "Which sources contradict each other?"),
    },
    "Trust": {
        "log": Entry("cli.trust", "List the events as they were recorded."),
        "verify": Entry("cli.trust", "Check that nothing recorded was changed."),
        "checkpoint": Entry("cli.checkpointing", "Sign what the ledger holds, to keep elsewhere."),
        "cosign": Entry("cli.cosigning", "Sign another desk's checkpoint, held against the last."),
        "keygen": Entry("cli.keygen", "Make a key to sign checkpoints with."),
        "receipt": Entry("cli.receipts", "Write a claim with the proof that it is held here."),
        "verify-receipt": Entry("cli.receipts", "Check a receipt; no ledger is needed."),
        "verify-tiles": Entry(
            "cli.tile_check", "Check a folder that `export --format tiles` wrote."
        ),
        "evidence": Entry("cli.evidence", "Check that what is quoted still stands where we say."),
        "doctor": Entry("cli.trust", "Look at the files and the program, and say what to mend."),
        "rebuild": Entry("cli.trust", "Make the views anew from the ledger."),
        "pull": Entry("cli.pulling", "Bring in another ledger's events, checked."),
        "backup": Entry("cli.backing_up", "Copy the ledger elsewhere, and check the copy."),
        "export": Entry("cli.trust", "Write the events, or the reviews, for import to read."),
    },
}

_ENTRIES = {name: entry for section in SECTIONS.values() for name, entry in section.items()}


class _ReaderGone(click.Abort):
    """Nobody reads stdout any more; as a ``BrokenPipeError`` click would make it an exit of 1."""


class Commands(click.Group):
    """A group whose commands are imported when they are called."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ReaderGone from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, by section."""
        return list(_ENTRIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command and return it; ``None`` when there is none of that name.

        A command ``x-y`` is the function ``x_y_command`` of its module.
        """
        entry = _ENTRIES.get(cmd_name)
        if entry is None:
            return None
        command = getattr(import_module(entry.module), f"{cmd_name.replace('-', '_')}_command")
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is asked for; where there is none, say which may be meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            close = get_close_matches(args[0], _ENTRIES, 1, 0.6)
            if not close or args[0].startswith("-"):
                raise
            message = f"{error.message} Did you mean {close[0]!r}?"
            raise click.UsageError(message, error.ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by section, without importing any of them."""
        width = max(map(len, _ENTRIES))
        for section, entries in SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl(
                    [(name.ljust(width), entry.help) for name, entry in entries.items()]
                )


class _Call:
    """One call of the command: what it is given, and what is known of it when it fails."""

    def __init__(self, machine: Machine | None = None) -> None:
        self.machine = machine
        self.session: Session | None = None
        self.command = ""


class _Watched:
    """A stream that notes whether anything has been written to it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.begun = False

    def write(self, text: str) -> int:
        """Write, and note it."""
        written = self._stream.write(text)
        self.begun = self.begun or bool(text)
        return written

    def __getattr__(self, name: str) -> Any:
        self.begun = self.begun or name in ("writelines", "buffer")
        return getattr(self._stream, name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wherefrom", message="%(package)s %(version)s")
@click.option(
    "--db",
    metavar="FILE",
    envvar="WHEREFROM_DB",
    default="wherefrom.db",
    show_default=True,
    show_envvar=True,
    help="The ledger.",
)
@click.pass_context
def cli(ctx: click.Context, db: str) -> None:
    """Keep sourced claims; ask where a claim comes from and which sources contradict it.

    Start with `wherefrom add`, or with `wherefrom import FILE`.
    """
    call = ctx.ensure_object(_Call)
    ctx.obj = call.session = Session(db, call.machine)
    call.command = ctx.invoked_subcommand or ""
    ctx.call_on_close(ctx.obj.close)


def main() -> NoReturn:
    """Run the command; leave with its exit code, never with a traceback for a user's error."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # the shell closed it: `>&-`
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run())


def run(arguments: list[str] | None = None, machine: Machine | None = None) -> int:
    """Run the command, by default with the arguments of the process; return its exit code."""
    stdout = sys.stdout
    watched = _Watched(stdout)
    sys.stdout = cast(TextIO, watched)
    try:
        return _run(arguments, _Call(machine), watched)
    finally:
        sys.stdout = stdout


def _run(arguments: list[str] | None, call: _Call, stdout: _Watched) -> int:
    def invoke() -> int:
        code = cli.main(arguments, prog_name="wherefrom", standalone_mode=False, obj=call)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0

    try:
        try:
            return invoke()
        except Exception as error:
            if not _mended(error, call, stdout):
                raise
            return invoke()
    except LedgerError as error:
        _complain(str(error))
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.NoSuchOption as error:
        if hint := _placed(error):
            _complain(f"No such option {error.option_name!r} here. {hint}")
        else:
            _complain(f"{error.format_message()} {_help_hint(error)}")
        return 2
    except click.UsageError as error:
        _complain(f"{error.format_message()} {_help_hint(error)}")
        return 2
    except click.ClickException as error:
        _complain(error.format_message())
        return 2
    except _ReaderGone:
        _forget(sys.stdout)
        return 141
    except (click.Abort, KeyboardInterrupt):
        _complain("Interrupted; what was not reported as recorded is not recorded")
        return 130
    except BrokenPipeError:
        _forget(sys.stdout)
        return 141
    except UnicodeEncodeError as error:
        _complain(f"{error.object!a}: not Unicode. Write it in the encoding of this terminal")
        return 2
    except OSError as error:
        where = f"{os.fsdecode(error.filename)}: " if error.filename else ""
        _complain(f"{where}{error.strerror or error}")
        return 2
    except Exception as error:
        trouble = _views_trouble(error, call) or _ledger_trouble(call)
        if trouble is None:
            raise
        _complain(str(trouble))
        return trouble.exit_code


def _mended(error: Exception, call: _Call, stdout: _Watched) -> bool:
    """Mend the views where they failed a command; return whether it is to be run again.

    So it is, too, where something was erased while it read. Only a command that reads is: one that
    records asks damaged views again itself. Raises ``StorageError`` where part of the answer has
    been written already.
    """
    session = call.session
    if isinstance(error, ErasedMeanwhile):
        return not stdout.begun and call.command not in SECTIONS["Record"]
    ours = isinstance(error, LedgerError | click.ClickException | click.Abort | OSError)
    if ours or session is None or not session.asked_views or call.command in SECTIONS["Record"]:
        return False
    from projections.views import views_path
    from projections.views_file import is_broken, is_damage

    path = views_path(session.path)
    if not is_damage(error) and not is_broken(path):
        return False
    session = Session(session.path)
    try:
        session.mend()
    finally:
        session.close()
    if stdout.begun:
        raise StorageError(
            f"{path}: was found damaged, and is rebuilt now",
            "What is written above is not the whole answer; ask again",
        )
    return True


def _views_trouble(error: Exception, call: _Call) -> LedgerError | None:
    """Return what SQLite complains of in the views where a user can mend it, as a full disk.

    The other databases say themselves what is wrong with them.
    """
    if type(error).__module__ != "sqlite3" or call.session is None:
        return None
    from sqlite3 import Error

    from projections.views import views_path
    from projections.views_file import views_error

    assert isinstance(error, Error)
    trouble = views_error(error, views_path(call.session.path))
    return trouble if trouble.hint else None


def _ledger_trouble(call: _Call) -> LedgerError | None:
    """Return what is wrong with the ledger where that may be why a command failed."""
    if call.session is None:
        return None
    from ledger.damage import first_damage

    session = Session(call.session.path)
    try:
        return first_damage(session.ledger().store) if session.exists else None
    except LedgerError as error:
        return error
    finally:
        session.close()


def _complain(message: str) -> None:
    """Write one line on stderr."""
    from cli.complaints import tell

    tell(f"Error: {message}")


def _help_hint(error: click.UsageError) -> str:
    return f"See `{error.ctx.command_path} --help`." if error.ctx else ""


def _placed(error: click.NoSuchOption) -> str:
    """Return where an option belongs that stands in the wrong place, or nothing."""
    if re.fullmatch(r"-[\d.].*", error.option_name):
        return "Write a negative number last, after two hyphens: -- -5"
    of_all = error.ctx is not None and error.ctx.parent is None
    if error.option_name == "--db" and not of_all:
        return "It stands before the command: `wherefrom --db FILE COMMAND`"
    if of_all and error.option_name != "--db":
        return "Options of a command stand after it: `wherefrom COMMAND --json`"
    return ""


def _forget(stream: TextIO) -> None:
    """Point a stream whose reader is gone at nothing, so that closing it raises no more."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, stream.fileno())
    os.close(nothing)
