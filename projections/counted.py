"""The recording of a family that counts, as its row has it: enough to see whether to load it."""

import sqlite3
from collections.abc import Collection

import attrs

from projections import schema
from projections.acts import winner_of
from projections.links import Ids, root_of

_RETRACTED = (schema.RETRACTED, schema.RETRACTED_RELAY)
_SAID = schema.OPEN_END | schema.CLOSED_LIST | schema.APPROXIMATE


@attrs.frozen
class Counted:
    """A family's recording that counts; ``root`` is the id of the family's first.

    ``voice`` is the number of its claimant's root name, ``None`` for those who have no one
    voice. ``says`` is what its row has of what it says.
    """

    family: Ids
    root: str
    position: int
    key: int
    scope: int
    earliest: int
    latest: int
    standing: int
    reviser: int | None
    voice: int | None
    says: tuple[object, ...]

    @property
    def retracted(self) -> bool:
        """Whether it was taken back."""
        return self.standing in _RETRACTED

    @property
    def stands(self) -> bool:
        """Whether it speaks: it was neither taken back nor is it a relay."""
        return self.standing == schema.STANDS

    def same_key(self, other: "Counted") -> bool:
        """Whether both are about the same subject and predicate, in the same scope."""
        return (self.key, self.scope) == (other.key, other.scope)

    def says_the_same(self, other: "Counted") -> bool:
        """Whether the rows tell that both say the same.

        They do not of dates and of hedges, which differ in more than is kept there.
        """
        class_, mode = self.says[0], self.says[5]
        return self.says == other.says and class_ != "day" and mode != schema.HEDGED


def counted_of(connection: sqlite3.Connection, family: Collection[str]) -> Counted | None:
    """Return what counts of a family, or ``None`` if that is not held here."""
    root = root_of(connection, family)
    row = connection.execute(
        "SELECT position, key, scope, earliest, latest, standing, reviser, "
        "CASE WHEN anonymous OR names.folded = 'not stated' THEN NULL ELSE source END, "
        f"class, unit, lower, upper, value, mode, flags & {_SAID} "
        "FROM claims JOIN topics ON topics.id = topic JOIN names ON names.id = claimant "
        "WHERE claims.id = ?",
        (bytes.fromhex(winner_of(connection, root)),),
    ).fetchone()
    if row is None:
        return None
    position, key, scope, earliest, latest, standing, reviser, voice, *says = row
    return Counted(
        frozenset(family),
        root,
        position,
        key,
        scope,
        earliest,
        latest,
        standing,
        reviser,
        voice,
        tuple(says),
    )
