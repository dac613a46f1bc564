"""`wherefrom contradictions`: who disagrees with whom, for a person and for a program."""

import csv
import io
import json

import pytest
from commands import Wherefrom

from ledger.sqlite import SqliteStore
from projections.views import Views, views_path

KEYS = {
    "id", "rule", "verdict", "status", "subject", "predicate", "scope", "as_of", "camps", "gap",
    "since", "explanation",
}  # fmt: skip
CAMP_KEYS = {
    "value",
    "stated",
    "values",
    "claims",
    "claimants",
    "independent_origins",
    "suspected_dependence",
}

TOLLS = """
    subject,predicate,value,unit,as_of,claimant,published
    storm,deaths,100,people,2026-02-06,Red Cross,2026-02-07
    storm,deaths,140,people,2026-02-06,government,2026-02-07
    storm,deaths,150,people,2026-02-08,Red Cross,2026-02-09
    storm,deaths,220,people,2026-02-08,government,2026-02-09
    storm,injured,1000,people,2026-02-06,Red Cross,2026-02-07
    storm,injured,1010,people,2026-02-06,Red Cross,2026-02-10
    flood,deaths,12,people,2026-03-01,Red Cross,2026-03-02
    flood,deaths,at least 15,people,2026-03-01,radio,2026-03-02
"""


@pytest.fixture
def tolls(wherefrom: Wherefrom) -> Wherefrom:
    wherefrom.table(TOLLS)
    return wherefrom


# As JSON


def test_json_has_every_finding_with_the_keys_that_programs_rely_on(tolls: Wherefrom) -> None:
    findings = tolls("contradictions", "--json").json
    assert [(f["rule"], f["subject"], f["predicate"], f["as_of"]) for f in findings] == [
        ("value", "storm", "deaths", "2026-02-08"),
        ("value", "storm", "deaths", "2026-02-06"),
        ("value", "flood", "deaths", "2026-03-01"),
        ("revision", "storm", "injured", "2026-02-06"),
    ]
    for finding in findings:
        assert set(finding) >= KEYS | {"severity"}
        assert all(set(camp) == CAMP_KEYS for camp in finding["camps"])
    assert [f["severity"] for f in findings] == [81, 80, 79, 32]
    storm = findings[1]
    assert storm["gap"] == {"absolute": "40", "relative": "0.2857", "unit": "people"}
    assert [camp["claimants"] for camp in storm["camps"]] == [["Red Cross"], ["government"]]


def test_the_forms_tell_of_the_same_findings(tolls: Wherefrom) -> None:
    whole = tolls("contradictions", "--json").json
    lines = tolls("contradictions", "--nl").lines
    assert [json.loads(line) for line in lines] == whole
    for form, delimiter in (("--csv", ","), ("--tsv", "\t")):
        out = tolls("contradictions", form).out
        rows = list(csv.DictReader(io.StringIO(out), delimiter=delimiter))
        assert [row["id"] for row in rows] == [finding["id"] for finding in whole]
        assert rows[1]["sides"] == "Red Cross: 100 | government: 140"
    table = tolls("contradictions", "-t").out
    assert all(finding["id"] in table for finding in whole)


def test_what_the_views_hold_is_what_is_told(tolls: Wherefrom) -> None:
    told = tolls("contradictions", "--json").json
    store = SqliteStore.open(tolls.db)
    with Views.open(store, views_path(tolls.db)) as views:
        held = views.findings()
    store.close()
    for finding in told:
        assert 0 < finding.pop("severity") <= 100
    assert sorted(told, key=lambda f: str(f["id"])) == held


def test_no_findings_is_an_empty_array(wherefrom: Wherefrom) -> None:
    wherefrom.table("subject,predicate,value,claimant,published\nstorm,deaths,1,X,2026-02-07")
    assert wherefrom("contradictions", "--json").json == []
    assert wherefrom("contradictions", "--nl").out == ""
    assert wherefrom("contradictions").out == "No findings.\n"


# Narrowed


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--rule", "revision"], ["injured 2026-02-06"]),
        (["--verdict", "contradiction", "--verdict", "revision"], None),
        (["--verdict", "tension"], []),
        (["--status", "dismissed"], []),
        (["--subject", "FLOOD"], ["deaths 2026-03-01"]),
        (["--claimant", "radio"], ["deaths 2026-03-01"]),
        (["--claimant", "Government"], ["deaths 2026-02-06", "deaths 2026-02-08"]),
        (["--min-gap", "41"], ["deaths 2026-02-08"]),
        (["--min-gap", "3"], None),
        (["--min-gap", "31.8%"], ["deaths 2026-02-08"]),
        (["--min-gap", "28.57 %"], ["deaths 2026-02-06", "deaths 2026-02-08"]),
        (["--about", "2026-03"], ["deaths 2026-03-01"]),
        (["--about", "../2026-02-07"], ["deaths 2026-02-06", "injured 2026-02-06"]),
        (["--subject", "storm", "--min-gap", "50"], ["deaths 2026-02-08"]),
    ],
)
def test_options_narrow(tolls: Wherefrom, options: list[str], found: list[str] | None) -> None:
    every = ["deaths 2026-02-06", "deaths 2026-02-08", "deaths 2026-03-01", "injured 2026-02-06"]
    told = tolls("contradictions", "--json", *options).json
    assert sorted(f"{f['predicate']} {f['as_of']}" for f in told) == (
        every if found is None else found
    )


