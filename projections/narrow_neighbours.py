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

from ledger.decimals import exact, unsorted
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
_BY_SLICE, _WIDE = "claims_by_slice", "claims_wide"


def _times(edge: Edge, known: str, sought: str) -> list[tuple[str, str]]:
    """Return how ``sought`` is of the time of ``known``: by which index, on what condition."""
    k, s = known, sought
    wide = f"{s}.latest - {s}.earliest >= {DAY_SECONDS}"
    near = f"{s}.earliest >= {k}.earliest - {DAY_SECONDS} AND {s}.earliest < {k}.earliest"
    match edge.over_time:
        case "constant":
            return [(_BY_SLICE, "1")]
        case "cumulative-up":
            return [(_BY_SLICE, "other.latest <= own.latest")]
        case "cumulative-down":
            return [(_BY_SLICE, "other.latest >= own.latest")]
        case "instant":
            return [
                (_BY_SLICE, f"{s}.earliest BETWEEN {k}.earliest AND {k}.latest"),
                (_BY_SLICE, f"{near} AND {s}.latest >= {k}.earliest AND NOT {wide}"),
                (_WIDE, f"{wide} AND {s}.earliest < {k}.earliest AND {s}.latest >= {k}.earliest"),
            ]
    shorter = "(own.earliest <> other.earliest OR own.latest <> other.latest)"
    also = f" AND {shorter}" if edge.same else ""
    if sought == "other":
        within = "other.earliest BETWEEN own.earliest AND own.latest AND other.latest <= own.latest"
        return [(_BY_SLICE, within + also)]
    around = f"own.latest >= other.latest{also}"
    return [
        (_BY_SLICE, f"own.earliest = other.earliest AND {around}"),
        (_BY_SLICE, f"{near} AND {around} AND NOT {wide}"),
        (_WIDE, f"{wide} AND own.earliest < other.earliest AND {around}"),
    ]


def _query(edge: Edge, where: Where, columns: str, condition: str, index: str, time: str) -> str:
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
            f"CROSS JOIN claims AS own INDEXED BY {_BY_SLICE} ON own.topic = here.id"
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


def _parameters(edge: Edge, where: Where) -> dict[str, object]:
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


def _place_columns(edge: Edge) -> str:
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
    columns = f"{_place_columns(edge)}, own.position, other.position"
    for index, time in _times(edge, known, sought):
        query = _query(edge, where, columns, " AND ".join(conditions), index, time)
        yield from map(Match._make, connection.execute(query, _parameters(edge, where)))


def suspect_sums(
    connection: sqlite3.Connection, edges: list[Edge], where: Where
) -> Iterator[SliceKey]:
    """Yield the places where several parts that do not overlap may come to more than the whole."""
    ceilings: dict[SliceKey, str] = {}
    floors: dict[SliceKey, dict[int, str]] = {}
    condition = f"{speaks('own')} AND {speaks('other')} AND other.lower > '{schema.ZERO}'"
    for edge in edges:
        columns = f"{_place_columns(edge)}, min(own.upper), max(other.lower)"
        for index, time in _times(edge, "own", "other"):
            query = _query(edge, where, columns, condition, index, time)
            for *place, upper, lower in connection.execute(
                f"{query} GROUP BY 1, 2, 3, 4", _parameters(edge, where)
            ):
                at = SliceKey(*place)
                ceilings[at] = min(upper, ceilings.get(at, upper))
                of_parts = floors.setdefault(at, {})
                of_parts[edge.partner] = max(lower, of_parts.get(edge.partner, lower))
    for at, of_parts in floors.items():
        if len(of_parts) > 1 and exceed(list(of_parts.values()), ceilings[at]):
            yield at


def may_exceed_with(
    connection: sqlite3.Connection, edges: list[Edge], edge: Edge, position: int
) -> bool:
    """Whether a new claim of one part may bring a sum of counts above a whole.

    What the other parts have come to by the last whole that it bounds is set beside the least
    of these wholes, so a claim at the end of a series is told from one that matters.
    """
    up = edge.over_time == "cumulative-up"
    least, last, lower, subject, scope = _bounded_by(connection, edge, position)
    if least is None or lower <= schema.ZERO:
        return False
    floors = [lower]
    for other in edges:
        if other.partner == edge.partner:
            continue
        [highest] = connection.execute(
            "SELECT max(lower) FROM keys CROSS JOIN topics ON topics.key = keys.id "
            f"CROSS JOIN claims INDEXED BY {_BY_SLICE} ON claims.topic = topics.id "
            "WHERE keys.subject = ? AND keys.predicate = ? AND scope = ? AND class = 'quantity' "
            f"AND latest {'<=' if up else '>='} ? AND {speaks('claims')}",
            (subject, other.partner, scope, last),
        ).fetchone()
        if highest is not None and highest > schema.ZERO:
            floors.append(highest)
    return len(floors) > 1 and exceed(floors, least)


def _bounded_by(
    connection: sqlite3.Connection, edge: Edge, position: int
) -> tuple[str | None, int, str, int, int]:
    """Return the least of the wholes that a part bounds, and when the last of them is.

    With them the part's own bound, its subject and its scope.
    """
    up = edge.over_time == "cumulative-up"
    columns = (
        f"min(own.upper), {'max' if up else 'min'}(own.latest), other.lower, ours.subject, "
        "other.scope"
    )
    where = Where(other=position)
    [(index, time)] = _times(edge, "other", "own")
    condition = f"{speaks('own')} AND {speaks('other')}"
    query = _query(edge, where, columns, condition, index, time)
    row = connection.execute(query, _parameters(edge, where)).fetchone()
    return (None, 0, "", 0, 0) if row[0] is None else tuple(row)


def exceed(floors: list[str], ceiling: str) -> bool:
    """Whether what these sort keys stand for comes to as much as the other does, or to more."""
    if ceiling == schema.HIGHEST:
        return False
    total = unsorted(floors[0])
    for floor in floors[1:]:
        total = exact(total, "+", unsorted(floor))
    return total >= unsorted(ceiling)


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
        f"INDEXED BY {_BY_SLICE} ON claims.topic = topics.id WHERE ours.predicate = :anchor "
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


def shared_series(
    connection: sqlite3.Connection, edges: list[Edge], key: int | None = None
) -> Iterator[tuple[int, int]]:
    """Yield the keys and scopes in which at least two of these parts are counted."""
    count: dict[tuple[int, int], int] = {}
    of_key = "" if key is None else "AND ours.id = :key"
    for edge in edges:
        for place in connection.execute(
            "SELECT DISTINCT ours.id, scope FROM keys AS ours CROSS JOIN keys AS its "
            "ON its.subject = ours.subject AND its.predicate = :partner "
            "CROSS JOIN topics ON topics.key = its.id "
            f"CROSS JOIN claims INDEXED BY {_BY_SLICE} ON claims.topic = topics.id "
            f"WHERE ours.predicate = :anchor {of_key} AND class = 'quantity' "
            f"AND {speaks('claims')}",
            {"anchor": edge.anchor, "partner": edge.partner, "key": key},
        ):
            count[place] = count.get(place, 0) + 1
    yield from (place for place, parts in count.items() if parts > 1)


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
