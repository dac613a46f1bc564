"""SQL narrows for two predicates: which claims of neighbours could not both hold, and where.

One condition serves them all. Ends lie as sort keys, so "the part is more than its whole" and
"the end lies before the start" both read ``own.upper < other.lower``. What remains is to look
up, for one side, what the other says of the same time; an index leads to it from either side.
Nothing here decides.
"""

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

import attrs

from ledger.events import OverTime
from ledger.values import DAY_SECONDS
from projections import schema
from projections.narrow import SliceKey


@attrs.frozen
class Edge:
    """An anchor and one of its partners, each by the number of its root name.

    ``kind`` is the class of the values compared. ``same`` says that the partner is the anchor
    itself over a shorter time.
    """

    anchor: int
    partner: int
    kind: str
    over_time: OverTime
    disjoint: bool = False
    same: bool = False


class Match(NamedTuple):
    """Two claims of one time, the place of the anchor's, and how the two bound each other."""

    key: int
    scope: int
    earliest: int
    latest: int
    own: int
    other: int


@attrs.frozen
class Where:
    """Where to look: everywhere, in one key, in one place, or beside one claim."""

    key: int | None = None
    place: SliceKey | None = None
    own: int | None = None
    other: int | None = None


def speaks(claim: str) -> str:
    """Return the condition that a claim stands and affirms something."""
    return (
        f"{claim}.mode <= {schema.HEDGED} AND {claim}.standing = {schema.STANDS} "
        f"AND {claim}.revised = 0"
    )


_APART = (
    "(own.upper < other.lower "
    f"OR (own.upper = other.lower AND (own.flags | other.flags) & {schema.OPEN_END}))"
)
SLICE_INDEX, WIDE_INDEX = "claims_by_slice", "claims_wide"


def times(edge: Edge, known: str, sought: str) -> list[tuple[str, str]]:
    """Return how ``sought`` is of the time of ``known``: by which index, on what condition."""
    k, s = known, sought
    wide = f"{s}.latest - {s}.earliest >= {DAY_SECONDS}"
    near = f"{s}.earliest >= {k}.earliest - {DAY_SECONDS} AND {s}.earliest < {k}.earliest"
    match edge.over_time:
        case "constant":
            return [(SLICE_INDEX, "1")]
        case "cumulative-up":
            return [(SLICE_INDEX, "other.latest <= own.latest")]
        case "cumulative-down":
            return [(SLICE_INDEX, "other.latest >= own.latest")]
        case "instant":
            return [
                (SLICE_INDEX, f"{s}.earliest BETWEEN {k}.earliest AND {k}.latest"),
                (SLICE_INDEX, f"{near} AND {s}.latest >= {k}.earliest AND NOT {wide}"),
                (
                    WIDE_INDEX,
                    f"{wide} AND {s}.earliest < {k}.earliest AND {s}.latest >= {k}.earliest",
                ),
            ]
    shorter = "(own.earliest <> other.earliest OR own.latest <> other.latest)"
    also = f" AND {shorter}" if edge.same else ""
    if sought == "other":
        within = "other.earliest BETWEEN own.earliest AND own.latest AND other.latest <= own.latest"
        return [(SLICE_INDEX, within + also)]
    around = f"own.latest >= other.latest{also}"
    return [
        (SLICE_INDEX, f"own.earliest = other.earliest AND {around}"),
        (SLICE_INDEX, f"{near} AND {around} AND NOT {wide}"),
        (WIDE_INDEX, f"{wide} AND own.earliest < other.earliest AND {around}"),
    ]


def pairs_query(
    edge: Edge, where: Where, columns: str, condition: str, index: str, time: str
) -> str:
    """Return the query for the pairs of one time; its parameters are ``parameters_of``."""
    kind = f"own.class = '{edge.kind}' AND other.class = '{edge.kind}'"
    same_scope = f"other.scope = own.scope AND {time}"
    if where.other is not None:
        tables = (
            "claims AS other CROSS JOIN topics AS there ON there.id = other.topic "
            "CROSS JOIN keys AS theirs ON theirs.id = there.key CROSS JOIN keys AS ours "
            "ON ours.subject = theirs.subject AND ours.predicate = :anchor "
            "CROSS JOIN topics AS here ON here.key = ours.id "
            f"CROSS JOIN claims AS own INDEXED BY {index} ON own.topic = here.id AND {same_scope}"
        )
        at = "other.position = :other"
    else:
        begin = (
            "keys AS ours CROSS JOIN topics AS here ON here.key = ours.id "
            f"CROSS JOIN claims AS own INDEXED BY {SLICE_INDEX} ON own.topic = here.id"
        )
        at = "ours.predicate = :anchor"
        if where.own is not None:
            begin = (
                "claims AS own CROSS JOIN topics AS here ON here.id = own.topic "
                "CROSS JOIN keys AS ours ON ours.id = here.key"
            )
            at += " AND own.position = :own"
        elif where.place is not None:
            at += " AND ours.id = :key AND own.scope = :scope"
            if edge.over_time != "constant":
                at += " AND own.earliest = :earliest AND own.latest = :latest"
        elif where.key is not None:
            at += " AND ours.id = :key"
        tables = (
            f"{begin} CROSS JOIN keys AS theirs "
            "ON theirs.subject = ours.subject AND theirs.predicate = :partner "
            "CROSS JOIN topics AS there ON there.key = theirs.id "
            f"CROSS JOIN claims AS other INDEXED BY {index} "
            f"ON other.topic = there.id AND {same_scope}"
        )
    return f"SELECT {columns} FROM {tables} WHERE {at} AND {kind} AND {condition}"


