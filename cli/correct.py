"""`wherefrom correct`: a recording that was typed wrong, as it should read.

The corrected recording is a whole claim of its own, which replaces the first in every answer;
both stay in the ledger.
"""

from typing import Any

import click

from cli.add import record_claim
from cli.claim_options import Draft, claim_options, draft_of
from cli.quoting import with_passage
from cli.recording import json_option
from cli.session import SHORT, Session, pass_session
from ledger.errors import BadInput

_PASSAGE = ("start", "end", "quote", "quote_prefix", "quote_suffix")


@click.command("correct")
@click.argument("claim")
@click.option("--subject", metavar="NAME", help="What or whom the claim is about.")
@click.option("--predicate", metavar="NAME", help="What is claimed of it.")
@click.option("--value", metavar="TEXT", help="What is claimed.")
@claim_options
@click.option("--yes", "-y", is_flag=True, help="Record without asking.")
@json_option
@pass_session
def correct_command(
    session: Session, /, claim: str, yes: bool, as_json: bool, **options: Any
) -> None:
    """Mend CLAIM, which was typed wrong: give the fields that should read otherwise.

    \b
    wherefrom correct 3f9a1c --value "at least 3,482"
    wherefrom correct last --as-of ""              (an empty text takes a field away)

    If the source itself changed its figure, `add` the new claim and `link` it with revises.
    """
    from ledger.codec import statement

    id_ = session.resolve(claim, "claim")
    before = {
        name: str(said) if isinstance(said, int) else said
        for name, said in statement(session.claim(id_)).items()
        if name != "corrects"
    }
    changes = with_passage(session, draft_of(options), before.get("evidence_sha256"))
    after = _changed(before, changes)
    if after == before:
        raise BadInput(f"correct: {id_[:SHORT]} reads so already", "Give a field that changes")
    draft = {"type": "recording-corrected", "corrects": id_, **after}
    record_claim(session, draft, yes=yes, as_json=as_json)


def _changed(before: Draft, changes: Draft) -> Draft:
    """Return the claim with the changes; a passage goes with the document it was found in."""
    after = dict(before)
    if "quote" in changes or changes.get("evidence_sha256") not in (
        None,
        before.get("evidence_sha256"),
    ):
        after = {name: said for name, said in after.items() if name not in _PASSAGE}
    after.update(changes)
    return {name: said for name, said in after.items() if said not in ("", [], {}, ())}
