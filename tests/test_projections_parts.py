"""Parts and wholes, ends and starts, and units: an example on each side of every line.

"The measure" is the whole, "its part" and "another part" are parts of it that do not overlap.
"""

from typing import Any

import pytest
from told import PREDICATE, Told, found

from ledger.dates import read_day
from ledger.events import (
    ClaimRetracted,
    EntitiesMatched,
    EntitiesUnmatched,
    PredicateDefined,
)

AMOUNT: dict[str, Any] = {"value_type": "quantity"}
LEVEL: dict[str, Any] = {**AMOUNT, "over_time": "instant"}
GROWING: dict[str, Any] = {**AMOUNT, "over_time": "cumulative-up"}
FALLING: dict[str, Any] = {**AMOUNT, "over_time": "cumulative-down"}
SUMMED: dict[str, Any] = {**AMOUNT, "over_time": "period"}
FIXED: dict[str, Any] = {**AMOUNT, "over_time": "constant"}
DATE: dict[str, Any] = {"value_type": "day", "over_time": "constant"}

PART, OTHER, START = "its part", "another part", "its start"


def parts(lines: str, **defined: Any) -> Told:
    """What is told of a whole and two parts of it, all counted alike."""
    told = Told("", **defined, disjoint=(PART, OTHER))
    told.record(PredicateDefined(name=PART, part_of=PREDICATE, **defined))
    told.tell(lines.replace("[part]", f"(predicate {PART})").replace("[other]", _other))
    return told


_other = f"(predicate {OTHER})"


def verdict(told: Told) -> str | None:
    """What ``part-whole`` says, if it says one thing or nothing."""
    verdicts = {each.verdict for each in told.findings() if each.rule == "part-whole"}
    assert len(verdicts) < 2
    return verdicts.pop() if verdicts else None


# --- part-whole ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        ("6,001", "3,428", "contradiction"),
        ("at least 6,000", "3,428", "contradiction"),
        ("more than 3,428", "at most 3,428", "contradiction"),
        ("3,428", "3,428", None),
        ("3,000", "3,428", None),
        ("3,000", "at least 3,428", None),
        ("at most 6,000", "3,428", None),
        ("dozens", "3", "tension"),
        ("3,500", "3,460", "tension"),
        ("3,500", "3,428", "contradiction"),
        ("about 3,500", "3,100", "tension"),
        ("about 3,500", "3,428", None),
        ("5", "-3", None),
        ("-3", "-5", None),
        ("6 tonnes", "5", None),
    ],
)
def test_a_part_is_no_more_than_its_whole(part: str, whole: str, expected: str | None) -> None:
    lines = f"Ann says {part} as of 2026-02-06 [part]\nBen says {whole} as of 2026-02-06"
    assert verdict(parts(lines, **LEVEL)) == expected
    assert verdict(parts(lines.replace("Ben", "Ann"), **LEVEL)) == expected


@pytest.mark.parametrize(
    ("part", "whole", "level", "growing", "falling", "summed"),
    [
        # (as-of of the part, of the whole): what each kind of predicate makes of 7 beside 5
        ("2026-02-06", "2026-02-06", *["contradiction"] * 4),
        ("2026-02-03", "2026-02-06", None, "contradiction", None, None),
        ("2026-02-05", "2026-02-06", None, "tension", None, None),
        ("2026-02-09", "2026-02-06", None, None, "contradiction", None),
        ("2026-02", "2026-02", "tension", "tension", "tension", "contradiction"),
        ("2026-02", "2026", "tension", None, None, "contradiction"),
        ("2026", "2026-02", "tension", None, None, None),
        ("2026-02~", "2026", "tension", None, None, "tension"),
        ("2026-02-06?", "2026-02-06", *["tension"] * 4),
        ("2025-12/2026-01", "2026", "tension", None, None, None),
    ],
)
def test_when_a_part_and_its_whole_meet(
    part: str,
    whole: str,
    level: str | None,
    growing: str | None,
    falling: str | None,
    summed: str | None,
) -> None:
    lines = f"Ann says 7 as of {part} [part]\nBen says 5 as of {whole}"
    kinds = ((LEVEL, level), (GROWING, growing), (FALLING, falling), (SUMMED, summed))
    for defined, expected in kinds:
        assert verdict(parts(lines, **defined)) == expected, defined
    assert verdict(parts(lines, **FIXED)) == "contradiction"


