"""The graph of links: which families of recordings are linked to which, either way.

Links are kept as acts, by the ids they name; a family is named by the id of its *root*, the
recording that corrects none (or the one that is not here yet). Nothing here is remembered:
walking begins at the claims that an event touched and goes no further than it must.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence

import attrs

from projections.twins import twins_of

RELAYING = ("relays", "translates")
DERIVING = (*RELAYING, "revises")
"""The relations that say what a claim was made from."""

Ids = frozenset[str]


@attrs.frozen
class Link:
    """A link to or from the claim ``end``: its relation, and when it was recorded."""

    end: str
    relation: str
    recorded_at: str


def links(
    connection: sqlite3.Connection,
    family: Collection[str],
    relations: Sequence[str],
    *,
    backwards: bool = False,
) -> Iterator[Link]:
    """Yield the links from a family (``backwards``: to it) to others, by these relations."""
    here, there, index = ("other", "target", "link") if backwards else ("target", "other", "target")
    rows = connection.execute(
        f"SELECT {there}, relation, recorded_at FROM acts INDEXED BY acts_by_{index} "
        f"WHERE type = 'claims-linked' AND {here} IN ({', '.join('?' * len(family))}) "
        f"AND relation IN ({', '.join('?' * len(relations))})",
        (*family, *relations),
    ).fetchall()
    for end, relation, recorded_at in rows:
        if end not in family:
            yield Link(end, relation, recorded_at)


def root_of(connection: sqlite3.Connection, family: Collection[str]) -> str:
    """Return the member of a family that corrects none that is known of; of twins the first."""
    marks = ", ".join("?" * len(family))
    corrections = {
        id_
        for (id_,) in connection.execute(
            f"SELECT id FROM acts WHERE type = 'recording-corrected' AND id IN ({marks})",
            tuple(family),
        )
    }
    return twins_of(connection, min(set(family) - corrections))[0]


def circle_of(start: Ids, step: Callable[[Ids, bool], set[Ids]]) -> set[Ids]:
    """Return all that lead to ``start`` and to which it leads; nothing unless by a way round.

    ``step`` returns what a node leads to, or with ``True`` what leads to it. The two ways are
    walked by turns until one has come to its end: of a story with a thousand reprints, no new
    reprint looks at the other ones.
    """
    ways: tuple[dict[Ids, set[Ids]], dict[Ids, set[Ids]]] = ({}, {})
    open_: tuple[list[Ids], list[Ids]] = ([start], [start])
    while True:
        for number, backwards in enumerate((True, False)):
            if not open_[number]:
                return _leading_back(start, ways[number])
            node = open_[number].pop()
            if node not in ways[number]:
                ways[number][node] = step(node, backwards)
                open_[number].extend(ways[number][node] - ways[number].keys())


def _leading_back(start: Ids, edges: dict[Ids, set[Ids]]) -> set[Ids]:
    """Return what leads to ``start`` among all that it leads to; nothing if that is none."""
    sources: dict[Ids, set[Ids]] = {}
    for node, ends in edges.items():
        for end in ends:
            sources.setdefault(end, set()).add(node)
    found: set[Ids] = set()
    open_ = [start]
    while open_:
        new = sources.get(open_.pop(), set()) - found
        found |= new
        open_ += new
    return found
