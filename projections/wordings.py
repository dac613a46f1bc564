"""Wordings that are alike: a sign that two who say the same have it from one another.

It is no proof, since two can quote one speech. So those who word a claim alike are shown beside
the count of independent origins, and stay counted apart.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from projections.held import Held

_WORD = re.compile(r"\w{4,}|\d+")
_GROUPING = re.compile(r"(?<=\d)[\s,.'](?=\d{3}(?!\d))")

LEAST = 8
"""So many different words a wording has to have: what is shorter is alike by chance."""


@lru_cache(maxsize=4_096)
def likeness(wording: str) -> int | None:
    """Return a number that wordings share if they are alike; ``None`` for a few words.

    Alike are those of the same words, whatever their order, case, accents and punctuation, and
    however often each occurs; words of up to three letters do not count, and a number is one word
    however it is grouped. The number is of this version of the views and kept nowhere else.
    """
    plain = unicodedata.normalize("NFKD", wording).casefold()
    letters = "".join(mark for mark in plain if not unicodedata.combining(mark))
    words = sorted(set(_WORD.findall(_GROUPING.sub("", letters))))
    if len(words) < LEAST:
        return None
    digest = hashlib.blake2b(" ".join(words).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def worded_alike(claims: "Iterable[Held]") -> "list[list[Held]]":
    """Return the groups of claims of different origins whose wordings are alike, in their order."""
    groups: dict[int, list[Held]] = {}
    for held in claims:
        wording = held.claim.wording
        number = None if wording is None else likeness(wording)
        if number is not None:
            groups.setdefault(number, []).append(held)
    return [group for group in groups.values() if len({held.origin for held in group}) > 1]
