"""What was said over time, per claimant: every statement of a key, and what became of each.

Nothing is left out that was not a slip of our own: what a claimant revised or retracted is its
history. A recording that was corrected gives way to its correction.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import attrs

from ledger.names import fold
from projections import schema
from projections.asking import ANYTHING, Condition, keys_of
from projections.contradictions.finding import Key
from projections.filed import STANDINGS, Filed, Json, Standing, read_all_filed
from projections.held import Definition
from projections.loading import Loader
from projections.revisions import RevisedItems, revised_items_of
from projections.views import Views


@attrs.frozen(eq=False)
class Statement:
    """One claim, whether it still stands, and what of it does not where the rest stands."""

    filed: Filed
    standing: Standing
    revised: RevisedItems


@attrs.frozen(eq=False)
class Timeline:
    """What one claimant said of one key and scope, by as-of, then in the order of saying it.

    ``claimant`` is the spelling that the first statement uses; claimants without one voice
    (anonymous, not stated) share a timeline by name only. ``definition`` is the predicate's.
    """

    key: Key
    claimant: str
    statements: tuple[Statement, ...]
    definition: Definition

    @property
    def unit(self) -> str | None:
        """The unit that the predicate is defined with."""
        return self.definition.unit


def timelines(
    views: Views, subject: str, predicate: str, condition: Condition = ANYTHING
) -> Iterator[Timeline]:
    """Yield the timelines of a subject and predicate, by scope and claimant.

    Raises ``NotFound`` for names under which nothing is held.
    """
    loader = Loader(views.connection, views.store)
    for key in keys_of(views.connection, subject, predicate):
        definition = loader.key(key).context.definition
        rows = views.connection.execute(
            "SELECT scope, names.source, names.shown, position, standing, revised FROM claims "
            "JOIN names ON names.id = claimant "
            "WHERE topic IN (SELECT id FROM topics WHERE key = ?) "
            f"AND standing NOT IN {schema.GONE} AND {condition.sql} "
            "ORDER BY claims.earliest, claims.latest, said, position",
            (key, *condition.parameters),
        )
        grouped: dict[tuple[int, int], list[_Row]] = {}
        for row in map(_Row._make, rows):
            grouped.setdefault((row.scope, row.source), []).append(row)
        shown = {scope: loader.shown_key(key, scope) for scope, _ in grouped}
        for said in sorted(grouped.values(), key=lambda said: _order(said[0], shown)):
            statements = tuple(_statements(views, said))
            yield Timeline(shown[said[0].scope], said[0].claimant, statements, definition)


class _Row(NamedTuple):
    scope: int
    source: int
    claimant: str
    position: int
    standing: int
    revised: int


def _order(row: _Row, shown: Mapping[int, Key]) -> tuple[bool, str, str]:
    return (row.scope != schema.NO_SCOPE, shown[row.scope].scope, fold(row.claimant))


def _statements(views: Views, rows: Sequence[_Row]) -> Iterator[Statement]:
    filed = read_all_filed(views.store, (row.position for row in rows))
    for one, row in zip(filed, rows, strict=True):
        standing = STANDINGS[row.standing]
        yield Statement(
            one,
            "revised" if standing == "stands" and row.revised else standing,
            revised_items_of(views.connection, row.position),
        )


def to_json(timeline: Timeline) -> Json:
    """Return a timeline as other programs read it."""
    return {
        "subject": timeline.key.subject_shown,
        "predicate": timeline.key.predicate_shown,
        "scope": dict(timeline.key.scope_shown),
        "claimant": timeline.claimant,
        "statements": [_statement_json(statement) for statement in timeline.statements],
    }


def _statement_json(statement: Statement) -> Json:
    filed = statement.filed
    said = filed.said
    assert said is not None
    return {
        "id": filed.id,
        "value": filed.value,
        "stated": said["value"],
        "as_of": said.get("as_of"),
        "said": said.get("said"),
        "published": said["published"],
        "modality": said.get("modality", "asserted"),
        "claimant": said["claimant"],
        "via": said.get("via", []),
        "standing": statement.standing,
        **statement.revised.to_json(),
    }
