"""Ledgers of any size, made in no time: heads as a ledger writes them, bodies that say little."""

from collections.abc import Iterator
from itertools import islice

from ledger.codec import encode
from ledger.events import SourceDescribed
from ledger.heads import commitment, next_head
from ledger.memory import MemoryStore
from ledger.merkle import Frontier, leaf_hash
from ledger.store import Row

ORIGIN = "0123456789abcdef" * 2


def endless_rows(recorder: str = "desk") -> Iterator[Row]:
    """The rows of a ledger that never ends."""
    frontier, salt, position = Frontier(), bytes(16), 0
    while True:
        body = encode(SourceDescribed(name=f"radio {position}", kind="outlet"))
        when = f"2026-02-06T{position // 3_600_000:02d}:{position // 60_000 % 60:02d}:"
        when += f"{position // 1000 % 60:02d}.{position % 1000:03d}000Z"
        said = commitment(salt, body.data)
        head = next_head(ORIGIN, recorder, body.type, body.schema, position, when, said)
        hashes = frontier.append(leaf_hash(head))
        yield Row(position, head, hashes, salt, body.data, body.fingerprint)
        position += 1


class Growing:
    """A ledger in memory that grows to any larger size; ``root`` is that of its size."""

    def __init__(self, recorder: str = "desk") -> None:
        self.store = MemoryStore(ORIGIN)
        self._rows = endless_rows(recorder)

    def grow(self, size: int) -> MemoryStore:
        with self.store.appending() as writer:
            writer.add(islice(self._rows, size - self.store.size()))
        return self.store

    @property
    def root(self) -> bytes:
        return root_of(self.store, self.store.size())


def root_of(store: MemoryStore, size: int) -> bytes:
    return Frontier.load(size, lambda at: [row.hashes for row in store.at(at)]).root()
