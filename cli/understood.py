"""A value in words, as the program understood it: what a person confirms before it is kept."""

from ledger.grammar import write_quantity
from ledger.values import Day, Entity, Quantity, Several, Single, Text, Truth, Value


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
