"""`receipt` and `verify-receipt`: one claim, with the proof that a ledger holds it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.key_files import key_option, verifier_keys, verifier_option
from cli.output import echo_json, plain
from cli.recording import json_option
from cli.session import CLAIM_TYPES, SHORT, Session, pass_session

if TYPE_CHECKING:
    from ledger.heads import Head
    from ledger.keys import Checked, VerifierKey
    from ledger.receipts import Opened


@click.command("receipt")
@click.argument("claim")
@key_option
@click.option(
    "--checkpoint",
    metavar="FILE",
    help="Put it under this checkpoint, signed before and perhaps cosigned, not under a new one.",
)
@click.option(
    "--output",
    metavar="FILE",
    help="Write to this file, whole or not at all; - is stdout, as without.",
)
@pass_session
def receipt_command(
    session: Session, claim: str, key: str | None, checkpoint: str | None, output: str | None
) -> None:
    """Write a receipt: a claim with the proof that this ledger holds it, signed.

    A receipt is a small file that anybody can check with no ledger at hand (`verify-receipt`):
    for the source, a colleague, a court. It holds what was filed, word for word, and stays what
    it is whatever becomes of the ledger: it cannot be erased from where you cannot reach it.

    CLAIM is the id of a claim or of any other event, as `log` shows it, or `last`. The form is
    that of a C2SP transparency log proof (c2sp.org/tlog-proof).
    """
    from cli.complaints import tell
    from cli.file_kinds import RECEIPT
    from cli.signing import checkpoint_for
    from cli.writing import refuse_kept, refuse_own, refuse_unwritable, write_out
    from ledger.errors import Damaged
    from ledger.receipts import make_receipt, open_receipt
    from ledger.seen import seen_beside
    from projections.views import views_path

    if output == "-":
        output = None
    own = [session.evidence, Path(session.path), views_path(session.path)]
    if key is not None:
        own += [Path(key), seen_beside(key).path]
    refuse_own(output, *own, *(() if checkpoint is None else (Path(checkpoint),)))
    refuse_kept(output, but=RECEIPT)
    refuse_unwritable(output)
    last = claim == "last"
    id_ = session.last_claim("CLAIM") if last else session.named(claim, "CLAIM")[0]
    [(_, position, type_)] = session.ask(lambda views: views.find(id_))
    sent = checkpoint_for(session, key, checkpoint)
    receipt = make_receipt(session.reader(), position, sent.note)
    for problem in open_receipt(receipt).problems:
        raise Damaged(f"position {position}: {problem}", "Run `wherefrom verify`")
    write_out(output, [bytes(receipt)])
    if receipt.body is None:
        tell(f"Note: the text of {id_[:SHORT]} was erased; the receipt says only that it was filed")
    if output is not None:
        click.echo(f"Wrote the receipt of {id_[:SHORT]} ({type_}) to {plain(output)}")


@click.command("verify-receipt")
@click.argument("file")
@verifier_option
@click.option(
    "--now",
    is_flag=True,
    help="Ask the ledger (--db), too: does it still hold that, does the claim stand?",
)
@json_option
@pass_session
def verify_receipt_command(
    session: Session, file: str, verifiers: tuple[str, ...], now: bool, as_json: bool
) -> None:
    """Check a receipt, and say who said what, when it was filed, and in which ledger.

    No ledger is needed. Exit 1 if anything does not hold. With --verifier, one of the keys given
    must have signed, and no signature by one may be wrong; without, no signature is checked, and
    then anybody can have made the receipt. That something was filed does not make it right.
    """
    from cli.file_kinds import RECEIPT
    from cli.receipt_text import print_receipt
    from cli.short_files import read_short, shown
    from ledger.keys import check
    from ledger.receipts import MOST_RECEIPT, open_receipt, read_receipt

    keys = verifier_keys(verifiers)
    opened = open_receipt(read_receipt(read_short(file, MOST_RECEIPT, RECEIPT), shown(file)))
    signatures = check(opened.receipt.note, keys)
    told = _told(opened, signatures, keys)
    if now:
        told["now"], problems = _now(session, opened)
        told["problems"] += problems
        told["ok"] = not told["problems"]
    if as_json:
        echo_json(told)
    else:
        print_receipt(told, signatures, keys)
    if not told["ok"]:
        raise click.exceptions.Exit(1)


def _told(
    opened: "Opened", signatures: "list[Checked]", keys: "list[VerifierKey]"
) -> dict[str, Any]:
    """Return what programs are told of a receipt; what it says is there only where that holds."""
    from cli.anchoring import signatures_json
    from ledger.anchors import signature_problems, signature_state

    receipt, head = opened.receipt, opened.head
    problems = [*opened.problems, *signature_problems(signatures, keys)]
    state = signature_state(signatures, keys)
    return {
        "ok": not problems,
        "problems": problems,
        "id": receipt.leaf.hex(),
        **({} if head is None or problems else _filed(opened, head)),
        "ledger": {
            "name": receipt.checkpoint.origin,
            "position": receipt.position,
            "size": receipt.checkpoint.size,
            "root": receipt.checkpoint.root.hex(),
        },
        "signature": state,
        "signatures": signatures_json(signatures, state),
    }


def _filed(opened: "Opened", head: "Head") -> dict[str, Any]:
    """Return what was filed, with the steps to who said it, as a trace has them.

    The statement is told as the event was understood: in the bytes a stranger may have put
    anything beside it.
    """
    from ledger.checkpoints import origin_line
    from ledger.codec import UnknownEvent, statement
    from projections.listing import summary
    from projections.trail import Step, claim_json, steps_to_the_source

    receipt, event = opened.receipt, opened.event
    if isinstance(event, UnknownEvent):
        said = event.body.get("statement", {})
    else:
        said = None if event is None else statement(event)
    claim = claim_json(said) if said and head.type in CLAIM_TYPES else {}
    here = origin_line(head.origin) == receipt.checkpoint.origin
    elsewhere = {} if here else {"origin": head.origin}
    id_ = receipt.leaf.hex()
    steps = [Step("recorded", head.recorder, head.recorded_at, None, id_, elsewhere)]
    if said and claim:
        steps += steps_to_the_source(said, id_, {})
    return {
        "type": head.type,
        "recorded_at": head.recorded_at,
        "recorder": head.recorder,
        "origin": head.origin,
        "summary": summary(head.type, said),
        "statement": said,
        "claim": claim,
        "trail": [step.to_json() for step in steps],
    }


def _now(session: Session, opened: "Opened") -> tuple[dict[str, Any], list[str]]:
    """Return what the ledger holds of it now, and in words what does not fit the receipt."""
    from cli.anchoring import anchors_of
    from ledger.anchors import was_called
    from ledger.checkpoints import SignedCheckpoint
    from ledger.erasing import notices
    from projections.filed import notice_json
    from projections.provenance import trace

    receipt = opened.receipt
    store = session.ledger().store
    now: dict[str, Any] = {
        "file": session.path,
        "position": None,
        "standing": None,
        "erased": None,
    }
    problems: list[str] = []
    if was_called(receipt.checkpoint.origin, store.origins):
        sent = SignedCheckpoint(receipt.checkpoint, receipt.note)
        for anchor in anchors_of(session, [(session.path, sent)], ()):
            problems += anchor.problems
    id_ = receipt.leaf.hex()
    found = session.ask(lambda views: views.find(id_))
    if not found:
        return now, [*problems, f"{session.path}: does not hold it"]
    [(_, position, type_)] = found
    now["position"] = position
    if session.reader().row(position).body is None:
        now["standing"], now["erased"] = "erased", notice_json(notices(store).get(id_))
    elif type_ in CLAIM_TYPES:
        now["standing"] = session.ask(lambda views: trace(views, position).standing)
    return now, problems
