"""One hidden truth: what was so on each of some days, of all that people may speak of.

A world is drawn with a ``random.Random``, so that a test can draw it with Hypothesis
(``st.randoms()``, which shrinks) and a script with a seed. How people speak of it lies in
``honesty.py`` and ``lies.py``; ``testimony.py`` records what they say.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from itertools import accumulate
from random import Random

import attrs

from ledger.events import EntitiesMatched, Event, PredicateDefined, SourceDescribed

FIRST = date(2026, 1, 25)
DAYS = 14
"""Of two months, so that a month is a coarser date that begins or ends in the middle of it."""

Figures = tuple[int, ...]

LEVELS = ("level", "north", "south", "harbour", "share", "fuel")
COUNTS = ("toll", "men", "women", "officers", "cargo")
STOCKS = ("stock", "wheat", "barley")
SUMS = ("output", "exports", "home use")
FIGURES = (*LEVELS, *COUNTS, *STOCKS, *SUMS)
TALKS = (
    ("level", "north", "south", "harbour"),
    ("toll", "men", "women", "officers"),
    STOCKS,
    SUMS,
    *(("share",), ("fuel",), ("cargo",), ("road",)),
    *(("venue",), ("start", "end"), ("agreed",), ("topics",), ("agenda",)),
)
"""What people talk about at once, so that what they say meets."""

_AMOUNT = {"value_type": "quantity"}
_GROWS = {**_AMOUNT, "over_time": "cumulative-up"}
_FALLS = {**_AMOUNT, "over_time": "cumulative-down"}
_ADDS_UP = {**_AMOUNT, "over_time": "period"}
_DAY = {"value_type": "day", "over_time": "constant"}


def _define(name: str, how: Mapping[str, object], **more: object) -> PredicateDefined:
    return PredicateDefined(name=name, **{**how, **more})  # type: ignore[arg-type]


DEFINITIONS = (
    _define("level", _AMOUNT, disjoint=("north", "south")),
    _define("north", _AMOUNT),
    _define("south", _AMOUNT, part_of="level"),
    _define("harbour", _AMOUNT, part_of="north"),
    _define("share", _AMOUNT, tolerance="3%"),
    _define("fuel", _AMOUNT, unit="barrels"),
    _define("toll", _GROWS, disjoint=("men", "women")),
    _define("men", _GROWS),
    _define("women", _GROWS),
    _define("officers", _GROWS, part_of="toll"),
    _define("cargo", _GROWS, unit="kg"),
    _define("stock", _FALLS, disjoint=("wheat", "barley")),
    _define("wheat", _FALLS),
    _define("barley", _FALLS),
    _define("output", _ADDS_UP, disjoint=("exports", "home use")),
    _define("exports", _ADDS_UP),
    _define("home use", _ADDS_UP),
    _define("road", _AMOUNT, over_time="constant", unit="metres"),
    _define("venue", {"value_type": "entity", "over_time": "constant"}),
    _define("start", _DAY),
    _define("end", _DAY, not_before="start"),
    _define("agreed", {"value_type": "truth", "over_time": "constant"}),
    _define("topics", {"value_type": "text", "over_time": "constant"}, multi_valued=True),
    _define("agenda", {"value_type": "text"}, multi_valued=True),
)
NAMES: tuple[Event, ...] = (
    EntitiesMatched(a="Muscat", b="Oman", relation="within"),
    EntitiesMatched(a="Al Alam Palace", b="Muscat", relation="within"),
    EntitiesMatched(a="Mascate", b="Muscat"),
    EntitiesMatched(a="Geneva", b="Switzerland", relation="within"),
    EntitiesMatched(a="the world", b="le monde"),
    EntitiesMatched(a="toll", b="people killed"),
    EntitiesMatched(a="sanctions", b="les sanctions"),
    SourceDescribed(name="officials", kind="anonymous"),
    SourceDescribed(name="the ministry", kind="government", aliases=("Health Ministry",)),
)
TOPICS = ("nuclear", "sanctions", "missiles", "detainees")

UNITS: Mapping[str, Mapping[str, str]] = {
    "fuel": {"barrels": "1", "litres": "158.987294928", "cubic metres": "0.158987294928"},
    "cargo": {"kg": "1", "tonnes": "0.001", "lb": "2.2046226218487758"},
    "road": {"metres": "1", "km": "0.001", "miles": "0.00062137119223733397"},
}
"""In what people tell an amount that has a unit, and how many of those make one of its own."""


@attrs.frozen
class World:
    """What was so: a figure for every day of what changes, and what does not change.

    ``asked`` are the predicates that people speak of, ``days`` the days of which they do.
    """

    figures: Mapping[str, Figures]
    road: int
    start: date
    end: date
    topics: frozenset[str]
    wanted: frozenset[str]
    asked: tuple[str, ...]
    days: tuple[int, ...]

    def on(self, predicate: str, first: int, last: int | None = None) -> int:
        """Return the figure of a day; of what is summed, of the days from first to last."""
        figures = self.figures[predicate]
        if predicate in SUMS:
            return sum(figures[max(first, 0) : (first if last is None else last) + 1])
        return figures[first]


def day(number: int) -> date:
    """Return a day of the world by its number."""
    return FIRST + timedelta(number)


def some(random: Random, of: tuple[str, ...]) -> frozenset[str]:
    """Draw at least one of some names."""
    drawn = frozenset(name for name in of if random.randrange(2))
    return drawn or frozenset((random.choice(of),))


def draw_world(random: Random) -> World:
    """Draw a world; some of its figures are round or small, most are not."""
    north, south, men, women, wheat, barley, exports, home = (_figures(random) for _ in range(8))
    rest = random.choice((0, 0, 1, 17, 1000))
    over = random.choice((0, 1, 2, 10))
    men, women = _growing(men), _growing(women)
    wheat, barley = _growing(wheat)[::-1], _growing(barley)[::-1]
    start = day(random.randrange(DAYS))
    return World(
        figures={
            "level": _sums(north, south, rest),
            "north": north,
            "south": south,
            "harbour": tuple(figure * over // 10 for figure in north),
            "share": _figures(random),
            "fuel": _figures(random),
            "toll": _sums(men, women, rest),
            "men": men,
            "women": women,
            "officers": tuple(figure * over // 10 for figure in men),
            "cargo": _growing(_figures(random)),
            "stock": _sums(wheat, barley, rest),
            "wheat": wheat,
            "barley": barley,
            "output": _sums(exports, home, rest),
            "exports": exports,
            "home use": home,
        },
        road=1 + _size(random)(),
        start=start,
        end=start + timedelta(random.randrange(9)),
        topics=some(random, TOPICS),
        wanted=some(random, TOPICS),
        asked=tuple(name for talk in random.sample(TALKS, random.randrange(1, 4)) for name in talk),
        days=tuple(sorted(random.sample(range(DAYS), random.randrange(1, 6)))),
    )


def _size(random: Random) -> Callable[[], int]:
    """Draw how large figures are; return what draws one of them."""
    top = random.choice((30, 9_999, 9_000_000))
    return lambda: random.randrange(top)


def _figures(random: Random) -> Figures:
    draw = _size(random)
    return tuple(draw() for _ in range(DAYS))


def _growing(figures: Figures) -> Figures:
    """Return figures that grow by these, more slowly."""
    return tuple(accumulate(figure // DAYS for figure in figures))


def _sums(one: Figures, other: Figures, rest: int) -> Figures:
    return tuple(a + b + rest for a, b in zip(one, other, strict=True))
