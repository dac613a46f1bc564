"""Forks: two histories of one ledger that cannot both be, kept as evidence.

A ledger shows, whenever it is pulled from, how many events it holds and the root over them, and
every event bears the number that its origin gave it. Whoever sees two of these that contradict
each other holds the proof that somebody rewrote a history, or recorded in two copies of it:

``rewritten``       the ledger held so many events once, and the first so many are others now
``two-events``      two different events bear the same number of one origin
``rolled-back``     the ledger holds fewer events than it did, and went on from there
``not-as-signed``   it is not the ledger of which a checkpoint was signed

Both sides are kept as they were seen, in one JSON file. The heads of the events are there byte for
byte, as texts: RFC 6962's hash of a leaf leads from them to the ids.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal

import attrs

from ledger.census import Named
from ledger.errors import LedgerError, StorageError
from ledger.files import write_once
from ledger.store import HeadSeen

Kind = Literal["rewritten", "two-events", "rolled-back", "not-as-signed"]

_SHORT: Final = 10


@attrs.frozen
class Fork:
    """Two sides that cannot both be: what was seen before, or is held here, and what is shown.

    ``origin`` is what the ledger concerned records under; ``ours`` is set where it is our own.
    """

    kind: Kind
    origin: str
    shown: HeadSeen
    seen: HeadSeen | None = None
    here: Named | None = None
    there: Named | None = None
    ours: bool = False

    def said(self, file: str) -> str:
        """Return what is the matter, in words; ``file`` is where the other ledger is."""
        name = self.origin[:_SHORT]
        if self.kind == "two-events":
            assert self.here is not None
            assert self.there is not None
            number = json.loads(self.here.head)["seq"]
            whose = "this ledger's own" if self.ours else "that"
            return (
                f"{file}: a fork: two different events are number {number} of {whose} origin "
                f"{name}: {self.here.id[:_SHORT]} here, at position {self.here.position}, and "
                f"{self.there.id[:_SHORT]} there, at position {self.there.position}"
            )
        seen = self.seen
        assert seen is not None
        if self.kind == "not-as-signed":
            return (
                f"{file}: a fork: a checkpoint was signed of {seen.size:,} events of {name}, and "
                "this ledger does not extend it"
            )
        if self.kind == "rolled-back":
            return (
                f"{file}: rolled back: the ledger {name} held {seen.size:,} events when it was "
                f"last pulled from; now it holds {self.shown.size:,}, and others among them"
            )
        return (
            f"{file}: a fork: the ledger {name} held {seen.size:,} events with the root "
            f"{seen.root[:_SHORT]} when it was pulled from; its first {seen.size:,} are others now"
        )

    def evidence(self) -> dict[str, Any]:
        """Return both sides as JSON."""
        return {
            "kind": self.kind,
            "origin": self.origin,
            "seen": None if self.seen is None else self.seen._asdict(),
            "shown": self.shown._asdict(),
            "events": [
                {"in": where, "position": one.position, "id": one.id, "head": one.head.decode()}
                for where, one in (("this ledger", self.here), ("the other", self.there))
                if one is not None
            ],
        }


class Forked(LedgerError):
    """A history that contradicts what was seen before; ``fork`` says which two sides there are."""

    exit_code = 1

    def __init__(self, fork: Fork) -> None:
        super().__init__(fork.said("the other ledger"))
        self.fork = fork


def keep(fork: Fork, folder: Path, found: Sequence[tuple[str, Any]], like: Path) -> Path:
    """Write the evidence into a file of the folder, whole, and return its path.

    ``found`` says when and where it was found. The file is named after the two sides; one that
    is there stays as it is. It can be read by whoever can read the file ``like``. Raises
    ``StorageError`` where it cannot be written.
    """
    evidence = fork.evidence()
    spelt = json.dumps(evidence, sort_keys=True).encode()
    path = folder / f"{fork.origin[:_SHORT]}-{hashlib.sha256(spelt).hexdigest()[:16]}.json"
    text = json.dumps({**dict(found), **evidence}, indent=2) + "\n"
    try:
        write_once(path, text.encode(), like)
    except OSError as error:
        raise StorageError(
            f"{path}: the evidence of a fork cannot be kept: {error.strerror}",
            "Make room there and pull again: nothing was pulled",
        ) from error
    return path
