"""`wherefrom show` and `sources`: what is held now, and from whom."""

import csv
import io
import shlex

import pytest
from commands import Wherefrom

CAMP_KEYS = {
    *("value", "stated", "values", "claims", "claimants"),
    *("independent_origins", "suspected_dependence"),
}

TOLLS = """
    subject,predicate,value,unit,as_of,claimant,via,published,scope.place,modality
    storm,deaths,100,people,2026-02-05,Red Cross,AFP,2026-02-06,,
    storm,deaths,at least 90,people,2026-02-06,Red Cross,AFP,2026-02-07,,
    storm,deaths,120,people,2026-02-06,government,,2026-02-07,,
    storm,deaths,180,people,2026-02-06,mayor,,2026-02-07,,
    storm,deaths,5,people,2026-02-04,mayor,,2026-02-05,Oman,
    storm,deaths,300,people,2027,mayor,,2026-02-07,,forecast
    storm,aid,more tents,,,Red Cross,,2026-02-07,,demanded
    storm,cause,wind,,,mayor,,2026-02-07,,
"""


@pytest.fixture
def tolls(wherefrom: Wherefrom) -> Wherefrom:
    wherefrom.table(TOLLS)
    return wherefrom


def test_the_latest_of_each_predicate_scope_and_kind_is_shown(tolls: Wherefrom) -> None:
    held = tolls("show", "Storm", "--json").json
    assert [(one["predicate"], one["scope"], one["kind"], one["as_of"]) for one in held] == [
        ("aid", {}, "wish", None),
        ("cause", {}, "fact", "2026-02-07"),
        ("deaths", {}, "fact", "2026-02-06"),
        ("deaths", {}, "forecast", "2027"),
        ("deaths", {"place": "Oman"}, "fact", "2026-02-04"),
    ]
    assert [one["as_of_inferred"] for one in held] == [False, True, False, False, False]
    assert [one["older_instants"] for one in held] == [0, 0, 1, 0, 0]


def test_camps_are_those_of_a_finding(tolls: Wherefrom) -> None:
    [now, _, _] = tolls("show", "storm", "deaths", "--json").json
    assert now["contradicted"] is True
    assert now["independent_origins"] == 3
    assert all(set(camp) == CAMP_KEYS for camp in now["camps"])
    assert [(camp["stated"], camp["claimants"]) for camp in now["camps"]] == [
        ("120", ["Red Cross", "government"]),
        ("180", ["Red Cross", "mayor"]),
    ]
    [finding] = tolls("contradictions", "--json").json
    assert now["camps"] == finding["camps"]


def test_what_nobody_contradicts_says_so(tolls: Wherefrom) -> None:
    [cause] = tolls("show", "storm", "cause", "--json").json
    assert cause["contradicted"] is False
    assert cause["findings"] == []


def test_a_dismissed_contradiction_is_none(tolls: Wherefrom) -> None:
    [finding] = tolls("contradictions", "--json").json
    tolls("adjudicate", finding["id"], "--dismiss", "--reason", "other hours")
    assert tolls("show", "storm", "deaths", "--json").json[0]["contradicted"] is False


def test_every_instant_is_shown_when_asked_for(tolls: Wherefrom) -> None:
    held = tolls("show", "storm", "deaths", "--all", "--json").json
    facts = [one["as_of"] for one in held if one["kind"] == "fact" and not one["scope"]]
    assert facts == ["2026-02-06", "2026-02-05"]


def test_about_a_time_the_latest_of_it_is_shown(tolls: Wherefrom) -> None:
    held = tolls("show", "storm", "deaths", "--about", "2026-02-01/2026-02-05", "--json").json
    assert [one["as_of"] for one in held] == ["2026-02-05", "2026-02-04"]
    assert "nothing that stands" in tolls("show", "storm", "--about", "1999", code=2).err


def test_known_then(tolls: Wherefrom) -> None:
    [held] = tolls("show", "storm", "--known-at", 0, "--json").json
    assert held["as_of"] == "2026-02-05"


def test_what_does_not_change_has_no_instant(wherefrom: Wherefrom) -> None:
    wherefrom("define", "venue", "--type", "entity", "--over-time", "constant")
    wherefrom.table(
        """
        subject,predicate,value,claimant,published,as_of
        talks,venue,Muscat,Ann,2026-02-06,2026-02-06
        talks,venue,Muscat,Ben,2026-02-07,
        """
    )
    [held] = wherefrom("show", "talks", "--json").json
    assert (held["as_of"], held["as_of_inferred"]) == (None, False)
    assert held["camps"][0]["claimants"] == ["Ann", "Ben"]


def test_words_that_nothing_defines_are_camps_of_their_own(wherefrom: Wherefrom) -> None:
    wherefrom.table(
        """
        subject,predicate,value,claimant,published,as_of
        talks,mood,calm,Ann,2026-02-06,2026-02-06
        talks,mood,tense,Ben,2026-02-06,2026-02-06
        talks,mood,Calm,Cleo,2026-02-06,2026-02-06
        """
    )
    [held] = wherefrom("show", "talks", "--json").json
    assert [camp["claimants"] for camp in held["camps"]] == [["Ann", "Cleo"], ["Ben"]]
    assert held["contradicted"] is False


def test_a_denial_is_a_camp_of_its_own(wherefrom: Wherefrom) -> None:
    wherefrom.table(
        """
        subject,predicate,value,claimant,published,as_of,modality
        storm,deaths,5,Ann,2026-02-06,2026-02-06,
        storm,deaths,more than 100,Ben,2026-02-06,2026-02-06,denied
        """
    )
    [held] = wherefrom("show", "storm", "--json").json
    assert [camp["values"] for camp in held["camps"]] == [
        [{"value": "5", "modality": "asserted"}],
        [{"value": "more than 100", "modality": "denied"}],
    ]


