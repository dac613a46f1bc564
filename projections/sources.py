"""Who our sources are: what descriptions say of them, and what became of their claims."""

import sqlite3
from collections.abc import Iterable, Iterator

import attrs
import orjson

from ledger.errors import NotFound
from ledger.names import fold
from projections import schema
from projections.asking import ANYTHING, Condition, did_you_mean
from projections.filed import STANDINGS, Json
from projections.names import ActRow, in_force


@attrs.define
class Source:
    """A source under all its names, and how many claims it made or relayed.

    ``claims`` counts what it said as claimant, recordings that were corrected left out: those
    that stand, that it revised, that it retracted. ``relayed`` counts what was read through it.
    """

    name: str
    aliases: list[str]
    told: Json
    standing: int = 0
    revised: int = 0
    retracted: int = 0
    relayed: int = 0

    @property
    def claims(self) -> int:
        """How many claims it made."""
        return self.standing + self.revised + self.retracted


def select(
    connection: sqlite3.Connection, names: Iterable[str], condition: Condition = ANYTHING
) -> list[Source]:
    """Return the sources of these names, or all; raise ``NotFound`` for one that is none."""
    found = sources(connection, condition)
    if not names:
        return found
    by_name = {fold(name): source for source in found for name in (source.name, *source.aliases)}
    wanted: dict[str, Source] = {}
    for name in names:
        source = by_name.get(fold(name))
        if source is None:
            from projections.nearest import nearest_names

            near = nearest_names(connection, name, by_name.__contains__)
            raise NotFound(
                f"source {name!r}: nobody held here has that name",
                did_you_mean(near) or "`wherefrom sources` lists them all",
            )
        wanted[fold(source.name)] = source
    return list(wanted.values())


def sources(connection: sqlite3.Connection, condition: Condition = ANYTHING) -> list[Source]:
    """Return every source that claimed or relayed something, or is described, by its name."""
    known = _Sources(connection)
    for root, standing, revised, count in _claimants(connection, condition):
        source = known.numbered(root)
        if STANDINGS[standing] == "retracted":
            source.retracted += count
        elif revised:
            source.revised += count
        else:
            source.standing += count
    for relay, count in _relays(connection, condition):
        known.named(relay).relayed += count
    if not condition.parameters:
        for (name,) in connection.execute(
            "SELECT DISTINCT target FROM acts WHERE type = 'source-described'"
        ).fetchall():
            known.named(name)
    return sorted(known.found.values(), key=lambda source: fold(source.name))


def _claimants(
    connection: sqlite3.Connection, condition: Condition
) -> Iterator[tuple[int, int, int, int]]:
    yield from connection.execute(
        "SELECT names.source, standing, revised, sum(count) FROM (SELECT claimant, "
        "claims.standing, claims.revised, count(*) AS count FROM claims "
        f"WHERE standing NOT IN {schema.GONE} AND {condition.sql} GROUP BY 1, 2, 3) "
        "JOIN names ON names.id = claimant GROUP BY 1, 2, 3",
        condition.parameters,
    ).fetchall()


def _relays(connection: sqlite3.Connection, condition: Condition) -> Iterator[tuple[str, int]]:
    """Yield every relay of each chain that occurs, with how often that chain does."""
    for chain, count in connection.execute(
        "SELECT names.shown, count FROM (SELECT via, count(*) AS count FROM claims "
        f"WHERE via IS NOT NULL AND standing NOT IN {schema.GONE} AND {condition.sql} "
        "GROUP BY via) JOIN names ON names.id = via",
        condition.parameters,
    ).fetchall():
        for relay in chain.split("; "):
            yield relay, count


class _Sources:
    """Sources by the number of their root name; a relay that was never interned by its name."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.found: dict[int | str, Source] = {}

    def named(self, name: str) -> Source:
        """Return the source of that name."""
        folded = fold(name)
        row = self._connection.execute(
            "SELECT source FROM names WHERE folded = ?", (folded,)
        ).fetchone()
        if row is not None:
            return self.numbered(row[0])
        return self.found.setdefault(folded, Source(name, [], {}))

    def numbered(self, root: int) -> Source:
        """Return the source whose root name has that number."""
        if root not in self.found:
            names = [
                shown
                for (shown,) in self._connection.execute(
                    "SELECT shown FROM names WHERE source = ? ORDER BY folded", (root,)
                )
            ]
            told = _description(self._connection, names[0])
            name = told.get("name", names[0])
            others = [other for other in names if fold(other) != fold(name)]
            self.found[root] = Source(name, others, told)
        return self.found[root]


def describe_name(connection: sqlite3.Connection, name: str) -> Json:
    """Return what the descriptions in force say of a source: ``kind``, ``acts_for``, ``country`` …

    All names of the source count, the one that was asked for first; nothing is said twice.
    """
    told = _description(connection, name)
    return {field: text for field, text in told.items() if field not in ("name", "after")}


def preferred_name(connection: sqlite3.Connection, name: str) -> str:
    """Return how to show a source: the name under which it is described, or its own."""
    described = _description(connection, name).get("name")
    if described is not None:
        return str(described)
    row = connection.execute("SELECT shown FROM names WHERE folded = ?", (fold(name),)).fetchone()
    return name if row is None else str(row[0])


def _description(connection: sqlite3.Connection, name: str) -> Json:
    rows: dict[str, list[ActRow]] = {}
    folded = fold(name)
    for act in connection.execute(
        "SELECT id, type, recorded_at, target, other, said FROM acts "
        "WHERE type = 'source-described' AND target IN (SELECT folded FROM names "
        "WHERE source = (SELECT source FROM names WHERE folded = ?))",
        (folded,),
    ):
        rows.setdefault(act[3], []).append(act)
    told: Json = {}
    for target in sorted(rows, key=lambda target: (target != folded, target)):
        act = in_force(rows[target])
        assert act is not None
        told = {**orjson.loads(act[5]), **told}
    return told


def to_json(source: Source) -> Json:
    """Return a source as other programs read it."""
    told = source.told
    return {
        "name": source.name,
        "kind": told.get("kind"),
        "acts_for": told.get("acts_for"),
        "country": told.get("country"),
        "language": told.get("language"),
        "home_page": told.get("home_page"),
        "aliases": source.aliases,
        "claims": source.claims,
        "standing": source.standing,
        "revised": source.revised,
        "retracted": source.retracted,
        "relayed": source.relayed,
    }
