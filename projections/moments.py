"""What this ledger knew then: from a date or a position to so many events.

A ledger is known as of a moment by the events it held then, a prefix of it. Times of recording
increase strictly within one origin only, so a date is looked up among the events that this
ledger recorded itself; those pulled in from others lie between them and count with the next,
which is the ``ledger-merged`` of that pull: they are known from when they arrived.
"""

from ledger.dates import read_day
from ledger.errors import BadInput, NotFound
from ledger.heads import decode_head, read_time
from ledger.store import Reader
from ledger.values import Day

_DIGITS = 19
_YEARS = range(1900, 2101)
_HINT = "Write a date such as 2026-02-06, or a position as `wherefrom log` shows it"


def size_known_at(store: Reader, text: str) -> int:
    """Return how many events the ledger held at a moment.

    ``text`` is a position (a whole number, ``+`` before it or not: that event and all before it)
    or a date in EDTF (all recorded until its last second); a number that may be either wants the
    ``+``. Raises ``NotFound`` for a position that is not there
    and ``BadInput`` for what is neither.
    """
    found = _size_with(store, text, "--known-at", "12-31 for the end")
    if found is not None:
        return found
    size = store.size()
    latest = _read(text, "--known-at").latest
    return size if latest is None else _recorded_until(store, latest, size)


def size_since(store: Reader, text: str) -> int:
    """Return how many events the ledger held when that began which ``--since`` asks about.

    ``text`` is a position (that event and all before it are the past) or a date in EDTF (the
    past is what was recorded before it began). Raises as :func:`size_known_at` does.
    """
    found = _size_with(store, text, "--since", "01-01 for the beginning")
    if found is not None:
        return found
    earliest = _read(text, "--since").earliest
    return 0 if earliest is None else _recorded_until(store, earliest - 1, store.size())


def _read(text: str, what: str) -> Day:
    try:
        return read_day(text, what)
    except BadInput as error:
        raise BadInput(error.message, _HINT) from None


def _size_with(store: Reader, text: str, what: str, day: str) -> int | None:
    """Return how many events there are up to a position; ``None`` for what is no number."""
    size = store.size()
    digits = text.removeprefix("+")
    if digits.isascii() and digits.isdigit():
        position = int(digits) if len(digits) < _DIGITS else size
        if digits == text and position in _YEARS and position < size:
            raise BadInput(
                f"{what} {text}: a year or a position",
                f"Write {text}-{day} of the year, or +{text} for the position",
            )
        if position >= size:
            last = f"the last event is at position {size - 1}" if size else "there is no event yet"
            raise NotFound(f"{what} {text}: {last}", _HINT)
        return position + 1
    return None


def size_before(store: Reader, text: str, what: str) -> int:
    """Return how many events the ledger held before a date in EDTF began.

    Raises ``BadInput``, naming ``what``, for what is no date.
    """
    earliest = read_day(text, what).earliest
    return 0 if earliest is None else _recorded_until(store, earliest - 1, store.size())


def _recorded_until(store: Reader, second: int, size: int) -> int:
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        own, recorded = _own_at_or_after(store, middle, high)
        if recorded is not None and recorded <= second:
            low = own + 1
        else:
            high = middle
    return low


def _own_at_or_after(store: Reader, position: int, stop: int) -> tuple[int, int | None]:
    """Return the next event that was recorded here, and the second when; ``None`` if none is.

    Recorded here is what bears the origin under which the ledger recorded at that position. What
    it lost and got back from others arrived with what they brought.
    """
    for row in store.rows(position, stop):
        own = _origin_at(store, row.position)
        if own.encode() in row.head and (head := decode_head(row.head)).origin == own:
            return row.position, int(read_time(head.recorded_at).timestamp())
    return stop, None


def _origin_at(store: Reader, position: int) -> str:
    """Return the origin under which the ledger recorded when it held so many events."""
    begun = [origin.name for origin in store.origins if origin.since <= position]
    return begun[-1] if begun else store.origins[0].name
