"""`retract`, `link`, `adjudicate`: what happened to a claim, and what was decided about one."""

from typing import Any

import click

from cli.recording import (
    answer,
    complete,
    findings_about,
    json_option,
    read_draft,
    record,
    record_toggle,
    warn,
)
from cli.session import Session, pass_session
from ledger.errors import BadInput
from projections.contradictions import OF_LINKS


@click.command("retract")
@click.argument("claim")
@click.option("--reason", metavar="TEXT", help="Why, in the claimant's words or yours.")
@click.option("--published", metavar="DATE", help="When the retraction was published.")
@click.option("--url", metavar="URL", help="Where it was published.")
@click.option("--archive-url", metavar="URL", help="Address of an archived copy.")
@click.option("--evidence", metavar="FILE", help="The document: its SHA-256 is kept.")
@json_option
@pass_session
def retract_command(
    session: Session, /, claim: str, evidence: str | None, as_json: bool, **options: Any
) -> None:
    """File that the claimant took CLAIM back; the claim stays in the ledger, and stands no more.

    If you typed a claim wrong, use `correct`: that is no change of mind of the source.
    """
    draft = {"type": "claim-retracted", "claim": session.resolve(claim, "claim"), **options}
    if evidence:
        from cli.quoting import read_document

        draft["evidence_sha256"], _ = read_document(evidence)
    prompts = {"reason": "Why was it taken back", "published": "Day of the retraction"}
    answer(record(session, read_draft(session, complete(draft, prompts))), as_json)


@click.command("link")
@click.argument("claim")
@click.argument("relation", metavar="RELATION")
@click.argument("other", metavar="CLAIM")
@json_option
@pass_session
def link_command(session: Session, /, as_json: bool, **draft: Any) -> None:
    """File that CLAIM relays, revises, confirms, disputes, corrects or translates CLAIM.

    `wherefrom link 3f9a1c relays 81d0e2`: the first passes on what the second says. What the
    link shows of the first is said at once, as that it says more than the second.
    """
    from ledger.events import ClaimsLinked

    event = read_draft(session, {"type": "claims-linked", **draft})
    assert isinstance(event, ClaimsLinked)
    before = {one["id"] for one in findings_about(session, event.claim)}
    recorded = record(session, event)
    after = findings_about(session, event.claim)
    findings = [one for one in after if one["rule"] in OF_LINKS]
    answer(recorded, as_json, findings=findings)
    warn(one for one in findings if one["id"] not in before)


@click.command("adjudicate")
@click.argument("finding")
@click.option("--dismiss", is_flag=True, help="It is none.")
@click.option("--confirm", is_flag=True, help="It is one.")
@click.option("--reason", metavar="TEXT", help="Why; it is shown beside the finding.")
@json_option
@pass_session
def adjudicate_command(
    session: Session,
    /,
    finding: str,
    dismiss: bool,
    confirm: bool,
    reason: str | None,
    as_json: bool,
) -> None:
    """Decide about the contradiction FINDING, named by the first digits of its id.

    The decision covers the claims that conflict now; one more voice that conflicts with them
    opens the finding again, beside the decision that was made.
    """
    from cli import lookups

    id_ = session.ask(lambda views: lookups.find_finding(views, finding))
    if dismiss == confirm:
        said = "--dismiss and --confirm at once" if dismiss else "neither --dismiss nor --confirm"
        raise BadInput(f"adjudicate: {said}", "Give one of them")
    draft = complete({"reason": reason}, {"reason": "Why"})
    draft = {
        "type": "contradiction-adjudicated",
        "finding": id_,
        "decision": "dismissed" if dismiss else "confirmed",
        "pairs": session.ask(lambda views: views.pairs(id_)),
        **draft,
    }
    record_toggle(session, draft, id_, as_json=as_json)
