"""Events out: each as the line of JSON Lines that, imported, records the same statement.

A line is the statement with its ``type``, and for ``label`` the id that the event has here.
Where an event names an earlier one the line says ``@`` and that id, so an import into another
ledger, where everything gets an id of its own, still points at the right event. What was filed
comes back word for word; readings, times of recording and ids are not carried along.
"""

from collections.abc import Iterator, Sequence

import attrs
import orjson

from ledger.act_drafts import REFERENCES
from ledger.canonical import Json, parse
from ledger.codec import is_known
from ledger.erasing import WithoutErased
from ledger.events import BodyErased
from ledger.heads import Head, decode_head
from ledger.merkle import HASH_BYTES
from ledger.staging import MARK
from ledger.store import Reader, Row, consecutive

_PLAIN_CLAIM = b'"type":"claim-asserted"'
"""Such an event names no other."""


@attrs.define
class Exported:
    """How many events were written, and how many could not be, by why."""

    written: int = 0
    erased: int = 0
    missing: int = 0
    """Those whose body is not there although nothing says that it was erased."""
    erasures: int = 0
    """Those that say what was erased, which no import can carry out."""
    unknown: int = 0
    dangling: int = 0
    """Those that name an event which is not in the export before them."""


def export_lines(
    store: Reader, size: int, counts: Exported, wanted_here: Sequence[int] | None = None
) -> Iterator[bytes]:
    """Yield a line, with its line break, for each of the first ``size`` events.

    Where ``wanted_here`` is given, only for those at whose position it has a true value.
    ``counts`` is brought up to date on the way. Left out is what an import could not read back:
    events whose body was erased and what says so, those of a type or version that this program
    does not know, and those that name an event which is not above them.
    """
    store = WithoutErased.of(store)
    wanted = _targets(consecutive(store, 0, size))
    written: set[str] = set()
    for row in consecutive(store, 0, size):
        if wanted_here is not None and not wanted_here[row.position]:
            continue
        head = decode_head(row.head)
        if head.type == BodyErased.TYPE:
            counts.erasures += 1
            continue
        if row.body is None:
            if row.hashes[:HASH_BYTES].hex() in store.notices:
                counts.erased += 1
            else:
                counts.missing += 1
            continue
        if not _is_known(head):
            counts.unknown += 1
            continue
        said: Json = parse(row.body, f"body of {head.type}")["statement"]
        references = {name: said[name] for name in REFERENCES if name in said}
        if not written.issuperset(references.values()):
            counts.dangling += 1
            continue
        id_ = row.hashes[:HASH_BYTES].hex()
        if id_ in wanted:
            written.add(id_)
        said |= {name: MARK + target for name, target in references.items()}
        counts.written += 1
        line = {"type": head.type, "label": id_, **said}
        yield orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def _is_known(head: Head) -> bool:
    return is_known(head.type, head.schema)


def _targets(rows: Iterator[Row]) -> set[str]:
    """Return the ids that other events name: few, so that memory does not grow with the rows."""
    found: set[str] = set()
    for row in rows:
        if _PLAIN_CLAIM in row.head or row.body is None:
            continue
        said: Json = parse(row.body, "body").get("statement", {})
        found.update(said[name] for name in REFERENCES if isinstance(said.get(name), str))
    return found
