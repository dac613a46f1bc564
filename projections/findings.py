"""The findings of the views: written by the place they belong to, with what was decided.

A finding belongs to a *place*: its key, its scope, and its slice (or 0, 0 where it has no single
instant). Whoever judges a place writes what the rules find there, and what these rules had
found there before goes: so judging again what an event touched gives just what judging
everything would.
"""

import sqlite3
from collections.abc import Iterable, Sequence

import orjson

from ledger.events import NOT_STATED, Decision
from ledger.names import fold
from projections.contradictions.finding import Finding, Pair, Status, to_json
from projections.contradictions.pairs import write_pairs
from projections.held import Names
from projections.names import ActRow, in_force
from projections.narrow import SliceKey


class Findings:
    """Writes what rules find, with the status that a decision gives it.

    ``fresh`` says that nothing was found before, so that nothing need be taken back, and that
    each place is written once.
    """

    def __init__(
        self, connection: sqlite3.Connection, names: Names, *, fresh: bool = False
    ) -> None:
        self._connection = connection
        self._names = names
        self._fresh = fresh

    def write(self, place: SliceKey, rules: Sequence[str], findings: Sequence[Finding]) -> None:
        """Put the findings of these rules in this place of the ones that were there."""
        if not self._fresh:
            self._take_back(place, rules)
        for finding in findings:
            self._insert(finding, place)

    def _take_back(self, place: SliceKey, rules: Sequence[str]) -> None:
        marks = ", ".join("?" * len(rules))
        gone = self._connection.execute(
            f"SELECT id FROM findings WHERE key = ? AND scope = ? AND rule IN ({marks}) "
            "AND earliest = ? AND latest = ?",
            (place.key, place.scope, *rules, place.earliest, place.latest),
        ).fetchall()
        if gone:
            self._connection.executemany("DELETE FROM findings WHERE id = ?", gone)
            self._connection.executemany("DELETE FROM finding_claims WHERE finding = ?", gone)

    def _insert(self, finding: Finding, place: SliceKey) -> None:
        status = adjudged(self._connection, self._names, finding.id, finding.pairs)
        gap = finding.gap
        self._connection.execute(
            "INSERT OR REPLACE INTO findings (id, rule, verdict, status, key, scope, earliest, "
            "latest, since, gap, share, json, pairs) "
            f"VALUES ({', '.join('?' * 13)})",
            (
                finding.id,
                finding.rule,
                finding.verdict,
                status,
                place.key,
                place.scope,
                place.earliest,
                place.latest,
                finding.since,
                None if gap is None else gap.absolute,
                None if gap is None else gap.relative,
                orjson.dumps(to_json(finding, status)).decode(),
                write_pairs(finding.pairs),
            ),
        )
        claims = {held.position for camp in finding.camps for held in camp.claims}
        self._connection.executemany(
            "INSERT OR IGNORE INTO finding_claims (finding, claim) VALUES (?, ?)",
            [(finding.id, position) for position in sorted(claims)],
        )


def adjudication_of(connection: sqlite3.Connection, finding: str) -> ActRow | None:
    """Return the decision in force about a finding."""
    return in_force(
        connection.execute(
            "SELECT id, type, recorded_at, target, other, said FROM acts "
            "WHERE type = 'contradiction-adjudicated' AND target = ?",
            (finding,),
        ).fetchall()
    )


def adjudged(
    connection: sqlite3.Connection, names: Names, finding: str, pairs: Iterable[Pair]
) -> Status:
    """Return a finding's status: open, unless a decision covers every pair that conflicts.

    The claimants of the decision may have been matched with others since: they are looked up.
    """
    act = adjudication_of(connection, finding)
    if act is None:
        return "open"
    said = orjson.loads(act[5])
    covered = {
        tuple(sorted((_voice_or_name(claimant, names), value) for claimant, value in pair))
        for pair in said.get("pairs", ())
    }
    decision: Decision = said["decision"]
    return decision if set(pairs) <= covered else "open"


def _voice_or_name(claimant: str, names: Names) -> str:
    """Return a claimant's root or, of those who have no one voice, the name, as pairs have it."""
    voiceless = names.anonymous(claimant) or claimant == fold(NOT_STATED)
    return claimant if voiceless else names.source(claimant)
