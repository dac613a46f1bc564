"""What changed in the picture, against setting the two pictures side by side by hand."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from histories import Desk, Move, histories
from hypothesis import given
from hypothesis import strategies as st
from projected import Found, Projection, findings, to_cover

from projections.changes import Change, changes
from projections.selecting import VERDICTS, Wanted
from projections.views import Views

WANTED = st.builds(
    Wanted,
    verdicts=st.lists(st.sampled_from(VERDICTS), max_size=2),
    statuses=st.lists(st.sampled_from(["open", "dismissed", "confirmed"]), max_size=2),
)


@contextmanager
def pictures(moves: list[Move]) -> Iterator[tuple[Views, list[Views]]]:
    """The views of a history that a desk made, and as they were after each of its moves."""
    desk = Desk()
    live = Projection(desk.ledger.store)
    desk.findings = lambda: to_cover(live.connection)
    with ExitStack() as stack:
        stack.enter_context(closing(live))
        past: list[Views] = []
        for move in moves:
            desk.play(move)
            live.catch_up()
            kept = stack.enter_context(closing(sqlite3.connect(":memory:")))
            live.connection.backup(kept)
            past.append(Views(kept, desk.ledger.store))
        yield Views(live.connection, live.store), past


def kind(was: Found | None, now: Found | None) -> str | None:
    """What became of a finding, said as plainly as can be."""
    if was is None:
        return "opened"
    if now is None:
        return "closed"
    if was.status == "open" and now.status != "open":
        return "closed"
    same = (was.verdict, was.status, was.camps, was.pairs)
    return None if same == (now.verdict, now.status, now.camps, now.pairs) else "changed"


def asked(wanted: Wanted, found: Found | None) -> bool:
    return (
        found is not None
        and (not wanted.verdicts or found.verdict in wanted.verdicts)
        and (not wanted.statuses or found.status in wanted.statuses)
    )


@given(histories(), WANTED)
def test_changes_are_what_two_pictures_differ_in(moves: list[Move], wanted: Wanted) -> None:
    with pictures(moves) as (now, past):
        for then in past:
            compared(then, now, Wanted())
            compared(then, now, wanted)


def compared(past: Views, now: Views, wanted: Wanted) -> None:
    told = changes(past, now, wanted)
    then = {found.id: found for found in findings(past.connection)}
    today = {found.id: found for found in findings(now.connection)}
    expected = {
        id_: became
        for id_ in then.keys() | today.keys()
        if asked(wanted, then.get(id_)) or asked(wanted, today.get(id_))
        if (became := kind(then.get(id_), today.get(id_)))
    }
    for change in told.changes:
        if "id" in change.what:
            lives_on(change, then, today)
            assert expected.pop(change.finding.row.id, "opened") == "opened"
            assert change.was is not None
            assert expected.pop(change.was.row.id, "closed") == "closed"
    same = [change for change in told.changes if "id" not in change.what]
    found = {change.finding.row.id: change.kind for change in same}
    # Camps may be told in other words (a definition, a match) though their claims are the same.
    worded = {id_ for id_ in found.keys() - expected.keys() if found[id_] == "changed"}
    assert {id_: kind_ for id_, kind_ in found.items() if id_ not in worded} == expected
    for change in same:
        id_ = change.finding.row.id
        if id_ in worded:
            assert change.what == ("camps",)
        claims_came_and_went(change, then.get(id_), today.get(id_))


def lives_on(change: Change, then: dict[str, Found], today: dict[str, Found]) -> None:
    """A finding that is gone may only live on in a new one that has all its claims."""
    assert change.was is not None
    assert change.now is not None
    was, now = then[change.was.row.id], today[change.now.row.id]
    assert was.id not in today
    assert now.id not in then
    assert was.rule == now.rule
    assert was.claims <= now.claims
    claims_came_and_went(change, was, now)


def claims_came_and_went(change: Change, was: Found | None, now: Found | None) -> None:
    before = set() if was is None else set(was.claims)
    after = set() if now is None else set(now.claims)
    if change.kind != "opened":
        assert {claim["id"] for claim in change.joined} == after - before
        assert {claim["id"] for claim in change.left} == before - after
    assert (change.was is None) == (was is None)
    assert (change.now is None) == (now is None)
