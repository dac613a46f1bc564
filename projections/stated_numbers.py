"""Which claims state a number: as conditions for SQL, each of which an index can answer.

The columns hold what an amount can mean, in base units; who searches for 5 means what was
stated, be it 5 km or *about 5*. So each unit in use is asked for by itself, and of what is
approximate the number that lies in the middle, or at the one end.
"""

import sqlite3
from decimal import Decimal

from ledger.decimals import exact, sort_key
from ledger.values import ABOUT
from projections import schema
from projections.measures import ONE, converting

_ROUNDED_TO = range(-3, 13)
"""Powers of ten to which a number in scale words is rounded, as 3.428 thousand is to 1."""


class StatedNumbers:
    """Knows the units that are in use here, once it is asked for a number."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._units: dict[Decimal, str] | None = None

    def conditions(self, number: Decimal | None) -> list[str]:
        """Return the conditions of which one holds for a claim that states ``number``."""
        if number is None:
            return []
        if self._units is None:
            self._units = self._in_use()
        if not self._units:
            return _stated(number, ONE)
        others = ", ".join(self._units.values())
        conditions = [f"({told} AND NOT {_of_unit(others)})" for told in _stated(number, ONE)]
        for factor, units in self._units.items():
            conditions += [f"({told} AND {_of_unit(units)})" for told in _stated(number, factor)]
        return conditions

    def _in_use(self) -> dict[Decimal, str]:
        """Return the ids of the units in use that convert, by their factors, as SQL lists them."""
        found: dict[Decimal, list[str]] = {}
        for unit, factor in converting().items():
            row = self._connection.execute(
                "SELECT id FROM names WHERE folded = ?", (unit,)
            ).fetchone()
            if row is not None:
                found.setdefault(factor, []).append(str(row[0]))
        return {factor: ", ".join(ids) for factor, ids in found.items()}


def _of_unit(ids: str) -> str:
    """Return the condition that a claim is in one of these units, or its predicate is."""
    return (
        f"((claims.unit IN ({ids})) IS TRUE OR (claims.unit IS NULL AND topic IN (SELECT "
        f"topics.id FROM topics JOIN keys ON keys.id = key WHERE keys.unit IN ({ids}))))"
    )


def _stated(number: Decimal, factor: Decimal) -> list[str]:
    """Return the conditions under which a claim states a number: as its value, or as an end.

    Each can be looked up by index. The columns of an approximate amount hold what it can mean,
    in base units; the number that was stated lies in the middle, or at the one end. Vague
    amounts state none.
    """

    def key_of(amount: Decimal) -> str:
        return sort_key(exact(amount, "*", factor))

    key = key_of(number)
    share = exact(abs(number), "*", ABOUT)
    low, high = key_of(exact(number, "-", share)), key_of(exact(number, "+", share))
    pairs = {(low, high), (low, schema.HIGHEST)}
    for power in _ROUNDED_TO:
        half = Decimal(5).scaleb(power - 1)
        if number % (2 * half):
            break
        pairs.add((key_of(exact(number, "-", half)), key_of(exact(number, "+", half))))
    either = " OR ".join(f"(lower = '{low}' AND upper = '{high}')" for low, high in sorted(pairs))
    ends = ", ".join(f"'{low}'" for low in sorted({low for low, _ in pairs}))
    sharp, blurred = f"NOT flags & {schema.APPROXIMATE}", f"flags & {schema.APPROXIMATE}"
    bound = "class = 'quantity' AND upper <> lower"
    return [
        f"(class = 'quantity' AND lower = '{key}' AND {sharp})",
        f"({bound} AND upper = '{key}' AND {sharp})",
        f"(class = 'quantity' AND lower IN ({ends}) AND ({either}) AND {blurred})",
        f"({bound} AND upper = '{high}' AND lower = '{schema.LOWEST}' AND {blurred})",
    ]
