"""`--sum`: rows that agree in every other column that is used, added up.

The sums wait in a temporary database, so that memory does not grow with the rows; they come
out in the order in which each was first met, and stand for the line of its first row.
"""

import json
import sqlite3
from collections.abc import Collection, Iterator
from decimal import Decimal

from cli.json_rows import as_text, is_absent
from cli.rows import Row
from ledger.decimals import exact, spell
from ledger.errors import BadInput
from ledger.grammar import read_quantity


def summed(rows: Iterator[Row], column: str, used: Collection[str]) -> Iterator[Row]:
    """Yield a row for each distinct content of the columns ``used``, ``column`` added up in it.

    A row with a problem, or without a plain number in ``column``, comes out as a bad row.
    """
    connection = sqlite3.connect("", isolation_level=None)
    connection.execute(
        "CREATE TABLE sums "
        "(number INTEGER PRIMARY KEY, cells TEXT UNIQUE, total TEXT, line INTEGER)"
    )
    connection.execute("BEGIN")
    others = [name for name in used if name != column]
    for row in rows:
        if row.problem:
            yield row
            continue
        cells = {name: c for name in others if not is_absent(c := row.cells.get(name))}
        if is_absent(row.cells.get(column)):
            continue
        try:
            number = _number(as_text(row.cells[column], column), column)
        except BadInput as error:
            yield row._replace(problem=error)
            continue
        key = json.dumps(cells, ensure_ascii=False, sort_keys=True)
        held = connection.execute(
            "SELECT number, total FROM sums WHERE cells = ?", (key,)
        ).fetchone()
        if held:
            total = spell(exact(Decimal(held[1]), "+", number))
            connection.execute("UPDATE sums SET total = ? WHERE number = ?", (total, held[0]))
        else:
            connection.execute(
                "INSERT INTO sums (cells, total, line) VALUES (?, ?, ?)",
                (key, spell(number), row.line),
            )
    for key, total, line in connection.execute(
        "SELECT cells, total, line FROM sums ORDER BY number"
    ):
        cells = {**json.loads(key), column: total}
        yield Row(line, cells, list(map(str, cells.values())))
    connection.close()


def _number(text: str, column: str) -> Decimal:
    quantity = read_quantity(text, what=column)
    if not quantity.plain or quantity.lower is None:
        raise BadInput(f"{column}: {text!r} is no plain number to add up", "Write digits, as 12")
    return quantity.lower
