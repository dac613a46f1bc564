"""Claims that are all true of one world contradict each other nowhere; one lie among them is found.

A world is drawn first: what was so on each of its days (``worlds.py``). Then people speak of it
honestly (``honesty.py``, ``relaying.py``), and at the desk all happens that happens to claims
(``testimony.py``). However they put it, no rule may say that two of them cannot both hold, nor
that somebody altered what was passed on. Then somebody lies once, plainly (``lies.py``), and is
named. What is found is the same whoever recorded it, when, and in which order.
"""

from collections.abc import Iterable
from contextlib import closing
from random import Random
from typing import Any

import orjson
import pytest
from count_tensions import spoken
from histories import holding
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lies import LIES
from projected import Projection, dump, to_cover, whole
from testimony import Record, draw_record
from worlds import DAYS, draw_world

from ledger.store import Row
from projections.contradictions.rules import RULES

DICE = st.randoms(use_true_random=True)
"""Ten times as fast as dice that shrink; what fails shows lines that import as it."""
DAY_NUMBERS = st.integers(0, DAYS - 1)


@settings(max_examples=4 * settings().max_examples)
@given(DICE)
def test_what_is_true_of_one_world_contradicts_nothing(random: Random) -> None:
    _, record = draw_record(random)
    assert record.alarms() == [], record


@given(DICE)
def test_of_what_is_told_in_exact_days_and_figures_nothing_is_said(random: Random) -> None:
    """Not even that it may not hold: ``count_tensions.py`` tells what the other manners do."""
    record = spoken(random, set())
    assert record.found() == [], record


# --- one lie ---------------------------------------------------------------------------------


@given(DICE, st.sampled_from(sorted(LIES)), DAY_NUMBERS, st.booleans(), st.booleans())
def test_a_plain_lie_beside_a_witness_is_named(
    random: Random, kind: str, day: int, vaguely: bool, first: bool
) -> None:
    """Also if the liar has said something since that takes nothing back."""
    world, record = draw_record(random, most=8)
    lie = LIES[kind][1](world, day)
    assume(lie is not None)
    assert lie is not None
    liar = record.id_of(lie.tell(record, vaguely=vaguely, first=first))
    assert any(liar in finding.claims for finding in record.alarms()), record


@pytest.mark.parametrize("kind", sorted(LIES))
@pytest.mark.parametrize("vaguely", [False, True])
def test_every_rule_finds_its_lie_alone(kind: str, vaguely: bool) -> None:
    """And the witnesses are named beside it, in the same words whoever was recorded first."""
    rule, told = LIES[kind]
    tries = ((draw_world(Random(seed)), day) for seed in range(20) for day in range(DAYS))
    lie = next(lie for world, day in tries if (lie := told(world, day)) is not None)
    record = Record()
    liar = record.id_of(lie.tell(record, vaguely=vaguely, first=False))
    [alarm] = record.alarms()
    assert alarm.rule == rule
    assert liar in alarm.claims
    assert len(alarm.claims) > len(lie.truths)
    assert seen(record.rows) == seen(record.rows[::-1])


def test_there_is_a_lie_for_every_rule_that_may_call_it_one() -> None:
    """Of the others no verdict is a contradiction, but for a voice that contradicts itself."""
    never = {"revision", "stale-relay", "circular", "evidence", "review"}
    assert {rule for rule, _ in LIES.values()} == set(RULES) - never


# --- a function of the set of events ---------------------------------------------------------


def seen(rows: Iterable[Row]) -> object:
    """All that the views say of these rows, in this order."""
    return whole(holding(rows))


@given(DICE, st.integers(1, 3), DAY_NUMBERS)
def test_it_makes_no_difference_which_desk_recorded_what_and_what_came_first(
    random: Random, desks: int, day: int
) -> None:
    """Nor that the clocks of several desks showed the same time."""
    world, record = draw_record(random, most=8, desks=desks)
    lie = LIES[random.choice(sorted(LIES))][1](world, day)
    if lie is not None:
        lie.tell(record, vaguely=True, first=False)
    arrived = list(record.rows)
    random.shuffle(arrived)
    with closing(Projection(holding(arrived))) as live:
        live.catch_up(random.randrange(1, len(arrived)))
        live.catch_up()
        assert dump(live.connection) == seen(record.rows)


