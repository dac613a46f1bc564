"""`cosign`: a second desk says that it saw this checkpoint, and that it contradicts none before.

Two desks need to exchange nothing but small files: the checkpoint, and before it the proof that
it extends the last one that was cosigned, which `checkpoint --after` writes. Where the cosigner
has a copy of the ledger, the proof is made from that; it is a proof wherever it comes from.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from cli.anchoring import read_kept, when
from cli.complaints import refuse
from cli.key_files import key_option, signer_key, verifier_keys, verifier_option
from cli.output import wrapped
from cli.session import Session, pass_session
from cli.short_files import shown
from ledger.errors import BadInput

if TYPE_CHECKING:
    from ledger.checkpoints import Checkpoint, SignedCheckpoint
    from ledger.keys import Checked, VerifierKey
    from ledger.seen import Seen, SeenFile


@click.command("cosign")
@click.argument("checkpoint")
@key_option
@verifier_option
@click.option(
    "--output",
    metavar="FILE",
    help="Write to this file, which may be CHECKPOINT, whole or not at all; without, or with -, "
    "to stdout.",
)
@pass_session
def cosign_command(
    session: Session,
    checkpoint: str,
    key: str | None,
    verifiers: tuple[str, ...],
    output: str | None,
) -> None:
    """Add your signature to another desk's checkpoint, after it was held against the last one.

    Your signature says that, today, this is the longest ledger of its name that you have seen,
    and that it begins with everything you cosigned before. Whoever trusts you then knows that
    nobody is shown another history of it. It says nothing of what the claims say.

    The first time, name the key the ledger signs with: --verifier KEY, as the other desk gave it
    to you. There is nothing to compare with then: you trust what you see first. It is remembered,
    with the checkpoint, in a file beside your key, which belongs with it.

    From then on CHECKPOINT has to prove that it extends what you cosigned last. The other desk
    writes the proof with `wherefrom checkpoint --after`; or name your own copy of the ledger with
    --db. The key is one that `keygen --cosigner` made.

    Exit 1 if the checkpoint does not fit. The form is that of C2SP tlog-cosignature.
    """
    from cli.file_kinds import CHECKPOINT
    from cli.writing import refuse_kept, refuse_own, refuse_unwritable, write_out
    from ledger.checkpoints import SignedCheckpoint
    from ledger.cosigning import MAY_SIGN, judge
    from ledger.keys import COSIGNER_KEY
    from ledger.seen import seen_beside
    from projections.views import views_path

    output = None if output == "-" else output
    signer = signer_key(key, COSIGNER_KEY)
    assert key is not None
    memory = seen_beside(key)
    own = session.evidence, Path(session.path), views_path(session.path), Path(key), memory.path
    refuse_own(output, *own)
    refuse_kept(output, but=CHECKPOINT)
    refuse_unwritable(output)
    given = verifier_keys(verifiers)
    sent = read_kept(checkpoint)
    source = shown(checkpoint)
    with memory.deciding():
        last = memory.last(sent.checkpoint.origin)
        keys = _ledger_keys(given, last, sent, source)
        signatures = _checked(sent, keys, source)
        proofs = _proofs(session, sent, last)
        judgement = judge(last.checkpoint if last else None, sent.checkpoint, proofs)
        if judgement not in MAY_SIGN:
            assert last is not None
            _refuse_misfit(judgement, last, sent, source, memory)
        time = int(session.now().timestamp())
        note = sent.note.signed(signer.sign(sent.note.text, time))
        signed_with = [one.key for one in signatures if one.key is not None]
        known = list(dict.fromkeys((*_known(last), *signed_with)))
        memory.remember(SignedCheckpoint(sent.checkpoint, note), known, time)
    write_out(output, [bytes(note)])
    _say(sent, signatures, last, memory, output)


def _known(last: "Seen | None") -> "tuple[VerifierKey, ...]":
    return last.keys if last else ()


def _ledger_keys(
    given: "Sequence[VerifierKey]", last: "Seen | None", sent: "SignedCheckpoint", source: str
) -> "list[VerifierKey]":
    """Return the keys by which the ledger is known: remembered ones, and those given now."""
    from ledger.keys import LEDGER_KEY

    for key in given:
        if key.kind != LEDGER_KEY:
            raise BadInput(
                f"--verifier {key.name}: a cosigner's key", "Name the key the ledger signs with"
            )
    keys = [*dict.fromkeys((*_known(last), *given))]
    if not keys:
        raise BadInput(
            f"{source}: of {sent.checkpoint.origin}, which this key has never cosigned",
            "Name the key the ledger signs with, as its desk gave it to you: --verifier KEY",
        )
    return keys


def _checked(
    sent: "SignedCheckpoint", keys: "Sequence[VerifierKey]", source: str
) -> "list[Checked]":
    """Return what became of the signatures; leave with 1 unless the ledger's is among them."""
    from ledger.anchors import signature_problems
    from ledger.keys import check

    signatures = check(sent.note, keys)
    problems = signature_problems(signatures, keys)
    if problems:
        refuse("Not cosigned", [f"{source}: {problem}" for problem in problems])
    return signatures


