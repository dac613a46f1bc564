"""SQL narrows: which slices, series and wishes could hold a finding at all.

Intervals on a line that meet pairwise share a point (Helly's theorem), so the amounts of a
slice can all be true together if the highest lower end is not above the lowest upper end: one
``GROUP BY`` says so for every slice, at the speed of an index scan. Names differ if the
smallest is not the largest. What is left, and it may be more than what is found in the end, is
judged in Python. Nothing here decides.
"""

import sqlite3
from collections.abc import Iterator

import attrs

from ledger.values import DAY_SECONDS
from projections import schema

_SUSPECT = f"""
  max(flags & {schema.LINKED}) OR (count(*) > 1 AND (
    max(lower) > min(upper)
    OR (max(lower) = min(upper) AND max(flags & {schema.OPEN_END}))
    OR min(value) <> max(value)
    OR min(mode) <> max(mode)
    OR max(flags & {schema.CLOSED_LIST})
    OR min(class) <> max(class)))
"""
BY_SLICE = "claims INDEXED BY claims_by_slice"
"""The claims, by the index that a slice is read with; left alone, SQLite may take another."""

_FACTS = f"mode < {schema.DEMANDED} AND standing NOT IN {schema.GONE}"
_WISHES = f"mode IN ({schema.DEMANDED}, {schema.REFUSED}) AND standing NOT IN {schema.GONE}"
_STANDING = f"standing = {schema.STANDS} AND revised = 0"


_SHARED = "SELECT key FROM topics GROUP BY key HAVING count(*) > 1"
"""The keys whose claims are filed under several topics, which were matched."""


@attrs.frozen(order=True)
class SliceKey:
    """What names a slice: its key and scope, and its as-of (0, 0 where that is ignored)."""

    key: int
    scope: int
    earliest: int
    latest: int


def suspect_slices(connection: sqlite3.Connection) -> Iterator[SliceKey]:
    """Yield every slice that could hold a finding, in the whole of the views."""
    shared = {key for (key,) in connection.execute(_SHARED)}
    changing = connection.execute(
        f"SELECT key, scope, earliest, latest FROM ("
        f"SELECT topic, scope, earliest, latest FROM claims WHERE {_FACTS} "
        f"GROUP BY topic, scope, earliest, latest HAVING {_SUSPECT}) "
        "JOIN topics ON topics.id = topic JOIN keys ON keys.id = key WHERE over_time <> 'constant'"
    )
    constant = connection.execute(
        f"SELECT key, scope, 0, 0 FROM (SELECT topic, scope FROM claims WHERE {_FACTS} "
        "AND topic IN (SELECT topics.id FROM topics JOIN keys ON keys.id = key "
        "WHERE over_time = 'constant') "
        f"GROUP BY topic, scope HAVING {_SUSPECT}) JOIN topics ON topics.id = topic"
    )
    for rows in (changing, constant):
        for row in rows:
            if row[0] not in shared:
                yield SliceKey(*row)
    for key in sorted(shared):
        yield from suspect_slices_of(connection, key)
    yield from _overlapped(connection)


def suspect_slices_of(connection: sqlite3.Connection, key: int) -> Iterator[SliceKey]:
    """Yield the slices of one key that could hold a finding."""
    constant = is_constant(connection, key)
    columns = "0, 0" if constant else "earliest, latest"
    group = "scope" if constant else "scope, earliest, latest"
    for row in connection.execute(
        f"SELECT scope, {columns} FROM {BY_SLICE} WHERE {_FACTS} "
        f"AND topic IN (SELECT id FROM topics WHERE key = ?) GROUP BY {group} HAVING {_SUSPECT}",
        (key,),
    ):
        yield SliceKey(key, *row)
    if not constant:
        yield from _overlapped(connection, key)


def is_suspect(connection: sqlite3.Connection, slice_: SliceKey) -> bool:
    """Whether one slice could hold a finding among its own claims."""
    where, parameters = slice_where(slice_, constant=is_constant(connection, slice_.key))
    found = connection.execute(
        f"SELECT {_SUSPECT} FROM {BY_SLICE} WHERE {_FACTS} AND {where}", parameters
    ).fetchone()
    return bool(found[0])


