"""Views in memory, and what they show in a form that two desks can compare.

Row numbers differ from desk to desk, and may; ``dump`` names everything by ids and names.
"""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from typing import Any

import attrs
import orjson

from ledger.erasing import WithoutErased
from ledger.store import Reader
from projections.adjudications import read_instant
from projections.build import build_whole
from projections.contradictions.finding import Identity
from projections.contradictions.pairs import read_pairs
from projections.increment import Increment
from projections.loading import Loader
from projections.remaining import Remaining
from projections.schema import CORRECTED, RECAST, RELAYS, RETRACTED, RETRACTED_RELAY, STANDS, TWIN
from projections.tables import create_tables

_STANDING = {
    STANDS: "stands",
    CORRECTED: "corrected",
    RETRACTED: "retracted",
    RELAYS: "relays",
    RETRACTED_RELAY: "retracted",
    TWIN: "twin",
}


@cache
def _empty() -> sqlite3.Connection:
    """Return a database with empty tables, which is copied because making them takes long."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    create_tables(connection)
    return connection


class Projection:
    """The views of a store, in memory."""

    def __init__(self, store: Reader, size: int = 0) -> None:
        self.store = WithoutErased.of(store)
        self.connection = self._built(size)

    def _built(self, size: int) -> sqlite3.Connection:
        connection = sqlite3.connect(":memory:", isolation_level=None)
        _empty().backup(connection)
        build_whole(connection, self.store, size)
        return connection

    def catch_up(self, size: int | None = None) -> None:
        """Follow the store to its end, or to ``size`` events, by increments.

        Where something is erased, that is by building anew.
        """
        reached = self.connection.execute("SELECT size FROM reached").fetchone()[0]
        wanted = self.store.size() if size is None else size
        self.store.look_again()
        if any(reached <= position < wanted for position in self.store.saying_erased()):
            self.connection.close()
            self.connection = self._built(wanted)
        elif reached < wanted:
            Increment(self.connection, self.store).add(reached, wanted)

    def close(self) -> None:
        self.connection.close()


def whole(store: Reader, size: int | None = None) -> dict[str, Any]:
    """Return what is seen of a store's first events when the views are built at once."""
    projection = Projection(store, store.size() if size is None else size)
    with closing(projection.connection):
        return dump(projection.connection)


def dump(connection: sqlite3.Connection) -> dict[str, Any]:
    """Return all that the views say of findings, claims and names."""

    def rows(sql: str) -> list[Any]:
        return sorted(connection.execute(sql).fetchall(), key=repr)

    return {
        "findings": {
            id_: (orjson.loads(told), read_pairs(pairs), *rest)
            for id_, told, pairs, *rest in connection.execute(
                "SELECT id, json, pairs, rule, verdict, status, since, gap, share, support, "
                "instant, decision FROM findings"
            )
        },
        "claims in findings": rows(
            "SELECT finding, hex(id) FROM finding_claims JOIN claims ON position = claim"
        ),
        "claims": rows(
            "SELECT hex(claims.id), s.folded, p.folded, scopes.folded, claims.class, "
            "claims.lower, claims.upper, v.folded, "
            f"claims.flags & ~{RECAST}, claims.standing, claims.revised, hex(later.id) "
            "FROM claims LEFT JOIN claims AS later ON later.position = claims.reviser "
            "JOIN topics ON topics.id = claims.topic JOIN keys ON keys.id = key "
            "JOIN names AS s ON s.id = keys.subject JOIN names AS p ON p.id = keys.predicate "
            "JOIN scopes ON scopes.id = claims.scope LEFT JOIN names AS v ON v.id = claims.value"
        ),
        "twins": rows(
            "SELECT hex(a.id), hex(b.id), t.recorded_at FROM twins AS t JOIN twins AS u "
            "ON u.first = t.first JOIN claims AS a ON a.position = t.position "
            "JOIN claims AS b ON b.position = u.position"
        ),
        "number of origins": rows("SELECT count(*) FROM origins"),
        "revised items": rows(
            "SELECT hex(id), item, stated FROM revised_items JOIN claims USING (position)"
        ),
        "names": rows(
            "SELECT n.folded, n.shown, e.folded, s.folded, n.anonymous FROM names AS n "
            "JOIN names AS e ON e.id = n.entity JOIN names AS s ON s.id = n.source "
            "WHERE n.id IN (SELECT subject FROM topics UNION SELECT predicate FROM topics "
            "UNION SELECT claimant FROM claims UNION SELECT value FROM claims)"
        ),
        "acts": rows("SELECT id, type, target, other FROM acts"),
        "erased": rows("SELECT id, type FROM erased"),
    }


def standing(connection: sqlite3.Connection) -> dict[str, str]:
    """Return what became of every claim, by its id."""
    return {
        id_.hex(): "revised" if revised and mark == STANDS else _STANDING[mark]
        for id_, mark, revised in connection.execute("SELECT id, standing, revised FROM claims")
    }


def left(store: Reader, connection: sqlite3.Connection) -> dict[str, str]:
    """Return what is left of every list that its claimant has revised in part, by its id."""
    loader = Loader(connection, store)
    found = {}
    for position, key in connection.execute(
        "SELECT DISTINCT position, key FROM revised_items JOIN claims USING (position) "
        "JOIN topics ON topics.id = topic"
    ).fetchall():
        held = loader.held(position, loader.key(key).context)
        assert isinstance(held.value, Remaining)
        found[held.id] = held.value.stated
    return found


@attrs.frozen
class Found:
    """A finding in the terms of :mod:`tests.reference`."""

    id: str
    rule: str
    verdict: str
    since: str
    status: str
    camps: frozenset[tuple[frozenset[str], int]]
    pairs: frozenset[frozenset[tuple[str, str]]]
    identity: Identity
    change: str | None = None

    @property
    def claims(self) -> frozenset[str]:
        return frozenset(id_ for ids, _ in self.camps for id_ in ids)


def findings(connection: sqlite3.Connection) -> list[Found]:
    """Return the findings that the views show."""
    found = []
    for told, pairs, subject, predicate, scope, instant in connection.execute(
        "SELECT json, pairs, s.folded, p.folded, scopes.folded, instant FROM findings "
        "JOIN keys ON keys.id = findings.key JOIN names AS s ON s.id = keys.subject "
        "JOIN names AS p ON p.id = keys.predicate JOIN scopes ON scopes.id = findings.scope "
        "ORDER BY findings.id"
    ):
        tree = orjson.loads(told)
        camps = Counter(
            (frozenset(camp["claims"]), camp["independent_origins"]) for camp in tree["camps"]
        )
        found.append(
            Found(
                tree["id"],
                tree["rule"],
                tree["verdict"],
                tree["since"],
                tree["status"],
                frozenset(camps),
                frozenset(frozenset(pair) for pair in read_pairs(pairs)),
                Identity(tree["rule"], subject, predicate, scope, read_instant(instant)),
                tree.get("change"),
            )
        )
    return found


def to_cover(connection: sqlite3.Connection) -> Sequence[tuple[str, Any]]:
    """Return each finding's id with the pairs that a decision about it has to cover."""
    return [
        (id_, tuple(read_pairs(pairs)))
        for id_, pairs in connection.execute("SELECT id, pairs FROM findings ORDER BY id")
    ]
