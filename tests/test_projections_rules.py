"""What contradicts what, rule by rule: an example on each side of every line that is drawn.

The measure is precision: a checker who is shown three false alarms stops reading. So for every
rule there is something that it must find, and something beside it at which it must be silent.
"""

import attrs
import pytest
from told import SUBJECT, Told, found

from ledger.dates import read_day
from ledger.events import (
    ClaimAsserted,
    ClaimRetracted,
    ClaimsLinked,
    EntitiesMatched,
    RecordingCorrected,
    SourceDescribed,
)
from projections.contradictions.rules import RULES, described

AMOUNT = {"value_type": "quantity"}
GROWING = {"value_type": "quantity", "over_time": "cumulative-up"}
FALLING = {"value_type": "quantity", "over_time": "cumulative-down"}
PLACE = {"value_type": "entity"}
DATE = {"value_type": "day", "over_time": "constant"}
TRUTH = {"value_type": "truth"}
TOPICS = {"value_type": "text", "multi_valued": True}

# --- value -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("3,428", "at least 6,000", "contradiction"),
        ("3,428", "3,429", "contradiction"),
        ("at most 3,428", "more than 3,428", "contradiction"),
        ("3,428", "more than 3,428", "contradiction"),
        ("3,400", "more than 3,400", "tension"),
        ("between 3 and 5", "between 6 and 9", "contradiction"),
        ("9007199254740993", "9007199254740992", "contradiction"),
        ("0.1", "0.11", "contradiction"),
        ("-5", "5", "contradiction"),
        ("at least 3,428", "at least 6,000", None),
        ("at most 6", "at least 6", None),
        ("between 3 and 5", "between 5 and 9", None),
        ("3,428", "3428", None),
        ("about 3,400", "3,428", None),
        ("about 3,400", "3,900", "tension"),
        ("about 3,400", "4,200", "contradiction"),
        ("5.3 million", "5,349,000", None),
        ("5.3 million", "5,380,000", "tension"),
        ("5.3 million", "5,480,000", "contradiction"),
        ("3,400", "3,428", "tension"),
        ("3,410", "3,428", "contradiction"),
        ("6,000", "6,280", "tension"),
        ("6,000", "6,480", "contradiction"),
        ("200", "212", "contradiction"),
        ("1.5", "1.53", "tension"),
        ("1.5", "1.56", "contradiction"),
        ("3,428", "3,428.4", "tension"),
        ("3,428", "3,429.4", "contradiction"),
        ("3.5", "at most 3.48", "tension"),
        ("3.52", "3.48", "contradiction"),
        ("dozens", "100", None),
        ("dozens", "3", "tension"),
        ("several", "at most 1", "tension"),
    ],
)
def test_two_claimants_name_amounts_of_one_day(one: str, other: str, verdict: str | None) -> None:
    seen = found(f"Ann says {one} as of 2026-02-06\nBen says {other} as of 2026-02-06", **AMOUNT)
    assert seen == ({"value": verdict} if verdict else {})


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("100", "105", None),
        ("100", "109", "tension"),
        ("100", "112", "contradiction"),
        ("at least 105", "at most 95", "contradiction"),
    ],
)
def test_a_tolerance_excuses_plain_numbers(one: str, other: str, verdict: str | None) -> None:
    """Within it of the larger they agree, within twice it they may not both hold."""
    lines = f"Ann says {one} as of 2026-02-06\nBen says {other} as of 2026-02-06"
    seen = found(lines, **AMOUNT, tolerance="5%")
    assert seen == ({"value": verdict} if verdict else {})


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("Ann says 5 as of 2026-02-06", "Ben says 7 as of 2026-02-07", None),
        ("Ann says 5 as of 2026-02", "Ben says 7 as of 2026-02-06", "tension"),
        ("Ann says 5 as of 2026-02", "Ben says 7 as of 2026-02", "tension"),
        ("Ann says 5 as of 2026-02", "Ben says 7 as of 2026-03", None),
        ("Ann says 5 as of 2026-02-06~", "Ben says 7 as of 2026-02-06", "tension"),
        ("Ann says 5 as of 2026-02-06?", "Ben says 7 as of 2026-02-06?", "tension"),
        ("Ann says 5", "Ben says 7", "tension"),
        ("Ann says 5", "Ben says 7 as of 2026-03-01", "tension"),
        ("Ann says 5", "Ben says 7 as of 2026-02-28", None),
        (
            "Ann says 5 as of 2026-02-06T08:30:00Z",
            "Ben says 7 as of 2026-02-06T09:30:00+01:00",
            "contradiction",
        ),
        ("Ann says 5 as of 2026-02-06T08:30:00Z", "Ben says 7 as of 2026-02-06", "tension"),
        ("Ann says 5 as of 2026-02-06T08:30:00Z", "Ben says 7 as of 2026-02-06T08:31:00Z", None),
    ],
)
def test_a_level_is_compared_at_the_same_instant(one: str, other: str, verdict: str | None) -> None:
    assert found(f"{one}\n{other}", **AMOUNT) == ({"value": verdict} if verdict else {})


