"""`wherefrom pull`: another ledger's events, checked before they come in, and what they change."""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from sqlite3 import OperationalError
from typing import TYPE_CHECKING, Any, Final

import click

from cli.anchoring import read_kept
from cli.complaints import tell
from cli.file_kinds import refuse_no_database
from cli.key_files import verifier_keys, verifier_option
from cli.output import echo_json
from cli.progress import Progress, Watched, progress_bar
from cli.pull_words import pulled_json, say
from cli.recording import json_option
from cli.session import Session, evidence_beside, pass_session
from ledger.errors import BadInput, LedgerError, StorageError

if TYPE_CHECKING:
    from ledger.anchors import Anchor
    from ledger.checkpoints import SignedCheckpoint
    from ledger.forks import Fork
    from ledger.kept_copies import Copied
    from ledger.news import OnlyNew
    from ledger.pulling import Pulled
    from ledger.sqlite import SqliteStore
    from ledger.store import HeadSeen, Row
    from ledger.verification import Verification


_POSITION: Final = re.compile(r"position (\d+)")


class NotPulled(LedgerError):
    """The other ledger was checked and does not hold."""

    exit_code = 1


@click.command("pull")
@click.argument("file", metavar="OTHER")
@click.option(
    "--checkpoint",
    "checkpoints",
    metavar="FILE",
    multiple=True,
    help="A checkpoint that OTHER has to extend; again for more.",
)
@verifier_option
@click.option("--no-documents", is_flag=True, help="Leave out the documents that are cited.")
@json_option
@pass_session
def pull_command(
    session: Session,
    file: str,
    checkpoints: tuple[str, ...],
    verifiers: tuple[str, ...],
    no_documents: bool,
    as_json: bool,
) -> None:
    """Bring in the events of another ledger, whose file is OTHER, as they were recorded there.

    First every event in OTHER is checked, as `verify` does, and its history is held against the
    one that was seen when it was last pulled from, against every event that both ledgers hold,
    and against the checkpoints given. A history that contradicts is a fork: the evidence is kept
    in a folder beside the ledger, nothing is pulled, and the exit code is 1. OTHER itself is
    only read.

    What comes in keeps its id and who recorded it. Claims that are held already, in the same
    words, are one claim with two recordings. Documents that the new events cite come along from
    the folder beside OTHER. Pulling again brings what came since; desks that pull from each
    other, in any order, come to hold and to show the same.
    """
    from ledger.pulling import pull
    from ledger.sqlite import SqliteStore

    if verifiers and not checkpoints:
        raise click.UsageError("--verifier checks a checkpoint: name one with --checkpoint.")
    refuse_no_database(file)
    keys = verifier_keys(verifiers)
    kept = [(path, read_kept(path)) for path in checkpoints]
    with closing(SqliteStore.reading(file)) as other:
        found = _verified(other, file)
        anchors = _anchors(session, other, found, kept, keys, file)
        heads = [_head(signed) for _, signed in kept]
        before = _open_findings(session) if session.exists else set()
        ledger = session.ledger(create=True)
        from ledger.forks import Forked

        try:
            with progress_bar("Pulling") as progress:
                watched = _Passes(other, progress, 2 * found.size)
                pulled = pull(
                    ledger,
                    watched,
                    found,
                    session.recorder,
                    heads,
                    partial(_refuse_unreadable, file),
                )
        except Forked as error:
            raise _forked(session, error.fork, file) from error
    copied = None if no_documents else _documents(session, Path(file), pulled)
    opened = _opened(session, before) if pulled.events else []
    if as_json:
        echo_json(pulled_json(session, file, pulled, copied, opened))
    else:
        say(session, file, pulled, anchors, copied, opened)
    for problem in copied.problems if copied else ():
        tell(f"Not copied: {problem}")
    if pulled.erased:  # last, since another program can hold it up
        from cli.erasing import finish

        finish(session)


class _Passes(Watched):
    """A store that is read several times over: tells how much of all passes is done."""

    def __init__(self, store: "SqliteStore", progress: Progress | None, total: int) -> None:
        super().__init__(store, None)
        self._told = progress
        self._total = total
        self._done = 0

    def rows(self, start: int = 0, stop: int | None = None) -> "Iterator[Row]":
        """Yield rows in order, and tell of every thousandth."""
        for row in super().rows(start, stop):
            self._done += 1
            if self._told is not None and self._done % 1_000 == 0:
                self._told(min(self._done, self._total), self._total)
            yield row


