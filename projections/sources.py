"""Who our sources are: what descriptions say of them, and how their claims fared."""

import sqlite3

import orjson

from ledger.names import fold
from projections.filed import Json
from projections.names import ActRow, in_force


def describe_name(connection: sqlite3.Connection, name: str) -> Json:
    """Return what the descriptions in force say of a source: ``kind``, ``acts_for``, ``country`` …

    All names of the source count, the one that was asked for first; nothing is said twice.
    """
    rows: dict[str, list[ActRow]] = {}
    folded = fold(name)
    for act in connection.execute(
        "SELECT id, type, recorded_at, target, other, said FROM acts "
        "WHERE type = 'source-described' AND target IN (SELECT folded FROM names "
        "WHERE source = (SELECT source FROM names WHERE folded = ?))",
        (folded,),
    ):
        rows.setdefault(act[3], []).append(act)
    told: Json = {}
    for target in sorted(rows, key=lambda target: (target != folded, target)):
        act = in_force(rows[target])
        assert act is not None
        told = {**orjson.loads(act[5]), **told}
    return {field: text for field, text in told.items() if field not in ("name", "after")}
