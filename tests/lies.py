"""One plain lie for each rule, beside somebody who was there.

A lie is told of a world (``worlds.py``) and one of its days: what a witness truly says, what a
liar says instead, and what the liar says later that is so vague that it takes nothing back.
"""

from collections.abc import Callable
from datetime import timedelta

import attrs
from honesty import Draft
from testimony import Record
from worlds import DAYS, World, day

LATE = {"published": "2026-03-01"}
LATER = {"published": "2026-03-05"}


@attrs.frozen
class Lie:
    """What witnesses say, what the liar says, and what the liar says since; how it may be found.

    ``passed_on``: the liar tells what the witness is meant to have said.
    """

    truths: tuple[Draft, ...]
    lie: Draft
    vaguer: Draft | None = None
    passed_on: bool = False

    def tell(self, record: Record, *, vaguely: bool, first: bool) -> str:
        """Record it, before or after the witnesses; return the label of the lie."""
        about = {"subject": "the world"}
        told = {**about, **LATE, **self.lie, "claimant": "Liar"}
        label = record.say(told) if first else ""
        witnesses = [
            record.say({**about, **LATE, **truth, "claimant": f"Witness {number}"})
            for number, truth in enumerate(self.truths)
        ]
        label = label or record.say(told)
        if self.passed_on:
            record.link(label, "relays", witnesses[0])
        if vaguely and self.vaguer:
            record.say({**told, **LATER, **self.vaguer})
        return label


Told = Callable[[World, int], Lie | None]
"""The lie about a day of a world; ``None`` where that day gives nothing to lie about."""


def _said(predicate: str, value: object, at: int | None = None, **more: str) -> Draft:
    about = {} if at is None else {"as_of": f"{day(at)}"}
    return {"predicate": predicate, "value": f"{value}", **about, **more}


def of_a_figure(predicate: str) -> Told:
    def told(world: World, at: int) -> Lie:
        true = world.on(predicate, at)
        lie = _said(predicate, 2 * true + 1, at)
        return Lie((_said(predicate, true, at),), lie, {"value": f"at least {true}"})

    return told


def of_a_fall(world: World, at: int) -> Lie | None:
    true = world.on("toll", at)
    later = min(at + 3, DAYS - 1)
    if true == 0 or later < at + 2:
        return None
    wrong = (true - 1) // 2
    lie = _said("toll", f"at most {wrong}", later)
    return Lie((_said("toll", true, at),), lie, {"value": f"at most {2 * true}"})


def of_a_rise(world: World, at: int) -> Lie | None:
    true = world.on("stock", at)
    later = min(at + 3, DAYS - 1)
    if later < at + 2:
        return None
    lie = _said("stock", f"at least {2 * true + 1}", later)
    return Lie((_said("stock", true, at),), lie, {"value": f"at least {true // 2}"})


def of_what_stays(predicate: str, truth: str, lie: str, vaguer: str = "") -> Told:
    def told(world: World, at: int) -> Lie:
        since = {"value": vaguer} if vaguer else None
        return Lie((_said(predicate, truth),), _said(predicate, lie), since)

    return told


def of_the_start(world: World, at: int) -> Lie:
    wrong = world.start + timedelta(2 + at)
    return Lie((_said("start", world.start),), _said("start", wrong), {"value": f"{wrong.year}"})


def of_the_topics(world: World, at: int) -> Lie:
    truth = _said("topics", "only " + "; ".join(sorted(world.topics)))
    return Lie((truth,), _said("topics", "football; weather"), {"value": "football"})


def of_what_is_wanted(world: World, at: int) -> Lie:
    truth = _said("agenda", "weather", modality="refused")
    lie = _said("agenda", "football; weather", modality="demanded")
    return Lie((truth,), lie, {"value": "football"})


def of_all_that_is_wanted(world: World, at: int) -> Lie:
    truth = _said("agenda", "; ".join(sorted(world.wanted)), modality="demanded")
    lie = _said("agenda", "only football", modality="demanded")
    return Lie((truth,), lie, {"value": "football"})


def of_a_denial(world: World, at: int) -> Lie:
    true = world.on("level", at)
    lie = _said("level", f"at least {true // 2}", at, modality="denied")
    return Lie((_said("level", true, at),), lie, {"value": f"at least {2 * true + 1}"})


