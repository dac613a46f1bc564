"""The seeds: real claims, each with its chain, its date and its place in a document.

The first half needs only `seeds/`. The second half reads the documents the claims were taken
from, which are not part of the project: it is skipped where they are absent.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from ledger.dates import read_day
from ledger.events import MODALITIES, OVER_TIME, RELATIONS, SOURCE_KINDS
from ledger.names import fold
from ledger.values import VALUE_TYPES

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
DOCUMENTS = ROOT.parent / "shared" / "seed-documents"

Line = dict[str, Any]

FIELDS = {
    name: set(fields.split())
    for name, fields in {
        "claim-asserted": """label subject predicate value unit scope as_of modality claimant via
            published said evidence_sha256 start end lang""",
        "predicate-defined": "name value_type unit over_time tolerance multi_valued",
        "source-described": "name kind acts_for country language home_page aliases",
        "entities-matched": "a b relation",
        "claims-linked": "claim relation other",
    }.items()
}
CHOICES = {
    "modality": MODALITIES,
    "value_type": VALUE_TYPES,
    "over_time": OVER_TIME,
    "kind": SOURCE_KINDS,
}
TALKS = "US–Iran talks of February 2026"
WAR = "Twelve-Day War"
STRIKES = "US strikes on Iran of June 2025"
LONGEST_RUN = 6
"""Words in a row that a seed may share with a document: names and terms, no sentence."""

NUMBER_WORDS = {
    0: "aucun aucune pas jamais zéro",
    1: "un une",
    2: "deux",
    3: "trois",
    4: "quatre",
    5: "cinq",
    6: "six",
    7: "sept",
    8: "huit",
    9: "neuf",
    10: "dix",
    11: "onze",
    12: "douze",
}


def kind(line: Line) -> str:
    return str(line.get("type", "claim-asserted"))


def seeds() -> Iterator[tuple[str, Line]]:
    """Every line with its place, in the order of the import."""
    for path in sorted(SEEDS.glob("*.jsonl")):
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield f"{path.name}:{number}", json.loads(text)


LINES = list(seeds())
CLAIMS = [(place, line) for place, line in LINES if kind(line) == "claim-asserted"]
PREDICATES = {fold(line["name"]): line for _, line in LINES if kind(line) == "predicate-defined"}
SOURCES = {fold(line["name"]): line for _, line in LINES if kind(line) == "source-described"}
MATCHES = [line for _, line in LINES if kind(line) == "entities-matched"]


def one_name(name: str) -> str:
    """The name that stands for all names matched as the same."""
    names = {fold(name)}
    for _ in MATCHES:
        for match in MATCHES:
            pair = {fold(match["a"]), fold(match["b"])}
            if match.get("relation", "same") == "same" and names & pair:
                names |= pair
    return min(names)


def lies_within(inner: str, outer: str) -> bool:
    return any(
        match.get("relation") == "within"
        and (one_name(match["a"]), one_name(match["b"])) == (one_name(inner), one_name(outer))
        for match in MATCHES
    )


def items(claim: Line) -> tuple[set[str], bool]:
    """The names a value lists, and whether it says that there are no others."""
    only = str(claim["value"]).startswith("only ")
    listed = str(claim["value"]).removeprefix("only ").split(";")
    return {one_name(item.strip()) for item in listed}, only


def key(claim: Line) -> tuple[str, str, str]:
    scope = json.dumps(claim.get("scope", {}), sort_keys=True)
    return one_name(claim["subject"]), fold(claim["predicate"]), scope


# What every line is


def test_a_line_has_the_fields_of_its_type_and_no_other() -> None:
    for place, line in LINES:
        assert kind(line) in FIELDS, place
        assert set(line) - {"type"} <= FIELDS[kind(line)], place
        for field, choices in CHOICES.items():
            assert line.get(field, choices[0]) in choices, (place, field)
        if kind(line) == "claims-linked":
            assert line["relation"] in RELATIONS, place


def test_there_are_enough_claims_to_work_with() -> None:
    assert len(CLAIMS) >= 60
    documents = {claim["evidence_sha256"] for _, claim in CLAIMS}
    assert len(documents) == 3
    assert f"{len(CLAIMS)} claims" in (SEEDS / "README.md").read_text(encoding="utf-8")


def test_a_claim_says_who_when_and_where_it_is_written() -> None:
    for place, claim in CLAIMS:
        for field in ("subject", "predicate", "value", "claimant", "published", "lang"):
            assert isinstance(claim[field], str), (place, field)
            assert claim[field].strip() == claim[field] != "", (place, field)
        assert re.fullmatch(r"[0-9a-f]{64}", claim["evidence_sha256"]), place
        assert 0 <= claim["start"] < claim["end"], place


def test_a_claim_is_recorded_once() -> None:
    statements = [json.dumps(claim, sort_keys=True) for _, claim in CLAIMS]
    assert len(set(statements)) == len(statements)


def test_a_date_is_one_that_the_program_reads() -> None:
    for place, claim in CLAIMS:
        for field in ("published", "as_of", "said"):
            if field in claim:
                read_day(claim[field], place)
        if PREDICATES[fold(claim["predicate"])]["value_type"] == "day":
            read_day(claim["value"], place)


def test_nothing_is_said_after_it_was_published() -> None:
    for place, claim in CLAIMS:
        latest = read_day(claim["published"]).latest
        for field in ("as_of", "said"):
            if field in claim:
                earliest = read_day(claim[field]).earliest
                assert earliest is None or latest is None or earliest <= latest, (place, field)


def test_every_predicate_is_defined_once_and_used() -> None:
    names = [fold(line["name"]) for _, line in LINES if kind(line) == "predicate-defined"]
    assert len(set(names)) == len(names)
    assert {fold(claim["predicate"]) for _, claim in CLAIMS} == set(names)


def test_only_a_list_holds_several_values() -> None:
    for place, claim in CLAIMS:
        if ";" in claim["value"] or claim["value"].startswith("only "):
            assert PREDICATES[fold(claim["predicate"])].get("multi_valued"), place


def test_a_quantity_has_the_unit_of_its_predicate() -> None:
    for place, claim in CLAIMS:
        assert claim.get("unit") == PREDICATES[fold(claim["predicate"])].get("unit"), place


def test_every_source_is_described_once() -> None:
    lines = [line for _, line in LINES if kind(line) == "source-described"]
    names = [fold(name) for line in lines for name in (line["name"], *line.get("aliases", []))]
    assert len(set(names)) == len(names)
    for place, claim in CLAIMS:
        for name in (claim["claimant"], *claim.get("via", [])):
            assert fold(name) in SOURCES, (place, name)
    for line in lines:
        assert fold(line.get("acts_for", line["name"])) in SOURCES, line["name"]


def test_the_document_read_is_the_nearest_relay_or_speaks_itself() -> None:
    for place, claim in CLAIMS:
        number = re.search(r"document-(\d+)", place)
        assert number, place
        chain = [*claim.get("via", []), claim["claimant"]]
        assert chain[0] == f"outlet of document {number[1]}", place


def test_a_reference_points_at_a_labelled_claim() -> None:
    labels = [claim["label"] for _, claim in CLAIMS if "label" in claim]
    assert len(set(labels)) == len(labels)
    for place, line in LINES:
        if kind(line) == "claims-linked":
            for end in (line["claim"], line["other"]):
                assert end.removeprefix("@") in labels, place


# What must come out of them


def test_the_toll_is_filed_with_its_bound_and_its_chain() -> None:
    [toll] = [claim for _, claim in CLAIMS if claim["value"] == "at least 3,428"]
    assert toll["predicate"] == "deaths"
    assert toll["scope"] == {"population": "protesters"}
    assert toll["claimant"] == "Iran Human Rights"
    assert toll["via"] == ["outlet of document 003"]
    assert toll["published"] == "2026-02-06"


@pytest.mark.parametrize(
    ("subject", "predicate", "value"),
    [
        (TALKS, "date", "2026-02-06"),
        (TALKS, "venue", "Muscat"),
        (TALKS, "party", "Iran"),
        (TALKS, "party", "United States"),
        (TALKS, "participant", "Abbas Araghchi"),
        (TALKS, "participant", "Steve Witkoff"),
        (TALKS, "participant", "Jared Kushner"),
        (TALKS, "participant", "Badr al-Busaidi"),
        (TALKS, "mediator", "Oman"),
        (TALKS, "mediator", "Badr al-Busaidi"),
        (TALKS, "first since", STRIKES),
        (TALKS, "first since", WAR),
        (WAR, "duration", "12"),
        (WAR, "belligerent", "Israel"),
        (WAR, "belligerent", "Iran"),
        (STRIKES, "date", "2025-06"),
        (STRIKES, "target", "nuclear sites"),
    ],
)
def test_documents_003_and_004_agree(subject: str, predicate: str, value: str) -> None:
    wanted = (one_name(subject), fold(predicate), "{}")
    voices = {
        [*claim.get("via", []), claim["claimant"]][0]
        for _, claim in CLAIMS
        if key(claim) == wanted and one_name(value) in items(claim)[0]
    }
    assert voices == {"outlet of document 003", "outlet of document 004"}


def test_the_wishes_that_cannot_both_be_met_are_those_about_the_agenda() -> None:
    wishes = [claim for _, claim in CLAIMS if claim.get("modality") in ("demanded", "refused")]
    clashes: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for one, other in permutations(wishes, 2):
        if key(one) != key(other) or one["modality"] != "demanded":
            continue
        asked, _ = items(one)
        listed, closed = items(other)
        if other["modality"] == "refused":
            clashes[key(one)] |= asked & listed
        elif closed:
            clashes[key(one)] |= asked - listed
    assert clashes.pop((fold(TALKS), "agenda", "{}")) == {
        "ballistic missiles",
        "support for armed groups",
        "treatment of its own people",
    }
    assert not any(clashes.values())


def test_nothing_else_clashes() -> None:
    """A single-valued predicate holds one value per key, or one that lies within the other."""
    held: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for _, claim in CLAIMS:
        if not PREDICATES[fold(claim["predicate"])].get("multi_valued"):
            held[key(claim)].add(one_name(claim["value"]))
    for where, values in held.items():
        for one, other in permutations(values, 2):
            assert lies_within(one, other) or lies_within(other, one), (where, values)


# What the documents say

needs_documents = pytest.mark.skipif(
    not DOCUMENTS.is_dir(), reason="the seed documents (../shared/seed-documents) are not here"
)


def documents() -> dict[str, str]:
    """The text of each document by the sha256 of its bytes; nothing of it is normalised."""
    read = [path.read_bytes() for path in sorted(DOCUMENTS.glob("*.txt"))]
    return {sha256(body).hexdigest(): body.decode("utf-8") for body in read}


def words(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))


def numbers(passage: str) -> set[int]:
    """The numbers that a French passage names, in digits or as a word."""
    digits = re.findall(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d+", passage)
    named = {int(re.sub(r"\D", "", number)) for number in digits}
    spoken = set(words(passage))
    return named | {n for n, spelt in NUMBER_WORDS.items() if spoken & set(spelt.split())}


@needs_documents
def test_the_passage_lies_in_the_document_and_cuts_no_word() -> None:
    texts = documents()
    for place, claim in CLAIMS:
        assert claim["evidence_sha256"] in texts, place
        text = texts[claim["evidence_sha256"]]
        start, end = claim["start"], claim["end"]
        assert end <= len(text), place
        for edge in (start, end):
            around = f" {text} "[edge : edge + 2]
            assert re.fullmatch(r"\W\w|\w\W", around), (place, around)
        assert re.match(r"\w", text[start]), place
        assert re.match(r"\w", text[end - 1]), place


@needs_documents
def test_a_file_holds_the_claims_of_one_document() -> None:
    names = {sha256(path.read_bytes()).hexdigest(): path.name for path in DOCUMENTS.glob("*.txt")}
    for place, claim in CLAIMS:
        number = names[claim["evidence_sha256"]][:3]
        assert f"document-{number}." in place, place


@needs_documents
def test_a_number_stands_in_the_passage_it_was_read_from() -> None:
    texts = documents()
    for place, claim in CLAIMS:
        if PREDICATES[fold(claim["predicate"])]["value_type"] == "quantity":
            passage = texts[claim["evidence_sha256"]][claim["start"] : claim["end"]]
            stated = {int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", claim["value"])}
            assert stated <= numbers(passage), (place, stated, passage)


@needs_documents
def test_the_seeds_are_in_our_own_words() -> None:
    length = LONGEST_RUN + 1
    theirs: set[tuple[str, ...]] = set()
    for text in documents().values():
        said = words(text)
        theirs |= {tuple(said[at : at + length]) for at in range(len(said))}
    for path in sorted(path for path in SEEDS.rglob("*") if path.is_file()):
        ours = words(path.read_text(encoding="utf-8"))
        for at in range(len(ours) - LONGEST_RUN):
            assert tuple(ours[at : at + length]) not in theirs, (path.name, ours[at : at + length])
