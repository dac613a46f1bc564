"""The two questions about time, on every command that reads: known when, about when."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from commands import Wherefrom
from histories import ORIGIN, Desk, Move, histories, quarrels
from hypothesis import given, settings
from hypothesis import strategies as st
from projected import Projection, to_cover
from reference_past import Past, happened
from reference_values import span

from cli.commands import SECTIONS
from cli.main import cli
from ledger.dates import read_day
from ledger.sqlite import SqliteStore
from ledger.store import Row
from projections.held import span_of

ABOUT_NO_TIME = set(SECTIONS["Trust"]) - {"log", "evidence", "export"}
"""What keeps the files in order, and proves what they hold, asks nothing of the claims."""

TIMES = ("2026-02-06", "2026-02-07/..", "2026-02", "../2026-02-05", "1999")
SUBJECT, PREDICATE, WORD = "iran", "toll", "2026"

Lines = list[dict[str, Any]]


def recorded(moves: list[Move]) -> list[Row]:
    """The rows of a ledger in which these moves were made, decisions about findings included."""
    desk = Desk()
    live = Projection(desk.ledger.store)
    desk.findings = lambda: to_cover(live.connection)
    for move in moves:
        desk.play(move)
        live.catch_up()
    live.close()
    return list(desk.ledger.store.rows())


@contextmanager
def ledger_of(rows: list[Row]) -> Iterator[Wherefrom]:
    """The command on a ledger that holds these very rows."""
    with tempfile.TemporaryDirectory() as folder:
        wherefrom = Wherefrom(Path(folder))
        store = SqliteStore.open(wherefrom.db, ORIGIN)
        with store.appending() as writer:
            writer.add(rows)
        store.close()
        yield wherefrom


def answers(wherefrom: Wherefrom, *options: str) -> dict[str, Any]:
    """What every reading command says in JSON, or that it finds nothing."""
    asked = {
        "trace": ("trace", WORD, "--limit", "0", "--json"),
        "search": ("search", WORD, "--json"),
        "show": ("show", SUBJECT, "--json"),
        "history": ("history", SUBJECT, PREDICATE, "--json"),
        "sources": ("sources", "--json"),
        "contradictions": ("contradictions", "--json"),
        "log": ("log", "--json"),
        "export": ("export",),
    }
    return {name: said(wherefrom, *words, *options) for name, words in asked.items()}


def said(wherefrom: Wherefrom, *words: str) -> Any:
    try:
        answer = wherefrom(*words)
    except AssertionError as error:
        answer = error.args[0]
        assert answer.code == 2, answer
        return answer.err.split(":")[0]
    return [json.loads(line) for line in answer.lines] if words[0] == "export" else answer.json


@pytest.mark.parametrize(
    "name",
    [
        name
        for section, entries in SECTIONS.items()
        for name in entries
        if section != "Record" and name not in ABOUT_NO_TIME
    ],
)
def test_every_reading_command_takes_both_options(name: str) -> None:
    command = cli.get_command(cli.make_context("wherefrom", [], resilient_parsing=True), name)
    assert command is not None
    assert {"known_at", "about"} <= {option.name for option in command.params}


@settings(max_examples=12)
@given(histories() | quarrels(), st.data())
def test_what_was_known_then_is_what_a_ledger_that_ends_there_says(
    moves: list[Move], data: st.DataObject
) -> None:
    rows = recorded(moves)
    position = data.draw(st.integers(0, len(rows) - 1)) if rows else 0
    if not rows:
        return
    with ledger_of(rows) as whole, ledger_of(rows[: position + 1]) as prefix:
        assert answers(whole, "--known-at", f"+{position}") == answers(prefix)


@settings(max_examples=12)
@given(histories() | quarrels(), st.sampled_from(TIMES), st.data())
def test_about_a_time_says_what_is_about_it_and_no_more(
    moves: list[Move], time: str, data: st.DataObject
) -> None:
    """Each answer, asked without `--about`, is sifted claim by claim."""
    rows = recorded(moves)
    about = claims_about(rows, time)
    with ledger_of(rows) as wherefrom:
        everything, then = answers(wherefrom), answers(wherefrom, "--about", time)
        every = ("show", SUBJECT, "--all", "--json")
        shown = [said(wherefrom, *every), said(wherefrom, *every, "--about", time)]
    assert ids(then["trace"]) == [id_ for id_ in ids(everything["trace"]) if id_ in about]
    assert ids(then["search"]) == [id_ for id_ in ids(everything["search"]) if id_ in about]
    assert stated(then["history"]) == [id_ for id_ in stated(everything["history"]) if id_ in about]
    assert in_camps(shown[1]) == in_camps(shown[0]) & about
    findings = found(everything["contradictions"])
    assert found(then["contradictions"]) == [
        finding for finding in findings if in_camps([finding]) & about
    ]
    sources = [(one["name"], one["claims"], one["relayed"]) for one in then["sources"]]
    assert sources == counted(rows, about, everything["sources"])
    lines = {line["label"]: line for line in everything["export"]}
    assert {event["id"] for event in then["log"]} == events_about(rows, lines, findings, about)
    assert_importable(then["export"], lines, {event["id"] for event in then["log"]})


def test_a_finding_about_what_never_changes_is_about_all_times(tmp_path: Path) -> None:
    wherefrom = Wherefrom(tmp_path)
    wherefrom("define", "height", "--type", "quantity", "--over-time", "constant")
    for claimant, height in (("Ann", "5"), ("Ben", "9")):
        wherefrom("add", "tower", "height", height, "--claimant", claimant, "--published", "2026")
    assert len(wherefrom("contradictions", "--about", "1999", "--json").json) == 1
    assert len(wherefrom("show", "tower", "--about", "1999", "--json").json) == 1


def claims_about(rows: list[Row], time: str) -> set[str]:
    """The ids of the claims about a time: it overlaps theirs, or their values never change."""
    events = [happened(row) for row in rows]
    past = Past(events)
    first, last = span_of(read_day(time))
    found = set()
    for event in events:
        claim = getattr(event.event, "claim", None)
        if claim is None or isinstance(claim, str):
            continue
        begin, end = span(claim.as_of or claim.published)
        constant = past.definition(claim.predicate).over_time == "constant"
        if constant or (begin <= last and end >= first):
            found.add(event.id)
    return found


def ids(told: Any) -> list[str]:
    return [claim["id"] for claim in told] if isinstance(told, list) else []


def stated(told: Any) -> list[str]:
    return [s["id"] for one in told for s in one["statements"]] if isinstance(told, list) else []


def found(told: Any) -> Lines:
    return told if isinstance(told, list) else []


def in_camps(told: Any) -> set[str]:
    camps = [camp for one in told for camp in one["camps"]] if isinstance(told, list) else []
    return {id_ for camp in camps for id_ in camp["claims"]}


def counted(rows: list[Row], about: set[str], sources: Lines) -> list[tuple[str, int, int]]:
    """Each source with how many claims about the time it made, and how many it relayed."""
    past = Past([happened(row) for row in rows])
    corrected = {id_ for id_, standing in past.standing.items() if standing == "corrected"}
    claims = [e.event.claim for e in map(happened, rows) if e.id in about - corrected]
    kept = []
    for source in sources:
        root = past.source(source["name"])
        made = sum(past.source(claim.claimant) == root for claim in claims)
        relayed = sum(past.source(via) == root for claim in claims for via in claim.via)
        if made or relayed:
            kept.append((source["name"], made, relayed))
    return kept


def events_about(
    rows: list[Row], lines: dict[str, Any], findings: Lines, about: set[str]
) -> set[str]:
    """The claims, their families, what acts on these, and decisions that tell of them."""
    past = Past([happened(row) for row in rows])
    kept = {id_ for one in about for id_ in past.family(one)}
    for id_, line in lines.items():
        named = {line.get(name, "")[1:] for name in ("claim", "other")}
        of_claims = ("claim-retracted", "claims-linked", "review-published")
        if line["type"] in of_claims and named & kept:
            kept.add(id_)
    told = [finding for finding in findings if in_camps([finding]) & kept]
    named = {finding["id"] for finding in told}
    named |= {finding["adjudication"]["event"] for finding in told if "adjudication" in finding}
    for id_, line in lines.items():
        if line["type"] == "contradiction-adjudicated" and {id_, line["finding"]} & named:
            kept.add(id_)
    return kept


def assert_importable(export: Lines, lines: dict[str, Any], log: set[str]) -> None:
    """What is exported is what the log lists and what is about no time, references above."""
    labels = {line["label"] for line in export}
    timeless = {
        label
        for label, line in lines.items()
        if line["type"].startswith(("predicate", "source", "entities"))
    }
    assert labels <= log | timeless
    left_out = (log | timeless) - labels
    assert all("other" in lines[label] for label in left_out & lines.keys())
    above: set[str] = set()
    for line in export:
        named = {text[1:] for text in line.values() if isinstance(text, str) and text[:1] == "@"}
        assert named <= above
        above.add(line["label"])
