"""`correct`, `retract`, `link`, `define`, `describe`, `match`, `unmatch`, `adjudicate`."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from commands import Wherefrom

from ledger.codec import statement
from ledger.log import Ledger
from ledger.sqlite import SqliteStore

DAY = ("--as-of", "2026-02-06", "--published", "2026-02-07")


def held(wherefrom: Wherefrom) -> list[dict[str, Any]]:
    """What the ledger's events say, each with its type, read without the command."""
    store = SqliteStore.open(wherefrom.db)
    try:
        ledger = Ledger(store, clock=None, random=None)  # type: ignore[arg-type]
        return [
            {"id": entry.id, "type": entry.head.type, **statement(entry.event)}  # type: ignore[arg-type]
            for entry in ledger.read()
        ]
    finally:
        store.close()


def last(wherefrom: Wherefrom) -> dict[str, Any]:
    """What the last event says, without its id."""
    return {name: said for name, said in held(wherefrom)[-1].items() if name != "id"}


def add(wherefrom: Wherefrom, value: str, claimant: str, *options: str) -> str:
    answer = wherefrom(
        "add", "storm", "deaths", value, "--claimant", claimant, *DAY, *options, "--json"
    )
    return str(answer.json["id"])


# correct


def test_correct_replaces_the_fields_it_names_and_keeps_the_others(wherefrom: Wherefrom) -> None:
    id_ = add(wherefrom, "3,482", "Red Cross", "--unit", "people", "--scope", "place=Lyon")
    told = wherefrom("correct", id_[:8], "--value", "3,428")
    assert told.out.endswith(", position 1\n")
    first, _ = held(wherefrom)
    assert last(wherefrom) == {
        **{name: said for name, said in first.items() if name != "id"},
        "type": "recording-corrected",
        "corrects": id_,
        "value": "3,428",
    }


@pytest.mark.parametrize(
    ("option", "field", "said"),
    [
        ("--subject=flood", "subject", "flood"),
        ("--predicate=injured", "predicate", "injured"),
        ("--claimant=Mayor", "claimant", "Mayor"),
        ("--published=2026-02-08", "published", "2026-02-08"),
        ("--via=Le Matin", "via", ["Le Matin"]),
        ("--scope=place=Paris", "scope", {"place": "Paris"}),
        ("--denied", "modality", "denied"),
        ("--url=https://example.org", "url", "https://example.org"),
        ("--start=1", "start", 1),
    ],
)
def test_correct_takes_any_field(
    wherefrom: Wherefrom, option: str, field: str, said: object
) -> None:
    add(wherefrom, "10", "Red Cross", "--start", "3", "--end", "9")
    wherefrom("correct", "last", option)
    assert last(wherefrom)[field] == said


def test_an_empty_text_takes_a_field_away(wherefrom: Wherefrom) -> None:
    add(wherefrom, "10", "Red Cross", "--via", "Le Matin", "--scope", "place=Lyon")
    wherefrom("correct", "last", "--as-of", "", "--via", "", "--scope", "")
    assert not {"as_of", "via", "scope"} & set(last(wherefrom))


def test_a_field_that_a_claim_needs_cannot_be_taken_away(wherefrom: Wherefrom) -> None:
    add(wherefrom, "10", "Red Cross")
    told = wherefrom("correct", "last", "--claimant", "", code=2)
    assert "claimant: missing" in told.err


def test_a_correction_that_changes_nothing_is_refused(wherefrom: Wherefrom) -> None:
    add(wherefrom, "10", "Red Cross")
    told = wherefrom("correct", "last", "--value", "10", code=2)
    assert "reads so already" in told.err
    assert len(held(wherefrom)) == 1


def test_a_corrected_recording_can_be_corrected_again(wherefrom: Wherefrom) -> None:
    add(wherefrom, "10", "Red Cross")
    wherefrom("correct", "last", "--value", "12")
    wherefrom("correct", "last", "--value", "11")
    _, second, third = held(wherefrom)
    assert third["corrects"] == second["id"]


