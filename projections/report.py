"""The report of findings: which were asked for, and how a person reads them.

Findings lie in the views as ready JSON, so a program's answer is a query and no more. For a
person they are grouped by key: who disagrees with whom there (an *encounter*), on how many
instants, by how much at most. A claimant's changes of its own figures are counted and left at
that, unless they are asked for: a series revised 12,000 times must not bury what contradicts it.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import attrs
import orjson

from ledger.errors import BadInput, NotFound
from ledger.grammar import read_quantity
from ledger.names import fold
from projections.asking import about
from projections.held import Span

VERDICTS = ("contradiction", "altered", "tension", "revision")
"""Gravest first."""
STATUSES = ("open", "dismissed", "confirmed")

_GRAVITY = "CASE verdict " + " ".join(
    f"WHEN '{verdict}' THEN {at}" for at, verdict in enumerate(VERDICTS)
)

_NO_REVISION = "verdict <> 'revision'"
_REVISED = (
    "json_extract(json, '$.subject', '$.predicate', '$.scope', '$.camps[0].value', "
    "'$.camps[0].claimants[0]')"
)
"""What counting a revision needs of it: reading thousands of them whole would take a while."""


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


class Decided(NamedTuple):
    """The decision about a finding that counts, and whether it covers all that conflicts now."""

    event: str
    decision: Literal["dismissed", "confirmed"]
    reason: str
    recorded_at: str
    covers: bool


class Row(NamedTuple):
    """A finding as it lies in the views."""

    id: str
    rule: str
    verdict: str
    status: str
    gap: str | None
    share: str | None
    json: str


def select(connection: sqlite3.Connection, wanted: Wanted) -> Iterator[Row]:
    """Return the findings asked for: the gravest first, then by subject, predicate and time.

    Raises ``NotFound`` for a subject or claimant that nothing held names.
    """
    return _select(connection, wanted, "json", "1")


def _select(
    connection: sqlite3.Connection, wanted: Wanted, told: str, condition: str
) -> Iterator[Row]:
    """Return rows with ``told``, an expression of SQL, in the place of the whole JSON."""
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
    rows = connection.execute(
        f"SELECT findings.id, rule, verdict, status, gap, share, {told} FROM findings "
        "JOIN keys ON keys.id = findings.key "
        "JOIN names AS s ON s.id = keys.subject JOIN names AS p ON p.id = keys.predicate "
        "JOIN scopes ON scopes.id = findings.scope "
        f"WHERE {' AND '.join(conditions)} ORDER BY {_GRAVITY} END, s.folded, p.folded, "
        "scopes.folded, findings.earliest, findings.latest, findings.id",
        parameters,
    )
    least = wanted.min_gap
    found = (Row(*values) for values in rows)
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


def decisions(connection: sqlite3.Connection) -> dict[str, Decided]:
    """Return the decision that counts about each finding that there is one about."""
    found: dict[str, Decided] = {}
    for finding, status, event, recorded_at, text in connection.execute(
        "SELECT findings.id, status, acts.id, recorded_at, said FROM findings "
        "JOIN acts ON acts.id = decision"
    ):
        said = orjson.loads(text)
        covers = status == said["decision"]
        found[finding] = Decided(event, said["decision"], said["reason"], recorded_at, covers)
    return found


def as_json(rows: Iterable[Row], decided: dict[str, Decided]) -> Iterator[str]:
    """Yield each finding's JSON; one that was decided about tells of it under ``adjudication``."""
    for row in rows:
        decision = decided.get(row.id)
        if decision is None:
            yield row.json
        else:
            told = {**orjson.loads(row.json), "adjudication": decision._asdict()}
            yield orjson.dumps(told).decode()


@attrs.define
class Encounter:
    """Who disagrees with whom over one key, by one rule: how often, and the widest gap."""

    rule: str
    verdict: str
    sides: tuple[str, ...]
    count: int = 0
    gap: str | None = None
    share: str | None = None
    value: Mapping[str, Any] = attrs.field(factory=dict)
    """One of the values, which tells the unit of the gap."""
    findings: list[dict[str, Any]] = attrs.field(factory=list)
    """Whole, for those that are listed."""

    def add(self, row: Row) -> None:
        """Count a finding in."""
        self.count += 1
        if row.gap is not None and (self.gap is None or Decimal(row.gap) > Decimal(self.gap)):
            self.gap, self.share = row.gap, row.share


@attrs.define
class Group:
    """The findings of one key and scope, and the claimants' revisions there, which are counted."""

    subject: str
    predicate: str
    scope: Mapping[str, str]
    encounters: list[Encounter] = attrs.field(factory=list)
    revisions: list[Encounter] = attrs.field(factory=list)


@attrs.frozen
class Report:
    """The groups, the gravest first, and how many findings there are by rule and verdict."""

    groups: tuple[Group, ...]
    counts: Counter[tuple[str, str]]
    unsettled: Counter[str]
    """How many of them are open, by verdict."""


class _Grouping:
    """Puts findings where they belong, by what they are about and who disagrees with whom."""

    def __init__(self) -> None:
        self.groups: dict[tuple[str, str, str], Group] = {}
        self.counts: Counter[tuple[str, str]] = Counter()
        self.unsettled: Counter[str] = Counter()
        self._encounters: dict[tuple[object, ...], Encounter] = {}

    def add(self, row: Row, about: Sequence[Any], sides: tuple[str, ...], *, listed: bool) -> None:
        """Count a finding about ``about`` (subject, predicate, scope) in its encounter."""
        self.counts[row.rule, row.verdict] += 1
        self.unsettled[row.verdict] += row.status == "open"
        subject, predicate, scope, value = about
        place = (subject, predicate, str(scope and sorted(scope.items())))
        encounter = self._encounters.get((place, row.rule, row.verdict, sides))
        if encounter is None:
            encounter = Encounter(row.rule, row.verdict, sides, value=value or {})
            self._encounters[place, row.rule, row.verdict, sides] = encounter
            group = self.groups.setdefault(place, Group(subject, predicate, scope))
            (group.encounters if listed else group.revisions).append(encounter)
        encounter.add(row)
        if listed:
            encounter.findings.append(orjson.loads(row.json))


def report(connection: sqlite3.Connection, wanted: Wanted, *, list_revisions: bool) -> Report:
    """Return the findings asked for by key; revisions are only counted unless ``list_revisions``.

    Raises ``NotFound`` for a subject or claimant that nothing held names.
    """
    grouping = _Grouping()
    for row in _select(connection, wanted, "json", "1" if list_revisions else _NO_REVISION):
        finding = orjson.loads(row.json)
        sides = tuple(dict.fromkeys(_names(camp["claimants"]) for camp in finding["camps"]))
        about = [finding[name] for name in ("subject", "predicate", "scope")]
        grouping.add(row, [*about, finding["camps"][0]["value"]], sides, listed=True)
    if not list_revisions:
        for row in _select(connection, wanted, _REVISED, f"NOT ({_NO_REVISION})"):
            *about, claimant = orjson.loads(row.json)
            grouping.add(row, about, (claimant,), listed=False)
    return Report(tuple(grouping.groups.values()), grouping.counts, grouping.unsettled)


def _names(claimants: Sequence[str]) -> str:
    if len(claimants) > 3:
        return f"{', '.join(claimants[:3])} and {len(claimants) - 3} more"
    return ", ".join(claimants)
