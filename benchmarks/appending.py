"""What it costs to record claims one by one, each durable before the next."""

from contextlib import ExitStack, closing
from functools import partial
from itertools import islice

import orjson

from benchmarks import ours, workload
from benchmarks.peer import PeerStore
from benchmarks.plain import PlainStore
from benchmarks.race import Line, against, race
from benchmarks.scale import Scale
from ledger.journal import journal_for
from ledger.log import Ledger

_BARE = "ours without stored hashes"


def append(scale: Scale) -> list[Line]:
    """Append claims one by one, each durable before the next."""
    journal = journal_for()
    turns = scale.append_turns
    claims = workload.claims(scale.appends * (turns + 1))
    batches = [list(islice(claims, scale.appends)) for _ in range(turns + 1)]
    same = f"plain sqlite3, {journal.mode} and {journal.synchronous}"
    with ExitStack() as stack:

        def plain(mode: str, synchronous: str) -> PlainStore:
            path = scale.folder / f"append-plain-{mode}.db"
            return stack.enter_context(closing(PlainStore(path, mode, synchronous)))

        stores = {same: plain(journal.mode, journal.synchronous)}
        if journal.mode != "wal":
            stores["plain sqlite3, wal and full"] = plain("wal", "full")
        ledger = stack.enter_context(ours.ledger_in(scale.folder / "append-ours.db"))
        bare = stack.enter_context(
            ours.ledger_in(scale.folder / "append-bare.db", ours.WithoutHashes)
        )
        peer = stack.enter_context(closing(PeerStore(scale.folder / "append-peer.db")))

        def append_ours(ledger: Ledger, turn: int) -> int:
            for claim in batches[turn]:
                ledger.append([ours.event(claim)], ours.RECORDER)
            return scale.appends

        def append_plain(store: PlainStore, turn: int) -> int:
            for claim in batches[turn]:
                store.append(orjson.dumps(claim))
            return scale.appends

        def append_peer(turn: int) -> int:
            for claim in batches[turn]:
                peer.append(claim)
            return scale.appends

        result = race(
            turns,
            {
                "ours": partial(append_ours, ledger),
                _BARE: partial(append_ours, bare),
                **{name: partial(append_plain, store) for name, store in stores.items()},
                "the peer, wal and full": append_peer,
            },
        )
    wanted = {same: 0.6, _BARE: 0.9}
    targets = {name: wanted.get(name) for name in result.rates if name != "ours"}
    return [
        Line("append", "ours", result.spread("ours")),
        *against("append", result, targets),
    ]