def slice_where(slice_: SliceKey, *, constant: bool) -> tuple[str, tuple[int, ...]]:
    """Return the condition that selects a slice's own claims, and its parameters.

    ``constant`` says that as-of is ignored for its key.
    """
    where = "topic IN (SELECT id FROM topics WHERE key = ?) AND scope = ?"
    if constant:
        return where, (slice_.key, slice_.scope)
    return (
        where + " AND earliest = ? AND latest = ?",
        (slice_.key, slice_.scope, slice_.earliest, slice_.latest),
    )


def is_constant(connection: sqlite3.Connection, key: int) -> bool:
    """Whether as-of is ignored for a key."""
    row = connection.execute("SELECT over_time FROM keys WHERE id = ?", (key,)).fetchone()
    return bool(row[0] == "constant")


_WIDER = """
  (w.latest - w.earliest > n.latest - n.earliest
   OR (w.latest - w.earliest = n.latest - n.earliest AND w.earliest < n.earliest))
"""
_MEET = (  # the last of these follows from the others; it tells the index where to begin
    "n.earliest <= w.latest AND n.latest >= w.earliest "
    "AND n.earliest >= w.earliest - (w.latest - w.earliest)"
)

# Two kinds of pairs overlap: what is wider than a day and whatever is narrower, and a time of
# day and what is no wider than a day. Few claims are wide and few are short, and an index leads
# to either; what meets a short one begins at most a day before it.
_WIDE = f"w.latest - w.earliest >= {DAY_SECONDS} AND {_MEET}"
_SHORT = (
    f"n.latest - n.earliest < {DAY_SECONDS - 1} AND w.latest - w.earliest < {DAY_SECONDS} "
    f"AND w.earliest > n.earliest - {DAY_SECONDS} AND {_MEET}"
)


def _overlapped(connection: sqlite3.Connection, key: int | None = None) -> Iterator[SliceKey]:
    """Yield slices that a wider claim of the same key overlaps and may not agree with."""
    of_key = "1" if key is None else "few_topic.key = ?"
    for few, many, kind in (("w", "n", _WIDE), ("n", "w", _SHORT)):
        for row in connection.execute(
            "SELECT DISTINCT keys.id, n.scope, n.earliest, n.latest FROM keys "
            "JOIN topics AS few_topic ON few_topic.key = keys.id "
            "JOIN topics AS many_topic ON many_topic.key = keys.id "
            f"JOIN claims AS {few} ON {few}.topic = few_topic.id "
            f"CROSS JOIN claims AS {many} ON {many}.topic = many_topic.id AND n.scope = w.scope "
            f"WHERE {of_key} AND over_time = 'instant' AND {kind} AND {_WIDER} "
            f"AND w.mode < {schema.DEMANDED} AND n.mode < {schema.DEMANDED} "
            "AND (n.lower > w.upper OR w.lower > n.upper OR n.lower = w.upper "
            "OR w.lower = n.upper OR n.value <> w.value OR n.mode <> w.mode "
            f"OR (n.flags | w.flags) & {schema.CLOSED_LIST} OR n.class <> w.class)",
            () if key is None else (key,),
        ):
            yield SliceKey(*row)


def overlapping(
    connection: sqlite3.Connection, slice_: SliceKey, *, wider: bool
) -> list[tuple[int, int, int]]:
    """Return position, earliest and latest of the claims that overlap a slice.

    The wider ones, which visit it, or the narrower ones, whose slices its claims visit.
    """
    width = slice_.latest - slice_.earliest
    if wider:
        own, theirs = "n", "w"
        kinds = [(_WIDE, "claims_wide")]
        kinds += [(_SHORT, "claims_by_slice")] if width < DAY_SECONDS - 1 else []
    else:
        own, theirs = "w", "n"
        kinds = [(_WIDE if width >= DAY_SECONDS else _SHORT, "claims_by_slice")]
    found: list[tuple[int, int, int]] = []
    for kind, index in kinds:
        found += connection.execute(
            f"SELECT position, {theirs}.earliest, {theirs}.latest "
            f"FROM (SELECT ? AS earliest, ? AS latest) AS {own} "
            f"CROSS JOIN claims AS {theirs} INDEXED BY {index} "
            "WHERE topic IN (SELECT id FROM topics WHERE key = ?) AND scope = ? "
            f"AND {kind} AND {_FACTS} AND {_WIDER}",
            (slice_.earliest, slice_.latest, slice_.key, slice_.scope),
        ).fetchall()
    return found


