"""Keys: who signed, and what a key of either kind signs (C2SP signed-note and tlog-cosignature).

A key is written as text. The verifier key is for everyone, the signer key for its owner alone::

    PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW
    PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz
                name         id       base64(kind ‖ 32 bytes)

The 32 bytes are an Ed25519 public key in the first and the seed of the private one in the second
(RFC 8032). The id tells one key from another, and no more than that::

    id = sha256(name ‖ line break ‖ kind ‖ public key), the first four bytes, in hex

The kind, one byte, says what the key signs:

====  ==============  =====================================================================
0x01  a ledger's key  the text of the note; the signature is the 64 bytes of Ed25519
0x04  a cosigner's    ``cosignature/v1``, a line ``time`` and the seconds since 1970, then the
                      text; the signature is that time in eight bytes, then the 64
====  ==============  =====================================================================

A cosigner says that, at that time, this was the longest tree it had seen of this name, and that it
was consistent with all it had seen before. That is another statement than the ledger's own, which
has no time, and one key must not make both: whoever has two roles has two keys.

C2SP recommends the post-quantum signatures of kind 0x06 to new cosigners. We write Ed25519, which
all that reads notes can check, and pass other kinds by as signatures of unknown keys.

https://c2sp.org/signed-note, https://c2sp.org/tlog-cosignature; the text of a signer key is that of
Go's ``golang.org/x/mod/sumdb/note``.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple

import attrs

from ledger.errors import BadInput
from ledger.notes import KEY_ID_BYTES, Note, Signature, is_name, read_base64, write_base64

LEDGER_KEY: Final = 0x01
COSIGNER_KEY: Final = 0x04
KINDS: Final = {LEDGER_KEY: "a ledger's key", COSIGNER_KEY: "a cosigner's key"}

SEED_BYTES: Final = 32
MOST_NAME: Final = 200
_PRIVATE: Final = "PRIVATE+KEY+"
_SIGNATURE_BYTES: Final = 64
_TIME_BYTES: Final = 8
_MOST_TIME: Final = (1 << 63) - 1
_KEY: Final = re.compile(r"(?P<name>[^+]+)\+(?P<id>[0-9a-f]{8})\+(?P<data>[A-Za-z0-9+/=]{1,5000})")
_VERIFIER_HINT: Final = "Write it as `wherefrom keygen` printed it: NAME+8 digits+letters"
_SIGNER_HINT: Final = "Name a file that `wherefrom keygen` made"


@attrs.frozen
class VerifierKey:
    """What checks the signatures of one signer."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that, with the name, say which key signed."""
        named = f"{self.name}\n".encode() + bytes([self.kind]) + self.public
        return hashlib.sha256(named).digest()[:KEY_ID_BYTES]

    def __str__(self) -> str:
        data = write_base64(bytes([self.kind]) + self.public)
        return f"{self.name}+{self.id.hex()}+{data}"

    def verifies(self, text: str, signature: bytes) -> bool:
        """Return whether a signature is this key's over the text of a note."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        message = text.encode()
        if self.kind == COSIGNER_KEY:
            time = cosigned_at(signature)
            if time is None:
                return False
            message, signature = _cosigned(text, time), signature[_TIME_BYTES:]
        if len(signature) != _SIGNATURE_BYTES:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@attrs.frozen
class SignerKey:
    """What makes the signatures of one signer, from 32 bytes that nobody else may know."""

    name: str
    kind: int
    seed: bytes = attrs.field(repr=False)

    def __str__(self) -> str:
        """Return the text to be kept: with it, anybody can sign."""
        data = write_base64(bytes([self.kind]) + self.seed)
        return f"{_PRIVATE}{self.name}+{self.verifier.id.hex()}+{data}"

    @property
    def verifier(self) -> VerifierKey:
        """The key that checks what this one signs."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return VerifierKey(self.name, self.kind, public)

    def sign(self, text: str, time: int) -> Signature:
        """Return the signature under a note; ``time``, in seconds since 1970, a cosigner's bears.

        The text of a note that is cosigned is to be a checkpoint (:mod:`ledger.checkpoints`).
        """
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        private = Ed25519PrivateKey.from_private_bytes(self.seed)
        if self.kind == COSIGNER_KEY:
            value = time.to_bytes(_TIME_BYTES, "big") + private.sign(_cosigned(text, time))
        else:
            value = private.sign(text.encode())
        return Signature(self.name, self.verifier.id, value)


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def cosigned_at(signature: bytes) -> int | None:
    """Return the time that a cosigner's signature bears, in seconds; ``None`` if it bears none."""
    if len(signature) != _TIME_BYTES + _SIGNATURE_BYTES:
        return None
    time = int.from_bytes(signature[:_TIME_BYTES], "big")
    return time if time <= _MOST_TIME else None


