"""Which known names come near one that is not known: what to suggest instead of *not found*."""

import sqlite3
from collections.abc import Callable
from difflib import get_close_matches

from ledger.names import fold, words

_FEW = 5_000
"""Names that are compared one by one; of more, only those that share a word, or begin so."""


def nearest_names(
    connection: sqlite3.Connection,
    name: str,
    among: Callable[[str], bool] = lambda _: True,
    count: int = 3,
) -> list[str]:
    """Return up to so many names that are held and come nearest, as they are written.

    ``among`` says of a folded name whether it may be suggested.
    """
    folded = fold(name)
    known = dict(_candidates(connection, folded))
    near = get_close_matches(folded, known, len(known) or 1, 0.6)
    return [known[one] for one in near if among(one)][:count]


def _candidates(connection: sqlite3.Connection, folded: str) -> list[tuple[str, str]]:
    (size,) = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM names LIMIT ?)", (_FEW,)
    ).fetchone()
    if size < _FEW:
        return connection.execute("SELECT folded, shown FROM names").fetchall()
    parts = sorted(words(folded))
    found: list[tuple[str, str]] = []
    for match in (
        " OR ".join(f'"{word}"' for word in parts),
        " OR ".join(f'"{word[:3]}"*' for word in parts),
    ):
        if match and not found:
            found = connection.execute(
                "SELECT names.folded, shown FROM name_words JOIN names ON names.id = rowid "
                "WHERE name_words MATCH ? LIMIT ?",
                (match, _FEW),
            ).fetchall()
    return found
