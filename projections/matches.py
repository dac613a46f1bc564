"""Components of names: which spellings are one entity, and which are one source.

Entities are joined by matches; sources by matches and by the aliases of their descriptions (a
capital that stands for a government is an alias of that *source*, never a match of places). A
component's root is its smallest folded name, so every desk finds the same one. When an edge
comes or goes, the components at both its ends are walked anew.
"""

import sqlite3
from collections.abc import Callable, Iterable

import orjson

from ledger.names import fold
from projections.names import ActRow, edges_in_force, in_force

_TOGGLES = (
    "SELECT id, type, recorded_at, target, other, said FROM acts "
    "WHERE type IN ('entities-matched', 'entities-unmatched') AND "
)


class Components:
    """Walks the edges that the acts in the views leave in force."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._aliases: dict[str, set[str]] | None = None

    def rename(self, names: Iterable[str]) -> set[int]:
        """Give every name in the components of ``names`` its root anew.

        Returns the ids of all names whose entity or source root, or anonymity, may have
        changed: those of the old components and of the new ones.
        """
        self._aliases = None
        affected: set[str] = set()
        for name in names:
            for column in ("entity", "source"):
                affected |= self._stored_component(name, column)
        for column, neighbours in (("entity", self._matched), ("source", self._source_names)):
            done: set[str] = set()
            for name in sorted(affected):
                if name in done:
                    continue
                component = reach(name, neighbours)
                done |= component
                affected = affected | component
                self._store(component, column)
        ids = self._ids(affected)
        self._mark_anonymous(affected)
        return ids

    def _stored_component(self, name: str, column: str) -> set[str]:
        rows = self._connection.execute(
            f"SELECT folded FROM names WHERE {column} = "
            f"(SELECT {column} FROM names WHERE folded = ?)",
            (name,),
        )
        return {folded for (folded,) in rows}

    def _store(self, component: set[str], column: str) -> None:
        root = min(component)
        self._connection.executemany(
            f"UPDATE names SET {column} = (SELECT id FROM names WHERE folded = ?) WHERE folded = ?",
            [(root, name) for name in component],
        )

    def _mark_anonymous(self, names: set[str]) -> None:
        """Say of every name whether any name of its source is described as anonymous."""
        done: set[str] = set()
        for name in names:
            if name in done:
                continue
            component = reach(name, self._source_names)
            done |= component
            anonymous = any(
                described.get("kind") == "anonymous"
                for other in component
                if (described := self._description(other)) is not None
            )
            self._connection.executemany(
                "UPDATE names SET anonymous = ? WHERE folded = ?",
                [(int(anonymous), other) for other in component],
            )

    def _ids(self, names: set[str]) -> set[int]:
        found: set[int] = set()
        for name in names:
            row = self._connection.execute(
                "SELECT id FROM names WHERE folded = ?", (name,)
            ).fetchone()
            found.add(row[0])
        return found

    def _matched(self, name: str) -> set[str]:
        acts: list[ActRow] = self._connection.execute(
            _TOGGLES + "target = ? UNION " + _TOGGLES + "other = ?", (name, name)
        ).fetchall()
        return {other for pair in edges_in_force(acts, "same") for other in pair if name in pair}

    def _source_names(self, name: str) -> set[str]:
        return self._matched(name) | self._all_aliases().get(name, set())

    def _all_aliases(self) -> dict[str, set[str]]:
        """Return the alias edges in force, both ways."""
        if self._aliases is None:
            self._aliases = {}
            described: dict[str, list[ActRow]] = {}
            for act in self._connection.execute(
                "SELECT id, type, recorded_at, target, other, said FROM acts "
                "WHERE type = 'source-described'"
            ):
                described.setdefault(act[3], []).append(act)
            for name, acts in described.items():
                winner = in_force(acts)
                assert winner is not None
                for alias in orjson.loads(winner[5]).get("aliases", ()):
                    self._aliases.setdefault(name, set()).add(fold(alias))
                    self._aliases.setdefault(fold(alias), set()).add(name)
        return self._aliases

    def _description(self, name: str) -> dict[str, object] | None:
        acts: list[ActRow] = self._connection.execute(
            "SELECT id, type, recorded_at, target, other, said FROM acts "
            "WHERE type = 'source-described' AND target = ?",
            (name,),
        ).fetchall()
        winner = in_force(acts)
        return None if winner is None else orjson.loads(winner[5])


def reach(start: str, neighbours: Callable[[str], set[str]]) -> set[str]:
    """Return all names that steps to neighbours lead to from ``start``, itself included."""
    seen: set[str] = set()
    open_ = [start]
    while open_:
        name = open_.pop()
        if name not in seen:
            seen.add(name)
            open_.extend(neighbours(name) - seen)
    return seen
