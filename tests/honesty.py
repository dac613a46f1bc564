"""How people speak who know what is so: in bounds, rounded, in other units, of coarser times.

Every function draws with a ``random.Random`` and returns a draft, the fields of a claim as
``wherefrom import`` takes them, that is true of the world (``worlds.py``). Some say nothing at
all about what is so: they forecast, allege, or speak of another place.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from random import Random
from typing import Any

from worlds import DAYS, FIGURES, SUMS, TOPICS, UNITS, World, day, some

Draft = dict[str, Any]

PEOPLE = ("Ann", "Ben", "Cleo", "the ministry", "Health Ministry", "officials", "not stated")
OUTLETS = ("FT", "AP")
SUBJECTS = ("the world", "the world", "The  World", "le monde")
VENUES = ("Muscat", "Oman", "Mascate", "Al Alam Palace", "muscat")
MATCHED = {"sanctions": "les sanctions"}
HEDGES = ("alleged", "probable", "possible")


def honest(random: Random, world: World) -> Draft:
    """Return a claim that is true of the world, or that says nothing about it."""
    predicate = random.choice(world.asked)
    said: Draft = {
        "subject": random.choice(SUBJECTS),
        "predicate": predicate,
        "claimant": random.choice(PEOPLE),
    }
    of_figures = predicate in FIGURES
    said |= _figure(random, world, predicate) if of_figures else OTHERS[predicate](random, world)
    if random.randrange(2):
        said["via"] = [random.choice(OUTLETS)]
    return said


# --- amounts ---------------------------------------------------------------------------------


def _figure(random: Random, world: World, predicate: str) -> Draft:
    """Return what is said of something that changes from day to day."""
    at = random.choice(world.days)
    if predicate in SUMS:
        first, last, said = _period(random, at)
    else:
        first, last, said = at, at, times(random, at)
    true = world.on(predicate, first, last)
    aside = random.randrange(16)
    if aside == 0:
        said |= {"scope": {"place": "elsewhere"}}
        true *= 2
    elif aside == 1 and predicate not in UNITS:
        said |= {"unit": "thirds"}
        true *= 3
    wrong = random.randrange(10_000)
    if predicate == "toll" and aside > 8:
        said["predicate"] = "people killed"
    if aside == 2:
        return said | {"modality": "denied", "value": f"more than {true + wrong % 50}"}
    if aside == 3:
        early = f"{day(at) - timedelta(random.randrange(99))}"
        return said | {"modality": "forecast", "value": f"{wrong}", "published": early}
    if aside == 4:
        return said | {"modality": random.choice(HEDGES), "value": f"{wrong}"}
    if predicate in UNITS:
        return said | {"value": measured(random, true, predicate)}
    return said | {"value": amount(random, true)}


def amount(random: Random, true: int) -> str:
    """Return an amount as somebody says it who knows it."""
    more, less = random.randrange(51), random.randrange(true + 1)
    words = [
        f"{true}",
        f"{true:,}",
        f"exactly {true}",
        f"at least {true - less}",
        f"at most {true + more}",
        f"more than {max(true - less - 1, 0)}" if true else "fewer than 1",
        f"fewer than {true + more + 1}",
        f"between {true - less} and {true + more}",
        *(f"{rounded}" for rounded in roundings(true)),
        *(f"about {rounded}" for rounded in roundings(true)),
    ]
    if true >= 1_000_000:
        words.append(f"{round(true / 1_000_000, 1)} million")
    if true >= 24:
        words += ["dozens", "several", f"about {true * 19 // 20}"]
    return random.choice(words)


def roundings(true: int) -> list[int]:
    """Return the figure rounded so that it ends in 00, by no more than a fortieth.

    Of two that round more roughly and to different sides, neither can tell that both did.
    """
    rounded = [round(true, -places) for places in range(2, 7)]
    return [near for near in rounded if near and abs(near - true) * 40 <= true]


def measured(random: Random, true: int, predicate: str) -> str:
    """Return an amount that has a unit, in any unit of its kind, converted as people convert.

    They leave out decimals as they leave out digits (see ``roundings``).
    """
    unit = random.choice(sorted(UNITS[predicate]))
    factor = UNITS[predicate][unit]
    near = in_unit(random, Decimal(true), factor)
    if true and not near:
        return f"less than 1 {unit}"
    words = (
        f"{near}",
        f"{near:,}",
        f"about {near}",
        f"at least {(true * Decimal(factor)).quantize(near, ROUND_FLOOR)}",
        f"at most {(true * Decimal(factor)).quantize(near, ROUND_CEILING)}",
    )
    return f"{random.choice(words)} {unit}"


def in_unit(random: Random, true: Decimal, factor: str) -> Decimal:
    """Return an amount in a unit, rounded by no more than a fortieth if that can be."""
    number = true * Decimal(factor)
    digits = [Decimal(text) for text in ("1", "0.1", "0.01", "0.001")]
    fits = [digit for digit in digits if abs(number.quantize(digit) - number) * 40 <= number]
    return number.quantize(random.choice(fits or digits[-1:]), ROUND_HALF_EVEN)


# --- times -----------------------------------------------------------------------------------


def times(random: Random, at: int) -> Draft:
    """Return when a figure of a day is about, as somebody puts it who knows, and was published."""
    moment = day(at)
    published = moment + timedelta(random.randrange(10))
    about = random.choice(
        (
            *[moment.isoformat()] * 5,
            f"{moment}T{random.randrange(24):02}:30:00Z",
            f"{moment:%Y-%m}",
            f"{moment.year}",
            f"{moment + timedelta(random.randrange(-2, 3))}~",
            f"{moment - timedelta(random.randrange(4))}/{moment + timedelta(2)}",
            "",
        )
    )
    return {"as_of": about, "published": f"{published}"}


def _period(random: Random, at: int) -> tuple[int, int, Draft]:
    """Return a period, as its first and last day and as somebody puts it."""
    february = (date(2026, 2, 1) - day(0)).days
    till = random.randrange(at, DAYS)
    first, last, about = random.choice(
        (
            (at, at, f"{day(at)}"),
            (at, till, f"{day(at)}/{day(till)}"),
            (0, february - 1, "2026-01"),
            (february, DAYS - 1, "2026-02"),
            (0, DAYS - 1, "2026-01/2026-02"),
            (0, DAYS - 1, "2026"),
            (at, till, f"{day(at)}/{day(till)}~"),
        )
    )
    published = date(2026, 3, 1) + timedelta(random.randrange(10))
    return first, last, {"as_of": about, "published": f"{published}"}


def date_words(random: Random, true: date) -> str:
    """Return a day as somebody says it who knows it."""
    before, after = timedelta(random.randrange(9)), timedelta(random.randrange(9))
    words = (
        f"{true}",
        f"{true:%Y-%m}",
        f"{true.year}",
        f"{true - before}/{true + after}",
        f"../{true + after}",
        f"{true - before}/..",
        f"{true + timedelta(random.randrange(-9, 10))}~",
    )
    return random.choice(words)


# --- what does not change --------------------------------------------------------------------


def listed(random: Random, names: Iterable[str]) -> str:
    """Return names as a list, in any order."""
    drawn = [name if random.randrange(4) else MATCHED.get(name, name) for name in sorted(names)]
    random.shuffle(drawn)
    return "; ".join(drawn)


def _some_day(random: Random, world: World) -> Draft:
    return times(random, random.choice(world.days))


def _road(random: Random, world: World) -> Draft:
    return {"value": measured(random, world.road, "road"), **_some_day(random, world)}


def _venue(random: Random, world: World) -> Draft:
    if random.randrange(6):
        return {"value": random.choice(VENUES), **_some_day(random, world)}
    return {"value": random.choice(("Geneva", "Switzerland")), "modality": "denied"} | _some_day(
        random, world
    )


def _start(random: Random, world: World) -> Draft:
    return {"value": date_words(random, world.start), **_some_day(random, world)}


def _end(random: Random, world: World) -> Draft:
    return {"value": date_words(random, world.end), **_some_day(random, world)}


def _agreed(random: Random, world: World) -> Draft:
    if random.randrange(2):
        return {"value": random.choice(("yes", "oui")), **_some_day(random, world)}
    return {"value": "no", "modality": "denied", **_some_day(random, world)}


def _topics(random: Random, world: World) -> Draft:
    if random.randrange(4) == 0:
        return {"value": "weather; sport", "modality": "denied", **_some_day(random, world)}
    if random.randrange(2):
        return {"value": f"only {listed(random, world.topics)}", **_some_day(random, world)}
    return {
        "value": listed(random, some(random, tuple(sorted(world.topics)))),
        **_some_day(random, world),
    }


def _agenda(random: Random, world: World) -> Draft:
    """Return a wish that can be met beside all the others: what is wanted is wanted by all."""
    unwanted = tuple(sorted({*TOPICS, "weather"} - world.wanted))
    how = random.randrange(3)
    if how == 0:
        return {"value": listed(random, some(random, unwanted)), "modality": "refused"} | _some_day(
            random, world
        )
    wanted = world.wanted if how == 1 else some(random, tuple(sorted(world.wanted)))
    only = "only " if how == 1 else ""
    return {"value": f"{only}{listed(random, wanted)}", "modality": "demanded"} | _some_day(
        random, world
    )


OTHERS: dict[str, Callable[[Random, World], Draft]] = {
    "road": _road,
    "venue": _venue,
    "start": _start,
    "end": _end,
    "agreed": _agreed,
    "topics": _topics,
    "agenda": _agenda,
}
