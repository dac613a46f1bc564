"""Judging what links and acts say of claims, one family of recordings at a time.

What is found of a family depends on the recording of it that counts, on the claims that it
relays, on what became of those, and on what took their place. :class:`FamilyJudge` loads a
family, asks ``FAMILY_RULES``, and puts what they find in the place of what was found of it
before; which families a change reaches, :mod:`projections.family_reach` says.
"""

import sqlite3
from collections.abc import Iterable, Iterator

import attrs

from projections.acts import family_of
from projections.circles import circle_through
from projections.contradictions.family import Circle, Family, Relayed, Successor
from projections.contradictions.rules import FAMILY_RULES
from projections.counted import Counted, counted_of
from projections.findings import Findings
from projections.held import Held
from projections.links import RELAYING, Ids, links
from projections.loading import Loader
from projections.narrow import SliceKey
from projections.reviews import reviews_of

FAMILY_ACTS = "('claims-linked', 'review-published')"
"""The types of the acts whose target may have a finding of its own, for SQL."""


@attrs.frozen
class _Passed:
    """A claim that another one passes on, before either is loaded."""

    origin: Counted
    translated: bool
    linked_at: str
    retracted_at: str | None
    successor: Counted | None


class FamilyJudge:
    """Judges the families that are named to it and writes what it finds.

    ``fresh`` says that nothing was judged before, and that each is judged once.
    """

    def __init__(
        self, connection: sqlite3.Connection, loader: Loader, *, fresh: bool = False
    ) -> None:
        self._connection = connection
        self._load = loader
        self._findings = Findings(connection, fresh=fresh)

    def judge(self, ids: Iterable[str]) -> None:
        """Judge the families of these claims (ids in hex), each once."""
        done: set[str] = set()
        for id_ in ids:
            if id_ not in done:
                family = frozenset(family_of(self._connection, id_))
                done |= family
                self._judge(family)

    def _judge(self, family: Ids) -> None:
        self._findings.forget_about(family)
        counted = counted_of(self._connection, family)
        if counted is None:
            return
        case = self._load_family(counted)
        if case is not None:
            found = (finding for rule in FAMILY_RULES for finding in rule(case))
            place = SliceKey(counted.key, counted.scope, counted.earliest, counted.latest)
            self._findings.write_about(counted.root, place, found)

    def _load_family(self, counted: Counted) -> Family | None:
        """Return a family as the rules judge it; ``None`` where there is nothing to say of it.

        Most relays say just what their origin says, which their rows tell; those are not loaded.
        """
        passed = [] if counted.retracted else list(self._passed(counted))
        circle = None if counted.retracted else self._circle(counted)
        reviews = reviews_of(self._connection, self._load.names, counted.family)
        if circle is None and len(reviews) < 2 and all(_is_idle(counted, one) for one in passed):
            return None
        return Family(
            key=self._load.shown_key(counted.key, counted.scope),
            root=counted.root,
            claim=self._held(counted),
            context=self._load.key(counted.key).context,
            retracted=counted.retracted,
            relayed=tuple(self._relayed(counted, one) for one in passed),
            circle=circle,
            reviews=tuple(reviews),
        )

    def _relayed(self, counted: Counted, passed: _Passed) -> Relayed:
        origin, successor = passed.origin, passed.successor
        return Relayed(
            root=origin.root,
            claim=self._held(origin),
            same_key=origin.same_key(counted),
            translated=passed.translated,
            linked_at=passed.linked_at,
            retracted_at=passed.retracted_at,
            successor=None
            if successor is None
            else Successor(self._held(successor), successor.same_key(counted)),
        )

    def _passed(self, counted: Counted) -> Iterator[_Passed]:
        """Yield what a claim relays or translates directly, by the ids of the first recordings."""
        found: dict[str, tuple[Counted, list[tuple[str, str]]]] = {}
        for link in links(self._connection, counted.family, RELAYING):
            for origin in self._counted([link.end]):
                _, told = found.setdefault(origin.root, (origin, []))
                told.append((link.recorded_at, link.relation))
        for _, (origin, told) in sorted(found.items()):
            yield _Passed(
                origin=origin,
                translated=any(relation == "translates" for _, relation in told),
                linked_at=min(told)[0],
                retracted_at=_retracted_at(self._connection, origin.family),
                successor=None if origin.retracted else self._successor(origin),
            )

    def _successor(self, origin: Counted) -> Counted | None:
        """Return the standing claim that took the place of another, by any number of steps."""
        seen = {origin.root}
        last = origin
        while True:
            following = self._replacing(last)
            if following is None or following.root in seen:
                break
            seen.add(following.root)
            last = following
        return last if last is not origin and last.stands and last.reviser is None else None

    def _replacing(self, replaced: Counted) -> Counted | None:
        """Return what took a claim's place: what revised it, or its claimant's correction of it."""
        connection = self._connection
        found: list[Counted] = []
        if replaced.reviser is not None:
            found += self._counted([_id_at(connection, replaced.reviser)])
        corrections = links(connection, replaced.family, ["corrects"], backwards=True)
        found += [
            one
            for one in self._counted(link.end for link in corrections)
            if one.stands and one.voice is not None and one.voice == replaced.voice
        ]
        return max(found, key=self._last_said) if len(found) > 1 else next(iter(found), None)

    def _counted(self, ids: Iterable[str]) -> Iterator[Counted]:
        for id_ in ids:
            one = counted_of(self._connection, family_of(self._connection, id_))
            if one is not None:
                yield one

    def _last_said(self, counted: Counted) -> tuple[object, object]:
        held = self._held(counted)
        return held.said, held.order

    def _circle(self, counted: Counted) -> Circle | None:
        """Return the circle in which a claim is the one that was recorded first."""
        found = circle_through(self._connection, counted)
        if not found:
            return None
        held = {root: self._held(one) for root, one in found.claims.items()}
        first = min(found.claims.values(), key=self._first_recorded)
        if first.root != counted.root:
            return None
        return found.told(counted.root, held)

    def _held(self, counted: Counted) -> Held:
        """Return a claim as it was said: what its claimant revised of a list was passed on, too."""
        [held] = self._load.all_said([counted.position], self._load.key(counted.key).context)
        return held

    def _first_recorded(self, counted: Counted) -> tuple[str, str]:
        """Return what orders families for good: when the first of their recordings was made."""
        ids = sorted(counted.family)
        positions = self._connection.execute(
            f"SELECT position FROM claims WHERE id IN ({', '.join('?' * len(ids))})",
            [bytes.fromhex(id_) for id_ in ids],
        ).fetchall()
        context = self._load.key(counted.key).context
        return min(held.order for held in self._load.all_said((at for (at,) in positions), context))


def _is_idle(counted: Counted, passed: _Passed) -> bool:
    """Whether a relay says just what an origin says that is as it was."""
    if passed.retracted_at is not None or passed.successor is not None:
        return False
    return not counted.same_key(passed.origin) or counted.says_the_same(passed.origin)


def _retracted_at(connection: sqlite3.Connection, family: Ids) -> str | None:
    marks = ", ".join("?" * len(family))
    row = connection.execute(
        f"SELECT min(recorded_at) FROM acts WHERE type = 'claim-retracted' AND target IN ({marks})",
        tuple(family),
    ).fetchone()
    return None if row[0] is None else str(row[0])


def _id_at(connection: sqlite3.Connection, position: int) -> str:
    row = connection.execute("SELECT id FROM claims WHERE position = ?", (position,)).fetchone()
    return str(row[0].hex())