@pytest.mark.parametrize(
    ("as_ofs", "verdict"),
    [
        (("2025", "2025"), "contradiction"),
        (("2025-03", "2025"), None),
        (("2025", "2024"), None),
        (("2025~", "2025"), "tension"),
        (("2026", "2026"), "tension"),
    ],
)
def test_a_sum_is_compared_over_the_same_period(
    as_ofs: tuple[str, str], verdict: str | None
) -> None:
    """A year's total beside a month's is no disagreement; nor need be one told within the year."""
    one, other = as_ofs
    lines = f"Ann says 5 as of {one}\nBen says 7 as of {other}"
    seen = found(lines, **AMOUNT, over_time="period")
    assert seen == ({"value": verdict} if verdict else {})


def test_what_never_changes_is_compared_whenever_it_was_said() -> None:
    lines = "Ann says 5 as of 1999\nBen says 7"
    assert found(lines, **AMOUNT, over_time="constant") == {"value": "contradiction"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann says 5 as of 2026-02-06 (place Tehran)", "Ben says 7 as of 2026-02-06"),
        (
            "Ann says 5 as of 2026-02-06 (place Tehran)",
            "Ben says 7 as of 2026-02-06 (place Qom)",
        ),
        ("Ann says 5 as of 2026-02-06 (unit people)", "Ben says 7 as of 2026-02-06 (unit tonnes)"),
        ("Ann says 5 as of 2026-02-06", "Ben forecasts 7 as of 2026-02-06"),
        ("Ann says 5 as of 2026-02-06", "Ben demands 7 as of 2026-02-06"),
        ("Ann says 5 as of 2026-02-06", "Ben says five or so as of 2026-02-06"),
    ],
)
def test_what_is_not_comparable_is_not_compared(one: str, other: str) -> None:
    assert found(f"{one}\n{other}") == {}


def test_scopes_that_are_written_differently_are_one() -> None:
    lines = """
        Ann says 5 as of 2026-02-06 (place Tehran)
        Ben says 7 as of 2026-02-06 (Place tehran)
    """
    assert found(lines, **AMOUNT) == {"value": "contradiction"}


@pytest.mark.parametrize("verb", ["alleges", "supposes"])
def test_what_is_said_with_less_certainty_is_a_tension_at_most(verb: str) -> None:
    lines = f"Ann {verb} 5 as of 2026-02-06\nBen says 7 as of 2026-02-06"
    assert found(lines, **AMOUNT) == {"value": "tension"}


def test_a_definition_gives_a_bare_number_its_unit() -> None:
    lines = "Ann says 5 as of 2026-02-06\nBen says 7 as of 2026-02-06 (unit people)"
    assert found(lines, **AMOUNT, unit="people") == {"value": "contradiction"}
    assert found(lines, **AMOUNT) == {}


