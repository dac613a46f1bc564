"""`export --format tiles`: the ledger as files that anyone can check, signed."""

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cli.output import plain
from cli.phrasing import counted
from cli.progress import Watched, progress_bar
from cli.session import Session
from ledger.errors import BadInput, StorageError

if TYPE_CHECKING:
    from ledger.checkpoints import Checkpoint, SignedCheckpoint
    from ledger.store import Reader
    from ledger.tile_folder import TileFolder

_SHOWN: Final = 12
CHECKPOINT: Final = "checkpoint"


def export_tiles(session: Session, path: str, key: str | None, checkpoint: str | None) -> None:
    """Write tiles into the folder ``path`` and say so; an earlier export there is extended.

    Raises ``BadInput`` where the folder holds the ledger or the key, another tree, a longer one,
    or what is no export, and where there is neither a key to sign with nor a checkpoint.
    """
    from cli.signing import checkpoint_for
    from ledger.tile_folder import TileFolder

    store = session.ledger().store
    _refuse_what_is_private(path, [session.path, *([] if key is None else [key])])
    _refuse_no_folder(path)
    folder = TileFolder(Path(path))
    there = _there(folder)
    sent = checkpoint_for(session, key, checkpoint)
    head, note, own = sent.checkpoint, sent.note, sent.note.signatures
    old = None if there is None else there.checkpoint
    if old is not None:
        _refuse_another_tree(str(folder.path / CHECKPOINT), old, head, store)
    if there is not None and there.note.text == note.text:
        for signature in there.note.signatures:  # nothing came since: what others signed stays
            if (signature.name, signature.key_id) not in {(s.name, s.key_id) for s in own}:
                note = note.signed(signature)
    with progress_bar("Exporting") as progress:
        watched = Watched(store, progress)
        size = 0 if old is None else old.size
        new = folder.extend(watched, size, head.size, head.root, bytes(note))
    click.echo(
        f"Wrote {counted(new, 'new tile')} and the checkpoint to {plain(path)}: "
        f"{counted(head.size, 'event')}, root {head.root.hex()[:_SHOWN]}…"
    )


def _refuse_no_folder(path: str) -> None:
    """Raise before anything is signed where ``path`` is no folder, nor can become one."""
    if os.path.lexists(path) and not os.path.isdir(path):
        raise BadInput(f"{path}: not a folder", "Name a folder, or a new name for one")
    there = path if os.path.isdir(path) else os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(there):
        raise StorageError(f"{path}: there is no folder {there} to make it in", "Make that first")
    if not os.access(there, os.W_OK | os.X_OK):
        raise StorageError(f"{path}: {os.strerror(errno.EACCES)}", "Name one that can be written")


def _refuse_what_is_private(path: str, files: Sequence[str]) -> None:
    """Raise ``BadInput`` for a folder that holds the ledger or the key: it is to be published."""
    for file in files:
        if Path(os.path.realpath(path)) in Path(os.path.realpath(file)).parents:
            raise BadInput(
                f"{path}: holds {file}, which is not to be published",
                "Name a folder that is for the tiles alone",
            )


def _there(folder: "TileFolder") -> "SignedCheckpoint | None":
    """Return the checkpoint of what the folder holds already."""
    from ledger.checkpoints import SignedCheckpoint, read_checkpoint
    from ledger.notes import read_note

    data = folder.checkpoint()
    if data is None:
        return None
    place = str(folder.path / CHECKPOINT)
    note = read_note(data, place)
    return SignedCheckpoint(read_checkpoint(note.text, place), note)


def _refuse_another_tree(
    place: str, old: "Checkpoint", head: "Checkpoint", store: "Reader"
) -> None:
    """Raise ``BadInput`` unless what the folder holds is the start of what is to be exported."""
    from ledger.roots import root_of

    hint = "Nothing there was changed. Export into another folder"
    if old.origin != head.origin:
        raise BadInput(f"{place}: of {old.origin!r}, and this is {head.origin}", hint)
    if old.size > head.size:
        raise BadInput(
            f"{place}: of {counted(old.size, 'event')}, and this export is of {head.size:,}", hint
        )
    if root_of(store, old.size) != old.root.hex():
        raise BadInput(
            f"{place}: of another history, whose first {counted(old.size, 'event')} are not those "
            "of this ledger",
            "Nothing there was changed. Find out which is right with `wherefrom verify`",
        )
