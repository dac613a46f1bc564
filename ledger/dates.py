"""EDTF text → the first and the last second it can mean.

Dates are written in EDTF, the Extended Date/Time Format (ISO 8601-2:2019, annex A; Library
of Congress, 2019), levels 0 and 1:

==========================  ==========================================================
``2026``                    a year, a month (``2026-02``) or a day (``2026-02-06``)
``2026-02-06T08:30:00Z``    an instant; ``+01:00`` counts, without a zone it is UTC
``2026-02-06/2026-03``      an interval; ``..`` is an open end, nothing an unknown one
``2026?`` ``2026-02~``      uncertain, approximate, or both (``%``)
``201X`` ``2026-XX``        digits that are not known
``2026-21``                 spring (21), summer (22), autumn (23), winter (24)
``Y170000002`` ``-0044``    years of more than four digits, years before year 0
==========================  ==========================================================

Nearly every date in a ledger is an ISO date, and an import reads hundreds of thousands:
those are read here by hand. Everything else goes to the ``edtf`` library, which is imported
only then (it takes a quarter of a second) and asked one thing: *what kind of expression is
this?* The seconds are counted here, because the library drops the time of day, takes
29 February in every year, calls only December winter, ends an unknown interval after ten
years, and widens ``~`` by a year; it also reads level 2, which is refused.

How wide the vague ones are. ``?``, ``~`` and ``%`` keep the plain reading and set
``uncertain``. A season reaches from its first month by the calendar of the weather to its
last by the calendar of the sun, in the northern hemisphere: spring is March to June, summer
June to September, autumn September to December; *winter 2026* may be the one that ends or
the one that begins in 2026, hence December 2025 to March 2027. A southern season, or half a
winter, is written as an interval of months.
"""

import io
import re
from contextlib import redirect_stdout
from datetime import date
from functools import lru_cache
from typing import Any, Final

from ledger.errors import BadInput
from ledger.names import refuse_controls
from ledger.values import DAY_SECONDS, Day

MAX_DATE: Final = 100
"""Characters a date may have."""

MAX_SECONDS: Final = 2**53 - 1
"""How far from 1970 an instant may lie: what canonical JSON (RFC 8785) keeps exactly."""

Span = tuple[int | None, int | None]

_ISO = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)"
    r"(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(Z|[+-]\d\d(?::\d\d)?)?)?)?)?",
    re.ASCII,
)
_EDTF = re.compile(r"[0-9XY?~%-]{4,30}", re.ASCII)
_EPOCH = date(1970, 1, 1).toordinal()
_BEFORE_MONTH = (0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)
_SEASONS = {21: (3, 6), 22: (6, 9), 23: (9, 12), 24: (0, 15)}
"""First and last month, counted from January = 1; winter reaches into both neighbours."""

HINT: Final = "Write 2026-02-06, 2026-02 or 2026; an interval is 2026-02-01/2026-02-06"


@lru_cache(maxsize=65_536)
def read_day(text: str, what: str = "date") -> Day:
    """Read EDTF level 0 or 1 and return the ``Day`` with its first and last second.

    ``what`` names the field in messages. Raises ``BadInput`` for everything else: a date
    that is not in the calendar, an interval that runs backwards, another way of writing
    dates (the hint then spells it in ISO), level 2, more than 100 characters, a time
    further than some 285 million years from now.
    """
    if len(text) == 10 and text[4] == text[7] == "-":
        try:
            start = (date.fromisoformat(text).toordinal() - _EPOCH) * DAY_SECONDS
        except ValueError:
            pass
        else:
            return Day(text, start, start + DAY_SECONDS - 1)
    stated = text.strip()
    if not stated:
        raise BadInput(f"{what}: empty", HINT)
    if len(stated) > MAX_DATE:
        raise BadInput(f"{what}: {len(stated):,} characters are too many for a date", HINT)
    refuse_controls(stated, what)
    earliest, latest = _read(stated, what)
    for end in (earliest, latest):
        if end is not None and abs(end) > MAX_SECONDS:
            raise BadInput(
                f"{what}: {stated} is further from now than a ledger can count",
                "Years from Y-285000000 to Y285000000 can be kept",
            )
    if earliest is not None and latest is not None and earliest > latest:
        first, second = stated.split("/")
        raise BadInput(
            f"{what}: {stated} ends before it begins", f"Write {second.strip()}/{first.strip()}"
        )
    return Day(stated, earliest, latest, any(mark in stated for mark in "?~%"))


def _read(stated: str, what: str) -> Span:
    """Return the span of a single expression or of an interval."""
    if stated.count("/") != 1:
        return _single(stated, stated, what)
    start, end = (part.strip() for part in stated.split("/"))
    if start in ("", "..") and end in ("", ".."):
        raise BadInput(f"{what}: {stated} has neither a start nor an end", f"Leave it out. {HINT}")
    earliest = None if start in ("", "..") else _single(start, stated, what, alone=False)[0]
    latest = None if end in ("", "..") else _single(end, stated, what, alone=False)[1]
    return earliest, latest


def _single(text: str, stated: str, what: str, alone: bool = True) -> tuple[int, int]:
    """Return the span of one expression; ``alone``: it is not the end of an interval."""
    iso = _ISO.fullmatch(text)
    if iso and iso[2] not in ("21", "22", "23", "24"):
        return _iso(iso, stated, what)
    if _EDTF.fullmatch(text):
        span = _by_library(text, stated, what, alone)
        if span:
            return span
    from ledger.spelt_dates import suggest

    raise BadInput(f"{what}: {stated} is no date that can be read", suggest(stated) or HINT)


