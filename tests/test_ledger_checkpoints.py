"""Checkpoints are those of C2SP tlog-checkpoint, with the proofs of tlog-witness before them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import signed_checkpoints

from ledger.checkpoints import (
    MOST_PROOF,
    Checkpoint,
    SignedCheckpoint,
    origin_line,
    read_checkpoint,
    read_signed_checkpoint,
)
from ledger.errors import BadInput, LedgerError
from ledger.keys import check, read_verifier
from ledger.merkle_proofs import verify_consistency
from ledger.notes import read_base64

ORIGIN = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562"
VERIFIER = f"{ORIGIN}+5202289b+Af/cLU2Y5BJNP+r3iMDC+av9eWCD0fBJVDfzAux5zxAP"

# What a log sends to a witness: the test data of filippo.io/torchwood, cmd/litewitness.
OLD_1 = f"""\
old 1
KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

{ORIGIN}
3
RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=

— {ORIGIN} \
UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=
"""
OLD_3 = f"""\
old 3
KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
KgMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
wgiIFdZfYNv6WU1OllBKsWnLYIS/DBMqt8Uh/S4OukE=
KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

{ORIGIN}
5
QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=

— {ORIGIN} \
UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=
"""
FIRST_ROOT = "KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
CHECKPOINT = OLD_1.partition("\n\n")[2]
TEXT = CHECKPOINT.partition("\n\n")[0] + "\n"


def sent(text: str) -> SignedCheckpoint:
    return read_signed_checkpoint(text.encode(), "sent.txt")


def test_what_a_log_sends_to_a_witness_is_read_and_holds() -> None:
    key = read_verifier(VERIFIER, "key")
    root, size = read_base64(FIRST_ROOT), 1
    for text in (OLD_1, OLD_3):
        found = sent(text)
        head = found.checkpoint
        assert bytes(found) == text.encode()
        assert [one.state for one in check(found.note, [key])] == ["valid"]
        assert found.old == size
        assert root is not None
        assert verify_consistency(size, head.size, found.proof, root, head.root)
        root, size = head.root, head.size
    assert size == 5


def test_a_checkpoint_without_a_proof_is_the_note_alone() -> None:
    found = sent(CHECKPOINT)
    assert (found.old, found.proof) == (None, ())
    assert bytes(found) == bytes(found.note) == CHECKPOINT.encode()
    assert found.checkpoint.text == found.note.text == TEXT


def test_a_cosigner_that_has_seen_nothing_is_sent_no_hashes() -> None:
    found = sent(f"old 0\n\n{CHECKPOINT}")
    assert (found.old, found.proof) == (0, ())


@pytest.mark.parametrize("line", ["", "log\n999"])
def test_a_line_that_is_none_or_several_is_not_signed(line: str) -> None:
    for checkpoint in (Checkpoint(line, 1, b"r" * 32), Checkpoint("log", 1, b"r" * 32, (line,))):
        with pytest.raises(ValueError, match="line"):
            _ = checkpoint.text


def test_a_ledger_is_named_by_its_origin() -> None:
    assert origin_line("0f" * 16) == f"wherefrom/{'0f' * 16}"


def test_lines_after_the_third_are_kept_and_signed() -> None:
    extended = Checkpoint("example.org", 0, bytes(32), ("more", "and — more"))
    assert read_checkpoint(extended.text, "note") == extended
    assert extended.text.endswith("\nmore\nand — more\n")


@given(signed_checkpoints())
def test_a_checkpoint_is_read_as_it_was_written(written: SignedCheckpoint) -> None:
    assert read_signed_checkpoint(bytes(written), "note") == written


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n3\n", "\n03\n"),
        ("\n3\n", "\n+3\n"),
        ("\n3\n", "\n-3\n"),
        ("\n3\n", "\n3 \n"),
        ("\n3\n", "\n٣\n"),
        ("\n3\n", "\n3.0\n"),
        ("\n3\n", "\n\n"),
        ("\n3\n", "\n9223372036854775808\n"),
        ("\n3\n", f"\n{'9' * 5000}\n"),
        ("\n3\n", "\n"),
        ("RcCI", "RcC"),
        ("RcCI", "RcCIRcCI"),
        ("wl0=\n", "wl1=\n"),
        ("wl0=\n", "wl0\n"),
        ("wl0=\n", "wl0=\n\n\n"),
        (f"{ORIGIN}\n3", "\n3"),
        ("old 1", "old 01"),
        ("old 1", "old"),
        ("old 1", "old  1"),
        ("old 1", "old 1 "),
        ("old 1\n", "old 1\nx\n"),
        ("old 1\n", "old 1\r\n"),
        ("old 1\nKgEA", "old 1\nKgE"),
        ("old 1\n", f"old 1\n{FIRST_ROOT}\n" + f"{FIRST_ROOT}\n" * MOST_PROOF),
        ("old 1\n", "old 1\n\n\n"),
        ("old 1\n", "old é\n"),
    ],
)
def test_what_is_no_checkpoint_is_refused(old: str, new: str) -> None:
    assert old in OLD_1
    with pytest.raises(BadInput) as caught:
        sent(OLD_1.replace(old, new, 1))
    assert caught.value.message.startswith("sent.txt: ")
    assert caught.value.hint
    assert len(str(caught.value)) < 300


def test_a_file_without_an_end_is_refused_before_it_is_read() -> None:
    with pytest.raises(BadInput, match="longer than 1,000,000 bytes"):
        read_signed_checkpoint(b"old 1\n" + b"x" * 1_000_000, "sent.txt")


@given(signed_checkpoints(), st.data())
def test_a_checkpoint_with_a_byte_changed_is_another_or_none(
    written: SignedCheckpoint, data: st.DataObject
) -> None:
    changed = bytearray(bytes(written))
    changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = read_signed_checkpoint(bytes(changed), "note")
    except LedgerError:
        return
    assert bytes(found) == changed
    assert found != written or changed == bytes(written)