def test_one_claimant_takes_as_much_space_for_error_the_next_day_as_two_do_not() -> None:
    """Its own count it made itself: no midnight lies between."""
    lines = "Ann says 7 as of 2026-02-05 [part]\nAnn says 5 as of 2026-02-06"
    assert verdict(parts(lines, **GROWING)) == "contradiction"


@pytest.mark.parametrize("verb", ["denies", "forecasts", "demands", "refuses"])
def test_only_what_is_affirmed_bounds_a_whole(verb: str) -> None:
    for lines in (
        f"Ann {verb} 7 as of 2026-02-06 [part]\nBen says 5 as of 2026-02-06",
        f"Ann says 7 as of 2026-02-06 [part]\nBen {verb} 5 as of 2026-02-06",
    ):
        assert verdict(parts(lines, **LEVEL)) is None


def test_what_is_hedged_or_inferred_is_a_tension() -> None:
    hedged = "Ann alleges 7 as of 2026-02-06 [part]\nBen says 5 as of 2026-02-06"
    assert verdict(parts(hedged, **LEVEL)) == "tension"
    assert verdict(parts("Ann says 7 [part]\nBen says 5", **GROWING)) == "tension"


def test_another_place_or_population_is_no_whole() -> None:
    lines = f"Ann says 7 as of 2026 (predicate {PART}, place Tehran)\nBen says 5 as of 2026"
    assert verdict(parts(lines, **SUMMED)) is None


def test_what_counts_otherwise_is_no_part() -> None:
    told = Told("Ben says 5 as of 2026-02-06", **LEVEL)
    told.record(PredicateDefined(name=PART, part_of=PREDICATE, **GROWING))
    told.tell(f"Ann says 7 as of 2026-02-06 (predicate {PART})")
    assert verdict(told) is None


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("Ann says 2001 as of D [part]\nBen says 2501 as of D [other]", "contradiction"),
        ("Ann says at least 2001 as of D [part]\nBen says 2501 as of D [other]", "contradiction"),
        ("Ann says 2001 as of D [part]\nBen says 1001 as of D [other]", None),
        ("Ann says 2001 as of D [part]\nBen says at most 2501 as of D [other]", None),
        ("Ann alleges 2001 as of D [part]\nBen says 2501 as of D [other]", "tension"),
        ("Ann says 2001 as of D [part]\nBen says 2501 as of 2026-02-07 [other]", None),
        ("Ann says 2001 as of D [part]\nBen says 2501 as of D (predicate a third)", None),
    ],
)
def test_parts_that_do_not_overlap_are_added_up(lines: str, expected: str | None) -> None:
    told = parts(f"{lines}\nCleo says 3428 as of D".replace("D", "2026-02-06"), **LEVEL)
    told.record(PredicateDefined(name="a third", part_of=PREDICATE, **LEVEL))
    assert verdict(told) == expected


def test_a_sum_says_nothing_that_one_part_has_said() -> None:
    lines = "Ann says 7 as of 2026 [part]\nBen says 1 as of 2026 [other]\nCleo says 5 as of 2026"
    assert len(parts(lines, **FIXED).findings()) == 1


def test_a_count_exceeded_for_days_is_one_finding_for_the_peak() -> None:
    days = "\n".join(f"Ben says {number} as of 2026-02-{10 + number}" for number in range(1, 8))
    told = parts(f"Ann says 6 as of 2026-02-06 [part]\n{days}", **GROWING)
    [finding] = told.findings()
    assert sorted(len(ids) for ids, _ in finding.camps) == [1, 5]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("Ann says 7 as of 2026-03\nBen says 5 as of 2026", "contradiction"),
        ("Ann says 5 as of 2026-03\nBen says 7 as of 2026", None),
        ("Ann says 7 people as of 2026-03\nBen says 5 people as of 2026", "contradiction"),
        ("Ann says $7 as of 2026-03\nBen says $5 as of 2026", None),
        ("Ann says 7 million euros as of 2026-03\nBen says 5 million euros as of 2026", None),
        ("Ann says 7 % as of 2026-03\nBen says 5 % as of 2026", None),
        ("Ann says 7 km/h as of 2026-03\nBen says 5 km/h as of 2026", None),
        ("Ann says 7 as of 2026-03\nBen says 5 as of 2026\nCleo says -3 as of 2026-04", None),
        ("Ann says 7\nBen says 5 as of 2026", None),
    ],
)
def test_a_month_is_no_more_than_its_year(lines: str, expected: str | None) -> None:
    """But for what can be less than nothing, as a quarter's profit can, and for rates."""
    assert verdict(Told(lines, **SUMMED)) == expected


