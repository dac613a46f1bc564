"""The answer to *where does this come from?* as a person reads it.

One claim is shown in full: what is said, the way it took to us, where it stands in its document,
what became of it, what speaks against it, who else says so. Several are shown in two lines each.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import click

from cli.output import paint, wrapped
from cli.phrasing import as_of, chain, clock, counted, sentence, short, speaker

Trace = Mapping[str, Any]
"""A trace, as JSON has it."""

_LABELS: Final = 14
_COLOURS: Final = {
    "stands": "green",
    "revised": "yellow",
    "corrected": "yellow",
    "retracted": "red",
    "erased": "red",
}
_GRAVE: Final = {"contradiction": "red", "altered": "red", "tension": "yellow"}
_DIGITS: Final = 12


def print_trace(trace: Trace) -> None:
    """Write one trace in full."""
    claim = trace["claim"]
    if claim:
        said = f"{sentence(claim)}, {speaker(claim)}."
    else:
        said = f"The text of {short(trace['id'])} is missing; run `wherefrom verify`."
    click.echo(paint(wrapped(said), bold=True))
    click.echo()
    steps = trace["trail"]
    for label, text in _way(trace, steps):
        _field(label, text)
    click.echo()
    _standing(trace, steps)
    for label, text in _links(steps, trace["id"]):
        _field(label, text)
    if claim:
        _against(trace)
        origins = ", ".join(trace["origins"])
        count = trace["independent_origins"]
        _field("origins", f"{count} independent: {origins}" if count else "none that stands")
    ledger = trace["ledger"]
    _field("ledger", f"{counted(ledger['size'], 'event')}, root {ledger['root'][:_DIGITS]}…")


def print_short(trace: Trace) -> None:
    """Write one trace in two lines."""
    claim, standing = trace["claim"], trace["standing"]
    id_ = paint(short(trace["id"]), fg="cyan")
    if not claim:
        click.echo(f"{id_}  {paint('erased', fg='red')}")
        return
    indent = " " * (len(short(trace["id"])) + 2)
    said = wrapped(sentence(claim), indent).removeprefix(indent)
    click.echo(f"{id_}  {said}")
    against = len(trace["contradictions"])
    notes = [
        *([] if standing == "stands" else [standing]),
        *([] if claim["modality"] == "asserted" else [claim["modality"]]),
        *([f"contradicted in {counted(against, 'finding')}"] if against else []),
    ]
    told = f"{chain(claim)}, {claim['published']}" + "".join(f" · {note}" for note in notes)
    click.echo(paint(wrapped(told, indent), dim=not notes, fg="yellow" if notes else None))


def _field(label: str, text: str, **style: Any) -> None:
    """Write a label and what it labels, in as many lines as that takes."""
    indent = " " * (_LABELS + 2)
    body = wrapped(text, indent).removeprefix(indent)
    click.echo(
        f"  {paint(label.ljust(_LABELS), dim=True)}{paint(body, **style) if style else body}"
    )


def _way(trace: Trace, steps: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield the way from who said it to our recording, the source first."""
    claim = trace["claim"]
    backwards = [step for step in steps if step["step"] in _BACKWARDS]
    for step in sorted(backwards, key=lambda step: _BACKWARDS[step["step"]]):
        who, when = step["who"], step["when"]
        if step["step"] == "said-by":
            day = f", {when}" if when else "; the day is not stated"
            yield "said by", f"{who}{_described(step)}{day}"
        elif step["step"] == "relayed-by":
            yield "relayed by", who
        elif step["step"] == "read-in":
            yield "read in", f"{who}, published {when}"
    if claim:
        yield from _place(trace)
        yield "as of", as_of(claim)
        if claim.get("wording"):
            tongue = f" ({claim['lang']})" if claim.get("lang") else ""
            yield "wording", f"“{claim['wording']}”{tongue}"
    for step in backwards:
        if step["step"] == "recorded":
            position = ""
            if step["event"] == trace["id"]:
                position = f", position {trace['ledger']['position']:,}"
            where = f"as {short(step['event'])}{position}"
            yield "recorded", f"{clock(step['when'])} by {step['who']}, {where}"


_BACKWARDS: Final = {"said-by": 0, "relayed-by": 1, "read-in": 2, "recorded": 3}


def _described(step: Mapping[str, Any]) -> str:
    told = [step[name] for name in ("kind", "country") if step.get(name)]
    if step.get("acts_for"):
        told.append(f"for {step['acts_for']}")
    return f" ({', '.join(told)})" if told else ""


def _place(trace: Trace) -> Iterator[tuple[str, str]]:
    """Yield where in which document it stands."""
    claim, evidence = trace["claim"], trace["evidence"]
    if evidence["sha256"]:
        place = f"document {evidence['sha256'][:_DIGITS]}"
        if claim.get("start") is not None:
            place = f"code points {claim['start']}–{claim['end']} of {place}"
        yield "found at", place
    if evidence["passage"] is not None:
        yield "passage", f"“{' '.join(evidence['passage'].split())}”"
    if claim.get("quote"):
        there = {True: "stands there", False: "does NOT stand there", None: "document not at hand"}
        yield "quote", f"“{claim['quote']}” ({there[evidence['quote_found']]})"
    for label, url in (("address", evidence["url"]), ("archived", claim.get("archive_url"))):
        if url:
            yield label, url


def _standing(trace: Trace, steps: Iterable[Mapping[str, Any]]) -> None:
    standing = trace["standing"]
    why = [
        f"{finding['explanation']}"
        for finding in trace["findings"]
        if standing == "revised" and finding["rule"] == "revision"
    ]
    for step in steps:
        if step["step"] == "retracted":
            why.append(f"on {step['when']}, reason given: {step['reason']}")
        elif step["step"] == "corrected":
            why.append(
                f"recording {short(step['corrects'])} was mended as {short(step['event'])} "
                f"on {step['when'][:10]} by {step['who']}"
            )
    told = standing + (f": {'; '.join(why)}" if why else "")
    _field("standing", told, fg=_COLOURS[standing])


def _links(steps: Iterable[Mapping[str, Any]], id_: str) -> Iterator[tuple[str, str]]:
    for step in steps:
        if step["step"] == "linked":
            other = step["linked_claim"]
            far = step["claim"] if step["other"] == id_ else step["other"]
            said = f" {sentence(other)}, {speaker(other)}" if other else ""
            passive = _PASSIVE[step["relation"]] if step["other"] == id_ else step["relation"]
            yield "linked", f"{passive} {short(far)}{':' if said else ''}{said}"
        elif step["step"] == "reviewed":
            place = f", {step['url']}" if step["url"] else ""
            yield "reviewed", f"“{step['rating']}”, says {step['who']}, {step['when']}{place}"


_PASSIVE: Final = {
    "relays": "relayed by",
    "revises": "revised by",
    "confirms": "confirmed by",
    "disputes": "disputed by",
    "corrects": "corrected by",
    "translates": "translated by",
}


def _against(trace: Trace) -> None:
    findings = [one for one in trace["findings"] if one["id"] in trace["contradictions"]]
    if not findings:
        _field("contradicted", "by nothing held here")
    for finding in findings:
        verdict, status = finding["verdict"], finding["status"]
        state = "" if status == "open" else f", {status}"
        told = f"{verdict} {short(finding['id'])}{state}: {finding['explanation']}"
        _field("contradicted", told, fg=_GRAVE[verdict])
