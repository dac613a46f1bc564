"""Signed notes and keys are those of C2SP and of Go's note package; anything else is refused."""

import base64
import hashlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import keys, notes

from ledger.errors import BadInput, LedgerError
from ledger.keys import (
    COSIGNER_KEY,
    LEDGER_KEY,
    SignerKey,
    VerifierKey,
    check,
    cosigned_at,
    new_key,
    read_signer,
    read_verifier,
)
from ledger.notes import MOST_BYTES, MOST_SIGNATURES, Note, Signature, read_base64, read_note

# The example in the documentation of golang.org/x/mod/sumdb/note.
GO_SIGNER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = """\
If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann \
x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""

# The example in C2SP's signed-note.md.
C2SP_VERIFIER = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
C2SP_NOTE = """\
This is an example message.

— example.com/foo \
Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""

# A checkpoint of Go's own log of modules, and its public key.
SUM_VERIFIER = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
SUM_NOTE = """\
go.sum database tree
35225469
vt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=

— sum.golang.org \
Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QTtPydhKCExixSfwQ=
"""

FOREIGN = [(GO_VERIFIER, GO_NOTE), (C2SP_VERIFIER, C2SP_NOTE), (SUM_VERIFIER, SUM_NOTE)]

# RFC 8032, section 7.1, tests 1 and 2: seed, public key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e3970"
        "1cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "r",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613"
        "d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
]

TEXT = "example.org/log\n1\nKgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
DESK = new_key("example.org/desk", LEDGER_KEY, bytes(range(32)))
WITNESS = new_key("example.org/witness", COSIGNER_KEY, bytes(range(32, 64)))


def signed(text: str, *signers: SignerKey, time: int = 1_770_000_000) -> Note:
    note = Note(text, ())
    for signer in signers:
        note = note.signed(signer.sign(text, time))
    return note


# What others wrote


@pytest.mark.parametrize(("verifier", "text"), FOREIGN)
def test_a_note_that_others_signed_is_read_and_checked(verifier: str, text: str) -> None:
    key, note = read_verifier(verifier, "key"), read_note(text.encode(), "note")
    assert str(key) == verifier
    assert bytes(note) == text.encode()
    [checked] = check(note, [key])
    assert (checked.state, checked.key, checked.time) == ("valid", key, None)


def test_a_key_of_go_signs_as_go_does() -> None:
    signer = read_signer(GO_SIGNER, "key")
    assert (str(signer), str(signer.verifier)) == (GO_SIGNER, GO_VERIFIER)
    text = read_note(GO_NOTE.encode(), "note").text
    assert bytes(signed(text, signer)) == GO_NOTE.encode()


@pytest.mark.parametrize(("seed", "public", "message", "signature"), RFC_8032)
def test_signatures_are_those_of_rfc_8032(
    seed: str, public: str, message: str, signature: str
) -> None:
    signer = new_key("rfc", LEDGER_KEY, bytes.fromhex(seed))
    assert signer.verifier.public.hex() == public
    assert signer.sign(message, 0).value.hex() == signature
    assert signer.verifier.verifies(message, bytes.fromhex(signature))


