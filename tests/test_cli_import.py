"""`wherefrom import`: claims and other events from files, all of them or none."""

import gzip
import json
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from commands import SEEDS, Wherefrom
from hypothesis import given
from hypothesis import strategies as st

from cli import intake
from ledger.codec import statement
from ledger.log import Ledger
from ledger.merkle import leaf_hash
from ledger.sqlite import SqliteStore

HEADER = "subject,predicate,value,claimant,published"


def held(wherefrom: Wherefrom) -> list[dict[str, Any]]:
    """What the ledger's events say, each with its type, read without the command."""
    store = SqliteStore.open(wherefrom.db)
    try:
        ledger = Ledger(store, clock=None, random=None)  # type: ignore[arg-type]
        return [
            {"type": entry.head.type, **statement(entry.event)}  # type: ignore[arg-type]
            for entry in ledger.read()
        ]
    finally:
        store.close()


def ids(wherefrom: Wherefrom) -> list[str]:
    store = SqliteStore.open(wherefrom.db)
    found = [leaf_hash(row.head).hex() for row in store.rows()]
    store.close()
    return found


def values(wherefrom: Wherefrom) -> list[str]:
    return [said["value"] for said in held(wherefrom) if "value" in said]


# The columns are the fields


def test_a_table_whose_columns_are_the_fields(wherefrom: Wherefrom) -> None:
    """
    subject,predicate,value,unit,as_of,claimant,via,published,scope.place,url,lang
    storm,deaths,at least 100,people,2026-02,Red Cross,Le Matin; Reuters,2026-02-07,Lyon,https://example.org,fr
    """
    answer = wherefrom.table(str(test_a_table_whose_columns_are_the_fields.__doc__)).json
    assert answer == {
        "recorded": 1,
        "already_recorded": 0,
        "rejected": 0,
        "skipped": 0,
        "first_position": 0,
        "size": 1,
        "not_held": {},
    }
    [said] = held(wherefrom)
    assert said == {
        "type": "claim-asserted",
        "subject": "storm",
        "predicate": "deaths",
        "value": "at least 100",
        "unit": "people",
        "as_of": "2026-02",
        "claimant": "Red Cross",
        "via": ["Le Matin", "Reuters"],
        "published": "2026-02-07",
        "scope": {"place": "Lyon"},
        "url": "https://example.org",
        "lang": "fr",
    }


def test_an_empty_cell_is_an_absent_field(wherefrom: Wherefrom) -> None:
    wherefrom.table(f"{HEADER},via,scope.place,as_of\n a,b,1,c,2026,,,")
    [said] = held(wherefrom)
    assert not {"via", "scope", "as_of"} & set(said)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_the_one_of_the_header(wherefrom: Wherefrom, separator: str) -> None:
    file = wherefrom.folder / "claims.csv"
    cells = ("a", "b", '"one, two; three"', "c", "2026")
    lines = (HEADER.replace(",", separator), separator.join(cells))
    file.write_text("\n".join(lines), encoding="utf-8")
    wherefrom("import", file)
    assert values(wherefrom) == ["one, two; three"]


def test_importing_twice_changes_nothing(wherefrom: Wherefrom) -> None:
    text = f"{HEADER}\n a,b,1,c,2026\n a,b,2,c,2026"
    wherefrom.table(text)
    before = wherefrom("log", "--json").out, wherefrom("verify", "--json").out
    answer = wherefrom.table(text).json
    assert (answer["recorded"], answer["already_recorded"]) == (0, 2)
    assert answer["first_position"] is None
    assert (wherefrom("log", "--json").out, wherefrom("verify", "--json").out) == before


def test_a_row_that_stands_twice_in_a_file_is_recorded_once(wherefrom: Wherefrom) -> None:
    answer = wherefrom.table(f"{HEADER}\n a,b,1,c,2026\n a,b,1,c,2026").json
    assert (answer["recorded"], answer["already_recorded"], answer["size"]) == (1, 1, 1)


def test_several_files_are_one_import(wherefrom: Wherefrom) -> None:
    one = wherefrom.file("one.csv", f"{HEADER}\n a,b,1,c,2026")
    two = wherefrom.file("two.csv", f"{HEADER}\n a,b,3,42,2026\n a,b,oops,c,yesterday")
    told = wherefrom("import", one, two, code=2)
    assert "two.csv:3 published:" in told.err
    assert not wherefrom.db.exists()


