"""A claim's trail in words, line by line: who said it, who passed it on, where it stands.

The same lines serve `trace` and every form of the report of contradictions. Texts are as the
ledger has them; whoever writes them somewhere escapes them for that place.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from cli.phrasing import as_of, clock, sentence, short, speaker

Account = Mapping[str, Any]
"""A claim with its trail, as the JSON of a trace has it."""

DIGITS: Final = 12
"""Digits of a hash that are shown."""


class Line(NamedTuple):
    """What a line is about, what it says, and the address that it leads to."""

    label: str
    text: str
    url: str | None = None


def way(account: Account, *, looked_up: bool = True) -> Iterator[Line]:
    """Yield the way from who said it to our recording, the source first.

    Unless its passage was ``looked_up``, nothing is said of whether the quote stands there.
    """
    claim = account["claim"]
    backwards = [step for step in account["trail"] if step["step"] in _BACKWARDS]
    for step in sorted(backwards, key=lambda step: _BACKWARDS[step["step"]]):
        who, when = step["who"], step["when"]
        if step["step"] == "said-by":
            day = f", {when}" if when else "; the day is not stated"
            yield Line("said by", f"{who}{_described(step)}{day}")
        elif step["step"] == "relayed-by":
            yield Line("relayed by", who)
        elif step["step"] == "read-in":
            yield Line("read in", f"{who}, published {when}")
    if claim:
        yield from _place(account, looked_up)
        yield Line("as of", as_of(claim))
        if claim.get("wording"):
            tongue = f" ({claim['lang']})" if claim.get("lang") else ""
            yield Line("wording", f"“{claim['wording']}”{tongue}")
    for step in backwards:
        if step["step"] == "recorded":
            position = ""
            if step["event"] == account["id"]:
                position = f", position {account['ledger']['position']:,}"
            where = f"as {short(step['event'])}{position}"
            where += f", in ledger {short(step['origin'])}" if step.get("origin") else ""
            yield Line("recorded", f"{clock(step['when'])} by {step['who']}, {where}")


_BACKWARDS: Final = {"said-by": 0, "relayed-by": 1, "read-in": 2, "recorded": 3}


def _described(step: Mapping[str, Any]) -> str:
    told = [step[name] for name in ("kind", "country") if step.get(name)]
    if step.get("acts_for"):
        told.append(f"for {step['acts_for']}")
    return f" ({', '.join(told)})" if told else ""


def _place(account: Account, looked_up: bool) -> Iterator[Line]:
    """Yield where in which document it stands."""
    claim, evidence = account["claim"], account["evidence"]
    if evidence["sha256"]:
        place = f"document {evidence['sha256'][:DIGITS]}"
        if claim.get("start") is not None and claim.get("end") is not None:
            place = f"code points {claim['start']}–{claim['end']} of {place}"
        yield Line("found at", place)
    if evidence["kept"]:
        yield Line("kept", evidence["kept"])
    if evidence["passage"] is not None and evidence["state"] != "found":
        yield Line("passage", f"“{' '.join(evidence['passage'].split())}”")
    if claim.get("quote"):
        known = looked_up and evidence["sha256"]
        there = f" ({_STATES[evidence['state'] or 'not-kept']})" if known else ""
        yield Line("quote", f"“{' '.join(claim['quote'].split())}”{there}")
    for label, url in (("address", evidence["url"]), ("archived", claim.get("archive_url"))):
        if url:
            yield Line(label, url, url)


_STATES: Final = {
    "found": "stands there",
    "moved": "does NOT stand there, but elsewhere in it",
    "missing": "does NOT stand there",
    "not-kept": "document not at hand",
    "altered": "document ALTERED: its bytes are no longer those it is named after",
    "no-text": "no text can be taken from the document here",
}


def standing(account: Account) -> Iterator[str]:
    """Yield why a claim stands as it does: who took it back, who mended its recording."""
    for step in account["trail"]:
        if step["step"] == "retracted":
            yield f"on {step['when']}, reason given: {step['reason']}"
        elif step["step"] == "corrected":
            yield (
                f"recording {short(step['corrects'])} was mended as {short(step['event'])} "
                f"on {step['when'][:10]} by {step['who']}"
            )


def erased(erasure: Mapping[str, Any]) -> str:
    """Return when, by whom and on which ground a text was erased, and which event says so."""
    return (
        f"on {erasure['when'][:10]} by {erasure['by']}, ground given: {erasure['ground']} "
        f"({short(erasure['event'])})"
    )


def links(account: Account) -> Iterator[Line]:
    """Yield what links and reviews say of it."""
    for step in account["trail"]:
        if step["step"] == "linked":
            other = step["linked_claim"]
            far = step["other"] if step["from_here"] else step["claim"]
            said = f" {sentence(other)}, {speaker(other)}" if other else ""
            relation = step["relation"] if step["from_here"] else _PASSIVE[step["relation"]]
            yield Line("linked", f"{relation} {short(far)}{':' if said else ''}{said}")
        elif step["step"] == "reviewed":
            told = f"“{step['rating']}”, says {step['who']}, {step['when']}"
            yield Line("reviewed", told, step["url"] or None)


_PASSIVE: Final = {
    "relays": "relayed by",
    "revises": "revised by",
    "confirms": "confirmed by",
    "disputes": "disputed by",
    "corrects": "corrected by",
    "translates": "translated by",
}
