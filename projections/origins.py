"""Who stands behind a claim: the independent origins of what can be true together with it.

Five reprints of one wire story are one origin, and so are a minister and the government that he
speaks for: origins are counted at the root (:func:`projections.speakers.speaker`), over the
standing claims of the same key, scope and instant that can be true together with the claim.

What compares claims is imported when there are some to compare: most stand alone.
"""

import sqlite3
from collections.abc import Iterator

import orjson

from projections import schema
from projections.acts import family_of
from projections.filed import Filed, read_all_filed
from projections.names import NameBook
from projections.narrow import SliceKey, is_constant, slice_where
from projections.sources import preferred_name
from projections.speakers import ANONYMOUS, UNSTATED, speaker
from projections.views import Views

_SAYS_THE_SAME = f"""
  class, unit, lower, upper, value, mode, claimant, via, CASE
    WHEN flags & {schema.APPROXIMATE} OR class = 'list' OR names.folded = 'not stated'
    THEN position END
"""
"""What makes one claim stand for another here: they say the same and count as one origin.

Not so for approximate amounts, whose width the columns do not tell apart, for lists, which may
stand in part, and for claims whose claimant is not stated, each of which is an origin of its own.
"""


class Origins:
    """Finds the origins behind one claim after another."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._names = NameBook(views.connection)

    def behind(self, filed: Filed) -> list[str]:
        """Return the independent origins of what supports a claim, itself included if it stands.

        Each as :func:`shown_origin` takes it.
        """
        row = self._views.connection.execute(
            "SELECT key, scope, earliest, latest, mode, standing, revised FROM claims "
            "JOIN topics ON topics.id = topic WHERE position = ?",
            (filed.position,),
        ).fetchone()
        if row is None:
            return []
        *slice_, mode, standing, revised = row
        beside = list(_beside(self._views.connection, SliceKey(*slice_), mode))
        found = self._agreeing(slice_[0], filed, [at for at in beside if at != filed.position])
        if standing == schema.STANDS and not revised:
            found.add(self._origin(filed))
        elif standing == schema.RELAYS:
            found |= {self._origin(root) for root in self._relayed(filed)}
        return sorted(found)

    def worded_alike(self, filed: Filed) -> list[Filed]:
        """Return the standing claims of other origins, of the same subject and predicate, that are
        worded as this one is; of those of one source through the same relays the first.
        """
        said = filed.said
        if said is None or "wording" not in said:
            return []
        positions = self._views.connection.execute(
            "SELECT min(others.position) FROM claims AS mine JOIN topics ON topics.id = mine.topic "
            "JOIN topics AS beside ON beside.key = topics.key "
            "JOIN claims AS others ON others.wording = mine.wording AND others.topic = beside.id "
            f"AND others.standing = {schema.STANDS} AND others.revised = 0 "
            "WHERE mine.position = ? GROUP BY others.claimant, others.via",
            (filed.position,),
        ).fetchall()
        own = {self._origin(filed), *(self._origin(root) for root in self._relayed(filed))}
        found = read_all_filed(self._views.store, sorted(at for (at,) in positions))
        alike = [one for one in found if self._origin(one) not in own]
        return sorted(alike, key=lambda one: (one.head.recorded_at, one.id))

    def _origin(self, filed: Filed) -> str:
        said = filed.said
        assert said is not None
        return speaker(said["claimant"], said.get("via", ()), filed.id, self._names)[1]

    def _agreeing(self, key: int, filed: Filed, others: list[int]) -> set[str]:
        """Return the origins of those of the other claims that can be true with this one."""
        if not others:
            return set()
        from projections.agreeing import held_of, together
        from projections.loading import Loader

        loader = Loader(self._views.connection, self._views.store)
        context = loader.key(key).context
        mine = held_of(filed, context, loader)
        filed_beside = read_all_filed(self._views.store, others)
        held = (held_of(other, context, loader) for other in filed_beside)
        return {other.origin for other in held if together(mine, other, context)}

    def _relayed(self, filed: Filed) -> Iterator[Filed]:
        """Yield the claims at the end of what a claim relays or translates."""
        connection = self._views.connection
        seen: set[str] = set()
        open_ = [filed.id]
        while open_:
            family = family_of(connection, open_.pop()) - seen
            seen |= family
            marks = ", ".join("?" * len(family))
            others = [
                other
                for other, said in connection.execute(
                    "SELECT other, said FROM acts WHERE type = 'claims-linked' "
                    f"AND target IN ({marks})",
                    list(family),
                )
                if orjson.loads(said)["relation"] in ("relays", "translates")
            ]
            open_ += others
            if not others:
                positions = connection.execute(
                    f"SELECT position FROM claims WHERE id IN ({marks}) AND standing = ? "
                    "AND revised = 0",
                    (*map(bytes.fromhex, family), schema.STANDS),
                ).fetchall()
                yield from read_all_filed(self._views.store, (at for (at,) in positions))


def shown_origin(connection: sqlite3.Connection, origin: str) -> str:
    """Return an origin as a person reads it."""
    if origin.startswith(UNSTATED):
        return "a source that is not stated"
    name = origin.removeprefix(ANONYMOUS)
    shown = preferred_name(connection, name)
    return shown if name == origin else f"unnamed sources through {shown}"


def _beside(connection: sqlite3.Connection, slice_: SliceKey, mode: int) -> Iterator[int]:
    """Yield the standing claims of a slice, one of those that say the same; wishes have no time."""
    if mode in (schema.DEMANDED, schema.REFUSED):
        where = "topic IN (SELECT id FROM topics WHERE key = ?) AND scope = ?"
        parameters: tuple[int, ...] = (slice_.key, slice_.scope)
        modes = f"mode IN ({schema.DEMANDED}, {schema.REFUSED})"
    else:
        where, parameters = slice_where(slice_, constant=is_constant(connection, slice_.key))
        modes = f"mode NOT IN ({schema.DEMANDED}, {schema.REFUSED})"
    for (position,) in connection.execute(
        "SELECT min(position) FROM claims JOIN names ON names.id = claimant "
        f"WHERE {where} AND {modes} AND standing = {schema.STANDS} AND revised = 0 "
        f"GROUP BY {_SAYS_THE_SAME}",
        parameters,
    ):
        yield position
