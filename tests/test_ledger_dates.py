"""EDTF as fact-checkers write it, and the first and last second that each can mean.

The reference is Python's own ``datetime`` where it reaches (the years 1 to 9999), counting
the years one by one where it does not, and the ``edtf`` library where it can be relied on.
"""

import subprocess
import sys
from calendar import isleap
from datetime import date, datetime, timedelta

import edtf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import EPOCH, edtf_dates, iso_dates, midnight, printable

from ledger.dates import MAX_SECONDS, read_day
from ledger.errors import BadInput

OPEN = None


def moment(text: str | None) -> int | None:
    """Return the seconds of an instant of the years 1 to 9999, by the standard library."""
    if text is None:
        return None
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(seconds=1)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        # a day, a month, a year, in UTC
        ("2026-02-06", "2026-02-06T00:00:00Z", "2026-02-06T23:59:59Z"),
        ("2026-02", "2026-02-01T00:00:00Z", "2026-02-28T23:59:59Z"),
        ("2024-02", "2024-02-01T00:00:00Z", "2024-02-29T23:59:59Z"),
        ("2026-12", "2026-12-01T00:00:00Z", "2026-12-31T23:59:59Z"),
        ("2026", "2026-01-01T00:00:00Z", "2026-12-31T23:59:59Z"),
        (" 2026 ", "2026-01-01T00:00:00Z", "2026-12-31T23:59:59Z"),
        # an instant; an offset counts, a minute is sixty seconds long
        ("2026-02-06T08:30:15Z", "2026-02-06T08:30:15Z", "2026-02-06T08:30:15Z"),
        ("2026-02-06T08:30:15", "2026-02-06T08:30:15Z", "2026-02-06T08:30:15Z"),
        ("2026-02-06T08:30:15.999Z", "2026-02-06T08:30:15Z", "2026-02-06T08:30:15Z"),
        ("2026-02-06T08:30Z", "2026-02-06T08:30:00Z", "2026-02-06T08:30:59Z"),
        ("2020-03-23T18:15:13+06:00", "2020-03-23T12:15:13Z", "2020-03-23T12:15:13Z"),
        ("2026-02-06T00:30:00+05:30", "2026-02-05T19:00:00Z", "2026-02-05T19:00:00Z"),
        ("2026-02-06T20:00:00-07:00", "2026-02-07T03:00:00Z", "2026-02-07T03:00:00Z"),
        ("2026-02-06T20:00:00-07", "2026-02-07T03:00:00Z", "2026-02-07T03:00:00Z"),
        ("2026-02-06T24:00:00Z", "2026-02-07T00:00:00Z", "2026-02-07T00:00:00Z"),
        # intervals, open (..) and unknown (nothing) ends
        ("2026-02-01/2026-02-06", "2026-02-01T00:00:00Z", "2026-02-06T23:59:59Z"),
        ("2026-02/2026", "2026-02-01T00:00:00Z", "2026-12-31T23:59:59Z"),
        ("2026-02-06T08:00Z/2026-02-06", "2026-02-06T08:00:00Z", "2026-02-06T23:59:59Z"),
        ("2026/2026", "2026-01-01T00:00:00Z", "2026-12-31T23:59:59Z"),
        ("2026-02/..", "2026-02-01T00:00:00Z", OPEN),
        ("../2026-02", OPEN, "2026-02-28T23:59:59Z"),
        ("2026-02/", "2026-02-01T00:00:00Z", OPEN),
        ("/2026-02", OPEN, "2026-02-28T23:59:59Z"),
        # digits that are not known
        ("201X", "2010-01-01T00:00:00Z", "2019-12-31T23:59:59Z"),
        ("19XX", "1900-01-01T00:00:00Z", "1999-12-31T23:59:59Z"),
        ("2026-XX", "2026-01-01T00:00:00Z", "2026-12-31T23:59:59Z"),
        ("2026-02-XX", "2026-02-01T00:00:00Z", "2026-02-28T23:59:59Z"),
        ("2026-XX-XX", "2026-01-01T00:00:00Z", "2026-12-31T23:59:59Z"),
        # seasons, by the weather's calendar or the sun's; a winter has two years
        ("2026-21", "2026-03-01T00:00:00Z", "2026-06-30T23:59:59Z"),
        ("2026-22", "2026-06-01T00:00:00Z", "2026-09-30T23:59:59Z"),
        ("2026-23", "2026-09-01T00:00:00Z", "2026-12-31T23:59:59Z"),
        ("2026-24", "2025-12-01T00:00:00Z", "2027-03-31T23:59:59Z"),
        ("2026-21/2026-22", "2026-03-01T00:00:00Z", "2026-09-30T23:59:59Z"),
    ],
)
def test_a_date_means_from_its_first_to_its_last_second(
    text: str, first: str | None, last: str | None
) -> None:
    day = read_day(text)
    assert (day.earliest, day.latest) == (moment(first), moment(last))
    assert day.stated == text.strip()
    assert not day.uncertain