def wish_keys(connection: sqlite3.Connection, key: int | None = None) -> list[tuple[int, int]]:
    """Return the keys and scopes that hold more than one wish, or one that is linked as revised."""
    where = "" if key is None else "AND key = ?"
    return connection.execute(
        f"SELECT key, scope FROM claims JOIN topics ON topics.id = topic WHERE {_WISHES} {where} "
        f"GROUP BY key, scope HAVING count(*) > 1 OR max(flags & {schema.LINKED})",
        () if key is None else (key,),
    ).fetchall()


def suspect_series(connection: sqlite3.Connection, key: int | None = None) -> list[tuple[int, int]]:
    """Return the keys and scopes of cumulative predicates where an earlier end passes a later.

    The window looks at everything up to and including the same last day, so that it never
    misses; the sweep in Python then asks exactly. A key whose claims are all filed under one
    topic is looked at by topic, in the order of the index; others one by one.
    """
    if key is not None:
        return _passed(connection, "topics.key = ?", (key,), "key")
    found = _passed(connection, f"topics.key NOT IN ({_SHARED})", (), "topic")
    for (shared,) in connection.execute(_SHARED).fetchall():
        found += _passed(connection, "topics.key = ?", (shared,), "key")
    return found


def _passed(
    connection: sqlite3.Connection, where: str, parameters: tuple[int, ...], series: str
) -> list[tuple[int, int]]:
    """Return the keys and scopes where an end passes another; ``series`` is what tells series."""
    found: list[tuple[int, int]] = []
    for over_time, extreme, fell, end in (
        ("cumulative-up", "max(lower)", "extreme >= upper", "upper"),
        ("cumulative-down", "min(upper)", "extreme <= lower", "lower"),
    ):
        counts = "SELECT 1 FROM keys WHERE over_time = ? LIMIT 1"
        if not connection.execute(counts, (over_time,)).fetchone():
            continue
        found += connection.execute(
            "SELECT DISTINCT topics.key, scope FROM (SELECT topic, scope, lower, upper, "
            f"{extreme} OVER earlier AS extreme, max(flags & {schema.OPEN_END}) OVER earlier "
            f"AS opens FROM {BY_SLICE} JOIN topics AS its ON its.id = topic WHERE topic IN "
            "(SELECT topics.id FROM keys CROSS JOIN topics ON topics.key = keys.id "
            f"WHERE over_time = '{over_time}' AND {where}) "
            f"AND class = 'quantity' AND mode <= {schema.HEDGED} AND {_STANDING} WINDOW earlier "
            f"AS (PARTITION BY {series}, scope ORDER BY latest / {DAY_SECONDS})) "
            "JOIN topics ON topics.id = topic "
            f"WHERE {fell} AND (extreme <> {end} OR opens)",
            parameters,
        ).fetchall()
    return found


def touches_series(connection: sqlite3.Connection, position: int) -> bool:
    """Whether one claim of a cumulative key lies beyond an earlier or a later one.

    *Earlier* and *later* as :mod:`projections.contradictions.series` has them: by days, the last
    of the one not after the first of the other.
    """
    row = connection.execute(
        "SELECT key, scope, lower, upper, earliest, latest, flags, over_time FROM claims "
        "JOIN topics ON topics.id = topic JOIN keys ON keys.id = key "
        f"WHERE position = ? AND class = 'quantity' AND mode <= {schema.HEDGED} AND {_STANDING}",
        (position,),
    ).fetchone()
    if row is None:
        return False
    key, scope, lower, upper, earliest, latest, flags, over_time = row
    # Which of the two lies earlier, the one that is too high or the one that is too low?
    high, low = "latest < :end_of_first_day", "earliest >= :start_of_last_day"
    if over_time == "cumulative-down":
        high, low = low, high
    opens = f"(flags | :flags) & {schema.OPEN_END}"
    found = connection.execute(
        f"SELECT 1 FROM {BY_SLICE} WHERE topic IN (SELECT id FROM topics WHERE key = :key) "
        f"AND scope = :scope AND class = 'quantity' AND mode <= {schema.HEDGED} AND {_STANDING} "
        f"AND (({high} AND (lower > :upper OR lower = :upper AND {opens})) "
        f"OR ({low} AND (upper < :lower OR upper = :lower AND {opens}))) LIMIT 1",
        {
            "key": key,
            "scope": scope,
            "lower": lower,
            "upper": upper,
            "end_of_first_day": (earliest // DAY_SECONDS + 1) * DAY_SECONDS,
            "start_of_last_day": latest // DAY_SECONDS * DAY_SECONDS,
            "flags": flags,
        },
    ).fetchone()
    return found is not None
