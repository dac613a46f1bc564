"""Numbers for what many claims share: names, scopes, topics and keys, made on first sight.

A million claims name a few thousand subjects, predicates and claimants. Their rows hold numbers,
and each spelling, folded, is kept once; of several spellings the smallest is shown, so that
every desk shows the same.
"""

import sqlite3
from typing import Any

import orjson

from ledger.events import PredicateDefined
from ledger.names import fold
from projections.measures import converts
from projections.names import ActRow, in_force

Json = dict[str, Any]

_REMEMBERED = 200_000
"""Names kept in memory while building; beyond that they are looked up again."""

_CLASSES = {"entity": "name", "text": "name"}


class Interner:
    """Numbers for names, scopes, topics and keys, made on first sight.

    ``respelt_names`` and ``respelt_scopes`` gather those that are shown in another spelling from
    now on.
    """

    def __init__(self, connection: sqlite3.Connection, *, defining: bool = True) -> None:
        """Without ``defining`` new keys wait for :meth:`define_key`.

        So they do while tables are filled that have no indexes yet: looking each definition up
        would be a walk through all acts.
        """
        self._defining = defining
        self.respelt_names: set[int] = set()
        self.respelt_scopes: set[int] = set()
        self._connection = connection
        self._names: dict[str, int] = {}
        self._scopes: dict[bytes, int] = {}
        self._unscoped: int | None = None
        self._topics: dict[tuple[str, str], int] = {}

    def forget_topics(self) -> None:
        """Look topics up anew."""
        self._topics.clear()

    def name(self, shown: str) -> int:
        """Return the number of a name; of several spellings the smallest is shown."""
        known = self._names.get(shown)
        if known is not None:
            return known
        folded = fold(shown)
        row = self._connection.execute(
            "SELECT id, shown FROM names WHERE folded = ?", (folded,)
        ).fetchone()
        if row is None:
            number = self._connection.execute(
                "INSERT INTO names (folded, shown, entity, source) VALUES (?, ?, 0, 0)",
                (folded, shown),
            ).lastrowid
            assert number is not None
            self._connection.execute(
                "UPDATE names SET entity = id, source = id WHERE id = ?", (number,)
            )
            self._connection.execute(
                "INSERT INTO name_words (rowid, folded) VALUES (?, ?)", (number, folded)
            )
        else:
            number = int(row[0])
            if shown < row[1]:
                self._connection.execute("UPDATE names SET shown = ? WHERE id = ?", (shown, number))
                self.respelt_names.add(number)
        if len(self._names) >= _REMEMBERED:
            self._names.clear()
        self._names[shown] = number
        return number

    def scope(self, scope: Json) -> int:
        """Return the number of a scope; its names and values are folded."""
        if not scope and self._unscoped is not None:
            return self._unscoped
        shown = orjson.dumps(scope, option=orjson.OPT_SORT_KEYS)
        known = self._scopes.get(shown)
        if known is not None:
            return known
        folded = orjson.dumps(
            {fold(name): fold(value) for name, value in scope.items()},
            option=orjson.OPT_SORT_KEYS,
        ).decode()
        row = self._connection.execute(
            "SELECT id, shown FROM scopes WHERE folded = ?", (folded,)
        ).fetchone()
        if row is None:
            number = self._connection.execute(
                "INSERT INTO scopes (folded, shown) VALUES (?, ?)", (folded, shown.decode())
            ).lastrowid
            assert number is not None
        else:
            number = int(row[0])
            if shown.decode() < row[1]:
                self._connection.execute(
                    "UPDATE scopes SET shown = ? WHERE id = ?", (shown.decode(), number)
                )
                self.respelt_scopes.add(number)
        if len(self._scopes) >= _REMEMBERED:
            self._scopes.clear()
        self._scopes[shown] = number
        if not scope:
            self._unscoped = number
        return number

    def topic(self, subject: str, predicate: str) -> int:
        """Return the number of a subject and predicate as filed."""
        known = self._topics.get((subject, predicate))
        if known is not None:
            return known
        pair = (self.name(subject), self.name(predicate))
        row = self._connection.execute(
            "SELECT id FROM topics WHERE subject = ? AND predicate = ?", pair
        ).fetchone()
        if row is None:
            number = self._connection.execute(
                "INSERT INTO topics (subject, predicate, key) VALUES (?, ?, ?)",
                (*pair, self.key(*pair)),
            ).lastrowid
            assert number is not None
        else:
            number = int(row[0])
        if len(self._topics) >= _REMEMBERED:
            self._topics.clear()
        self._topics[subject, predicate] = number
        return number

    def key(self, subject: int, predicate: int) -> int:
        """Return the number of the key that names belong to after matching."""
        roots = tuple(
            self._connection.execute("SELECT entity FROM names WHERE id = ?", (name,)).fetchone()[0]
            for name in (subject, predicate)
        )
        row = self._connection.execute(
            "SELECT id FROM keys WHERE subject = ? AND predicate = ?", roots
        ).fetchone()
        if row is not None:
            return int(row[0])
        number = self._connection.execute(
            "INSERT INTO keys (subject, predicate) VALUES (?, ?)", roots
        ).lastrowid
        assert number is not None
        if self._defining:
            self.define_key(number)
        return number

    def define_key(self, key: int) -> None:
        """Write what the definition in force says of a key beside it."""
        predicate = self._connection.execute(
            "SELECT predicate FROM keys WHERE id = ?", (key,)
        ).fetchone()[0]
        act = definition_in_force(self._connection, predicate)
        said: Json = {} if act is None else orjson.loads(act[5])
        kind: str | None = said.get("value_type")
        several = bool(said.get("multi_valued"))
        value_class = "list" if several else _CLASSES.get(kind or "", kind)
        unit = said.get("unit")
        self._connection.execute(
            "UPDATE keys SET value_class = ?, unit = ?, converts = ?, over_time = ? WHERE id = ?",
            (
                value_class if kind else None,
                None if unit is None else self.name(unit),
                int(converts(unit)),
                said.get("over_time", "instant"),
                key,
            ),
        )


def definition_in_force(connection: sqlite3.Connection, predicate: int) -> ActRow | None:
    """Return the definition that counts for a predicate, whose root name is numbered."""
    return in_force(
        connection.execute(
            "SELECT acts.id, type, recorded_at, target, other, said FROM names "
            "CROSS JOIN acts ON acts.target = names.folded "
            "WHERE type = 'predicate-defined' AND names.entity = ?",
            (predicate,),
        ).fetchall()
    )


def definition_of(said: str) -> PredicateDefined:
    """Return a definition from its statement."""
    return PredicateDefined(**{**orjson.loads(said), "disjoint": ()})