def test_what_a_person_reads(wherefrom: Wherefrom) -> None:
    file = wherefrom.file("claims.csv", f"{HEADER}\n a,b,1,c,2026\n a,b,2,c,2026")
    assert wherefrom("import", file).out == (
        "Recorded 2 events, from position 0. The ledger holds 2.\n"
    )
    assert wherefrom("import", file).out == (
        "Recorded 0 events; 2 were recorded already. The ledger holds 2.\n"
    )


def test_a_header_alone_makes_no_ledger(wherefrom: Wherefrom) -> None:
    assert wherefrom.table(HEADER).json["size"] == 0
    assert not wherefrom.db.exists()


# How a file may come


def test_gzip_is_undone(wherefrom: Wherefrom) -> None:
    file = wherefrom.folder / "claims.csv.gz"
    file.write_bytes(gzip.compress(f"{HEADER}\na,b,1,c,2026\n".encode()))
    wherefrom("import", file)
    assert values(wherefrom) == ["1"]


def test_a_dash_is_standard_input(wherefrom: Wherefrom, monkeypatch: pytest.MonkeyPatch) -> None:
    data = BytesIO(gzip.compress(f"{HEADER}\na,b,1,c,2026\na,b,NaN,c,2026".encode()))
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(data))
    assert "stdin:3 value:" in wherefrom("import", "-", code=2).err


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks_of_every_system(
    wherefrom: Wherefrom, ends: str, mark: str
) -> None:
    file = wherefrom.folder / "claims.csv"
    file.write_bytes((mark + HEADER + ends + "a,b,1,c,2026" + ends).encode())
    wherefrom("import", file)
    assert values(wherefrom) == ["1"]


CLAIM = {"subject": "a", "predicate": "b", "claimant": "c", "published": "2026"}


def lines(wherefrom: Wherefrom, *events: dict[str, Any]) -> Path:
    """A file with a line for each event."""
    return wherefrom.file("events.jsonl", "\n".join(map(json.dumps, events)))


def test_a_line_of_json_is_a_claim_or_any_event(wherefrom: Wherefrom) -> None:
    filed = {**CLAIM, "predicate": "party", "value": "Iran; Oman", "via": ["B; C", "D"]}
    place = {"scope": {"day": "1"}, "start": 3, "end": 9, "evidence_sha256": "a" * 64}
    file = lines(
        wherefrom,
        {
            "type": "predicate-defined",
            "name": "party",
            "value_type": "entity",
            "multi_valued": True,
        },
        {**filed, **place, "as_of": None},
        {"type": "source-described", "name": "A", "kind": "outlet", "aliases": ["AA"]},
        {"type": "entities-matched", "a": "Muscat", "b": "Oman", "relation": "within"},
    )
    wherefrom("import", file)
    defined, claim, described, matched = held(wherefrom)
    assert defined["multi_valued"] is True
    assert claim["via"] == ["B; C", "D"]
    assert claim["scope"] == {"day": "1"}
    assert (claim["start"], claim["end"]) == (3, 9)
    assert "as_of" not in claim
    assert described["aliases"] == ["AA"]
    assert matched["relation"] == "within"


@pytest.mark.parametrize(
    "text",
    [
        '[{"n": 1, "v": 2.50}, {"n": 2, "v": 12345678901234567890.12}]',
        '[\n  {\n    "n": 1,\n    "v": 2.50\n  },\n  {"n": 2, "v": 12345678901234567890.12}\n]\n',
        '{"n": 1, "v": 2.50}\n\n{"n": 2, "v": 12345678901234567890.12}',
    ],
)
def test_json_keeps_the_digits_of_a_number(wherefrom: Wherefrom, text: str) -> None:
    file = wherefrom.folder / "figures.json"
    file.write_text(text, encoding="utf-8")
    wherefrom("import", file, *mapped("value=v", subject="item {n}"))
    assert values(wherefrom) == ["2.50", "12345678901234567890.12"]


