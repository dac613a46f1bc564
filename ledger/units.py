"""The words after a number that say what it counts: people, % of GDP, km/h.

A unit is kept as it is written. What only looks like one is refused, because a number read
with half of its sentence is read wrongly: *5 more attacks* is a difference, *3,428 or 3,500*
has a second number, *4 July* is a date.
"""

import re
from typing import Final

from ledger.amounts import CURRENCIES
from ledger.errors import BadInput
from ledger.names import fold
from ledger.numerals import SCALES

MAX_UNIT_WORDS: Final = 6

_UNIT = re.compile(
    rf"(?:[^\W\d_]|[%‰°{CURRENCIES}])(?:[\w .%/'²³°&{CURRENCIES}-]*[\w.%²³°{CURRENCIES}])?"
)
_NO_UNIT = re.compile(
    r"\b(?:than|least|most|more|fewer|less|between|to|or|and|but|nan|inf"
    r"|plus|moins|entre|à|ou|et|mais)\b|(?:^| )\d"
    rf"|^(?:{'|'.join(SCALES)})\b"
    r"|^(?:january|february|march|april|june|july|august|september|october|november|december"
    r"|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)\b",
    re.IGNORECASE,
)
_OF = re.compile(r"^(?:of |de |d')", re.IGNORECASE)


def read_unit(phrase: str, end: int, signs: tuple[str | None, ...], what: str) -> str | None:
    """Return the unit: the signs at the numbers, and the words from ``end`` on."""
    named = [sign for sign in signs if sign]
    if len({fold(sign) for sign in named}) > 1:
        raise BadInput(f"{what}: two units, {' and '.join(named)}", "Write both numbers in one")
    words = phrase[end:].strip()
    if not words:
        return named[0] if named else None
    if not named or named[0] in CURRENCIES:
        words = _OF.sub("", words, count=1)
    if named and fold(named[0]) == fold(words):
        return words
    if not _UNIT.fullmatch(words) or _NO_UNIT.search(words) or len(words.split()) > MAX_UNIT_WORDS:
        raise BadInput(
            f"{what}: {words!r} after the number is no unit",
            f"Write a number, a bound or a range with a unit of at most {MAX_UNIT_WORDS} words",
        )
    if named and not (named[0] == "%" or named[0][-1] in CURRENCIES or named[0].isupper()):
        raise BadInput(f"{what}: two units, {named[0]} and {words}", "Write both numbers in one")
    return f"{named[0]} {words}" if named else words
