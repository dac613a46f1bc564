"""A value in words, as the program understood it: what a person confirms before it is kept."""

import re
from typing import Final

from ledger.grammar import write_quantity
from ledger.values import Day, Entity, Quantity, Several, Single, Text, Truth, Value

_THREE_DIGITS: Final = re.compile(r"(?<![\d.,])[1-9]\d{0,2}\.\d{3}(?![\d.,])")


def doubt(value: Value, locale: str | None) -> str | None:
    """Return what a figure may be that could mean another: ``3.500`` groups its digits in half of
    Europe, and is three and a half where nothing else is said.
    """
    if locale or not isinstance(value, Quantity):
        return None
    found = _THREE_DIGITS.search(value.stated)
    if found is None:
        return None
    grouped = found[0].replace(".", ",")
    return f"{found[0]} is read as a decimal number. If it groups the digits, write {grouped}"


def understood(value: Value, unit: str | None = None) -> str:
    """Return ``value`` in words: ``at least 3,428 people``, ``the day 2026-02-06``.

    ``unit`` is the predicate's, for a number without one of its own.
    """
    if isinstance(value, Several):
        listed = "; ".join(understood(item, unit) for item in value.items)
        return f"{'only ' if value.closed else 'a list: '}{listed}"
    return _one(value, unit)


def _one(value: Single, unit: str | None) -> str:
    match value:
        case Quantity():
            words = write_quantity(value)
            return words if value.unit or not unit else f"{words} {unit}"
        case Day():
            return f"the time {value.stated}" if not value.daily else f"the day {value.stated}"
        case Entity():
            return f"the name {value.stated!r}"
        case Text():
            return f"the words {value.stated!r}"
        case Truth():
            return "yes" if value.yes else "no"
