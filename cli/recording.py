"""What the recording commands share: asking for what is missing, recording, answering."""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from cli.complaints import tell
from cli.output import echo_json
from cli.session import SHORT, Session, interactive
from ledger.errors import BadInput, LedgerError

if TYPE_CHECKING:
    from ledger.appending import Recorded
    from ledger.events import Event

Draft = dict[str, Any]

ARGUMENTS = ("subject", "predicate", "value")
"""The fields that stand on the command line without an option's name."""


def complete(draft: Draft, prompts: Mapping[str, str], hint: str = "") -> Draft:
    """Return the draft with every field of ``prompts``, asked for where a person is there.

    Raises ``BadInput`` naming all that is missing where nobody can be asked.
    """
    missing = [name for name in prompts if not draft.get(name)]
    if missing and not interactive():
        named = ", ".join(map(_on_the_command_line, missing))
        raise BadInput(f"missing: {named}", hint or "Give it, or run this on a terminal")
    asked = {name: click.prompt(prompts[name], err=True) for name in missing}
    return {**draft, **asked}


def _on_the_command_line(field: str) -> str:
    if field in ARGUMENTS:
        return field.upper()
    return "--type" if field == "value_type" else f"--{field.replace('_', '-')}"


def read_draft(session: Session, draft: Draft) -> "Event":
    """Return the event that the draft describes, its references resolved; nothing is recorded."""
    from ledger.drafts import Drafts

    given = {name: text for name, text in draft.items() if text not in (None, "", ())}
    return Drafts(session.definition, session.resolve).read(given)


def record(session: Session, event: "Event") -> "Recorded":
    """Record one event; return where it is kept."""
    [recorded] = session.ledger(create=True).append([event], session.recorder)
    return recorded


def answer(recorded: "Recorded", as_json: bool, **more: Any) -> None:
    """Say where an event is kept: on stdout, in words or as JSON with ``more`` beside it."""
    if as_json:
        said = {"id": recorded.id, "position": recorded.position, "recorded": recorded.new, **more}
        echo_json(said)
    else:
        words = "Recorded as" if recorded.new else "Already recorded as"
        click.echo(f"{words} {recorded.id[:SHORT]}, position {recorded.position}")


def findings_about(session: Session, claim: str) -> list[dict[str, Any]]:
    """Return the findings that a claim takes part in, now that something was recorded of it.

    Where they cannot be had, that is said on stderr: what was recorded stays recorded.
    """
    try:
        return session.ask(lambda views: views.findings([claim]))
    except LedgerError as error:
        tell(f"Warning: recorded, but not compared with what is held: {error}")
        return []


def warn(findings: Iterable[Mapping[str, Any]]) -> None:
    """Say on stderr what is open of these findings; that a figure was revised is no warning."""
    for finding in findings:
        if finding["status"] == "open" and finding["verdict"] != "revision":
            tell(f"Warning: {finding['verdict']} {finding['id'][:SHORT]}: {finding['explanation']}")


def record_toggle(
    session: Session, draft: Draft, target: str, other: str = "", *, as_json: bool
) -> None:
    """Record an act that replaces the one in force about the same thing, which it names.

    If the one in force says the same already, nothing is recorded and it is the answer. Two
    names (``target`` and ``other``) are matched or not, whichever of them comes first.
    """
    from ledger.appending import Recorded
    from ledger.codec import statement

    event = read_draft(session, draft)
    held = None
    if session.exists:
        from cli import lookups

        held = session.ask(
            lambda views: lookups.act_in_force(
                views, event.TYPE, target, other, draft.get("relation")
            )
        )
    if held is None:
        answer(record(session, event), as_json)
        return
    said = json.loads(json.dumps(statement(event)))
    same = bool(other) or {**held.said, "after": None} == {**said, "after": None}
    if held.type == event.TYPE and same:
        answer(Recorded(held.position, held.id, False), as_json)
        return
    answer(record(session, read_draft(session, {**draft, "after": held.id})), as_json)


json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
