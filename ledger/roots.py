"""The tree over a store's rows, from the hashes that are kept with them.

What is kept is believed here; that it is right, :mod:`ledger.verification` finds out.
"""

from collections.abc import Sequence

from ledger import merkle
from ledger.store import Reader, missing


def root_of(store: Reader, size: int) -> str:
    """Return the root over the first ``size`` rows from the hashes kept with them, in hex."""
    return frontier_of(store, size).root().hex()


def frontier_of(reader: Reader, size: int) -> merkle.Frontier:
    """Return the tree of the first ``size`` rows, to go on from."""
    return merkle.Frontier.load(size, stored_hashes(reader))


def stored_hashes(reader: Reader) -> merkle.StoredHashes:
    """Return what proofs are made from: the hashes kept with the leaves at some positions.

    What it returns raises ``Damaged`` where a row is missing.
    """

    def stored(positions: Sequence[int]) -> list[bytes]:
        try:
            return [row.hashes for row in reader.at(positions)]
        except IndexError as error:
            raise missing(error.args[0]) from None

    return stored
