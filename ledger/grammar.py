"""What a person types as a value → what it says, and a quantity back into words.

``read_value`` takes the text of one claim and, where the predicate is defined, the type of
its values; without a type it infers one, and where it is not sure it takes the words for
words:

=============================  ================================================
``at least 3,428 people``      a quantity: a number or bound, a unit of ≤ 3 words
``2026``                       a quantity too; a bare year is no date without a type
``2026-02``, ``2026/..``       a day: EDTF from the month on, or an interval
``yes``, ``non``               a truth
``one Iran policy``            a text, like everything else
``3,42``, ``NaN``, ``6/2/26``  an error: a number or a date, but which
=============================  ================================================

A multi-valued predicate takes a list, ``Oman; Qatar``. ``only Oman; Qatar`` (*uniquement*,
*exclusivement*, *seulement*, *exclusively*) closes it: there are no others.
"""

import re
from typing import Final

from ledger.dates import read_day
from ledger.errors import BadInput
from ledger.names import clean, refuse_controls
from ledger.numerals import BadFigure
from ledger.quantities import PLAIN, read_quantity
from ledger.quantity_words import write_quantity
from ledger.spelt_dates import is_spelt_date
from ledger.values import (
    VALUE_TYPES,
    Entity,
    Quantity,
    Several,
    Single,
    Text,
    Truth,
    Value,
    ValueType,
)

__all__ = ["READING_VERSION", "read_quantity", "read_value", "write_quantity"]

READING_VERSION: Final = 1
"""Which rules made a reading. An event keeps it beside the interval that was read."""

MAX_TEXT: Final = 2_000
MAX_LIST: Final = 10_000

_YES: Final = frozenset(("yes", "true", "oui", "vrai"))
_NO: Final = frozenset(("no", "false", "non", "faux"))
_ONLY = re.compile(
    r"(?:only|exclusively|uniquement|exclusivement|seulement)(?!\w)[ :\u00a0\u202f]*", re.IGNORECASE
)
_EDTF = re.compile(r"[0-9XYTZ:.+?~%/-]{4,100}", re.ASCII)
_YEAR = r"-?\d{3}[\dX](?!\d)"
_DAY = re.compile(
    rf"{_YEAR}-(?:\d\d|XX)(?!\d)|\d{{4}}[?~]$|\d{{1,3}}X{{1,3}}[?~%]?$|Y-?\d{{5}}"
    rf"|(?:{_YEAR}[^/]*|\.\.|)/(?:{_YEAR}|\.\.$|$)",
    re.ASCII,
)
_COUNTED = re.compile(r"(?:one|an?|un|une|some|many|few|numerous|no|none|aucune?)(?!\w)", re.I)
_ATTACHED_UNIT = re.compile(r"\d(?:k?m|[cm]m|[km]?g|[tlh]|ha|[kMGT]?Wh?|k|[kMG]?B)(?:[²³/]\w*)?$")
MAX_INFERRED_UNIT: Final = 3
_EXPONENT = re.compile(r"[+-]?[\d.,]+[eE][+-]?\d+", re.ASCII)
_HEXADECIMAL = re.compile(r"[+-]?0[xX][0-9a-fA-F]+")
_NO_FIGURE = re.compile(r"[+-]?(?:nan|inf|infinity|infini|∞)", re.IGNORECASE)


def read_value(
    text: str,
    value_type: ValueType | None = None,
    *,
    multi_valued: bool = False,
    unit: str | None = None,
    locale: str | None = None,
) -> Value:
    """Read the value of a claim as ``value_type``, or infer the type where it is ``None``.

    ``multi_valued`` reads a ``;`` list and always returns ``Several``; ``unit`` and
    ``locale`` are those of :func:`read_quantity`. Raises ``BadInput`` for what cannot be
    read as the type, and without one for numbers and dates with two readings.
    """
    if not multi_valued and (
        value_type == "quantity" or (value_type is None and PLAIN.fullmatch(text))
    ):
        return read_quantity(text, unit=unit, locale=locale)
    if value_type is not None and value_type not in VALUE_TYPES:
        raise BadInput(f"value type: {value_type!r}", f"Write one of {', '.join(VALUE_TYPES)}")
    if multi_valued:
        return _several(text, value_type, unit, locale)
    return _single(text, value_type, unit, locale)