def test_the_unit_that_a_value_named_itself_goes_with_it(wherefrom: Wherefrom) -> None:
    add(wherefrom, "12 days", "Red Cross")
    wherefrom("correct", "last", "--value", "2 weeks")
    assert last(wherefrom)["value"] == "2 weeks"
    assert "days" not in last(wherefrom).values()


def test_another_document_takes_the_passage_with_it(wherefrom: Wherefrom, tmp_path: Path) -> None:
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    one.write_text("There were 10 deaths.", encoding="utf-8")
    two.write_text("In all, 10 deaths.", encoding="utf-8")
    add(wherefrom, "10", "Red Cross", "--evidence", str(one), "--quote", "10 deaths")
    wherefrom("correct", "last", "--evidence", two)
    said = last(wherefrom)
    assert said["evidence_sha256"] == hashlib.sha256(two.read_bytes()).hexdigest()
    assert not {"start", "end", "quote", "quote_prefix", "quote_suffix"} & set(said)
    wherefrom("correct", "last", "--evidence", two, "--quote", "10 deaths")
    assert (last(wherefrom)["start"], last(wherefrom)["end"]) == (8, 17)


def test_a_correction_warns_of_contradictions_as_a_claim_does(wherefrom: Wherefrom) -> None:
    wherefrom("define", "deaths", "--type", "quantity")
    add(wherefrom, "100", "Red Cross")
    add(wherefrom, "100", "government")
    assert "Warning: contradiction" in wherefrom("correct", "last", "--value", "140").err


# retract and link


def test_retract_says_when_and_why(wherefrom: Wherefrom) -> None:
    id_ = add(wherefrom, "10", "Red Cross")
    wherefrom("retract", id_[:6], "--reason", "counted twice", "--published", "2026-02-09")
    assert last(wherefrom) == {
        "type": "claim-retracted",
        "claim": id_,
        "reason": "counted twice",
        "published": "2026-02-09",
    }


def test_retract_needs_its_reason_and_its_date(wherefrom: Wherefrom) -> None:
    add(wherefrom, "10", "Red Cross")
    told = wherefrom("retract", "last", code=2)
    assert told.err.startswith("Error: missing: --reason, --published. ")


def test_a_retracted_claim_contradicts_nothing(wherefrom: Wherefrom) -> None:
    wherefrom("define", "deaths", "--type", "quantity")
    add(wherefrom, "100", "Red Cross")
    id_ = add(wherefrom, "140", "government")
    wherefrom("retract", id_, "--reason", "an error", "--published", "2026-02-09")
    assert wherefrom("contradictions", "--json").json == []


@pytest.mark.parametrize(
    "relation", ["relays", "revises", "confirms", "disputes", "corrects", "translates"]
)
def test_link_names_two_claims_and_what_is_between_them(
    wherefrom: Wherefrom, relation: str
) -> None:
    one, two = add(wherefrom, "10", "Le Matin"), add(wherefrom, "10", "Red Cross")
    wherefrom("link", one[:9], relation, two)
    assert last(wherefrom) == {
        "type": "claims-linked",
        "claim": one,
        "relation": relation,
        "other": two,
    }


def test_a_claim_cannot_be_linked_with_itself_nor_by_an_unknown_relation(
    wherefrom: Wherefrom,
) -> None:
    id_ = add(wherefrom, "10", "Red Cross")
    assert "the same as claim" in wherefrom("link", id_, "relays", "last", code=2).err
    assert "Write one of relays" in wherefrom("link", id_, "repeats", "last", code=2).err


# define and describe


def test_define_says_all_there_is_to_say(wherefrom: Wherefrom) -> None:
    wherefrom(
        *("define", "deaths", "--type", "quantity", "--unit", "people"),
        *("--over-time", "cumulative-up", "--tolerance", "5%", "--part-of", "casualties"),
        *("--disjoint", "police deaths, protester deaths"),
    )
    assert last(wherefrom) == {
        "type": "predicate-defined",
        "name": "deaths",
        "value_type": "quantity",
        "unit": "people",
        "over_time": "cumulative-up",
        "tolerance": "5%",
        "part_of": "casualties",
        "disjoint": ["police deaths", "protester deaths"],
    }
    wherefrom("define", "end", "--type", "day", "--not-before", "start")
    wherefrom("define", "party", "--type", "entity", "--multi-valued")
    assert last(wherefrom)["multi_valued"] is True