FIGURE = {
    "subject": "the world",
    "predicate": "level",
    "claimant": "Ann",
    "published": "2026-03-01",
    "as_of": "2026-02-01",
    "value": "5",
}


AT_ONE_MOMENT: dict[str, list[dict[str, Any]]] = {
    "corrections": [
        {**FIGURE, "type": "recording-corrected", "corrects": "@0", "value": value}
        for value in ("6", "7")
    ],
    "definitions": [
        {"type": "predicate-defined", "name": "level", "value_type": "quantity", "tolerance": share}
        for share in ("20%", "40%")
    ],
    "a match and its end": [
        {"type": f"entities-{what}", "a": "the moon", "b": "the world"}
        for what in ("matched", "unmatched")
    ],
    "descriptions": [
        {"type": "source-described", "name": "Ann", "kind": "person", "aliases": [name]}
        for name in ("Ben", "Cleo")
    ],
    "figures of one voice": [{**FIGURE, "value": value} for value in ("8", "9")],
    "links": [
        {"type": "claims-linked", "claim": claim, "relation": "relays", "other": other}
        for claim, other in (("@0", "@1"), ("@1", "@0"))
    ],
}


@pytest.mark.parametrize("what", AT_ONE_MOMENT)
def test_of_acts_of_one_moment_the_same_one_counts_on_every_desk(what: str) -> None:
    """Two desks' clocks showed the same; neither came first, wherever it came in first."""
    record = Record(desks=2)
    record.say(FIGURE)
    record.say({**FIGURE, "claimant": "Ben", "value": "7"})
    record.say({**FIGURE, "claimant": "Cleo", "value": "9", "subject": "the moon"})
    for act in AT_ONE_MOMENT[what]:
        record.say(act)
    rows = record.rows
    one, other = rows[-2:]
    assert orjson.loads(one.head)["recorded_at"] == orjson.loads(other.head)["recorded_at"]
    for arrived in ([*rows[:-2], other, one], [other, one, *rows[:-2]], [one, other, *rows[:-2]]):
        assert seen(arrived) == seen(rows)


def test_a_third_voice_opens_what_was_decided_about_two() -> None:
    """Whichever side it takes; and saying again what is known opens nothing."""

    def status(*more: dict[str, str]) -> str:
        record = Record()
        record.say(FIGURE)
        record.say({**FIGURE, "claimant": "Ben", "value": "7"})
        with closing(Projection(holding(record.rows), len(record.rows))) as built:
            [(id_, pairs)] = to_cover(built.connection)
        decided = {"finding": id_, "decision": "dismissed", "reason": "two ways to count"}
        record.say({"type": "contradiction-adjudicated", **decided, "pairs": pairs})
        for said in more:
            record.say({**FIGURE, "published": "2026-03-02", **said})
        [found] = [each for each in record.found() if each.rule == "value"]
        return found.status

    assert status() == "dismissed"
    assert status({}) == "dismissed"
    assert status({"claimant": "Cleo"}) == "open"
    assert status({"claimant": "Cleo", "value": "9"}) == "open"
    assert status({"claimant": "Cleo", "value": "at least 4"}) == "dismissed"


def test_what_was_found_under_a_match_is_gone_with_it_and_back_with_the_next() -> None:
    record = Record()
    names = {"a": "the world", "b": "the moon"}
    record.say(FIGURE)
    record.say({**FIGURE, "claimant": "Ben", "value": "7", "subject": "the moon"})
    shown = []
    last = ""
    for type_ in ("entities-matched", "entities-unmatched", "entities-matched"):
        last = record.say({"type": type_, **names, "after": last})
        shown.append(len(record.alarms()))
    assert shown == [1, 0, 1]


def test_a_revision_that_was_taken_back_leaves_neither_figure() -> None:
    """Ann no longer says 5, and no longer 6: she contradicts nobody, in whatever order."""
    record = Record()
    record.say(FIGURE)
    record.say({**FIGURE, "claimant": "Ben", "value": "7"})
    assert [alarm.rule for alarm in record.alarms()] == ["value"]
    later = record.say({**FIGURE, "value": "6", "published": "2026-03-02"})
    assert [alarm.rule for alarm in record.alarms()] == ["value"]
    taken_back = {"published": "2026-03-03", "reason": "counted wrong"}
    record.say({"type": "claim-retracted", "claim": later, **taken_back})
    assert record.alarms() == []
    rows = record.rows
    assert seen(rows) == seen(rows[::-1])