# --- cumulative ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("earlier", "later", "verdict"),
    [
        ("exactly 6,000", "exactly 3,428", "contradiction"),
        ("6,000", "3,428", "contradiction"),
        ("at least 6,000", "at most 3,428", "contradiction"),
        ("at least 6,000", "at least 3,428", None),
        ("at most 6,000", "3,428", None),
        ("3,428", "6,000", None),
        ("3,428", "3,428", None),
        ("about 3,400", "3,100", None),
        ("about 3,400", "2,900", "tension"),
        ("3,428", "3,400", "tension"),
        ("dozens", "3", "tension"),
    ],
)
def test_a_count_that_can_only_grow(earlier: str, later: str, verdict: str | None) -> None:
    lines = f"Ann says {earlier} as of 2026-01-20\nBen says {later} as of 2026-02-06"
    assert found(lines, **GROWING) == ({"cumulative": verdict} if verdict else {})


def test_a_count_that_can_only_fall_is_its_mirror() -> None:
    falls = "Ann says 6,000 as of 2026-01-20\nBen says 3,428 as of 2026-02-06"
    rises = "Ann says 3,428 as of 2026-01-20\nBen says 6,000 as of 2026-02-06"
    assert found(falls, **FALLING) == {}
    assert found(rises, **FALLING) == {"cumulative": "contradiction"}


@pytest.mark.parametrize(
    ("earlier", "later", "verdict"),
    [
        ("Ann says 9 as of 2026-02-06", "Ben says 5 as of 2026-02-07", "tension"),
        ("Ann says 9 as of 2026-02-06", "Ann says 5 as of 2026-02-07", "contradiction"),
        ("Ann says 9 as of 2026-02-06", "Ben says 5 as of 2026-02-08", "contradiction"),
        ("Ann says 9 as of 2026-02-06", "Ben says 5 as of 2026-02", None),
        ("Ann says 9 as of 2026-02", "Ben says 5 as of 2026-02-28", None),
        ("Ann says 9 as of 2026-01", "Ben says 5 as of 2026-03", "contradiction"),
        ("Ann says 9 as of 2026-02-06", "Ben says 5", "tension"),
        ("Ann says 9 as of 2026-02-06", "Ben says 5 as of 2026-02-09~", "tension"),
        ("Ann says 9 as of 2026-02-06~", "Ben says 5 as of 2026-02-09", "tension"),
        ("Ann alleges 9 as of 2026-02-06", "Ben says 5 as of 2026-02-09", None),
        ("Ann says 9 as of 2026-02-06", "Ben alleges 5 as of 2026-02-09", "tension"),
        ("Ann denies 9 as of 2026-02-06", "Ben says 5 as of 2026-02-09", None),
        ("Ann forecasts 9 as of 2026-02-06", "Ben says 5 as of 2026-02-09", None),
    ],
)
def test_a_fall_is_from_an_earlier_time_to_a_later(
    earlier: str, later: str, verdict: str | None
) -> None:
    assert found(f"{earlier}\n{later}", **GROWING) == ({"cumulative": verdict} if verdict else {})


def test_each_fallen_claim_is_charged_to_the_highest_earlier_bound() -> None:
    """One finding a peak, however long the count lies below it."""
    told = Told(
        """
        Ann says 7 as of 2026-01-01
        Ann says 9 as of 2026-01-10
        Ann says 5 as of 2026-01-20
        Ann says 6 as of 2026-01-30
        Ann says 8 as of 2026-02-10
        """,
        **GROWING,
    )
    [finding] = told.findings()
    assert sorted(len(ids) for ids, _ in finding.camps) == [1, 3]


