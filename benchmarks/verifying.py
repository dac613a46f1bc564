"""What it costs to verify a ledger of a million events, beside the least that could be done.

The plain loop reads the rows in their order and hashes each head and each body with hashlib, and
compares nothing. A verification hashes the same, and besides every inner node of the tree and
every fingerprint, and checks what each head says; it uses every processor.
"""

import sqlite3
from contextlib import closing
from hashlib import sha256

from benchmarks.kept import desk
from benchmarks.race import Line, against, race
from benchmarks.scale import Scale
from cli.verifying import verify_file
from ledger.verification import verify as verify_in_one

_PLAIN = "SELECT head, salt, body FROM events JOIN bodies USING (position) ORDER BY position"


def verify(scale: Scale) -> list[Line]:
    """Verify a large ledger."""
    with desk(scale.kept, scale.many) as large:
        store, path = large.ledger.store, large.path
        size = store.size()

        def ours(_: int) -> int:
            assert verify_file(store, str(path)).ok
            return size

        def in_one(_: int) -> int:
            assert verify_in_one(store).ok
            return size

        def plain(_: int) -> int:
            with closing(sqlite3.connect(path)) as connection:
                for head, salt, body in connection.execute(_PLAIN):
                    sha256(b"\0" + head).digest()
                    sha256(salt + body).digest()
            return size

        result = race(
            scale.turns,
            {"ours": ours, "a plain loop": plain, "ours in one process": in_one},
        )
    return [
        Line("verify", "ours", result.spread("ours")),
        *against("verify", result, {"a plain loop": 0.6, "ours in one process": None}),
    ]