def test_an_array_of_any_shape_reads_as_its_lines_do(wherefrom: Wherefrom) -> None:
    """Whitespace between the items, and how the text is cut into pieces, mean nothing."""
    from cli.json_rows import JsonTable

    rows = [{"n": str(n), "text": "x" * (n * 37 % 5000) + '"]},{['} for n in range(60)]
    for indent in (None, 1):
        text = json.dumps(rows, indent=indent)
        for size in (1, 7, 4096, len(text)):
            pieces = [text[at : at + size] for at in range(0, len(text), size)]
            table = JsonTable(pieces, "x", array=True)
            assert [raw for _, raw, _ in table.rows()] == rows


# Labels


def test_a_label_names_a_row_for_the_rows_and_files_after_it(wherefrom: Wherefrom) -> None:
    one = wherefrom.file("one.csv", f"{HEADER},label\n a,b,1,c,2026,first\n a,b,2,d,2026,second")
    two = lines(
        wherefrom,
        {"type": "claims-linked", "claim": "@second", "relation": "relays", "other": "@first"},
        {
            **CLAIM,
            "type": "recording-corrected",
            "corrects": "@first",
            "value": "1.5",
            "label": "mended",
        },
        {"type": "claim-retracted", "claim": "@mended", "published": "2026", "reason": "error"},
    )
    wherefrom("import", one, two)
    first, second, _, mended, _ = ids(wherefrom)
    _, _, linked, correction, retracted = held(wherefrom)
    assert (linked["claim"], linked["other"]) == (second, first)
    assert (correction["corrects"], retracted["claim"]) == (first, mended)


def test_a_row_recorded_before_keeps_its_label(wherefrom: Wherefrom) -> None:
    claim = {**CLAIM, "value": "1", "label": "x"}
    retraction = {"type": "claim-retracted", "claim": "@x", "published": "2026", "reason": "why"}
    wherefrom("import", lines(wherefrom, claim))
    answer = wherefrom("import", lines(wherefrom, claim, retraction), "--json").json
    assert (answer["recorded"], answer["already_recorded"]) == (1, 1)


def test_an_event_names_one_that_is_held_by_the_digits_of_its_id(wherefrom: Wherefrom) -> None:
    wherefrom("import", lines(wherefrom, {**CLAIM, "value": "1"}))
    [id_] = ids(wherefrom)
    retraction = {"type": "claim-retracted", "claim": id_[:6], "published": "2026", "reason": "y"}
    wherefrom("import", lines(wherefrom, retraction))
    assert held(wherefrom)[1]["claim"] == id_


def test_a_definition_counts_for_the_rows_after_it(wherefrom: Wherefrom) -> None:
    definition = {"type": "predicate-defined", "name": "B", "value_type": "text"}
    file = lines(wherefrom, {**CLAIM, "value": "1"}, definition, {**CLAIM, "value": "2"})
    wherefrom("import", file)
    assert types(wherefrom) == ["quantity", "text"]


def types(wherefrom: Wherefrom) -> list[str]:
    """The types as which the values of the claims were read."""
    store = SqliteStore.open(wherefrom.db)
    bodies = [json.loads(row.body or b"") for row in store.rows()]
    store.close()
    return [body["reading"]["value"]["type"] for body in bodies if "value" in body["reading"]]


def test_a_definition_of_before_counts_too(wherefrom: Wherefrom) -> None:
    wherefrom("define", "name", "--type", "entity")
    wherefrom.table(f"{HEADER}\n a,Name,1,c,2026")
    assert types(wherefrom) == ["entity"]


# Other people's tables


def mapped(*maps: str, **sets: str) -> list[str]:
    """The options that take a value from a column and fill in what else a claim needs."""
    defaults = {"subject": "s", "predicate": "p", "claimant": "c", "published": "2026"}
    fixed = {**defaults, **sets}
    options = [word for text in maps for word in ("--map", text)]
    named = [text.split("=")[0] for text in maps]
    return options + [
        word
        for name, text in fixed.items()
        if name not in named
        for word in ("--set", f"{name}={text}")
    ]