def test_a_definition_names_the_one_it_replaces(wherefrom: Wherefrom) -> None:
    wherefrom("define", "Deaths", "--type", "quantity")
    wherefrom("define", "deaths", "--type", "quantity", "--unit", "people")
    wherefrom("define", "deaths", "--type", "quantity")
    first, second, third = held(wherefrom)
    assert "after" not in first
    assert (second["after"], third["after"]) == (first["id"], second["id"])


def test_defining_the_same_again_records_nothing(wherefrom: Wherefrom) -> None:
    for _ in range(3):
        answer = wherefrom("define", "deaths", "--type", "quantity", "--json").json
    assert answer["recorded"] is False
    assert answer["id"] == held(wherefrom)[0]["id"]
    assert len(held(wherefrom)) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "missing: --type"),
        (["--type", "number"], "Write one of quantity, day"),
        (["--type", "entity", "--unit", "people"], "unit: only a quantity has one"),
        (["--type", "quantity", "--not-before", "x"], "not_before: only a day has one"),
        (["--type", "text", "--over-time", "cumulative-up"], "only a quantity can be"),
        (["--type", "quantity", "--over-time", "always"], "Write one of constant"),
        (["--type", "quantity", "--tolerance", "5"], "not between 0% and 100%"),
        (["--type", "quantity", "--tolerance", "some"], "tolerance"),
        (["--type", "quantity", "--part-of", "DEATHS"], "part_of: the same as name"),
    ],
)
def test_a_definition_that_means_nothing(
    wherefrom: Wherefrom, options: list[str], said: str
) -> None:
    told = wherefrom("define", "deaths", *options, code=2)
    assert said in told.err
    assert len(told.err.splitlines()) == 1
    assert not wherefrom.db.exists()


def test_describe_says_who_a_source_is_and_names_what_it_replaces(wherefrom: Wherefrom) -> None:
    wherefrom("describe", "K. Leavitt", "--kind", "person")
    wherefrom(
        *("describe", "K. Leavitt", "--kind", "person", "--acts-for", "United States government"),
        *("--alias", "Karoline Leavitt", "--alias", "White House; press office"),
        *("--country", "US", "--language", "en", "--home-page", "https://example.org"),
    )
    assert last(wherefrom) == {
        "type": "source-described",
        "name": "K. Leavitt",
        "kind": "person",
        "acts_for": "United States government",
        "aliases": ["Karoline Leavitt", "White House; press office"],
        "country": "US",
        "language": "en",
        "home_page": "https://example.org",
        "after": held(wherefrom)[0]["id"],
    }


# match and unmatch


def test_match_and_unmatch_take_turns_and_name_each_other(wherefrom: Wherefrom) -> None:
    wherefrom("match", "Mascate", "Muscat")
    wherefrom("unmatch", "muscat", "MASCATE")
    wherefrom("match", "Muscat", "Mascate")
    first, second, third = held(wherefrom)
    assert [one["type"] for one in (first, second, third)] == [
        "entities-matched",
        "entities-unmatched",
        "entities-matched",
    ]
    assert (second["after"], third["after"]) == (first["id"], second["id"])


def test_matching_what_is_matched_records_nothing(wherefrom: Wherefrom) -> None:
    wherefrom("match", "Mascate", "Muscat")
    assert "Already recorded" in wherefrom("match", "Muscat", "Mascate").out
    assert len(held(wherefrom)) == 1


def test_within_has_a_direction_and_is_no_sameness(wherefrom: Wherefrom) -> None:
    wherefrom("match", "Muscat", "Oman", "--within")
    assert last(wherefrom)["relation"] == "within"
    for wrong in (("Muscat", "Oman"), ("Oman", "Muscat", "--within")):
        assert "are not matched" in wherefrom("unmatch", *wrong, code=2).err
    wherefrom("unmatch", "Muscat", "Oman", "--within")
    assert last(wherefrom)["relation"] == "within"