def test_a_fall_is_left_to_value_where_that_has_said_so() -> None:
    """Ann's figure of the later day contradicts Ben's: that is the one finding to read."""
    lines = """
        Ann says 9 as of 2026-02-01
        Ben says 5 as of 2026-02-09
        Ann says 12 as of 2026-02-09
    """
    assert found(lines, **GROWING) == {"value": "contradiction"}


def test_a_count_is_compared_at_one_instant_too() -> None:
    lines = "Ann says 5 as of 2026-02-06\nBen says 7 as of 2026-02-06"
    assert found(lines, **GROWING) == {"value": "contradiction"}


# --- category, date, negation ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("Muscat", "Geneva", "contradiction"),
        ("Muscat", "MUSCAT", None),
        ("al-Busaidi", "Badr al-Busaidi", "tension"),
        ("Badr al\u2011Busaidi", "Badr al-Busaidi", None),
    ],
)
def test_a_place_is_one_place(one: str, other: str, verdict: str | None) -> None:
    lines = f"Ann says {one} as of 2026-02-06\nBen says {other} as of 2026-02-06"
    assert found(lines, **PLACE) == ({"category": verdict} if verdict else {})


def test_words_are_compared_only_where_a_definition_makes_them_single() -> None:
    """Without one, two participants are two participants."""
    lines = "Ann says Rubio as of 2026-02-06\nBen says Araghchi as of 2026-02-06"
    assert found(lines) == {}
    assert found(lines, value_type="entity", multi_valued=True) == {}
    assert found(lines, **PLACE) == {"category": "contradiction"}


def test_a_list_that_is_closed_leaves_out_what_is_not_on_it() -> None:
    lines = "Ann says only Oman; Qatar as of 2026-02-06\nBen says Oman; {} as of 2026-02-06"
    assert found(lines.format("Qatar"), **TOPICS) == {}
    assert found(lines.format("Egypt"), **TOPICS) == {"category": "contradiction"}
    assert found(lines.replace("only ", "").format("Egypt"), **TOPICS) == {}


def test_matched_names_are_one_and_what_lies_within_agrees() -> None:
    for relation in ("same", "within"):
        told = Told("Ann says Muscat as of 2026-02-06\nBen says Oman as of 2026-02-06", **PLACE)
        assert told.found() == {"category": "contradiction"}
        told.record(EntitiesMatched(a="Muscat", b="Oman", relation=relation))
        assert told.found() == {}


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("2026-02-06", "2026-02-09", "contradiction"),
        ("2026-02-06", "2026-02-07", "tension"),
        ("2026-02-06", "2026-02", None),
        ("2026-02-06", "2026", None),
        ("2026-02", "2026-03", "tension"),
        ("2026-01", "2026-03", "contradiction"),
        ("2026-02-06", "2026-02-09~", "tension"),
        ("2026-02-06/2026-02-08", "2026-02-08/2026-02-12", None),
        ("../2026-02-06", "2026-02-08/..", "contradiction"),
    ],
)
def test_a_date_that_can_be_only_once(one: str, other: str, verdict: str | None) -> None:
    seen = found(f"Ann says {one}\nBen says {other}", **DATE)
    assert seen == ({"date": verdict} if verdict else {})


@pytest.mark.parametrize(
    ("asserted", "denied", "verdict"),
    [
        ("6,000", "more than 5,000", "contradiction"),
        ("3,428", "more than 5,000", None),
        ("at least 3,428", "more than 5,000", None),
        ("at least 6,000", "more than 5,000", "contradiction"),
        ("5,000", "5,000", "contradiction"),
        ("at least 5,000", "5,000", None),
        ("dozens", "at least 5", "tension"),
        ("3,400", "more than 3,390", "tension"),
        ("3,412", "more than 3,390", "contradiction"),
        ("about 3,400", "more than 3,000", "tension"),
        ("about 3,400", "more than 2,000", "contradiction"),
    ],
)
def test_denying_a_figure_denies_what_lies_within_it(
    asserted: str, denied: str, verdict: str | None
) -> None:
    lines = f"Ann says {asserted} as of 2026-02-06\nBen denies {denied} as of 2026-02-06"
    assert found(lines, **AMOUNT) == ({"negation": verdict} if verdict else {})


