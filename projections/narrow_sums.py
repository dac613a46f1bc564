"""SQL narrows for sums: where parts that do not overlap may come to more than their whole.

Of each part the highest bound is taken and set beside the least whole of one time or, of counts
over time, of all that the part bounds. Nothing here decides.
"""

import sqlite3
from collections.abc import Iterator

from ledger.decimals import exact, unsorted
from projections import schema
from projections.narrow import SliceKey
from projections.narrow_neighbours import (
    SLICE_INDEX,
    Edge,
    Where,
    pairs_query,
    parameters_of,
    place_columns,
    speaks,
    times,
)


def suspect_sums(
    connection: sqlite3.Connection, edges: list[Edge], where: Where
) -> Iterator[SliceKey]:
    """Yield the places where several parts that do not overlap may come to more than the whole."""
    ceilings: dict[SliceKey, str] = {}
    floors: dict[SliceKey, dict[int, str]] = {}
    condition = f"{speaks('own')} AND {speaks('other')} AND other.lower > '{schema.ZERO}'"
    for edge in edges:
        columns = f"{place_columns(edge)}, min(own.upper), max(other.lower)"
        for index, time in times(edge, "own", "other"):
            query = pairs_query(edge, where, columns, condition, index, time)
            for *place, upper, lower in connection.execute(
                f"{query} GROUP BY 1, 2, 3, 4", parameters_of(edge, where)
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
            f"CROSS JOIN claims INDEXED BY {SLICE_INDEX} ON claims.topic = topics.id "
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
    [(index, time)] = times(edge, "other", "own")
    condition = f"{speaks('own')} AND {speaks('other')}"
    query = pairs_query(edge, where, columns, condition, index, time)
    row = connection.execute(query, parameters_of(edge, where)).fetchone()
    return (None, 0, "", 0, 0) if row[0] is None else tuple(row)


def exceed(floors: list[str], ceiling: str) -> bool:
    """Whether what these sort keys stand for comes to as much as the other does, or to more."""
    if ceiling == schema.HIGHEST:
        return False
    total = unsorted(floors[0])
    for floor in floors[1:]:
        total = exact(total, "+", unsorted(floor))
    return total >= unsorted(ceiling)


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
            f"CROSS JOIN claims INDEXED BY {SLICE_INDEX} ON claims.topic = topics.id "
            f"WHERE ours.predicate = :anchor {of_key} AND class = 'quantity' "
            f"AND {speaks('claims')}",
            {"anchor": edge.anchor, "partner": edge.partner, "key": key},
        ):
            count[place] = count.get(place, 0) + 1
    yield from (place for place, parts in count.items() if parts > 1)
