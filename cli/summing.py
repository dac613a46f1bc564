"""`--sum`: rows that agree in every other column that is used, added up.

The sums wait in a temporary database, so that memory does not grow with the rows; they come
out in the order in which each was first met, and stand for the line of its first row.
"""

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from cli.json_rows import as_text, is_absent, read_object
from cli.mapping import refuse_unseen
from cli.rows import Row
from ledger.decimals import exact, spell
from ledger.errors import BadInput
from ledger.grammar import read_quantity


def summed(
    rows: Iterator[Row],
    columns: Sequence[str] | None,
    column: str,
    used: Collection[str],
    name: str,
) -> Iterator[Row]:
    """Yield a row for each distinct content of the columns ``used``, ``column`` added up in it.

    ``columns`` are those of the table, ``None`` where the rows are JSON. A row with a problem,
    or without a plain number in ``column``, comes out as a bad row. Raises ``BadInput`` naming
    the file, ``name``, when one of the columns ``used`` is in none of the rows.
    """
    connection = sqlite3.connect("", isolation_level=None)
    connection.execute(
        "CREATE TABLE sums "
        "(number INTEGER PRIMARY KEY, cells TEXT UNIQUE, total TEXT, line INTEGER)"
    )
    connection.execute("BEGIN")
    others = [other for other in used if other != column]
    seen: dict[str, None] = {}
    for row in rows:
        try:
            held = _cells(row, columns)
            seen.update(dict.fromkeys(held))
            cells = {other: c for other in others if not is_absent(c := held.get(other))}
            if is_absent(held.get(column)):
                continue
            number = _number(as_text(held[column], column), column)
        except BadInput as error:
            yield row[0], row[1], str(error)
            continue
        key = json.dumps(cells, ensure_ascii=False, sort_keys=True)
        sum_ = connection.execute(
            "SELECT number, total FROM sums WHERE cells = ?", (key,)
        ).fetchone()
        if sum_:
            total = spell(exact(Decimal(sum_[1]), "+", number))
            connection.execute("UPDATE sums SET total = ? WHERE number = ?", (total, sum_[0]))
        else:
            connection.execute(
                "INSERT INTO sums (cells, total, line) VALUES (?, ?, ?)",
                (key, spell(number), row[0]),
            )
    refuse_unseen(used, seen, name)
    for key, total, line in connection.execute(
        "SELECT cells, total, line FROM sums ORDER BY number"
    ):
        yield line, {**json.loads(key), column: total}, None
    connection.close()


def _cells(row: Row, columns: Sequence[str] | None) -> Mapping[str, Any]:
    _, raw, problem = row
    if problem is not None:
        raise BadInput(problem)
    if isinstance(raw, list):
        return dict(zip(columns or (), raw, strict=True))
    return raw if isinstance(raw, dict) else read_object(raw)


def _number(text: str, column: str) -> Decimal:
    quantity = read_quantity(text, what=column)
    if not quantity.plain or quantity.lower is None:
        raise BadInput(f"{column}: {text!r} is no plain number to add up", "Write digits, as 12")
    return quantity.lower