def _iso(iso: re.Match[str], stated: str, what: str) -> tuple[int, int]:
    year, month, day, hour, minute, second, zone = iso.groups()
    start, end = _calendar(int(year), _number(month), _number(day), stated, what)
    if hour is None:
        return start, end
    at = int(hour), int(minute), int(second or 0)
    if at > (24, 0, 0) or at[1] > 59 or at[2] > 59:
        raise BadInput(
            f"{what}: {stated} has no such time of day",
            "Hours run to 23, minutes and seconds to 59",
        )
    start += at[0] * 3600 + at[1] * 60 + at[2] - _offset(zone, stated, what)
    return start, start + (0 if second else 59)


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None


def _offset(zone: str | None, stated: str, what: str) -> int:
    """Return the seconds by which ``zone`` is ahead of UTC."""
    if zone is None or zone == "Z":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[4:] or 0)
    if (hours, minutes) > (14, 0) or minutes > 59:
        raise BadInput(
            f"{what}: {stated} has no such offset from UTC", "Write Z, or +01:00, up to 14:00"
        )
    ahead = hours * 3600 + minutes * 60
    return -ahead if zone[0] == "-" else ahead


def _calendar(
    year: int, month: int | None, day: int | None, stated: str, what: str
) -> tuple[int, int]:
    """Return the span of a year, a month or a day of the proleptic Gregorian calendar."""
    if month is None:
        return _seconds(year, 1, 1), _seconds(year + 1, 1, 1) - 1
    if not 1 <= month <= 12:
        raise BadInput(f"{what}: {stated} has no month {month}", f"Months are 01 to 12. {HINT}")
    if day is None:
        return _seconds(year, month, 1), _seconds(year, month + 1, 1) - 1
    length = (_seconds(year, month + 1, 1) - _seconds(year, month, 1)) // DAY_SECONDS
    if not 1 <= day <= length:
        raise BadInput(
            f"{what}: {stated} is not in the calendar: no day {day} in that month",
            f"Days are 01 to {length} there; when only the month is known, leave the day out",
        )
    start = _seconds(year, month, day)
    return start, start + DAY_SECONDS - 1


def _seconds(year: int, month: int, day: int) -> int:
    """Return midnight UTC of a date; months before 1 or after 12 are those of other years.

    Every fourth year leaps, but of the hundredth only the four-hundredth: counted with
    integers, because :mod:`datetime` ends at the years 1 and 9999.
    """
    carry, index = divmod(month - 1, 12)
    year, month = year + carry, index + 1
    past = year - 1
    days = past * 365 + past // 4 - past // 100 + past // 400 + _BEFORE_MONTH[month] + day
    if month > 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
        days += 1
    return (days - _EPOCH) * DAY_SECONDS


def _by_library(text: str, stated: str, what: str, alone: bool) -> tuple[int, int] | None:
    """Return the span of what only EDTF can say, or ``None`` where it says nothing."""
    import edtf

    found = _parsed(text)
    if found is None:
        return _qualified_season(text[:-1]) if text[-1] in "?~%" else None
    if isinstance(found, edtf.UncertainOrApproximate):
        found = found.date
    kind = type(found)
    if kind is edtf.Season:
        return _season(int(found.year), int(found.season))
    if kind is edtf.LongYear and alone:
        return _calendar(int(found.year), None, None, stated, what)
    if kind is edtf.Unspecified and alone:
        return _unspecified(found.year, found.month, stated, what)
    if kind is edtf.Date:
        return _calendar(int(found.year), _number(found.month), _number(found.day), stated, what)
    raise BadInput(
        f"{what}: {stated} is EDTF level 2, which is not read",
        "Write the first and the last day it can be, as 2026-02-01/2026-02-06",
    )


def _qualified_season(text: str) -> tuple[int, int] | None:
    """Return the span of ``2026-21?``, which the library reads only inside an interval."""
    import edtf

    found = _parsed(text)
    return _season(int(found.year), int(found.season)) if type(found) is edtf.Season else None


def _parsed(text: str) -> Any:
    """Return what the library makes of a text, ``None`` where it is no EDTF.

    Of some of these (``2026-X2``) the library says so by failing on the way, and prints why.
    """
    import edtf

    try:
        with redirect_stdout(io.StringIO()):
            return edtf.parse_edtf(text)
    except (edtf.EDTFParseException, AttributeError, LookupError, TypeError, ValueError):
        return None


def _season(year: int, season: int) -> tuple[int, int]:
    first, last = _SEASONS[season]
    return _seconds(year, first, 1), _seconds(year, last + 1, 1) - 1


def _unspecified(year: str, month: str | None, stated: str, what: str) -> tuple[int, int]:
    """Return the span of ``201X``, ``2026-XX``, ``2026-02-XX`` or ``2026-XX-XX``."""
    if month and month != "XX":
        return _calendar(int(year), int(month), None, stated, what)
    ends = sorted((int(year.replace("X", "0")), int(year.replace("X", "9"))))
    return _seconds(ends[0], 1, 1), _seconds(ends[1] + 1, 1, 1) - 1