@pytest.mark.parametrize("plain", ["2026", "2026-02", "2026-02-06", "201X", "2026-21", "2026-XX"])
@pytest.mark.parametrize("mark", "?~%")
def test_a_mark_says_uncertain_and_widens_nothing(plain: str, mark: str) -> None:
    marked, unmarked = read_day(plain + mark), read_day(plain)
    assert (marked.earliest, marked.latest) == (unmarked.earliest, unmarked.latest)
    assert marked.uncertain
    assert read_day("2026?/2027-02~").uncertain


@given(iso_dates())
def test_iso_dates_mean_what_the_standard_library_says(drawn: tuple[str, int, int]) -> None:
    text, first, last = drawn
    day = read_day(text)
    assert (day.earliest, day.latest) == (first, last)


@given(edtf_dates())
def test_marks_decades_and_intervals_are_made_of_iso_dates(
    drawn: tuple[str, int | None, int | None],
) -> None:
    text, first, last = drawn
    day = read_day(text)
    assert (day.earliest, day.latest) == (first, last)
    assert day.uncertain == any(mark in text for mark in "?~%")


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)), st.sampled_from(["?", "~", "%"]))
def test_the_library_sees_the_same_days(day: date, mark: str) -> None:
    for text in (f"{day}{mark}", f"{day:%Y-%m}"[-7:].zfill(7) + mark, f"{day.year:04d}{mark}"):
        read, theirs = read_day(text), edtf.parse_edtf(text)
        first, last = theirs.lower_strict(), theirs.upper_strict()
        assert read.earliest == midnight(date(*first[:3]))
        assert read.latest == midnight(date(*last[:3])) + 86_399


@pytest.mark.parametrize(
    ("text", "year"),
    [("0000", 0), ("-0001", -1), ("-0044", -44), ("-9999", -9999), ("Y10000", 10_000),
     ("Y-12026", -12_026), ("Y12345", 12_345), ("9999", 9999)],
)  # fmt: skip
def test_years_out_of_the_standard_library_s_reach_are_counted(text: str, year: int) -> None:
    """Year by year from 1970, every leap day in its place; year 0 is 1 BC."""
    days = sum(366 if isleap(y) else 365 for y in range(min(1970, year), max(1970, year)))
    first = days * 86_400 * (1 if year > 1970 else -1)
    length = (366 if isleap(year) else 365) * 86_400
    day = read_day(text)
    assert (day.earliest, day.latest) == (first, first + length - 1)


def test_days_before_year_0_lie_in_their_year() -> None:
    ides, year = read_day("-0044-03-15"), read_day("-0044")
    assert ides.earliest is not None
    assert year.earliest is not None
    assert ides.earliest - year.earliest == (31 + 29 + 14) * 86_400
    assert read_day("-0044-02-29").daily
    decade = read_day("-201X")
    assert decade.earliest == read_day("-2019").earliest
    assert decade.latest == read_day("-2010").latest