def test_names_are_matched(wherefrom: Wherefrom) -> None:
    wherefrom.table(
        """
        subject,predicate,value,claimant,published
        Iran,capital,Tehran,Ann,2026-02-06
        Islamic Republic,capital,Tehran,Ben,2026-02-06
        """
    )
    wherefrom("match", "Iran", "Islamic Republic")
    for name in ("iran", "ISLAMIC  republic"):
        [held] = wherefrom("show", name, "--json").json
        assert held["camps"][0]["claimants"] == ["Ann", "Ben"]


def test_the_text_is_a_table_with_contradictions_marked(tolls: Wherefrom) -> None:
    lines = tolls("show", "storm").lines
    assert lines[0] == "storm"
    rows = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines[4:13]]
    assert rows == [
        ["aid", "demanded: more tents", "Red Cross", "1"],
        ["cause", "wind", "mayor", "at the latest 2026-02-07", "1"],
        ["×", "deaths", "at least 90 people", "Red Cross", "2026-02-06 (1 earlier)", "1"],
        ["×", "120 people", "government", "1"],
        ["×", "180 people", "mayor", "1"],
        ["deaths", "forecast: 300 people", "mayor", "2027", "1"],
        ["deaths (place: Oman)", "5 people", "mayor", "2026-02-04", "1"],
        [],
        ["× cannot hold together, 1 finding:"],
    ]
    assert lines[13] == "  wherefrom contradictions --subject storm"


def test_the_command_beside_the_mark_can_be_pasted(wherefrom: Wherefrom) -> None:
    subject = "the mayor's $5 account of the fire on the old quay of the harbour"
    for value, claimant in (("120", "Ann"), ("180", "Ben")):
        wherefrom(
            *("add", subject, "deaths", value, "--claimant", claimant, "--yes"),
            *("--published", "2026-02-07", "--as-of", "2026-02-06"),
        )
    [command] = [line for line in wherefrom("show", subject).lines if "--subject" in line]
    assert shlex.split(command) == ["wherefrom", "contradictions", "--subject", subject]


def test_rows_are_one_a_camp(tolls: Wherefrom) -> None:
    rows = list(csv.DictReader(io.StringIO(tolls("show", "storm", "deaths", "--csv").out)))
    assert [(row["as_of"], row["values"], row["claimants"]) for row in rows] == [
        ("2026-02-06", "at least 90 | 120", "Red Cross; government"),
        ("2026-02-06", "at least 90 | 180", "Red Cross; mayor"),
        ("2027", "forecast: 300", "mayor"),
        ("2026-02-04", "5", "mayor"),
    ]


def test_names_that_are_not_held_are_errors_that_suggest_others(tolls: Wherefrom) -> None:
    assert tolls("show", "strom", code=2).err == (
        "Error: subject 'strom': nothing held here has that name. Did you mean 'storm'?\n"
    )
    assert tolls("show", "storm", "injured", code=2).err == (
        "Error: predicate 'injured': nothing held here has that name. There is aid, cause, deaths\n"
    )
    assert "nothing is held about 'mayor'" in tolls("show", "mayor", code=2).err


# Sources


def test_sources_are_counted_by_what_became_of_their_claims(tolls: Wherefrom) -> None:
    tolls(
        "describe",
        "mayor",
        "--kind",
        "person",
        "--acts-for",
        "government",
        "--alias",
        "burgomaster",
    )
    tolls.table(
        """
        subject,predicate,value,unit,as_of,claimant,via,published
        storm,deaths,101,people,2026-02-05,Red Cross,Le Matin;AFP,2026-02-08
        """
    )
    [wish] = tolls("search", "tents", "--json").json
    tolls("retract", wish["id"], "--reason", "met", "--published", "2026-02-09")
    told = {source["name"]: source for source in tolls("sources", "--json").json}
    counts = ("claims", "standing", "revised", "retracted", "relayed")
    assert {name: tuple(source[one] for one in counts) for name, source in told.items()} == {
        "AFP": (0, 0, 0, 0, 3),
        "Le Matin": (0, 0, 0, 0, 1),
        "Red Cross": (4, 2, 1, 1, 0),
        "government": (1, 1, 0, 0, 0),
        "mayor": (4, 4, 0, 0, 0),
    }
    assert told["mayor"]["kind"] == "person"
    assert told["mayor"]["acts_for"] == "government"
    assert told["mayor"]["aliases"] == ["burgomaster"]


def test_sources_can_be_named(tolls: Wherefrom) -> None:
    [source] = tolls("sources", "red cross", "--json").json
    assert source["name"] == "Red Cross"
    assert "Did you mean 'Red Cross'?" in tolls("sources", "Red Crossing", code=2).err


def test_sources_about_a_time(tolls: Wherefrom) -> None:
    told = tolls("sources", "--about", "2026-02-05", "--json").json
    assert [(source["name"], source["claims"]) for source in told] == [("AFP", 0), ("Red Cross", 1)]


def test_sources_as_text_and_rows(tolls: Wherefrom) -> None:
    head, _, *rows = tolls("sources").lines
    assert head.split() == ["source", "stand", "relayed"], "without empty columns"
    assert [row.split("  ")[0] for row in rows] == ["AFP", "government", "mayor", "Red Cross"]
    table = list(csv.DictReader(io.StringIO(tolls("sources", "--csv").out)))
    assert [row["name"] for row in table] == ["AFP", "government", "mayor", "Red Cross"]
