"""`wherefrom add`: one claim, typed by hand.

It asks for what is missing where a person is there to answer, shows how the value was
understood before anything is recorded, and says at once when the new claim contradicts what
is held.
"""

from typing import Any

import click

from cli.claim_options import Draft, claim_options, draft_of
from cli.complaints import tell
from cli.quoting import with_passage
from cli.recording import (
    answer,
    complete,
    findings_about,
    json_option,
    read_draft,
    record,
    warn,
)
from cli.session import Session, interactive, pass_session
from ledger.errors import BadInput

_PROMPTS = {
    "subject": "About what or whom (subject)",
    "predicate": "What is claimed of it (predicate)",
    "value": "The value",
    "claimant": "Who says so (claimant)",
    "published": "Day of the document you read (published)",
}
_LIKE = ("via", "published", "url", "archive_url", "evidence_sha256", "lang")
"""What `--like` takes from an earlier claim: where it was read, not what it says."""


@click.command("add")
@click.argument("subject", required=False)
@click.argument("predicate", required=False)
@click.argument("value", required=False)
@claim_options
@click.option(
    "--like",
    metavar="CLAIM",
    help="Take via, published, url, evidence and lang from this claim, or from the 'last'.",
)
@click.option("--yes", "-y", is_flag=True, help="Record without asking.")
@json_option
@pass_session
def add_command(
    session: Session, /, like: str | None, yes: bool, as_json: bool, **options: Any
) -> None:
    """File a claim: SUBJECT's PREDICATE is VALUE, says somebody, read somewhere.

    \b
    wherefrom add "protests" deaths "at least 3,428" --unit people \\
        --claimant "Iran Human Rights" --via "Le Matin" --published 2026-02-06
    """
    draft = draft_of(options)
    if draft.get("quote") == "":  # a script's unset variable would file a claim without its passage
        raise BadInput("quote: empty", "Give the words of the passage, or leave --quote out")
    if like:
        shared = _like(session, like)
        if draft.get("evidence"):
            shared.pop("evidence_sha256", None)
        draft = {**shared, **draft}
    draft = with_passage(session, draft)
    draft = complete(
        draft, _PROMPTS, "Give what is missing, or take it from another claim with --like"
    )
    record_claim(session, draft, yes=yes, as_json=as_json)


def record_claim(session: Session, draft: Draft, *, yes: bool, as_json: bool) -> None:
    """Check the draft, show how it was understood, record it, and warn of contradictions.

    The draft may be a claim or, with ``corrects``, a corrected recording.
    """
    from cli.understood import doubt, understood
    from ledger.events import ClaimAsserted, RecordingCorrected

    event = read_draft(session, draft)
    assert isinstance(event, ClaimAsserted | RecordingCorrected)
    claim = event.claim
    unit = getattr(session.definition(claim.predicate), "unit", None)
    words = understood(claim.value, unit)
    denied = "" if claim.modality == "asserted" else f" ({claim.modality})"
    tell(f"{claim.subject} · {claim.predicate}: {words}{denied}")
    if doubtful := doubt(claim.value, claim.locale):
        tell(f"Note: {doubtful}")
    if interactive() and not yes and not click.confirm("Record this?", default=True, err=True):
        tell("Nothing was recorded")
        raise click.exceptions.Exit(1)
    recorded = record(session, event)
    findings = findings_about(session, recorded.id)
    answer(recorded, as_json, understood=words, findings=findings)
    warn(findings)


def _like(session: Session, like: str) -> Draft:
    """Return what a claim from the same document shares with the claim ``like``."""
    from ledger.codec import statement

    claim = session.claim(session.resolve(like, "claim"))
    said = statement(claim)
    return {name: said[name] for name in _LIKE if name in said}
