"""The second half of an erasure: no byte of what went is left in the files of this ledger.

The event that says so and the removal are one transaction. What comes after can be cut short or
be held up by another program, so the ledger keeps how many of its erasures are done with
(``Store.note_scrubbed``); `doctor` tells of the rest, and every `erase` finishes it first.
"""

from typing import TYPE_CHECKING

from ledger.errors import StorageError

if TYPE_CHECKING:
    from cli.session import Session
    from ledger.store import Store


def unfinished(store: "Store") -> int:
    """Return of how many erasures some bytes may still be left."""
    return max(0, len(store.erasures()) - store.scrubbed)


def finish(session: "Session") -> None:
    """Overwrite what erased texts left in the ledger's file, the views, and their journals.

    Raises ``StorageError`` where another program stands in the way, or the disk is full.
    """
    from cli.progress import progress_bar

    store = session.ledger().store
    erasures = len(store.erasures())
    try:
        store.scrub()
        with progress_bar("Rebuilding") as progress:
            session.scrub_views(progress)
        store.note_scrubbed(erasures)
    except StorageError as error:
        raise StorageError(
            f"erased, but some bytes of it are still in the files: {error.message}",
            "Close other programs that use the ledger, make room on the disk, and run "
            "`wherefrom erase`",
        ) from error
