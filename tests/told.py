"""A few lines in plain words → a ledger → what is found: for tests that read as specifications.

A line says who claims what of "the thing", as of when::

    Ann says at least 3,428 as of 2026-02-06
    Ben denies more than 5,000 as of 2026-02-06 (published 2026-02-07, via FT; AP)
    Cleo says 12 (place Tehran)

Without an as-of it is left to be inferred; what stands in the brackets is any other field, or
else a qualifier of the scope. Unless it says so, a claim is published on 2026-03-01.
"""

import re
from contextlib import closing
from typing import Any

from histories import new_ledger
from projected import Found, Projection, findings, left, standing

from ledger.appending import Recorded
from ledger.drafts import CLAIM_FIELDS, Drafts, Reading
from ledger.events import ClaimAsserted, Event, PredicateDefined

SUBJECT, PREDICATE = "the thing", "its measure"

_VERBS = {
    "says": "asserted",
    "denies": "denied",
    "alleges": "alleged",
    "supposes": "probable",
    "forecasts": "forecast",
    "demands": "demanded",
    "refuses": "refused",
}
_LINE = re.compile(
    rf"(?P<claimant>.+?) (?P<verb>{'|'.join(_VERBS)}) (?P<value>.+?)"
    r"(?: as of (?P<as_of>\S+))?(?: \((?P<rest>.*)\))?"
)


class Told:
    """A ledger that is told of one subject's one predicate, defined as the keywords say.

    ``value_type`` and the like are those of ``PredicateDefined``; without any it is undefined.
    """

    def __init__(self, lines: str = "", **defined: Any) -> None:
        self.ledger = new_ledger()
        self._reading = Reading(defined.get("value_type"), defined.get("multi_valued", False))
        if defined:
            self.record(PredicateDefined(name=PREDICATE, **defined))
        self.tell(lines)

    def record(self, *events: Event) -> list[Recorded]:
        """Record any events."""
        return self.ledger.append(events, "desk")

    def tell(self, lines: str) -> list[str]:
        """Record what the lines say; return the ids of the claims."""
        events = [self.read(line.strip()) for line in lines.splitlines() if line.strip()]
        return [kept.id for kept in self.record(*events)]

    def read(self, line: str) -> ClaimAsserted:
        """Return the claim that one line says."""
        match = _LINE.fullmatch(line)
        assert match is not None, line
        draft: dict[str, Any] = {
            "subject": SUBJECT,
            "predicate": PREDICATE,
            "claimant": match["claimant"],
            "value": match["value"],
            "modality": _VERBS[match["verb"]],
            "as_of": match["as_of"],
            "published": "2026-03-01",
            "scope": {},
        }
        for part in (match["rest"] or "").split(", "):
            name, _, text = part.partition(" ")
            if name in CLAIM_FIELDS or name == "unit":
                draft[name] = text
            elif name:
                draft["scope"][name] = text
        event = Drafts(lambda _: self._reading).read(draft)
        assert isinstance(event, ClaimAsserted)
        return event

    def findings(self) -> list[Found]:
        """Return the findings."""
        with closing(Projection(self.ledger.store, self.ledger.size())) as built:
            return findings(built.connection)

    def found(self) -> dict[str, str]:
        """Return the verdict of every rule that fires."""
        found = self.findings()
        rules = {finding.rule: finding.verdict for finding in found}
        assert len(rules) == len(found), "a rule fired twice: ask for findings()"
        return rules

    def standing(self) -> list[str]:
        """Return what became of every claim, in the order in which they were recorded."""
        with closing(Projection(self.ledger.store, self.ledger.size())) as built:
            became = standing(built.connection)
        return [became[entry.id] for entry in self.ledger.read() if entry.id in became]

    def left(self) -> list[str]:
        """Return what is left of every list that was revised in part, in words."""
        with closing(Projection(self.ledger.store, self.ledger.size())) as built:
            words = left(self.ledger.store, built.connection)
        return [words[entry.id] for entry in self.ledger.read() if entry.id in words]


def found(lines: str, **defined: Any) -> dict[str, str]:
    """Return the verdict of every rule that fires on what the lines say."""
    return Told(lines, **defined).found()
