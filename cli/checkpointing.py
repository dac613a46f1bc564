"""`checkpoint`: sign how many events the ledger has and the root over them, to keep elsewhere."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.anchoring import anchors_of, read_kept
from cli.complaints import refuse, tell
from cli.key_files import key_option, signer_key
from cli.output import wrapped
from cli.session import Session, pass_session
from ledger.errors import BadInput, StorageError

if TYPE_CHECKING:
    from ledger.checkpoints import Checkpoint, SignedCheckpoint
    from ledger.keys import SignerKey
    from ledger.seen import SeenFile

_SIZE = re.compile(r"\d{1,19}", re.ASCII)


@click.command("checkpoint")
@key_option
@click.option(
    "--output",
    metavar="FILE",
    help="Write to this file, whole or not at all; an earlier checkpoint in it is replaced only "
    "by one that extends it. Without, or with -, write to stdout.",
)
@click.option(
    "--after",
    metavar="FILE|SIZE",
    help="Extend this earlier checkpoint, or this number of events, and put the proof of it "
    "first: `cosign` asks for it when it has seen the ledger before.",
)
@click.option("--quick", is_flag=True, help="Take the kept hashes as they are; see above.")
@pass_session
def checkpoint_command(
    session: Session, key: str | None, output: str | None, after: str | None, quick: bool
) -> None:
    """Sign how many events the ledger has and the root over them, to be kept elsewhere.

    Keep what this writes where nobody who can change the ledger can change it: with a colleague,
    on a stick, in print. `verify --checkpoint FILE` then shows whether the ledger still begins
    with the events that were signed.

    Before it signs, it checks all that `verify` checks, and that the ledger extends the last
    checkpoint that this key signed, the one in --output and the one in --after; what was signed
    is remembered in a file beside the key. With --quick it checks these, but takes the hashes
    kept with the events as they are, which takes no time however many there are: it may sign a
    ledger that does not hold in itself.

    The form is that of C2SP tlog-checkpoint, a signed note (Ed25519), which other programs can
    check, too.
    """
    from cli.writing import refuse_own, refuse_unwritable, write_out
    from ledger.keys import LEDGER_KEY
    from ledger.seen import seen_beside
    from projections.views import views_path

    if output == "-":
        output = None
    signer = signer_key(key, LEDGER_KEY)
    assert key is not None
    memory = seen_beside(key)
    own = session.evidence, Path(session.path), views_path(session.path), Path(key), memory.path
    refuse_own(output, *own)
    refuse_unwritable(output)
    earlier = _earlier(output, after)
    head = _checked_head(session, quick)
    with memory.deciding():
        _refuse_unless_extended(session, memory, earlier, head)
        signed = _signed(session, signer, head, earlier, output, after)
        memory.remember(signed, [signer.verifier], _seconds(session))
    write_out(output, [bytes(signed)])
    _say(signed, signer, earlier, output)


def sign_head(session: Session, key: str | None) -> "SignedCheckpoint":
    """Sign all events with the key in a file, under the rules of `checkpoint --quick`.

    Raises ``BadInput`` where there is no key; leaves with 1 where the ledger does not extend what
    the key signed before.
    """
    from ledger.keys import LEDGER_KEY
    from ledger.seen import seen_beside

    signer = signer_key(key, LEDGER_KEY)
    assert key is not None
    memory = seen_beside(key)
    head = _checked_head(session, True)
    with memory.deciding():
        _refuse_unless_extended(session, memory, (), head)
        signed = _signed(session, signer, head, (), None, None)
        memory.remember(signed, [signer.verifier], _seconds(session))
    return signed


def _seconds(session: Session) -> int:
    return int(session.now().timestamp())


def _earlier(output: str | None, after: str | None) -> "list[tuple[str, SignedCheckpoint]]":
    """Return the earlier checkpoints that are named: in ``--output``, and by ``--after``."""
    found = []
    if output is not None and Path(output).is_file() and Path(output).stat().st_size:
        try:
            found.append((output, read_kept(output)))
        except BadInput as error:
            raise BadInput(
                f"--output {output}: is not written over ({error.message})",
                "Name a new file, or the checkpoint to be replaced",
            ) from None
    if after is not None and not _SIZE.fullmatch(after):
        found.append((after, read_kept(after)))
    return found


def _checked_head(session: Session, quick: bool) -> "Checkpoint":
    """Return what is to be signed; leave with 1 where the ledger does not hold in itself."""
    from cli.trust import unprotected, verified
    from ledger.checkpoints import Checkpoint, origin_line

    ledger = session.ledger()
    if quick:
        size = ledger.size()
        root = ledger.root(size)
    else:
        found = verified(session)
        problems = found.problems or tuple(unprotected(session))
        if problems:
            what = "the file was altered" if found.ok else "the ledger does not hold in itself"
            more = "; see `wherefrom verify`" if found.ok or len(problems) > 1 else ""
            refuse("Not signed", [f"{what}: {problems[0]}{more}"])
        size, root = found.size, found.root
    return Checkpoint(origin_line(ledger.origin), size, bytes.fromhex(root))


def _refuse_unless_extended(
    session: Session,
    memory: "SeenFile",
    earlier: "Sequence[tuple[str, SignedCheckpoint]]",
    head: "Checkpoint",
) -> None:
    """Leave with 1 where the ledger does not extend what was signed before.

    What the key signed of the ledger that this one is a copy of counts as far as the copy goes;
    of the ``earlier`` ones, which are named and may be replaced, all does.
    """
    from ledger.anchors import given_up, was_called
    from ledger.checkpoints import origin_line

    origins = session.ledger().store.origins
    names = [origin_line(origin.name) for origin in origins]
    remembered = [last.signed for name in names if (last := memory.last(name))]
    kept = [*earlier, *((str(memory.path), signed) for signed in remembered)]
    problems: list[str] = []
    for number, anchor in enumerate(anchors_of(session, kept, ())):
        name = anchor.checkpoint.origin
        end = given_up(name, origins)
        if number >= len(earlier) and end is not None and anchor.checkpoint.size > end:
            for problem in anchor.problems:
                tell(f"Note: {problem}")
        elif anchor.extended and not was_called(name, origins):
            problems.append(f"{anchor.source}: of another ledger, {name}")
        else:
            problems += anchor.problems
            if end is not None and anchor.checkpoint.size > end:
                problems.append(f"Keep {anchor.source} as it is, and sign into a new file")
    if problems:
        refuse("Not signed", problems)
    last = memory.last(head.origin)
    if last and last.checkpoint.size > head.size:
        raise StorageError(
            f"{memory.path}: meanwhile {last.checkpoint.size:,} events were signed", "Try again"
        )


def _signed(
    session: Session,
    signer: "SignerKey",
    head: "Checkpoint",
    earlier: "Sequence[tuple[str, SignedCheckpoint]]",
    output: str | None,
    after: str | None,
) -> "SignedCheckpoint":
    """Return the head, signed; with the proof that it extends ``after``, if that is given."""
    from ledger.checkpoints import SignedCheckpoint
    from ledger.merkle_proofs import consistency_proof
    from ledger.notes import Note
    from ledger.roots import stored_hashes

    note = Note(head.text, ())
    for source, sent in earlier:
        if source == output and sent.note.text == note.text:
            note = sent.note  # nothing came since: what others signed below it stays
    note = note.signed(signer.sign(note.text, _seconds(session)))
    if after is None:
        return SignedCheckpoint(head, note)
    old = int(after) if _SIZE.fullmatch(after) else earlier[-1][1].checkpoint.size
    if old > head.size:
        raise BadInput(
            f"--after {after}: the ledger has no more than {head.size:,} events",
            "Name the number of events that the cosigner saw last",
        )
    proof = consistency_proof(old, head.size, stored_hashes(session.ledger().store))
    return SignedCheckpoint(head, note, old, tuple(proof))


def _say(
    signed: "SignedCheckpoint",
    signer: "SignerKey",
    earlier: "Sequence[tuple[str, SignedCheckpoint]]",
    output: str | None,
) -> None:
    from cli.phrasing import counted

    head = signed.checkpoint
    by = f"{signer.name} (key {signer.verifier.id.hex()})"
    lines = [f"Signed: {counted(head.size, 'event')}, by {by}."]
    lines.append(f"Root {head.root.hex()}")
    before = max((sent.checkpoint.size for _, sent in earlier), default=None)
    if before == head.size:
        lines.append("Nothing was recorded since it was signed before.")
    elif before is not None:
        lines.append(f"It extends what was signed before: {counted(before, 'event')}.")
    if output is not None and signed.old is not None:
        proof = f"with the proof that it extends {counted(signed.old, 'event')}"
        lines.append(f"Wrote {output}, {proof}, to be cosigned.")
    elif output is not None:
        lines.append(
            f"Wrote {output}. Keep a copy where nobody who can change the ledger can change it."
        )
    for line in lines:
        click.echo(wrapped(line), err=output is None)
