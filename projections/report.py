"""The report of findings as a person reads it: by what they are about, and who disagrees there.

Findings are grouped by key and scope: who disagrees with whom there (an *encounter*), on how
many instants, by how much at most. What matters most comes first. A claimant's changes of its
own figures are counted and left at that, unless they are asked for: a series revised 12,000
times must not bury what contradicts it.
"""

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import orjson

from projections.contradictions.clash import Gap
from projections.selecting import REVISION, Row, Wanted, select

_REVISED = (
    "json_extract(json, '$.subject', '$.predicate', '$.scope', '$.gap.unit', "
    "'$.camps[0].claimants[0]')"
)
"""What counting a revision needs of it: reading thousands of them whole would take a while."""


Sides = tuple[tuple[str, ...], ...]
"""Who stands against whom: the claimants of each side."""


@attrs.define
class Listed:
    """A finding that is listed: as JSON has it, with its severity."""

    row: Row
    told: dict[str, Any]


@attrs.define
class Encounter:
    """Who disagrees with whom over one key, by one rule: how often, and the widest gap."""

    rule: str
    verdict: str
    sides: Sides
    count: int = 0
    gap: str | None = None
    share: str | None = None
    unit: str | None = None
    """The unit of the gap."""
    findings: list[Listed] = attrs.field(factory=list)
    """Those that are listed, the most severe first."""

    def add(self, row: Row, unit: str | None) -> None:
        """Count a finding in; ``unit`` is that of its gap."""
        self.count += 1
        if row.gap is not None and (
            self.gap is None or Gap(row.gap, None, unit).size > Gap(self.gap, None, self.unit).size
        ):
            self.gap, self.share, self.unit = row.gap, row.share, unit

    def in_time(self) -> list[Listed]:
        """Return the listed findings by the time they are about."""
        return sorted(self.findings, key=lambda listed: (listed.row.span, listed.row.id))


@attrs.define
class Group:
    """The findings of one key and scope, and the claimants' revisions there, which are counted."""

    subject: str
    predicate: str
    scope: Mapping[str, str]
    severity: int
    """That of its most severe finding."""
    encounters: list[Encounter] = attrs.field(factory=list)
    revisions: list[Encounter] = attrs.field(factory=list)


@attrs.frozen
class Report:
    """The groups, the most severe first, and how many findings there are by rule and verdict."""

    groups: tuple[Group, ...]
    counts: Counter[tuple[str, str]]
    statuses: Counter[tuple[str, str]]
    """How many have which status, by verdict and status."""


class _Grouping:
    """Puts findings where they belong, by what they are about and who disagrees with whom."""

    def __init__(self) -> None:
        self.groups: dict[tuple[str, str, str], Group] = {}
        self.counts: Counter[tuple[str, str]] = Counter()
        self.statuses: Counter[tuple[str, str]] = Counter()
        self._encounters: dict[tuple[object, ...], Encounter] = {}

    def add(self, row: Row, about: Sequence[Any], sides: Sides, *, listed: bool) -> Encounter:
        """Count a finding in its encounter.

        ``about`` is its subject, predicate and scope, and the unit of its gap.
        """
        self.counts[row.rule, row.verdict] += 1
        self.statuses[row.verdict, row.status] += 1
        subject, predicate, scope, unit = about
        place = (subject, predicate, str(scope and sorted(scope.items())))
        encounter = self._encounters.get((place, row.rule, row.verdict, sides))
        if encounter is None:
            encounter = Encounter(row.rule, row.verdict, sides)
            self._encounters[place, row.rule, row.verdict, sides] = encounter
            group = self.groups.setdefault(place, Group(subject, predicate, scope, row.severity))
            (group.encounters if listed else group.revisions).append(encounter)
        encounter.add(row, unit)
        return encounter

    def list(self, row: Row, told: dict[str, Any]) -> None:
        """Count a finding, and keep it to be listed."""
        sides = sides_of(told)
        about = [told[name] for name in ("subject", "predicate", "scope")]
        unit = (told["gap"] or {}).get("unit")
        encounter = self.add(row, [*about, unit], sides, listed=True)
        encounter.findings.append(Listed(row, told))


def report(connection: sqlite3.Connection, wanted: Wanted, *, list_revisions: bool) -> Report:
    """Return the findings asked for by key; revisions are only counted unless ``list_revisions``.

    Raises ``NotFound`` for a subject or claimant that nothing held names.
    """
    grouping = _Grouping()
    condition = "1" if list_revisions else f"NOT ({REVISION})"
    for row in select(connection, wanted, condition=condition):
        grouping.list(row, orjson.loads(row.json))
    if not list_revisions:
        for row in select(connection, wanted, _REVISED, REVISION):
            *about, claimant = orjson.loads(row.json)
            grouping.add(row, about, ((claimant,),), listed=False)
    return Report(tuple(grouping.groups.values()), grouping.counts, grouping.statuses)


def sides_of(finding: Mapping[str, Any]) -> Sides:
    """Return who stands against whom in a finding (as JSON has it): each side once.

    Who stands in every camp is on no side, unless a camp has nobody else. A side that stands
    against itself is there twice. Of a relay and its origin, and of those in a circle, the finding
    names the sides.
    """
    if "sides" in finding:
        return tuple((name,) for name in finding["sides"])
    camps: list[list[str]] = [camp["claimants"] for camp in finding["camps"]]
    everywhere = set(camps[0]).intersection(*camps[1:]) if camps else set()
    sides = {
        tuple([name for name in camp if name not in everywhere]) or tuple(camp): None
        for camp in camps
    }
    return tuple(sides) * 2 if len(sides) == 1 < len(camps) else tuple(sides)
