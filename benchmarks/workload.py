"""The claims that everything here is measured on: invented, deterministic, endless.

``claims(count, seed)`` yields them one by one, so a million need no more memory than ten. The
same count and seed give the same claims on every machine.

They look like what a desk files about running stories. Each *key* (a subject and a predicate)
has a hidden course: a toll that grows, a level that wanders, an official who holds a post.
Claimants report it as people do, exactly, "at least", "about", "between", for a day or, where
that can be said, for a month, through an outlet or two, at once or some weeks later. A stated
share of the claims is wrong, a figure by up to six per cent either way; all others can be true
together. How the share was chosen, and what it is beside that of real data, is in
``docs/costs.md``.

A key holds some 250 claims however many there are in all, except the first, the *crowded key*:
it holds ``crowded`` claims (5,000 by default, at most half of all), spread evenly, because a
ledger's cost is felt at the story that everybody reports on.
"""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

COLUMNS = (
    "subject", "predicate", "value", "unit", "as_of", "claimant", "via", "published",
    "url", "wording", "lang", "scope.place",
)  # fmt: skip
"""The columns of a CSV file of claims, as ``wherefrom import`` reads them."""

CROWDED_SUBJECT = "Harbour flood"
CROWDED_PREDICATE = "deaths"

Claim = dict[str, str]
"""One claim: a text for each of ``COLUMNS``, empty where it says nothing."""

_PER_KEY = 250
_FIRST_DAY = date(2020, 1, 1)
_DAYS = 2_000
WRONG = 0.002
"""The share of claims that are wrong, unless told; how much there is to find has its cost."""

_ERROR = 0.06

TOLLS = ("deaths", "injured", "displaced", "homes destroyed", "arrests")
LEVELS = ("price of bread", "reservoir level", "hospital beds in use", "unemployed")
POSTS = ("governor", "head of the inquiry", "party in charge")
_UNITS = {
    "deaths": "people", "injured": "people", "displaced": "people", "homes destroyed": "homes",
    "arrests": "people", "price of bread": "crowns", "reservoir level": "m",
    "hospital beds in use": "beds", "unemployed": "people",
}  # fmt: skip
_EVENTS = ("flood", "earthquake", "strike", "fire", "election", "drought", "protests", "siege")
_PLACES = (
    "Aldmark", "Brenhold", "Corvale", "Dunmere", "Eastreach", "Fenwick Bay", "Goldau",
    "Hallin", "Isenburg", "Jarrow Hills", "Kelmar", "Lunde", "Marisca", "Nordhavn", "Oststad",
    "Port Averine", "Quillan", "Rosmarin", "Sankt Orban", "Tollund", "Ulverton", "Västerby",
)  # fmt: skip
_VOICES = (
    "Ministry of the Interior", "Red Crescent", "Mayor's office", "Fire brigade",
    "Statistical office", "Opposition bloc", "Doctors' union", "Army press office",
    "Observatory for Human Rights", "Regional hospital",
)  # fmt: skip
_OUTLETS = tuple(f"{name} {kind}" for name in ("Morning", "Evening", "National", "Coastal", "Free")
                 for kind in ("Post", "Courier", "Radio", "Agency"))  # fmt: skip
_NAMES = ("A. Hollis", "B. Ekdahl", "C. Marchetti", "D. Oyelaran", "E. Novak", "F. Sørensen")


def claims(
    count: int, seed: int = 1, crowded: int = 5_000, wrong: float = WRONG, contested: int = 1
) -> Iterator[Claim]:
    """Yield ``count`` claims, all different; the crowded key holds ``crowded`` of them.

    Claims are ``wrong`` only in one of ``contested`` keys.
    """
    random = Random(seed)
    crowded = min(crowded, count // 2)
    keys = max(20, count // _PER_KEY)
    for serial in range(count):
        if serial * crowded // count != (serial + 1) * crowded // count:
            key = 0
        else:
            key = random.randrange(1, keys)
        yield _claim(random, serial, key, 0 if key % contested else wrong)


def crowded_claim(serial: int, seed: int = 1) -> Claim:
    """Return one more claim on the crowded key, different for every ``serial``."""
    return _claim(Random(seed * 1_000_003 + serial), 1_000_000_000 + serial, 0, 0.0)


def write_csv(path: Path, count: int, seed: int = 1, crowded: int = 5_000) -> None:
    """Write ``count`` claims to a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(claims(count, seed, crowded))


def read_csv(path: Path) -> Iterator[Claim]:
    """Yield the claims of a CSV file, unchecked: what costs the least."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _claim(random: Random, serial: int, key: int, wrong: float) -> Claim:
    subject, predicate = _key(key)
    day = random.randrange(_DAYS)
    claimant = random.choice(_VOICES)
    place = subject.rsplit(" ", 1)[0]
    as_of = _FIRST_DAY + timedelta(days=day)
    published = as_of + timedelta(days=random.choice((0, 0, 0, 1, 1, 2, 5, 30)))
    if predicate in POSTS:
        value = _NAMES[(key + day // 700 + (random.random() < wrong)) % len(_NAMES)]
        wording = f"{value} is {predicate} of {place}"
    else:
        value = _stated(random, _true(key, predicate, day), wrong)
        wording = f"{predicate}: {value}, said {claimant}"
    coarse = random.random() < 0.1 and (predicate in POSTS or value.startswith("at least"))
    outlets = random.sample(_OUTLETS, random.choice((1, 1, 1, 2)))
    return {
        "subject": subject,
        "predicate": predicate,
        "value": value,
        "unit": _UNITS.get(predicate, ""),
        "as_of": as_of.strftime("%Y-%m")
        if coarse and predicate not in LEVELS
        else as_of.isoformat(),
        "claimant": f"{claimant} of {place}" if random.random() < 0.5 else claimant,
        "via": ";".join(outlets),
        "published": published.isoformat(),
        "url": f"https://news.example/{published:%Y/%m}/{serial}",
        "wording": wording,
        "lang": "en",
        "scope.place": place if random.random() < 0.1 else "",
    }


def _key(key: int) -> tuple[str, str]:
    if key == 0:
        return CROWDED_SUBJECT, CROWDED_PREDICATE
    kinds = TOLLS + LEVELS + POSTS
    story, kind = divmod(key, len(kinds))
    place = _PLACES[story % len(_PLACES)]
    event = _EVENTS[story // len(_PLACES) % len(_EVENTS)]
    turn = story // (len(_PLACES) * len(_EVENTS))
    return f"{place} {event}" + (f" {turn + 1}" if turn else ""), kinds[kind]


def _true(key: int, predicate: str, day: int) -> int:
    size = 1_000 + key * 7_919 % 90_000
    if predicate in TOLLS:
        return 10 + size * day // _DAYS
    return size + size * (day * 31 % 97) // 500


def _stated(random: Random, true: int, wrong: float) -> str:
    """Say a number as a claimant would; now and then a wrong one."""
    if random.random() < wrong:
        true = round(true * (1 + random.uniform(-_ERROR, _ERROR)))
    manner = random.random()
    if manner < 0.60:
        return f"{true:,}"
    if manner < 0.75:
        return f"at least {true - random.randrange(true // 10 + 1):,}"
    if manner < 0.85:
        return f"about {true // 10 * 10:,}" if true >= 100 else f"{true:,}"
    if manner < 0.92:
        return f"more than {true // 100 * 100:,}" if true % 100 else f"{true:,}"
    return f"between {true // 100 * 100:,} and {true // 100 * 100 + 100:,}"
