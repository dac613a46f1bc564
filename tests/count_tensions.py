"""How often a tension remains between claims that are all true of one world: prints the table.

Run ``python tests/count_tensions.py [WORLDS]`` with ``tests`` and the project on the path. In
each row people speak in exact days and exact figures or bounds, but for the one manner that the
row names; each draws as many worlds (2,000) of up to 24 claims, by seeds 0, 1, 2 …. The last
rows have all manners at once, and all that happens to claims at a desk.
"""

import re
import sys
from collections import Counter
from collections.abc import Callable
from random import Random

from honesty import HEDGES, Draft, honest
from testimony import Record, draw_record
from worlds import DEFINITIONS, UNITS, draw_world

MOST = 24

_ANY_TIME = {each.name for each in DEFINITIONS if each.over_time in ("constant", "period")}
_ANY_TIME |= {"agenda"}


def _as_of(pattern: str) -> Callable[[Draft], bool]:
    return lambda said: (
        said["predicate"] not in _ANY_TIME and bool(re.fullmatch(pattern, said.get("as_of") or ""))
    )


def _value(pattern: str) -> Callable[[Draft], bool]:
    return lambda said: bool(re.fullmatch(pattern, said["value"]))


MANNERS: dict[str, Callable[[Draft], bool]] = {
    "no as-of": _as_of(""),
    "an as-of of a month or a year": _as_of(r"\d{4}(-\d\d)?"),
    "an as-of of some days": _as_of(r"[^~]+/[^~]+"),
    "an as-of with an hour": _as_of(r".+T.+"),
    "an uncertain as-of (`~`)": lambda said: "~" in (said.get("as_of") or ""),
    "an uncertain date (`~`)": _value(".*~"),
    "figures rounded to 00": _value(r"\d+00"),
    "*about*": _value("about .*"),
    "`5.3 million`": _value(".* million"),
    "*dozens*, *several*": _value("dozens|several"),
    "amounts in several units": lambda said: said["predicate"] in UNITS,
    "denials": lambda said: said.get("modality") == "denied",
    "hedges (*alleged* …) of what is not so": lambda said: said.get("modality") in HEDGES,
}


def manners_of(said: Draft) -> set[str]:
    """Return the manners in which something is said."""
    return {name for name, shows in MANNERS.items() if shows(said)}


def spoken(random: Random, allowed: set[str]) -> Record:
    """Draw a world and what is said of it in no other manner than these."""
    world, record = draw_world(random), Record()
    for _ in range(random.randrange(1, MOST + 1)):
        said = next(
            (said for _ in range(200) if manners_of(said := honest(random, world)) <= allowed), None
        )
        if said is not None:
            record.say(said)
    return record


def counted(worlds: int, draw: Callable[[Random], Record]) -> str:
    """Return two cells: in how many of these worlds a tension remains, and which rules say so."""
    rules: Counter[str] = Counter()
    claims = with_tension = 0
    for seed in range(worlds):
        record = draw(Random(seed))
        found = record.found()
        alarms = [each for each in found if each.verdict in ("contradiction", "altered")]
        assert not alarms, f"seed {seed}: {alarms}"
        tensions = [each.rule for each in found if each.verdict == "tension"]
        rules.update(tensions)
        with_tension += bool(tensions)
        claims += record.claims()
    told = ", ".join(f"`{rule}` {number}" for rule, number in rules.most_common())
    share = f"{100 * with_tension / worlds:.1f} %"
    return f"{share} | {1000 * rules.total() / claims:.1f} | {told}"


def main() -> None:
    """Print the table, a row as soon as it is counted."""
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    print("| in what manner | worlds with a tension | per 1,000 claims | findings by rule |")
    print("|---|---|---|---|")
    rows: dict[str, Callable[[Random], Record]] = {"exact in all": lambda dice: spoken(dice, set())}
    for name in MANNERS:
        rows[name] = lambda dice, name=name: spoken(dice, {name})  # type: ignore[misc]
    rows["all of these"] = lambda dice: spoken(dice, set(MANNERS))
    rows["all, with relays, revisions and reviews"] = lambda dice: draw_record(dice, most=MOST)[1]
    for name, draw in rows.items():
        print(f"| {name} | {counted(worlds, draw)} |", flush=True)


if __name__ == "__main__":
    main()
