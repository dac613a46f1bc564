"""One number in a phrase: figure or words, scale word, currency or per cent.

``$1.923 billion``, ``12.5 %``, ``two hundred``, ``several thousand``, ``une centaine``.
The phrase comes with plain spaces, hyphens and apostrophes (:func:`plain`).
"""

import re
import unicodedata
from decimal import Decimal
from typing import Final, NamedTuple

from ledger.decimals import checked, exact
from ledger.errors import BadInput
from ledger.numerals import FIGURE, SCALES, BadFigure, read_figure, read_number_words
from ledger.phrases import COLLECTIVES, COUNTING_NOUNS, CURRENCIES, INDEFINITES, NONE, is_french
from ledger.values import Approx

_PLAIN_FORMS = {
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"), "-"),
    **dict.fromkeys(map(ord, "\u2018\u2019\u201b\u02bc\u2032\u0060\u00b4\uff07"), "'"),
    **dict.fromkeys((0x00AD, 0x200B, 0xFEFF), None),
}
_SIGNED = re.compile(
    rf"([+-]?) ?((?:US|CA?|AU?|NZ|HK)?[{CURRENCIES}]"
    r"|(?:USD|EUR|GBP|CHF|JPY|CNY|RUB|UAH|IRR|OMR|AED|SAR|TRY|INR|ILS|CAD|AUD)(?![A-Za-z]))? ?"
    r"([+-]?)(?=[.,]?[0-9])"
)
_PERCENT = re.compile(r" ?(?:%|(?:per ?cent|pour ?cent)(?!\w))", re.IGNORECASE)
_SCALE = re.compile(r" ?(" + "|".join(SCALES) + r")(?!\w)", re.IGNORECASE)
MAX_WORDS: Final = 20
"""Words a number may take; French needs thirteen for 499,997."""

_SHORT_SCALES = {"k": 3, "K": 3, "m": 6, "M": 6, "b": 9, "B": 9}
_SHORT_SCALE = re.compile(r"([kKmMbB])(?!\w)")
_ABBREVIATION = re.compile(r" ?(?i:(mln|mio|mrd)\b\.?)(?!\w)| ?([MKB])(?![\w/²³°])|(m)(?![\w/²³°])")
_GLUED = re.compile(r"(?!m[23](?!\w))[^\W\d_]\d")
_LONG_SCALE = re.compile(r"(?:b|tr)illion", re.IGNORECASE)
_EXPONENT = re.compile(r" ?[eE][+-]?\d")
_WORD = re.compile(r"[ -]?([^\W\d_]+)")
_OF = re.compile(r" (?:of(?!\w) ?|de(?!\w) ?|d')", re.IGNORECASE)


class Amount(NamedTuple):
    """A number of the text: what it is, how exact, and where in the text it ends."""

    number: Decimal
    end: int
    unit: str | None = None
    approx: Approx | None = None
    scale: int | None = None
    """Power of ten of the scale words behind it."""
    decimals: int = 0
    """Digits stated behind the point, before scaling."""


