"""`wherefrom history`: what each claimant said over time, revisions included."""

import csv
import io
import re
from decimal import Decimal

import pytest
from commands import Wherefrom
from hypothesis import given
from hypothesis import strategies as st

from cli.history_text import bar

TOLLS = """
    subject,predicate,value,unit,as_of,claimant,published,said,modality,scope.place
    storm,deaths,100,people,2026-02-05,Red Cross,2026-02-06,,,
    storm,deaths,140,people,2026-02-05,Red Cross,2026-02-08,2026-02-07,,
    storm,deaths,at least 150,people,2026-02-06,red cross,2026-02-08,,,
    storm,deaths,90,people,2026-02-05,government,2026-02-06,,,
    storm,deaths,500,people,,government,2026-02-06,,denied,
    storm,deaths,7,people,2026-02-05,Red Cross,2026-02-06,,,Oman
"""


@pytest.fixture
def tolls(wherefrom: Wherefrom) -> Wherefrom:
    wherefrom.table(TOLLS)
    return wherefrom


def test_each_claimant_has_a_timeline_in_each_scope(tolls: Wherefrom) -> None:
    told = tolls("history", "storm", "Deaths", "--json").json
    assert [
        (one["claimant"], one["scope"], [said["stated"] for said in one["statements"]])
        for one in told
    ] == [
        ("government", {}, ["90", "500"]),
        ("Red Cross", {}, ["100", "140", "at least 150"]),
        ("Red Cross", {"place": "Oman"}, ["7"]),
    ]


def test_a_statement_says_when_and_what_became_of_it(tolls: Wherefrom) -> None:
    [first, second, third] = tolls("history", "storm", "deaths", "--json").json[1]["statements"]
    assert [one["standing"] for one in (first, second, third)] == ["revised", "stands", "stands"]
    assert (first["as_of"], first["published"], first["said"]) == ("2026-02-05", "2026-02-06", None)
    assert second["said"] == "2026-02-07"
    assert third["value"]["lower"] == "150"
    [traced] = tolls("trace", first["id"], "--json").json
    assert traced["standing"] == "revised"


def test_a_list_that_stands_in_part_says_what_of_it_does_not(wherefrom: Wherefrom) -> None:
    """Its standing is one word, as other programs have it; what is revised is told beside it."""
    wherefrom("define", "agenda", "--type", "text", "--multi-valued")
    wherefrom.table("""
        subject,predicate,value,claimant,published,modality
        talks,agenda,only nuclear file; sanctions; prisoners,Tehran,2026-02-02,demanded
        talks,agenda,prisoners,Tehran,2026-02-03,refused
        talks,agenda,missiles,Tehran,2026-02-04,demanded
    """)
    [tehran] = wherefrom("history", "talks", "agenda", "--json").json
    first, *others = tehran["statements"]
    assert (first["standing"], first["revised_items"], first["reopened"]) == (
        "stands",
        ["prisoners"],
        True,
    )
    assert [(one["standing"], one["revised_items"]) for one in others] == [("stands", [])] * 2
    words = "stands, but for prisoners, no longer as all there is"
    assert wherefrom("history", "talks", "agenda").lines[3].endswith(words)

    [traced] = wherefrom("trace", first["id"], "--json").json
    assert (traced["standing"], traced["revised_items"]) == ("stands", ["prisoners"])
    told = " ".join(wherefrom("trace", first["id"]).out.split())
    assert f"standing {words}: Tehran revised part of this silently: demanded: only nuclear" in told

    [held] = wherefrom("show", "talks", "--json").json
    values = {one["value"]: one.get("stands") for camp in held["camps"] for one in camp["values"]}
    assert values == {
        "only nuclear file; sanctions; prisoners": "nuclear file; sanctions",
        "prisoners": None,
        "missiles": None,
    }
    assert "demanded: nuclear file; sanctions " in wherefrom("show", "talks").out


def test_a_recording_gives_way_to_its_correction(tolls: Wherefrom) -> None:
    [wrong] = tolls("trace", "90", "--json").json
    tolls("correct", wrong["id"], "--value", "95")
    government = tolls("history", "storm", "deaths", "--json").json[0]
    assert [said["stated"] for said in government["statements"]] == ["95", "500"]


def test_the_text_has_a_table_a_claimant(tolls: Wherefrom) -> None:
    lines = tolls("history", "storm", "deaths").lines
    assert lines[0] == "government on storm, deaths: 2 statements"
    assert lines[1].split() == ["as", "of", "said", "value", "via", "standing"]
    assert [line.split("  ")[1] for line in lines[3:5]] == [
        "2026-02-05",
        "at the latest 2026-02-06",
    ]
    assert "denied: 500 people" in lines[4]
    assert lines[6] == "Red Cross on storm, deaths: 3 statements"
    assert lines[9].split()[-1] == "revised"
    assert lines[13] == "Red Cross on storm, deaths (place: Oman): 1 statement"