@pytest.mark.parametrize(
    ("one", "other", "fires"),
    [
        ("Ann says yes", "Ben says no", True),
        ("Ann says yes", "Ben denies yes", True),
        ("Ann denies no", "Ben says no", True),
        ("Ann denies no", "Ben denies yes", True),
        ("Ann says yes", "Ben denies no", False),
        ("Ann denies yes", "Ben says no", False),
        ("Ann denies yes", "Ben denies yes", False),
        ("Ann says yes", "Ben says oui", False),
    ],
)
def test_a_denied_no_is_a_yes(one: str, other: str, fires: bool) -> None:
    seen = found(f"{one} as of 2026-02-06\n{other} as of 2026-02-06", **TRUTH)
    assert seen == ({"negation": "contradiction"} if fires else {})


def test_denying_a_place_denies_what_lies_within_it() -> None:
    told = Told("Ann says Muscat as of 2026-02-06\nBen denies Oman as of 2026-02-06", **PLACE)
    assert told.found() == {}
    told.record(EntitiesMatched(a="Muscat", b="Oman", relation="within"))
    assert told.found() == {"negation": "contradiction"}


def test_saying_that_something_was_said_is_not_denied_by_denying_it() -> None:
    """Y says that they met; X denies it: two claims about a meeting, each somebody's own."""
    told = Told("Ann says that they met in Oman as of 2026-02-06")
    told.tell("Ben denies that Ann was asked as of 2026-02-06")
    assert told.found() == {}


# --- position --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "fires"),
    [
        ("US demands missiles; nuclear", "Iran demands only nuclear; sanctions", True),
        ("US demands missiles", "Iran refuses missiles; militias", True),
        ("US demands only nuclear", "Iran demands only sanctions", True),
        ("US demands missiles; nuclear", "Iran demands nuclear; sanctions", False),
        ("US demands only nuclear", "Iran refuses missiles", False),
        ("US refuses missiles", "Iran refuses only nuclear", False),
        ("US demands missiles", "US refuses militias", False),
        ("US demands missiles", "Iran says only nuclear", False),
        ("US demands missiles", "Iran denies missiles", False),
    ],
)
def test_wishes_that_cannot_both_be_met(one: str, other: str, fires: bool) -> None:
    """Whenever they were voiced: a party holds its position until it says otherwise."""
    seen = found(f"{one} as of 2026-01-06\n{other} as of 2026-02-06", **TOPICS)
    assert seen == ({"position": "contradiction"} if fires else {})


def test_a_party_that_gives_in_ends_the_conflict() -> None:
    told = Told("US demands missiles\nIran refuses missiles", **TOPICS)
    assert told.found() == {"position": "contradiction"}
    told.tell("Iran demands missiles (published 2026-03-05)")
    assert told.found() == {"revision": "revision"}


# --- revision: one voice ---------------------------------------------------------------------

LATER = "(published 2026-03-02)"


@pytest.mark.parametrize(
    ("first", "second", "verdict", "standing"),
    [
        ("3,428", f"6,000 as of 2026-02-06 {LATER}", "revision", "revised stands"),
        ("at least 3,428", f"6,000 as of 2026-02-06 {LATER}", None, "stands stands"),
        ("at least 3,428", f"at least 6,000 as of 2026-02-06 {LATER}", None, "stands stands"),
        ("3,428", "6,000 as of 2026-02-06", "contradiction", "stands stands"),
        ("3,428", "6,000 as of 2026-02-06 (published 2026-03)", "tension", "stands stands"),
        ("3,428", f"6,000 as of 2026-02-07 {LATER}", None, "stands stands"),
        ("3,428", f"6,000 {LATER}", None, "stands stands"),
        (
            "3,428",
            "6,000 as of 2026-02-06 (published 2026-03-02, via FT)",
            "tension",
            "stands stands",
        ),
        (
            "3,428",
            "6,000 as of 2026-02-06 (published 2026-03-01, said 2026-02-07)",
            "revision",
            "stands revised",
        ),
    ],
)
def test_a_source_that_says_something_else_of_the_same_day(
    first: str, second: str, verdict: str | None, standing: str
) -> None:
    told = Told(f"Ann says {first} as of 2026-02-06\nAnn says {second}", **AMOUNT)
    assert told.found() == ({"revision": verdict} if verdict else {})
    assert told.standing() == standing.split()


