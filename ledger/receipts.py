"""Receipts: one event with the proof that a ledger holds it, to be checked with no ledger at hand.

A receipt is a C2SP transparency log proof (c2sp.org/tlog-proof), text throughout::

    c2sp.org/tlog-proof@v1
    extra eyJib2R5IjoiMTAyY2I4…                        what was filed, see below
    index 211                                          the position of the event
    xoIJQWtYmYIqgJTvGwVTF3KMzUyVj4SZ0HqDNF04opw=       the inclusion proof: the hash beside the
    …                                                  leaf, then those on the way up
                                                       an empty line, then the checkpoint
    wherefrom/0ffe9c0b29b4d2b8a51a66f0e3f8d0c1
    276
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — wherefrom/0ffe9c0b29b4d2b8a51a66f0e3f8d0c1 Az3grlgtzPICa5OS8npVmf1M…

What the format leaves to its users is the ``extra`` line, which nobody signs: it is to hold what
the leaf is computed from. Here it is base64 of three lines, so that whoever has no program of ours
can read them too (``sed -n 's/^extra //p' FILE | base64 -d``)::

    {"body":"102cb8…","origin":"0ffe9c…","recorded_at":…      the head, as it was hashed
    6f1c0a2b7c33d0c39e2b4b1f8e0d5a11                          the salt, in hex
    {"reading":{…},"statement":{"claimant":"Iran Human …      the body, as it was hashed

Each is vouched for by what follows it: the body with its salt by the hash in the head, the head by
the leaf hash in the tree, the tree by the root in the checkpoint, the checkpoint by its signature.
Base64 and numbers are taken in one spelling only, so no byte of a receipt can be another and still
hold, but for signatures by keys that the reader does not know, which count for nothing.

Where the body was erased before the receipt was made there is the head alone, without a line break:
it says that something was filed then, by whom, of which type. A receipt made earlier keeps what was
erased later, and still checks: who erases has to think of those who were given one.
"""

import re
from typing import Final

import attrs

from ledger.checkpoints import MOST_PROOF, Checkpoint, read_checkpoint, read_hash
from ledger.codec import MAX_BODY, UnknownEvent, decode
from ledger.errors import BadInput, Damaged, NotFound
from ledger.events import Event
from ledger.heads import (
    MAX_HEAD,
    SALT_BYTES,
    Head,
    check_written,
    commitment,
    decode_head,
    read_time,
)
from ledger.merkle import leaf_hash
from ledger.merkle_proofs import inclusion_proof, verify_inclusion
from ledger.notes import MOST_BYTES, Note, read_base64, read_note, write_base64
from ledger.roots import stored_hashes
from ledger.store import Reader

FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"
_EXTRA: Final = "extra "
_INDEX: Final = re.compile(r"index (0|[1-9][0-9]{0,18})", re.ASCII)
_SALT: Final = re.compile(rb"[0-9a-f]{%d}" % (2 * SALT_BYTES))
_WANTED: Final = "Name a file that `wherefrom receipt` wrote"

