"""Which names are the same, which lies within which, who acts for whom: read from the views.

The roots of names lie in the views, kept up by :mod:`projections.matches`; here they are looked
up, and remembered for as long as one judgement lasts.
"""

import sqlite3
from functools import cache

import orjson


class NameBook:
    """What the views know of names (see :class:`projections.held.Names`)."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.entity = cache(self._entity)
        self.source = cache(self._source)
        self.anonymous = cache(self._anonymous)
        self.principal = cache(self._principal)
        self.within = cache(self._within)
        self._containers = cache(self._containers_of)

    def forget(self) -> None:
        """Look everything up anew: names have changed."""
        for remembered in (
            self.entity,
            self.source,
            self.anonymous,
            self.principal,
            self.within,
            self._containers,
        ):
            remembered.cache_clear()

    def _root(self, name: str, column: str) -> str:
        found = self._connection.execute(
            f"SELECT root.folded FROM names JOIN names AS root ON root.id = names.{column} "
            "WHERE names.folded = ?",
            (name,),
        ).fetchone()
        return name if found is None else str(found[0])

    def _entity(self, name: str) -> str:
        return self._root(name, "entity")

    def _source(self, name: str) -> str:
        return self._root(name, "source")

    def _anonymous(self, name: str) -> bool:
        found = self._connection.execute(
            "SELECT anonymous FROM names WHERE folded = ?", (name,)
        ).fetchone()
        return bool(found and found[0])

    def _principal(self, name: str) -> str:
        """Follow acts_for to its end; a circle ends at its smallest name."""
        chain = [self.source(name)]
        while True:
            acts_for = sorted(self.source(target) for target in self._acts_for(chain[-1]))
            following = next((root for root in acts_for if root != chain[-1]), None)
            if following is None:
                return chain[-1]
            if following in chain:
                return min(chain[chain.index(following) :])
            chain.append(following)

    def _acts_for(self, root: str) -> list[str]:
        """Return whom the descriptions in force of a source say that it acts for."""
        described: dict[str, list[ActRow]] = {}
        for act in self._connection.execute(
            "SELECT id, type, recorded_at, target, other, said FROM acts "
            "WHERE type = 'source-described' AND target IN (SELECT folded FROM names "
            "WHERE source = (SELECT id FROM names WHERE folded = ?))",
            (root,),
        ):
            described.setdefault(act[3], []).append(act)
        winners = [in_force(acts) for acts in described.values()]
        return [winner[4] for winner in winners if winner is not None and winner[4]]

    def _containers_of(self, root: str) -> frozenset[str]:
        """Return the roots that this one lies directly within."""
        rows = self._connection.execute(
            "SELECT id, type, recorded_at, target, other, said FROM acts "
            "WHERE type IN ('entities-matched', 'entities-unmatched') AND target IN "
            "(SELECT folded FROM names WHERE entity = (SELECT id FROM names WHERE folded = ?))",
            (root,),
        )
        return frozenset(
            self.entity(outer) for _, outer in edges_in_force(rows.fetchall(), "within")
        )

    def _within(self, inner: str, outer: str) -> bool:
        seen: set[str] = set()
        open_ = [inner]
        while open_:
            root = open_.pop()
            if root == outer:
                return root != inner or bool(seen)
            if root not in seen:
                seen.add(root)
                open_.extend(self._containers(root))
        return False


ActRow = tuple[str, str, str, str, str, str]
"""id, type, recorded_at, target, other, and the statement as JSON."""


def in_force(acts: list[ActRow]) -> ActRow | None:
    """Return the act that counts among those that toggle one thing.

    One that a later act names as the one it replaces (``after``) is out; of the rest the last
    by (recorded_at, id) counts.
    """
    replaced = {orjson.loads(act[5]).get("after") for act in acts}
    standing = [act for act in acts if act[0] not in replaced]
    return max(standing or acts, key=lambda act: (act[2], act[0]), default=None)


def edges_in_force(acts: list[ActRow], relation: str) -> list[tuple[str, str]]:
    """Return the pairs of folded names that are matched by this relation, all told."""
    toggles: dict[tuple[str, str], list[ActRow]] = {}
    for act in acts:
        if orjson.loads(act[5]).get("relation", "same") != relation:
            continue
        pair = (act[3], act[4])
        if relation == "same":
            pair = (min(pair), max(pair))
        toggles.setdefault(pair, []).append(act)
    edges = []
    for pair, group in toggles.items():
        winner = in_force(group)
        if winner is not None and winner[1] == "entities-matched":
            edges.append(pair)
    return edges
