"""What a file is, by how it begins: one that stands where another belongs is called by its name.

A private key, a verifier key, a checkpoint and a receipt are all short files of text, and soon
taken for one another. Some of them, and a database, cannot be made again: those are not written
over by what is something else (:func:`cli.writing.refuse_kept`).
"""

import os
import re
from pathlib import Path
from typing import Final

from ledger.errors import BadInput

DATABASE: Final = "a database"
PRIVATE_KEY: Final = "a private key"
VERIFIER_KEY: Final = "a verifier key"
CHECKPOINT: Final = "a checkpoint"
RECEIPT: Final = "a receipt"

ENOUGH: Final = 4_096
"""Bytes of a file that tell what it is: the longest proof before a checkpoint is shorter."""

_BEGINNINGS: Final = (
    (re.compile(rb"SQLite format 3\x00"), DATABASE),
    (re.compile(rb"\s*PRIVATE\+KEY\+"), PRIVATE_KEY),
    (re.compile(rb"c2sp\.org/tlog-proof@v1\n"), RECEIPT),
    (
        re.compile(
            rb"(?:old [0-9]{1,19}\n(?:[A-Za-z0-9+/]{43}=\n)*\n)?"
            rb"[^\n\x00]{1,1000}\n[0-9]{1,19}\n[A-Za-z0-9+/]{43}=\n"
        ),
        CHECKPOINT,
    ),
    (re.compile(rb"\s*[^+\s]{1,800}\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{20,}\s*\Z"), VERIFIER_KEY),
)
_WANTED: Final = {
    PRIVATE_KEY: "Name a file that `wherefrom keygen` made",
    VERIFIER_KEY: "Name what `wherefrom keygen --show FILE` prints",
    CHECKPOINT: "Name a checkpoint, as `wherefrom checkpoint` writes it",
    RECEIPT: "Name a file that `wherefrom receipt` wrote",
}
_TAKEN_FOR: Final = {
    (CHECKPOINT, RECEIPT): "; `wherefrom verify --checkpoint` checks this one",
    (RECEIPT, CHECKPOINT): "; `wherefrom verify-receipt` checks this one",
}


def kind_of(start: bytes) -> str | None:
    """Return what a file is that begins so, or ``None`` for what is none of these."""
    start = start[:ENOUGH]
    return next((kind for pattern, kind in _BEGINNINGS if pattern.match(start)), None)


def kind_of_file(path: Path) -> str | None:
    """Return what the file is; ``None`` for none of these, or where it cannot be read."""
    try:
        with path.open("rb") as file:
            return kind_of(file.read(ENOUGH))
    except OSError:
        return None


def refuse_no_database(path: str) -> None:
    """Raise ``BadInput`` where there is something at ``path``, and no database."""
    if not path:
        raise BadInput("no name is given where a ledger is wanted", "Name its file")
    place = Path(path)
    if place.is_dir():
        raise BadInput(f"{path}: a folder", "Name the ledger's file in it")
    if not place.is_file() or not place.stat().st_size or not os.access(place, os.R_OK):
        return
    kind = kind_of_file(place)
    if kind != DATABASE:
        what = f"{kind}, and no ledger" if kind else "no ledger"
        hint = "Name the ledger's file; what `wherefrom export` wrote is read by `wherefrom import`"
        raise BadInput(f"{path}: {what}", hint)


def refuse_other(data: bytes, name: str, wanted: str, *others: str) -> None:
    """Raise ``BadInput`` where the file called ``name`` is one of these, and not a wanted one."""
    kind = kind_of(data)
    if kind is not None and kind not in (wanted, *others):
        raise BadInput(
            f"{name}: {kind}, and {wanted} is wanted",
            _WANTED[wanted] + _TAKEN_FOR.get((kind, wanted), ""),
        )