def test_a_subject_is_found_by_its_other_names(tolls: Wherefrom) -> None:
    tolls("match", "storm", "cyclone")
    told = tolls("contradictions", "--json", "--subject", "cyclone").json
    assert len(told) == 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--subject", "strom"], "--subject: nothing here is named 'strom'"),
        (["--claimant", "strom"], "--claimant: nothing here is named 'strom'"),
        (["--min-gap", "-1"], "--min-gap: '-1' is no distance. Write a number or a share"),
        (["--min-gap", "about 5"], "is no distance"),
        (["--min-gap", "5 people"], "is no distance"),
        (["--rule", "values"], "'values' is not one of 'value'"),
        (["--about", "soon"], "--about: soon is no date"),
        (["--known-at", "soon"], "--known-at: soon is no date that can be read. Write a date"),
        (["--known-at", "8"], "--known-at 8: the last event is at position 7"),
    ],
)
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_what_cannot_be_meant_is_refused_before_anything_is_said(
    tolls: Wherefrom, options: list[str], words: str, form: list[str]
) -> None:
    answer = tolls("contradictions", *options, *form, code=2)
    assert words in answer.err
    assert answer.out == ""


def test_known_at_a_position_or_a_day_tells_what_was_known_then(tolls: Wherefrom) -> None:
    def known(when: str) -> list[str]:
        told = tolls("contradictions", "--json", "--known-at", when).json
        return sorted(finding["as_of"] for finding in told)

    assert known("0") == []
    assert known("1") == ["2026-02-06"]
    assert known("3") == ["2026-02-06", "2026-02-08"]
    assert len(known("7")) == 4
    assert known("2001-01-01") == []
    assert len(known("9000-01-01")) == 4


# For scripts


def test_fail_ends_with_1_where_a_contradiction_is_open(tolls: Wherefrom) -> None:
    tolls("contradictions", "--fail", code=1)
    tolls("contradictions", "--fail", "--json", code=1)
    tolls("contradictions", "--fail", "--subject", "storm", "--about", "2026-02-07", code=0)
    tolls("contradictions", "--fail", "--rule", "revision", code=0)
    tolls("contradictions", "--fail", "--verdict", "revision", code=1)


def test_fail_passes_over_what_was_dismissed(tolls: Wherefrom) -> None:
    for finding in tolls("contradictions", "--json", "--verdict", "contradiction").json:
        tolls("adjudicate", finding["id"], "--dismiss", "--reason", "counted differently")
    tolls("contradictions", "--fail", code=0)


# As text


def test_text_says_who_disagrees_with_whom_how_often_and_by_how_much(tolls: Wherefrom) -> None:
    told = " ".join(tolls("contradictions").out.split())
    assert (
        "storm: deaths contradiction (value): Red Cross against government, on 2 instants, "
        "at most 70 people (31.8%) apart" in told
    )
    assert told.endswith("4 findings: 3 contradictions (value), 1 revision.")


def test_text_begins_with_what_matters_most_and_tells_of_one_key_in_the_order_of_time(
    tolls: Wherefrom,
) -> None:
    told = tolls("contradictions").out
    places = [told.index(words) for words in ("storm: deaths", "140", "220", "flood: deaths")]
    assert places == sorted(places)


def test_text_tells_of_the_top_subjects_and_counts_the_others(tolls: Wherefrom) -> None:
    told = tolls("contradictions", "--top", "1").out
    assert "storm: deaths" in told
    assert "flood: deaths" not in told
    assert "Not shown: 2 findings on 2 more subjects (a larger --top shows them).\n" in told
    assert told.endswith("4 findings: 3 contradictions (value), 1 revision.\n")
    assert "Not shown" not in tolls("contradictions", "--top", "3").out


@pytest.mark.parametrize("form", ["--json", "--csv", "-t"])
def test_what_leaves_nothing_out_takes_no_top_and_is_no_page(tolls: Wherefrom, form: str) -> None:
    assert "Give one of them" in tolls("contradictions", "--format", "md", form, code=2).err
    assert "leave out --top" in tolls("contradictions", "--top", "1", form, code=2).err


