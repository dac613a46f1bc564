"""From an event's bytes to rows of the views: what every claim costs, so nothing is structured.

A claim becomes one tuple for the ``claims`` table straight from its JSON; names, topics and
scopes are interned on the way. Any other event becomes a row of ``acts``. What an act *does*
is worked out elsewhere (:mod:`projections.acts`), since its target may come later.
"""

import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson

from ledger.codec import is_known
from ledger.decimals import sort_key
from ledger.errors import Damaged
from ledger.events import PredicateDefined
from ledger.names import fold
from ledger.store import Row
from ledger.structure import structure_value
from ledger.values import Day, Entity, Quantity, Several, Text, Truth, Value
from projections import schema
from projections.held import FUTURE, PAST, span_of
from projections.names import ActRow, in_force

Json = dict[str, Any]
ClaimRow = tuple[Any, ...]

CLAIM_COLUMNS = (
    "position, id, topic, scope, class, unit, lower, upper, flags, value, mode, claimant, via, "
    "earliest, latest, said"
)
INSERT_CLAIM = f"INSERT INTO claims ({CLAIM_COLUMNS}) VALUES ({', '.join('?' * 16)})"
INSERT_WORDS = "INSERT INTO wordings (rowid, wording) VALUES (?, ?)"
INSERT_ACT = "INSERT INTO acts VALUES (?, ?, ?, ?, ?, ?, ?)"

_REMEMBERED = 200_000
"""Names kept in memory while building; beyond that they are looked up again."""

_TARGETS = {
    "recording-corrected": ("corrects", None),
    "claim-retracted": ("claim", None),
    "claims-linked": ("claim", "other"),
    "predicate-defined": ("name", None),
    "source-described": ("name", "acts_for"),
    "entities-matched": ("a", "b"),
    "entities-unmatched": ("a", "b"),
    "evidence-captured": ("sha256", None),
    "review-published": ("claim", None),
    "contradiction-adjudicated": ("finding", None),
    "body-erased": ("event", None),
    "ledger-merged": ("origin", None),
}
_NAMED = {"predicate-defined", "source-described", "entities-matched", "entities-unmatched"}

_WORDED = ("wording", "subject", "predicate", "value", "unit", "claimant", "as_of", "published")
"""The fields of a claim whose words are indexed together with its wording."""

_CLASSES = {"entity": "name", "text": "name"}

Columns = tuple[str, str | None, str, str, int, str | None]
"""class, unit, lower, upper, flags, and the name that is the value, of a value."""


@lru_cache(maxsize=65_536)
def _key(number: str) -> str:
    return sort_key(Decimal(number))


def columns_of(value: Value) -> Columns:
    """Return what narrowing needs of a value."""
    if isinstance(value, Quantity):
        interval = value.interval()
        flags = schema.OPEN_END if interval.lower_open or interval.upper_open else 0
        flags |= schema.APPROXIMATE if value.approx else 0
        return (
            "quantity",
            value.unit,
            schema.LOWEST if interval.lower is None else sort_key(interval.lower),
            schema.HIGHEST if interval.upper is None else sort_key(interval.upper),
            flags,
            None,
        )
    if isinstance(value, Day):
        first, last = span_of(value)
        lower = schema.LOWEST if first == PAST else sort_key(Decimal(first))
        upper = schema.HIGHEST if last == FUTURE else sort_key(Decimal(last))
        return ("day", None, lower, upper, 0, None)
    if isinstance(value, Truth):
        said = _key("1" if value.yes else "0")
        return ("truth", None, said, said, 0, None)
    if isinstance(value, Several):
        flags = schema.CLOSED_LIST if value.closed else 0
        return ("list", None, schema.LOWEST, schema.HIGHEST, flags, value.stated)
    assert isinstance(value, Entity | Text)
    return ("name", None, schema.LOWEST, schema.HIGHEST, 0, value.stated)


def _columns(value: Json, stated: str, unit: str | None) -> Columns:
    """Return the same from a value's reading, without structuring the common cases."""
    kind = value["type"]
    if kind == "quantity" and "approx" not in value:
        lower, upper = value.get("lower"), value.get("upper")
        return (
            "quantity",
            unit,
            schema.LOWEST if lower is None else _key(lower),
            schema.HIGHEST if upper is None else _key(upper),
            schema.OPEN_END if "lower_open" in value or "upper_open" in value else 0,
            None,
        )
    if kind in ("entity", "text"):
        return ("name", None, schema.LOWEST, schema.HIGHEST, 0, stated)
    whole = {**value, "stated": stated}
    if unit is not None:
        whole["unit"] = unit
    return columns_of(structure_value(whole))


