"""Twins: a claim that several ledgers recorded is one claim, whichever recording is spoken of."""

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from commands import Wherefrom
from histories import ORIGIN, START, Elsewhere, new_ledger
from projected import Projection, findings, standing, to_cover

from ledger.codec import encode
from ledger.dates import read_day
from ledger.events import (
    Claim,
    ClaimAsserted,
    ClaimRetracted,
    ClaimsLinked,
    ContradictionAdjudicated,
    Event,
    RecordingCorrected,
)
from ledger.grammar import read_value
from ledger.log import Ledger
from ledger.memory import MemoryStore
from ledger.sqlite import SqliteStore

EARLIER, LATER = START - timedelta(days=1), START + timedelta(days=1)


def says(who: str, value: str, published: str = "2026-03-01") -> ClaimAsserted:
    """Somebody says how many died."""
    return ClaimAsserted(
        claim=Claim(
            subject="storm",
            predicate="deaths",
            value=read_value(value),
            claimant=who,
            published=read_day(published),
            as_of=read_day("2026-02-06"),
        )
    )


class Shared:
    """A ledger into which events come from another one."""

    def __init__(self, start: datetime = LATER) -> None:
        self.ledger = new_ledger()
        self.other = Elsewhere("f00d" * 8, start)

    def record(self, *events: Event) -> list[str]:
        """Record events here; return their ids."""
        return [kept.id for kept in self.ledger.append(events, "desk")]

    def pull(self, event: Event) -> str:
        """Take in the other ledger's recording of an event; return its id."""
        row = self.other.pull(self.ledger.store, encode(event))
        assert row is not None
        return row.hashes[:32].hex()

    def standing(self) -> dict[str, str]:
        """What became of every recording."""
        with closing(Projection(self.ledger.store, self.ledger.size())) as built:
            return standing(built.connection)

    def found(self) -> dict[str, int]:
        """How many claims are in the finding of each rule."""
        with closing(Projection(self.ledger.store, self.ledger.size())) as built:
            return {finding.rule: len(finding.claims) for finding in findings(built.connection)}


@pytest.mark.parametrize(("start", "first"), [(EARLIER, 1), (LATER, 0)])
def test_the_recording_that_was_made_first_stands_for_all(start: datetime, first: int) -> None:
    """Not the one that came first into this ledger, so that every desk shows the same."""
    desk = Shared(start)
    ids = [*desk.record(says("Ann", "5")), desk.pull(says("Ann", "5"))]
    assert desk.standing() == {ids[first]: "stands", ids[1 - first]: "twin"}


def test_a_claim_does_not_speak_twice() -> None:
    desk = Shared()
    desk.record(says("not stated", "5"), says("Ben", "7"))
    assert desk.found() == {"value": 2}
    desk.pull(says("not stated", "5"))
    assert desk.found() == {"value": 2}
    desk.pull(says("not stated", "5", published="2026-03-02"))
    assert desk.found() == {"value": 3}


@pytest.mark.parametrize("of_twin", [False, True])
def test_what_is_done_to_either_recording_holds_for_both(of_twin: bool) -> None:
    desk = Shared()
    [first, other] = desk.record(says("Ann", "5"), says("Ben", "7"))
    target = desk.pull(says("Ann", "5")) if of_twin else first
    assert desk.found() == {"value": 2}
    desk.record(ClaimsLinked(claim=target, relation="relays", other=other))
    assert desk.found() == {"relay": 2}
    desk.record(ClaimRetracted(claim=target, published=read_day("2026-03-02"), reason="a slip"))
    assert desk.standing()[first] == "retracted"
    [corrected] = desk.record(RecordingCorrected(corrects=target, claim=says("Ann", "6").claim))
    assert desk.standing()[first] == "corrected"
    assert desk.standing()[corrected] == "retracted"


def test_of_two_desks_corrections_the_later_counts() -> None:
    desk = Shared()
    [first] = desk.record(says("Ann", "5"))
    twin = desk.pull(says("Ann", "5"))
    [ours] = desk.record(RecordingCorrected(corrects=first, claim=says("Ann", "6").claim))
    theirs = desk.pull(RecordingCorrected(corrects=twin, claim=says("Ann", "7").claim))
    assert desk.standing() == {
        first: "corrected",
        twin: "twin",
        ours: "corrected",
        theirs: "stands",
    }


