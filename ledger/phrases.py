"""The words around a number, in English and in French: bounds, *about*, vague counts.

Each table is a list of what people write; the regular expressions are made from them, the
longest phrase first, so that *no more than* is not read as *more than*.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

CURRENCIES: Final = "$€£¥₽₴₪₹₺₩"
"""Signs that may stand before the number."""

BEFORE: Final[dict[str, str]] = {
    "least": "at least|a minimum of|minimum of|minimum|min.|no fewer than|no less than"
    "|not fewer than|not less than|≥|>=|au moins|au minimum|un minimum de|minimum de"
    "|pas moins de|pas moins d'",
    "more": "more than|over|above|exceeding|upwards of|in excess of|>|plus de|plus d'|au-delà de"
    "|au-dessus de",
    "most": "at most|up to|a maximum of|maximum of|maximum|max.|no more than|not more than|≤|<="
    "|au plus|au maximum|un maximum de|maximum de|jusqu'à|pas plus de|pas plus d'",
    "fewer": "fewer than|less than|under|below|<|moins de|moins d'|au-dessous de",
    "exactly": "exactly|precisely|exactement|précisément",
    "about": "about|around|roughly|approximately|approx.|circa|ca.|c.|some|nearly|almost|~|≈"
    "|environ|à peu près|autour de|autour d'|aux alentours de|près de|près d'|quelque|presque",
    "between": "between|entre",
    "from": "from|de",
}
"""What may stand before a number, by what it says; *nearly* and *près de* are an *about*."""

AFTER: Final[dict[str, str]] = {
    "least": "or more|and more|or over|and above|and over|at least|minimum|ou plus|et plus"
    "|ou davantage|au moins|au minimum",
    "most": "or fewer|or less|and under|at most|maximum|ou moins|et moins|au plus|au maximum",
    "about": "or so|approximately|environ|à peu près",
    "exactly": "exactly|exactement",
}
"""What may stand after the number, or at the very end of the text."""

_FRENCH = (
    r"\b(?:au|aux|de|des|du|le|la|les|entre|et|à|environ|près|jusqu'à|plus de|moins|ou|un|une|deux"
    r"|trois|quatre|cinq|sept|huit|neuf|dix|cent|mille|milliers?|milliards?|quelques?|plusieurs"
    r"|autour|exactement|uniquement|centaines?|dizaines?)\b|\bd'"
)
"""Words that make a phrase French, where a *billion* is 10^12 and a *trillion* 10^18."""

COUNTING_NOUNS: Final[dict[str, int]] = {
    "ten": 10, "dozen": 12, "score": 20, "hundred": 100, "thousand": 1000,
    "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30,
    "quarantaine": 40, "cinquantaine": 50, "soixantaine": 60, "centaine": 100, "millier": 1000,
    "million": 10**6, "billion": 10**9, "milliard": 10**9, "trillion": 10**12,
}  # fmt: skip
"""Nouns that count: in the plural alone (*dozens*, *des centaines*) at least two of them."""

COLLECTIVES: Final[dict[str, int]] = {
    noun: number
    for noun, number in COUNTING_NOUNS.items()
    if noun in ("dozen", "millier") or noun.endswith("aine")
}
"""Nouns of which one is *about* that many: *a dozen*, *une centaine*, *deux douzaines*."""

INDEFINITES: Final[dict[str, int]] = {
    "several": 2, "a few": 2, "few": 2, "a handful": 2, "many": 2, "numerous": 2,
    "plusieurs": 2, "quelques": 2, "de nombreux": 2, "de nombreuses": 2, "some": 1,
}  # fmt: skip
"""Words that count vaguely, and the fewest they can mean."""

NONE: Final = ("none", "no", "aucun", "aucune")
"""Words for 0 that a unit may follow."""


def is_french(phrase: str) -> bool:
    """Whether a phrase has French words, so that its *billion* is no milliard."""
    return re.search(_FRENCH, phrase.replace("UN", ""), re.IGNORECASE) is not None


def kinds(table: dict[str, str]) -> dict[str, str]:
    """Return the table turned round: each phrase and what it says."""
    return {phrase: kind for kind, phrases in table.items() for phrase in phrases.split("|")}


def any_of(phrases: Iterable[str]) -> str:
    """Return a regular expression for any of the phrases: the longest first, whole words only."""
    ordered = sorted(phrases, key=len, reverse=True)
    return "(?:" + "|".join(map(_whole, ordered)) + ")"


def _whole(phrase: str) -> str:
    return re.escape(phrase) + (r"(?!\w)" if phrase[-1].isalpha() else "")


@cache
def _heads() -> tuple[re.Pattern[str], dict[str, str]]:
    said = kinds(BEFORE)
    return re.compile("(" + any_of(said) + ") ?", re.IGNORECASE), said


@cache
def _tails() -> tuple[re.Pattern[str], dict[str, str]]:
    said = kinds(AFTER)
    return re.compile(" (" + any_of(said) + ")", re.IGNORECASE), said


def head(phrase: str, start: int) -> tuple[str | None, bool, int]:
    """Return the bound and the *about* that stand at ``start``, and where they end."""
    pattern, said = _heads()
    bound, about = None, False
    while found := pattern.match(phrase, start):
        kind = said[found[1].lower()]
        if about if kind == "about" else bound:
            break
        if kind == "about":
            about = True
        else:
            bound = kind
        start = found.end()
    return bound, about, start


def after_number(phrase: str, end: int) -> tuple[str | None, int]:
    """Return what ``+`` or *or more* right after the number says, and where it ends."""
    if phrase.startswith("+", end) and not phrase.startswith(("+/", "+-"), end):
        return "least", end + 1
    pattern, said = _tails()
    found = pattern.match(phrase, end)
    return (said[found[1].lower()], found.end()) if found else (None, end)


def tail_end(phrase: str) -> tuple[str, str | None]:
    """Return the phrase without *or more*, *au moins*, *environ* at its end, and what that said."""
    pattern, said = _tails()
    for found in pattern.finditer(phrase):
        if found.end() == len(phrase):
            return phrase[: found.start()], said[found[1].lower()]
    return phrase, None
