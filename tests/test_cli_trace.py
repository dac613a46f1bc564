"""`wherefrom trace` and `search`: where a claim comes from, for a person and for a program."""

import csv
import io
import json

import pytest
from commands import Wherefrom
from tampering import unprotected

from ledger.roots import root_of
from ledger.sqlite import SqliteStore

KEYS = {
    "id", "claim", "standing", "trail", "evidence", "independent_origins", "contradictions",
    "ledger",
}  # fmt: skip

TOLLS = """
    subject,predicate,value,unit,as_of,claimant,via,published,url,wording,scope.place
    storm,deaths,"at least 3,428",people,2026-02-05,Red Cross,Le Matin;AFP,2026-02-06,http://m/1,morts,Oman
    storm,deaths,"6,000",people,2026-02-05,government,,2026-02-06,,,Oman
    storm,deaths,"2,000",people,2026-02-05,mayor,,2026-02-07,,,Oman
    flood,deaths,12,people,2026-03-01,Red Cross,,2026-03-02,,,
"""


@pytest.fixture
def tolls(wherefrom: Wherefrom) -> Wherefrom:
    wherefrom.table(TOLLS)
    return wherefrom


# One claim


def test_one_claim_is_told_in_full(wherefrom: Wherefrom) -> None:
    claim = {
        "subject": "storm",
        "predicate": "deaths",
        "value": "at least 5",
        "unit": "people",
        "as_of": "2026-02-05",
        "claimant": "Red Cross",
        "via": ["Le Matin", "AFP"],
        "published": "2026-02-06",
        "url": "https://m.example/1",
        "wording": "au moins cinq",
        "lang": "fr",
        "evidence_sha256": "ab" * 32,
        "start": 30,
        "end": 44,
    }
    wherefrom("import", wherefrom.file("one.jsonl", json.dumps(claim)))
    [told] = wherefrom("trace", "storm", "--json").json
    recorded = told["trail"][0]
    assert wherefrom("trace", "storm").out == (
        "storm, deaths: at least 5 people, according to Red Cross.\n"
        "\n"
        "  said by       Red Cross; the day is not stated\n"
        "  relayed by    AFP\n"
        "  read in       Le Matin, published 2026-02-06\n"
        "  found at      code points 30–44 of document abababababab\n"
        "  address       https://m.example/1\n"
        "  as of         2026-02-05\n"
        "  wording       “au moins cinq” (fr)\n"
        f"  recorded      {recorded['when'][:10]} {recorded['when'][11:19]} UTC by "
        f"{recorded['who']}, as {told['id'][:10]}, position 0\n"
        "\n"
        "  standing      stands\n"
        "  contradicted  by nothing held here\n"
        "  origins       1 independent: Red Cross\n"
        f"  ledger        1 event, root {told['ledger']['root'][:12]}…\n"
    )


def test_json_has_the_keys_that_programs_rely_on(tolls: Wherefrom) -> None:
    [told] = tolls("trace", "3428", "--json").json
    assert set(told) >= KEYS
    assert told["claim"] == {
        "subject": "storm",
        "predicate": "deaths",
        "value": "at least 3,428",
        "unit": "people",
        "scope": {"place": "Oman"},
        "as_of": "2026-02-05",
        "modality": "asserted",
        "claimant": "Red Cross",
        "via": ["Le Matin", "AFP"],
        "published": "2026-02-06",
        "url": "http://m/1",
        "wording": "morts",
    }
    assert told["value"] == {
        "type": "quantity",
        "stated": "at least 3,428",
        "lower": "3428",
        "unit": "people",
    }
    assert told["standing"] == "stands"
    assert [(step["step"], step["who"]) for step in told["trail"][1:]] == [
        ("read-in", "Le Matin"),
        ("relayed-by", "AFP"),
        ("said-by", "Red Cross"),
    ]
    assert all(set(step) >= {"step", "who", "when", "url", "event"} for step in told["trail"])
    assert set(told["evidence"]) >= {"sha256", "url", "quote_found"}
    assert told["evidence"]["url"] == "http://m/1"
    assert told["evidence"]["quote_found"] is None
    assert told["independent_origins"] == 2
    assert set(told["origins"]) == {"Red Cross", "government"}
    [finding] = told["contradictions"]
    assert finding in {found["id"] for found in tolls("contradictions", "--json").json}
    store = SqliteStore.open(tolls.db)
    assert told["ledger"] == {"position": 0, "size": 4, "root": root_of(store, 4)}
    store.close()