def test_on_a_terminal_what_was_revised_is_struck_through(
    tolls: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("cli.output.on_terminal", lambda: True)
    lines = tolls("history", "storm", "deaths").lines
    struck = re.compile(r"\x1b\[[\d;]*\b9m(\d+ people)")
    assert [found[1] for line in lines if (found := struck.search(line))] == ["100 people"]


def test_rows_are_one_a_statement(tolls: Wherefrom) -> None:
    rows = list(csv.DictReader(io.StringIO(tolls("history", "storm", "deaths", "--csv").out)))
    assert [(row["value"], row["lower"], row["upper"]) for row in rows] == [
        ("90", "90", "90"),
        ("500", "500", "500"),
        ("100", "100", "100"),
        ("140", "140", "140"),
        ("at least 150", "150", ""),
        ("7", "7", "7"),
    ]
    assert [row["standing"] for row in rows].count("revised") == 1
    assert rows[1]["modality"] == "denied"


def test_known_then_nothing_was_revised(tolls: Wherefrom) -> None:
    [red_cross] = tolls("history", "storm", "deaths", "--known-at", 0, "--json").json
    assert [said["standing"] for said in red_cross["statements"]] == ["stands"]


def test_about_a_time(tolls: Wherefrom) -> None:
    told = tolls("history", "storm", "deaths", "--about", "2026-02-06/..", "--json").json
    assert [[said["stated"] for said in one["statements"]] for one in told] == [
        ["500"],
        ["at least 150"],
    ]
    assert "nothing is held" in tolls("history", "storm", "deaths", "--about", "1999", code=2).err


def test_names_that_are_not_held_are_errors(tolls: Wherefrom) -> None:
    assert "Did you mean 'storm'?" in tolls("history", "stom", "deaths", code=2).err
    assert "There is deaths" in tolls("history", "storm", "injured", code=2).err


@pytest.mark.parametrize(
    ("lower", "upper", "drawn"),
    [
        ("0", "0", "●··········"),
        ("100", "100", "··········●"),
        ("50", None, "·····├────▶"),
        (None, "50", "◀────┤·····"),
        ("20", "80", "··├─────┤··"),
        ("50", "50.1", "·····●·····"),
        ("100", None, "··········▶"),
        (None, "0", "◀··········"),
        (None, None, ""),
    ],
)
def test_amounts_are_drawn_as_bars(lower: str | None, upper: str | None, drawn: str) -> None:
    low, high = (Decimal(end) if end else None for end in (lower, upper))
    assert bar(low, high, Decimal(0), Decimal(100), 11) == drawn


@given(st.lists(st.decimals(-(10**60), 10**60, places=2), min_size=2, max_size=2, unique=True),
       st.integers(2, 40))  # fmt: skip
def test_a_bar_fills_its_line_and_no_more(ends: list[Decimal], width: int) -> None:
    low, high = sorted(ends)
    drawn = [bar(low, high, low, high, width), bar(low, None, low, high, width)]
    drawn += [bar(None, high, low, high, width), bar(high, high, low, high, width)]
    assert all(len(one) == width for one in drawn)


def test_what_is_about_is_dashed() -> None:
    assert bar(Decimal(20), Decimal(80), Decimal(0), Decimal(100), 11, soft=True) == "··├┄┄┄┄┄┤··"


def test_the_bars_stand_under_the_ends_of_their_scale(
    tolls: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.history_text.on_terminal", lambda: True)
    monkeypatch.setattr("cli.history_text.width", lambda: 120)
    lines = tolls("history", "storm", "deaths").lines
    assert "7                    500" in lines[1]
    assert "├────────────────▶" in "".join(lines)


def test_dates_are_drawn_too_and_a_narrow_terminal_has_no_bars(
    wherefrom: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    wherefrom("define", "start", "--type", "day")
    for day in ("2026-02-03", "2026-02-20"):
        wherefrom("add", "storm", "start", day, "--claimant", day, "--published", "2026-02-21")
    monkeypatch.setattr("cli.history_text.on_terminal", lambda: True)
    monkeypatch.setattr("cli.history_text.width", lambda: 120)
    wide = wherefrom("history", "storm", "start").out
    assert "2026-02-03    2026-02-20" in wide
    assert "├┤····" in wide or "●····" in wide
    monkeypatch.setattr("cli.history_text.width", lambda: 79)
    assert "···" not in wherefrom("history", "storm", "start").out
