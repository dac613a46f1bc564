"""Which keys a change of names concerns: all with a claim that has such a name anywhere.

A match, an unmatching or a description changes more than its two names: what lies within them
or acts for them counts differently too, and so do lists that have one of them as an item.
"""

import sqlite3

from ledger.names import fold
from projections.filling import NAME_ACTS


class NameReach:
    """Follows names through the views to the keys that they matter to."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def dependents(self, names: set[str]) -> set[str]:
        """Return these names and all that lie within them or act for them, by any steps.

        What a name lies within decides whether two values clash, and whom a source acts for how
        many origins a camp has; both reach through.
        """
        found: set[str] = set()
        open_ = set(names)
        while open_:
            found |= open_
            open_ = {
                target
                for name in open_
                for (target,) in self._connection.execute(
                    "SELECT acts.target FROM acts JOIN names ON names.folded = acts.other "
                    "JOIN names AS mine ON mine.folded = ?1 WHERE acts.other <> '' "
                    f"AND acts.type IN {NAME_ACTS} "
                    "AND (names.entity = mine.entity OR names.source = mine.source)",
                    (name,),
                )
            } - found
        return found

    def folded(self, ids: set[int]) -> set[str]:
        """Return the folded names with these ids."""
        return {
            self._connection.execute("SELECT folded FROM names WHERE id = ?", (id_,)).fetchone()[0]
            for id_ in ids
        }

    def component_ids(self, names: set[str]) -> set[int]:
        """Return the ids of these names and of all in their components."""
        return {
            id_
            for name in names
            for column in ("entity", "source")
            for (id_,) in self._connection.execute(
                f"SELECT id FROM names WHERE {column} = "
                f"(SELECT {column} FROM names WHERE folded = ?)",
                (name,),
            )
        }

    def keys_of_names(self, ids: set[int]) -> set[int]:
        """Return the keys with a claim that has one of these names anywhere."""
        keys: set[int] = set()
        for id_ in ids:
            rows = self._connection.execute(
                "SELECT key FROM topics WHERE subject = ?1 OR predicate = ?1 "
                "UNION SELECT key FROM topics WHERE id IN "
                "(SELECT topic FROM claims WHERE claimant = ?1 OR value = ?1)",
                (id_,),
            )
            keys |= {key for (key,) in rows}
        folded = self.folded(ids)
        through = self._connection.execute(
            "SELECT DISTINCT key, via.shown FROM claims JOIN topics ON topics.id = topic "
            "JOIN names AS via ON via.id = claims.via WHERE claimant IN "
            "(SELECT id FROM names WHERE anonymous)"
        )
        keys |= {
            key for key, via in through if folded & {fold(outlet) for outlet in via.split("; ")}
        }
        return keys | self._keys_of_items(folded)

    def _keys_of_items(self, names: set[str]) -> set[int]:
        """Return the keys with a list that has one of these folded names as an item."""
        lists = self._connection.execute(
            "SELECT id, folded FROM names "
            "WHERE id IN (SELECT value FROM claims WHERE class = 'list')"
        ).fetchall()
        keys: set[int] = set()
        for id_, listed in lists:
            if _has_item(listed, names):
                rows = self._connection.execute(
                    "SELECT DISTINCT key FROM claims JOIN topics ON topics.id = topic "
                    "WHERE value = ? AND class = 'list'",
                    (id_,),
                )
                keys |= {key for (key,) in rows}
        return keys


def _has_item(listed: str, names: set[str]) -> bool:
    """Whether one of these folded names is an item of a folded list, or may be.

    Before the first item may stand a word that closes the list (``only Oman; Qatar``), so every
    ending of it counts.
    """
    first, *others = (item.strip() for item in listed.split(";"))
    endings = (first[at:] for at in range(len(first)))
    return not names.isdisjoint(others) or not names.isdisjoint(endings)
