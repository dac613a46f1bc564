"""What a row of input is, wherever it comes from: where it begins, and how it was written."""

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

from ledger.errors import BadInput

Raw = list[str] | str | dict[str, Any]
"""The cells of a CSV row; the text of a line of JSON; an object of a JSON array."""


class Row(NamedTuple):
    """A row by the line on which it begins; one that could not be read has a ``problem``."""

    line: int
    raw: Raw
    problem: BadInput | None = None


class Table(Protocol):
    """A file of rows; ``columns`` is ``None`` where every row brings its own (JSON)."""

    columns: list[str] | None
    delimiter: str

    def rows(self) -> Iterator[Row]:
        """Yield the rows in order."""
