"""The commands by what a person wants to do, each imported when it is called.

`wherefrom --help` and `wherefrom trace` need little of what `wherefrom import` needs, and starting
fast is most of what a command costs.
"""

from importlib import import_module
from typing import Any, Final, NamedTuple

import click


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
        "export": Entry("cli.exporting", "Write the events, or the reviews, for import to read."),
    },
}

ENTRIES: Final = {name: entry for section in SECTIONS.values() for name, entry in section.items()}


class ReaderGone(click.Abort):
    """Nobody reads stdout any more; as a ``BrokenPipeError`` click would make it an exit of 1."""


class Commands(click.Group):
    """A group whose commands are imported when they are called."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderGone from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, by section."""
        return list(ENTRIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command and return it; ``None`` when there is none of that name.

        A command ``x-y`` is the function ``x_y_command`` of its module.
        """
        entry = ENTRIES.get(cmd_name)
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
            from difflib import get_close_matches

            close = get_close_matches(args[0], ENTRIES, 1, 0.6)
            if not close or args[0].startswith("-"):
                raise
            message = f"{error.message} Did you mean {close[0]!r}?"
            raise click.UsageError(message, error.ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by section, without importing any of them."""
        width = max(map(len, ENTRIES))
        for section, entries in SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl(
                    [(name.ljust(width), entry.help) for name, entry in entries.items()]
                )