def test_what_contradicts_it_is_told(tolls: Wherefrom) -> None:
    [told] = tolls("trace", "3428", "--json").json
    out = " ".join(tolls("trace", "3428").out.split())
    assert f"contradicted contradiction {told['contradictions'][0][:10]}: cannot both hold" in out
    assert "origins 2 independent: government, Red Cross" in out


# Finding the claim


@pytest.mark.parametrize(
    "asked",
    [["3428"], ["3,428"], ["3 428"], ["3", "428"], ["at least 3,428 people"], ["Red", "storm"],
     ['"Red Cross"', "storm"], ["morts"], ["le matin"], ["oman", "3428"]],
)  # fmt: skip
def test_a_claim_is_found_by_its_words_and_numbers(tolls: Wherefrom, asked: list[str]) -> None:
    [told] = tolls("trace", *asked, "--json").json
    assert told["claim"]["value"] == "at least 3,428"


@pytest.mark.parametrize("digits", [6, 10, 63, 64])
def test_a_claim_is_found_by_the_digits_of_its_id(tolls: Wherefrom, digits: int) -> None:
    [told] = tolls("trace", "flood", "--json").json
    assert tolls("trace", told["id"][:digits].upper(), "--json").json == [told]


def test_the_last_claim_is_found(tolls: Wherefrom) -> None:
    [told] = tolls("trace", "last", "--json").json
    assert told["claim"]["subject"] == "flood"


def test_digits_that_are_an_id_and_a_number_find_both(wherefrom: Wherefrom) -> None:
    wherefrom.table(TOLLS)
    [first] = wherefrom("trace", "flood", "--json").json
    row = (
        f"subject,predicate,value,claimant,published\nnumbers,id,{first['id'][:8]},Ann,2026-01-01\n"
    )
    wherefrom("import", wherefrom.file("two.csv", row))
    both = wherefrom("trace", first["id"][:8], "--json").json
    assert [told["claim"]["subject"] for told in both] == ["flood", "numbers"]
    assert "Also found by its words:" in wherefrom("trace", first["id"][:8]).out


def test_an_event_about_a_claim_leads_to_it(tolls: Wherefrom) -> None:
    [told] = tolls("trace", "flood", "--json").json
    tolls("retract", told["id"], "--reason", "a slip", "--published", "2026-03-05")
    event = tolls("trace", "flood", "--json").json[0]["trail"][-1]["event"]
    [again] = tolls("trace", event, "--json").json
    assert (again["id"], again["standing"]) == (told["id"], "retracted")
    assert "retracted: on 2026-03-05, reason given: a slip" in tolls("trace", event).out


def test_nothing_found_is_an_error_that_suggests_what_is_near(tolls: Wherefrom) -> None:
    answer = tolls("trace", "strom", code=2)
    assert answer.out == ""
    assert answer.err == "Error: trace: nothing held here has 'strom'. Did you mean 'storm'?\n"
    assert "Traceback" not in tolls("trace", "abcdef012345", code=2).err


def test_a_question_without_words_is_an_error(tolls: Wherefrom) -> None:
    assert "no word to search for" in tolls("trace", "–", code=2).err
    assert "Missing argument" in tolls("trace", code=2).err


def test_a_ledger_that_is_not_there_is_an_error(wherefrom: Wherefrom) -> None:
    assert "no such ledger" in wherefrom("trace", "3428", code=2).err
    assert not wherefrom.db.exists()


# Several claims


def test_several_claims_are_told_in_short(tolls: Wherefrom) -> None:
    ids = [told["id"][:10] for told in tolls("trace", "storm", "--json").json]
    assert tolls("trace", "storm").out == (
        "3 claims hold these words:\n"
        "\n"
        f"{ids[0]}  storm, deaths (place: Oman): 2,000 people\n"
        "            mayor, 2026-02-07 · contradicted in 1 finding\n"
        "\n"
        f"{ids[1]}  storm, deaths (place: Oman): 6,000 people\n"
        "            government, 2026-02-06 · contradicted in 1 finding\n"
        "\n"
        f"{ids[2]}  storm, deaths (place: Oman): at least 3,428 people\n"
        "            Red Cross → AFP → Le Matin, 2026-02-06 · contradicted in 1 finding\n"
        "\n"
        "wherefrom trace ID shows one in full.\n"
    )


