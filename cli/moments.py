"""The two questions about time that every reading command takes: known when, about when."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from cli.session import Session

if TYPE_CHECKING:
    from ledger.store import Reader
    from projections.held import Span
    from projections.views import Views

_known_at_option = click.option(
    "--known-at",
    metavar="WHEN",
    help="As this ledger knew it then: a date (2026-02-06), or a position (2026, +2026).",
)
_about_option = click.option(
    "--about", metavar="DATES", help="Only what is about that time: 2026-02, 2026-01/2026-03."
)


def time_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--known-at` and `--about`, as ``known_at`` and ``about``."""
    return _known_at_option(_about_option(command))


def size_at(store: "Reader", known_at: str | None) -> int:
    """Return how many events the ledger holds, or held at a moment.

    Raises ``BadInput`` and ``NotFound`` for what is no moment of this ledger.
    """
    if known_at is None:
        return store.size()
    from projections.moments import size_known_at

    return size_known_at(store, known_at)


@contextmanager
def views_at(session: Session, known_at: str | None) -> Iterator["Views"]:
    """Open the views as they are, or as they were at a moment; let go of them at the end.

    Raises ``BadInput`` and ``NotFound`` for what is no moment of this ledger.
    """
    if known_at is None:
        views = session.views()
        yield views
        views.release()
        return
    from projections.views import Views

    store = session.ledger().store
    with Views.prefix(store, size_at(store, known_at)) as views:
        yield views


def read_about(text: str | None) -> "Span | None":
    """Return the first and last second of `--about`; raise ``BadInput`` for what is no time."""
    if text is None:
        return None
    from ledger.dates import read_day
    from projections.held import span_of

    return span_of(read_day(text, "--about"))


def wanted_events(
    session: Session, known_at: str | None, about: str | None, *, timeless: bool = False
) -> "Sequence[int] | None":
    """Return for each position whether its event is about that time; ``None`` where all are.

    With ``timeless`` also for those that are about no time. Raises ``BadInput`` and ``NotFound``
    for what is no time, or no moment of this ledger.
    """
    span = read_about(about)
    if span is None:
        return None
    from projections.timely import events_about

    with views_at(session, known_at) as views:
        return events_about(views.connection, span, views.size(), timeless=timeless)
