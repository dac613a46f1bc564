"""How much a finding matters: a whole number from 0 to 100, by which every report is ordered.

    severity = verdict + distance + support + recency,   and 0 for a finding that was dismissed

* *verdict*: 40 for a contradiction, 30 for altered, 15 for a tension, 5 for a revision;
* *distance*: 20 · s ∕ (s + 10 %) for a share s of the larger value; 20 · d ∕ (d + 7) for d days;
  10 where no distance can be told, as between two names;
* *support*: 20 · n ∕ (n + 2), where n is the number of independent origins behind the camp that
  has the second most: one voice against a hundred is a lesser matter than ten against ten;
* *recency*: 20 · 30 ∕ (30 + d), where the finding is d days older than the newest one held.

Each part is rounded down. The shares of the parts are a choice, made so that no other part lifts
a tension over a contradiction unless it is much wider, better supported or newer. Nothing here
reads a clock: *newest* is the latest ``since`` of all findings that the ledger holds, so the
same events have the same order on every desk and every day.
"""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

_VERDICT: Final = {"contradiction": 40, "altered": 30, "tension": 15, "revision": 5}
_PART: Final = 20
_HALF_SHARE: Final = 1_000
"""Ten per cent in hundredths of a per cent: at this distance half of the part is reached."""

_HALF_DAYS: Final = 7
_HALF_SUPPORT: Final = 2
_HALF_AGE: Final = 30
_UNTOLD: Final = 10


def severity(
    verdict: str,
    status: str,
    gap: str | None,
    share: str | None,
    support: int,
    since: str,
    newest: str,
) -> int:
    """Return how much a finding matters, as the module says.

    ``gap`` and ``share`` are the distance as the views keep it (a number of days has no share),
    ``since`` and ``newest`` times of recording.
    """
    if status == "dismissed":
        return 0
    return (
        _VERDICT.get(verdict, 0)
        + _distance(gap, share)
        + _PART * support // (support + _HALF_SUPPORT)
        + _recency(since[:10], newest[:10])
    )


@lru_cache(maxsize=10_000)
def _distance(gap: str | None, share: str | None) -> int:
    if share is not None:
        return _towards(_PART, int(Decimal(share) * 10_000), _HALF_SHARE)
    if gap is not None and gap.isdigit():
        return _towards(_PART, int(gap), _HALF_DAYS)
    return _UNTOLD


@lru_cache(maxsize=10_000)
def _recency(since: str, newest: str) -> int:
    days = date.fromisoformat(newest).toordinal() - date.fromisoformat(since).toordinal()
    return _PART * _HALF_AGE // (_HALF_AGE + max(0, days))


def _towards(most: int, found: int, half: int) -> int:
    """Return what comes near ``most`` the more is found, and is half of it at ``half``."""
    return most * found // (found + half)