def test_text_counts_revisions_unless_they_are_asked_for(tolls: Wherefrom) -> None:
    told = tolls("contradictions").out
    [revision] = tolls("contradictions", "--json", "--rule", "revision").json
    assert "storm: injured: Red Cross, 1 figure, by at most 10 people (1.0%)" in told
    assert revision["id"][:10] not in told
    for options in (["--all"], ["--rule", "revision"], ["--verdict", "revision"]):
        assert revision["id"][:10] in tolls("contradictions", *options).out


def test_text_fits_in_a_pipe_of_80_columns(tolls: Wherefrom) -> None:
    tolls.seeds()
    for line in tolls("contradictions", "--all").lines:
        assert len(line) <= 80


def test_text_never_says_who_is_right(tolls: Wherefrom) -> None:
    tolls.seeds()
    told = tolls("contradictions", "--all").out.lower()
    for word in ("true", "false", "wrong", "lie", "authentic", "proven"):
        assert word not in told.replace("relie", "").replace("belie", "").split()


def test_a_decision_is_told_and_stays_beside_what_it_no_longer_covers(tolls: Wherefrom) -> None:
    [finding] = tolls("contradictions", "--json", "--subject", "flood").json
    tolls("adjudicate", finding["id"], "--dismiss", "--reason", "two rivers")
    [dismissed] = tolls("contradictions", "--json", "--subject", "flood").json
    assert dismissed["status"] == "dismissed"
    assert dismissed["adjudication"]["reason"] == "two rivers"
    assert dismissed["adjudication"]["covers"] is True
    assert "dismissed on 20" in tolls("contradictions", "--subject", "flood").out
    tolls.table(
        """
        subject,predicate,value,unit,as_of,claimant,published
        flood,deaths,40,people,2026-03-01,mayor,2026-03-02
        """
    )
    [again] = tolls("contradictions", "--json", "--subject", "flood").json
    assert (again["id"], again["status"]) == (finding["id"], "open")
    assert again["adjudication"]["covers"] is False
    told = " ".join(tolls("contradictions", "--subject", "flood").out.split())
    assert "(two rivers), which does not cover all that conflicts now" in told


def test_the_seeds_topics_stand_side_by_side(wherefrom: Wherefrom) -> None:
    wherefrom.seeds()
    rows = {
        tuple(cell.strip() for cell in line.split("  ") if cell.strip())
        for line in wherefrom("contradictions").lines
    }
    assert ("×", "ballistic missiles", "demanded", "demanded", "refused") in rows
    assert ("×", "treatment of its own people", "demanded", "left out") in rows
    assert ("nuclear programme", "demanded", "demanded") in rows


def test_names_cannot_steer_the_terminal(wherefrom: Wherefrom) -> None:
    """A right-to-left override in a name would show the rest of the line backwards."""
    wherefrom.table(
        """
        subject,predicate,value,as_of,claimant,published
        storm,deaths,1,2026-02-06,A\u202eB,2026-02-07
        storm,deaths,9,2026-02-06,C,2026-02-07
        """
    )
    told = wherefrom("contradictions").out
    assert "A\\u202eB" in told
    assert "\u202e" not in told


def test_who_stands_in_every_camp_stands_against_nobody(wherefrom: Wherefrom) -> None:
    """Those who say "at least 10" can be right with 12 as well as with 19."""
    wherefrom.table(
        """
        subject,predicate,value,as_of,claimant,published
        storm,deaths,at least 10,2026-02-06,A,2026-02-07
        storm,deaths,at least 10,2026-02-06,B,2026-02-07
        storm,deaths,at least 10,2026-02-06,C,2026-02-07
        storm,deaths,12,2026-02-06,D,2026-02-07
        storm,deaths,19,2026-02-06,E,2026-02-07
        """
    )
    assert "contradiction (value): D against E, 7 (36.8%) apart" in wherefrom("contradictions").out
    assert "value): D against E\n" in wherefrom("contradictions", "--format", "md").out.replace(
        "\\", ""
    )


def test_who_contradicts_itself_stands_against_itself(wherefrom: Wherefrom) -> None:
    wherefrom.table(
        """
        subject,predicate,value,as_of,claimant,published
        storm,deaths,12,2026-02-06,A,2026-02-07
        storm,deaths,19,2026-02-06,A,2026-02-07
        """
    )
    assert "contradiction (revision): A against itself" in wherefrom("contradictions").out
    assert "A against itself\n" in wherefrom("contradictions", "--format", "md").out


def test_what_is_denied_is_told_as_denied(wherefrom: Wherefrom) -> None:
    """Else both sides of "yes or no" would read alike."""
    wherefrom("define", "met", "--type", "truth", "--over-time", "constant")
    wherefrom.table("""
        subject,predicate,value,modality,claimant,published
        talks,met,no,denied,Ann,2026-02-06
        talks,met,yes,,Cat,2026-02-06
        talks,met,no,,Ben,2026-02-06
    """)
    [finding] = wherefrom("contradictions", "--json").json
    assert finding["explanation"] == "cannot both hold: Ann, Cat: denied: no; yes | Ben: no"
