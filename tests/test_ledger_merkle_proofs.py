"""Proofs are those of RFC 6962, and nothing but what they prove passes the checks of RFC 9162."""

from collections.abc import Sequence
from itertools import combinations_with_replacement

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Damaged
from ledger.merkle import EMPTY_ROOT, HASH_BYTES, Frontier, leaf_hash, node_hash
from ledger.merkle_proofs import (
    consistency_proof,
    inclusion_proof,
    root_at,
    verify_consistency,
    verify_inclusion,
)

ALL = 70
"""Sizes up to here are tried one and all: the first seven levels and their ragged edges."""
LARGE = 3000


class Kept:
    """The hashes that a ledger keeps with each leaf, and how many rows were asked for."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        frontier = Frontier()
        self.rows = [frontier.append(leaf) for leaf in leaves]
        self.read = 0

    def __call__(self, positions: Sequence[int]) -> list[bytes]:
        self.read += len(positions)
        return [self.rows[position] for position in positions]


LEAVES = [leaf_hash(number.to_bytes(4, "big")) for number in range(LARGE)]
KEPT = Kept(LEAVES)


# RFC 6962, section 2.1, word by word.


def split(leaves: Sequence[object]) -> int:
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return half


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    half = split(leaves)
    return node_hash(tree_hash(leaves[:half]), tree_hash(leaves[half:]))


def path(position: int, leaves: Sequence[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    half = split(leaves)
    if position < half:
        return [*path(position, leaves[:half]), tree_hash(leaves[half:])]
    return [*path(position - half, leaves[half:]), tree_hash(leaves[:half])]


def subproof(old: int, leaves: Sequence[bytes], known: bool) -> list[bytes]:
    if old == len(leaves):
        return [] if known else [tree_hash(leaves)]
    half = split(leaves)
    if old <= half:
        return [*subproof(old, leaves[:half], known), tree_hash(leaves[half:])]
    return [*subproof(old - half, leaves[half:], False), tree_hash(leaves[:half])]


ROOTS = [tree_hash(LEAVES[:size]) for size in range(ALL + 1)]


@pytest.mark.parametrize("size", range(1, ALL + 1))
def test_every_inclusion_proof_is_that_of_the_rfc_and_holds(size: int) -> None:
    for position in range(size):
        proof = inclusion_proof(position, size, KEPT)
        assert proof == path(position, LEAVES[:size])
        assert verify_inclusion(LEAVES[position], position, size, proof, ROOTS[size])


@pytest.mark.parametrize("new", range(ALL + 1))
def test_every_consistency_proof_is_that_of_the_rfc_and_holds(new: int) -> None:
    for old in range(new + 1):
        proof = consistency_proof(old, new, KEPT)
        assert proof == (subproof(old, LEAVES[:new], True) if old else [])
        assert verify_consistency(old, new, proof, ROOTS[old], ROOTS[new])


@given(st.data())
def test_proofs_in_larger_trees_are_those_of_the_rfc(data: st.DataObject) -> None:
    new = data.draw(st.integers(1, LARGE))
    old = data.draw(st.integers(1, new))
    leaves, root = LEAVES[:new], tree_hash(LEAVES[:new])
    assert root_at(new, KEPT) == root
    inclusion = inclusion_proof(old - 1, new, KEPT)
    assert inclusion == path(old - 1, leaves)
    assert verify_inclusion(LEAVES[old - 1], old - 1, new, inclusion, root)
    consistency = consistency_proof(old, new, KEPT)
    assert consistency == subproof(old, leaves, True)
    assert verify_consistency(old, new, consistency, tree_hash(LEAVES[:old]), root)


@given(st.integers(1, 40), st.data())
def test_a_proof_reads_as_many_rows_as_the_tree_is_high(height: int, data: st.DataObject) -> None:
    """At most two for every level, at any size; in one question, so that it is one query."""
    size = data.draw(st.integers(1, 2**height))
    position = data.draw(st.integers(0, size - 1))
    asked = []

    def stored(positions: Sequence[int]) -> list[bytes]:
        asked.append(len(positions))
        assert all(0 <= place < size for place in positions)
        return [b"\0" * HASH_BYTES * 64 for _ in positions]

    most = 2 * (size - 1).bit_length()
    inclusion_proof(position, size, stored)
    consistency_proof(position + 1, size, stored)
    root_at(size, stored)
    assert len(asked) == 3
    assert asked[0] <= most
    assert asked[1] <= most + 1
    assert asked[2] == size.bit_count()


# What is no proof


def mutations(proof: list[bytes], data: st.DataObject) -> list[bytes]:
    """Another proof: one bit turned, a hash too many, too few, doubled, cut or moved."""
    other = list(proof)
    kinds = ["more", *(["bit", "less", "twice", "short", "joined"] if proof else [])]
    place = data.draw(st.integers(0, max(len(proof) - 1, 0)))
    kind = data.draw(st.sampled_from(kinds))
    if kind == "bit":
        bit = data.draw(st.integers(0, 8 * HASH_BYTES - 1))
        changed = int.from_bytes(other[place], "big") ^ 1 << bit
        other[place] = changed.to_bytes(HASH_BYTES, "big")
    elif kind == "less":
        del other[place]
    elif kind == "twice":
        other.insert(place, other[place])
    elif kind == "short":
        other[place] = other[place][:-1]
    elif kind == "joined":
        other[place : place + 2] = [b"".join(other[place : place + 2]) + b"!"]
    else:
        other.insert(place, data.draw(st.binary(min_size=32, max_size=32)))
    return other


@given(st.data())
def test_a_changed_inclusion_proof_is_refused(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, ALL))
    position = data.draw(st.integers(0, size - 1))
    proof = mutations(inclusion_proof(position, size, KEPT), data)
    assert not verify_inclusion(LEAVES[position], position, size, proof, ROOTS[size])


@given(st.data())
def test_a_changed_consistency_proof_is_refused(data: st.DataObject) -> None:
    new = data.draw(st.integers(0, ALL))
    old = data.draw(st.integers(0, new))
    proof = mutations(consistency_proof(old, new, KEPT), data)
    assert not verify_consistency(old, new, proof, ROOTS[old], ROOTS[new])


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8, 21, 64])
def test_an_inclusion_proof_is_of_one_leaf_at_one_place_in_one_tree(size: int) -> None:
    for position in range(size):
        proof = inclusion_proof(position, size, KEPT)
        for leaf in {*LEAVES[:size], ROOTS[size]} - {LEAVES[position]}:
            assert not verify_inclusion(leaf, position, size, proof, ROOTS[size])
        for place in set(range(-1, size + 2)) - {position}:
            assert not verify_inclusion(LEAVES[position], place, size, proof, ROOTS[size])
        for root in {*ROOTS} - {ROOTS[size]}:
            assert not verify_inclusion(LEAVES[position], position, size, proof, root)


@pytest.mark.parametrize("new", [0, 1, 2, 3, 6, 7, 8, 21, 64])
def test_a_consistency_proof_is_of_two_trees(new: int) -> None:
    for old in range(new + 1):
        proof = consistency_proof(old, new, KEPT)
        for other in range(ALL):
            if other != old:
                assert not verify_consistency(old, new, proof, ROOTS[other], ROOTS[new])
            if other != new and old:
                assert not verify_consistency(old, new, proof, ROOTS[old], ROOTS[other])
        assert old == new or not verify_consistency(new, old, proof, ROOTS[new], ROOTS[old])


def sides(position: int, size: int) -> str:
    """On which side each hash of an inclusion proof stands."""
    if size == 1:
        return ""
    half = split(range(size))
    if position < half:
        return sides(position, half) + "R"
    return sides(position - half, size - half) + "L"


def steps(old: int, new: int, known: bool) -> str:
    """What each hash of a consistency proof is for: the start, the new root, or both roots."""
    if old == new:
        return "" if known else "S"
    half = split(range(new))
    if old <= half:
        return steps(old, half, known) + "N"
    return steps(old - half, new - half, False) + "B"


SMALL = 20


def test_an_inclusion_proof_holds_for_other_numbers_only_where_it_would_be_of_the_same_form() -> (
    None
):
    """Neither a longer nor a shorter way passes, though its hashes lead to the same root."""
    places = [(position, size) for size in range(1, SMALL) for position in range(size)]
    for position, size in places:
        proof = inclusion_proof(position, size, KEPT)
        for other in places:
            holds = verify_inclusion(LEAVES[position], *other, proof, ROOTS[size])
            assert holds == (sides(*other) == sides(position, size))


def test_a_consistency_proof_holds_for_other_numbers_only_where_it_would_be_of_the_same_form() -> (
    None
):
    pairs = [(old, new) for new in range(2, SMALL) for old in range(1, new)]
    for old, new in pairs:
        proof = consistency_proof(old, new, KEPT)
        for other in pairs:
            holds = verify_consistency(*other, proof, ROOTS[old], ROOTS[new])
            assert holds == (steps(*other, True) == steps(old, new, True))


def test_no_hash_hides_in_another() -> None:
    """Bytes moved from one hash to the next are hashed to the same, and are no proof."""
    left, right = LEAVES[:2]
    assert verify_inclusion(left, 0, 2, [right], ROOTS[2])
    assert not verify_inclusion(left + right[:1], 0, 2, [right[1:]], ROOTS[2])
    first, *rest = consistency_proof(3, 4, KEPT)
    moved = [first + rest[0][:1], rest[0][1:], *rest[1:]]
    assert not verify_consistency(3, 4, moved, ROOTS[3], ROOTS[4])


def test_a_tree_that_was_rewritten_has_no_proof_from_the_old_one() -> None:
    """Not even where whoever rewrote it makes the proof."""
    rewritten = Kept([*LEAVES[:3], leaf_hash(b"another"), *LEAVES[4:ALL]])
    for old in range(4, ALL):
        for new in range(old, ALL):
            proof = consistency_proof(old, new, rewritten)
            root = root_at(new, rewritten)
            assert not verify_consistency(old, new, proof, ROOTS[old], root)
    assert verify_consistency(
        3, ALL, consistency_proof(3, ALL, rewritten), ROOTS[3], root_at(ALL, rewritten)
    )


def test_every_tree_begins_with_the_empty_one() -> None:
    assert consistency_proof(0, 5, KEPT) == []
    assert verify_consistency(0, 5, [], EMPTY_ROOT, ROOTS[5])
    assert not verify_consistency(0, 5, [], ROOTS[1], ROOTS[5])
    assert not verify_consistency(0, 5, [ROOTS[5]], EMPTY_ROOT, ROOTS[5])
    assert not verify_consistency(0, 0, [], EMPTY_ROOT, ROOTS[1])


@pytest.mark.parametrize(("position", "size"), [(0, 0), (-1, 3), (3, 3)])
def test_there_is_no_inclusion_proof_for_what_is_not_there(position: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_proof(position, size, KEPT)


@pytest.mark.parametrize(("old", "new"), [(-1, 3), (4, 3)])
def test_there_is_no_consistency_proof_backwards(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="does not begin"):
        consistency_proof(old, new, KEPT)


def test_hashes_that_are_missing_are_damage() -> None:
    with pytest.raises(Damaged, match="position 1"):
        inclusion_proof(2, 3, lambda positions: [b"\0" * HASH_BYTES for _ in positions])


@pytest.mark.parametrize("old", range(1, 9))
def test_all_pairs_of_small_trees_agree_or_are_refused(old: int) -> None:
    """A proof between trees of two histories holds only where the one begins with the other."""
    histories = [Kept([leaf_hash(mark) for mark in marks]) for marks in TWO_LETTERS]
    for first in histories:
        for second in histories:
            proof = consistency_proof(old, 8, second)
            holds = verify_consistency(old, 8, proof, root_at(old, first), root_at(8, second))
            assert holds == (first.rows[:old] == second.rows[:old])


TWO_LETTERS = list(combinations_with_replacement((b"a", b"b"), 8))