def test_money_that_is_part_of_money_is() -> None:
    lines = "Ann says $7 as of 2026 [part]\nBen says $5 as of 2026"
    assert verdict(parts(lines, **SUMMED)) == "contradiction"


def test_it_follows_definitions_matches_and_retractions() -> None:
    told = Told("Ben says 5 as of 2026", **FIXED)
    [part] = told.tell("Ann says 7 as of 2026 (predicate killed)")
    assert verdict(told) is None
    told.record(PredicateDefined(name=PART, part_of=PREDICATE, **FIXED))
    told.record(EntitiesMatched(a="killed", b=PART))
    assert verdict(told) == "contradiction"
    told.record(EntitiesUnmatched(a="killed", b=PART))
    assert verdict(told) is None
    told.record(PredicateDefined(name="killed", part_of=PREDICATE, **FIXED))
    assert verdict(told) == "contradiction"
    told.record(ClaimRetracted(claim=part, published=read_day("2026-03-02"), reason="x"))
    assert verdict(told) is None


# --- order -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "start", "expected"),
    [
        ("2026-02-03", "2026-02-06", "contradiction"),
        ("2026-01", "2026-02-06", "contradiction"),
        ("2026-02-05", "2026-02-06", "tension"),
        ("2026-02-03?", "2026-02-06", "tension"),
        ("2026-02-06", "2026-02-06", None),
        ("2026-02", "2026-02-06", None),
        ("2026-02-09", "2026-02-06", None),
        ("../2026-02-03", "2026-02-06", "contradiction"),
        ("2026-02-03/..", "2026-02-06", None),
    ],
)
def test_an_end_does_not_precede_its_start(end: str, start: str, expected: str | None) -> None:
    for claimant in ("Ann", "Ben"):
        told = Told(f"Ann says {end}", **DATE, not_before=START)
        told.record(PredicateDefined(name=START, **DATE))
        told.tell(f"{claimant} says {start} (predicate {START})")
        assert told.found() == ({"order": expected} if expected else {})


def test_one_finding_for_each_who_names_too_early_an_end() -> None:
    told = Told("Ann says 2026-02-03\nBen says 2026-02-03\nCleo denies 2026-02-03", **DATE)
    told.record(PredicateDefined(name=PREDICATE, **DATE, not_before=START))
    told.record(PredicateDefined(name=START, **DATE))
    told.tell(f"Ann says 2026-02-06 (predicate {START})\nCleo says 2026-02-06 (predicate {START})")
    assert [finding.rule for finding in told.findings()].count("order") == 2


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Ann says 5 as of 2026-02-09 (published 2026-02-06)", "contradiction"),
        ("Ann says 5 as of 2026-03 (published 2026-02-06)", "contradiction"),
        ("Ann says 5 as of 2026-02-07 (published 2026-02-06)", "tension"),
        ("Ann says 5 as of 2026-02-09~ (published 2026-02-06)", "tension"),
        ("Ann alleges 5 as of 2026-02-09 (published 2026-02-06)", "tension"),
        ("Ann says 5 as of 2026-02-09 (published 2026-02)", None),
        ("Ann says 5 as of 2026 (published 2026-02-06)", None),
        ("Ann says 5 as of 2026-02-06 (published 2026-02-06)", None),
        ("Ann forecasts 5 as of 2026-02-09 (published 2026-02-06)", None),
        ("Ann denies 5 as of 2026-02-09 (published 2026-02-06)", None),
        ("Ann demands 5 as of 2026-02-09 (published 2026-02-06)", None),
        ("Ann refuses 5 as of 2026-02-09 (published 2026-02-06)", None),
        ("Ann says 5 (published 2026-02-06)", None),
    ],
)
def test_a_report_is_not_older_than_what_it_is_about(line: str, expected: str | None) -> None:
    assert found(line, **LEVEL) == ({"order": expected} if expected else {})
    assert found(line, **FIXED) == {}


