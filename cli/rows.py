"""What a row of input is, wherever it comes from."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from ledger.errors import BadInput


class Row(NamedTuple):
    """A row: the line on which it begins, its cells by column, and how it was written.

    A row that could not be read has a ``problem`` and no cells.
    """

    line: int
    cells: Mapping[str, Any]
    raw: list[str] | str
    problem: BadInput | None = None


class Table(Protocol):
    """A file of rows; ``columns`` is ``None`` where every row brings its own (JSON)."""

    columns: list[str] | None
    delimiter: str

    def rows(self) -> Iterator[Row]:
        """Yield the rows in order."""
