"""What a row of input is, wherever it comes from: where it begins, and how it was written."""

from collections.abc import Iterator
from typing import Any, Protocol

Raw = list[str] | str | dict[str, Any]
"""The cells of a CSV row; the text of a line of JSON; an object of a JSON array."""

Row = tuple[int | str, Raw, str | None]
"""The line on which a row begins, what it holds, and what is wrong if it could not be read.

An element of a feed, where one line may hold all, has its number beside the line: ``1/3``. A
plain tuple, since rows go to other processes by the hundred thousand."""


class Table(Protocol):
    """A file of rows; ``columns`` is ``None`` where every row brings its own (JSON)."""

    columns: list[str] | None
    delimiter: str

    def rows(self) -> Iterator[Row]:
        """Yield the rows in order."""