def of_a_part(whole: str, part: str) -> Told:
    def told(world: World, at: int) -> Lie:
        true = world.on(whole, at)
        lie = _said(part, 2 * true + 1, at)
        return Lie((_said(whole, true, at),), lie, {"value": f"at least {true // 2}"})

    return told


def of_a_whole(whole: str, part: str) -> Told:
    def told(world: World, at: int) -> Lie | None:
        true = world.on(part, at)
        if true == 0:
            return None
        lie = _said(whole, (true - 1) // 2, at)
        return Lie((_said(part, true, at),), lie, {"value": f"at most {2 * true}"})

    return told


def of_parts_that_do_not_overlap(whole: str, one: str, other: str) -> Told:
    """Neither part is more than the whole; both together are, by more than rounding excuses."""

    def told(world: World, at: int) -> Lie | None:
        total, part = world.on(whole, at), world.on(one, at)
        if part * 8 < total or part == 0:
            return None
        truths = (_said(whole, f"exactly {total}", at), _said(one, f"exactly {part}", at))
        lie = _said(other, f"exactly {total}", at)
        return Lie(truths, lie, {"value": f"at least {total // 2}"})

    return told


def of_a_part_of_the_time(world: World, at: int) -> Lie:
    true = world.on("output", 0, DAYS - 1)
    truth = _said("output", true, as_of="2026-01/2026-02")
    lie = _said("output", 2 * true + 1, as_of="2026-02")
    return Lie((truth,), lie, {"value": f"at least {true // 2}"})


def of_the_end(world: World, at: int) -> Lie:
    wrong = world.start - timedelta(2 + at)
    lie = _said("end", wrong)
    return Lie((_said("start", world.start),), lie, {"value": f"../{world.end}"})


def of_another_time(world: World, at: int) -> Lie:
    early = f"{day(at) - timedelta(3)}"
    return Lie((), _said("level", world.on("level", at), at, published=early))


def of_what_was_said(world: World, at: int) -> Lie:
    true = world.on("level", at)
    return Lie((_said("level", true, at),), _said("level", 2 * true + 1, at), passed_on=True)


def of_how_surely_it_was_said(world: World, at: int) -> Lie:
    truth = _said("level", f"at least {world.on('level', at)}", at)
    lie = _said("level", world.on("level", at), at)
    return Lie((truth,), lie, passed_on=True)


def of_an_amount_in_another_unit(world: World, at: int) -> Lie:
    truth = _said("road", f"exactly {world.road} metres")
    lie = _said("road", f"exactly {world.road + 1} km")
    return Lie((truth,), lie, {"value": f"at least {world.road // 2} km"})


LIES: dict[str, tuple[str, Told]] = {
    "a level": ("value", of_a_figure("level")),
    "a share": ("value", of_a_figure("share")),
    "a count": ("value", of_a_figure("toll")),
    "kilometres": ("value", of_an_amount_in_another_unit),
    "a fall": ("cumulative", of_a_fall),
    "a rise": ("cumulative", of_a_rise),
    "a place": (
        "category",
        of_what_stays("venue", "Al Alam Palace", "Geneva", "Switzerland"),
    ),
    "a wider place": ("category", of_what_stays("venue", "Oman", "Switzerland")),
    "a topic": ("category", of_the_topics),
    "a day": ("date", of_the_start),
    "an answer": ("negation", of_what_stays("agreed", "yes", "no")),
    "a denial": ("negation", of_a_denial),
    "a wish": ("position", of_what_is_wanted),
    "all wishes": ("position", of_all_that_is_wanted),
    "a part": ("part-whole", of_a_part("toll", "men")),
    "a part of a level": ("part-whole", of_a_part("north", "harbour")),
    "a part of a sum": ("part-whole", of_a_part("output", "exports")),
    "a whole": ("part-whole", of_a_whole("stock", "wheat")),
    "two parts": ("part-whole", of_parts_that_do_not_overlap("toll", "men", "women")),
    "two parts of a level": (
        "part-whole",
        of_parts_that_do_not_overlap("level", "south", "north"),
    ),
    "two parts of a sum": (
        "part-whole",
        of_parts_that_do_not_overlap("output", "exports", "home use"),
    ),
    "a part of the time": ("part-whole", of_a_part_of_the_time),
    "an end": ("order", of_the_end),
    "another time": ("order", of_another_time),
    "what was said": ("relay", of_what_was_said),
    "how surely it was said": ("relay", of_how_surely_it_was_said),
}
"""Lies by what they are about, each with the rule that is to find it."""
