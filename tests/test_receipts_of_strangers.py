"""Receipts that somebody made up: whatever is in them, they are told in words or refused in words.

Without a verifier key anybody can make a receipt that holds in itself, of any bytes. So what is
shown of one must never end in a traceback, and never command a terminal.
"""

import tempfile
from pathlib import Path
from typing import Any

import orjson
import pytest
from commands import Wherefrom
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import events

from ledger.canonical import canonical
from ledger.checkpoints import Checkpoint
from ledger.codec import encode
from ledger.events import Event
from ledger.heads import Head, commitment, encode_head
from ledger.merkle import leaf_hash
from ledger.notes import Note, Signature
from ledger.receipts import Receipt

SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8)
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


def receipt_of(body: bytes, type_: str, **head: Any) -> Receipt:
    """The receipt of the only event of a ledger that nobody has, signed by nobody."""
    salt = bytes(16)
    made = Head(type_, "0" * 32, 0, "desk", "2026-02-06T18:30:00.000000Z", commitment(salt, body))
    data = canonical({**orjson.loads(encode_head(made)), **head})
    checkpoint = Checkpoint("example.org/log", 1, leaf_hash(data))
    note = Note(checkpoint.text, (Signature("nobody", bytes(4), bytes(64)),))
    return Receipt(data, salt, body, 0, (), note, checkpoint)


def verified(receipt: Receipt) -> str:
    """What the command says of it, as text and as JSON; it must not end in a traceback."""
    with tempfile.TemporaryDirectory() as name:
        run = Wherefrom(Path(name))
        file = run.folder / "made-up.tlog-proof"
        file.write_bytes(bytes(receipt))
        told = run("verify-receipt", file, code=None)
        answer = run("verify-receipt", file, "--json", code=None)
    assert told.code == answer.code
    assert told.code in (0, 1)
    assert (told.code == 0) == answer.json["ok"]
    assert not set(told.out) & set("\x1b\x07\x9b\u202e\r")
    return told.out


@given(events())
def test_any_event_can_be_told(event: Event) -> None:
    body = encode(event)
    assert "Holds in itself" in verified(receipt_of(body.data, body.type, schema=body.schema))


@given(events(), st.data())
def test_an_event_with_anything_in_the_place_of_a_field_is_told_or_refused(
    event: Event, data: st.DataObject
) -> None:
    body = encode(event)
    tree = orjson.loads(body.data)
    part = tree[data.draw(st.sampled_from(sorted(tree)))]
    if part:
        part[data.draw(st.sampled_from(sorted(part)))] = data.draw(TREES)
    verified(receipt_of(orjson.dumps(tree), body.type, schema=body.schema))


@given(st.binary(max_size=60) | TREES.map(orjson.dumps), st.sampled_from(["claim-asserted", "x-y"]))
@example(b"[" * 3000 + b"]" * 3000, "claim-asserted")
@example(b'{"statement":{},"reading":{}}', "claim-asserted")
@example(b'{"statement":5}', "x-y")
@example(b"{}", "x-y")
def test_any_body_is_told_or_refused(body: bytes, type_: str) -> None:
    verified(receipt_of(body, type_))


@pytest.mark.parametrize(
    "head",
    [
        {"type": "x\x1b[2J\u202e"},
        {"recorder": "\x1b]0;owned\x07"},
        {"recorded_at": "yesterday"},
        {"recorded_at": "2026-02-30T18:30:00.000000Z"},
        {"origin": "\x9b2J"},
        {"seq": -1},
        {"seq": "0"},
        {"v": 2},
        {"schema": 99},
        {"more": True},
    ],
)
def test_any_head_is_told_or_refused(head: dict[str, Any]) -> None:
    body = canonical({"reading": {}, "statement": {"kind": "person", "name": "x"}})
    verified(receipt_of(body, "source-described", **head))