def test_a_source_is_one_voice_under_all_its_names() -> None:
    told = Told(f"Washington says 5 as of 2026-02-06\nUS says 7 as of 2026-02-06 {LATER}", **AMOUNT)
    assert told.found() == {"value": "contradiction"}
    told.record(SourceDescribed(name="US", kind="government", aliases=("Washington",)))
    assert told.found() == {"revision": "revision"}


def test_who_is_anonymous_or_not_stated_is_no_one_voice() -> None:
    lines = f"{{0}} says 5 as of 2026-02-06\n{{0}} says 7 as of 2026-02-06 {LATER}"
    told = Told(lines.format("US officials"), **AMOUNT)
    assert told.found() == {"revision": "revision"}
    told.record(SourceDescribed(name="US officials", kind="anonymous"))
    assert told.found() == {"value": "contradiction"}
    assert found(lines.format("not stated"), **AMOUNT) == {"value": "contradiction"}


def test_a_value_may_change_in_the_course_of_the_day_it_is_about() -> None:
    lines = """
        Ann says 5 as of 2026-02-06 (published 2026-02-06)
        Ann says 7 as of 2026-02-06 (published 2026-02-06)
    """
    assert found(lines, **AMOUNT) == {"revision": "tension"}
    assert found(lines, **AMOUNT, over_time="constant") == {"revision": "contradiction"}


def test_what_is_linked_as_revising_does_so_at_any_as_of() -> None:
    told = Told(**GROWING)
    first, second = told.tell("Ann says 9 as of 2026-02-01\nAnn says 5 as of 2026-02-09")
    assert told.found() == {"cumulative": "contradiction"}
    told.record(ClaimsLinked(claim=second, relation="revises", other=first))
    assert told.found() == {"revision": "revision"}
    assert told.standing() == ["revised", "stands"]


def test_a_revised_figure_contradicts_nobody_any_more() -> None:
    told = Told("Ann says 5 as of 2026-02-06\nBen says 7 as of 2026-02-06", **AMOUNT)
    assert told.found() == {"value": "contradiction"}
    told.tell(f"Ann says 7 as of 2026-02-06 {LATER}")
    assert told.found() == {"revision": "revision"}


@pytest.mark.parametrize(
    ("first", "second", "left"),
    [
        (
            "demands nuclear file; sanctions; prisoners",
            "refuses prisoners",
            "nuclear file; sanctions",
        ),
        ("demands nuclear file; sanctions", "refuses missiles; sanctions", "nuclear file"),
        ("demands nuclear file; sanctions", "demands only sanctions", "sanctions"),
        ("refuses missiles; prisoners", "demands nuclear file; prisoners", "missiles"),
        ("demands only nuclear file; sanctions", "refuses sanctions", "only nuclear file"),
        ("demands only nuclear file", "demands missiles", "nuclear file"),
        ("demands only nuclear file; sanctions", "demands only missiles; sanctions", "sanctions"),
        ("says nuclear file; sanctions", "denies sanctions", "nuclear file"),
        ("says only nuclear file", "says missiles", "nuclear file"),
        ("denies missiles; prisoners", "says prisoners", "missiles"),
        ("demands nuclear file; sanctions", "demands missiles", "all"),
        ("demands nuclear file; sanctions", "denies sanctions", "all"),
        ("says nuclear file; sanctions", "alleges only sanctions", "all"),
        ("demands nuclear file; sanctions", "refuses sanctions; nuclear file", "nothing"),
        ("demands only sanctions", "demands only missiles", "nothing"),
        ("demands only sanctions", "refuses sanctions", "nothing"),
    ],
)
def test_a_list_is_revised_item_by_item(first: str, second: str, left: str) -> None:
    """And that it is closed apart from what is on it: what else there is takes back no item."""
    told = Told(f"Iran {first} as of 2026-02-06\nIran {second} as of 2026-02-06 {LATER}", **TOPICS)
    assert told.standing() == ["revised" if left == "nothing" else "stands", "stands"]
    assert told.left() == ([] if left in ("all", "nothing") else [left])
    assert told.found() == ({} if left == "all" else {"revision": "revision"})