def test_a_correction_that_was_recorded_twice_was_made_when_it_was_recorded_first() -> None:
    desk = Shared()
    [first] = desk.record(says("Ann", "5"))
    six = RecordingCorrected(corrects=first, claim=says("Ann", "6").claim)
    seven = RecordingCorrected(corrects=first, claim=says("Ann", "7").claim)
    [early, late] = desk.record(six, seven)
    again = desk.pull(six)
    assert desk.standing() == {
        first: "corrected",
        early: "corrected",
        again: "twin",
        late: "stands",
    }


def test_a_ledger_of_one_origin_is_not_searched_for_twins() -> None:
    class Counting(MemoryStore):
        asked = 0

        def with_fingerprint(self, *fingerprints: bytes) -> list[int]:
            self.asked += len(fingerprints)
            return super().with_fingerprint(*fingerprints)

    ledger = new_ledger()
    ledger.append([says("Ann", str(number)) for number in range(20)], "desk")
    store = Counting(ORIGIN)
    with store.appending() as writer:
        writer.add(ledger.store.rows())
    with closing(Projection(store, 10)) as live:
        live.catch_up()
    assert store.asked == 0
    Elsewhere("f00d" * 8, LATER).pull(store, encode(says("Ann", "3")))
    with closing(Projection(store, 20)) as live:
        live.catch_up()
        assert list(standing(live.connection).values()).count("twin") == 1
    assert store.asked == 1


@pytest.mark.parametrize("decided_first", [True, False])
def test_a_decision_about_a_relay_holds_for_an_earlier_recording_of_it(decided_first: bool) -> None:
    """The finding's id comes from the recording that was made first, which is another one now."""
    desk = Shared(EARLIER)
    [origin] = desk.record(says("Ann", "at least 5"))
    [relay] = desk.record(says("Ann", "6", "2026-03-02"))
    desk.record(ClaimsLinked(claim=relay, relation="relays", other=origin))
    with closing(Projection(desk.ledger.store, desk.ledger.size())) as built:
        [(finding, pairs)] = to_cover(built.connection)
    decision = ContradictionAdjudicated(
        finding=finding, decision="dismissed", reason="seen", pairs=pairs
    )
    with closing(Projection(desk.ledger.store, desk.ledger.size())) as live:
        for pulled in (not decided_first, decided_first):
            if pulled:
                desk.pull(says("Ann", "6", "2026-03-02"))
            else:
                desk.record(decision)
            live.catch_up()
        [found] = findings(live.connection)
    assert (found.rule, found.status) == ("relay", "dismissed")
    assert found.id != finding


@pytest.fixture
def wherefrom(tmp_path: Path) -> Wherefrom:
    """A ledger in a file, which holds one claim of its own and its twin."""
    wherefrom = Wherefrom(tmp_path)
    wherefrom.table("""
        subject,predicate,value,claimant,published,as_of,wording
        storm,deaths,5,Ann,2026-03-01,2026-02-06,five died
        storm,deaths,7,Ben,2026-03-01,2026-02-06,
    """)
    store = SqliteStore.open(wherefrom.db)
    entry = Ledger(store, clock=lambda: START, random=bytes).entry(0)
    Elsewhere("f00d" * 8, EARLIER).pull(store, encode(entry.event))  # type: ignore[arg-type]
    store.close()
    return wherefrom


def test_either_id_leads_to_the_one_trace(wherefrom: Wherefrom) -> None:
    [found] = wherefrom("trace", "five", "--json").json
    recorded = [step for step in found["trail"] if step["step"] == "recorded"]
    assert [step.get("origin") for step in recorded] == ["f00d" * 8, None]
    assert recorded[0]["who"] == "another desk"
    assert found["standing"] == "stands"
    assert len(found["contradictions"]) == 1
    for step in recorded:
        [traced] = wherefrom("trace", step["event"], "--json").json
        assert traced == found
    assert ", in ledger f00df00df0" in wherefrom("trace", "five").out


def test_the_claim_is_shown_and_counted_once(wherefrom: Wherefrom) -> None:
    assert wherefrom("verify", "--json").json["ok"]
    assert len(wherefrom("search", "storm", "--json").json) == 2
    assert len(wherefrom("search", "five", "died", "--json").json) == 1
    [ann, ben] = wherefrom("sources", "--json").json
    assert (ann["name"], ann["claims"], ben["claims"]) == ("Ann", 1, 1)
    assert [
        len(one["statements"]) for one in wherefrom("history", "storm", "deaths", "--json").json
    ] == [1, 1]
    [held] = wherefrom("show", "storm", "--json").json
    assert sum(len(camp["claims"]) for camp in held["camps"]) == 2
    assert wherefrom("rebuild", "--json").json["claims"] == 2
    assert len(wherefrom("log", "--json").json) == 3
