"""Which findings are asked for, and their order: what matters most comes first.

Findings lie in the views as ready JSON, so a program's answer is a query and no more. What
narrows and orders it is said here once, for every form of the report.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

import attrs

from ledger.errors import BadInput, NotFound
from ledger.grammar import read_quantity
from ledger.names import fold
from projections.asking import about
from projections.held import Span
from projections.severity import severity

VERDICTS = ("contradiction", "altered", "tension", "revision")
"""Gravest first."""
STATUSES = ("open", "dismissed", "confirmed")

REVISION = "verdict = 'revision'"
"""The condition that picks the revisions, which a report for a person only counts."""

_GRAVITY = "CASE verdict " + " ".join(
    f"WHEN '{verdict}' THEN {at}" for at, verdict in enumerate(VERDICTS)
)
_SEVERITY = (
    "severity(verdict, status, gap, share, support, since, (SELECT max(since) FROM findings))"
)


@attrs.frozen
class MinGap:
    """The least distance of a finding that is shown: in the unit (days for dates), or a share."""

    least: Decimal
    share: bool

    @classmethod
    def read(cls, text: str) -> "MinGap":
        """Read ``100`` or ``5%``; raise ``BadInput`` for anything else."""
        try:
            quantity = read_quantity(text, what="--min-gap")
        except BadInput:
            quantity = None
        number = None if quantity is None or not quantity.plain else quantity.lower
        if quantity is None or number is None or number < 0 or quantity.unit not in (None, "%"):
            raise BadInput(
                f"--min-gap: {text!r} is no distance", "Write a number or a share: 100, 5%"
            )
        share = quantity.unit == "%"
        return cls(number / 100 if share else number, share)

    def holds(self, gap: str | None, share: str | None) -> bool:
        """Whether a finding of that distance is shown; one without a distance is not."""
        found = share if self.share else gap
        return found is not None and Decimal(found) >= self.least


@attrs.frozen(kw_only=True)
class Wanted:
    """Which findings are asked for; nothing given means all."""

    rules: Sequence[str] = ()
    verdicts: Sequence[str] = ()
    statuses: Sequence[str] = ()
    subjects: Sequence[str] = ()
    claimants: Sequence[str] = ()
    min_gap: MinGap | None = None
    about: Span | None = None


class Row(NamedTuple):
    """A finding as it lies in the views; ``json`` is what was asked for in its place, if so."""

    id: str
    rule: str
    verdict: str
    status: str
    gap: str | None
    share: str | None
    severity: int
    span: Span
    json: str


def select(
    connection: sqlite3.Connection, wanted: Wanted, told: str = "json", condition: str = "1"
) -> Iterator[Row]:
    """Return the findings asked for: the most severe first, then by subject, predicate and time.

    ``told``, an expression of SQL, may take the place of the whole JSON, and ``condition``
    narrow further. Raises ``NotFound`` for a subject or claimant that nothing held names.
    """
    conditions = [condition]
    parameters: list[object] = []
    for column, values in (
        ("rule", wanted.rules),
        ("verdict", wanted.verdicts),
        ("status", wanted.statuses),
    ):
        if values:
            conditions.append(f"{column} IN ({_marks(values)})")
            parameters += values
    if wanted.subjects:
        roots = [_root(connection, name, "entity", "--subject") for name in wanted.subjects]
        conditions.append(f"keys.subject IN ({_marks(roots)})")
        parameters += roots
    of_claims = "findings.id IN (SELECT finding FROM finding_claims JOIN claims ON position = claim"
    if wanted.claimants:
        roots = [_root(connection, name, "source", "--claimant") for name in wanted.claimants]
        conditions.append(
            f"{of_claims} JOIN names ON names.id = claimant WHERE source IN ({_marks(roots)}))"
        )
        parameters += roots
    if wanted.about is not None:
        of_then = about(wanted.about)
        conditions.append(f"{of_claims} WHERE {of_then.sql})")
        parameters += of_then.parameters
    connection.create_function("severity", 7, severity, deterministic=True)
    rows = connection.execute(
        f"SELECT findings.id, rule, verdict, status, gap, share, {_SEVERITY} AS severity, "
        f"findings.earliest, findings.latest, {told} FROM findings "
        "JOIN keys ON keys.id = findings.key "
        "JOIN names AS s ON s.id = keys.subject JOIN names AS p ON p.id = keys.predicate "
        "JOIN scopes ON scopes.id = findings.scope "
        f"WHERE {' AND '.join(conditions)} ORDER BY severity DESC, {_GRAVITY} END, s.folded, "
        "p.folded, scopes.folded, findings.earliest, findings.latest, findings.id",
        parameters,
    )
    least = wanted.min_gap
    found = (Row._make((*row[:7], row[7:9], row[9])) for row in rows)
    return (row for row in found if least is None or least.holds(row.gap, row.share))


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _root(connection: sqlite3.Connection, name: str, column: str, what: str) -> int:
    row = connection.execute(
        f"SELECT {column} FROM names WHERE folded = ?", (fold(name),)
    ).fetchone()
    if row is None:
        raise NotFound(f"{what}: nothing here is named {name!r}", "`wherefrom search` finds names")
    return int(row[0])
