"""The documents in which passages are looked up: those kept beside the ledger, and those given.

What reads documents is imported when a claim names one that is at hand: a trace of any other
starts without it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.session import Session
from ledger.errors import BadInput, StorageError

if TYPE_CHECKING:
    from projections.evidence import Passage, Texts

documents_option = click.option(
    "--evidence",
    "documents",
    multiple=True,
    metavar="FILE",
    help="Look passages up in this document, or in those of this folder, too.",
)


def refuse_device(path: str) -> None:
    """Raise ``BadInput`` for a device or a pipe, which may have no end, or never begin."""
    found = Path(path)
    if found.exists() and not (found.is_file() or found.is_dir()):
        raise BadInput(f"--evidence {path}: no ordinary file", "Save what it gives, and name that")


def documents_at_hand(paths: Sequence[str]) -> "Texts | None":
    """Return what finds the text of the documents in these files and folders; ``None`` for none.

    Raises ``StorageError`` for one that cannot be read, ``BadInput`` for a device or a pipe.
    """
    for text in paths:
        refuse_device(text)
    files: list[Path] = []
    for text in paths:
        path = Path(text)
        files += (
            sorted(child for child in path.iterdir() if child.is_file())
            if path.is_dir()
            else [path]
        )
    if not files:
        return None
    from projections.evidence import by_hash

    try:
        return by_hash(file.read_bytes() for file in files)
    except OSError as error:
        raise StorageError(
            f"--evidence {error.filename}: {error.strerror}", "Name a file or folder that is here"
        ) from None


def texts(session: Session, given: "Texts | None") -> "Texts":
    """Return what finds the text of a document that is kept, or else was ``given``."""
    kept = session.kept

    def find(sha256: str) -> Any:
        if kept.holds(sha256):
            return kept.text(sha256)
        return None if given is None else given(sha256)

    return find


def looked_up(
    session: Session, said: Mapping[str, Any] | None, given: "Texts | None"
) -> "tuple[Passage | None, str | None]":
    """Return what a claim's document holds where it points, and the file it is kept in."""
    sha256 = said.get("evidence_sha256") if said else None
    if not said or not sha256:
        return None, None
    path = session.evidence / sha256
    kept = str(path) if path.is_file() else None
    if kept is None and given is None:
        return None, None
    from projections.evidence import passage_in

    return passage_in(dict(said), texts(session, given)), kept