def _verified(other: "SqliteStore", file: str) -> "Verification":
    from cli.verifying import verify_file

    with progress_bar("Verifying") as progress:
        found = verify_file(other, file, progress, read_only=True)
    if not found.ok:
        number = len(found.problems)
        more = f", and {number - 1} more" if number > 1 else ""
        raise NotPulled(
            f"{file} does not verify: {found.problems[0]}{more}",
            f"Nothing was pulled; see `wherefrom --db {file} verify`",
        )
    return found


def _anchors(
    session: Session,
    other: "SqliteStore",
    found: "Verification",
    kept: "Sequence[tuple[str, SignedCheckpoint]]",
    keys: Sequence[Any],
    file: str,
) -> "list[Anchor]":
    """Hold checkpoints against the other ledger; what it does not extend is evidence."""
    from ledger.anchors import Held, anchors, was_called
    from ledger.forks import Fork
    from ledger.merkle_proofs import root_at
    from ledger.roots import stored_hashes
    from ledger.store import HeadSeen

    if not kept:
        return []
    hashes = stored_hashes(other)
    held = Held(found.size, lambda size: root_at(size, hashes), other.origins)
    answers = anchors(held, kept, keys)
    for (_, signed), anchor in zip(kept, answers, strict=True):
        if anchor.ok:
            continue
        name = anchor.checkpoint.origin
        contradicts = anchor.extended is False and was_called(name, other.origins)
        if contradicts and anchor.signature in ("valid", "unchecked"):
            shown = HeadSeen(other.origin, found.size, found.root)
            seen = _head(signed)
            fork = Fork("not-as-signed", seen.origin, shown, seen)
            raise _forked(session, fork, file, anchor.problems[0])
        raise NotPulled("; ".join(anchor.problems), "Nothing was pulled")
    return answers


def _refuse_unreadable(file: str, new: "OnlyNew") -> None:
    """Raise ``BadInput`` where the views cannot be built of the new events alone.

    Each was looked at by itself (:mod:`ledger.foreign`). What is here stays here, and an event at
    which the views stop would stop them for good; so they are built of the new ones first, and
    whatever fails then is the fault of those.
    """
    from projections.views import Views

    try:
        Views.prefix(new, new.size()).close()
    except (StorageError, OSError, OperationalError):
        raise
    except Exception as error:
        told = error.message if isinstance(error, LedgerError) else repr(error)
        place = _POSITION.match(told)
        if place is not None:
            told = f"there, position {new.positions[int(place[1])]}{told[place.end() :]}"
        raise BadInput(
            f"{file}: {told}",
            "Nothing was pulled: it could not be read here; ask whoever keeps that ledger how it "
            "came there",
        ) from error


def _head(signed: "SignedCheckpoint") -> "HeadSeen":
    from ledger.store import HeadSeen

    head = signed.checkpoint
    origin = head.origin.rpartition("/")[2]
    return HeadSeen(origin, head.size, head.root.hex(), bytes(signed.note).decode())


def _forked(session: Session, fork: "Fork", file: str, said: str = "") -> NotPulled:
    """Keep the evidence of a fork; return what to raise."""
    from ledger.forks import keep

    ledger = Path(session.path)
    folder = ledger.with_name(f"{ledger.stem}.forks")
    found = [("found_at", session.now().isoformat()), ("file", file)]
    path = keep(fork, folder, found, ledger if ledger.exists() else Path(file))
    return NotPulled(
        said or fork.said(file),
        f"Nothing was pulled. The evidence is in {path}: show it to whoever keeps that ledger",
    )


def _open_findings(session: Session) -> set[str]:
    return session.ask(
        lambda views: {
            id_
            for (id_,) in views.connection.execute(
                "SELECT id FROM findings WHERE status = 'open' AND verdict <> 'revision'"
            )
        }
    )


def _opened(session: Session, before: set[str]) -> list[str] | None:
    """Return the findings that are open now and were not; ``None`` where that cannot be told."""
    try:
        return sorted(_open_findings(session) - before)
    except LedgerError as error:
        tell(f"Warning: pulled, but not compared with what is held: {error}")
        return None


def _documents(session: Session, other: Path, pulled: "Pulled") -> "Copied | None":
    """Bring the documents that the new events cite from beside the other ledger.

    No others that are missing here: they may have been erased.
    """
    from ledger.kept import Kept
    from ledger.kept_copies import Copied, cited_in, copy_documents

    there = Kept(evidence_beside(other))
    if not there.folder.is_dir():
        return None
    kept = session.kept
    missing = {name for name in there.find("") if not kept.holds(name)}
    if not missing or not pulled.events:
        return Copied()
    cited: set[str] = set()
    for row in session.reader().rows(pulled.start):
        if row.body is not None:
            cited |= cited_in(row.body)
    return copy_documents(there, kept, sorted(missing & cited))
