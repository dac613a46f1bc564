"""The command `wherefrom`, and its one way out.

Errors that a user can cause arrive here as :class:`ledger.errors.LedgerError`, from wherever
they come, and leave as one line on stderr and an exit code:

====  =====================================================================
0     done
1     the answer is "no": a check failed, contradictions were found
2     wrong use or bad input; nothing was recorded
130   interrupted (Ctrl-C, or told to end by SIGTERM); 141: the reader of our output went away
====  =====================================================================
"""

import os
import re
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn, TextIO, cast

import click

from cli.commands import Commands, ReaderGone
from cli.placing import placing
from cli.session import Machine, Session
from ledger.errors import BadInput, LedgerError


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
        with placing("stdout"):
            written = self._stream.write(text)
        self.begun = self.begun or bool(text)
        return written

    def flush(self) -> None:
        """Hand on what is buffered, which is where a full disk shows."""
        with placing("stdout"):
            self._stream.flush()

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
    if not db:
        raise BadInput("--db: no file is named", "Name the ledger: --db facts.db")
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
    # so that who is told to end cleans up as who is interrupted
    signal.signal(signal.SIGTERM, signal.default_int_handler)
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
            from cli.mending import mended

            if not mended(error, call.session, call.command, begun=stdout.begun):
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
        message = error.format_message()
        _complain(f"{message}{'' if message.endswith(('.', '?')) else '.'} {_help_hint(error)}")
        return 2
    except click.ClickException as error:
        _complain(error.format_message())
        return 2
    except ReaderGone:
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
        from cli.mending import trouble_behind

        trouble = trouble_behind(error, call.session)
        if trouble is None:
            raise
        _complain(str(trouble))
        return trouble.exit_code


def _complain(message: str) -> None:
    """Write one line on stderr."""
    from cli.complaints import tell

    tell(f"Error: {message}")


def _help_hint(error: click.UsageError) -> str:
    if error.ctx is None:
        return ""
    hint = f"See `{error.ctx.command_path} --help`."
    if "unexpected extra argument" in error.message:
        options = (one for one in error.ctx.command.params if isinstance(one, click.Option))
        of_files = [one.opts[0] for one in options if "FILE" in (one.metavar or "")]
        if of_files:
            hint = f"A file is named with {' or '.join(of_files)}. {hint}"
    return hint


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
