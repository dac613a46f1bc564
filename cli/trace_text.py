"""The answer to *where does this come from?* as a person reads it.

One claim is shown in full: what is said, the way it took to us, where it stands in its document,
what became of it, what speaks against it, who else says so. Several are shown in two lines each.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import click

from cli import trail_words
from cli.output import paint, wrapped
from cli.phrasing import chain, counted, sentence, short, speaker, with_revised
from projections.contradictions import OF_LINKS, OF_REVIEWS

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
_MOST_ALIKE: Final = 4


def print_trace(trace: Trace) -> None:
    """Write one trace in full."""
    claim = trace["claim"]
    if claim:
        said = f"{sentence(claim)}, {speaker(claim)}."
    else:
        gone = "is missing; run `wherefrom verify`" if trace["missing"] else "was erased"
        said = f"The text of {short(trace['id'])} {gone}."
    click.echo(paint(wrapped(said), bold=True))
    click.echo()
    for line in trail_words.way(trace):
        field(line.label, line.text)
    click.echo()
    _standing(trace)
    for line in trail_words.links(trace):
        field(line.label, line.text if line.url is None else f"{line.text}, {line.url}")
    if claim:
        _against(trace)
        origins = ", ".join(trace["origins"])
        count = trace["independent_origins"]
        field("origins", f"{count} independent: {origins}" if count else "none that stands")
        if trace["suspected_dependence"]:
            field("worded alike", _alike(trace["suspected_dependence"]))
    ledger = trace["ledger"]
    field(
        "ledger",
        f"{counted(ledger['size'], 'event')}, root {ledger['root'][: trail_words.DIGITS]}…",
    )


def print_short(trace: Trace) -> None:
    """Write one trace in two lines."""
    claim, standing = trace["claim"], trace["standing"]
    id_ = paint(short(trace["id"]), fg="cyan")
    if not claim:
        gone = "missing; run `wherefrom verify`" if trace["missing"] else "erased"
        click.echo(f"{id_}  {paint(gone, fg='red')}")
        return
    indent = " " * (len(short(trace["id"])) + 2)
    said = wrapped(sentence(claim), indent).removeprefix(indent)
    click.echo(f"{id_}  {said}")
    rules = [one["rule"] for one in trace["findings"] if one["id"] in trace["contradictions"]]
    of_links = sum(rule in OF_LINKS for rule in rules)
    of_reviews = sum(rule in OF_REVIEWS for rule in rules)
    against = len(rules) - of_links - of_reviews
    notes = [
        *([] if standing == "stands" else [standing]),
        *([] if claim["modality"] == "asserted" else [claim["modality"]]),
        *([f"contradicted in {counted(against, 'finding')}"] if against else []),
        *([f"{counted(of_links, 'finding')} about its links"] if of_links else []),
        *(["its reviews differ"] if of_reviews else []),
    ]
    told = f"{chain(claim)}, {claim['published']}" + "".join(f" · {note}" for note in notes)
    click.echo(paint(wrapped(told, indent), dim=not notes, fg="yellow" if notes else None))


def field(label: str, text: str, **style: Any) -> None:
    """Write a label and what it labels, in as many lines as that takes."""
    indent = " " * (_LABELS + 2)
    body = wrapped(text, indent).removeprefix(indent)
    click.echo(
        f"  {paint(label.ljust(_LABELS), dim=True)}{paint(body, **style) if style else body}"
    )


def _alike(others: Sequence[Mapping[str, Any]]) -> str:
    """Return who says so in the same words: not counted out, for two can quote one speech."""
    told = [
        f"{other['claimant']} ({short(other['claim'])}, published {other['published']})"
        for other in others[:_MOST_ALIKE]
    ]
    more = f" and {len(others) - len(told):,} more" if len(others) > len(told) else ""
    return f"{', '.join(told)}{more}: perhaps one from the other"


def _standing(trace: Trace) -> None:
    if trace["missing"]:
        field("standing", "missing: nothing says that it was erased", fg="red")
        return
    standing = trace["standing"]
    told = with_revised(standing, trace)
    colour = _COLOURS[standing if told == standing else "revised"]
    why = [
        f"{finding['explanation']}"
        for finding in trace["findings"]
        if told != "stands" and finding["rule"] == "revision" and standing in ("stands", "revised")
    ]
    why += trail_words.standing(trace)
    if trace["erased"]:
        why = [trail_words.erased(trace["erased"])]
    field("standing", told + (f": {'; '.join(why)}" if why else ""), fg=colour)


def _against(trace: Trace) -> None:
    findings = [one for one in trace["findings"] if one["id"] in trace["contradictions"]]
    if all(finding["rule"] in (*OF_LINKS, *OF_REVIEWS) for finding in findings):
        field("contradicted", "by nothing held here")
    for finding in findings:
        verdict, status = finding["verdict"], finding["status"]
        state = "" if status == "open" else f", {status}"
        of_reviews = finding["rule"] in OF_REVIEWS
        of_links = finding["rule"] in OF_LINKS
        label = "links" if of_links else "reviews" if of_reviews else "contradicted"
        told = f"{verdict} {short(finding['id'])}{state}: {finding['explanation']}"
        field(label, told, fg=_GRAVE[verdict])
