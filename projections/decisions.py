"""What was decided about findings: by whom, why, and whether it still covers all that conflicts."""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

import orjson

from ledger.heads import decode_head
from ledger.store import Reader
from projections.selecting import Row


class Decided(NamedTuple):
    """The decision about a finding that counts, and whether it covers all that conflicts now."""

    event: str
    decision: Literal["dismissed", "confirmed"]
    reason: str
    recorded_at: str
    covers: bool
    by: str


def decisions(connection: sqlite3.Connection, store: Reader) -> dict[str, Decided]:
    """Return the decision that counts about each finding that there is one about."""
    found: dict[str, Decided] = {}
    for finding, status, event, position, recorded_at, text in connection.execute(
        "SELECT findings.id, status, acts.id, acts.position, recorded_at, said FROM findings "
        "JOIN acts ON acts.id = decision"
    ).fetchall():
        said = orjson.loads(text)
        covers = status == said["decision"]
        by = decode_head(store.row(position).head).recorder
        found[finding] = Decided(event, said["decision"], said["reason"], recorded_at, covers, by)
    return found


def as_json(rows: Iterable[Row], decided: dict[str, Decided]) -> Iterator[str]:
    """Yield each finding's JSON with its ``severity``, and what was decided as ``adjudication``."""
    for row in rows:
        decision = decided.get(row.id)
        more = b"" if decision is None else b',"adjudication":' + orjson.dumps(decision._asdict())
        yield f'{row.json[:-1]},"severity":{row.severity}{more.decode()}}}'
