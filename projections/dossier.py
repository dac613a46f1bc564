"""The report to be printed: what matters most with all its sources, the rest as an annex.

A *chapter* is one key and scope: its most severe findings, each with its camps, and each claim
of a camp with its whole trail. What a page cannot hold is counted, and named by its id in short.
This is data only; how it looks is for those who write it as Markdown or HTML.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from ledger.heads import decode_head
from ledger.roots import root_of
from projections.claimant_pairs import ClaimantPair, claimant_pairs
from projections.contradictions.rules import described
from projections.decisions import Decided
from projections.filed import Json
from projections.provenance import to_json, traces
from projections.report import Group, Listed, report
from projections.selecting import Wanted
from projections.side_by_side import SideBySide, wishes_side_by_side
from projections.views import Views

FINDINGS = 5
"""So many findings of a chapter are told in full."""

CLAIMS = 12
"""So many claims of a camp are told in full."""


@attrs.frozen
class ToldCamp:
    """A camp as JSON has it, with the traces of its first claims; ``more`` counts the others."""

    camp: Json
    claims: tuple[Json, ...]
    more: int


@attrs.frozen
class Told:
    """A finding told in full; ``table`` sets wishes side by side, where it is about wishes."""

    finding: Json
    severity: int
    camps: tuple[ToldCamp, ...]
    table: SideBySide | None


@attrs.frozen
class Chapter:
    """The findings about one key and scope: the most severe in full, the ``rest`` in short."""

    group: Group
    told: tuple[Told, ...]
    rest: tuple[Listed, ...]


@attrs.frozen
class Imprint:
    """Which ledger a report was read from: its events, its root, the time of the last event."""

    size: int
    root: str
    last_recorded: str | None


def imprint(views: Views) -> Imprint:
    """Return which ledger these views are of."""
    size = views.size()
    last = decode_head(views.store.row(size - 1).head).recorded_at if size else None
    return Imprint(size, root_of(views.store, size), last)


@attrs.frozen
class Dossier:
    """A whole report: of which ledger, how much of what, the chapters, and the annex.

    ``annex`` holds the groups that have no chapter, ``quiet`` those in which there is
    nothing but revisions, which are counted. ``decided`` tells of each decision about a finding.
    """

    imprint: Imprint
    counts: Mapping[tuple[str, str], int]
    statuses: Counter[tuple[str, str]]
    rules: Mapping[str, str]
    pairs: Sequence[ClaimantPair]
    chapters: tuple[Chapter, ...]
    annex: tuple[Group, ...]
    quiet: tuple[Group, ...]
    decided: Mapping[str, Decided]

    @property
    def subjects(self) -> int:
        """How many keys and scopes have findings of their own, revisions that were counted out."""
        return len(self.chapters) + len(self.annex)


def dossier(
    views: Views,
    wanted: Wanted,
    decided: Mapping[str, Decided],
    top: int,
    *,
    list_revisions: bool,
) -> Dossier:
    """Return the report of the findings asked for, with a chapter for each of ``top`` groups.

    A group of which every finding was dismissed has no chapter. Raises ``NotFound`` for a
    subject or claimant that nothing held names.
    """
    found = report(views.connection, wanted, list_revisions=list_revisions)
    groups = [group for group in found.groups if group.encounters]
    first = [group for group in groups[:top] if group.severity]
    described_rules = described()
    return Dossier(
        imprint=imprint(views),
        counts=found.counts,
        statuses=found.statuses,
        rules={rule: described_rules.get(rule, "") for rule, _ in found.counts},
        pairs=claimant_pairs(views.connection, wanted),
        chapters=tuple(_chapter(views, group) for group in first),
        annex=tuple(groups[len(first) :]),
        quiet=tuple(group for group in found.groups if not group.encounters),
        decided=decided,
    )


def by_severity(group: Group) -> list[Listed]:
    """Return all findings that a group lists, the most severe first."""
    listed = [one for encounter in group.encounters for one in encounter.findings]
    return sorted(listed, key=lambda one: (-one.row.severity, one.row.span, one.row.id))


def _chapter(views: Views, group: Group) -> Chapter:
    listed = by_severity(group)
    first = [one for one in listed[:FINDINGS] if one.row.severity]
    return Chapter(group, tuple(tell(views, first)), tuple(listed[len(first) :]))


def tell(views: Views, findings: Iterable[Listed]) -> Iterator[Told]:
    """Yield findings in full, each with its camps and the trail of every claim."""
    for one in findings:
        camps = tuple(_camp(views, camp) for camp in one.told["camps"])
        table = wishes_side_by_side(views, [one.told]).get(one.row.id)
        yield Told(one.told, one.row.severity, camps, table)


def _camp(views: Views, camp: Json) -> ToldCamp:
    ids = camp["claims"][:CLAIMS]
    marks = ", ".join("?" * len(ids))
    positions = {
        id_.hex(): position
        for id_, position in views.connection.execute(
            f"SELECT id, position FROM claims WHERE id IN ({marks})", [*map(bytes.fromhex, ids)]
        )
    }
    found = traces(views, (positions[id_] for id_ in ids if id_ in positions), alone=True)
    claims = tuple(map(to_json, found))
    return ToldCamp(camp, claims, len(camp["claims"]) - len(claims))
