"""Checking the rows of a large table in several processes.

Checking a row costs several times what reading it does, and no row of a table looks at another.
A worker opens no file: it is given the definitions.
"""

import marshal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from cli.checking import Checked, Checker
from cli.mapping import Recipe
from cli.rows import Row
from cli.sharing import Workers, share_out
from ledger.drafts import Defined

_checker: Checker
_columns: Sequence[str]


def check_with_workers(
    chunks: Iterable[list[Row]], columns: Sequence[str], checker: Checker, workers: int
) -> Iterator[Checked]:
    """Yield what each chunk comes to, in order, checked here or by one of ``workers`` others.

    Raises ``StorageError`` when a worker dies, as for want of memory.
    """
    given = (columns, checker.recipe, checker.definitions)
    return share_out(
        chunks,
        Workers(workers, "import", _start, given),
        here=lambda chunk: checker.check(chunk, columns),
        there=_check,
        handed=lambda chunk: marshal.dumps(cast(Any, chunk)),
    )


def _start(columns: Sequence[str], recipe: Recipe, definitions: Mapping[str, Defined]) -> None:
    global _checker, _columns
    _checker, _columns = Checker(recipe, definitions), columns


def _check(chunk: bytes) -> Checked:
    rows: list[Row] = marshal.loads(chunk)  # noqa: S302  (written by the process that started us)
    return _checker.check(rows, _columns)