def test_more_claims_than_are_shown_are_announced(tolls: Wherefrom) -> None:
    answer = tolls("trace", "deaths", "--limit", 2, "--json")
    assert len(answer.json) == 2
    assert answer.err.startswith("More claims hold these words: add a word")
    everything = tolls("trace", "deaths", "--limit", 0, "--json")
    assert (len(everything.json), everything.err) == (4, "")


# The forms of the answer


def test_lines_of_json(tolls: Wherefrom) -> None:
    lines = tolls("trace", "storm", "--nl").lines
    assert [json.loads(line) for line in lines] == tolls("trace", "storm", "--json").json


@pytest.mark.parametrize(("form", "delimiter"), [("--csv", ","), ("--tsv", "\t")])
def test_rows(tolls: Wherefrom, form: str, delimiter: str) -> None:
    text = tolls("trace", "3428", form).out
    [row] = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    [told] = tolls("trace", "3428", "--json").json
    assert row["id"] == told["id"]
    assert (row["value"], row["unit"], row["scope"]) == ("at least 3,428", "people", "place=Oman")
    assert (row["via"], row["claimant"]) == ("Le Matin; AFP", "Red Cross")
    assert (row["standing"], row["independent_origins"]) == ("stands", "2")
    assert row["contradictions"] == told["contradictions"][0]
    assert (row["recorded_at"], row["position"]) == (told["trail"][0]["when"], "0")


def test_a_table(tolls: Wherefrom) -> None:
    head, rule, row = tolls("trace", "3428", "-t").lines
    assert head.split()[:3] == ["id", "subject", "predicate"]
    assert set(rule) == {"─"}
    assert "at least 3,428" in row


def test_no_cell_is_a_formula(wherefrom: Wherefrom) -> None:
    wherefrom.table(
        """
        subject,predicate,value,claimant,published
        =1+1,@x,-5,+Ann,2026-01-01
        """
    )
    [row] = csv.DictReader(io.StringIO(wherefrom("trace", "ann", "--csv").out))
    assert (row["subject"], row["predicate"], row["claimant"]) == ("'=1+1", "'@x", "'+Ann")
    assert row["value"] == "-5"


def test_no_text_steers_the_terminal(wherefrom: Wherefrom) -> None:
    claim = {"subject": "a\u202eb", "predicate": "p", "value": "5", "claimant": "Ann",
             "published": "2026-01-01", "wording": "x\u2066y"}  # fmt: skip
    wherefrom("import", wherefrom.file("one.jsonl", json.dumps(claim)))
    out = wherefrom("trace", "ann").out
    assert "a\\u202eb" in out
    assert "“x\\u2066y”" in out
    assert wherefrom("trace", "ann", "--json").json[0]["claim"]["wording"] == "x\u2066y"


# Then, and about then


def test_known_at_a_position(tolls: Wherefrom) -> None:
    [told] = tolls("trace", "3428", "--known-at", 0, "--json").json
    assert told["contradictions"] == []
    assert told["ledger"]["size"] == 1
    assert "nothing held here has 'flood'" in tolls("trace", "flood", "--known-at", 2, code=2).err


def test_known_at_a_day_before_anything_was_recorded(tolls: Wherefrom) -> None:
    assert "nothing held here" in tolls("trace", "flood", "--known-at", "1999-01-01", code=2).err


def test_about_a_time(tolls: Wherefrom) -> None:
    found = tolls("trace", "deaths", "--about", "2026-03", "--json").json
    assert [told["claim"]["subject"] for told in found] == ["flood"]
    assert "no date that can be read" in tolls("trace", "deaths", "--about", "soon", code=2).err


# The evidence


