"""What people say of a world, as a desk records it: lines that ``wherefrom import`` would take.

Beside the plain claims (``honesty.py``) there is all that happens to claims at a desk: they are
passed on, translated, revised, taken back, corrected, reviewed; names are matched by mistake and
taken apart again. When all is recorded, what stands is true of the world.
"""

import random as dice
from contextlib import closing
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any

import orjson
from histories import ORIGIN, Ticking, holding
from honesty import Draft, honest, listed
from projected import Found, Projection, findings
from relaying import faithful, translated
from worlds import DEFINITIONS, FIGURES, NAMES, UNITS, World, day, draw_world

from ledger.drafts import Drafts, Reading
from ledger.events import ClaimAsserted, Event, RecordingCorrected
from ledger.log import Ledger
from ledger.memory import MemoryStore
from ledger.names import fold
from ledger.store import Row

_READINGS = {
    fold(each.name): Reading(each.value_type, each.multi_valued) for each in DEFINITIONS
} | {"people killed": Reading("quantity")}


class Record:
    """A ledger in which people speak of the world; ``repr`` is a file that imports as it.

    With several ``desks`` each records some of it, by clocks that show the same times.
    """

    def __init__(self, desks: int = 1) -> None:
        self._ledgers = [
            Ledger(
                MemoryStore(f"{int(ORIGIN, 16) + desk:032x}"),
                clock=Ticking(),
                random=dice.Random(desk).randbytes,
            )
            for desk in range(desks)
        ]
        self._turn = count()
        self._ids: dict[str, str] = {}
        self._drafts = Drafts(
            lambda predicate: _READINGS[fold(predicate)], lambda text, _: self._ids[text[1:]]
        )
        self._lines: list[Draft] = []
        self._rows: list[Row] = []
        for event in (*DEFINITIONS, *NAMES):
            self._append(event)

    def __repr__(self) -> str:
        return "\n".join(orjson.dumps(line).decode() for line in self._lines)

    def say(self, said: Draft) -> str:
        """Record a claim or an act; return the label by which others name it, as ``@1``."""
        draft = {name: given for name, given in said.items() if given}
        label = f"{len(self._lines)}"
        self._lines.append({"label": label, **draft})
        self._ids[label] = self._append(self._drafts.read(draft))
        return f"@{label}"

    def link(self, one: str, relation: str, other: str) -> None:
        """Record a link."""
        self.say({"type": "claims-linked", "claim": one, "relation": relation, "other": other})

    def id_of(self, label: str) -> str:
        """Return the id of what was recorded under a label."""
        return self._ids[label[1:]]

    def _append(self, event: Event) -> str:
        ledger = self._ledgers[next(self._turn) % len(self._ledgers)]
        size = ledger.size()
        [recorded] = ledger.append([event], "desk")
        self._rows += list(ledger.store.rows(size)) if recorded.new else []
        return recorded.id

    @property
    def rows(self) -> list[Row]:
        """Return all rows, in the order in which they were recorded."""
        return self._rows

    def claims(self) -> int:
        """Count the recordings of claims."""
        kinds = {ClaimAsserted.TYPE, RecordingCorrected.TYPE}
        return sum(line.get("type", ClaimAsserted.TYPE) in kinds for line in self._lines)

    def found(self) -> list[Found]:
        """Return what is found."""
        rows = self._rows
        with closing(Projection(holding(rows), len(rows))) as built:
            return findings(built.connection)

    def alarms(self) -> list[Found]:
        """Return what is found that nobody who is honest should be told."""
        return [each for each in self.found() if each.verdict in ("contradiction", "altered")]


def draw_record(random: Random, *, most: int = 24, desks: int = 1) -> tuple[World, Record]:
    """Draw a world and what was truly said of it."""
    world, record = draw_world(random), Record(desks)
    for number in range(random.randrange(1, most + 1)):
        if random.randrange(3):
            record.say(honest(random, world))
        else:
            random.choice(HAPPENINGS)(random, world, record, number)
    return world, record


# --- what happens to claims ------------------------------------------------------------------


def _passed_on(random: Random, world: World, record: Record, number: int) -> None:
    """Two pass on what one said, the second perhaps what the first made of it."""
    said = honest(random, world)
    origin = record.say(said)
    relay = faithful(random, said)
    first = record.say(relay)
    record.link(first, "relays", origin)
    if random.randrange(2):
        record.link(record.say(faithful(random, relay)), "relays", first)
    elif random.randrange(2):
        record.link(record.say(translated(relay)), "translates", first)


