"""`export --format tiles`: the ledger as files that anyone can check, signed."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.moments import size_at
from cli.output import plain
from cli.phrasing import counted
from cli.progress import Watched, progress_bar
from cli.session import Session
from ledger.errors import BadInput

if TYPE_CHECKING:
    from ledger.checkpoints import Checkpoint
    from ledger.store import Reader
    from ledger.tile_folder import TileFolder

_SHOWN = 12


def export_tiles(session: Session, path: str, key_file: str | None, known_at: str | None) -> None:
    """Write tiles into the folder ``path`` and say so; an earlier export there is extended.

    Raises ``BadInput`` where the folder holds another tree, a longer one, or what is no export,
    and where there is no key to sign with.
    """
    from cli.key_files import signer_key
    from ledger.checkpoints import Checkpoint, origin_line
    from ledger.keys import LEDGER_KEY
    from ledger.log import root_of
    from ledger.notes import Note
    from ledger.tile_folder import TileFolder

    store = session.ledger().store
    key = signer_key(key_file, LEDGER_KEY)
    size = size_at(store, known_at)
    head = Checkpoint(origin_line(store.origin), size, bytes.fromhex(root_of(store, size)))
    folder = TileFolder(Path(path))
    old = _size_there(folder, store, head)
    signed = Note(head.text, (key.sign(head.text, int(session.now().timestamp())),))
    with progress_bar("Exporting") as progress:
        watched = Watched(store, progress)
        new = folder.extend(watched, old, size, head.root, bytes(signed))
    click.echo(
        f"Wrote {counted(new, 'new tile')} and the checkpoint to {plain(path)}: "
        f"{counted(size, 'event')}, root {head.root.hex()[:_SHOWN]}…"
    )


def _size_there(folder: "TileFolder", store: "Reader", head: "Checkpoint") -> int:
    """Return how many events the folder holds already; it must be the start of this tree."""
    from ledger.checkpoints import read_checkpoint
    from ledger.log import root_of
    from ledger.notes import read_note

    data = folder.checkpoint()
    if data is None:
        return 0
    place = str(folder.path / "checkpoint")
    there = read_checkpoint(read_note(data, place).text, place)
    hint = "Nothing there was changed. Export into another folder"
    if there.origin != head.origin:
        raise BadInput(f"{place}: of {there.origin!r}, and this is {head.origin}", hint)
    if there.size > head.size:
        raise BadInput(
            f"{place}: of {there.size:,} events, and this export is of {head.size:,}", hint
        )
    if root_of(store, there.size) != there.root.hex():
        raise BadInput(
            f"{place}: of another history, whose first {counted(there.size, 'event')} are not "
            "those of this ledger",
            "Nothing there was changed. Find out which is right with `wherefrom verify`",
        )
    return there.size
