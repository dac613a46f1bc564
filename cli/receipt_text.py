"""A receipt as a person reads it: what was filed, when and where, and what of it was checked."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from cli import trail_words
from cli.output import paint, wrapped
from cli.phrasing import counted, sentence, short, speaker
from cli.trace_text import field

if TYPE_CHECKING:
    from ledger.keys import Checked, VerifierKey

UNCHECKED = (
    "The signature was not checked: name the verifier key with --verifier. Without, anybody can "
    "have made this."
)
_NO_MORE = "That it was filed says who said what, not that it is right."


def print_receipt(
    told: Mapping[str, Any], signatures: "Sequence[Checked]", keys: "Sequence[VerifierKey]"
) -> None:
    """Write what a receipt, as programs are told of it, holds: nothing of it, if it does not."""
    if told["problems"]:
        print_problems(told["problems"])
        return
    click.echo(paint(wrapped(_headline(told)), bold=True))
    click.echo()
    evidence = {"sha256": told["claim"].get("evidence_sha256"), "url": told["claim"].get("url")}
    account = {**told, "evidence": {**evidence, "kept": None, "passage": None, "state": None}}
    for line in trail_words.way(account, looked_up=False):
        field(line.label, line.text)
    ledger = told["ledger"]
    events = counted(ledger["size"], "event")
    field("ledger", f"{ledger['name']}, {events}, root {ledger['root'][: trail_words.DIGITS]}…")
    if "now" in told:
        field("now", _now(told["now"]))
    click.echo()
    _checked(told["signature"], signatures, keys)


def print_problems(problems: Sequence[str]) -> None:
    """Write why something does not hold."""
    click.echo(paint("Does not hold", fg="red", bold=True), nl=False)
    click.echo(f": {counted(len(problems), 'problem')}.")
    for problem in problems:
        click.echo(wrapped(problem, "  ", "    "))


def _headline(told: Mapping[str, Any]) -> str:
    if told["claim"]:
        corrects = told["statement"].get("corrects")
        mended = f"Recording {short(corrects)} should read: " if corrects else ""
        return f"{mended}{sentence(told['claim'])}, {speaker(told['claim'])}."
    if told["statement"] is None:
        return f"An event of the type {told['type']}, whose text is not in this receipt."
    return f"{told['type']}: {told['summary']}"


def _now(now: Mapping[str, Any]) -> str:
    where = f"in {now['file']}, position {now['position']:,}"
    if now["erased"]:
        return f"held {where}, its text erased {trail_words.erased(now['erased'])}"
    return f"{now['standing'] or 'held'} {where}"


def _checked(state: str, signatures: "Sequence[Checked]", keys: "Sequence[VerifierKey]") -> None:
    """Say who vouches for it."""
    from cli.anchoring import signature_lines

    if state != "valid":
        click.echo(paint("Holds in itself", fg="yellow", bold=True), nl=False)
        click.echo(": the event, the proof and the root fit together.")
        click.echo(wrapped(UNCHECKED, "  "))
        return
    click.echo(paint("Holds", fg="green", bold=True), nl=False)
    click.echo(": this was filed in that ledger before its root was signed.")
    for line in signature_lines(signatures, keys):
        click.echo(wrapped(line, "  ", "    "))
    click.echo(wrapped(_NO_MORE, "  "))
