"""Are the protections of a ledger's file still there: the triggers by which it refuses changes?

Whoever can write the file can drop a trigger, change rows, and leave it so: every hash may hold
again, and the next mistake of any program goes through. What is left of the schema shows it. Other
people's tables and indexes in the file are left alone: a tool that replicates it may keep some.
"""

import sqlite3

from ledger.sqlite_schema import FINGERPRINTS, TABLES, protections


def altered(connection: sqlite3.Connection) -> list[str]:
    """Return what of a ledger's protections was removed, changed or added, in words."""
    found: dict[str, tuple[str, str]] = {
        name: (table, sql.strip())
        for name, table, sql in connection.execute(
            "SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'trigger'"
        )
    }
    wanted = protections()
    problems = []
    for name, sql in wanted.items():
        if name not in found:
            problems.append(f"the trigger {name}, by which the file refuses changes, is missing")
        elif found[name][1] != sql:
            problems.append(f"the trigger {name} is not the one that a ledger has")
    problems += [
        f"the trigger {name!r} on {table!r} is none that a ledger has"
        for name, (table, _) in found.items()
        if name not in wanted and table.lower() in TABLES  # as it was typed
    ]
    columns = connection.execute("SELECT name FROM pragma_index_info(?)", (FINGERPRINTS,))
    if columns.fetchall() != [("fingerprint",)]:
        problems.append(
            f"the index {FINGERPRINTS}, by which a statement is found again, is not there"
        )
    return problems