def _proofs(
    session: Session, sent: "SignedCheckpoint", last: "Seen | None"
) -> Iterator[Sequence[bytes]]:
    """Yield what may prove that a checkpoint extends the last: what was sent, then our copy."""
    from ledger.anchors import was_called
    from ledger.merkle_proofs import consistency_proof
    from ledger.roots import stored_hashes

    assert last is not None
    old, new = last.checkpoint.size, sent.checkpoint.size
    if sent.old == old:
        yield sent.proof
    if session.exists:
        store = session.ledger().store
        if was_called(sent.checkpoint.origin, store.origins) and store.size() >= new:
            yield consistency_proof(old, new, stored_hashes(store))


def _refuse_misfit(
    judgement: str, last: "Seen", sent: "SignedCheckpoint", source: str, memory: "SeenFile"
) -> NoReturn:
    """Say why a checkpoint cannot be signed after the last one, and leave."""
    from cli.phrasing import counted

    new, before = counted(sent.checkpoint.size, "event"), last.checkpoint.size
    then = f"the {counted(before, 'event')} that you cosigned on {when(last.time)}"
    if judgement == "unproven":
        raise BadInput(
            f"{source}: no proof that it extends {then}",
            f"Ask for one made with `wherefrom checkpoint --after {before}`, "
            "or name your own copy of the ledger with --db",
        )
    if judgement == "older":
        refuse(
            "Not cosigned",
            [
                f"{source}: of {new}, which is less than {then}: it is an older checkpoint, or "
                "the ledger was rolled back. Ask for its newest"
            ],
        )
    if judgement == "forked":
        said = f"has as many events as {then}, but another root: one of the two was falsified"
    else:
        said = (
            f"does not extend {then}: the proof does not hold. Either it was made from another "
            "file, or what you cosigned was changed since"
        )
    kept = " and ".join(_keep_both(last, sent, memory))
    refuse("Not cosigned", [f"{source}: {said}", f"Both checkpoints are kept: {kept}"])


def _keep_both(last: "Seen", sent: "SignedCheckpoint", memory: "SeenFile") -> Iterator[str]:
    """Write down two checkpoints that may contradict each other, and yield where."""
    from hashlib import sha256

    from cli.writing import write_out

    digits = sha256(bytes(sent.note)).hexdigest()[:8]
    for what, signed in (("cosigned", last.signed), ("refused", sent)):
        path = f"{os.fspath(memory.path)}.{digits}-{what}.checkpoint"
        write_out(path, [bytes(signed)])
        yield path


def _say(
    sent: "SignedCheckpoint",
    signatures: "Sequence[Checked]",
    last: "Seen | None",
    memory: "SeenFile",
    output: str | None,
) -> None:
    from cli.anchoring import signature_lines
    from cli.phrasing import counted

    head = sent.checkpoint
    signed = counted(head.size, "event")
    lines = [f"Cosigned: {signed} of {head.origin}.", f"Root {head.root.hex()}"]
    lines += signature_lines(signatures)
    lines.append(_beside_the_last(head, last, memory))
    if last is None and sent.old:
        lines.append(
            "Note: it comes with a proof for somebody who has seen "
            f"{counted(sent.old, 'event')}; this key has not. If you have, {memory.path} is "
            "missing: restore it."
        )
    if output is not None:
        lines.append(f"Wrote {output}, to be sent back.")
    for line in lines:
        click.echo(wrapped(line), err=output is None)


def _beside_the_last(head: "Checkpoint", last: "Seen | None", memory: "SeenFile") -> str:
    from cli.phrasing import counted

    if last is None:
        return (
            "Seen for the first time, so there was nothing to compare it with. From now on it has "
            f"to be extended; {memory.path} remembers that."
        )
    if last.checkpoint.size == head.size:
        return f"It is the same that you cosigned on {when(last.time)}."
    before = counted(last.checkpoint.size, "event")
    return f"It extends the {before} that you cosigned on {when(last.time)}."