def plain(text: str) -> str:
    """Return ``text`` in NFC with every space, hyphen and apostrophe in its plain form."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_PLAIN_FORMS).split())


def scan(phrase: str, start: int, locale: str | None, what: str) -> Amount | None:
    """Return the number that stands at ``start`` of ``phrase``, or ``None``.

    Raises ``BadFigure`` for digits that cannot be read and ``BadInput`` for a scale word that
    means two things.
    """
    signed = _SIGNED.match(phrase, start)
    if signed:
        return _figure(phrase, signed, locale, what)
    return _vague(phrase, start) or _words(phrase, start, what)


def _figure(phrase: str, signed: re.Match[str], locale: str | None, what: str) -> Amount:
    before, currency, after = signed.groups()
    if before and after:
        raise BadFigure(f"{what}: two signs before the number", "Write -5 or 5")
    found = FIGURE.match(phrase, signed.end())
    if not found:
        figure = phrase[signed.end() :].split()[0]
        raise BadFigure(f"{what}: {figure!r} is no complete number", f"Write 0{figure} or 3.42")
    figure, end = found[0], found.end()
    if _EXPONENT.match(phrase, end):
        raise BadFigure(
            f"{what}: {phrase[found.start() :].split()[0]!r} is written with an exponent",
            "Write the digits out, as 1200000",
        )
    _refuse_glued(phrase, found.start(), end, what)
    short = _SHORT_SCALE.match(phrase, end)
    if not currency and not (short and short[1] == "k"):
        _refuse_abbreviation(phrase, figure, end, what)
    if short and (currency or short[1] == "k"):
        scale, end = _SHORT_SCALES[short[1]], short.end()
    else:
        scale, end = _scale(phrase, end, what)
    number = read_figure(figure, locale, scale > 0, what)
    decimals = -int(number.as_tuple().exponent)
    if "-" in (before, after):
        number = number.copy_negate()  # the minus sign would round to 28 digits
    unit: str | None = currency or None
    percent = None if currency else _PERCENT.match(phrase, end)
    if percent:
        unit, end = "%", percent.end()
    elif not scale and not unit:
        noun = _WORD.match(phrase, end)
        if noun and (size := COLLECTIVES.get(noun[1].lower().removesuffix("s"))):
            return _collective(number, size, phrase, noun.end(), what)
    return Amount(_scaled(number, scale, what), end, unit, None, scale or None, decimals)


def _refuse_glued(phrase: str, start: int, end: int, what: str) -> None:
    """Refuse a letter between digits: ``0x10`` is neither 0 of something nor 16."""
    if _GLUED.match(phrase, end):
        raise BadFigure(
            f"{what}: {phrase[start:].split()[0]!r} is no number",
            "Write the digits alone, or a space before the unit",
        )


def _refuse_abbreviation(phrase: str, figure: str, end: int, what: str) -> None:
    """Refuse what may be short for a scale word, and what may be a metre or a kelvin."""
    found = _ABBREVIATION.match(phrase, end)
    if not found:
        return
    named = found[1] or found[2] or found[3]
    short = named.lower()
    scale = {"k": "thousand", "b": "billion", "mrd": "milliard"}.get(short, "million")
    other = {"K": f", or {figure} kelvin", "m": f", or {figure} m for metres"}.get(named, "")
    alone = found.end() == len(phrase) or len(short) > 1
    raise (BadFigure if alone else BadInput)(
        f"{what}: {found[0].strip()!r} after {figure} may be short for a {scale} or a unit",
        f"Write {figure} {scale}{other}",
    )


def _scale(phrase: str, end: int, what: str) -> tuple[int, int]:
    """Return the power of ten of up to two scale words (*mille milliards*), and where they end."""
    power = 0
    for _ in range(2):
        found = _SCALE.match(phrase, end)
        if not found:
            break
        if _LONG_SCALE.match(found[1]) and is_french(phrase):
            raise BadInput(
                f"{what}: {found[1]!r} in a French phrase is a thousand times the English one",
                "Write milliard for 10^9, or the digits",
            )
        power, end = power + SCALES[found[1].lower()], found.end()
    return power, end


def _words(phrase: str, start: int, what: str) -> Amount | None:
    """Return the number that words name: two hundred, five million, une centaine, none."""
    words, ends = _next_words(phrase, start)
    if not words or phrase[start : ends[0]] == "UN":
        return None
    if words[0] in NONE:
        if phrase.lower() == "none":
            raise BadFigure(
                f"{what}: {phrase!r} may be 0, or a cell without a value",
                "Write 0, or leave the row out",
            )
        return Amount(Decimal(0), ends[0])
    number, used = read_number_words(words)
    if not used and words[0] == "a" and words[1:2] and words[1] in COLLECTIVES:
        number, used = 1, 1
    if not used:
        return None
    end = ends[used - 1]
    noun = words[used].removesuffix("s") if used < len(words) else ""
    if noun in COLLECTIVES:
        return _collective(Decimal(number), COLLECTIVES[noun], phrase, ends[used], what)
    scale, end = _scale(phrase, end, what)
    return Amount(_scaled(Decimal(number), scale, what), end, None, None, scale or None)


def _collective(number: Decimal, size: int, phrase: str, end: int, what: str) -> Amount:
    """Return *two dozen*, *une dizaine de milliers*: about that many."""
    end, times = _of_many(phrase, end)
    return Amount(checked(exact(number, "*", Decimal(size * times)), what), end, None, "about")


def _vague(phrase: str, start: int) -> Amount | None:
    """Return the lower bound that vague words set: several, dozens of, plusieurs centaines."""
    for words, fewest in INDEFINITES.items():
        end = start + len(words)
        if phrase[start:end].lower() == words and not phrase[end : end + 1].isalpha():
            noun = _WORD.match(phrase, end)
            size = noun and COUNTING_NOUNS.get(noun[1].lower().removesuffix("s"))
            if noun and size:
                end, times = _of_many(phrase, noun.end())
                return Amount(Decimal(2 * size) * times, end, None, "vague")
            return Amount(Decimal(fewest), end, None, "vague")
    noun = _WORD.match(phrase, start + 4 if phrase[start : start + 4].lower() == "des " else start)
    if not noun or not noun[1].lower().endswith("s"):
        return None
    size = COUNTING_NOUNS.get(noun[1].lower().removesuffix("s"))
    if not size:
        return None
    end, times = _of_many(phrase, noun.end())
    return Amount(Decimal(2 * size) * times, end, None, "vague")


def _of_many(phrase: str, end: int) -> tuple[int, int]:
    """Return where *of thousands*, *de milliers* ends, and the number it multiplies by."""
    of = _OF.match(phrase, end)
    noun = _WORD.match(phrase, of.end()) if of else None
    if noun and noun[1].lower().endswith("s"):
        size = COUNTING_NOUNS.get(noun[1].lower().removesuffix("s"))
        if size and size >= 1000:
            return noun.end(), size
    return end, 1


def _next_words(phrase: str, start: int) -> tuple[list[str], list[int]]:
    """Return the next words from ``start`` on, in lower case, and where each ends."""
    words: list[str] = []
    ends: list[int] = []
    found = _WORD.match(phrase, start)
    while found and len(words) < MAX_WORDS:
        words.append(found[1].lower())
        ends.append(found.end())
        found = _WORD.match(phrase, found.end())
    return words, ends


def _scaled(number: Decimal, power: int, what: str) -> Decimal:
    return checked(exact(number, "*", Decimal(10) ** power), what)