def _wrong_at_first(random: Random, world: World, number: int) -> tuple[Draft, Draft]:
    """Return what somebody, in a voice of their own, has wrong, and what they should have said."""
    asked = [name for name in world.asked if name in (*FIGURES, "end", "road")]
    predicate = random.choice(asked or ["level"])
    at = random.choice(world.days)
    said = {
        "subject": "the world",
        "predicate": predicate,
        "claimant": f"Hasty {number}",
        "as_of": f"{day(at)}",
        "published": f"{day(at)}",
    }
    if predicate == "end":
        return {**said, "value": "1999-05-01"}, {**said, "value": f"{world.end}"}
    true = world.road if predicate == "road" else world.on(predicate, at)
    wrong = random.choice((true + 1 + random.randrange(9_999), true // 3))
    if predicate in UNITS:
        said["unit"] = next(iter(UNITS[predicate]))
    return {**said, "value": f"{wrong}"}, {**said, "value": f"{true}"}


def _next_day(said: Draft) -> Draft:
    return {**said, "published": f"{date.fromisoformat(said['published']) + timedelta(1)}"}


def _revised(random: Random, world: World, record: Record, number: int) -> None:
    """Somebody has it wrong and later right; who passed on the first passed on what was said."""
    wrong, right = _wrong_at_first(random, world, number)
    first = record.say(wrong)
    if random.randrange(2):
        record.link(record.say({**wrong, "via": ["Daily"]}), "relays", first)
    if wrong["value"] == right["value"]:
        return
    linked = random.randrange(2)
    second = record.say(_next_day(right))
    if linked:
        record.link(second, "revises", first)
    if random.randrange(3) == 0:
        reason = {"reason": "counted anew", "published": "2026-03-20"}
        record.say({"type": "claim-retracted", "claim": second, **reason})


def _refined(random: Random, world: World, record: Record, number: int) -> None:
    """Somebody gives bounds first and the figure later; or the figure, and less exactly since."""
    _, right = _wrong_at_first(random, world, number)
    if right["predicate"] == "end":
        vague = f"{world.end:%Y-%m}"
    else:
        true = int(right["value"])
        vague = f"between {true - random.randrange(true + 1)} and {true + random.randrange(99)}"
    vaguely = {**right, "value": vague}
    first, second = (vaguely, right) if random.randrange(2) else (right, vaguely)
    earlier, later = record.say(first), record.say(_next_day(second))
    if random.randrange(2):
        record.link(later, "revises", earlier)


def _list_revised(random: Random, world: World, record: Record, number: int) -> None:
    """A party wants something that cannot be had, and later refuses it; the rest it still wants.

    Or somebody names a topic too many, and denies that one.
    """
    wish = random.randrange(2)
    listing, first, second, names = (
        ("agenda", "demanded", "refused", world.wanted)
        if wish
        else ("topics", "asserted", "denied", world.topics)
    )
    said = {
        "subject": "the world",
        "predicate": listing,
        "claimant": f"Party {number}",
        "published": f"{day(0)}",
        "as_of": "" if wish else f"{day(0)}",
    }
    only = "only " if random.randrange(2) else ""
    value = only + listed(random, {*names, "weather"})
    record.say({**said, "value": value, "modality": first})
    record.say(_next_day({**said, "value": "weather", "modality": second}))


def _taken_back(random: Random, world: World, record: Record, number: int) -> None:
    """Somebody has it wrong and takes it back."""
    wrong, _ = _wrong_at_first(random, world, number)
    claim = record.say(wrong)
    reason = {"reason": "a slip", "published": "2026-03-20"}
    record.say({"type": "claim-retracted", "claim": claim, **reason})


def _typed_wrong(random: Random, world: World, record: Record, number: int) -> None:
    """The desk typed it wrong, once or twice over; the last correction is right."""
    wrong, right = _wrong_at_first(random, world, number)
    if wrong["value"] == right["value"]:
        return
    first = record.say(wrong)
    corrected = {"type": "recording-corrected", "corrects": first}
    if random.randrange(2):
        again = record.say({**wrong, **corrected, "value": f"{wrong['value']}"[:4]})
        corrected["corrects"] = random.choice((first, again))
    record.say({**right, **corrected})


def _reviewed(random: Random, world: World, record: Record, number: int) -> None:
    """Some look into a claim and agree, each on their own scale."""
    claim = record.say(honest(random, world))
    verdicts: tuple[dict[str, Any], ...] = (
        {"rating": "Mostly true", "scale": "False; Mostly false; Mostly true; True"},
        {"rating": "True"},
        {"rating": "5", "rating_value": "5", "worst_rating": "1", "best_rating": "5"},
        {"rating": "vrai"},
        {"rating": "Satire"},
    )
    for author in ("Check", "Facts", "Vérif"):
        verdict = {**random.choice(verdicts), "published": "2026-03-02"}
        record.say({"type": "review-published", "claim": claim, "author": author, **verdict})


def _mistaken_for_another(random: Random, world: World, record: Record, number: int) -> None:
    """Two things are taken for one, and taken apart again; of the other one other things hold."""
    names = {"a": "the world", "b": f"another world {number}"}
    matched = record.say({"type": "entities-matched", **names})
    wrong, _ = _wrong_at_first(random, world, number)
    record.say({**wrong, "subject": names["b"]})
    record.say({"type": "entities-unmatched", **names, "after": matched})


HAPPENINGS = (
    _passed_on,
    _passed_on,
    _revised,
    _refined,
    _list_revised,
    _taken_back,
    _typed_wrong,
    _reviewed,
    _mistaken_for_another,
)