@pytest.mark.parametrize(
    ("kind", "first", "second", "left"),
    [
        ("quantity", "5; 7; 9", "7", "5; 9"),
        ("day", "2026-02-06; 2026-02-08", "2026-02-08", "2026-02-06"),
        ("entity", "Geneva; Oman", "Oman", "Geneva"),
    ],
)
def test_so_are_lists_of_numbers_days_and_names(
    kind: str, first: str, second: str, left: str
) -> None:
    lines = f"Ann says {first} as of 2026-02-06\nAnn denies {second} as of 2026-02-06 {LATER}"
    told = Told(lines, value_type=kind, multi_valued=True)
    assert told.left() == [left]


def test_what_is_left_of_a_demand_still_clashes_and_what_is_gone_does_not() -> None:
    """Tehran no longer demands the prisoners; the nuclear file and the sanctions it does."""
    monday = "Iran demands nuclear file; sanctions; prisoners"
    for refused, fires in (("sanctions", True), ("prisoners", False)):
        told = Told(f"{monday}\nUS refuses {refused}", **TOPICS)
        assert told.found() == {"position": "contradiction"}
        told.tell(f"Iran refuses prisoners {LATER}")
        assert ("position" in told.found()) == fires


def test_a_closed_list_leaves_out_nothing_that_it_once_named() -> None:
    """It did not say that the sanctions must not be talked about; the refusal said so."""
    told = Told("Iran demands only nuclear file; sanctions\nUS demands sanctions", **TOPICS)
    [refusal] = told.tell(f"Iran refuses sanctions {LATER}")
    assert told.found() == {"position": "contradiction", "revision": "revision"}
    told.record(ClaimRetracted(claim=refusal, published=read_day("2026-03-03"), reason="a slip"))
    assert told.left() == ["only nuclear file"]
    assert told.found() == {"revision": "revision"}
    told.tell("US demands missiles")
    assert told.found() == {"position": "contradiction", "revision": "revision"}


def test_what_was_revised_of_a_list_is_not_said_again_by_one_who_was_quoted() -> None:
    """The refusal that was read in a paper is set against what is left, and finds nothing."""
    told = Told(f"Iran demands sanctions; prisoners\nIran refuses prisoners {LATER}", **TOPICS)
    told.tell("Iran refuses prisoners (published 2026-03-02, via FT)")
    assert told.found() == {"revision": "revision"}
    told.tell("Iran refuses sanctions (published 2026-03-02, via FT)")
    assert told.found() == {"revision": "tension"}


def test_a_retracted_claim_still_revises_what_it_revised() -> None:
    told = Told("Ann says 5 as of 2026-02-06\nBen says 7 as of 2026-02-06", **AMOUNT)
    [last] = told.tell(f"Ann says 9 as of 2026-02-06 {LATER}")
    told.record(ClaimRetracted(claim=last, published=read_day("2026-03-03"), reason="a slip"))
    assert told.standing() == ["revised", "stands", "retracted"]
    assert told.found() == {"revision": "revision"}


