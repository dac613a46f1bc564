"""The views are a pure function of the set of events, however they came to be.

Every history is judged three ways: event by event as it happens, at once from the ledger, and
by the brute force of ``reference.py``. Whatever the views show, they show again when the same
events come in another order, come twice, or are read up to an earlier moment.
"""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager

import attrs
import reference
from histories import (
    Desk,
    Move,
    changes_of_mind,
    erased,
    histories,
    holding,
    new_ledger,
    quarrels,
    shared,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from projected import Found, Projection, dump, findings, left, standing, to_cover, whole

from ledger.dates import read_day
from ledger.events import ClaimRetracted
from ledger.store import Row
from projections.views import Views

HISTORIES = histories() | histories() | changes_of_mind() | shared() | erased()
"""What a desk may file; now and then lists of which each party changes its mind, events that other
desks recorded as well, and some that are erased later."""


@contextmanager
def played(moves: list[Move]) -> Iterator[tuple[Desk, Projection]]:
    """A desk that has made these moves, following its findings all the while."""
    desk = Desk()
    live = Projection(desk.ledger.store)
    with closing(live):
        desk.findings = lambda: to_cover(live.connection)
        for move in moves:
            desk.play(move)
            live.catch_up()
        yield desk, live


def recorded(moves: list[Move]) -> list[Row]:
    """The rows of a ledger in which these moves were made."""
    with played(moves) as (desk, _):
        return list(desk.ledger.store.rows())


def without(rows: list[Row]) -> list[Row]:
    """The same rows, of which none that is erased has a body."""
    saying = [row for row in rows if b'"type":"body-erased"' in row.head]
    named = {json.loads(row.body or b"")["statement"]["event"] for row in saying}
    return [
        row._replace(salt=None, body=None, fingerprint=None)
        if row.hashes[:32].hex() in named and row not in saying
        else row
        for row in rows
    ]


@given(HISTORIES)
def test_incremental_equals_rebuilt_after_every_step(moves: list[Move]) -> None:
    follow(moves)


@given(quarrels())
def test_a_decision_follows_its_finding_through_matches_as_a_rebuild_would(
    moves: list[Move],
) -> None:
    follow(moves)


def follow(moves: list[Move]) -> None:
    desk = Desk()
    with closing(Projection(desk.ledger.store)) as live:
        desk.findings = lambda: to_cover(live.connection)
        for move in moves:
            before = desk.ledger.size()
            desk.play(move)
            if desk.ledger.size() > before:
                live.catch_up()
                assert dump(live.connection) == whole(desk.ledger.store)


@given(HISTORIES)
def test_the_views_show_what_comparing_all_pairs_shows(moves: list[Move]) -> None:
    """So what SQL leaves out is just what the rules would pass over."""
    compare(recorded(moves))


@given(quarrels())
def test_a_decision_holds_for_what_it_meant_when_it_was_made(moves: list[Move]) -> None:
    compare(recorded(moves))


def compare(rows: list[Row]) -> None:
    judgement = reference.judged(rows)
    with closing(Projection(holding(rows), len(rows))) as built:
        assert standing(built.connection) == judgement.standing
        assert left(built.store, built.connection) == judgement.left
        found = findings(built.connection)
    assert Counter(map(_as_reference, found)) == Counter(judgement.findings)
    for finding in found:
        assert finding.status == judgement.status(finding.identity, finding.pairs)


def _as_reference(finding: Found) -> reference.Shown:
    """A voice's steps are one list: only which claims are in it can be compared."""
    shown = reference.Shown(
        finding.rule,
        finding.verdict,
        finding.since,
        finding.camps,
        finding.pairs,
        finding.change,
    )
    if finding.rule != "revision":
        return shown
    return attrs.evolve(shown, camps=frozenset([(finding.claims, 0)]), pairs=frozenset())


@given(HISTORIES, st.data())
def test_any_order_of_the_same_events_gives_the_same_views(
    moves: list[Move], data: st.DataObject
) -> None:
    shuffle(recorded(moves), data)


@given(quarrels(), st.data())
def test_decisions_and_matches_may_arrive_in_any_order(
    moves: list[Move], data: st.DataObject
) -> None:
    shuffle(recorded(moves), data)


def shuffle(rows: list[Row], data: st.DataObject) -> None:
    store = holding(data.draw(st.permutations(rows)))
    with closing(Projection(store)) as live:
        reached = 0
        while reached < len(rows):
            reached = data.draw(st.integers(reached + 1, len(rows)))
            live.catch_up(reached)
        assert dump(live.connection) == whole(holding(rows))


@given(histories())
def test_importing_everything_twice_changes_nothing(moves: list[Move]) -> None:
    with played(moves) as (desk, live):
        seen, size, root = dump(live.connection), desk.ledger.size(), desk.ledger.root()
        events = [entry.event for entry in desk.ledger.read()]
        again = desk.ledger.append(events, "another desk")  # type: ignore[arg-type]
        live.catch_up()
        assert [one.position for one in again] == list(range(size))
        assert (desk.ledger.size(), desk.ledger.root()) == (size, root)
        assert dump(live.connection) == seen


@settings(max_examples=20)
@given(HISTORIES, st.data())
def test_what_was_known_then_is_what_is_built_from_the_events_until_then(
    moves: list[Move], data: st.DataObject
) -> None:
    """But for what was erased since: nobody is shown that again."""
    rows = recorded(moves)
    size = data.draw(st.integers(0, len(rows)))
    with Views.prefix(holding(rows), size) as then:
        assert then.size() == size
        assert dump(then.connection) == whole(holding(without(rows)[:size]))


@given(erased())
def test_what_was_erased_is_as_if_it_had_never_been_said(moves: list[Move]) -> None:
    """Whether its bytes are gone, or another desk erased it and they are still here."""
    rows = recorded(moves)
    assert whole(holding(rows)) == whole(holding(without(rows)))
    seen = whole(holding(rows))
    unsaid = whole(holding(row for row in without(rows) if row.body is not None))
    about = ("erased", "number of origins")
    assert {**seen, **dict.fromkeys(about)} == {**unsaid, **dict.fromkeys(about)}


@given(HISTORIES)
def test_every_claim_in_a_finding_stands(moves: list[Move]) -> None:
    """Except where it is about one that does not: a revision, and what a relay passes on."""
    others = {"revision", "relay", "stale-relay", "circular", "review"}
    with played(moves) as (_, live):
        became = standing(live.connection)
        for finding in findings(live.connection):
            if finding.rule not in others:
                assert {became[id_] for id_ in finding.claims} == {"stands"}


@given(histories())
def test_retracting_all_but_one_side_removes_a_finding(moves: list[Move]) -> None:
    with played(moves) as (desk, live):
        pairwise = ("value", "category", "date", "negation", "position")
        for finding in findings(live.connection):
            if finding.rule not in pairwise:
                continue
            for kept, _ in finding.camps:
                ledger = new_ledger()
                rows = list(desk.ledger.store.rows())
                with ledger.store.appending() as writer:
                    writer.add(rows)
                ledger.append(
                    (
                        ClaimRetracted(claim=id_, published=read_day("2026-02-10"), reason="x")
                        for id_ in finding.claims - kept
                    ),
                    "desk",
                )
                with closing(Projection(ledger.store, ledger.size())) as after:
                    assert finding.id not in {f.id for f in findings(after.connection)}
