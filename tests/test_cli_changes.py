"""`wherefrom contradictions --since`: what opened, changed and closed, for a daily mail."""

import csv
import io
import re
from typing import Any

import pytest
from commands import Wherefrom
from pages import Page, markdown_text, markdown_tokens

from projections.views import Views

TOLLS = """
    subject,predicate,value,unit,as_of,claimant,published
    storm,deaths,100,people,2026-02-06,Red Cross,2026-02-07
    storm,deaths,140,people,2026-02-06,government,2026-02-07
    flood,deaths,12,people,2026-03-01,Red Cross,2026-03-02
    flood,deaths,at least 15,people,2026-03-01,radio,2026-03-02
    fire,deaths,3,people,2026-04-01,Red Cross,2026-04-02
    fire,deaths,7,people,2026-04-01,mayor,2026-04-02
"""
LAST = 5
"""The position of the last of these claims."""


@pytest.fixture
def tolls(wherefrom: Wherefrom) -> Wherefrom:
    wherefrom.table(TOLLS)
    return wherefrom


def since(wherefrom: Wherefrom, *options: object, when: object = LAST) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = wherefrom(
        "contradictions", "--since", when, "--json", *options
    ).json
    return told


def claim(wherefrom: Wherefrom, subject: str, claimant: str) -> str:
    [finding] = wherefrom("contradictions", "--json", "--subject", subject).json
    [found] = [camp["claims"][0] for camp in finding["camps"] if camp["claimants"] == [claimant]]
    return str(found)


def busy_day(wherefrom: Wherefrom) -> None:
    """One more voice about the storm, a retraction, a decision, and a new matter."""
    [fire] = wherefrom("contradictions", "--json", "--subject", "fire").json
    wherefrom(
        "retract", claim(wherefrom, "flood", "radio"),
        "--reason", "miscounted", "--published", "2026-03-05",
    )  # fmt: skip
    wherefrom("adjudicate", fire["id"], "--dismiss", "--reason", "two fires")
    wherefrom.table(
        """
        subject,predicate,value,unit,as_of,claimant,published
        storm,deaths,220,people,2026-02-06,radio,2026-02-09
        quake,deaths,1,people,2026-05-01,Red Cross,2026-05-02
        quake,deaths,5,people,2026-05-01,mayor,2026-05-02
        """
    )


def test_json_tells_what_opened_changed_and_closed(tolls: Wherefrom) -> None:
    busy_day(tolls)
    told = since(tolls)
    assert [(one["change"], (one["finding"] or one["was"])["subject"]) for one in told] == [
        ("opened", "quake"),
        ("changed", "storm"),
        ("closed", "flood"),
        ("closed", "fire"),
    ]
    opened, changed, gone, decided = told
    assert (opened["was"], opened["finding"]["status"]) == (None, "open")
    assert changed["what"] == ["camps", "pairs"]
    assert [(c["claimant"], c["value"], c["standing"]) for c in changed["joined"]] == [
        ("radio", "220", "stands")
    ]
    assert gone["finding"] is None
    assert {c["claimant"]: c["standing"] for c in gone["left"]} == {
        "Red Cross": "stands",
        "radio": "retracted",
    }
    assert decided["finding"]["adjudication"]["reason"] == "two fires"
    assert decided["was"]["status"] == "open"


def test_text_tells_it_with_the_reasons(tolls: Wherefrom) -> None:
    busy_day(tolls)
    told = " ".join(tolls("contradictions", "--since", LAST).out.split())
    for words in (
        "Opened: quake: deaths: contradiction (value)",
        "Changed: storm: deaths: contradiction (value)",
        "joined: radio: 220",
        "Closed: flood: deaths: contradiction (value)",
        "no longer in conflict: radio: at least 15 (",
        ", retracted)",
        ": two fires",
        "1 opened, 1 changed, 2 closed. The ledger held 6 events then and holds 11 now.",
    ):
        assert words in told


@pytest.mark.parametrize("form", ["md", "html"])
def test_pages_tell_it_and_open_with_every_source(tolls: Wherefrom, form: str) -> None:
    busy_day(tolls)
    out = tolls("contradictions", "--since", LAST, "--format", form).out
    text = markdown_text(markdown_tokens(out)) if form == "md" else " ".join(Page(out).isolated)
    for words in (
        "1 opened, 1 changed, 2 closed.",
        "Compared with what its first 6 events had said.",
        "5 people, according to mayor",
        "joined: radio: 220",
        "no longer in conflict: radio: at least 15",
        ": two fires",
    ):
        assert words in text


@pytest.mark.parametrize("form", ["--csv", "--tsv"])
def test_rows_begin_with_the_change(tolls: Wherefrom, form: str) -> None:
    busy_day(tolls)
    out = tolls("contradictions", "--since", LAST, form).out
    rows = list(csv.DictReader(io.StringIO(out), delimiter="," if form == "--csv" else "\t"))
    assert [(row["change"], row["what"], row["subject"]) for row in rows] == [
        ("opened", "", "quake"),
        ("changed", "camps, pairs", "storm"),
        ("closed", "", "flood"),
        ("closed", "status", "fire"),
    ]


def test_what_was_opened_again_changed(tolls: Wherefrom) -> None:
    busy_day(tolls)
    position = tolls("log", "--json").json[-1]["position"]
    tolls.table(
        "subject,predicate,value,unit,as_of,claimant,published\n"
        "fire,deaths,9,people,2026-04-01,radio,2026-04-02"
    )
    [again] = since(tolls, when=position)
    assert (again["change"], again["what"]) == ("changed", ["status", "camps", "pairs"])
    told = tolls("contradictions", "--since", position).out
    assert "status was dismissed, is open" in told


