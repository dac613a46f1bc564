"""What a receipt costs: to make one among a million events, and to check one with no ledger.

Checking goes from the bytes of the file to the answer: read, proved to be in the tree, its text
held against the head, its signature verified. A signature's verification alone, by the library
that does it, is beside it: the least that checking anything signed can cost.
"""

from functools import partial
from random import Random

from benchmarks.durations import Durations, timed, within
from benchmarks.kept import desk
from benchmarks.race import Line
from benchmarks.scale import Scale
from ledger.checkpoints import Checkpoint, origin_line
from ledger.keys import LEDGER_KEY, VerifierKey, check, new_key
from ledger.notes import Note
from ledger.receipts import make_receipt, open_receipt, read_receipt
from ledger.roots import root_of


def receipts(scale: Scale) -> list[Line]:
    """Make receipts of claims drawn at random, and check them."""
    with desk(scale.kept, scale.many) as here:
        store = here.ledger.store
        size = store.size()
        key = new_key("example.org/desk", LEDGER_KEY, bytes(32))
        root = bytes.fromhex(root_of(store, size))
        text = Checkpoint(origin_line(store.origin), size, root).text
        note = Note(text, (key.sign(text, 0),))
        positions = Random(5).sample(range(size), scale.questions + 1)
        made = [bytes(make_receipt(store, position, note)) for position in positions]
        making = Durations(
            [timed(partial(make_receipt, store, position, note)) for position in positions[1:]]
        )
    verifier = key.verifier
    checking, signature = [], []
    for turn, data in enumerate(made):
        took = timed(partial(_check, data, verifier))
        least = timed(partial(verifier.verifies, text, note.signatures[0].value))
        if turn:
            checking.append(took)
            signature.append(least)
    alone, whole = Durations(signature), Durations(checking)
    return [
        Line("receipt", f"made from a ledger of {size:,} events", making.spread),
        within("receipt", "checked, with no ledger", whole, 0.001),
        Line(
            "receipt",
            "that, beside the verification of its signature alone",
            alone.spread,
            whole.ratio(alone),
            at_most=True,
        ),
    ]


def _check(data: bytes, verifier: VerifierKey) -> None:
    opened = open_receipt(read_receipt(data, "receipt"))
    [signature] = check(opened.receipt.note, [verifier])
    assert not opened.problems
    assert signature.state == "valid"