def test_a_cosignature_is_made_byte_by_byte_as_c2sp_says() -> None:
    """Ed25519 over a header, the time and the whole text; the time in eight bytes before it."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.from_private_bytes(WITNESS.seed)
    public = private.public_key().public_bytes_raw()
    message = b"cosignature/v1\ntime 1679315147\n" + TEXT.encode()
    signature = WITNESS.sign(TEXT, 1_679_315_147)
    assert signature.key_id == hashlib.sha256(b"example.org/witness\n\x04" + public).digest()[:4]
    assert signature.value == bytes.fromhex("00000000641850cb") + private.sign(message)
    [checked] = check(Note(TEXT, (signature,)), [WITNESS.verifier])
    assert (checked.state, checked.time) == ("valid", 1_679_315_147)


# Keys


@given(keys())
def test_a_key_is_read_as_it_was_written(key: SignerKey) -> None:
    assert read_signer(str(key), "key") == key
    assert read_verifier(str(key.verifier), "key") == key.verifier


def test_a_private_key_does_not_show_itself() -> None:
    """Neither in what a traceback shows of it, nor in the error about a file that is not one."""
    secret = str(DESK).rpartition("+")[2]
    assert secret not in repr(DESK)
    with pytest.raises(BadInput) as caught:
        read_signer(f"{DESK}x", "desk.key")
    assert secret not in str(caught.value)


@given(keys(), keys())
def test_keys_that_differ_in_anything_have_other_ids(one: SignerKey, other: SignerKey) -> None:
    assert one == other or one.verifier.id != other.verifier.id


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no verifier key"),
        ("desk", "no verifier key"),
        (GO_VERIFIER.replace("c74f20a3", "C74F20A3"), "no verifier key"),
        (GO_VERIFIER.replace("c74f20a3", "c74f20a4"), "id is not its own"),
        (GO_VERIFIER.replace("Peter", "Paul"), "id is not its own"),
        (GO_VERIFIER + "\n", "no verifier key"),
        (GO_VERIFIER[:-1], "no verifier key"),
        (GO_VERIFIER.replace("10TW", "10TX"), "no verifier key|id is not its own"),
        ("a b+c74f20a3+ARpc", "no verifier key"),
        ("a\x85b+c74f20a3+ARpc", "no verifier key"),
        ("a\x00b+c74f20a3+ARpc", "no verifier key"),
        ("a\udc80b+c74f20a3+ARpc", "no verifier key"),
        ("a+c74f20a3+ARpc", "of 2 bytes, not 32"),
        ("a+c74f20a3+BgAA", "kind 0x06, which this version does not know"),
        ("a+c74f20a3+", "no verifier key"),
        (GO_SIGNER, "no verifier key"),
        (f"a+c74f20a3+{'A' * 10_000}", "no verifier key"),
    ],
)
def test_what_is_no_verifier_key_is_refused(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        read_verifier(text, "--verifier")
    assert caught.value.message.startswith("--verifier: ")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GO_VERIFIER, "no private key"),
        (GO_SIGNER.replace("c74f20a3", "c74f20a4"), "id is not its own"),
        (GO_SIGNER.replace("PRIVATE+KEY+", "PRIVATE+KEY"), "no private key"),
    ],
)
def test_what_is_no_private_key_is_refused(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read_signer(text, "desk.key")


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u00a0b", "a\x1bb", "a" * 201])
def test_no_key_has_a_name_that_a_note_cannot_bear(name: str) -> None:
    with pytest.raises(BadInput, match="cannot be the name of a key"):
        new_key(name, LEDGER_KEY, bytes(32))


# Notes


@given(notes())
def test_a_note_is_read_as_it_was_written(note: Note) -> None:
    assert read_note(bytes(note), "note") == note


@given(st.lists(keys(), min_size=1, max_size=4, unique_by=lambda key: key.name))
def test_every_signer_is_checked_by_itself(signers: list[SignerKey]) -> None:
    note = read_note(bytes(signed(TEXT, *signers)), "note")
    for signer in signers:
        states = {one.signature.name: one.state for one in check(note, [signer.verifier])}
        others = {key.name: "unknown" for key in signers}
        assert states == {**others, signer.name: "valid"}


def test_signing_again_replaces_only_the_signature_by_that_key() -> None:
    note = signed(TEXT, DESK, WITNESS)
    again = note.signed(WITNESS.sign(TEXT, 1_780_000_000))
    assert [one.name for one in again.signatures] == [DESK.name, WITNESS.name]
    assert again.signatures[0] == note.signatures[0]
    assert cosigned_at(again.signatures[1].value) == 1_780_000_000


@given(st.data())
def test_a_changed_text_or_signature_is_wrong(data: st.DataObject) -> None:
    """Whatever byte of the text or the signature's value is changed, by either kind of key."""
    signer = data.draw(st.sampled_from([DESK, WITNESS]))
    signature = signer.sign(TEXT, 1_770_000_000)
    place = data.draw(st.integers(0, len(TEXT) + len(signature.value) - 1))
    bit = 1 << data.draw(st.integers(0, 6))
    text, value = bytearray(TEXT.encode()), bytearray(signature.value)
    if place < len(text):
        text[place] ^= bit
    else:
        value[place - len(text)] ^= bit
    changed = Note(text.decode(), (Signature(signer.name, signature.key_id, bytes(value)),))
    assert [one.state for one in check(changed, [signer.verifier])] == ["wrong"]