def test_map_takes_a_field_from_a_column_and_set_fills_one_in(wherefrom: Wherefrom) -> None:
    """
    country,date,property,value,kind
    Spain,2020-05-25,deaths,26834,revised
    """
    text = str(test_map_takes_a_field_from_a_column_and_set_fills_one_in.__doc__)
    wherefrom(
        *("import", wherefrom.file("jhu.csv", text), "--map", "subject=country"),
        *("--map", "as_of=date", "--map", "value=value", "--set", "claimant=JHU"),
        *("--set", "predicate=COVID-19 {property}", "--set", "published={date}"),
        *("--set", "scope.kind={{{kind}}}", "--set", "wording={kind}: {value}"),
    )
    [said] = held(wherefrom)
    assert said == {
        "type": "claim-asserted",
        "subject": "Spain",
        "as_of": "2020-05-25",
        "value": "26834",
        "claimant": "JHU",
        "predicate": "COVID-19 deaths",
        "published": "2020-05-25",
        "scope": {"kind": "{revised}"},
        "wording": "revised: 26834",
    }


def test_a_wide_table_has_holes_and_they_are_passed_over(wherefrom: Wherefrom) -> None:
    file = wherefrom.file("wide.json", '[{"tank": 1}, {"tank": NaN}, {"tank": null}, {"apc": 2}]')
    answer = wherefrom("import", file, *mapped("value=tank"), "--json").json
    assert (answer["recorded"], answer["skipped"], answer["rejected"]) == (1, 3, 0)


def test_a_template_is_empty_only_where_all_its_columns_are(wherefrom: Wherefrom) -> None:
    file = wherefrom.file("people.csv", "about,n,day\n about,2800,1\n ,4300,2\n ,,3")
    options = mapped("subject=day", value="{about} {n}")
    answer = wherefrom("import", file, *options, "--json").json
    assert values(wherefrom) == ["about 2800", "4300"]
    assert answer["skipped"] == 1


def test_set_fills_in_what_a_row_does_not_say_itself(wherefrom: Wherefrom) -> None:
    file = wherefrom.file("claims.csv", f"{HEADER}\n a,b,1,,2026\n a,b,2,Reuters,2026")
    wherefrom("import", file, "--set", "claimant=desk")
    assert [said["claimant"] for said in held(wherefrom)] == ["desk", "Reuters"]


def test_set_leaves_definitions_alone(wherefrom: Wherefrom) -> None:
    file = wherefrom.file(
        "events.jsonl",
        """
        {"type": "predicate-defined", "name": "b", "value_type": "text"}
        {"subject": "a", "predicate": "b", "value": "x", "published": "2026"}
        """,
    )
    wherefrom("import", file, "--set", "claimant=desk")
    assert held(wherefrom)[1]["claimant"] == "desk"


def test_sum_adds_up_the_rows_that_agree_otherwise(wherefrom: Wherefrom) -> None:
    """
    kind,model,lost
    tank,T-62,1
    truck,Ural,7
    tank,T-64,50
    tank,T-72,
    truck,Kamaz,0.5
    """
    file = wherefrom.file("oryx.csv", str(test_sum_adds_up_the_rows_that_agree_otherwise.__doc__))
    options = mapped("subject=kind", value="at least {lost}")
    wherefrom("import", file, *options, "--sum", "lost")
    assert [(said["subject"], said["value"]) for said in held(wherefrom)] == [
        ("tank", "at least 51"),
        ("truck", "at least 7.5"),
    ]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-50, 50), st.sampled_from("xy"))))
def test_sums_are_those_of_a_plain_count(rows: list[tuple[str, int, str]]) -> None:
    from cli.summing import summed

    table = iter(
        [(n, [kind, str(lost), model], None) for n, (kind, lost, model) in enumerate(rows)]
    )
    totals: dict[str, int] = {}
    for kind, lost, _ in rows:
        totals[kind] = totals.get(kind, 0) + lost
    came = summed(table, ["kind", "lost", "model"], "lost", ["kind", "lost"], "x")
    assert [raw for _, raw, _ in came] == [
        {"kind": kind, "lost": str(total)} for kind, total in totals.items()
    ]


def test_a_locale_reads_the_numbers_of_its_language(wherefrom: Wherefrom) -> None:
    file = wherefrom.file("claims.csv", f'{HEADER}\n a,b,"3,42",c,2026')
    wherefrom("import", file, code=2)
    wherefrom("import", file, "--locale", "fr")
    assert held(wherefrom)[0]["locale"] == "fr"


