"""How people pass on faithfully what another said: as it was said, or so that it says less.

What they make of it is what the rule ``relay`` must leave alone: wider bounds, a rounded figure,
a place that holds the other, no time, a hedge, a list without its *only*, another language.
"""

import re
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from honesty import HEDGES, Draft, in_unit, roundings
from worlds import COUNTS, STOCKS, UNITS


def faithful(random: Random, said: Draft) -> Draft:
    """Return a claim as somebody passes it on: as it was, or so that it says less."""
    published = date.fromisoformat(said["published"]) + timedelta(1 + random.randrange(3))
    relay = {**said, "published": f"{published}", "via": ["Daily", *said.get("via", ())]}
    if random.randrange(2):
        relay = {**relay, "claimant": "Daily", "via": []}
    how = random.randrange(5)
    if how == 0:
        relay["as_of"] = ""
    elif how == 1 and said.get("modality", "asserted") == "asserted":
        relay["modality"] = random.choice(HEDGES)
    elif how in (2, 3):
        relay["value"] = _less(random, said)
    return relay


_PLAIN = frozenset((*COUNTS, *STOCKS, "level", "north", "south", "harbour", "share")) - {"cargo"}


def _less(random: Random, said: Draft) -> str:
    """Return a value that says less than another, where what it says is plain."""
    value: str = said["value"]
    affirmed = said.get("modality", "asserted") == "asserted"
    if not affirmed:
        return value
    number = value.removeprefix("exactly ").replace(",", "")
    if said["predicate"] in _PLAIN and number.isdigit():
        true = int(number)
        words = [
            f"at least {true}",
            f"au moins {true}",
            f"about {true}",
            f"between {true // 2} and {true + 9}",
            *(f"{near}" for near in roundings(true)),
        ]
        return random.choice(words)
    if said["predicate"] in UNITS and "at" not in value:
        return converted(random, value, said["predicate"])
    if said["predicate"] == "topics" and value.startswith("only "):
        return value.removeprefix("only ")
    if said["predicate"] == "venue" and value == "Al Alam Palace":
        return random.choice(("Muscat", "Oman"))
    return value


def converted(random: Random, value: str, predicate: str) -> str:
    """Return an amount in another unit of its kind, rounded as people round who convert."""
    about, number, unit = re.fullmatch(r"(about |less than )?([\d,.]+) (.+)", value).groups()  # type: ignore[union-attr]
    factors = UNITS[predicate]
    true = Decimal(number.replace(",", "")) / Decimal(factors[unit])
    other = random.choice(sorted(factors.keys() - {unit}))
    near = in_unit(random, true, factors[other])
    return f"{about or ''}{near} {other}" if near else value


_FRENCH = {"at least": "au moins", "at most": "au plus", "about": "environ", "only": "uniquement"}
_FRENCH_NAMES = {"Muscat": "Mascate", "sanctions": "les sanctions", "missiles": "les missiles"}


def translated(said: Draft) -> Draft:
    """Return a claim in French, of which names that nobody matched stay what they are."""
    value: str = said["value"]
    for english, french in _FRENCH.items():
        if value.startswith(english) and not {",", "."} & set(value):
            value = value.replace(english, french)
    for english, french in _FRENCH_NAMES.items():
        if f"les {english}" not in value:
            value = value.replace(english, french)
    return {**said, "value": value, "lang": "fr", "via": ["Le Monde"]}