def test_a_voice_does_not_contradict_what_it_took_back() -> None:
    told = Told(**AMOUNT)
    first, _ = told.tell("Ann says 5 as of 2026-02-06\nAnn says 7 as of 2026-02-06")
    assert told.found() == {"revision": "contradiction"}
    told.record(ClaimRetracted(claim=first, published=read_day("2026-03-03"), reason="a slip"))
    assert told.found() == {}


# --- who speaks ------------------------------------------------------------------------------


def test_our_own_correction_is_no_change_of_mind() -> None:
    told = Told(**AMOUNT)
    [typed, _] = told.tell("Ann says 5 as of 2026-02-06\nBen says 7 as of 2026-02-06")
    right = told.read("Ann says 7 as of 2026-02-06").claim
    told.record(RecordingCorrected(corrects=typed, claim=right))
    assert told.found() == {}
    assert told.standing() == ["corrected", "stands", "stands"]


def test_a_relay_speaks_for_no_one() -> None:
    """It is held against its origin alone, and against that only if both are about one time."""
    told = Told(**GROWING)
    origin, relay, late = told.tell(
        """
        Ann says 5 as of 2026-02-06
        Daily says 7 as of 2026-02-06
        Weekly says 3 as of 2026-02-09
        """
    )
    assert told.found() == {"value": "contradiction", "cumulative": "contradiction"}
    told.record(ClaimsLinked(claim=relay, relation="relays", other=origin))
    told.record(ClaimsLinked(claim=late, relation="translates", other=origin))
    assert told.found() == {"relay": "altered"}


def test_names_that_are_matched_are_one_subject() -> None:
    told = Told("Ann says 5 as of 2026-02-06", **AMOUNT)
    other = told.read("Ben says 7 as of 2026-02-06").claim
    told.record(ClaimAsserted(claim=attrs.evolve(other, subject="la chose")))
    assert told.found() == {}
    told.record(EntitiesMatched(a=SUBJECT, b="la chose"))
    assert told.found() == {"value": "contradiction"}


def test_those_who_act_for_one_another_are_one_origin() -> None:
    told = Told(
        """
        Rubio says 5 as of 2026-02-06
        Leavitt says 5 as of 2026-02-06
        Tehran says 7 as of 2026-02-06
        """,
        **AMOUNT,
    )
    for spokesperson in ("Rubio", "Leavitt"):
        told.record(SourceDescribed(name=spokesperson, kind="person", acts_for="Washington"))
    [finding] = told.findings()
    assert sorted((len(ids), origins) for ids, origins in finding.camps) == [(1, 1), (2, 1)]


def test_unnamed_officials_count_by_the_outlet_they_were_read_in() -> None:
    told = Told(
        """
        US officials says 5 as of 2026-02-06 (via FT)
        US officials says 5 as of 2026-02-06 (via Daily; FT)
        US officials says 5 as of 2026-02-06 (via AP)
        Tehran says 7 as of 2026-02-06
        """,
        **AMOUNT,
    )
    told.record(SourceDescribed(name="US officials", kind="anonymous"))
    [finding] = told.findings()
    assert sorted((len(ids), origins) for ids, origins in finding.camps) == [(1, 1), (3, 2)]


def test_camps_are_the_largest_sets_that_can_be_true_together() -> None:
    """At least 5 can be true with either figure; the figures cannot with each other."""
    told = Told(
        """
        Ann says at least 5 as of 2026-02-06
        Ben says 7 as of 2026-02-06
        Cleo says 9 as of 2026-02-06
        """,
        **AMOUNT,
    )
    [finding] = told.findings()
    assert sorted(len(ids) for ids, _ in finding.camps) == [2, 2]
    assert len(finding.claims) == 3


def test_every_rule_says_what_it_looks_for() -> None:
    assert described().keys() == set(RULES)
    assert all(described().values())
