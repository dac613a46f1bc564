"""The tree over the heads is that of RFC 6962: its definition, and its published vectors."""

import hashlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.merkle import EMPTY_ROOT, HASH_BYTES, Frontier, leaf_hash, node_hash, peaks

# The leaves and roots with which implementations of Certificate Transparency are tested.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

Leaves = st.lists(st.binary(max_size=8), max_size=70)


def tree_hash(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word by word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + tree_hash(leaves[:half]) + tree_hash(leaves[half:])).digest()


def grown(leaves: list[bytes]) -> tuple[Frontier, list[bytes]]:
    """A frontier to which these leaves were appended, and what each append has us keep."""
    frontier = Frontier()
    return frontier, [frontier.append(leaf_hash(leaf)) for leaf in leaves]


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_the_published_ones(size: int) -> None:
    frontier, _ = grown(LEAVES[:size])
    assert frontier.root().hex() == ROOTS[size]


def test_an_empty_tree_has_the_hash_of_nothing() -> None:
    assert hashlib.sha256(b"").digest() == EMPTY_ROOT == Frontier().root()


def test_a_leaf_cannot_pass_for_a_node() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)


@given(Leaves)
def test_the_root_is_that_of_the_definition_at_every_size(leaves: list[bytes]) -> None:
    frontier = Frontier()
    for size, leaf in enumerate(leaves, 1):
        frontier.append(leaf_hash(leaf))
        assert frontier.size == size
        assert frontier.root() == tree_hash(leaves[:size])


@given(Leaves, st.data())
def test_the_root_of_any_earlier_size_comes_from_the_kept_hashes(
    leaves: list[bytes], data: st.DataObject
) -> None:
    _, kept = grown(leaves)
    size = data.draw(st.integers(0, len(leaves)))
    loaded = Frontier.load(size, lambda positions: [kept[position] for position in positions])
    assert loaded.root() == tree_hash(leaves[:size])


@given(Leaves, st.data())
def test_a_tree_grows_on_from_the_kept_hashes(leaves: list[bytes], data: st.DataObject) -> None:
    _, kept = grown(leaves)
    size = data.draw(st.integers(0, len(leaves)))
    loaded = Frontier.load(size, lambda positions: [kept[position] for position in positions])
    assert [loaded.append(leaf_hash(leaf)) for leaf in leaves[size:]] == kept[size:]
    assert loaded.root() == tree_hash(leaves)


@given(Leaves)
def test_an_append_keeps_the_subtrees_that_it_completes(leaves: list[bytes]) -> None:
    """Of 1, 2, 4, … leaves, as long as they end here and begin at a multiple of their size."""
    _, kept = grown(leaves)
    for position, hashes in enumerate(kept):
        end = position + 1
        whole = [size for level in range(8) if end % (size := 1 << level) == 0]
        expected = b"".join(tree_hash(leaves[end - size : end]) for size in whole)
        assert hashes == expected


@given(st.integers(0, 2**40))
@example(0)
@example(1)
@example(2**20)
def test_the_peaks_cover_a_tree_from_left_to_right(size: int) -> None:
    end = 0
    levels = []
    for level, last in peaks(size):
        assert last == end + 2**level - 1
        end = last + 1
        levels.append(level)
    assert end == size
    assert levels == sorted(set(levels), reverse=True)


@given(Leaves.filter(bool), st.data())
def test_another_leaf_anywhere_is_another_root(leaves: list[bytes], data: st.DataObject) -> None:
    changed = list(leaves)
    changed[data.draw(st.integers(0, len(leaves) - 1))] += b"!"
    assert grown(changed)[0].root() != grown(leaves)[0].root()


def test_two_hashes_a_leaf_are_kept_on_average() -> None:
    _, kept = grown([b""] * 1024)
    assert sum(map(len, kept)) == (2 * 1024 - 1) * HASH_BYTES
