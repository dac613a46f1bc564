"""Which events are about a time: claims about it, and what happened to them since.

A claim brings its recording's corrections with it (and what it corrects), retractions, links,
reviews, and decisions about findings that it takes part in. Definitions, descriptions and
matches are about no time: they say how everything is read.
"""

import sqlite3

import orjson

from projections.asking import about
from projections.held import Span

_OF_CLAIMS = ("claim-retracted", "claims-linked", "review-published")
_TIMELESS = (
    "predicate-defined",
    "source-described",
    "entities-matched",
    "entities-unmatched",
    "evidence-captured",
)


def events_about(
    connection: sqlite3.Connection, span: Span, size: int, *, timeless: bool = False
) -> bytearray:
    """Return for each of the first ``size`` positions whether its event is about ``span``.

    With ``timeless`` also those that are about no time.
    """
    marks = bytearray(size)
    condition = about(span)
    for (position,) in connection.execute(
        f"SELECT position FROM claims WHERE {condition.sql}", condition.parameters
    ):
        marks[position] = True
    _mark_families(connection, marks)
    for position, target, other in connection.execute(
        "SELECT position, target, CASE type WHEN 'claims-linked' THEN other ELSE '' END "
        f"FROM acts WHERE type IN {_OF_CLAIMS}"
    ).fetchall():
        marks[position] = any(_is_marked(connection, marks, id_) for id_ in (target, other))
    _mark_decisions(connection, marks)
    if timeless:
        for (position,) in connection.execute(
            f"SELECT position FROM acts WHERE type IN {_TIMELESS}"
        ):
            marks[position] = True
    return marks


def _position(connection: sqlite3.Connection, id_: str) -> int | None:
    if len(id_) != 64:
        return None
    row = connection.execute(
        "SELECT position FROM claims WHERE id = ?", (bytes.fromhex(id_),)
    ).fetchone()
    return None if row is None else int(row[0])


def _is_marked(connection: sqlite3.Connection, marks: bytearray, id_: str) -> bool:
    position = _position(connection, id_)
    return position is not None and bool(marks[position])


def _mark_families(connection: sqlite3.Connection, marks: bytearray) -> None:
    """Mark what a marked recording corrects and what corrects it, by any steps."""
    pairs = [
        (position, corrected)
        for position, target in connection.execute(
            "SELECT position, target FROM acts WHERE type = 'recording-corrected' ORDER BY position"
        ).fetchall()
        if (corrected := _position(connection, target)) is not None
    ]
    changed = True
    while changed:
        changed = False
        for one, other in pairs:
            if marks[one] != marks[other]:
                marks[one] = marks[other] = changed = True


def _mark_decisions(connection: sqlite3.Connection, marks: bytearray) -> None:
    """Mark the decisions about findings with a marked claim, and those that they replaced."""
    replaced: dict[str, str | None] = {}
    placed: dict[str, int] = {}
    for position, id_, said in connection.execute(
        "SELECT position, id, said FROM acts WHERE type = 'contradiction-adjudicated'"
    ):
        placed[id_], replaced[id_] = position, orjson.loads(said).get("after")
    if not placed:
        return
    for id_, claim in connection.execute(
        "SELECT acts.id, claim FROM acts JOIN findings "
        "ON findings.id = acts.target OR findings.decision = acts.id "
        "JOIN finding_claims ON finding = findings.id "
        "WHERE acts.type = 'contradiction-adjudicated'"
    ).fetchall():
        decision: str | None = id_ if marks[claim] else None
        while decision in placed and not marks[placed[decision]]:
            marks[placed[decision]] = True
            decision = replaced[decision]
