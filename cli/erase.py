"""`wherefrom erase`: an event's text out of the ledger for good, with what repeats it named first.

It asks before it does anything, and what it cannot reach it says: it is the one command that takes
something away.
"""

from typing import TYPE_CHECKING

import click

from cli.complaints import tell as complain
from cli.erase_plan import DIGITS, Plan, plan_of, tell, tell_already
from cli.erasing import finish, unfinished
from cli.output import echo_json
from cli.phrasing import counted, short
from cli.recording import complete, json_option
from cli.session import Session, interactive, pass_session
from ledger.errors import BadInput, StorageError

if TYPE_CHECKING:
    from ledger.appending import Recorded


@click.command("erase")
@click.argument("events", nargs=-1, metavar="[EVENT]…")
@click.option("--ground", metavar="TEXT", help="On which legal ground; it stays to be read.")
@click.option("--by", metavar="NAME", help="Who decided so; whoever records, unless told.")
@click.option("--repeats", is_flag=True, help="Erase the events that repeat the text, too.")
@click.option("--document", is_flag=True, help="Remove the kept document, too, unless it is cited.")
@click.option("--even-if-cited", is_flag=True, help="With --document: also where others cite it.")
@click.option("--yes", "-y", is_flag=True, help="Erase without asking.")
@json_option
@pass_session
def erase_command(
    session: Session,
    /,
    events: tuple[str, ...],
    ground: str | None,
    by: str | None,
    repeats: bool,
    document: bool,
    even_if_cited: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Take the text of EVENT out of the ledger for good, and record who did so, and why.

    Any event can be erased but those that say that something was erased or pulled. What it said
    is gone from every answer, as if it had never been recorded; that it was recorded, when and by
    whom, stays, and so does every proof. First it names the other events that repeat the text, and
    asks. Where nobody can be asked, nothing is done without --yes.

    Write no names into --ground that should not stay. Without EVENT, an erasure that was cut
    short is finished.
    """
    if even_if_cited and not document:
        raise BadInput("--even-if-cited: of a document that stays", "Give --document with it")
    if not events:
        if ground is not None or by is not None or repeats or document:
            raise BadInput("erase: no event is named; nothing was erased", "Name it by its id")
        _finish_what_is_left(session, as_json=as_json)
        return
    plan = plan_of(session, events, repeats=repeats, document=document, even_if_cited=even_if_cited)
    if not plan.events:
        if unfinished(session.ledger().store):
            finish(session)
        if as_json:
            echo_json(plan.to_json(finished=True))
        else:
            tell_already(plan)
        return
    if not as_json:
        tell(plan)
    try:
        _refuse_cited(plan, asked_for=document)
        ground = complete({"ground": ground}, {"ground": "On which legal ground"})["ground"]
        _ask(plan, yes=yes, can_ask=not as_json)
    except BadInput:
        if as_json:
            echo_json(plan.to_json())
        raise
    recorded = _erase(session, plan, ground or "", by or session.recorder)
    if not as_json:
        _say(plan, recorded)
    finished = _finish(session)
    if as_json:
        echo_json(plan.to_json(recorded, finished=finished))
    if not finished:
        raise click.exceptions.Exit(1)


def _finish_what_is_left(session: Session, *, as_json: bool) -> None:
    left = unfinished(session.ledger().store)
    if left:
        finish(session)
    if as_json:
        echo_json({**Plan((), ()).to_json(finished=True), "left": left})
    else:
        done = (
            f"Overwrote what {counted(left, 'erasure')} had left"
            if left
            else "Nothing is left over"
        )
        click.echo(f"{done}. To erase a text, name its event: `wherefrom erase ID --ground TEXT`.")


def _refuse_cited(plan: Plan, *, asked_for: bool) -> None:
    """Raise ``BadInput`` where a document is to be removed that others cite."""
    for one in plan.documents:
        if asked_for and one.kept and not one.goes:
            others = counted(len(one.cited_by), "other event")
            raise BadInput(
                f"--document: {one.sha256[:DIGITS]} is cited by {others}; nothing was erased",
                "Leave --document out, or remove it all the same with --even-if-cited",
            )


def _ask(plan: Plan, *, yes: bool, can_ask: bool) -> None:
    """Let a person confirm; raise ``BadInput`` where there is none and no --yes."""
    if yes:
        return
    if not can_ask or not interactive():
        raise BadInput("erase: nothing was erased", "Look at what is named above, and add --yes")
    if not click.confirm(f"Erase {counted(len(plan.events), 'event')}?", err=True):
        complain("Nothing was erased")
        raise click.exceptions.Exit(1)


def _erase(session: Session, plan: Plan, ground: str, by: str) -> "list[Recorded]":
    """Erase the events; the documents go before that is final, while they can still be named."""
    from ledger.fields import read_name, read_wording

    who, why = read_name(by, "by"), read_wording(ground, "ground")
    with session.ledger().appending(session.recorder) as appending:
        recorded = [appending.erase(event.position, by=who, ground=why) for event in plan.events]
        for document in plan.documents:
            if document.goes:
                session.kept.remove(document.sha256)
    return recorded


def _say(plan: Plan, recorded: "list[Recorded]") -> None:
    for event, says_so in zip(plan.events, recorded, strict=True):
        where = f"as {short(says_so.id)} says, position {says_so.position}"
        click.echo(f"Erased {short(event.id)}, {where}")
    for document in plan.documents:
        if document.goes:
            click.echo(f"Removed document {document.sha256[:DIGITS]}")


def _finish(session: Session) -> bool:
    try:
        finish(session)
    except StorageError as error:
        complain(f"Error: {error}")
        return False
    except KeyboardInterrupt:
        complain("Erased, but some bytes of it are still in the files: run `wherefrom erase`")
        raise
    return True
