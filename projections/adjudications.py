"""Which decision holds for a finding, whatever its names were when somebody decided.

A decision names a finding by its id, and the id comes from the roots of the names: a match that
gives a key another root, or an unmatch that takes it back, makes another id of what is the same
disagreement. So a finding is looked up under each id that it has had or could have had: under
all names that were the same as one of its own when the decision was made. Whom the decision
means by its pairs is worked out in the same way. What is found of one claim has its id from the
claim's first recording, and another ledger may have recorded it earlier: then its twins' ids count.

A decision holds while it covers every pair that conflicts now. Of several the last one counts
(one that a later one names as replaced does not); where names came together that were decided
about apart, the last that covers all.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import product
from typing import NamedTuple

import attrs
import orjson

from ledger.events import Decision
from projections.contradictions.finding import Identity, Pair, Status
from projections.former_names import NOW, FormerNames, Kind, Moment
from projections.names import ActRow, in_force
from projections.twins import twins_of

_ACTS = (
    "SELECT id, type, recorded_at, target, other, said FROM acts "
    "WHERE type = 'contradiction-adjudicated'"
)

_CLAIM = re.compile(r"[0-9a-f]{64}")
"""The id of a claim; ``_others`` puts only those of its twins in its place."""


class Standing(NamedTuple):
    """A finding's status, and the id of the decision that is told of beside it, if any."""

    status: Status
    decision: str | None = None


OPEN = Standing("open")


class Adjudications:
    """The decisions in the views, as they were when first asked for."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @cached_property
    def _by_target(self) -> dict[str, list[ActRow]]:
        found: dict[str, list[ActRow]] = {}
        for act in self._connection.execute(_ACTS):
            found.setdefault(act[3], []).append(act)
        return found

    @cached_property
    def _names(self) -> FormerNames:
        return FormerNames(self._connection)

    def standing(self, identity: Identity, pairs: Iterable[Pair]) -> Standing:
        """Return what was decided about a finding with these pairs in conflict."""
        if not self._by_target:
            return OPEN
        acts = list(self._about(identity))
        if not acts:
            return OPEN
        replaced = {orjson.loads(act[5]).get("after") for act in acts}
        standing = [act for act in acts if act[0] not in replaced] or acts
        lines: dict[str, list[ActRow]] = {}
        for act in standing:
            lines.setdefault(act[3], []).append(act)
        winners = [winner for line in lines.values() if (winner := in_force(line)) is not None]
        conflicting = set(pairs)
        covering = [act for act in winners if self._covers(act, conflicting)]
        act = max(covering or winners, key=_moment)
        decision: Decision = orjson.loads(act[5])["decision"]
        return Standing(decision if covering else "open", act[0])

    def concerned(self, positions_from: int) -> Iterator[tuple[str, Identity, str]]:
        """Yield the findings that decisions from a position on may be about, with their pairs.

        Each as its id, what that comes from, and the pairs as they are kept.
        """
        new = self._connection.execute(f"{_ACTS} AND position >= ?", (positions_from,)).fetchall()
        if not new:
            return
        targets = {act[3] for act in new}
        where, parameters = "1", ()
        if all(map(self._is_of_now, new)):
            where = f"findings.id IN ({', '.join('?' * len(targets))})"
            parameters = tuple(sorted(targets))
        for id_, rule, subject, predicate, scope, instant, pairs in self._connection.execute(
            "SELECT findings.id, rule, s.folded, p.folded, scopes.folded, instant, pairs "
            "FROM findings JOIN keys ON keys.id = findings.key "
            "JOIN names AS s ON s.id = keys.subject JOIN names AS p ON p.id = keys.predicate "
            f"JOIN scopes ON scopes.id = findings.scope WHERE {where}",
            parameters,
        ).fetchall():
            identity = Identity(rule, subject, predicate, scope, read_instant(instant))
            if targets.intersection(one.id for one in self._others(identity)):
                yield id_, identity, pairs

    def _is_of_now(self, act: ActRow) -> bool:
        """Whether a decision came after all matches and names its finding as it is named now."""
        later = self._connection.execute(
            "SELECT 1 FROM acts WHERE type IN "
            "('entities-matched', 'entities-unmatched', 'source-described') "
            "AND (recorded_at, id) > (?, ?) LIMIT 1",
            _moment(act),
        ).fetchone()
        held = self._connection.execute("SELECT 1 FROM findings WHERE id = ?", (act[3],))
        return later is None and held.fetchone() is not None

    def _about(self, identity: Identity) -> Iterator[ActRow]:
        """Yield the decisions about a finding, under whatever names."""
        for other in self._others(identity):
            for act in self._by_target.get(other.id, ()):
                if self._same_then(identity, other, _moment(act)):
                    yield act

    def _others(self, identity: Identity) -> Iterator[Identity]:
        """Yield what a finding's id comes from, under all names that its names ever went by."""
        subjects = self._names.ever("entity", identity.subject)
        predicates = self._names.ever("entity", identity.predicate)
        instants = [
            [(one, True) for one in self._ever(text)] if named else [(text, named)]
            for text, named in identity.instant
        ]
        for subject, predicate in product(subjects, predicates):
            for instant in product(*instants):
                yield attrs.evolve(identity, subject=subject, predicate=predicate, instant=instant)

    def _ever(self, text: str) -> Iterable[str]:
        """Return by what else a source, or a claim by its id, was named at any time."""
        if _CLAIM.fullmatch(text):
            return twins_of(self._connection, text)
        return self._names.ever("source", text)

    def _same_then(self, now: Identity, then: Identity, moment: Moment) -> bool:
        """Whether what ``then`` names was, at that moment, the same as what ``now`` names."""
        pairs: list[tuple[Kind, str, str]] = [
            ("entity", now.subject, then.subject),
            ("entity", now.predicate, then.predicate),
        ]
        pairs += [
            ("source", mine[0], other[0])
            for mine, other in zip(now.instant, then.instant, strict=True)
            if not _CLAIM.fullmatch(mine[0])
        ]
        return all(
            one == other
            or not self._names.at(kind, one, NOW).isdisjoint(self._names.at(kind, other, moment))
            for kind, one, other in pairs
        )

    def _covers(self, act: ActRow, conflicting: set[Pair]) -> bool:
        """Whether a decision covers these pairs, its claimants being who they are now."""
        covered: set[Pair] = set()
        for (one, value), (other, against) in orjson.loads(act[5]).get("pairs", ()):
            for who in self._speakers(one, _moment(act)):
                for whom in self._speakers(other, _moment(act)):
                    first, second = sorted(((who, value), (whom, against)))
                    covered.add((first, second))
        return conflicting <= covered

    def _speakers(self, name: str, moment: Moment) -> Iterable[str]:
        """Return by what names pairs tell now of a source that had this name then.

        By its root, or where it has no one voice by each name it is filed under.
        """
        if len(self._names.ever("source", name)) == 1:
            return (name,)
        then = self._names.at("source", name, moment)
        return then | {min(self._names.at("source", one, NOW)) for one in then}


def write_instant(identity: Identity) -> str:
    """Return the instant of what a finding's id comes from, as the views keep it."""
    return orjson.dumps(identity.instant).decode()


def read_instant(text: str) -> tuple[tuple[str, bool], ...]:
    """Return what ``write_instant`` wrote."""
    return tuple((part, named) for part, named in orjson.loads(text))


def _moment(act: ActRow) -> Moment:
    return act[2], act[0]
