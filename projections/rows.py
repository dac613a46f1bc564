"""From an event's bytes to rows of the views: what every claim costs, so nothing is structured.

A claim becomes one tuple for the ``claims`` table straight from its JSON; names, topics and
scopes are interned on the way. Any other event becomes a row of ``acts``. What an act *does*
is worked out elsewhere (:mod:`projections.acts`), since its target may come later.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson

from ledger.codec import is_known
from ledger.decimals import sort_key
from ledger.errors import Damaged
from ledger.names import fold
from ledger.store import Row
from ledger.structure import structure_value
from ledger.values import Day, Entity, Quantity, Several, Text, Truth, Value
from projections import schema
from projections.held import FUTURE, PAST, span_of
from projections.interning import Interner
from projections.measures import converts, measure, scaled
from projections.wordings import likeness

Json = dict[str, Any]
ClaimRow = tuple[Any, ...]

CLAIM_COLUMNS = (
    "position, id, topic, scope, class, unit, lower, upper, flags, value, mode, claimant, via, "
    "earliest, latest, said, wording"
)
INSERT_CLAIM = f"INSERT INTO claims ({CLAIM_COLUMNS}) VALUES ({', '.join('?' * 17)})"
INSERT_WORDS = "INSERT INTO wordings (rowid, wording) VALUES (?, ?)"
INSERT_ACT = "INSERT INTO acts VALUES (?, ?, ?, ?, ?, ?, ?, ?)"

INSERT_ERASED = "INSERT INTO erased (position, id, type) VALUES (?, ?, ?)"

_TARGETS = {
    "recording-corrected": ("corrects", None),
    "claim-retracted": ("claim", None),
    "claims-linked": ("claim", "other"),
    "predicate-defined": ("name", None),
    "source-described": ("name", "acts_for"),
    "entities-matched": ("a", "b"),
    "entities-unmatched": ("a", "b"),
    "evidence-captured": ("sha256", None),
    "review-published": ("claim", "author"),
    "contradiction-adjudicated": ("finding", None),
    "body-erased": ("event", None),
    "ledger-merged": ("origin", None),
}
_NAMED = {"predicate-defined", "source-described", "entities-matched", "entities-unmatched"}

_WORDED = ("wording", "subject", "predicate", "value", "unit", "claimant", "as_of", "published")
"""The fields of a claim whose words are indexed together with its wording."""

Columns = tuple[str, str | None, str, str, int, str | None]
"""class, unit, lower, upper, flags, and the name that is the value, of a value."""


@lru_cache(maxsize=65_536)
def _key(number: str) -> str:
    return sort_key(Decimal(number))


def columns_of(value: Value, unit: str | None = None) -> Columns:
    """Return what narrowing needs of a value; the ends of amounts are in base units.

    ``unit`` is the predicate's, for an amount that is stated without one.
    """
    if isinstance(value, Quantity):
        interval = scaled(value.interval(), measure(value.unit or unit)[1])
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
    if kind == "quantity" and "approx" not in value and not converts(unit):
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
    elif published.get("latest", FUTURE) < as_of.get("earliest", PAST):
        flags |= schema.EARLY
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
        likeness(said["wording"]) if "wording" in said else None,
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
    elif type_ == "review-published":
        interner.name(other)
        other = fold(other)
    kept = orjson.dumps(said).decode()
    relation = said["relation"] if type_ == "claims-linked" else None
    return (position, id_, type_, head["recorded_at"], target, other, kept, relation)


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
