"""Which families an event reaches: its own, their relays, and what leads to them in a circle.

A relay is found stale by what became of its origin and of what took that one's place. So a
change is followed back: from what replaced a claim to that claim, and from there to its relays.
A new relay reaches nobody but itself, however many others its origin has.
"""

import sqlite3
from collections.abc import Iterable, Iterator

import orjson

from projections import schema
from projections.acts import family_of
from projections.circles import circle_through
from projections.counted import counted_of
from projections.filling import CLAIM_ACTS
from projections.links import RELAYING, Ids, links


class FamilyReach:
    """Follows changes of claims to the families that are to be judged anew."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def new(self, start: int) -> set[str]:
        """Return the ids of claims that events from ``start`` on change, as far as acts go."""
        found: set[str] = set()
        for id_, type_, target, other, said in self._connection.execute(
            f"SELECT id, type, target, other, said FROM acts WHERE position >= ? "
            f"AND type IN {CLAIM_ACTS}",
            (start,),
        ).fetchall():
            found.add(id_ if type_ == "recording-corrected" else target)
            if type_ == "claims-linked" and orjson.loads(said)["relation"] == "corrects":
                found.add(other)
        rows = self._connection.execute(
            f"SELECT id FROM claims WHERE position >= ? AND flags & {schema.SPOKEN_OF}", (start,)
        )
        return found | {id_.hex() for (id_,) in rows}

    def of_keys(self, keys: Iterable[int]) -> Iterator[str]:
        """Yield the ids of a key's claims that links or reviews speak of."""
        for key in keys:
            for (id_,) in self._connection.execute(
                "SELECT id FROM claims WHERE topic IN (SELECT id FROM topics WHERE key = ?) "
                f"AND flags & {schema.SPOKEN_OF}",
                (key,),
            ).fetchall():
                yield id_.hex()

    def of_authors(self, names: Iterable[str]) -> Iterator[str]:
        """Yield the ids of the claims that were reviewed under one of these folded names."""
        for name in names:
            for (target,) in self._connection.execute(
                "SELECT target FROM acts WHERE other = ? AND type = 'review-published'", (name,)
            ).fetchall():
                yield target

    def of_replaced(self, positions: Iterable[int]) -> Iterator[str]:
        """Yield the ids of claims that links speak of and whose revision by another changed."""
        for position in positions:
            for (id_,) in self._connection.execute(
                "WITH RECURSIVE earlier(at) AS (VALUES (?) UNION "
                "SELECT position FROM claims JOIN earlier ON reviser = at) "
                "SELECT id FROM earlier CROSS JOIN claims ON position = at "
                f"WHERE flags & {schema.SPOKEN_OF}",
                (position,),
            ).fetchall():
                yield id_.hex()

    def families(self, changed: Iterable[str]) -> set[str]:
        """Return the ids by which to judge every family that a change of these claims reaches."""
        found: set[str] = set()
        done: set[str] = set()
        for id_ in changed:
            if id_ in done:
                continue
            family = frozenset(family_of(self._connection, id_))
            done |= family
            found.add(id_)
            found |= self._circle(family)
            for replaced in self._replaced_by(family):
                found |= self._relays(replaced)
        return found

    def _relays(self, family: Ids) -> set[str]:
        return {link.end for link in links(self._connection, family, RELAYING, backwards=True)}

    def _replaced_by(self, family: Ids) -> Iterator[Ids]:
        """Yield a family and all whose place it took, by any number of steps."""
        seen: set[str] = set()
        open_ = [family]
        while open_:
            one = open_.pop()
            if seen.isdisjoint(one):
                seen |= one
                yield one
                ends = {link.end for link in links(self._connection, one, ["corrects"])}
                ends |= self._revised_by(one)
                open_ += (frozenset(family_of(self._connection, end)) for end in ends - seen)

    def _revised_by(self, family: Ids) -> set[str]:
        marks = ", ".join("?" * len(family))
        rows = self._connection.execute(
            "SELECT revised.id FROM claims CROSS JOIN claims AS revised "
            f"ON revised.reviser = claims.position WHERE claims.id IN ({marks})",
            [bytes.fromhex(id_) for id_ in family],
        )
        return {id_.hex() for (id_,) in rows}

    def _circle(self, family: Ids) -> set[str]:
        """Return the claims of the circle that a family is in now, and of the one it was in."""
        counted = counted_of(self._connection, family)
        circle = (
            None
            if counted is None or counted.retracted
            else (circle_through(self._connection, counted))
        )
        now = set() if circle is None else set(circle.claims)
        marks = ", ".join("?" * len(family))
        rows = self._connection.execute(
            "SELECT others.id FROM claims AS mine CROSS JOIN finding_claims AS found "
            "ON found.claim = mine.position CROSS JOIN findings "
            "ON findings.id = found.finding AND rule = 'circular' "
            "CROSS JOIN finding_claims AS beside ON beside.finding = findings.id "
            "CROSS JOIN claims AS others ON others.position = beside.claim "
            f"WHERE mine.id IN ({marks})",
            [bytes.fromhex(id_) for id_ in family],
        )
        return now | {id_.hex() for (id_,) in rows}