def _several(
    text: str, value_type: ValueType | None, unit: str | None, locale: str | None
) -> Several:
    stated = text.strip()
    if len(stated) > MAX_LIST:
        raise BadInput(f"value: {len(stated):,} characters are too many for a list", "Shorten it")
    only = _ONLY.match(stated)
    parts = (stated[only.end() :] if only else stated).removesuffix(";").split(";")
    items: list[Single] = []
    for number, part in enumerate(parts, 1):
        if not part.strip():
            raise BadInput(
                f"value: item {number} of the list is empty", "Write a list as Oman; Qatar"
            )
        items.append(_single(part, value_type, unit, locale))
    return Several(stated, tuple(items), only is not None)


def _single(
    text: str, value_type: ValueType | None, unit: str | None, locale: str | None
) -> Single:
    if value_type == "quantity":
        return read_quantity(text, unit=unit, locale=locale)
    if value_type == "day":
        return read_day(text, "value")
    if value_type == "entity":
        return Entity(clean(text, "value"))
    if value_type == "truth":
        truth = _truth(text)
        if truth is None:
            raise BadInput(f"value: {text.strip()!r} is neither yes nor no", "Write yes or no")
        return truth
    words = _text(text)
    return words if value_type == "text" else _inferred(words, unit, locale)


def _truth(text: str) -> Truth | None:
    stated = text.strip()
    if stated.lower() in _YES:
        return Truth(stated, True)
    return Truth(stated, False) if stated.lower() in _NO else None


def _text(text: str) -> Text:
    stated = text.strip()
    if not stated:
        raise BadInput("value: empty", "Write what is claimed")
    if len(stated) > MAX_TEXT:
        raise BadInput(
            f"value: {len(stated):,} characters, more than the {MAX_TEXT:,} allowed",
            "Keep it short; long text belongs in --wording",
        )
    refuse_controls(stated, "value")
    return Text(stated)


def _inferred(words: Text, unit: str | None, locale: str | None) -> Single:
    """Return what an undefined predicate's value most plainly is; in doubt, its words."""
    stated = words.stated
    truth = _truth(stated)
    if truth:
        return truth
    if (_EDTF.fullmatch(stated) and _DAY.match(stated)) or is_spelt_date(stated):
        return read_day(stated, "value")
    if _NO_FIGURE.fullmatch(stated):
        raise BadInput(f"value: {stated!r} is not a figure", "Write a number, or leave it out")
    if stated.lower() == "none":
        raise BadInput(
            f"value: {stated!r} may be 0, or a cell without a value",
            "Write 0, leave the row out, or define the predicate with --type text",
        )
    try:
        quantity = read_quantity(stated, unit=unit, locale=locale)
    except BadFigure:
        if _number_like(stated):
            raise
        return words
    except BadInput as error:
        if any(map(str.isalpha, stated)) or not any(map(str.isdigit, stated)):
            return words
        raise BadInput(
            error.message, f"{error.hint}; define the predicate with --type text if it is none"
        ) from None
    return quantity if _surely_quantity(quantity) else words


def _number_like(stated: str) -> bool:
    """Whether a text with an unreadable figure is that figure and a few words, not a sentence."""
    if _EXPONENT.fullmatch(stated) or _HEXADECIMAL.fullmatch(stated):
        return True
    one_figure = re.fullmatch(r"\D*\d(?:[\d\s.,']*\d)?(\D*)", stated)
    return one_figure is not None and len(stated.split()) <= 2 * MAX_INFERRED_UNIT


def _surely_quantity(quantity: Quantity) -> bool:
    """Whether a text that can be read as a number was meant as one.

    *Four Seasons*, *5G network* and *10 Downing Street* begin with a number; a bound, a range
    or an approximate number is one, whatever it counts.
    """
    stated, unit = quantity.stated, quantity.unit
    if unit is None:
        return True
    if unit not in stated:
        unit = ""
    if len(unit.split()) > MAX_INFERRED_UNIT or (_COUNTED.match(stated) and quantity.plain):
        return False
    if not quantity.plain:
        return not (_COUNTED.match(stated) and quantity.approx == "vague")
    if not any(map(str.isdigit, stated)):
        return False
    attached = re.search(r"\d[^\W\d_]", stated)
    if attached and not _ATTACHED_UNIT.search(stated):
        return False
    return not unit[:1].isupper() or unit.isupper()