def test_a_key_of_one_kind_does_not_pass_for_the_other() -> None:
    """The seed, the name and the signature are the same; the statement is another."""
    both = SignerKey("example.org/both", LEDGER_KEY, bytes(32))
    cosigner = SignerKey("example.org/both", COSIGNER_KEY, bytes(32))
    assert both.verifier.id != cosigner.verifier.id
    note = signed(TEXT, both)
    assert [one.state for one in check(note, [cosigner.verifier])] == ["unknown"]
    renamed = Note(TEXT, (Signature(both.name, cosigner.verifier.id, note.signatures[0].value),))
    assert [one.state for one in check(renamed, [cosigner.verifier])] == ["wrong"]


@pytest.mark.parametrize("length", [1, 63, 65, 71, 73, 2428])
def test_a_signature_of_another_length_is_wrong(length: int) -> None:
    for signer in (DESK, WITNESS):
        forged = Signature(signer.name, signer.verifier.id, bytes(length))
        assert check(Note(TEXT, (forged,)), [signer.verifier])[0].state == "wrong"


def test_a_cosignature_after_the_end_of_time_is_wrong() -> None:
    late = WITNESS.sign(TEXT, 1 << 63)
    assert check(Note(TEXT, (late,)), [WITNESS.verifier])[0].state == "wrong"


def test_two_keys_that_cannot_be_told_apart_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    other = VerifierKey(DESK.name, LEDGER_KEY, bytes(32))
    monkeypatch.setattr(VerifierKey, "id", b"same")
    with pytest.raises(BadInput, match="two different verifier keys"):
        check(signed(TEXT, DESK), [DESK.verifier, other])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"text\n",
        b"text\n\n",
        C2SP_NOTE.encode()[:-1],
        C2SP_NOTE.encode() + b"\n",
        C2SP_NOTE.encode() + b"more\n",
        C2SP_NOTE.replace("\n\n", "\n").encode(),
        C2SP_NOTE.replace("\n", "\r\n").encode(),
        C2SP_NOTE.replace("example message", "example\tmessage").encode(),
        C2SP_NOTE.replace("—", "-").encode(),
        C2SP_NOTE.replace("— ", "—").encode(),
        C2SP_NOTE.replace("example.com/foo ", "example.com/foo  ").encode(),
        C2SP_NOTE.replace("example.com/foo ", "").encode(),
        C2SP_NOTE.replace("example.com/foo ", "a+b ").encode(),
        C2SP_NOTE.replace("example.com/foo ", "a\u2003b ").encode(),
        C2SP_NOTE.replace("aQM=", "aQM").encode(),
        C2SP_NOTE.replace("aQM=", "aQN=").encode(),
        C2SP_NOTE.replace("aQM=", "aQM= ").encode(),
        C2SP_NOTE.replace("Uw2Q", "Uw2\u00e9").encode(),
        b"text\n\n\xe2\x80\x94 name Uw2QOg==\n",
        b"\xff" + C2SP_NOTE.encode(),
        C2SP_NOTE.encode() + GO_NOTE.encode().splitlines(keepends=True)[-1] * MOST_SIGNATURES,
        b"x" * MOST_BYTES + C2SP_NOTE.encode(),
    ],
)
def test_what_is_no_note_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput) as caught:
        read_note(data, "kept.checkpoint")
    assert caught.value.message.startswith("kept.checkpoint: ")
    assert caught.value.hint


@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda text: f"{text}\n\n— ".encode()))
def test_bytes_from_anywhere_are_read_or_refused(data: bytes) -> None:
    with suppress(LedgerError):
        assert bytes(read_note(data, "note")) == data


@given(notes(), st.data())
def test_a_note_with_a_byte_changed_is_another_or_none(note: Note, data: st.DataObject) -> None:
    """What is read back is always written as it was: no two spellings of one note."""
    changed = bytearray(bytes(note))
    changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    with suppress(LedgerError):
        assert bytes(read_note(bytes(changed), "note")) == changed


@given(st.text("ABab01+/=\n -_é", max_size=12))
def test_base64_has_one_spelling(text: str) -> None:
    found = read_base64(text)
    assert found is None or base64.b64encode(found).decode() == text
