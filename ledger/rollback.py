"""How a ledger notices that it was put back to an earlier state.

A copy beside the original lies elsewhere (:mod:`ledger.places`); a copy that was written over the
original lies where it did. It is told by what was seen of the ledger before: so many events, and
the id of the last of them. If that event is not at its position, the ledger went back, and what
is recorded next would take the number of an event that others may hold; so it is recorded under
a new origin.

What was seen has to be kept where a restore of the ledger does not reach. :class:`HighWater` keeps
it in the user's own folder, one small file for each origin. It is written after each append, when
that is durable, so it is never ahead of what was acknowledged; it need not survive a power loss
itself, and where it cannot be written that is no error: then a restore goes unnoticed here, and
whoever pulled what was lost will notice it (:mod:`ledger.pulling`).
"""

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from ledger.merkle import HASH_BYTES
from ledger.store import Reader


class Seen(NamedTuple):
    """A state of a ledger: how many events it held, and the id of the last of them."""

    size: int
    id: str


class Memory(Protocol):
    """What is kept of the states of ledgers, outside of them."""

    def seen(self, reader: Reader) -> Iterable[Seen]:
        """Return states in which the ledger was while it recorded under its origin."""

    def note(self, origin: str, seen: Seen) -> None:
        """Keep the state that the ledger recording under this origin is in."""


def highest_lost(reader: Reader, seen: Iterable[Seen]) -> Seen | None:
    """Return the highest state that the ledger was in and does not go on from; ``None``: none."""
    return max((one for one in seen if not _holds(reader, one)), default=None)


def _holds(reader: Reader, seen: Seen) -> bool:
    if seen.size <= 0:
        return True
    try:
        return reader.row(seen.size - 1).hashes[:HASH_BYTES].hex() == seen.id
    except IndexError:
        return False


_LINE: Final = re.compile(r"([0-9]{15}) ([0-9a-f]{64})\n", re.ASCII)


class HighWater:
    """The last states of ledgers that recorded here, each in a file named after its origin.

    A file is one line of one length, so a reader finds it whole whoever is writing it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def seen(self, reader: Reader) -> Iterable[Seen]:
        """Return the state in which the ledger was when it last recorded under its origin."""
        try:
            text = (self._folder / reader.origin).read_text("ascii", errors="replace")
        except OSError:
            return ()
        line = _LINE.fullmatch(text)
        return (Seen(int(line[1]), line[2]),) if line else ()

    def note(self, origin: str, seen: Seen) -> None:
        """Keep the state that the ledger recording under this origin is in."""
        path = self._folder / origin
        data = f"{seen.size:015d} {seen.id}\n".encode("ascii")
        with suppress(OSError):
            try:
                _write(path, data)
            except FileNotFoundError:
                self._folder.mkdir(0o700, parents=True, exist_ok=True)
                _write(path, data)


def _write(path: Path, data: bytes) -> None:
    number = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.write(number, data)
    finally:
        os.close(number)