def test_the_passage_is_shown_from_a_document_at_hand(wherefrom: Wherefrom) -> None:
    document = wherefrom.folder / "article.txt"
    document.write_text("On Friday, five people died.", encoding="utf-8")
    wherefrom(
        "add", "storm", "deaths", "5", "--claimant", "Ann", "--published", "2026-01-01",
        "--evidence", document, "--quote", "five people died", "--yes",
    )  # fmt: skip
    assert "“five people died” (document not at hand)" in wherefrom("trace", "last").out
    for place in (document, wherefrom.folder):
        answer = wherefrom("trace", "last", "--evidence", place, "--json")
        assert answer.json[0]["evidence"]["quote_found"] is True
        assert answer.json[0]["evidence"]["passage"] == "five people died"
    assert "(stands there)" in wherefrom("trace", "last", "--evidence", document).out
    missing = wherefrom("trace", "last", "--evidence", wherefrom.folder / "no", code=2)
    assert "No such file" in missing.err


# Search


def test_search_lists_claims(tolls: Wherefrom) -> None:
    head, _, *rows = tolls("search", "storm").lines
    assert head.split() == ["claim", "what", "is", "said", "by", "whom", "as", "of", "standing"]
    assert [row.split("  ")[1].strip() for row in rows] == [
        "storm, deaths (place: Oman): 2,000 people",
        "storm, deaths (place: Oman): 6,000 people",
        "storm, deaths (place: Oman): at least 3,428 people",
    ]


def test_search_as_data_leaves_nothing_out(tolls: Wherefrom) -> None:
    found = tolls("search", "deaths", "--json").json
    assert [claim["position"] for claim in found] == [3, 2, 1, 0]
    assert set(found[0]) >= {"id", "subject", "predicate", "value", "claimant", "standing"}
    rows = list(csv.DictReader(io.StringIO(tolls("search", "deaths", "--csv").out)))
    assert [row["position"] for row in rows] == ["3", "2", "1", "0"]


def test_search_says_that_there_are_more(tolls: Wherefrom) -> None:
    answer = tolls("search", "deaths", "--limit", 1)
    assert len(answer.lines) == 3
    assert answer.err == "More than 1 claims hold these words: --limit 0 lists all\n"


def test_search_for_what_is_not_there(tolls: Wherefrom) -> None:
    assert "nothing held here has 'zebra'" in tolls("search", "zebra", code=2).err
    assert tolls("search", "zebra", "--json").json == []


# The seeds


def test_the_seeds_show_where_the_toll_comes_from(wherefrom: Wherefrom) -> None:
    wherefrom.seeds()
    [told] = wherefrom("trace", "3428", "--json").json
    assert [(step["step"], step["who"]) for step in told["trail"][1:]] == [
        ("read-in", "outlet of document 003"),
        ("said-by", "Iran Human Rights"),
    ]
    assert told["trail"][1]["when"] == "2026-02-06"
    assert told["evidence"]["sha256"].startswith("340f2a8dfc93")
    assert (told["claim"]["start"], told["claim"]["end"]) == (3939, 4013)
    assert told["independent_origins"] == 1
    assert told["contradictions"] == []


@pytest.mark.parametrize(
    ("table", "column", "old", "new"),
    [("bodies", "body", "3,428", "3,248"), ("events", "head", '"seq":0', '"seq":1')],
)
def test_a_text_that_somebody_changed_is_not_shown(
    wherefrom: Wherefrom, table: str, column: str, old: str, new: str
) -> None:
    wherefrom.table('subject,predicate,value,claimant,published\nx,deaths,"3,428",A,2026')
    wherefrom("contradictions")
    with unprotected(wherefrom.db) as connection:
        changed = f"CAST(replace(CAST({column} AS TEXT), ?, ?) AS BLOB)"
        connection.execute(f"UPDATE {table} SET {column} = {changed}", (old, new))
    for command in (["trace", "3428"], ["search", "3428"], ["history", "x", "deaths"]):
        told = wherefrom(*command, code=2)
        assert told.err == (
            f"Error: position 0: the {column} is not the one that was recorded. "
            "Run `wherefrom verify`\n"
        )
        assert "3,248" not in told.out


def test_a_text_that_somebody_removed_is_missing_not_erased(wherefrom: Wherefrom) -> None:
    wherefrom.table("subject,predicate,value,claimant,published\nx,deaths,3,A,2026")
    [event] = wherefrom("log", "--json").json
    with unprotected(wherefrom.db) as connection:
        connection.execute("DELETE FROM bodies")
    told = wherefrom("trace", event["id"])
    assert "missing: nothing says that it was erased" in told.out
    assert "standing      erased" not in told.out
