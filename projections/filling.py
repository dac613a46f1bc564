"""Filling the tables: events in, rows out, some thousands at a time.

What building anew and catching up share: turning events into rows, giving topics the keys of
their names' roots, and reading values anew where a definition wants another type than the one
they were recorded with.
"""

import sqlite3
from collections.abc import Iterator
from typing import Any

import attrs

from ledger.dates import read_day
from ledger.decimals import exact, sort_key, unsorted
from ledger.errors import BadInput, Damaged
from ledger.events import PredicateDefined
from ledger.store import Reader, Row
from projections import schema
from projections.filed import CLAIM_TYPES
from projections.held import Definition
from projections.interning import Interner
from projections.loading import Loader
from projections.measures import measure
from projections.relations import INSERT_RELATION, RelationRow, relation_rows
from projections.rows import (
    INSERT_ACT,
    INSERT_CLAIM,
    INSERT_ERASED,
    INSERT_WORDS,
    ClaimRow,
    Json,
    act_row,
    claim_row,
    columns_of,
    heads_and_bodies,
    known,
    words_of,
)
from projections.twins import Recording, keep_origins, note_twins

CLAIM_ACTS = "('recording-corrected', 'claim-retracted', 'claims-linked', 'review-published')"
"""The types of the acts that speak of claims, for SQL."""

NAME_ACTS = ("entities-matched", "entities-unmatched", "source-described")
"""The types of the acts that speak of names."""

_BATCH = 5_000


@attrs.define
class Batch:
    """Rows for the tables, written some thousands at a time."""

    claims: list[ClaimRow] = attrs.Factory(list)
    acts: list[tuple[Any, ...]] = attrs.Factory(list)
    words: list[tuple[int, str]] = attrs.Factory(list)
    recordings: list[Recording] = attrs.Factory(list)
    relations: list[RelationRow] = attrs.Factory(list)
    erased: list[tuple[int, str, str]] = attrs.Factory(list)
    skipped: int = 0

    def write(self, connection: sqlite3.Connection, store: Reader) -> None:
        """Insert the rows, and note which claims ``store`` holds twice."""
        connection.executemany(INSERT_CLAIM, self.claims)
        connection.executemany(INSERT_ACT, self.acts)
        connection.executemany(INSERT_WORDS, self.words)
        connection.executemany(INSERT_ERASED, self.erased)
        note_twins(connection, store, self.recordings)
        connection.executemany(INSERT_RELATION, self.relations)


def batches(rows: Iterator[Row], interner: Interner, origins: set[str]) -> Iterator[Batch]:
    """Yield the rows of events in batches.

    ``origins`` are those met so far, and those of these events are added; once there are
    several, the recordings of claims are gathered, since they may have twins. Of an event whose
    body was erased there is its id, so that it can be asked for, and nothing else.
    """
    batch = Batch()
    for row, head, body in heads_and_bodies(rows):
        try:
            origins.add(head["origin"])
            if body is None:
                batch.erased.append((row.position, row.hashes[:32].hex(), head["type"]))
                continue
            if not known(head, row.position):
                batch.skipped += 1
                continue
            _add_event(batch, row, head, body, interner)
            if len(origins) > 1 and row.fingerprint and head["type"] in CLAIM_TYPES:
                batch.recordings.append(
                    Recording(row.position, row.fingerprint, head["recorded_at"])
                )
        except _MISSHAPEN as error:
            raise Damaged(
                f"position {row.position}: not of the form of {_type_of(head)} ({error!r})",
                "Run `wherefrom verify`",
            ) from error
        if len(batch.claims) + len(batch.acts) >= _BATCH:
            yield batch
            batch = Batch()
    yield batch


_MISSHAPEN = (LookupError, AttributeError, TypeError, ValueError, ArithmeticError, BadInput)
"""What reading a body raises that is not of its type's form."""


def _type_of(head: Any) -> str:
    return str(head.get("type", "an event")) if isinstance(head, dict) else "an event"


def _add_event(batch: Batch, row: Row, head: Json, body: Json, interner: Interner) -> None:
    id_, kind = row.hashes[:32], head["type"]
    said: Json = body["statement"]
    if kind in ("claim-asserted", "recording-corrected"):
        batch.claims.append(claim_row(row.position, id_, body, interner))
        if "wording" in said:
            batch.words.append((row.position, words_of(said)))
    if kind == "predicate-defined":
        Definition.of(PredicateDefined(**{**said, "disjoint": ()}), head["recorded_at"])
        batch.relations += relation_rows(row.position, id_.hex(), said, interner)
    if kind == "review-published":
        read_day(said["published"])
    if kind != "claim-asserted":
        batch.acts.append(act_row(row.position, id_.hex(), head, said, interner))