def test_one_finding_for_each_claimant_and_time() -> None:
    lines = "Ann says 5 as of D (published 2026-02-06)\nAnn says at least 4 as of D (published P)"
    told = Told(lines.replace("D", "2026-02-09").replace("P", "2026-02-01"), **LEVEL)
    assert [finding.rule for finding in told.findings()] == ["order"]


# --- units -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("5 miles", "8 km", None),
        ("5 miles", "10 km", "tension"),
        ("5 miles", "12 km", "contradiction"),
        ("5 miles", "at least 12 km", "contradiction"),
        ("5 miles", "at least 8 km", None),
        ("20 miles", "30 km", "tension"),
        ("1 tonne", "1,000 kg", None),
        ("1 tonne", "1,400 kg", "tension"),
        ("3 tonnes", "1,400 kg", "contradiction"),
        ("2,204 lb", "1 tonne", None),
        ("100 hectares", "1 km²", None),
        ("100 hectares", "3 km²", "contradiction"),
        ("48 hours", "2 days", None),
        ("72 hours", "2 days", "contradiction"),
        ("7 barrels", "1,113 litres", None),
        ("5 ‰", "0.5 %", None),
        ("6 ‰", "0.5 %", "tension"),
        ("7 ‰", "0.5 %", "contradiction"),
        ("5 miles", "9 km", "tension"),
        ("9007199254740993 km", "9007199254740992000 metres", "contradiction"),
        ("5 tons", "9 tonnes", None),
        ("5 gallons", "90 litres", None),
        ("5 pounds", "90 kg", None),
        ("5 °C", "90 °F", None),
        ("5 dollars", "9 euros", None),
        ("5 people", "9 deaths", None),
        ("5 months", "9 days", None),
        ("5 % of GDP", "9 %", None),
    ],
)
def test_amounts_in_units_of_one_measure_are_compared(
    one: str, other: str, expected: str | None
) -> None:
    """Converting rounds: half of a unit of the last digit is excused."""
    for a, b in ((one, other), (other, one)):
        seen = found(f"Ann says {a} as of 2026-02-06\nBen says {b} as of 2026-02-06", **LEVEL)
        assert seen == ({"value": expected} if expected else {})


def test_an_amount_without_a_unit_is_in_its_predicates() -> None:
    lines = "Ann says 5 as of 2026-02-06\nBen says 8 km as of 2026-02-06"
    assert found(lines, **LEVEL, unit="km") == {"value": "contradiction"}
    assert found(lines, **LEVEL, unit="miles") == {}
    assert found(lines, **LEVEL) == {}


def test_a_count_falls_in_any_unit() -> None:
    lines = "Ann says 5 tonnes as of 2026-02-06\nAnn says 3000 kg as of 2026-02-09"
    assert found(lines, **GROWING) == {"cumulative": "contradiction"}
    assert found(lines.replace("3000", "6000"), **GROWING) == {}
    assert found(lines.replace("3000", "6000"), **FALLING) == {"cumulative": "contradiction"}


def test_a_denial_holds_in_any_unit() -> None:
    lines = "Ann says 20 km as of 2026-02-06\nBen denies more than 5 miles as of 2026-02-06"
    assert found(lines, **LEVEL) == {"negation": "contradiction"}
    assert found(lines.replace("20 km", "7 km"), **LEVEL) == {}


def test_one_more_voice_in_another_unit_makes_no_new_finding() -> None:
    told = Told("Ann says 5 km as of 2026-02-06\nBen says 9 km as of 2026-02-06", **LEVEL)
    [before] = told.findings()
    told.tell("Cleo says 40 miles as of 2026-02-06")
    [after] = told.findings()
    assert (after.id, len(after.camps)) == (before.id, 3)


@pytest.mark.parametrize(
    ("whole", "part", "verdict"),
    [
        ("2026-02-05", "2026-04-05", "tension"),
        ("2026-02-05", "2026-02-05", "contradiction"),
        ("2026-04-05", "2026-04-06", "contradiction"),
        ("2027-01-05", "2026-04-05", "contradiction"),
    ],
)
def test_a_sum_told_before_its_part_was_over_need_not_foresee_it(
    whole: str, part: str, verdict: str
) -> None:
    """Ann told in February of five attacks in 2026; nobody could know of March's seven."""
    lines = (
        f"Ann says 5 as of 2026 (published {whole})\nBen says 7 as of 2026-03 (published {part})"
    )
    assert found(lines, **SUMMED)["part-whole"] == verdict
