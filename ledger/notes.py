"""Signed notes: a text, an empty line, and a line for each signature (C2SP signed-note).

::

    wherefrom/0ffe…                                  the text, which ends with a line break
    276
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — wherefrom/0ffe… Az3grlgtzPICa5OS8npVmf1M…      a dash, a name, and base64(key id ‖ signature)
    — example.org/desk jWbPPwAAAABkGFDLEZMHwSRa…

The empty line before the signatures is the last one of the note, so the text may hold others. A
note is UTF-8 without control characters other than the line break. A key's id is four bytes;
name and id together say which key is meant (:mod:`ledger.keys`), and so which kind of signature
it is. A note may bear signatures by keys that a reader does not know: they are kept, and count
for nothing.

What is read here comes from anywhere. A note has at most 1,000,000 bytes and 100 signatures;
base64 is taken only in the one spelling that encoding gives back.

https://c2sp.org/signed-note (v1.0.0); Go's ``golang.org/x/mod/sumdb/note`` reads and writes the
same.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from typing import Final

import attrs

from ledger.errors import BadInput

MOST_BYTES: Final = 1_000_000
MOST_SIGNATURES: Final = 100
KEY_ID_BYTES: Final = 4

_DASH: Final = "— "
_CONTROLS: Final = re.compile("[\x00-\x09\x0b-\x1f]")
_OF_AN_EDITOR: Final = (("\ufeff", "a byte-order mark"), ("\r\n", "line ends of Windows"))
_WANTED: Final = "Name a signed note, as `wherefrom checkpoint` writes it"


@attrs.frozen
class Signature:
    """One line under a note: whose it says it is, and the signature itself, unchecked."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {write_base64(self.key_id + self.value)}"


@attrs.frozen
class Note:
    """A text, which ends with a line break, and the signatures under it, in their order."""

    text: str
    signatures: tuple[Signature, ...]

    def __bytes__(self) -> bytes:
        lines = "".join(f"{signature}\n" for signature in self.signatures)
        return f"{self.text}\n{lines}".encode()

    def signed(self, signature: Signature) -> "Note":
        """Return the note with one more signature, in place of earlier ones by the same key."""
        return attrs.evolve(self, signatures=(*self._without(signature), signature))

    def _without(self, signature: Signature) -> Iterable[Signature]:
        for other in self.signatures:
            if (other.name, other.key_id) != (signature.name, signature.key_id):
                yield other


def read_note(data: bytes, what: str) -> Note:
    """Return the note that these bytes are; ``what`` names them in errors.

    The signatures are read, not checked. Raises ``BadInput`` for whatever is no note.
    """
    if len(data) > MOST_BYTES:
        raise BadInput(f"{what}: longer than {MOST_BYTES:,} bytes", _WANTED)
    try:
        note = data.decode()
    except UnicodeDecodeError:
        raise BadInput(f"{what}: no signed note, for it is not UTF-8", _WANTED) from None
    for trace, what_it_is in _OF_AN_EDITOR:
        if trace in note:
            raise BadInput(
                f"{what}: changed by an editor, which put {what_it_is} in",
                "Take the file as it was written: what is signed is signed to the byte",
            )
    if control := _CONTROLS.search(note):
        raise BadInput(
            f"{what}: no signed note, for it holds the character {control[0]!r}", _WANTED
        )
    text, separator, lines = note.rpartition("\n\n")
    if not separator or not lines.endswith("\n"):
        raise BadInput(f"{what}: no signed note, for no signatures end it", _WANTED)
    if lines.count("\n") > MOST_SIGNATURES:
        raise BadInput(f"{what}: more than {MOST_SIGNATURES} signatures", _WANTED)
    found = tuple(_read_signature(line, what) for line in lines[:-1].split("\n"))
    return Note(f"{text}\n", found)


def _read_signature(line: str, what: str) -> Signature:
    dash, name, encoded = line[: len(_DASH)], *line[len(_DASH) :].partition(" ")[::2]
    value = read_base64(encoded)
    if dash != _DASH or not is_name(name) or value is None or len(value) <= KEY_ID_BYTES:
        raise BadInput(f"{what}: no signature: {line[:100]!r}", _WANTED)
    return Signature(name, value[:KEY_ID_BYTES], value[KEY_ID_BYTES:])


def is_name(text: str) -> bool:
    """Whether a key may have this name: not empty, without spaces of any kind or a plus."""
    return bool(text) and not any(mark.isspace() or mark == "+" for mark in text)


def write_base64(data: bytes) -> str:
    """Return the standard base64 of RFC 4648, section 4, with its padding."""
    return base64.b64encode(data).decode()


def read_base64(text: str) -> bytes | None:
    """Return what a text encodes, or ``None`` unless it is exactly what encoding would write."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if write_base64(data) == text else None
