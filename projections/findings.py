"""The findings of the views: written by the place they belong to, with what was decided.

A finding belongs to a *place*: its key, its scope, and its slice (or 0, 0 where it has no single
instant). Whoever judges a place writes what the rules find there, and what these rules had
found there before goes: so judging again what an event touched gives just what judging
everything would. What is found of one claim, by what is said of it, is ``about`` that claim.
"""

import sqlite3
from collections.abc import Collection, Iterable, Sequence

import orjson

from projections.adjudications import Adjudications, write_instant
from projections.contradictions.finding import Finding, to_json
from projections.contradictions.pairs import read_pairs, write_pairs
from projections.narrow import SliceKey


class Findings:
    """Writes what rules find, with the status that a decision gives it.

    ``fresh`` says that nothing was found before, so that nothing need be taken back, and that
    each place is written once.
    """

    def __init__(self, connection: sqlite3.Connection, *, fresh: bool = False) -> None:
        self._connection = connection
        self._adjudications = Adjudications(connection)
        self._fresh = fresh

    def write(self, place: SliceKey, rules: Sequence[str], findings: Sequence[Finding]) -> None:
        """Put the findings of these rules in this place of the ones that were there."""
        if not self._fresh:
            self._take_back(place, rules)
        for finding in findings:
            self._insert(finding, place)

    def _take_back(self, place: SliceKey, rules: Sequence[str]) -> None:
        marks = ", ".join("?" * len(rules))
        self._delete(
            f"key = ? AND scope = ? AND rule IN ({marks}) AND earliest = ? AND latest = ?",
            (place.key, place.scope, *rules, place.earliest, place.latest),
        )

    def write_about(self, claim: str, place: SliceKey, findings: Iterable[Finding]) -> None:
        """Write what is found of one claim, by the id of its first recording."""
        for finding in findings:
            self._insert(finding, place, about=claim)

    def forget_about(self, claims: Collection[str]) -> None:
        """Take back what was found of these claims by the rules that judge one at a time."""
        if not self._fresh:
            marks = ", ".join("?" * len(claims))
            self._delete(f"about <> '' AND about IN ({marks})", tuple(claims))

    def _delete(self, where: str, parameters: Sequence[object]) -> None:
        gone = self._connection.execute(
            f"SELECT id FROM findings WHERE {where}", parameters
        ).fetchall()
        if gone:
            self._connection.executemany("DELETE FROM findings WHERE id = ?", gone)
            self._connection.executemany("DELETE FROM finding_claims WHERE finding = ?", gone)

    def _insert(self, finding: Finding, place: SliceKey, about: str = "") -> None:
        identity = finding.id.identity
        status, decision = self._adjudications.standing(identity, finding.pairs)
        gap = finding.gap
        self._connection.execute(
            "INSERT OR REPLACE INTO findings (id, rule, verdict, status, key, scope, earliest, "
            "latest, since, gap, share, support, json, pairs, instant, decision, about) "
            f"VALUES ({', '.join('?' * 17)})",
            (
                str(finding.id),
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
                finding.support,
                orjson.dumps(to_json(finding, status)).decode(),
                write_pairs(finding.pairs),
                write_instant(identity),
                decision,
                about,
            ),
        )
        claims = {held.position for camp in finding.camps for held in camp.claims}
        self._connection.executemany(
            "INSERT OR IGNORE INTO finding_claims (finding, claim) VALUES (?, ?)",
            [(str(finding.id), position) for position in sorted(claims)],
        )


def adjudicate(connection: sqlite3.Connection, start: int) -> None:
    """Give the findings that decisions from a position on speak of their status."""
    adjudications = Adjudications(connection)
    for id_, identity, pairs in adjudications.concerned(start):
        status, decision = adjudications.standing(identity, read_pairs(pairs))
        [told] = connection.execute("SELECT json FROM findings WHERE id = ?", (id_,)).fetchone()
        connection.execute(
            "UPDATE findings SET status = ?, decision = ?, json = ? WHERE id = ?",
            (
                status,
                decision,
                orjson.dumps({**orjson.loads(told), "status": status}).decode(),
                id_,
            ),
        )
