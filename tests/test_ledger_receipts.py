"""Receipts: one event with its proof, checked with no ledger at hand."""

import base64
import hashlib
from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from trees import ORIGIN, Growing, root_of

from ledger.checkpoints import Checkpoint, origin_line
from ledger.errors import BadInput, Damaged, NotFound
from ledger.keys import LEDGER_KEY, SignerKey, check, new_key
from ledger.notes import Note
from ledger.receipts import Opened, Receipt, make_receipt, open_receipt, read_receipt

KEY = new_key(origin_line(ORIGIN), LEDGER_KEY, bytes(range(32)))
LEDGER = Growing()
LEDGER.grow(300)


def signed(size: int, key: SignerKey = KEY) -> Note:
    text = Checkpoint(origin_line(ORIGIN), size, root_of(LEDGER.store, size)).text
    return Note(text, (key.sign(text, 0),))


def receipt(position: int, size: int) -> Receipt:
    return make_receipt(LEDGER.store, position, signed(size))


def opened(data: bytes) -> Opened:
    return open_receipt(read_receipt(data, "receipt"))


def holds(data: bytes) -> bool:
    """Whether all of a receipt holds, its signature included."""
    try:
        found = opened(data)
    except BadInput:
        return False
    [one] = check(found.receipt.note, [KEY.verifier])
    return not found.problems and one.state == "valid"


@given(st.integers(0, 299), st.integers(1, 300))
@example(0, 1)
@example(299, 300)
@example(255, 256)
def test_a_receipt_of_any_event_in_any_tree_holds(position: int, size: int) -> None:
    if position >= size:
        with pytest.raises(NotFound, match="recorded after this checkpoint"):
            receipt(position, size)
        return
    made = receipt(position, size)
    assert read_receipt(bytes(made), "receipt") == made
    assert holds(bytes(made))
    row = LEDGER.store.row(position)
    assert (made.head, made.salt, made.body) == (row.head, row.salt, row.body)


def test_a_receipt_is_lines_that_anybody_can_check() -> None:
    """With base64, sha256 and the rules of RFC 6962 alone."""
    first, extra, index, sibling, empty, *note = bytes(receipt(1, 2)).decode().split("\n")
    assert (first, index, empty) == ("c2sp.org/tlog-proof@v1", "index 1", "")
    head, salt, body = base64.b64decode(extra.removeprefix("extra ")).split(b"\n")
    said = hashlib.sha256(bytes.fromhex(salt.decode()) + body).hexdigest()
    assert f'"body":"{said}"'.encode() in head
    leaf = hashlib.sha256(b"\x00" + head).digest()
    root = hashlib.sha256(b"\x01" + base64.b64decode(sibling) + leaf).digest()
    assert note[:3] == [f"wherefrom/{ORIGIN}", "2", base64.b64encode(root).decode()]
    assert note[4].startswith(f"— wherefrom/{ORIGIN} ")


def test_without_its_text_a_receipt_tells_that_something_was_filed() -> None:
    rows = [row._replace(salt=None, body=None, fingerprint=None) for row in LEDGER.store.rows()]
    erased = Growing().store
    with erased.appending() as writer:
        writer.add(rows)
    made = make_receipt(erased, 7, signed(300))
    assert (made.salt, made.body) == (None, None)
    assert read_receipt(bytes(made), "receipt") == made
    assert holds(bytes(made))
    found = opened(bytes(made))
    assert found.event is None
    assert found.head is not None
    assert (found.head.seq, found.head.recorder) == (7, "desk")


def test_no_receipt_is_made_of_a_head_that_would_be_read_as_more() -> None:
    """In a receipt a line break ends the head."""
    rows = list(LEDGER.store.rows(0, 8))
    altered = Growing().store
    with altered.appending() as writer:
        writer.add([*rows[:7], rows[7]._replace(head=rows[7].head + b"\n")])
    with pytest.raises(Damaged, match="position 7"):
        make_receipt(altered, 7, signed(8))