def parameters_of(edge: Edge, where: Where) -> dict[str, object]:
    """Return the parameters of ``pairs_query``: who is compared, and where to look."""
    place = where.place
    return {
        "anchor": edge.anchor,
        "partner": edge.partner,
        "own": where.own,
        "other": where.other,
        "key": place.key if place else where.key,
        "scope": place.scope if place else None,
        "earliest": place.earliest if place else None,
        "latest": place.latest if place else None,
    }


def place_columns(edge: Edge) -> str:
    """Return the columns that name the place of a finding: the anchor\'s, at its instant."""
    span = "0, 0" if edge.over_time == "constant" else "own.earliest, own.latest"
    return f"ours.id, own.scope, {span}"


def matches(
    connection: sqlite3.Connection,
    edge: Edge,
    where: Where,
    *,
    apart: bool = True,
    standing: bool = True,
) -> Iterator[Match]:
    """Yield the pairs of one time; ``apart`` those that may not both hold, ``standing`` both."""
    known, sought = ("other", "own") if where.other is not None else ("own", "other")
    conditions = [speaks("own")] if standing or where.other is not None else []
    conditions += [speaks("other")] if standing or where.other is None else []
    conditions += [_APART] if apart else []
    columns = f"{place_columns(edge)}, own.position, other.position"
    for index, time in times(edge, known, sought):
        query = pairs_query(edge, where, columns, " AND ".join(conditions), index, time)
        yield from map(Match._make, connection.execute(query, parameters_of(edge, where)))


def suspect_series(
    connection: sqlite3.Connection, edge: Edge, key: int | None = None
) -> list[tuple[int, int]]:
    """Return the keys and scopes where a part counted no later is more than its whole."""
    direction = "" if edge.over_time == "cumulative-up" else "DESC"
    of_key = "" if key is None else "AND ours.id = :key"
    points = " UNION ALL ".join(
        f"SELECT ours.id AS key, scope, latest / {DAY_SECONDS} AS day, {floor} AS floor, "
        f"{ceiling} AS ceiling FROM keys AS ours CROSS JOIN keys AS its "
        "ON its.subject = ours.subject AND its.predicate = "
        f"{predicate} CROSS JOIN topics ON topics.key = its.id CROSS JOIN claims "
        f"INDEXED BY {SLICE_INDEX} ON claims.topic = topics.id WHERE ours.predicate = :anchor "
        f"{of_key} AND {speaks('claims')} AND class = 'quantity'"
        for predicate, floor, ceiling in (
            (":anchor", "NULL", "upper"),
            (":partner", "lower", "NULL"),
        )
    )
    return connection.execute(
        "SELECT DISTINCT key, scope FROM (SELECT key, scope, ceiling, max(floor) OVER "
        f"(PARTITION BY key, scope ORDER BY day {direction}) AS highest FROM ({points})) "
        "WHERE highest >= ceiling",
        {"anchor": edge.anchor, "partner": edge.partner, "key": key},
    ).fetchall()


def below_zero(connection: sqlite3.Connection, key: int) -> bool:
    """Whether any claim of a key, but one that was typed wrong, says less than nothing."""
    found = connection.execute(
        "SELECT 1 FROM topics CROSS JOIN claims INDEXED BY claims_below_zero "
        "ON claims.topic = topics.id WHERE topics.key = ? AND class = 'quantity' "
        f"AND (upper < '{schema.ZERO}' OR (lower > '' AND lower < '{schema.ZERO}')) "
        f"AND standing NOT IN {schema.GONE} LIMIT 1",
        (key,),
    ).fetchone()
    return found is not None


def early_slices(connection: sqlite3.Connection, key: int | None = None) -> Iterator[SliceKey]:
    """Yield the slices with a claim that was published before the time it is about."""
    of_key = "" if key is None else "AND key = :key"
    for row in connection.execute(
        "SELECT DISTINCT key, scope, earliest, latest FROM claims INDEXED BY claims_early "
        f"JOIN topics ON topics.id = topic WHERE flags & {schema.EARLY} "
        f"AND {speaks('claims')} {of_key}",
        {"key": key},
    ):
        yield SliceKey(*row)