def new_key(name: str, kind: int, seed: bytes) -> SignerKey:
    """Return a key made of 32 random bytes; raise ``BadInput`` where nobody could bear the name."""
    assert kind in KINDS
    assert len(seed) == SEED_BYTES
    if not is_name(name) or len(name) > MOST_NAME or not name.isprintable():
        raise BadInput(
            f"{name!r} cannot be the name of a key",
            f"Write it without spaces and plus signs, at most {MOST_NAME} characters, "
            "as example.org/desk",
        )
    return SignerKey(name, kind, seed)


def read_verifier(text: str, what: str) -> VerifierKey:
    """Return the verifier key that a text is; ``what`` names it in errors.

    Raises ``BadInput`` for what is none, whose id is not its own, or whose kind we cannot check.
    """
    name, id_, kind, public = _read(text, what, "verifier key", _VERIFIER_HINT)
    key = VerifierKey(name, kind, public)
    if key.id.hex() != id_:
        raise BadInput(f"{what}: a verifier key whose id is not its own", _VERIFIER_HINT)
    return key


def read_signer(text: str, what: str) -> SignerKey:
    """Return the signer key that a text is; raise ``BadInput``, which never tells the text."""
    if not text.startswith(_PRIVATE):
        raise BadInput(f"{what}: no private key", _SIGNER_HINT)
    name, id_, kind, seed = _read(text[len(_PRIVATE) :], what, "private key", _SIGNER_HINT)
    key = SignerKey(name, kind, seed)
    if key.verifier.id.hex() != id_:
        raise BadInput(f"{what}: a private key whose id is not its own", _SIGNER_HINT)
    return key


def _read(text: str, what: str, noun: str, hint: str) -> tuple[str, str, int, bytes]:
    """Return the parts of a key: its name, its id, its kind and its 32 bytes."""
    found = _KEY.fullmatch(text)
    data = read_base64(found["data"]) if found else None
    if found is None or not data or not is_name(found["name"]) or not _is_text(found["name"]):
        raise BadInput(f"{what}: no {noun}", hint)
    kind, key = data[0], data[1:]
    if kind not in KINDS:
        raise BadInput(
            f"{what}: a {noun} of the kind 0x{kind:02x}, which this version does not know",
            "It knows Ed25519: 0x01 and 0x04",
        )
    if len(key) != SEED_BYTES:
        raise BadInput(f"{what}: a {noun} of {len(key)} bytes, not {SEED_BYTES}", hint)
    return found["name"], found["id"], kind, key


def _is_text(name: str) -> bool:
    """Whether a name could stand in a note: encodable, without control characters."""
    return all(mark >= " " and not "\ud800" <= mark <= "\udfff" for mark in name)


class Checked(NamedTuple):
    """What became of one signature: ``unknown`` if no key was at hand that it says it is by."""

    signature: Signature
    state: Literal["valid", "wrong", "unknown"]
    key: VerifierKey | None = None

    @property
    def time(self) -> int | None:
        """When a cosigner says that it signed, in seconds since 1970; of a valid one only."""
        if self.state != "valid" or self.key is None or self.key.kind != COSIGNER_KEY:
            return None
        return cosigned_at(self.signature.value)


def check(note: Note, keys: Sequence[VerifierKey]) -> list[Checked]:
    """Return what became of each signature, in their order.

    A note counts only if at least one is ``valid`` and none is ``wrong`` (C2SP signed-note).
    Raises ``BadInput`` where two different keys have one name and id.
    """
    known = by_name_and_id(keys)
    return [_checked(note.text, signature, known) for signature in note.signatures]


def by_name_and_id(keys: Iterable[VerifierKey]) -> dict[tuple[str, bytes], VerifierKey]:
    """Return keys by what a signature names them with."""
    known: dict[tuple[str, bytes], VerifierKey] = {}
    for key in keys:
        if known.setdefault((key.name, key.id), key) != key:
            raise BadInput(
                f"two different verifier keys of the name {key.name} have the id {key.id.hex()}",
                "One of them was made to be mistaken for the other: find out which is right",
            )
    return known


def _checked(
    text: str, signature: Signature, known: dict[tuple[str, bytes], VerifierKey]
) -> Checked:
    key = known.get((signature.name, signature.key_id))
    if key is None:
        return Checked(signature, "unknown")
    return Checked(signature, "valid" if key.verifies(text, signature.value) else "wrong", key)
