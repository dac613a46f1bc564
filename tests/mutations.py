"""Bytes that are nearly what they should be: valid ones, changed in the ways that find mistakes.

``mutated`` draws for Hypothesis, which makes a failing case small; ``scrambled`` takes a seed and
is for runs of thousands. Both cut, repeat, swap, splice and flip, and write into the bytes what
readers stumble over: numbers at the ends of their ranges, brackets that nest, texts that end
early, signs of other formats.
"""

import random
import re
from collections.abc import Callable, Sequence

from hypothesis import strategies as st

NUMBERS = (
    b"0", b"-1", b"1", b"00", b"2147483648", b"4294967296", b"9007199254740993",
    b"9223372036854775808", b"-9223372036854775809", b"18446744073709551616", b"9" * 400,
    b"1e400", b"1e999999999", b"1e99999999999999999999", b"-1e-999999999", b"0x10", b"1.", b".5",
    b"NaN", b"Infinity", b"1_000", "٣٤".encode(), "１２".encode(), "²".encode(),
)  # fmt: skip

TOKENS = (
    b"", b"\x00", b"\n", b"\r\n", b"\r", b"\t", b" ", b'"', b"'", b"\\", b",", b";", b":", b"{",
    b"}", b"[", b"]", b"/", b"//", b"..", b"../", b"-", b"+", b"?", b"~", b"%", b"X", b"=", b"@",
    b"null", b"true", b"false", b"\\u0000", b"\\ud800", b"\\udc80", b"\xff", b"\xc0\x80",
    b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xf4\x90\x80\x80", "\u202e".encode(), "\u200b".encode(),
    "\U0010ffff".encode(), "ſ".encode(), "İ".encode(), "ﬁ".encode(), "\u0301".encode() * 50,
    b"<!--", b"<![CDATA[", b"]]>", b"<!ENTITY x SYSTEM 'file:///etc/passwd'>", b"&x;", b"%PDF-1.7",
    b"PK\x03\x04", b"\x1f\x8b", b"SQLite format 3\x00", b"[" * 2_000, b'{"a":' * 2_000,
    b"(" * 500, b"<div>" * 300, b" " * 5_000, b"9" * 5_000, b"a" * 70_000, b"\n\n",
    "— ".encode(), b"type", b"statement", b"reading", b"schema",
)  # fmt: skip

_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_Choose = Callable[[int], int]
"""Returns a whole number from 0 up to, not with, the one it is given."""


@st.composite
def mutated(draw: st.DrawFn, valid: Sequence[bytes], most: int = 4) -> bytes:
    """Draw one of these byte strings with some changes, at most so many."""
    data = draw(st.sampled_from(list(valid)))
    for _ in range(draw(st.integers(1, most))):
        data = _changed(data, valid, lambda below: draw(st.integers(0, below - 1)))
    return data


def scrambled(valid: Sequence[bytes], seed: int, most: int = 4) -> bytes:
    """Return one of these byte strings with some changes, the same for the same seed."""
    dice = random.Random(seed)
    data = dice.choice(list(valid))
    for _ in range(dice.randint(1, most)):
        data = _changed(data, valid, dice.randrange)
    return data


def _changed(data: bytes, others: Sequence[bytes], choose: _Choose) -> bytes:
    start = choose(len(data) + 1)
    end = start + choose(min(len(data) - start, 64) + 1)
    before, middle, after = data[:start], data[start:end], data[end:]
    match choose(10):
        case 0:
            return before + after
        case 1:
            return before + middle * (2 + choose(40)) + after
        case 2:
            return before
        case 3:
            return before + TOKENS[choose(len(TOKENS))] + middle + after
        case 4:
            return before + TOKENS[choose(len(TOKENS))] + after
        case 5:
            return before + bytes([choose(256)]) + after
        case 6:
            return before + middle[::-1] + after
        case 7:
            other = others[choose(len(others))]
            cut = choose(len(other) + 1)
            return before + other[cut : cut + 1 + choose(200)] + after
        case 8:
            numbers = [found.span() for found in _NUMBER.finditer(data)]
            if not numbers:
                return data
            first, last = numbers[choose(len(numbers))]
            return data[:first] + NUMBERS[choose(len(NUMBERS))] + data[last:]
        case _:
            return flipped(data, choose(8 * len(data))) if data else data


def flipped(data: bytes, bit: int) -> bytes:
    """Return the bytes with one bit turned over."""
    at, place = divmod(bit, 8)
    return data[:at] + bytes([data[at] ^ 1 << place]) + data[at + 1 :]
