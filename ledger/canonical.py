"""Canonical JSON, the only spelling in which anything is hashed: RFC 8785 (JCS).

One value, one sequence of bytes: UTF-8, no white space, keys in order, the shortest escapes.
RFC 8785 orders keys by UTF-16 code units; no key goes beyond U+FFFF (the codec refuses it in the
qualifiers of a scope, the only keys that people choose), and below that the
order of UTF-16 code units, of code points and of UTF-8 bytes is one and the same, so that
a fast serialiser (orjson, which sorts by UTF-8 bytes) writes just what the RFC asks for.
Numbers are whole and below 2**53: amounts are texts, never floats (RFC 8785, section 3.2.2.3,
would spell them as ECMAScript does, which loses digits).
"""

import hashlib
from typing import Any

import orjson

from ledger.errors import BadInput, Damaged

Json = dict[str, Any]

LAST_OF_KEYS = "\uffff"
"""The last character that a key may have; see above."""

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


def canonical(value: Json) -> bytes:
    """Return the canonical bytes of a JSON object.

    Raises ``BadInput`` for text that is not Unicode (a lone surrogate) and ``TypeError`` for
    a whole number of 2**53 or more.
    """
    try:
        return orjson.dumps(value, option=_OPTIONS)
    except TypeError as error:
        if "surrogate" in str(error) or "UTF-8" in str(error):
            raise BadInput("text with half a surrogate pair", "Write valid Unicode") from None
        raise


def parse(data: bytes, what: str) -> Json:
    """Return the JSON object in ``data``; raise ``Damaged`` naming ``what`` if there is none."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Damaged(f"{what}: not JSON ({error})") from None
    if not isinstance(value, dict):
        raise Damaged(f"{what}: not a JSON object")
    return value


def sha256(data: bytes) -> bytes:
    """Return the 32 bytes of SHA-256 (FIPS 180-4)."""
    return hashlib.sha256(data).digest()