def test_what_canonical_json_cannot_count_is_refused() -> None:
    assert read_day("Y170000002").latest is not None
    assert read_day("Y285000000").latest is not None
    assert read_day("Y-285000000").earliest is not None
    for text in ("Y1000000000", "Y-1000000000", "2026/Y1000000000", "Y" + "9" * 28):
        with pytest.raises(BadInput):
            read_day(text)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        # not in the calendar
        ("2026-02-30", "Days are 01 to 28"),
        ("2026-02-29", "Days are 01 to 28"),
        ("2026-02-29~", "Days are 01 to 28"),
        ("-0001-02-29", "Days are 01 to 28"),
        ("1900-02-29", "Days are 01 to 28"),
        ("2026-04-31", "Days are 01 to 30"),
        ("2026-02-00", "Days are 01 to 28"),
        ("2026-13", "Months are 01 to 12"),
        ("2026-00-01", "Months are 01 to 12"),
        ("2026-02-06T25:00Z", "Hours run to 23"),
        ("2026-02-06T24:00:01Z", "Hours run to 23"),
        ("2026-02-06T12:60Z", "minutes and seconds to 59"),
        ("2026-02-06T12:00:00+15:00", "up to 14:00"),
        ("2026-02-06T12:00:00+01:75", "up to 14:00"),
        # backwards, or saying nothing
        ("2027/2026", "Write 2026/2027"),
        ("2026-02-06/2026-02-05", "Write 2026-02-05/2026-02-06"),
        ("../..", "Leave it out"),
        ("/", "Leave it out"),
        ("", "Write 2026-02-06"),
        ("  ", "Write 2026-02-06"),
        # other ways of writing a date: the hint spells it
        ("06/02/2026", "2026-02-06 for 6 February 2026 or 2026-06-02 for 2 June 2026"),
        ("6.2.2026", "2026-02-06 for 6 February 2026 or 2026-06-02 for 2 June 2026"),
        ("13/02/2026", "Write 2026-02-13"),
        ("02-13-2026", "Write 2026-02-13"),
        ("06/06/2026", "Write 2026-06-06"),
        ("2026/02/06", "Write 2026-02-06"),
        ("2026-2-6", "Write 2026-02-06"),
        ("2026/02", "Write 2026-02"),
        ("20260206", "Write 2026-02-06"),
        ("6 février 2026", "Write 2026-02-06"),
        ("vendredi 6 février 2026", "Write 2026-02-06"),
        ("1er mars 2026", "Write 2026-03-01"),
        ("Feb 6 2026", "Write 2026-02-06"),
        ("February 6th, 2026", "Write 2026-02-06"),
        ("6 Feb. 2026", "Write 2026-02-06"),
        ("août 2026", "Write 2026-08"),
        ("6 7 février 2026", "Write 2026-02-06, 2026-02 or 2026"),
        ("2026-02-06 08:30", "Write 2026-02-06T08:30Z"),
        ("2026-02-06 08:30:15 +0100", "Write 2026-02-06T08:30:15Z"),
        ("1990-1995", "Write 1990/1995"),
        ("c. 1920", "Write 1920~"),
        ("201x", "Write 201X"),
        ("201u", "Write 201X"),
        ("2026-uu", "Write 2026-XX"),
        ("12026", "Y12026"),
        # level 2
        ("2026?-02", "2026-02-01/2026-02-06"),
        ("156X-12-25", "2026-02-01/2026-02-06"),
        ("2026-XX-06", "2026-02-01/2026-02-06"),
        ("201X/2020", "2026-02-01/2026-02-06"),
        ("2026/Y12026", "2026-02-01/2026-02-06"),
        ("2026-25", "Months are 01 to 12"),
        ("[2025,2026]", "Write 2026-02-06"),
        # no date at all
        ("yesterday", "Write 2026-02-06"),
        ("2026-W06", "Write 2026-02-06"),
        ("2026-02-06\n2026-02-07", "Remove it"),
        ("٢٠٢٦", "Write 2026-02-06"),
        ("2026" * 30, "Write 2026-02-06"),
        ("2026-02-06/2026-02-07/2026-02-08", "Write 2026-02-06"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_what_to_write_instead(text: str, hint: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_day(text, "as_of")
    assert refused.value.message.startswith("as_of: ")
    assert hint in refused.value.hint


@given(st.dates(date(1000, 1, 1), date(9999, 12, 31)))
def test_the_spelling_that_a_hint_suggests_is_the_day_that_was_written(day: date) -> None:
    for text in (f"{day.day} {day:%B} {day.year}", f"{day:%b} {day.day}, {day.year}"):
        with pytest.raises(BadInput) as refused:
            read_day(text)
        assert refused.value.hint == f"Write {day}"
    with pytest.raises(BadInput) as refused:
        read_day(f"{day:%d/%m/%Y}")
    assert day.isoformat() in refused.value.hint


@given(st.one_of(st.text("0123456789XY-/?~%.T:Z+SE ", max_size=24), printable(110), st.text()))
def test_any_text_is_a_day_or_is_refused(text: str) -> None:
    try:
        day = read_day(text)
    except BadInput as refused:
        said = (refused.message, refused.hint)
        assert all(said), said
        return
    assert day.stated == text.strip()
    ends = [end for end in (day.earliest, day.latest) if end is not None]
    assert ends
    assert ends == sorted(ends)
    assert all(abs(end) <= MAX_SECONDS for end in ends)


def test_iso_dates_are_read_without_the_library() -> None:
    """It takes a quarter of a second to import, more than a whole command may."""
    script = (
        "import sys; from ledger.dates import read_day; from ledger.errors import BadInput\n"
        "for text in ('2026', '2026-02', '2026-02-06', '2026-02-06T08:30:15+01:00',"
        " '2026/..', '../2026-02'): read_day(text)\n"
        "sys.exit('edtf' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
