"""The words after a number that say what it counts: people, % of GDP, km/h.

A unit is kept as it is written. What only looks like one is refused, because a number read
with half of its sentence is read wrongly: *5 more attacks* is a difference, *3,428 or 3,500*
has a second number, *4 July* is a date, *12 attacks at least once* has a bound in it.
"""

import re
from functools import cache
from typing import Final

from ledger import phrases
from ledger.errors import BadInput
from ledger.names import fold
from ledger.numerals import SCALES, read_number_words

MAX_UNIT_WORDS: Final = 6

_SIGN = re.compile(rf"([%‰°]|[A-Z]{{0,2}}[{phrases.CURRENCIES}])(?![\w%‰°{phrases.CURRENCIES}])")
_PERCENT = re.compile(r"^(?:per|pour) ?cent(?!\w)", re.IGNORECASE)
_WORDS = re.compile(r"(?:[^\W\d_]|°|/ ?[^\W\d_])(?:(?:[\w .%/'²³°&-]|,(?=\d{3}))*[\w.%²³°])?")
_OF = re.compile(r"(?:(?:of|de) |d')+", re.IGNORECASE)
_MONTHS = (
    "january february march april june july august september october november december janvier"
    " février mars avril mai juin juillet août septembre octobre novembre décembre"
)
_JOINING = (
    "than least most more fewer less between to or and but nan inf plus moins entre à ou et mais"
)


@cache
def _no_unit() -> re.Pattern[str]:
    """Return what no unit may contain: a bound, a second number; or begin with: a count."""
    counts = [*SCALES, *phrases.COUNTING_NOUNS, *(f"{noun}s" for noun in phrases.COUNTING_NOUNS)]
    first = [*counts, *phrases.kinds(phrases.BEFORE), *phrases.INDEFINITES, *_MONTHS.split()]
    inside = [*phrases.kinds(phrases.AFTER), *_JOINING.split()]
    return re.compile(
        rf"^{phrases.any_of(first)}|(?<!\w){phrases.any_of(inside)}"
        r"|(?<!\S)(?<!per )(?<!pour )(?<!\d )\d",
        re.IGNORECASE,
    )


def read_unit(phrase: str, end: int, signs: tuple[str | None, ...], what: str) -> str | None:
    """Return the unit: the ``signs`` at the numbers, and the words of ``phrase`` from ``end`` on.

    *of*, *de* and *d'* that join a count to what it counts are left out (*millions de
    personnes*), but *% of GDP* is a unit. Raises ``BadInput`` for two differing signs and
    for words that are no unit; ``what`` names the field.
    """
    named = [sign for sign in signs if sign]
    if len({fold(sign) for sign in named}) > 1:
        raise BadInput(f"{what}: two units, {' and '.join(named)}", "Write both numbers in one")
    sign = named[0] if named else None
    words = phrase[end:].strip()
    if sign and sign[0].isalpha() and fold(sign) == fold(words):
        return words
    if sign is None:
        words = _PERCENT.sub("%", _without_of(words), count=1)
        found = _SIGN.match(words)
        if found:
            sign, words = found[1], words[found.end() :].strip()
    if sign and sign[-1] in phrases.CURRENCIES:
        words = _without_of(words)
    if not words:
        return sign
    if (
        not _WORDS.fullmatch(words)
        or _no_unit().search(words)
        or len(words.split()) > MAX_UNIT_WORDS
        or _begins_with_number(words)
    ):
        raise BadInput(
            f"{what}: {words!r} after the number is no unit",
            f"Write a number, a bound or a range with a unit of at most {MAX_UNIT_WORDS} words",
        )
    if sign and sign[0].isalpha() and not sign.isupper() and sign[-1] not in phrases.CURRENCIES:
        raise BadInput(f"{what}: two units, {sign} and {words}", "Write both numbers in one")
    return f"{sign} {words}" if sign else words


def _begins_with_number(words: str) -> bool:
    """Whether the words begin with a number of their own; *UN* is none."""
    first = re.split("[ -]", words)
    if first[0] == "UN":
        return False
    return read_number_words([word.lower() for word in first])[1] > 0


def _without_of(words: str) -> str:
    joined = _OF.match(words)
    return words[joined.end() :] if joined else words
