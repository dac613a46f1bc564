"""The Merkle tree over the heads: RFC 6962, section 2.1 (the same in RFC 9162).

A leaf is hashed with a zero byte before it, a node with a one byte, so that neither can pass
for the other::

    leaf(head)        = sha256(0x00 ‖ head)          this is also the event's id
    node(left, right) = sha256(0x01 ‖ left ‖ right)

A tree of n leaves splits at the largest power of two below n. Its complete subtrees never
change once they are full, so they are kept as they fill: appending leaf p completes one
subtree of 1 leaf, and one of 2, 4, 8, … leaves for every trailing one bit of p. We store them
with the leaf that completed them, 32 bytes each, smallest first::

    p      0    1      2    3          4    5      6    7
    kept   L0   L1 01  L2   L3 23 03   L4   L5 45  L6   L7 67 47 07

That is two hashes a leaf on average, in one row that is written once; and the root of any
size, old or new, takes one row for each one bit of the size.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence

from ledger.errors import Damaged

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves (RFC 6962, section 2.1)."""

StoredHashes = Callable[[Sequence[int]], Sequence[bytes]]
"""Returns, for positions, the hashes of the complete subtrees that the leaf at each completed."""


def leaf_hash(head: bytes) -> bytes:
    """Return the hash of a leaf: 32 bytes, in hex the event's id."""
    return hashlib.sha256(b"\x00" + head).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def peaks(size: int) -> Iterator[tuple[int, int]]:
    """Yield the complete subtrees that make up a tree of ``size`` leaves, largest first.

    Each as (level, position of its last leaf): a subtree of level l has 2**l leaves.
    """
    end = 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            end += 1 << level
            yield level, end - 1


def kept_hash(hashes: bytes, level: int, position: int) -> bytes:
    """Return, of the hashes kept with a leaf, that of the subtree of that level which it completed.

    Raises ``Damaged`` where there is none: they are too short to be those of the leaf at
    ``position``, and what has not the length of a hash could pass for parts of two.
    """
    found = hashes[level * HASH_BYTES : (level + 1) * HASH_BYTES]
    if len(found) != HASH_BYTES:
        raise Damaged(
            f"position {position}: the kept hashes are not those of the tree",
            "Run `wherefrom verify`",
        )
    return found


class Frontier:
    """The peaks of a growing tree: all that is needed to append to it and to know its root."""

    def __init__(self, size: int = 0, hashes: list[bytes] | None = None) -> None:
        self.size = size
        self._peaks = list(hashes or ())

    @classmethod
    def load(cls, size: int, stored: StoredHashes) -> "Frontier":
        """Return the frontier of the first ``size`` leaves from the hashes kept with them.

        Raises ``Damaged`` as :func:`kept_hash` does.
        """
        tops = list(peaks(size))
        kept = stored([position for _, position in tops])
        return cls(
            size,
            [
                kept_hash(hashes, level, position)
                for (level, position), hashes in zip(tops, kept, strict=True)
            ],
        )

    def append(self, leaf: bytes) -> bytes:
        """Add a leaf's hash; return the hashes of the subtrees it completes, smallest first."""
        filled = self.size
        if not filled & 1:  # every other leaf: said shortly, since a million are appended
            self._peaks.append(leaf)
            self.size = filled + 1
            return leaf
        completed = [leaf]
        while filled & 1:
            completed.append(node_hash(self._peaks.pop(), completed[-1]))
            filled >>= 1
        self._peaks.append(completed[-1])
        self.size += 1
        return b"".join(completed)

    def append_tree(self, level: int, root: bytes) -> bytes:
        """Add a complete subtree of 2**level leaves where a multiple of so many are.

        Returns the hashes of the larger subtrees that it completes, smallest first.
        """
        completed = []
        hash_ = root
        filled = self.size >> level
        while filled & 1:
            hash_ = node_hash(self._peaks.pop(), hash_)
            completed.append(hash_)
            filled >>= 1
        self._peaks.append(hash_)
        self.size += 1 << level
        return b"".join(completed)

    @classmethod
    def join(cls, left: "Frontier", right: "Frontier") -> "Frontier":
        """Return the frontier of both, where ``right`` is smaller than any peak of ``left``."""
        return cls(left.size + right.size, left._peaks + right._peaks)

    def root(self) -> bytes:
        """Return the root of the tree as it is now."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for left in reversed(self._peaks[:-1]):
            root = node_hash(left, root)
        return root
