"""What every question has in common: the names it asks for, the time it asks about."""

import sqlite3
from typing import Literal

import attrs

from ledger.errors import NotFound
from ledger.names import fold
from projections.held import Span


@attrs.frozen
class Condition:
    """A condition on ``claims`` in SQL, such as a time that they must be about."""

    sql: str = "1"
    parameters: tuple[object, ...] = ()


ANYTHING = Condition()


def about(span: Span | None) -> Condition:
    """Return the condition that a claim is about a time: its as-of overlaps it.

    A claim under a predicate whose values do not change over time is about all times.
    """
    if span is None:
        return ANYTHING
    return Condition(
        "(claims.earliest <= ? AND claims.latest >= ? OR claims.topic IN (SELECT topics.id "
        "FROM topics JOIN keys ON keys.id = key WHERE over_time = 'constant'))",
        (span[1], span[0]),
    )


def keys_of(
    connection: sqlite3.Connection, subject: str, predicate: str | None = None
) -> list[int]:
    """Return the keys of a subject, or of a subject and a predicate, by the predicate's name.

    Names are matched folded and through matches. Raises ``NotFound`` when nothing is held under
    them, with the names that come near.
    """
    subject_root = _root(connection, subject, "subject")
    parameters = [subject_root]
    which = ""
    if predicate is not None:
        parameters.append(_root(connection, predicate, "predicate", subject_root))
        which = "AND keys.predicate = ?"
    found = connection.execute(
        "SELECT keys.id FROM keys JOIN names ON names.id = keys.predicate "
        f"WHERE keys.subject = ? {which} "
        "AND EXISTS (SELECT 1 FROM topics JOIN claims ON topic = topics.id WHERE key = keys.id) "
        "ORDER BY names.folded",
        parameters,
    ).fetchall()
    if not found and predicate is None:
        raise NotFound(
            f"nothing is held about {subject!r}", f"Try `wherefrom search {_quoted(subject)}`"
        )
    if not found:
        raise _no_predicate(connection, subject_root, f"nothing is held on {predicate!r} of it")
    return [key for (key,) in found]


def _root(
    connection: sqlite3.Connection,
    name: str,
    what: Literal["subject", "predicate"],
    subject: int = 0,
) -> int:
    row = connection.execute("SELECT entity FROM names WHERE folded = ?", (fold(name),)).fetchone()
    if row is not None:
        return int(row[0])
    message = f"{what} {name!r}: nothing held here has that name"
    if what == "predicate":
        raise _no_predicate(connection, subject, message)
    from projections.nearest import nearest_names

    def is_subject(folded: str) -> bool:
        return (
            connection.execute(
                "SELECT 1 FROM topics JOIN names ON names.id = subject WHERE folded = ?", (folded,)
            ).fetchone()
            is not None
        )

    near = nearest_names(connection, name, is_subject)
    raise NotFound(message, did_you_mean(near) or f"Try `wherefrom search {_quoted(name)}`")


def _no_predicate(connection: sqlite3.Connection, subject: int, message: str) -> NotFound:
    """Return the error that names the predicates under which something is held."""
    rows = connection.execute(
        "SELECT DISTINCT names.shown FROM keys JOIN names ON names.id = keys.predicate "
        "WHERE keys.subject = ? AND EXISTS (SELECT 1 FROM topics WHERE key = keys.id) "
        "ORDER BY names.folded LIMIT 12",
        (subject,),
    ).fetchall()
    return NotFound(message, f"There is {', '.join(shown for (shown,) in rows)}")


def did_you_mean(names: list[str]) -> str:
    """Return a question that names what comes near, or nothing."""
    return f"Did you mean {' or '.join(map(repr, names))}?" if names else ""


def _quoted(name: str) -> str:
    return repr(name) if " " in name else name