MOST_EXTRA: Final = 4 * -(-(MAX_HEAD + 2 * SALT_BYTES + 2 + MAX_BODY) // 3)
"""The longest base64 of a head, a salt and a body."""

MOST_RECEIPT: Final = MOST_EXTRA + MOST_BYTES + 100 * (MOST_PROOF + 3)


@attrs.frozen
class Receipt:
    """An event's bytes, where in which tree they are, and the signed note that names that tree."""

    head: bytes
    salt: bytes | None
    body: bytes | None
    position: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint

    @property
    def leaf(self) -> bytes:
        """The leaf hash of the head: in hex, the event's id."""
        return leaf_hash(self.head)

    def __bytes__(self) -> bytes:
        filed = self.head
        if self.salt is not None and self.body is not None:
            filed += b"\n" + self.salt.hex().encode() + b"\n" + self.body
        lines = [FIRST_LINE, _EXTRA + write_base64(filed), f"index {self.position}"]
        lines += map(write_base64, self.proof)
        return "".join(f"{line}\n" for line in [*lines, ""]).encode() + bytes(self.note)


def make_receipt(store: Reader, position: int, note: Note) -> Receipt:
    """Return the receipt of the event at ``position`` under a checkpoint of the store's tree.

    That the note's root is the store's is for the caller to know. Raises ``NotFound`` where the
    checkpoint is older than the event, and ``Damaged`` where rows are missing.
    """
    checkpoint = read_checkpoint(note.text, "checkpoint")
    if position >= checkpoint.size:
        raise NotFound(
            f"position {position}: recorded after this checkpoint of {checkpoint.size:,} events",
            "Make a new one with `wherefrom checkpoint`",
        )
    row = store.row(position)
    if b"\n" in row.head:
        raise Damaged(f"position {position}: a head with a line break")
    proof = tuple(inclusion_proof(position, checkpoint.size, stored_hashes(store)))
    return Receipt(row.head, row.salt, row.body, position, proof, note, checkpoint)


def read_receipt(data: bytes, what: str) -> Receipt:
    """Return the receipt that these bytes are, unchecked; ``what`` names them in errors.

    Raises ``BadInput`` for whatever is none, or is not spelled as :class:`Receipt` spells it.
    """
    if len(data) > MOST_RECEIPT:
        raise BadInput(f"{what}: longer than {MOST_RECEIPT:,} bytes", _WANTED)
    before, _, rest = data.partition(b"\n\n")
    first, *lines = before.decode("ascii", "replace").split("\n")
    if first != FIRST_LINE:
        raise BadInput(f"{what}: no receipt, which begins with {FIRST_LINE}", _WANTED)
    if len(lines) < 2 or not lines[0].startswith(_EXTRA):
        raise BadInput(f"{what}: a proof that does not say of what (no line `extra`)", _WANTED)
    filed = read_base64(lines[0].removeprefix(_EXTRA)) if len(lines[0]) <= MOST_EXTRA + 6 else None
    if filed is None:
        raise BadInput(f"{what}: the line `extra` is no base64", _WANTED)
    index = _INDEX.fullmatch(lines[1])
    if index is None:
        raise BadInput(f"{what}: no position: {lines[1][:60]!r}", _WANTED)
    if len(lines) - 2 > MOST_PROOF:
        raise BadInput(f"{what}: a proof of more than {MOST_PROOF} hashes", _WANTED)
    proof = tuple(read_hash(line, what, _WANTED) for line in lines[2:])
    note = read_note(rest, what)
    checkpoint = read_checkpoint(note.text, what)
    return Receipt(*_read_filed(filed, what), int(index[1]), proof, note, checkpoint)


def _read_filed(filed: bytes, what: str) -> tuple[bytes, bytes | None, bytes | None]:
    head, *rest = filed.split(b"\n", 2)
    if not rest:
        return head, None, None
    if len(rest) != 2 or not _SALT.fullmatch(rest[0]):
        raise BadInput(f"{what}: no head, salt and body in the line `extra`", _WANTED)
    return head, bytes.fromhex(rest[0].decode()), rest[1]


@attrs.frozen
class Opened:
    """What a receipt holds, and in words what of it does not hold.

    ``head`` is ``None`` where there is no reading it, ``event`` where there is no body, or not
    the one that was filed.
    """

    receipt: Receipt
    head: Head | None
    event: Event | UnknownEvent | None
    problems: tuple[str, ...]


def open_receipt(receipt: Receipt) -> Opened:
    """Check a receipt but for its signatures (:func:`ledger.keys.check`): no ledger is asked.

    That the head is in the tree, that the body is the one that the head commits to, that both
    are of the form in which events are kept.
    """
    problems: list[str] = []
    at, checkpoint = receipt.position, receipt.checkpoint
    if not verify_inclusion(receipt.leaf, at, checkpoint.size, receipt.proof, checkpoint.root):
        problems.append(f"the proof does not lead from the event, at position {at:,}, to the root")
    head: Head | None = None
    event: Event | UnknownEvent | None = None
    try:
        head = decode_head(receipt.head)
        read_time(head.recorded_at)
        check_written(head, receipt.head)
        if receipt.salt is not None and receipt.body is not None:
            if commitment(receipt.salt, receipt.body) == head.body:
                event = decode(head.type, head.schema, receipt.body)
            else:
                problems.append("the text is not the one that was filed")
    except Damaged as error:
        problems.append(error.message)
    return Opened(receipt, head, event, tuple(problems))
