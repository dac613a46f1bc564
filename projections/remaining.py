"""What is left of a list when its own claimant has revised some of its items.

"The nuclear file; sanctions; prisoners" demanded on Monday and "prisoners" refused on Tuesday:
the demand for the other two stands. So a list is revised item by item, and that it was closed
(``only A; B``) is revised apart from what is on it: who says "C" later has more to say than A
and B, and has taken back neither.

Which items those are is worked out when a voice is judged
(:mod:`projections.contradictions.items`) and kept in the views (:mod:`projections.revisions`).
"""

from collections.abc import Collection, Mapping

import attrs

from ledger.values import Several, Single, Value

ONLY = -1
"""What stands, among the numbers of a list's items, for its being closed."""

Items = Mapping[int, str]
"""Items of a list: each one's words by its number, no words for ``ONLY``."""


@attrs.frozen
class Remaining(Several):
    """A list with the items that still stand; those that do not are ``revised``.

    Where it is closed it leaves out what it never named: to revise "A; B" by refusing B is not
    to have said "only A" in the first place, and the refusal speaks for itself.
    """

    revised: tuple[Single, ...] = ()


def remaining(value: Value | None, gone: Collection[int]) -> Value | None:
    """Return what is left of a value without the items of these numbers."""
    if not gone or not isinstance(value, Several):
        return value
    kept = tuple(item for at, item in enumerate(value.items) if at not in gone)
    revised = tuple(item for at, item in enumerate(value.items) if at in gone)
    closed = value.closed and ONLY not in gone
    words = "; ".join(item.stated for item in kept)
    return Remaining(f"only {words}" if closed else words, kept, closed, revised)


def named_by(value: Several) -> tuple[Single, ...]:
    """Return all that a list names, whether it still stands or not."""
    return value.items + value.revised if isinstance(value, Remaining) else value.items


def as_list(value: Value) -> Value:
    """Return a value of a kind that events know: what is left of a list as a list."""
    if not isinstance(value, Remaining):
        return value
    return Several(value.stated, value.items, value.closed)
