"""Checkpoints: how many events a ledger has and the root over them, to be signed (C2SP).

The text of a checkpoint (tlog-checkpoint) is three lines. It is signed as a note
(:mod:`ledger.notes`) and kept where whoever could rewrite the ledger cannot reach it::

    wherefrom/0ffe9c0b29b4d2b8a51a66f0e3f8d0c1       which ledger, by its origin
    276                                              how many events
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=     the root of the Merkle tree over them

Further lines would be extensions; we write none and keep those that come. The first line is to
be an address without a scheme, only so that no two logs have the same by accident; the random
origin sees to that.

A cosigner who has seen a ledger before wants to be shown that the new checkpoint extends what it
saw. Then the proof stands before the checkpoint, in the form in which tlog-witness sends it::

    old 200                                          how many events it had then
    PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=     the consistency proof, a hash a line
    …
                                                     an empty line, then the checkpoint

https://c2sp.org/tlog-checkpoint (v1.0.0), https://c2sp.org/tlog-witness
"""

import re
from typing import Final

import attrs

from ledger.errors import BadInput
from ledger.merkle import HASH_BYTES
from ledger.notes import MOST_BYTES, Note, read_base64, read_note, write_base64

MOST_PROOF: Final = 63
"""A proof between trees of less than 2⁶³ leaves has no more hashes (tlog-witness)."""

_NAMESPACE: Final = "wherefrom/"
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_MOST_SIZE: Final = (1 << 63) - 1
_WANTED: Final = "Name a checkpoint, as `wherefrom checkpoint` writes it"


@attrs.frozen
class Checkpoint:
    """The head of a tree: the ``size`` of the log called ``origin``, and the ``root`` over it."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The lines that are signed; ``ValueError`` where one would be several, or none."""
        lines = (self.origin, str(self.size), write_base64(self.root), *self.extensions)
        if not all(lines) or any("\n" in line for line in lines):
            raise ValueError("a line of a checkpoint is empty, or holds a line break")
        return "".join(f"{line}\n" for line in lines)


@attrs.frozen
class SignedCheckpoint:
    """A checkpoint as it was signed, and the proof that it extends one of ``old`` events, if any.

    Nothing of it was checked yet: not the signatures (:func:`ledger.keys.check`), nor the proof.
    """

    checkpoint: Checkpoint
    note: Note
    old: int | None = None
    proof: tuple[bytes, ...] = ()

    def __bytes__(self) -> bytes:
        if self.old is None:
            return bytes(self.note)
        lines = "".join(f"{write_base64(hash_)}\n" for hash_ in self.proof)
        return f"old {self.old}\n{lines}\n".encode() + bytes(self.note)


def origin_line(origin: str) -> str:
    """Return how checkpoints name the ledger whose origin is these 32 hex digits."""
    return f"{_NAMESPACE}{origin}"


def read_checkpoint(text: str, what: str) -> Checkpoint:
    """Return the checkpoint that the text of a note is; raise ``BadInput`` where it is none."""
    lines = text.split("\n")
    if lines.pop() or len(lines) < 3 or not all(lines):
        raise BadInput(f"{what}: no checkpoint, which has three lines at least", _WANTED)
    origin, size, root, *extensions = lines
    return Checkpoint(origin, _read_size(size, what), read_hash(root, what), tuple(extensions))


def read_signed_checkpoint(data: bytes, what: str) -> SignedCheckpoint:
    """Return the signed checkpoint that these bytes are, with or without a proof before it.

    ``what`` names them in errors. Raises ``BadInput`` for everything else.
    """
    if len(data) > MOST_BYTES:
        raise BadInput(f"{what}: longer than {MOST_BYTES:,} bytes", _WANTED)
    if not data.startswith(b"old "):
        note = read_note(data, what)
        return SignedCheckpoint(read_checkpoint(note.text, what), note)
    before, _, rest = data.partition(b"\n\n")
    first, *lines = before.decode("ascii", "replace").split("\n")
    old = _read_size(first.removeprefix("old "), what)
    if len(lines) > MOST_PROOF:
        raise BadInput(f"{what}: a proof of more than {MOST_PROOF} hashes", _WANTED)
    proof = tuple(read_hash(line, what) for line in lines)
    note = read_note(rest, what)
    return SignedCheckpoint(read_checkpoint(note.text, what), note, old, proof)


def _read_size(text: str, what: str) -> int:
    if not _SIZE.fullmatch(text) or int(text) > _MOST_SIZE:
        raise BadInput(f"{what}: no number of events: {text[:40]!r}", _WANTED)
    return int(text)


def read_hash(text: str, what: str, wanted: str = _WANTED) -> bytes:
    """Return the hash that a line is; raise ``BadInput``, which says what is ``wanted``."""
    hash_ = read_base64(text) if len(text) < 2 * HASH_BYTES else None
    if hash_ is None or len(hash_) != HASH_BYTES:
        raise BadInput(f"{what}: no hash: {text[:60]!r}", wanted)
    return hash_
