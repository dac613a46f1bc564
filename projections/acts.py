"""What acts make of claims: corrected, retracted, a relay; worked out whenever either arrives.

A recording, its twins (:mod:`projections.twins`), their corrections and theirs are a *family*:
what is done to one member holds for all. Of several corrections of one recording the last by
(recorded_at, id) counts, and of its corrections again the last, until one has none: that one
stands for the family.
"""

import sqlite3
from collections.abc import Iterable

import orjson

from projections import schema
from projections.revisions import keep_items
from projections.twins import twins_of


def settle(connection: sqlite3.Connection, ids: Iterable[str]) -> set[int]:
    """Work out anew what became of the families of these claims (ids in hex).

    Writes ``standing`` and the flags ``LINKED`` and ``SPOKEN_OF``; returns the positions of all
    members.
    """
    positions: set[int] = set()
    done: set[str] = set()
    for id_ in ids:
        if id_ in done:
            continue
        family = family_of(connection, id_)
        done |= family
        positions |= _settle_family(connection, family)
    return positions


def family_of(connection: sqlite3.Connection, id_: str) -> set[str]:
    """Return the ids of a recording, of its twins, of what they correct and are corrected by."""
    family: set[str] = set()
    open_ = [id_]
    while open_:
        member = open_.pop()
        if member in family:
            continue
        family.add(member)
        open_ += twins_of(connection, member)
        open_ += _corrected_by(connection, member)
        open_ += (correction for _, correction in _corrections_of(connection, member))
    return family


def _corrected_by(connection: sqlite3.Connection, id_: str) -> list[str]:
    rows = connection.execute(
        "SELECT target FROM acts WHERE id = ? AND type = 'recording-corrected'", (id_,)
    )
    return [target for (target,) in rows]


def _corrections(connection: sqlite3.Connection, id_: str) -> list[str]:
    """Return the corrections of a recording and its twins, the one that counts last.

    Of a correction that was recorded several times the first recording says when it was made.
    """
    found = [
        correction
        for twin in twins_of(connection, id_)
        for correction in _corrections_of(connection, twin)
    ]
    return [one for _, one in sorted(found) if twins_of(connection, one)[0] == one]


def _corrections_of(connection: sqlite3.Connection, id_: str) -> list[tuple[str, str]]:
    return connection.execute(
        "SELECT recorded_at, id FROM acts WHERE target = ? AND type = 'recording-corrected'",
        (id_,),
    ).fetchall()


def _settle_family(connection: sqlite3.Connection, family: set[str]) -> set[int]:
    first = {id_: twins_of(connection, id_)[0] for id_ in family}
    roots = {first[id_] for id_ in family if not _corrected_by(connection, id_)}
    winners = {winner_of(connection, id_) for id_ in roots}
    marks = ", ".join("?" * len(family))
    acts = connection.execute(
        f"SELECT type, said FROM acts WHERE target IN ({marks})", list(family)
    ).fetchall()
    types = {type_ for type_, _ in acts}
    retracted = "claim-retracted" in types
    relays = any(
        type_ == "claims-linked" and orjson.loads(said)["relation"] in ("relays", "translates")
        for type_, said in acts
    )
    linked = _is_linked_to(connection, family, "relation = 'revises'")
    spoken_of = (
        "claims-linked" in types
        or "review-published" in types
        or _is_linked_to(connection, family, "1")
    )
    standing = schema.RETRACTED if retracted else schema.STANDS
    if relays:
        standing = schema.RETRACTED_RELAY if retracted else schema.RELAYS
    positions: set[int] = set()
    for id_ in family:
        row = connection.execute(
            "SELECT position, flags FROM claims WHERE id = ?", (bytes.fromhex(id_),)
        ).fetchone()
        if row is None:
            continue
        mine = standing if id_ in winners else schema.CORRECTED
        mine = mine if first[id_] == id_ else schema.TWIN
        flags = row[1] & ~(schema.LINKED | schema.SPOKEN_OF)
        flags |= (schema.LINKED if linked else 0) | (schema.SPOKEN_OF if spoken_of else 0)
        speaks = mine in (schema.STANDS, schema.RETRACTED)
        connection.execute(
            "UPDATE claims SET standing = ?1, flags = ?2, revised = revised AND ?3, "
            "reviser = CASE WHEN ?3 THEN reviser END WHERE position = ?4",
            (mine, flags, speaks, row[0]),
        )
        if not speaks:
            keep_items(connection, row[:1], {})
        positions.add(row[0])
    return positions


def _is_linked_to(connection: sqlite3.Connection, family: set[str], condition: str) -> bool:
    """Whether a claim of another family is linked to one of these; most links are not looked at."""
    marks = ", ".join("?" * len(family))
    found = connection.execute(
        "SELECT 1 FROM acts INDEXED BY acts_by_link WHERE type = 'claims-linked' "
        f"AND other IN ({marks}) AND {condition} AND target NOT IN ({marks}) LIMIT 1",
        [*family, *family],
    ).fetchone()
    return found is not None


def winner_of(connection: sqlite3.Connection, id_: str) -> str:
    """Return the member that stands for the family of a recording that corrects none."""
    seen = {id_}
    while True:
        corrections = [c for c in _corrections(connection, id_) if c not in seen]
        if not corrections:
            return id_
        id_ = corrections[-1]
        seen.add(id_)


def revised_by(connection: sqlite3.Connection, ids: Iterable[str]) -> set[str]:
    """Return the ids of the claims that these, or others of their families, are linked to."""
    found: set[str] = set()
    for id_ in ids:
        family = family_of(connection, id_)
        marks = ", ".join("?" * len(family))
        found |= {
            other
            for (other,) in connection.execute(
                f"SELECT other FROM acts WHERE type = 'claims-linked' AND target IN ({marks})",
                list(family),
            )
        }
    return found


def revisers_of(connection: sqlite3.Connection, id_: str) -> set[int]:
    """Return the positions of the claims that are linked ``revises`` to this one or its family."""
    family = family_of(connection, id_)
    marks = ", ".join("?" * len(family))
    found: set[int] = set()
    for (target,) in connection.execute(
        "SELECT target FROM acts INDEXED BY acts_by_link WHERE type = 'claims-linked' "
        f"AND other IN ({marks}) AND relation = 'revises'",
        list(family),
    ).fetchall():
        if target not in family:
            for member in family_of(connection, target):
                row = connection.execute(
                    "SELECT position FROM claims WHERE id = ? AND standing IN (?, ?)",
                    (bytes.fromhex(member), schema.STANDS, schema.RETRACTED),
                ).fetchone()
                if row is not None:
                    found.add(row[0])
    return found
