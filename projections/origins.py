"""Who stands behind a claim: the independent origins of what can be true together with it.

Five reprints of one wire story are one origin, and so are a minister and the government that he
speaks for: origins are counted at the root (:attr:`projections.held.Held.origin`), over the
standing claims of the same key, scope and instant that can be true together with the claim.
"""

import sqlite3
from collections.abc import Iterator

import orjson

from projections import schema
from projections.acts import family_of
from projections.compare import AGREE
from projections.contradictions.camps import signature
from projections.contradictions.clash import Context, clash
from projections.filed import Filed, read_all_filed
from projections.held import Held, hold
from projections.loading import Loader
from projections.narrow import SliceKey, slice_where
from projections.views import Views

UNSTATED, ANONYMOUS = "not stated: ", "anonymous through "
"""How the origins of claimants without a voice begin (:func:`projections.held.hold`)."""

_SAYS_THE_SAME = f"""
  class, unit, lower, upper, value, mode, claimant, via, CASE
    WHEN flags & {schema.APPROXIMATE} OR names.folded = 'not stated' THEN position END
"""
"""What makes one claim stand for another here: they say the same and count as one origin.

Not so for approximate amounts, whose width the columns do not tell apart, and for claims whose
claimant is not stated, each of which is an origin of its own.
"""


def origins(views: Views, loader: Loader, filed: Filed) -> list[str]:
    """Return the independent origins of what supports a claim, itself included if it stands.

    Each as :func:`shown_origin` takes it.
    """
    row = views.connection.execute(
        "SELECT key, scope, earliest, latest, mode, standing, revised FROM claims "
        "JOIN topics ON topics.id = topic WHERE position = ?",
        (filed.position,),
    ).fetchone()
    if row is None:
        return []
    *slice_, mode, standing, revised = row
    context = loader.key(slice_[0]).context
    held = held_of(filed, context)
    beside = read_all_filed(views.store, _beside(views.connection, SliceKey(*slice_), mode))
    found = {
        other.origin
        for other in (held_of(one, context) for one in beside)
        if together(held, other, context)
    }
    if standing == schema.STANDS and not revised:
        found.add(held.origin)
    elif standing == schema.RELAYS:
        found |= {held_of(root, context).origin for root in _relayed(views, filed)}
    return sorted(found)


def _relayed(views: Views, filed: Filed) -> Iterator[Filed]:
    """Yield the claims at the end of what a claim relays or translates."""
    seen: set[str] = set()
    open_ = [filed.id]
    while open_:
        family = family_of(views.connection, open_.pop()) - seen
        seen |= family
        marks = ", ".join("?" * len(family))
        others = [
            other
            for other, said in views.connection.execute(
                "SELECT other, said FROM acts WHERE type = 'claims-linked' "
                f"AND target IN ({marks})",
                list(family),
            )
            if orjson.loads(said)["relation"] in ("relays", "translates")
        ]
        open_ += others
        if not others:
            positions = views.connection.execute(
                f"SELECT position FROM claims WHERE id IN ({marks}) AND standing = ?",
                (*map(bytes.fromhex, family), schema.STANDS),
            ).fetchall()
            yield from read_all_filed(views.store, (position for (position,) in positions))


def shown_origin(connection: sqlite3.Connection, origin: str) -> str:
    """Return an origin as a person reads it."""
    if origin.startswith(UNSTATED):
        return "a source that is not stated"
    name = origin.removeprefix(ANONYMOUS)
    row = connection.execute("SELECT shown FROM names WHERE folded = ?", (name,)).fetchone()
    shown = name if row is None else str(row[0])
    return shown if name == origin else f"unnamed sources through {shown}"


def held_of(filed: Filed, context: Context) -> Held:
    """Return a claim as it is judged."""
    return hold(
        filed.position,
        filed.id,
        filed.head.recorded_at,
        filed.claim,
        context.definition,
        context.names,
    )


def together(a: Held, b: Held, context: Context) -> bool:
    """Whether two claims of one instant say the same, or can be true together.

    Words that no definition lets us compare are together only where they are the same words.
    """
    outcome = clash(a, b, context)
    if outcome is not None:
        return outcome == AGREE
    same = signature(a.value, context) == signature(b.value, context)
    return same and a.value is not None and a.claim.modality == b.claim.modality


def _beside(connection: sqlite3.Connection, slice_: SliceKey, mode: int) -> Iterator[int]:
    """Yield the standing claims of a slice, one of those that say the same; wishes have no time."""
    if mode in (schema.DEMANDED, schema.REFUSED):
        where = "topic IN (SELECT id FROM topics WHERE key = ?) AND scope = ?"
        parameters: tuple[int, ...] = (slice_.key, slice_.scope)
        modes = f"mode IN ({schema.DEMANDED}, {schema.REFUSED})"
    else:
        where, parameters = slice_where(connection, slice_)
        modes = f"mode NOT IN ({schema.DEMANDED}, {schema.REFUSED})"
    for (position,) in connection.execute(
        "SELECT min(position) FROM claims JOIN names ON names.id = claimant "
        f"WHERE {where} AND {modes} AND standing = {schema.STANDS} AND revised = 0 "
        f"GROUP BY {_SAYS_THE_SAME}",
        parameters,
    ):
        yield position
