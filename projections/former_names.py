"""Which names were the same when: now, at a moment, or ever.

A decision speaks of a finding and of claimants by the names that were the roots when it was made.
A match or an unmatch since then gives them other roots, and only the acts until that moment can
say whom it meant. A moment is the ``(recorded_at, id)`` of an event, so every desk that holds
the same events finds the same names.
"""

import sqlite3
from functools import cache
from typing import Final, Literal

import orjson

from ledger.names import fold
from projections.matches import reach
from projections.names import ActRow, edges_in_force, in_force

Kind = Literal["entity", "source"]
"""Entities are joined by matches; sources by matches and by the aliases of descriptions."""

Moment = tuple[str, str]
"""``(recorded_at, id)`` of an event."""

NOW: Final[Moment] = ("~", "")
"""After every time of recording, which all begin with a digit."""

_SELECT: Final = "SELECT id, type, recorded_at, target, other, said FROM acts WHERE "


class FormerNames:
    """Walks the edges between folded names as the acts in the views had them at a moment."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.ever = cache(self._ever)
        self.at = cache(self._at)
        self._toggles = cache(self._toggles_of)
        self._described: dict[str, list[ActRow]] | None = None
        self._called: dict[str, set[str]] = {}

    def _ever(self, kind: Kind, name: str) -> frozenset[str]:
        """Return all names that any match, in force or not, joins with this one by any steps."""

        def neighbours(one: str) -> set[str]:
            found = {other for act in self._toggles(one) for other in act[3:5]}
            if kind == "source":
                found |= self._aliases(one, in_force_at=None)
            return found

        return frozenset(reach(name, neighbours))

    def _at(self, kind: Kind, name: str, moment: Moment) -> frozenset[str]:
        """Return the names that were the same as this one at a moment, itself included."""
        if len(self.ever(kind, name)) == 1:
            return frozenset((name,))

        def neighbours(one: str) -> set[str]:
            acts = [act for act in self._toggles(one) if _until(act, moment)]
            found = {other for pair in edges_in_force(acts, "same") for other in pair}
            if kind == "source":
                found |= self._aliases(one, in_force_at=moment)
            return found

        return frozenset(reach(name, neighbours))

    def _toggles_of(self, name: str) -> list[ActRow]:
        """Return the acts that match this name with another as the same, or take that back."""
        types = "type IN ('entities-matched', 'entities-unmatched')"
        acts: list[ActRow] = self._connection.execute(
            f"{_SELECT} target = ?1 AND {types} UNION {_SELECT} other = ?1 AND {types}", (name,)
        ).fetchall()
        return [act for act in acts if orjson.loads(act[5]).get("relation", "same") == "same"]

    def _aliases(self, name: str, in_force_at: Moment | None) -> set[str]:
        """Return the other ends of the alias edges of a name: in force at a moment, or ever."""
        found: set[str] = set()
        for described, acts in self._naming(name).items():
            if in_force_at is not None:
                winner = in_force([act for act in acts if _until(act, in_force_at)])
                acts = [] if winner is None else [winner]
            for act in acts:
                aliases = _aliases_in(act)
                if name == described:
                    found |= aliases
                elif name in aliases:
                    found.add(described)
        return found

    def _naming(self, name: str) -> dict[str, list[ActRow]]:
        """Return all descriptions of the sources that one of them calls by this name."""
        if self._described is None:
            self._described, self._called = {}, {}
            for act in self._connection.execute(f"{_SELECT} type = 'source-described'"):
                self._described.setdefault(act[3], []).append(act)
                for alias in _aliases_in(act):
                    self._called.setdefault(alias, set()).add(act[3])
        sources = {name, *self._called.get(name, ())}
        return {one: self._described[one] for one in sorted(sources & self._described.keys())}


def _aliases_in(act: ActRow) -> set[str]:
    return {fold(alias) for alias in orjson.loads(act[5]).get("aliases", ())}


def _until(act: ActRow, moment: Moment) -> bool:
    return (act[2], act[0]) <= moment
