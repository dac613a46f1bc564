"""Desks that sign: a ledger with a key, what it has signed, and ways to falsify it."""

import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path

from commands import Answer, Wherefrom

from ledger.checkpoints import SignedCheckpoint, read_signed_checkpoint
from ledger.events import Event, SourceDescribed
from ledger.log import Ledger
from ledger.sqlite import SqliteStore


class Desk:
    """A ledger, the key that signs its checkpoints, and where they are kept."""

    def __init__(self, folder: Path, name: str = "desk", *, cosigner: bool = False) -> None:
        folder.mkdir(exist_ok=True)
        self.wherefrom = Wherefrom(folder)
        self.folder = folder
        self.key = folder / f"{name}.key"
        self.seen = folder / f"{name}.key.seen"
        self.kept = folder / "kept.checkpoint"
        kind = ["--cosigner"] if cosigner else []
        made = self.wherefrom("keygen", f"example.org/{name}", "--output", self.key, *kind)
        self.verifier = made.out.strip()

    def record(self, *names: str) -> None:
        """File one event a name."""
        with opened(self.wherefrom.db, create=True) as ledger:
            ledger.append([SourceDescribed(name=name, kind="person") for name in names], "desk")

    def checkpoint(self, *options: object, code: int = 0) -> Answer:
        """Sign the ledger as it is, into the file that is kept."""
        return self.wherefrom(
            "checkpoint", "--key", self.key, "--output", self.kept, *options, code=code
        )

    def verify(self, *options: object, code: int = 0) -> Answer:
        """Hold the ledger against the file that is kept."""
        return self.wherefrom("verify", "--checkpoint", self.kept, *options, code=code)

    def signed(self, path: Path | None = None) -> SignedCheckpoint:
        """Read a checkpoint; by default the one that is kept."""
        return read_signed_checkpoint((path or self.kept).read_bytes(), "kept")


class opened:
    """The ledger in a file, to be closed again."""

    def __init__(self, path: Path, *, create: bool = False, origin: str | None = None) -> None:
        named = origin or (os.urandom(16).hex() if create else None)
        self._store = SqliteStore.open(path, named)

    def __enter__(self) -> Ledger:
        return Ledger(self._store, clock=lambda: datetime.now(UTC), random=os.urandom)

    def __exit__(self, *_: object) -> None:
        self._store.close()


def erase(path: Path, id_: str) -> None:
    """Erase the body of an event, and nothing else."""
    with opened(path) as ledger:
        [position] = [entry.position for entry in ledger.read() if entry.id == id_]
        ledger.erase([position], "desk", by="desk", ground="asked to")


def rewrite(path: Path, changed: Callable[[list[Event]], Iterable[Event]]) -> None:
    """Make the ledger anew from changed events: same origin, all hashes valid.

    What comes before the first change stays as it was, to the byte.
    """
    with opened(path) as ledger:
        origin, rows = ledger.origin, list(ledger.store.rows())
        events = [entry.event for entry in ledger.read() if isinstance(entry.event, Event)]
    other = list(changed(events))
    pairs = zip_longest(events, other)
    same = next((number for number, (one, two) in enumerate(pairs) if one != two), len(other))
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    with opened(path, origin=origin) as ledger:
        with ledger.store.appending() as writer:
            writer.add(rows[:same])
        ledger.append(other[same:], "desk")