# Rows that are left out


def test_skip_bad_records_the_rest_and_keeps_the_bad_rows_to_be_mended(
    wherefrom: Wherefrom,
) -> None:
    """
    subject,predicate,value,claimant,published
    a,b,1,c,2026
    a,b,"3,42",c,2026
    a,b,4
    """
    text = str(test_skip_bad_records_the_rest_and_keeps_the_bad_rows_to_be_mended.__doc__)
    answer = wherefrom("import", wherefrom.file("claims.csv", text), "--skip-bad", "--json")
    assert (answer.json["recorded"], answer.json["rejected"]) == (1, 2)
    rejected = wherefrom.folder / "claims.csv.rejected.csv"
    assert str(rejected) in answer.err
    lines = rejected.read_text(encoding="utf-8").splitlines()
    assert lines[0] == f"{HEADER},problem"
    assert lines[1].startswith('a,b,"3,42",c,2026,"value:')
    assert lines[2].startswith('a,b,4,,,"3 cells,')
    rejected.write_text("\n".join([lines[0], lines[1].replace("3,42", "342")]), encoding="utf-8")
    wherefrom("import", rejected)
    assert values(wherefrom) == ["1", "342"]


def test_skip_bad_keeps_lines_of_json_as_they_were(wherefrom: Wherefrom) -> None:
    file = wherefrom.file("events.jsonl", '{"subject": "a"}\n{oops\n{"type": "foo"}')
    assert wherefrom("import", file, "--skip-bad", "--json").json["rejected"] == 3
    rejected = wherefrom.folder / "events.jsonl.rejected.jsonl"
    assert rejected.read_text(encoding="utf-8") == file.read_text(encoding="utf-8")


def test_skip_bad_without_a_bad_row_makes_no_file(wherefrom: Wherefrom) -> None:
    file = wherefrom.file("claims.csv", f"{HEADER}\n a,b,1,c,2026")
    wherefrom("import", file, "--skip-bad")
    assert [path.name for path in wherefrom.folder.glob("*rejected*")] == []


def test_a_row_that_points_at_a_bad_row_is_bad_too(wherefrom: Wherefrom) -> None:
    file = wherefrom.file(
        "events.jsonl",
        """
        {"label": "x", "subject": "a"}
        {"type": "claim-retracted", "claim": "@x", "published": "2026", "reason": "why"}
        """,
    )
    told = wherefrom("import", file, "--skip-bad")
    assert "events.jsonl:2 claim: no row above is labelled 'x'" in told.err


# Large tables


def test_other_processes_come_to_the_same(
    wherefrom: Wherefrom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"s{n % 7},p{n % 3},{n},c,2026-0{n % 9 + 1}-01" for n in range(9_000)]
    rows[4_321] = "s,p,NaN,c,2026"
    text = "\n".join([HEADER, *rows])
    wherefrom("define", "p1", "--type", "text")
    alone = Wherefrom(tmp_path, "alone.db")
    alone("define", "p1", "--type", "text")
    file = wherefrom.file("claims.csv", text)
    monkeypatch.setattr(intake, "processors", lambda: 1)
    told = alone("import", file, "--skip-bad", "--json")
    (tmp_path / "claims.csv.rejected.csv").unlink()
    monkeypatch.setattr(intake, "MANY", 1_000)
    monkeypatch.setattr(intake, "processors", lambda: 2)
    helped = wherefrom("import", file, "--skip-bad", "--json")
    assert helped.json == told.json == {**told.json, "recorded": 8_999, "rejected": 1}
    assert f"{file}:4323 value:" in helped.err
    assert held(wherefrom) == held(alone)
    assert types(wherefrom) == types(alone)


def test_the_seeds_are_recorded_whole(wherefrom: Wherefrom) -> None:
    lines = [
        json.loads(line)
        for path in sorted(SEEDS.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    wherefrom.seeds()
    for said, line in zip(held(wherefrom), lines, strict=True):
        for field, text in line.items():
            assert field == "label" or said.get(field, text) == text, (said, line)
