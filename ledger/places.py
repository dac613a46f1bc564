"""Where a ledger's file lies: how a copy is told from the file that it was copied from.

Two files that both record under one origin would give one position two events: a fork. So a
ledger notes where its file lies when an origin begins, and appending to a file that lies
elsewhere (it was copied, restored, or moved to another disk) begins a new origin. A place is
the number of the file on its disk and the number of the disk, and what tells this machine from
others where there is such a thing: none of them is in the file's bytes, so no copy takes them
along. A new origin where none was needed does no harm. Only a hash of all this is kept: a
machine's number is not for others to read (machine-id(5)), and a ledger may be handed on.

A copy that is written over the original lies where that did: see :mod:`ledger.rollback`.
"""

import hashlib
import os
from functools import cache
from pathlib import Path

_MACHINE = Path("/etc/machine-id")
"""Of systemd: a line that no two machines share. Containers often have none."""


def place_of(file: str | Path) -> str:
    """Return the place of a file that exists, as a text to be compared only."""
    found = os.stat(file)
    born = getattr(found, "st_birthtime", "")
    place = f"wherefrom:{_machine()}:{found.st_dev}:{found.st_ino}:{born}"
    return hashlib.sha256(place.encode()).hexdigest()


@cache
def _machine() -> str:
    try:
        return _MACHINE.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
