"""What the views keep of a voice's changes: which claims are revised, and of which only some items.

``claims.revised`` marks a claim of which nothing stands any more, and ``reviser`` is the position
of the claim that revised it. Of a list that still stands in
part, ``revised_items`` holds a row for each item that does not: its number and its words, and
``ONLY`` where the list is closed no longer.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from projections.remaining import ONLY, Items


def mark_revised(
    connection: sqlite3.Connection, before: Mapping[int, int], after: Mapping[int, int]
) -> set[int]:
    """Mark the claims of ``after`` as revised, and no more those of ``before``.

    Both say by position which claim revised another. Returns the positions where that changed.
    """
    changed = {at for at in before.keys() | after.keys() if before.get(at) != after.get(at)}
    connection.executemany(
        "UPDATE claims SET revised = ?, reviser = ? WHERE position = ?",
        [(int(at in after), after.get(at), at) for at in changed],
    )
    return changed


def keep_items(
    connection: sqlite3.Connection, positions: Iterable[int], items: Mapping[int, Items]
) -> set[int]:
    """Keep which items of these claims are revised; return the positions where that changed.

    ``items`` are those of the claims that stand in part, by their positions.
    """
    changed: set[int] = set()
    for position in positions:
        after = items.get(position, {})
        if after.keys() != revised_items(connection, position):
            changed.add(position)
            connection.execute("DELETE FROM revised_items WHERE position = ?", (position,))
            connection.executemany(
                "INSERT INTO revised_items (position, item, stated) VALUES (?, ?, ?)",
                [(position, item, stated) for item, stated in after.items()],
            )
    return changed


def revised_items(connection: sqlite3.Connection, position: int) -> set[int]:
    """Return the numbers of the items of a claim that are revised, where others stand."""
    rows = connection.execute("SELECT item FROM revised_items WHERE position = ?", (position,))
    return {item for (item,) in rows}


@attrs.frozen
class RevisedItems:
    """What of a claim its claimant has revised while the rest stands: ``items``, as stated.

    ``reopened`` says that a list which was closed (``only A; B``) no longer is.
    """

    items: tuple[str, ...] = ()
    reopened: bool = False

    def __bool__(self) -> bool:
        """Whether there is anything revised."""
        return bool(self.items) or self.reopened

    def to_json(self) -> dict[str, Any]:
        """Return it as keys beside ``standing``, which tells of the claim as a whole."""
        return {"revised_items": list(self.items), "reopened": self.reopened}


def revised_items_of(connection: sqlite3.Connection, position: int) -> RevisedItems:
    """Return what of a claim is revised where the rest stands: mostly nothing."""
    rows: list[tuple[int, str]] = connection.execute(
        "SELECT item, stated FROM revised_items WHERE position = ? ORDER BY item", (position,)
    ).fetchall()
    items = tuple(stated for item, stated in rows if item != ONLY)
    return RevisedItems(items, len(items) < len(rows))
