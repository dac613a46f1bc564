"""Which predicates are neighbours: what the definitions in force say of parts, wholes and order.

====================  =====================  ==========================================
a definition says     so the *anchor* is     and its *partner* is
====================  =====================  ==========================================
``part_of`` W         W, the whole           the predicate defined: a part
``disjoint`` A, B     the predicate defined  A and B: parts, of which no two overlap
``not_before`` S      the predicate defined  S, the date that it cannot precede
====================  =====================  ==========================================

The views keep what every definition says (``relations``, by names as stated); which definition
counts, and which names are one, is looked up here. Few predicates have neighbours, so this is
asked once for a predicate and remembered for as long as one judgement lasts.
"""

import sqlite3
from collections.abc import Collection
from typing import Any

import attrs

from projections.interning import Interner, definition_in_force

Json = dict[str, Any]
RelationRow = tuple[int, str, int, str, int]
"""Position and id of the definition, the name defined, the relation, the other name."""

PART_OF, DISJOINT, NOT_BEFORE = "part-of", "disjoint", "not-before"

INSERT_RELATION = "INSERT INTO relations VALUES (?, ?, ?, ?, ?)"


def relation_rows(position: int, id_: str, said: Json, interner: Interner) -> list[RelationRow]:
    """Return what a definition says of other predicates, as ``INSERT_RELATION`` takes it."""
    others = [(PART_OF, said.get("part_of")), (NOT_BEFORE, said.get("not_before"))]
    others += [(DISJOINT, part) for part in said.get("disjoint", ())]
    name = interner.name
    return [
        (position, id_, name(said["name"]), relation, name(other))
        for relation, other in others
        if other
    ]


@attrs.frozen(order=True)
class Partner:
    """A neighbour of a predicate: the number of its root name, and how the two are related."""

    predicate: int
    is_part: bool
    disjoint: bool = False


class Relations:
    """Looks up the neighbours of predicates, each by the number of its root name."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._in_force: dict[int, str | None] = {}
        self._partners: dict[int, tuple[Partner, ...]] = {}
        self._anchors: dict[int, tuple[int, ...]] = {}

    def forget(self) -> None:
        """Look everything up anew: names or definitions have changed."""
        self._in_force.clear()
        self._partners.clear()
        self._anchors.clear()

    def all_anchors(self) -> list[int]:
        """Return every predicate that has a partner."""
        return sorted({anchor for anchor, *_ in self._edges("1", ())})

    def partners(self, anchor: int) -> tuple[Partner, ...]:
        """Return the parts of a predicate, and what it cannot precede."""
        known = self._partners.get(anchor)
        if known is None:
            edges = [edge for edge in self._named(anchor) if edge[0] == anchor]
            parts = {partner for _, partner, relation in edges if relation != NOT_BEFORE}
            disjoint = {partner for _, partner, relation in edges if relation == DISJOINT}
            starts = {partner for _, partner, relation in edges if relation == NOT_BEFORE}
            known = (
                *(Partner(part, True, part in disjoint) for part in sorted(parts - {anchor})),
                *(Partner(start, False) for start in sorted(starts - {anchor})),
            )
            self._partners[anchor] = known
        return known

    def anchors(self, partner: int) -> tuple[int, ...]:
        """Return the predicates of which this one is a part, or that cannot precede it."""
        known = self._anchors.get(partner)
        if known is None:
            found = {edge[0] for edge in self._named(partner) if edge[1] == partner}
            known = self._anchors[partner] = tuple(sorted(found - {partner}))
        return known

    def related(self, names: Collection[int]) -> set[int]:
        """Return the roots of all that any definition ever set beside one of these names."""
        found: set[int] = set()
        for name in names:
            for ends in self._connection.execute(
                "SELECT d.entity, o.entity FROM relations "
                "JOIN names AS d ON d.id = definer JOIN names AS o ON o.id = relations.other "
                "WHERE definer = ?1 OR relations.other = ?1",
                (name,),
            ):
                found.update(ends)
        return found

    def _named(self, predicate: int) -> list[tuple[int, int, str]]:
        """Return the edges at one predicate, under any of its names."""
        names = "(SELECT id FROM names WHERE entity = ?)"
        return self._edges(f"definer IN {names}", (predicate,)) + self._edges(
            f"relations.other IN {names}", (predicate,)
        )

    def _edges(self, where: str, parameters: tuple[int, ...]) -> list[tuple[int, int, str]]:
        """Return anchor, partner and relation of what definitions in force say."""
        edges = []
        for id_, definer, relation, other in self._connection.execute(
            "SELECT relations.id, d.entity, relation, o.entity FROM relations "
            "JOIN names AS d ON d.id = definer JOIN names AS o ON o.id = relations.other "
            f"WHERE {where}",
            parameters,
        ).fetchall():
            if self._winner(definer) == id_:
                ends = (other, definer) if relation == PART_OF else (definer, other)
                edges.append((*ends, relation))
        return edges

    def _winner(self, predicate: int) -> str | None:
        if predicate not in self._in_force:
            act = definition_in_force(self._connection, predicate)
            self._in_force[predicate] = None if act is None else act[0]
        return self._in_force[predicate]
