"""What a command remembers of a ledger between its runs, to notice when it was put back.

Two memories: the views beside the ledger, which have seen so many of its events, and a file in
the user's state folder (of platformdirs; ``WHEREFROM_STATE`` names another, or none where it is
empty), which a restore of the ledger's folder does not reach.
"""

import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from cli.complaints import tell
from ledger.log import Begun
from ledger.rollback import HighWater, Seen
from ledger.store import Reader

_VARIABLE = "WHEREFROM_STATE"


class Remembered:
    """The states in which a ledger was, as far as its views and the user's folder tell."""

    def __init__(self, ledger: str) -> None:
        self._ledger = ledger

    @cached_property
    def _high_water(self) -> HighWater | None:
        folder = _folder()
        return None if folder is None else HighWater(folder)

    def seen(self, reader: Reader) -> Iterator[Seen]:
        """Return the states in which the ledger was while it recorded under its origin."""
        from projections.views import views_path
        from projections.views_file import seen_by

        if self._high_water is not None:
            yield from self._high_water.seen(reader)
        yield from seen_by(views_path(self._ledger), reader)

    def note(self, origin: str, seen: Seen) -> None:
        """Keep the state that the ledger recording under this origin is in."""
        if self._high_water is not None:
            self._high_water.note(origin, seen)


def _folder() -> Path | None:
    named = os.environ.get(_VARIABLE)
    if named is not None:
        return Path(named) if named else None
    from platformdirs import user_state_path

    return user_state_path("wherefrom") / "origins"


def say_begun(begun: Begun) -> None:
    """Say on stderr that a new origin began, and why."""
    own = f"What is recorded from here on has an origin of its own, {begun.origin}"
    if begun.lost is None:
        tell(
            f"Note: this file is a copy, or was moved to another disk. {own}, so that it is not "
            "taken for what the original records"
        )
    elif not begun.lost.size:
        tell(
            "Note: this ledger was put back to an earlier state: others hold events of its own "
            f"that it lost. {own}"
        )
    else:
        tell(
            f"Note: this ledger has held {begun.lost.size:,} events: it was put back to an earlier "
            f"state, or this file is a copy of it. {own}, so that it is not taken for what was lost"
        )