def rekey(connection: sqlite3.Connection, interner: Interner, names: set[int]) -> set[int]:
    """Give the topics of these names the keys of their new roots; return all keys concerned."""
    keys: set[int] = set()
    for name in names:
        for topic, subject, predicate, old in connection.execute(
            "SELECT id, subject, predicate, key FROM topics WHERE subject = ?1 OR predicate = ?1",
            (name,),
        ).fetchall():
            new = interner.key(subject, predicate)
            connection.execute("UPDATE topics SET key = ? WHERE id = ?", (new, topic))
            keys |= {old, new}
    return keys


def recast(
    connection: sqlite3.Connection,
    loader: Loader,
    interner: Interner,
    where: str,
    parameters: tuple[object, ...],
) -> None:
    """Write anew the values of which their predicate's definition makes something else.

    It may want another type than the one they were recorded with, or give amounts without a
    unit one that converts.
    """
    rows = connection.execute(
        "SELECT position, key FROM claims JOIN topics ON topics.id = topic "
        f"JOIN keys ON keys.id = key WHERE {where} AND "
        f"(flags & {schema.RECAST} OR (value_class IS NOT NULL AND value_class <> class))",
        parameters,
    ).fetchall()
    for position, key in rows:
        topic = loader.key(key)
        value = loader.held(position, topic.context).value
        class_, unit, lower, upper, flags, name = (
            ("unread", None, schema.LOWEST, schema.HIGHEST, 0, None)
            if value is None
            else columns_of(value, topic.context.definition.unit)
        )
        kept = schema.INFERRED | schema.UNCERTAIN | schema.LINKED | schema.SPOKEN_OF
        kept |= schema.EARLY
        connection.execute(
            "UPDATE claims SET class = ?, unit = ?, lower = ?, upper = ?, value = ?, "
            f"flags = (flags & {kept}) | ? WHERE position = ?",
            (
                class_,
                None if unit is None else interner.name(unit),
                lower,
                upper,
                None if name is None else interner.name(name),
                flags | schema.RECAST,
                position,
            ),
        )
    _convert(connection, where, parameters)


def _convert(connection: sqlite3.Connection, where: str, parameters: tuple[object, ...]) -> None:
    """Write amounts without a unit in base units, where their predicate's unit is none itself."""
    if not connection.execute("SELECT 1 FROM keys WHERE converts").fetchone():
        return
    last = -1
    while True:
        rows = connection.execute(
            "SELECT position, lower, upper, folded FROM claims JOIN topics ON topics.id = topic "
            "JOIN keys ON keys.id = key JOIN names ON names.id = keys.unit "
            f"WHERE {where} AND position > {last} AND class = 'quantity' "
            f"AND claims.unit IS NULL AND NOT flags & {schema.RECAST} "
            f"AND converts AND value_class = 'quantity' ORDER BY position LIMIT {_BATCH}",
            parameters,
        ).fetchall()
        if not rows:
            return
        connection.executemany(
            "UPDATE claims SET lower = ?, upper = ?, flags = flags | ? WHERE position = ?",
            [
                (_times(lower, unit), _times(upper, unit), schema.RECAST, position)
                for position, lower, upper, unit in rows
            ],
        )
        last = rows[-1][0]


def _times(key: str, unit: str) -> str:
    """Return the sort key of so many of a unit in base units."""
    if key in (schema.LOWEST, schema.HIGHEST):
        return key
    return sort_key(exact(unsorted(key), "*", measure(unit)[1]))


def mark_reached(
    connection: sqlite3.Connection, store: Reader, size: int, skipped: int, origins: set[str]
) -> None:
    """Note how far the views have come, which event was the last, and of what origins all are."""
    keep_origins(connection, origins)
    event = store.row(size - 1).hashes[:32].hex() if size else ""
    connection.execute("DELETE FROM reached")
    connection.execute(
        "INSERT INTO reached (version, origin, recording, size, event, skipped) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (schema.VERSION, store.origins[0].name, store.origin, size, event, skipped),
    )
