"""Figures and number words → exact decimals, in English and in French.

A figure is digits with at most one way of grouping them and a decimal *point*:

=================  =====================================================================
``3428``           plain; ``12.5`` with decimals
``3,428,000.5``    grouped in threes by commas, by apostrophes (``3'428``) or by spaces
                   (``3 428``; every space that Unicode knows)
``3,42``           refused: nobody can tell a decimal comma from a slip in the grouping
``5,3 millions``   5.3: one or two digits before a scale word can only be decimals
``3,428 million``  refused: 3.428 million in French, 3,428 million in English
=================  =====================================================================

With a locale the figure is read by that locale's rules instead (CLDR, through ``babel``,
imported only then). Never a float: ``0.1`` is a tenth.
"""

import re
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Final

from ledger.errors import BadInput


class BadFigure(BadInput):
    """Digits that can be read in two ways, or in none."""


SCALES: Final[dict[str, int]] = {
    "hundred": 2,
    **dict.fromkeys(("thousand", "thousands", "mille", "millier", "milliers"), 3),
    **dict.fromkeys(("lakh", "lakhs"), 5),
    **dict.fromkeys(("million", "millions"), 6),
    **dict.fromkeys(("crore", "crores"), 7),
    **dict.fromkeys(("billion", "billions", "milliard", "milliards", "bn", "md", "mds"), 9),
    **dict.fromkeys(("trillion", "trillions", "tn"), 12),
}
"""Scale words and their power of ten, on the short scale; French says *milliard* for 10^9."""

FIGURE: Final = re.compile(r"\d(?:[\d ,.']*\d)?(?![.,]\d)", re.ASCII)
"""Where a figure ends: the last digit of a run of digits and separators."""

_SPACED = re.compile(r"([1-9]\d{0,2})((?: \d{3})+|(?:'\d{3})+)((?:[.,]\d+)?)", re.ASCII)
_PLAIN = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_COMMAS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_GROUP_OF_THREE = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)
_DECIMAL_COMMA = re.compile(r"\d{1,3},\d{1,2}", re.ASCII)


def read_figure(figure: str, locale: str | None, scaled: bool, what: str) -> Decimal:
    """Read an unsigned figure, in plain spaces and apostrophes, and return its number.

    ``scaled``: a scale word follows it. Its digits behind the point are kept (``5.30`` has
    two), since a scaled figure is taken to be rounded there. Raises ``BadFigure`` with every
    reading it can have.
    """
    ungrouped = figure
    spaced = _SPACED.fullmatch(figure)
    if spaced:
        ungrouped = spaced[1] + re.sub("[ ']", "", spaced[2]) + spaced[3]
    if locale is not None:
        return _by_locale(ungrouped, figure, locale, what)
    if _PLAIN.fullmatch(ungrouped):
        return Decimal(ungrouped)
    if not spaced and _COMMAS.fullmatch(figure) and not (scaled and figure.count(",") == 1):
        return Decimal(figure.replace(",", ""))
    if not spaced and scaled and _DECIMAL_COMMA.fullmatch(figure):
        return Decimal(figure.replace(",", "."))
    raise _bad_figure(figure, what)


def _by_locale(ungrouped: str, figure: str, locale: str, what: str) -> Decimal:
    """Read a figure by the rules of ``locale``, such as ``fr``, ``de_CH`` or ``en-IN``."""
    from babel.core import Locale, UnknownLocaleError
    from babel.numbers import NumberFormatError, get_decimal_symbol, get_group_symbol, parse_decimal

    try:
        rules = Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        raise BadInput(
            f"{what}: unknown locale {locale[:40]!r}", "Write a language such as fr, de or en_IN"
        ) from None
    point = get_decimal_symbol(rules)
    # Where a comma is the point and spaces group, babel reads 3.428 as English does.
    if point == "," and _GROUP_OF_THREE.fullmatch(ungrouped):
        if get_group_symbol(rules) != ".":
            raise _bad_figure(figure, what, point)
        return Decimal(ungrouped.replace(".", ""))
    try:
        return Decimal(parse_decimal(ungrouped, locale=rules, strict=True))
    except (NumberFormatError, InvalidOperation):
        raise _bad_figure(figure, f"{what} (locale {locale})", point) from None