@pytest.mark.parametrize(("position", "size"), [(0, 1), (1, 3)])
def test_no_byte_of_a_receipt_can_be_another(position: int, size: int) -> None:
    data = bytes(receipt(position, size))
    for at in range(len(data)):
        for other in {bytes([data[at] ^ 1 << bit]) for bit in range(8)} | {b"\n", b" ", b"="}:
            changed = data[:at] + other + data[at + 1 :]
            assert changed == data or not holds(changed), changed
        for changed in (data[:at], data[:at] + data[at + 1 :], data[: at + 1] + data[at:]):
            assert not holds(changed), changed


@given(st.data())
def test_nothing_in_what_was_filed_can_be_another(data: st.DataObject) -> None:
    """Not even where the base64 around it is put right."""
    made = receipt(42, 300)
    first, extra, rest = bytes(made).split(b"\n", 2)
    filed = bytearray(base64.b64decode(extra.removeprefix(b"extra ")))
    filed[data.draw(st.integers(0, len(filed) - 1))] ^= data.draw(st.integers(1, 255))
    forged = b"\n".join([first, b"extra " + base64.b64encode(filed), rest])
    assert not holds(forged)


@pytest.mark.parametrize(
    "changes",
    [
        {"position": 43},
        {"position": 2**63 - 1},
        {"proof": ()},
        {"proof": (*receipt(42, 300).proof, bytes(32))},
        {"proof": receipt(43, 300).proof},
        {"head": receipt(43, 300).head},
        {"salt": bytes([1] * 16)},
        {"body": receipt(43, 300).body},
        {"note": signed(299)},
        {"note": signed(300, new_key(KEY.name, LEDGER_KEY, bytes(32)))},
    ],
)
def test_parts_of_several_receipts_make_none(changes: dict[str, Any]) -> None:
    assert not holds(bytes(attrs.evolve(receipt(42, 300), **changes)))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no receipt"),
        (b"c2sp.org/tlog-proof@v2\n", "no receipt"),
        (bytes(signed(300)), "no receipt"),
        (b"c2sp.org/tlog-proof@v1\nindex 3\n\n" + bytes(signed(300)), "does not say of what"),
        (b"c2sp.org/tlog-proof@v1\nextra !\nindex 3\n\n" + bytes(signed(300)), "no base64"),
        (b"c2sp.org/tlog-proof@v1\nextra YQ==\nindex 03\n\n" + bytes(signed(300)), "no position"),
        (b"c2sp.org/tlog-proof@v1\nextra YQ==\nindex 3\nYQ==\n\n" + bytes(signed(300)), "no hash"),
        (b"c2sp.org/tlog-proof@v1\nextra YQpi\nindex 3\n\n" + bytes(signed(300)), "no head, salt"),
        (b"c2sp.org/tlog-proof@v1\nextra YQ==\nindex 3\n\nx\n", "no signed note"),
        (
            b"c2sp.org/tlog-proof@v1\nextra YQ==\nindex 3\n"
            + b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" * 64
            + b"\n"
            + bytes(signed(300)),
            "more than 63 hashes",
        ),
        (b"c2sp.org/tlog-proof@v1\n" + b"\n" * 4_000_000, "longer than"),
    ],
)
def test_what_is_no_receipt_is_refused_with_what_it_lacks(data: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read_receipt(data, "receipt")


@given(st.data())
def test_any_bytes_are_read_or_refused(data: st.DataObject) -> None:
    """Pieces of receipts in any order: no crash, and nothing but the spelling that we write."""
    pieces = [b"c2sp.org/tlog-proof@v1\n", b"extra ", b"index ", b"\n", b"3", b"YQ==", b"\xff"]
    pieces += bytes(receipt(3, 9)).splitlines(keepends=True)
    made = b"".join(data.draw(st.lists(st.sampled_from(pieces) | st.binary(max_size=4))))
    try:
        found = read_receipt(made, "receipt")
    except BadInput:
        return
    assert bytes(found) == made
    open_receipt(found)


def test_a_head_that_is_none_is_a_problem_not_a_crash() -> None:
    made = receipt(1, 2)
    for head in (b"{}", b"no JSON", b"", b'{"v":1}', b"[" * 5000):
        assert opened(bytes(attrs.evolve(made, head=head))).problems