def test_what_ends_without_a_withdrawal_says_so(wherefrom: Wherefrom) -> None:
    wherefrom("define", "venue", "--type", "entity")
    wherefrom.table(
        """
        subject,predicate,value,as_of,claimant,published
        talks,venue,Muscat,2026-02-06,radio,2026-02-07
        talks,venue,Geneva,2026-02-06,mayor,2026-02-07
        """
    )
    wherefrom("match", "Muscat", "Geneva")
    told = " ".join(wherefrom("contradictions", "--since", "2").out.split())
    assert "though its claims stand: names, links or a definition changed" in told
    wherefrom("unmatch", "Muscat", "Geneva")
    assert since(wherefrom, when=2) == []
    assert [one["change"] for one in since(wherefrom, when=3)] == ["opened"]


def test_a_finding_lives_on_under_the_id_that_a_match_gives_it(tolls: Wherefrom) -> None:
    tolls("match", "storm", "a cyclone")
    [told] = since(tolls)
    assert (told["change"], told["what"][0]) == ("changed", "id")
    assert told["was"]["id"] != told["finding"]["id"]
    shown = tolls("contradictions", "--since", LAST).out
    assert f"was finding {told['was']['id'][:10]}" in shown


def test_revisions_are_counted_unless_asked_for(tolls: Wherefrom) -> None:
    tolls.table(
        """
        subject,predicate,value,unit,as_of,claimant,published
        storm,injured,1000,people,2026-02-06,Red Cross,2026-02-07
        storm,injured,1010,people,2026-02-06,Red Cross,2026-02-10
        """
    )
    for options in ([], ["--format", "md"], ["--format", "html"]):
        told = tolls("contradictions", "--since", LAST, *options).out
        assert "0 opened, 0 changed, 0 closed." in told
        assert "storm: injured: Red Cross, 1 figure" in told
    assert "1 opened, 0 changed" in tolls("contradictions", "--since", LAST, "--all").out
    assert [one["finding"]["rule"] for one in since(tolls)] == ["revision"]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--subject", "quake"], ["opened quake"]),
        (["--claimant", "radio"], ["changed storm", "closed flood"]),
        (["--status", "dismissed"], ["closed fire"]),
        (["--status", "open", "--subject", "fire"], ["closed fire"]),
        (["--rule", "category"], []),
        (["--min-gap", "100"], ["changed storm"]),
        (["--about", "2026-03"], ["closed flood"]),
        (["--known-at", "7"], ["closed flood", "closed fire"]),
    ],
)
def test_options_narrow_either_picture(
    tolls: Wherefrom, options: list[str], found: list[str]
) -> None:
    busy_day(tolls)
    told = since(tolls, *options)
    assert [f"{one['change']} {(one['finding'] or one['was'])['subject']}" for one in told] == found


def test_a_day_means_from_its_beginning_on(tolls: Wherefrom) -> None:
    assert len(since(tolls, when="2001-01-01")) == 3
    assert since(tolls, when="9000-01-01") == []


def test_fail_ends_with_1_where_an_open_contradiction_is_new_or_changed(tolls: Wherefrom) -> None:
    tolls("contradictions", "--since", LAST, "--fail", code=0)
    busy_day(tolls)
    tolls("contradictions", "--since", LAST, "--fail", code=1)
    tolls("contradictions", "--since", LAST, "--fail", "--json", code=1)
    tolls("contradictions", "--since", LAST, "--fail", "--subject", "fire", code=0)
    tolls("contradictions", "--since", LAST, "--fail", "--subject", "flood", code=0)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--since", "soon"], "--since: soon is no date that can be read. Write a date"),
        (["--since", "6"], "--since 6: the last event is at position 5"),
        (["--since", "4", "--known-at", "3"], "that is later than --known-at"),
        (["--since", "4", "--subject", "strom"], "--subject: nothing here is named 'strom'"),
    ],
)
@pytest.mark.parametrize("form", [[], ["--json"], ["--format", "html"]])
def test_what_cannot_be_meant_is_refused_before_anything_is_said(
    tolls: Wherefrom, options: list[str], words: str, form: list[str]
) -> None:
    answer = tolls("contradictions", *options, *form, code=2)
    assert words in answer.err
    assert answer.out == ""


def test_where_nothing_was_recorded_since_no_views_are_built(
    tolls: Wherefrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    tolls("contradictions")
    monkeypatch.setattr(Views, "prefix", None)
    told = tolls("contradictions", "--since", LAST).out
    assert told == "0 opened, 0 changed, 0 closed. The ledger held 6 events then and holds 6 now.\n"


def test_hostile_names_stay_names(wherefrom: Wherefrom) -> None:
    wherefrom.table(
        """
        subject,predicate,value,as_of,claimant,published
        <b>|storm*,deaths,1,2026-02-06,A\u202eB,2026-02-07
        <b>|storm*,deaths,9,2026-02-06,=C,2026-02-07
        """
    )
    html = wherefrom("contradictions", "--since", "0", "--format", "html", "--top", "0").out
    assert "b" not in Page(html).tags
    assert any(text.startswith("<b>|storm*: deaths") for text in Page(html).isolated)
    assert any("A\\u202eB" in text for text in Page(html).isolated)
    markdown = wherefrom("contradictions", "--since", "0", "--format", "md", "--top", "0").out
    assert "\\<b\\>\\|storm\\*" in markdown
    assert not re.search("[\u202e]", markdown)
