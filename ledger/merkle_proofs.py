"""Inclusion and consistency proofs, from the hashes that are kept with each leaf.

An *inclusion proof* shows that a leaf is in a tree of which one knows only the root: it lists the
hashes beside the way from the leaf up, nearest first (RFC 6962, section 2.1.1). A *consistency
proof* shows that a tree grew out of an earlier one by appending only: it lists the hashes from
which both roots can be computed (section 2.1.2). For the third leaf of six, and for a tree of
three that became one of six::

            root                     inclusion of leaf 2:     L3, 01, 45
          ┌──┴──┐                    consistency of 3 with 6: L2, L3, 01, 45
        0123    45
       ┌──┴──┐  ┌┴─┐                 root of 3 = node(01, L2)
       01    23 L4 L5                root of 6 = node(node(01, node(L2, L3)), 45)
      ┌┴─┐  ┌┴─┐
      L0 L1 L2 L3

Every hash of a proof covers a range of leaves. Nearly every range is a complete subtree, whose
hash lies in the row of its last leaf (:mod:`ledger.merkle`); at most one ends at the ragged right
edge and is put together from a few of them. So a proof takes some 2·log₂(size) rows, asked for
at once.

The checks follow RFC 9162, sections 2.1.3.2 and 2.1.4.2, which compute both roots from the proof
alone. They take whatever comes, from whomever, and answer yes or no.
"""

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import NamedTuple

from ledger.merkle import (
    EMPTY_ROOT,
    HASH_BYTES,
    Frontier,
    StoredHashes,
    kept_hash,
    node_hash,
    peaks,
)


class _Range(NamedTuple):
    """The leaves from ``start`` up to but not including ``end``: a node of the tree."""

    start: int
    end: int

    def halves(self) -> tuple["_Range", "_Range"]:
        """Split at the largest power of two below the number of leaves, of which there are two."""
        middle = self.start + (1 << (self.end - self.start - 1).bit_length() - 1)
        return _Range(self.start, middle), _Range(middle, self.end)


def root_at(size: int, stored: StoredHashes) -> bytes:
    """Return the root over the first ``size`` leaves, from one row for each one bit of the size."""
    return Frontier.load(size, stored).root()


def inclusion_proof(position: int, size: int, stored: StoredHashes) -> list[bytes]:
    """Return the proof that the leaf at ``position`` is in the tree of ``size`` leaves.

    Raises ``ValueError`` unless ``position`` lies in that tree, and ``Damaged`` where the hashes
    that were kept are too short to be those of the tree.
    """
    if not 0 <= position < size:
        raise ValueError(f"no leaf {position} in a tree of {size}")
    return _hashes(list(_path(position, _Range(0, size))), stored)


def consistency_proof(old: int, new: int, stored: StoredHashes) -> list[bytes]:
    """Return the proof that the tree of ``new`` leaves begins with that of ``old`` leaves.

    It is empty for equal sizes, and for an old tree without leaves, with which every tree begins.
    Raises ``ValueError`` unless ``0 <= old <= new``, and ``Damaged`` as :func:`inclusion_proof`.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves does not begin with one of {old}")
    if old == 0:
        return []
    return _hashes(list(_subproof(old, _Range(0, new), True)), stored)


def verify_inclusion(
    leaf: bytes, position: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Return whether the proof leads from a leaf's hash at ``position`` to the root of ``size``.

    RFC 9162, section 2.1.3.2. ``leaf`` is the hash of the leaf: in the ledger, an event's id.
    """
    if not (0 <= position < size and _hashes_only(leaf, root, *proof)):
        return False
    here, last, computed = position, size - 1, leaf
    for beside in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            computed = node_hash(beside, computed)
            here, last = _to_a_right_child(here, last)
        else:
            computed = node_hash(computed, beside)
        here, last = here >> 1, last >> 1
    return last == 0 and computed == root


def verify_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """Return whether it shows that the tree of ``new_root`` begins with that of ``old_root``.

    RFC 9162, section 2.1.4.2. That equal trees and an empty old tree need no proof, the RFC leaves
    to its user; here the proof is then to be empty.
    """
    if not (0 <= old <= new and _hashes_only(old_root, new_root, *proof)):
        return False
    if (old == 0 and old_root != EMPTY_ROOT) or (new == 0 and new_root != EMPTY_ROOT):
        return False
    if old in (0, new):
        return not proof and (old == 0 or old_root == new_root)
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    old_computed = new_computed = path[0]
    for beside in path[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old_computed = node_hash(beside, old_computed)
            new_computed = node_hash(beside, new_computed)
            here, last = _to_a_right_child(here, last)
        else:
            new_computed = node_hash(new_computed, beside)
        here, last = here >> 1, last >> 1
    return last == 0 and (old_computed, new_computed) == (old_root, new_root)


def _to_a_right_child(here: int, last: int) -> tuple[int, int]:
    """Climb from the last node of a level to where a node stands to the left of it."""
    while here and not here & 1:
        here, last = here >> 1, last >> 1
    return here, last


def _hashes_only(*hashes: bytes) -> bool:
    """Whether all have the length of a hash, without which a hash could hide in another."""
    return all(len(hash_) == HASH_BYTES for hash_ in hashes)


def _path(position: int, tree: _Range) -> Iterator[_Range]:
    """Yield what lies beside the way from a leaf up to the root: PATH of RFC 6962."""
    if tree.end - tree.start == 1:
        return
    left, right = tree.halves()
    if position < left.end:
        yield from _path(position, left)
        yield right
    else:
        yield from _path(position, right)
        yield left


def _subproof(old: int, tree: _Range, known: bool) -> Iterator[_Range]:
    """Yield what a consistency proof covers: SUBPROOF of RFC 6962.

    ``known`` says that the tree is the whole old one, whose root the verifier has.
    """
    if old == tree.end:
        if not known:
            yield tree
        return
    left, right = tree.halves()
    if old <= left.end:
        yield from _subproof(old, left, known)
        yield right
    else:
        yield from _subproof(old, right, False)
        yield left


def _hashes(ranges: list[_Range], stored: StoredHashes) -> list[bytes]:
    """Return the hash of each range from the rows of the complete subtrees that make it up."""
    tops = [
        [(level, range_.start + last) for level, last in peaks(range_.end - range_.start)]
        for range_ in ranges
    ]
    wanted = [position for part in tops for _, position in part]
    kept = dict(zip(wanted, stored(wanted), strict=True))
    return [
        reduce(
            _joined,
            reversed([kept_hash(kept[position], level, position) for level, position in part]),
        )
        for part in tops
    ]


def _joined(right: bytes, left: bytes) -> bytes:
    return node_hash(left, right)