def _bad_figure(figure: str, what: str, point: str = ".") -> BadFigure:
    """Return the error for a figure, with what it may have meant, as it can be written.

    ``point`` is the decimal sign of the locale in which it is to be written.
    """
    joined = re.sub("[ ']", "", figure).replace(",", ".")
    grouped = joined.replace(".", "")
    readings = []
    problem = f"{what}: {figure!r} is neither a grouped number nor a decimal one"
    if ".." in joined:
        one, two = joined.split("..", 1)
        one, two = one.strip("."), two.strip(".")
        if one.isdigit() and two.isdigit():
            return BadFigure(problem, f"Write {one}{point}{two}, or {one} to {two} for a range")
        return BadFigure(problem, f"Write a number such as 3428{point}5")
    last = joined.rpartition(".")[2]
    if joined.count(".") == 1 or (
        joined.count(".") > 1 and (len(last) != 3 or ("," in figure and "." in figure))
    ):
        whole, _, decimals = joined.rpartition(".")
        readings.append(f"{whole.replace('.', '')}{point}{decimals}")
    if grouped[0] != "0":
        readings.append(f"{grouped} if it groups the digits" if readings else grouped)
    return BadFigure(
        problem, "Write " + (", or ".join(readings) or f"a number such as 3428{point}5")
    )


Names = dict[tuple[str, ...], int]

_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    " fifteen sixteen seventeen eighteen nineteen"
).split()
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_FRENCH = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze"
    " seize dix-sept dix-huit dix-neuf"
).split()
_FRENCH_TENS = {
    "vingt": (20, 9), "trente": (30, 9), "quarante": (40, 9), "cinquante": (50, 9),
    "soixante": (60, 19), "quatre-vingt": (80, 19),
    "septante": (70, 9), "huitante": (80, 9), "nonante": (90, 9),
}  # fmt: skip
"""A ten and how many are counted on from it: *soixante-dix-neuf*, *quatre-vingt-dix*."""


@cache
def _names() -> dict[str, Names]:
    """Return the words of 0 to 99 by language, as they are without hyphens."""
    english: Names = {(word,): number for number, word in enumerate(_ENGLISH)}
    for ten, word in enumerate(_ENGLISH_TENS, 2):
        english[(word,)] = 10 * ten
        for unit in range(1, 10):
            english[(word, _ENGLISH[unit])] = 10 * ten + unit
    french: Names = {tuple(word.split("-")): number for number, word in enumerate(_FRENCH)}
    for word, (start, most) in _FRENCH_TENS.items():
        ten_words = tuple(word.split("-"))
        french[ten_words] = start
        for number in range(1, most + 1):
            rest = tuple(_FRENCH[number].split("-"))
            french[(*ten_words, *rest)] = start + number
            if number in (1, 11):
                french[(*ten_words, "et", *rest)] = start + number
    french |= {("une",): 1, ("quatre", "vingts"): 80}
    return {"en": english, "fr": french}


_THOUSAND = {"en": "thousand", "fr": "mille"}


def read_number_words(words: list[str]) -> tuple[int, int]:
    """Return the number that ``words`` (lower case) begin with, and how many words it takes.

    ``(0, 0)`` when they begin with none. Numbers run to 999,999; million and above are scale
    words. English and French are never mixed: *two cents* is 2.
    """
    if words[:1] == ["a"] and words[1:2] and words[1] in SCALES:
        words = ["one", *words[1:]]
    readings = [_below_million(words, language) for language in ("en", "fr")]
    return max(readings, key=lambda reading: reading[1])


def _below_million(words: list[str], language: str) -> tuple[int, int]:
    number, end = _below_thousand(words, 0, language)
    if words[end : end + 1] != [_THOUSAND[language]] or (end == 0 and language == "en"):
        return number, end
    thousands = number if end else 1
    rest, end = _below_thousand(words, end + 1, language)
    return thousands * 1000 + rest, end


def _below_thousand(words: list[str], start: int, language: str) -> tuple[int, int]:
    """Return the number from ``words[start]`` on, and the index after it (``start``: none)."""
    number, end = _below_hundred(words, start, language)
    after = words[end : end + 1]
    if language == "en":
        if end == start or after != ["hundred"]:
            return number, end
        joined = end + 2 if words[end + 1 : end + 2] == ["and"] else end + 1
    else:
        if after != ["cent"] and (end == start or after != ["cents"]):
            return number, end
        joined = end + 1
    hundreds = number if end > start else 1
    rest, last = _below_hundred(words, joined, language)
    return hundreds * 100 + rest, last if last > joined else end + 1


def _below_hundred(words: list[str], start: int, language: str) -> tuple[int, int]:
    names = _names()[language]
    for length in (4, 3, 2, 1):
        name = tuple(words[start : start + length])
        if len(name) == length and name in names:
            return names[name], start + length
    return 0, start