class Interner:
    """Numbers for names, scopes, topics and keys, made on first sight.

    ``respelt_names`` and ``respelt_scopes`` gather those that are shown in another spelling from
    now on.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
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
            "UPDATE keys SET value_class = ?, unit = ?, over_time = ?, multi_valued = ? "
            "WHERE id = ?",
            (
                value_class if kind else None,
                None if unit is None else self.name(unit),
                said.get("over_time", "instant"),
                int(several),
                key,
            ),
        )


def definition_in_force(connection: sqlite3.Connection, predicate: int) -> ActRow | None:
    """Return the definition that counts for a predicate, whose root name is numbered."""
    return in_force(
        connection.execute(
            "SELECT acts.id, type, recorded_at, target, other, said FROM acts "
            "JOIN names ON names.folded = acts.target "
            "WHERE type = 'predicate-defined' AND names.entity = ?",
            (predicate,),
        ).fetchall()
    )


def definition_of(said: str) -> PredicateDefined:
    """Return a definition from its statement."""
    return PredicateDefined(**{**orjson.loads(said), "disjoint": ()})


def claim_row(position: int, id_: bytes, body: Json, interner: Interner) -> ClaimRow:
    """Return the row of a claim, as ``INSERT_CLAIM`` takes it."""
    said, reading = body["statement"], body["reading"]
    class_, unit, lower, upper, flags, value = _columns(
        reading["value"], said["value"], said.get("unit") or reading["value"].get("unit")
    )
    published = reading["published"]
    as_of = reading.get("as_of")
    if as_of is None:
        as_of = published
        flags |= schema.INFERRED
    if "uncertain" in as_of:
        flags |= schema.UNCERTAIN
    via = said.get("via")
    name = interner.name
    return (
        position,
        id_,
        interner.topic(said["subject"], said["predicate"]),
        interner.scope(said.get("scope") or {}),
        class_,
        None if unit is None else name(unit),
        lower,
        upper,
        flags,
        None if value is None else name(value),
        schema.MODES[said.get("modality", "asserted")],
        name(said["claimant"]),
        None if not via else name("; ".join(via)),
        as_of.get("earliest", PAST),
        as_of.get("latest", FUTURE),
        reading.get("said", published).get("earliest", PAST),
    )


def words_of(said: Json) -> str:
    """Return all that a claim with a wording says, to be indexed as a whole."""
    parts = [said[field] for field in _WORDED if field in said]
    parts += said.get("via", ())
    for qualifier in said.get("scope", {}).items():
        parts += qualifier
    return " ".join(parts).casefold()


def act_row(position: int, id_: str, head: Json, said: Json, interner: Interner) -> tuple[Any, ...]:
    """Return the row of an event that is no claim (or that says more than its claim)."""
    type_ = head["type"]
    first, second = _TARGETS[type_]
    target = said[first]
    other = (said.get(second) or "") if second is not None else ""
    if type_ in _NAMED:
        interner.name(target)
        target = fold(target)
        if other:
            interner.name(other)
            other = fold(other)
        for alias in said.get("aliases", ()):
            interner.name(alias)
    kept = orjson.dumps(said).decode()
    return (position, id_, type_, head["recorded_at"], target, other, kept)


def known(head: Json, position: int) -> bool:
    """Whether the views know this type of event; ``x-…`` are skipped, others stop them."""
    type_ = head["type"]
    if is_known(type_, head["schema"]):
        return True
    if type_.startswith("x-"):
        return False
    raise Damaged(
        f"position {position}: an event of type {type_} (schema {head['schema']}), which this "
        "version does not know",
        "Update wherefrom",
    )


def heads_and_bodies(rows: Iterator[Row]) -> Iterator[tuple[Row, Json, Json | None]]:
    """Yield each row with its head and body parsed."""
    for row in rows:
        try:
            body = None if row.body is None else orjson.loads(row.body)
            yield row, orjson.loads(row.head), body
        except orjson.JSONDecodeError as error:
            raise Damaged(
                f"position {row.position}: not JSON ({error})", "Run `wherefrom verify`"
            ) from error
