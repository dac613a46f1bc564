"""Twins: one claim that several ledgers recorded, each for itself.

A claim pulled from another ledger may be one that is held already: its statement is the same,
byte for byte, and so is its fingerprint. In the views the two are one claim. The recording that
was made first stands for all of them (of equal times the one with the smallest id), and what is
done to any of them is done to the claim; the others are kept as ``TWIN``: found by their ids and
told in the trail, but not shown, counted or judged once more.

Fingerprints lie in the ledger, with the bodies, and are asked for only where there can be twins
at all: a ledger records a statement once, so as long as every event is of one origin there are
none. ``origins`` holds the origins met so far, ``twins`` the recordings that are not alone.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import orjson

from ledger.store import Reader
from projections import schema


class Recording(NamedTuple):
    """A claim's recording, as far as it takes to find its twins."""

    position: int
    fingerprint: bytes
    recorded_at: str


def origins_of(connection: sqlite3.Connection) -> set[str]:
    """Return the origins of the events that the views have seen."""
    return {origin for (origin,) in connection.execute("SELECT origin FROM origins")}


def keep_origins(connection: sqlite3.Connection, origins: set[str]) -> None:
    """Note the origins of the events that the views have seen."""
    connection.executemany(
        "INSERT OR IGNORE INTO origins (origin) VALUES (?)", [(origin,) for origin in origins]
    )


def note_twins(
    connection: sqlite3.Connection, store: Reader, recordings: Sequence[Recording]
) -> None:
    """Note which of these recordings, in order of their positions, are twins of earlier ones."""
    if not recordings:
        return
    found = store.with_fingerprint(*{one.fingerprint for one in recordings})
    own = {one.position for one in recordings}
    others = [at for at in found if at not in own and at < recordings[-1].position]
    same: dict[bytes, list[Recording]] = defaultdict(list)
    for row in store.at(others):
        if row.fingerprint is not None:
            recorded_at = orjson.loads(row.head)["recorded_at"]
            same[row.fingerprint].append(Recording(row.position, row.fingerprint, recorded_at))
    for one in recordings:
        same[one.fingerprint].append(one)
    for twins in same.values():
        if len(twins) > 1:
            first = min(one.position for one in twins)
            connection.executemany(
                "INSERT OR IGNORE INTO twins (position, first, recorded_at) VALUES (?, ?, ?)",
                [(one.position, first, one.recorded_at) for one in twins],
            )


def twins_of(connection: sqlite3.Connection, id_: str) -> tuple[str, ...]:
    """Return a recording (its id in hex) and its twins, the one that stands for them first."""
    rows = connection.execute(
        "SELECT claims.id FROM claims AS it CROSS JOIN twins AS its ON its.position = it.position "
        "CROSS JOIN twins ON twins.first = its.first "
        "CROSS JOIN claims ON claims.position = twins.position "
        "WHERE it.id = ? ORDER BY twins.recorded_at, claims.id",
        (bytes.fromhex(id_),),
    ).fetchall()
    return tuple(found.hex() for (found,) in rows) or (id_,)


def standing_for(connection: sqlite3.Connection, position: int) -> int:
    """Return the position of the recording that stands for the claim recorded at this one."""
    row = connection.execute(
        "SELECT id FROM claims WHERE position = ? AND standing = ?", (position, schema.TWIN)
    ).fetchone()
    if row is None:
        return position
    first = bytes.fromhex(twins_of(connection, row[0].hex())[0])
    found = connection.execute("SELECT position FROM claims WHERE id = ?", (first,)).fetchone()
    return int(found[0])
