"""What the recording commands ask of the views: an id's event, a definition, what conflicts."""

from collections.abc import Iterable
from typing import Any

import orjson

from ledger.codec import decode_head
from ledger.names import fold
from projections.held import Definition
from projections.loading import Loader
from projections.views import Views

Found = tuple[str, int, str]
"""An event: its id, its position, its type."""


def definition(views: Views, predicate: str) -> Definition:
    """Return the definition in force of a predicate, after matching; or that there is none."""
    row = views.connection.execute(
        "SELECT entity FROM names WHERE folded = ?", (fold(predicate),)
    ).fetchone()
    return Definition() if row is None else Loader(views.connection, views.store).definition(row[0])


def find(views: Views, prefix: str) -> list[Found]:
    """Return the events whose id begins with ``prefix``, hexadecimal digits in lower case."""
    first = bytes.fromhex(prefix.ljust(64, "0"))
    last = bytes.fromhex(prefix.ljust(64, "f"))
    rows = views.connection.execute(
        "SELECT position FROM claims WHERE id BETWEEN ? AND ? "
        "UNION SELECT position FROM acts WHERE id BETWEEN ? AND ? ORDER BY position",
        (first, last, first.hex(), last.hex()),
    ).fetchall()
    found = []
    for (position,) in rows:
        row = views.store.row(position)
        found.append((row.hashes[:32].hex(), position, decode_head(row.head).type))
    return found


def findings(views: Views, positions: Iterable[int]) -> list[dict[str, Any]]:
    """Return the findings with the claims at ``positions`` in them, as the report has them."""
    found: dict[str, dict[str, Any]] = {}
    for position in positions:
        rows = views.connection.execute(
            "SELECT id, status, json FROM findings JOIN finding_claims ON finding = id "
            "WHERE claim = ? ORDER BY id",
            (position,),
        )
        for id_, status, said in rows:
            found[id_] = {**orjson.loads(said), "status": status}
    return list(found.values())