def test_a_match_of_names_that_nothing_holds_is_noted(wherefrom: Wherefrom) -> None:
    add(wherefrom, "10", "Red Cross")
    told = wherefrom("match", "storm", "strom")
    assert told.err == "Note: nothing held names 'strom' yet\n"


def test_a_name_is_not_matched_with_itself(wherefrom: Wherefrom) -> None:
    told = wherefrom("match", "al-Busaidi", "al\u2011busaidi", code=2)
    assert "b: the same as a" in told.err


# adjudicate


@pytest.fixture
def disputed(wherefrom: Wherefrom) -> tuple[Wherefrom, str]:
    """A ledger with one contradiction, and the contradiction's id."""
    wherefrom("define", "deaths", "--type", "quantity")
    add(wherefrom, "100", "Red Cross")
    add(wherefrom, "140", "government")
    [finding] = wherefrom("contradictions", "--json").json
    return wherefrom, finding["id"]


@pytest.mark.parametrize(
    ("option", "status"), [("--dismiss", "dismissed"), ("--confirm", "confirmed")]
)
def test_a_decision_keeps_who_conflicts_with_whom(
    disputed: tuple[Wherefrom, str], option: str, status: str
) -> None:
    wherefrom, finding = disputed
    wherefrom("adjudicate", finding[:6], option, "--reason", "two storms")
    said = last(wherefrom)
    assert (said["finding"], said["decision"], said["reason"]) == (finding, status, "two storms")
    [[one, two]] = said["pairs"]
    assert {one[0], two[0]} == {"red cross", "government"}
    [shown] = wherefrom("contradictions", "--json", "--status", status).json
    assert shown["status"] == status


def test_a_decision_is_open_again_when_one_more_voice_conflicts(
    disputed: tuple[Wherefrom, str],
) -> None:
    wherefrom, finding = disputed
    wherefrom("adjudicate", finding, "--dismiss", "--reason", "two storms")
    add(wherefrom, "200", "Mayor")
    [shown] = wherefrom("contradictions", "--json").json
    assert (shown["id"], shown["status"]) == (finding, "open")


def test_a_decision_names_the_one_it_replaces(disputed: tuple[Wherefrom, str]) -> None:
    wherefrom, finding = disputed
    wherefrom("adjudicate", finding, "--dismiss", "--reason", "two storms")
    wherefrom("adjudicate", finding, "--confirm", "--reason", "one storm after all")
    *_, first, second = held(wherefrom)
    assert second["after"] == first["id"]
    [shown] = wherefrom("contradictions", "--json", "--status", "confirmed").json
    assert shown["id"] == finding


def test_a_decision_needs_a_finding_a_verdict_and_a_reason(
    disputed: tuple[Wherefrom, str],
) -> None:
    wherefrom, finding = disputed
    for arguments, said in (
        (("abcdef", "--dismiss", "--reason", "x"), "finding: none has an id"),
        ((finding[:5], "--dismiss", "--reason", "x"), "Write 6 or more digits"),
        ((finding, "--reason", "x"), "neither --dismiss nor --confirm"),
        ((finding, "--dismiss", "--confirm", "--reason", "x"), "--confirm at once"),
        ((finding, "--dismiss"), "missing: --reason"),
    ):
        told = wherefrom("adjudicate", *arguments, code=2)
        assert said in told.err
        assert len(told.err.splitlines()) == 1


def test_an_imported_decision_is_completed_from_the_finding_that_it_names(
    disputed: tuple[Wherefrom, str],
) -> None:
    wherefrom, finding = disputed
    decision = {"type": "contradiction-adjudicated", "finding": finding[:6]}
    row = json.dumps(decision | {"decision": "dismissed", "reason": "two storms"})
    wherefrom("import", wherefrom.file("decision.jsonl", row))
    said = last(wherefrom)
    assert said["finding"] == finding
    assert len(said["pairs"]) == 1
    [shown] = wherefrom("contradictions", "--json", "--status", "dismissed").json
    assert shown["id"] == finding
