"""`wherefrom backup`: the ledger and its documents, copied to another place and checked there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.complaints import tell
from cli.output import echo_json, plain, wrapped
from cli.phrasing import counted
from cli.progress import Watched, progress_bar
from cli.recording import json_option
from cli.session import SHORT, Session, evidence_beside, pass_session

if TYPE_CHECKING:
    from ledger.kept_copies import Copied
    from ledger.store import Reader

_WORTH_KEEPING = (
    "Keep this root and the number of events elsewhere, too, best as `wherefrom checkpoint` signs "
    "them: they show whether a ledger, or a backup of it, is still the one you know."
)


@click.command("backup")
@click.argument("file", metavar="FILE")
@click.option("--no-documents", is_flag=True, help="Leave out the documents that were captured.")
@json_option
@pass_session
def backup_command(session: Session, file: str, no_documents: bool, as_json: bool) -> None:
    """Copy the ledger to FILE while others go on recording, and check the copy.

    The copy is read again from where it was written, and every event in it is checked as
    `verify` does. Captured documents go into the folder beside FILE (`backup.db` has
    `backup.evidence`); those that are there are checked, not copied again, and those that were
    erased here since are removed. An earlier backup of
    this ledger is replaced, once the new one is whole; any other file is left alone. What is
    recorded in the copy later has an origin of its own. Exit 1 if a document could not be
    copied.
    """
    from cli.writing import refuse_own
    from ledger.backup import back_up
    from ledger.kept import Kept
    from ledger.kept_copies import Copied, copy_documents
    from ledger.sqlite import SqliteStore
    from projections.views import views_path

    target = Path(file)
    store = session.ledger().store
    assert isinstance(store, SqliteStore)
    refuse_own(file, session.evidence, Path(session.path), views_path(session.path), option="FILE")
    made = back_up(store, target, _watching)
    copied = Copied()
    if not no_documents:
        there = Kept(evidence_beside(target), target)
        for name in made.gone:
            if not session.kept.holds(name) and there.remove(name):
                tell(f"Removed from {there.folder}, as it was erased here: {name[:SHORT]}")
        copied = copy_documents(session.kept, there, session.kept.find(""), texts=True)
    if as_json:
        documents = {"held": copied.held, "new": copied.new, "problems": copied.problems}
        echo_json({"file": file, "size": made.size, "root": made.root, "documents": documents})
    else:
        click.echo(
            f"Backed up {counted(made.size, 'event')} to {plain(file)}, read again and checked."
        )
        _say_documents(copied, evidence_beside(target))
        click.echo(f"Root {made.root}")
        click.echo(wrapped(_WORTH_KEEPING))
    for problem in copied.problems:
        tell(f"Not copied: {problem}")
    if copied.problems:
        raise click.exceptions.Exit(1)


def _say_documents(copied: "Copied", folder: Path) -> None:
    if copied.held:
        documents = counted(copied.held, "document")
        click.echo(f"{documents} in {plain(str(folder))}, {copied.new:,} of them new.")


@contextmanager
def _watching(step: str, reader: "Reader") -> "Iterator[Reader]":
    with progress_bar(step) as progress:
        yield Watched(reader, progress)
