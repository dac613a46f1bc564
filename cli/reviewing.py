"""`wherefrom review`: somebody's verdict on a claim, in that somebody's words."""

from typing import Any

import click

from cli.recording import (
    answer,
    complete,
    findings_about,
    json_option,
    read_draft,
    record,
    warn,
)
from cli.session import Session, pass_session
from ledger.errors import BadInput
from projections.contradictions import OF_REVIEWS


@click.command("review")
@click.argument("claim")
@click.option("--rating", metavar="TEXT", help="The verdict, in the reviewer's word.")
@click.option("--author", metavar="NAME", help="Who made the review.")
@click.option("--published", metavar="DATE", help="When it was published.")
@click.option("--url", metavar="URL", help="Where it is to be read.")
@click.option(
    "--scale",
    metavar="LABELS",
    help="The reviewer's words from the worst to the best: False, Half true, True.",
)
@click.option("--rating-value", metavar="N", help="The verdict as a figure.")
@click.option("--worst-rating", metavar="N", help="The worst figure that the reviewer gives.")
@click.option("--best-rating", metavar="N", help="The best one.")
@click.option("--title", metavar="TEXT", help="The review's headline.")
@click.option("--lang", metavar="TAG", help="Its language: fr, en-GB.")
@click.option("--author-url", metavar="URL", help="The reviewer's site.")
@click.option("--explanation", metavar="TEXT", help="Why that verdict, in a sentence or two.")
@json_option
@pass_session
def review_command(session: Session, /, claim: str, as_json: bool, **options: Any) -> None:
    """File what a fact check says of CLAIM; the verdict stays the reviewer's.

    \b
    wherefrom review 3f9a1c --rating "Mostly false" --author "Example Check" \\
        --published 2026-02-09 --url https://check.example.org/17

    A later review by the same author replaces the earlier one. Reviews whose verdicts differ
    once they are brought to one scale are a tension in `wherefrom contradictions`.
    """
    from ledger.events import ReviewPublished

    draft = {
        "type": ReviewPublished.TYPE,
        "claim": session.resolve(claim, "claim"),
        **{name: given for name, given in options.items() if given},
    }
    prompts = {
        "rating": "Verdict",
        "author": "Who made the review",
        "published": "Day of the review",
    }
    event = read_draft(session, complete(draft, prompts))
    assert isinstance(event, ReviewPublished)
    _check_scale(event.rating, event.scale)
    recorded = record(session, event)
    findings = findings_about(session, event.claim)
    findings = [one for one in findings if one["rule"] in OF_REVIEWS]
    answer(recorded, as_json, findings=findings)
    warn(findings)


def _check_scale(rating: str, scale: tuple[str, ...]) -> None:
    """Refuse a scale that says nothing of the rating: another one was meant, or a slip."""
    from ledger.names import fold

    labels = [fold(label) for label in scale]
    if len(set(labels)) < len(labels):
        raise BadInput("scale: the same label twice", "Write each once, from the worst to the best")
    if len(labels) == 1:
        raise BadInput("scale: one label is no scale", "Write all, from the worst to the best")
    if labels and fold(rating) not in labels:
        raise BadInput(
            f"rating: {rating!r} is not on the scale {', '.join(scale)}",
            "Write one of its labels, or leave --scale out",
        )
