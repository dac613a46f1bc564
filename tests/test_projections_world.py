"""Claims that are all true of one world contradict each other nowhere; one lie among them is found.

A world is drawn first: what was so on each of its days. Then people speak of it honestly, as
people do: with bounds, rounded, from memory of an earlier day, of a month as a whole, through
others, and taking back what they first had wrong. However they put it, no rule may say that two
of them cannot both hold. Then somebody lies once, plainly, beside somebody who was there.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import attrs
from histories import new_ledger
from hypothesis import given
from hypothesis import strategies as st
from projected import Found, Projection, findings

from ledger.drafts import Drafts
from ledger.events import (
    ClaimsLinked,
    EntitiesMatched,
    Event,
    PredicateDefined,
    SourceDescribed,
)
from projections.held import Definition

FIRST = date(2026, 1, 25)
DAYS = 20
PEOPLE = ("Ann", "Ben", "Cleo", "the ministry", "officials", "not stated")
OUTLETS = ("FT", "AP")
TOPICS = ("nuclear", "sanctions", "missiles", "detainees")

DEFINITIONS = (
    PredicateDefined(name="level", value_type="quantity"),
    PredicateDefined(name="share", value_type="quantity", tolerance="3%"),
    PredicateDefined(
        name="toll", value_type="quantity", over_time="cumulative-up", disjoint=("men", "women")
    ),
    PredicateDefined(name="men", value_type="quantity", over_time="cumulative-up", part_of="toll"),
    PredicateDefined(name="women", value_type="quantity", over_time="cumulative-up"),
    PredicateDefined(name="stock", value_type="quantity", over_time="cumulative-down"),
    PredicateDefined(name="output", value_type="quantity", over_time="period"),
    PredicateDefined(name="venue", value_type="entity", over_time="constant"),
    PredicateDefined(name="start", value_type="day", over_time="constant"),
    PredicateDefined(name="end", value_type="day", over_time="constant", not_before="start"),
    PredicateDefined(name="road", value_type="quantity", over_time="constant", unit="km"),
    PredicateDefined(name="agreed", value_type="truth", over_time="constant"),
    PredicateDefined(name="topics", value_type="text", multi_valued=True, over_time="constant"),
)
NAMES: tuple[Event, ...] = (
    EntitiesMatched(a="Muscat", b="Oman", relation="within"),
    EntitiesMatched(a="Al Alam Palace", b="Muscat", relation="within"),
    EntitiesMatched(a="Mascate", b="Muscat"),
    SourceDescribed(name="officials", kind="anonymous"),
    SourceDescribed(name="the ministry", kind="government", aliases=("Health Ministry",)),
)
VENUES = ("Muscat", "Oman", "Mascate", "Al Alam Palace", "muscat")


@attrs.frozen
class World:
    """What was so: a figure for every day of what changes, and one for what does not."""

    level: tuple[int, ...]
    toll: tuple[int, ...]
    stock: tuple[int, ...]
    men: tuple[int, ...]
    women: tuple[int, ...]
    output: int
    road: int
    start: date
    end: date
    topics: frozenset[str]

    def on(self, predicate: str, day: int) -> int:
        """The true figure of a day."""
        if predicate == "output":
            return self.output
        figures: dict[str, tuple[int, ...]] = {
            "toll": self.toll,
            "stock": self.stock,
            "men": self.men,
            "women": self.women,
        }
        return figures.get(predicate, self.level)[day]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a world; some of its figures are round, most are not."""
    figure = st.integers(0, 30) | st.integers(0, 9999) | st.integers(0, 9_000_000)
    figures = st.lists(figure, min_size=DAYS, max_size=DAYS)
    toll = tuple(sorted(draw(figures)))
    of_ten = draw(st.integers(0, 10))
    start = FIRST + timedelta(draw(st.integers(0, DAYS)))
    return World(
        level=tuple(draw(figures)),
        toll=toll,
        men=tuple(count * of_ten // 10 for count in toll),
        women=tuple(count * (10 - of_ten) // 10 for count in toll),
        stock=tuple(sorted(draw(figures), reverse=True)),
        output=draw(figure),
        road=draw(st.integers(1, 20_000)),
        start=start,
        end=start + timedelta(draw(st.integers(0, 9))),
        topics=frozenset(draw(st.sets(st.sampled_from(TOPICS), min_size=1))),
    )


# --- honest words ----------------------------------------------------------------------------


def amounts(draw: st.DrawFn, true: int) -> str:
    """An amount as somebody says it who knows it."""
    more, less = draw(st.integers(0, 50)), draw(st.integers(0, true))
    words = [
        f"{true}",
        f"{true:,}",
        f"exactly {true}",
        f"at least {true - less}",
        f"at most {true + more}",
        f"more than {true - less - 1}",
        f"fewer than {true + more + 1}",
        f"between {true - less} and {true + more}",
        *(f"{rounded}" for rounded in roundings(true)),
        *(f"about {rounded}" for rounded in roundings(true)),
    ]
    if true >= 1_000_000:
        words.append(f"{round(true / 1_000_000, 1)} million")
    if true >= 24:
        words += ["dozens", "several", f"about {true * 19 // 20}"]
    return draw(st.sampled_from(words))


def roundings(true: int) -> list[int]:
    """The figure rounded so that it ends in 00, by no more than a fortieth.

    Of two that round more roughly and to different sides, neither can tell that both did.
    """
    rounded = [round(true, -places) for places in range(2, 7)]
    return [near for near in rounded if near and abs(near - true) * 40 <= true]


def times(draw: st.DrawFn, day: int) -> dict[str, str]:
    """When a figure is about, as somebody puts it who knows, and when it was published."""
    moment = FIRST + timedelta(day)
    published = moment + timedelta(draw(st.integers(0, 9)))
    about = draw(
        st.sampled_from(
            (
                moment.isoformat(),
                moment.isoformat(),
                moment.isoformat(),
                f"{moment:%Y-%m}",
                f"{moment.year}",
                f"{moment + timedelta(draw(st.integers(-2, 2)))}~",
                f"{moment - timedelta(draw(st.integers(0, 3)))}/{moment + timedelta(2)}",
                "",
            )
        )
    )
    return {"as_of": about, "published": published.isoformat()}


def honest(draw: st.DrawFn, world: World) -> dict[str, Any]:
    """The fields of a claim that is true of the world."""
    predicate = draw(st.sampled_from([definition.name for definition in DEFINITIONS]))
    day = draw(st.integers(0, DAYS - 1))
    claimant = draw(st.sampled_from(PEOPLE))
    said: dict[str, Any] = {"predicate": predicate, "claimant": claimant, **times(draw, day)}
    wrong = draw(st.integers(0, 9_999))
    match predicate:
        case "road":
            said["value"] = distance(draw, world.road)
        case "level" | "share" | "toll" | "men" | "women" | "stock" | "output":
            true = world.on(predicate, day)
            if predicate == "output":
                part = draw(st.booleans())
                said["as_of"] = "2026-01" if part else "2026-01/2026-02"
                true = true * 3 // 5 if part else true
            said["value"] = amounts(draw, true)
            aside = draw(st.integers(0, 11))
            if aside == 0:
                said |= {"modality": "denied", "value": f"more than {true + wrong % 50}"}
            elif aside == 1:
                said |= {"modality": "forecast", "value": f"{wrong}"}
            elif aside == 2:
                said |= {"modality": draw(st.sampled_from(HEDGES)), "value": f"{wrong}"}
            elif aside == 3:
                said |= {"scope": {"place": "elsewhere"}, "value": f"{true + 7}"}
            elif aside == 4:
                said |= {"unit": "barrels", "value": f"{true + 7}"}
        case "venue":
            said["value"] = draw(st.sampled_from(VENUES))
            if draw(st.integers(0, 5)) == 0:
                said |= {"modality": "denied", "value": "Geneva"}
        case "start" | "end":
            said["value"] = dates(draw, world.start if predicate == "start" else world.end)
        case "agreed":
            denied = draw(st.booleans())
            said |= {"modality": "denied", "value": "no"} if denied else {"value": "yes"}
        case "topics":
            some = draw(st.sets(st.sampled_from(sorted(world.topics)), min_size=1))
            only = "only " if draw(st.booleans()) else ""
            named = sorted(world.topics if only else some, reverse=draw(st.booleans()))
            said["value"] = only + "; ".join(named)
    if draw(st.booleans()):
        said["via"] = draw(st.sampled_from(OUTLETS))
    return said


def distance(draw: st.DrawFn, true: int) -> str:
    """A distance in kilometres as somebody says it who knows it, in whatever unit."""
    miles = true / 1.609344
    words = (
        *(f"{true}", f"{true:,} km", f"{true * 1000} metres", f"about {true} km"),
        *(f"{round(miles)} miles", f"{round(miles, 1)} miles", f"at most {int(miles) + 1} miles"),
        *(f"at least {int(miles)} miles", f"more than {true - 1} km", f"at most {true + 7} km"),
    )
    return draw(st.sampled_from(words))


HEDGES = ("alleged", "probable", "possible")


def dates(draw: st.DrawFn, true: date) -> str:
    """A day as somebody says it who knows it."""
    before, after = (timedelta(draw(st.integers(0, 9))) for _ in range(2))
    words = (
        f"{true}",
        f"{true:%Y-%m}",
        f"{true.year}",
        f"{true - before}/{true + after}",
        f"../{true + after}",
        f"{true - before}/..",
        f"{true + timedelta(draw(st.integers(-9, 9)))}~",
    )
    return draw(st.sampled_from(words))


# --- what is recorded ------------------------------------------------------------------------


class Record:
    """A ledger in which people speak of the world."""

    def __init__(self) -> None:
        self.ledger = new_ledger()
        self.ledger.append([*DEFINITIONS, *NAMES], "desk")
        self._defined = {each.name: Definition.of(each, "") for each in DEFINITIONS}
        self._said: list[dict[str, Any]] = []

    def __repr__(self) -> str:
        return "\n".join(map(str, self._said))

    def say(self, fields: dict[str, Any]) -> str:
        """Record a claim; return its id."""
        self._said.append(fields)
        draft = {"subject": "the world", **fields}
        event = Drafts(lambda predicate: self._defined[predicate]).read(draft)
        return self.ledger.append([event], "desk")[0].id

    def link(self, one: str, relation: Any, other: str) -> None:
        """Record a link."""
        self.ledger.append([ClaimsLinked(claim=one, relation=relation, other=other)], "desk")

    def contradictions(self) -> list[Found]:
        """Return what is found that cannot both hold."""
        built = Projection(self.ledger.store, self.ledger.size())
        found = findings(built.connection)
        built.close()
        return [finding for finding in found if finding.verdict == "contradiction"]


@st.composite
def honest_records(draw: st.DrawFn) -> tuple[World, Record]:
    """Draw a world and what was truly said of it."""
    world, record = draw(worlds()), Record()
    for _ in range(draw(st.integers(1, 25))):
        said = honest(draw, world)
        kind = draw(st.integers(0, 9))
        if kind == 0:
            mistake_and_revision(draw, world, record)
        elif kind == 1:
            relay = record.say({**said, "claimant": "Daily", "value": misheard(said)})
            record.link(relay, "relays", record.say(said))
        else:
            record.say(said)
    return world, record


def misheard(said: dict[str, Any]) -> str:
    """What a relay makes of it, which is not the origin's fault."""
    wrong = {
        "venue": "Geneva",
        "start": "1999",
        "end": "1999",
        "agreed": "no",
        "topics": "only weather",
    }
    return wrong.get(said["predicate"], "77")


def mistake_and_revision(draw: st.DrawFn, world: World, record: Record) -> None:
    """Somebody has a figure wrong, and says so later, in a voice of their own."""
    day = draw(st.integers(0, DAYS - 1))
    predicate = draw(st.sampled_from(("level", "toll", "stock")))
    said = {
        "predicate": predicate,
        "claimant": f"Hasty {record.ledger.size()}",
        "as_of": f"{FIRST + timedelta(day)}",
        "published": f"{FIRST + timedelta(day)}",
        "value": f"{draw(st.integers(0, 9_999))}",
    }
    first = record.say(said)
    true = f"{world.on(predicate, day)}"
    if true != said["value"]:
        later = f"{FIRST + timedelta(day + 1)}"
        second = record.say({**said, "published": later, "value": true})
        record.link(second, "revises", first)


@given(honest_records())
def test_what_is_true_of_one_world_contradicts_nothing(drawn: tuple[World, Record]) -> None:
    _, record = drawn
    assert record.contradictions() == []


# --- one lie ---------------------------------------------------------------------------------

Lie = Callable[[World, int], tuple[dict[str, str], dict[str, str]]]
"""What a witness truly says of a day, and what a liar says of it, or of a later one."""


def _day(day: int) -> str:
    return f"{FIRST + timedelta(day)}"


def of_a_figure(predicate: str) -> Lie:
    def told(world: World, day: int) -> tuple[dict[str, str], dict[str, str]]:
        true = world.on(predicate, day)
        said = {"predicate": predicate, "as_of": _day(day), "value": f"{true}"}
        return said, {**said, "value": f"{2 * true + 1}"}

    return told


def of_a_fall(predicate: str) -> Lie:
    def told(world: World, day: int) -> tuple[dict[str, str], dict[str, str]]:
        true = world.on(predicate, day)
        said = {"predicate": predicate, "as_of": _day(day), "value": f"{true}"}
        wrong = (true - 1) // 2 if predicate == "toll" else 2 * true + 1
        return said, {**said, "as_of": _day(day + 3), "value": f"at most {wrong}"}

    return told


def of_a_rise(world: World, day: int) -> tuple[dict[str, str], dict[str, str]]:
    said, lie = of_a_fall("stock")(world, day)
    return said, {**lie, "value": lie["value"].replace("at most", "at least")}


def of_what_stays(predicate: str, truth: str, lie: str) -> Lie:
    def told(world: World, day: int) -> tuple[dict[str, str], dict[str, str]]:
        said = {"predicate": predicate, "value": truth}
        return said, {"predicate": predicate, "value": lie}

    return told


def of_the_start(world: World, day: int) -> tuple[dict[str, str], dict[str, str]]:
    said = {"predicate": "start", "value": f"{world.start}"}
    return said, {**said, "value": f"{world.start + timedelta(2 + day)}"}


def of_a_part(world: World, day: int) -> tuple[dict[str, str], dict[str, str]]:
    said, lie = of_a_figure("toll")(world, day)
    return said, {**lie, "predicate": "men"}


def of_a_month(world: World, day: int) -> tuple[dict[str, str], dict[str, str]]:
    said = {"predicate": "output", "as_of": "2026-01/2026-02", "value": f"{world.output}"}
    return said, {**said, "as_of": "2026-02", "value": f"{2 * world.output + 1}"}


def of_the_end(world: World, day: int) -> tuple[dict[str, str], dict[str, str]]:
    said = {"predicate": "start", "value": f"{world.start}"}
    return said, {"predicate": "end", "value": f"{world.start - timedelta(2 + day)}"}


def of_the_road(world: World, day: int) -> tuple[dict[str, str], dict[str, str]]:
    said = {"predicate": "road", "value": f"exactly {world.road} km"}
    return said, {**said, "value": f"exactly {world.road * 3 + 1} miles"}


def of_the_topics(world: World, day: int) -> tuple[dict[str, str], dict[str, str]]:
    said = {"predicate": "topics", "value": "only " + "; ".join(world.topics)}
    return said, {**said, "value": "weather"}


def denying_a_figure(world: World, day: int) -> tuple[dict[str, str], dict[str, str]]:
    said, _ = of_a_figure("level")(world, day)
    return said, {**said, "value": f"at least {said['value']}", "modality": "denied"}


LIES: dict[str, Lie] = {
    "a level": of_a_figure("level"),
    "a share": of_a_figure("share"),
    "a count": of_a_figure("toll"),
    "a fall": of_a_fall("toll"),
    "a rise": of_a_rise,
    "a place": of_what_stays("venue", "Al Alam Palace", "Geneva"),
    "a wider place": of_what_stays("venue", "Oman", "Switzerland"),
    "a day": of_the_start,
    "a part": of_a_part,
    "a month": of_a_month,
    "an end": of_the_end,
    "a road": of_the_road,
    "an answer": of_what_stays("agreed", "yes", "no"),
    "a list": of_the_topics,
    "a denial": denying_a_figure,
}


@given(honest_records(), st.sampled_from(sorted(LIES)), st.integers(0, DAYS - 4))
def test_a_plain_lie_beside_a_witness_is_found(
    drawn: tuple[World, Record], kind: str, day: int
) -> None:
    """In a contradiction that names the liar; the witness need not be the one it names."""
    world, record = drawn
    truth, lie = LIES[kind](world, day)
    if kind == "a fall" and world.toll[day] < 1:
        return
    late = {"published": "2026-03-01"}
    witness = record.say({**truth, **late, "claimant": "Witness"})
    liar = record.say({**lie, **late, "claimant": "Liar"})
    found = record.contradictions()
    assert any(liar in finding.claims for finding in found), (witness, found)
