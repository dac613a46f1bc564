"""`verify-tiles`: a folder that somebody published, checked to the last byte."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.key_files import verifier_keys, verifier_option
from cli.output import echo_json, paint, plain, wrapped
from cli.phrasing import counted
from cli.receipt_text import UNCHECKED, print_problems
from cli.recording import json_option

if TYPE_CHECKING:
    from ledger.checkpoints import SignedCheckpoint
    from ledger.keys import Checked, VerifierKey

_Kept = tuple[str, "SignedCheckpoint"]
"""A checkpoint, and where it came from."""


@click.command("verify-tiles")
@click.argument("folder", metavar="DIR")
@click.option(
    "--checkpoint",
    "kept",
    metavar="FILE",
    multiple=True,
    help="A checkpoint that was kept of this ledger: the folder must begin with what it signed.",
)
@verifier_option
@json_option
def verify_tiles_command(
    folder: str, kept: tuple[str, ...], verifiers: tuple[str, ...], as_json: bool
) -> None:
    """Check a folder that `export --format tiles` wrote, or a copy of it; no ledger is needed.

    Every entry and every hash is recomputed, up to the root in the folder's checkpoint. Exit 1
    if anything does not hold. With --checkpoint, show that it extends what was signed earlier.
    With --verifier, one of the keys given must have signed each checkpoint; without, no signature
    is checked, and then anybody can have made the folder.
    """
    from cli.anchoring import read_kept, signatures_json
    from ledger.anchors import signature_problems, signature_state
    from ledger.checkpoints import SignedCheckpoint, read_checkpoint
    from ledger.errors import BadInput, NotFound
    from ledger.keys import check
    from ledger.notes import read_note
    from ledger.tile_folder import CHECKPOINT, TileFolder

    if not folder:
        raise BadInput("no name is given where a folder is wanted", "Name the folder of the tiles")
    keys = verifier_keys(verifiers)
    tiles = TileFolder(Path(folder))
    data = tiles.checkpoint()
    if data is None:
        raise NotFound(f"{folder}: no checkpoint in it", "Name the folder that holds `checkpoint`")
    place = str(tiles.path / CHECKPOINT)
    note = read_note(data, place)
    there = place, SignedCheckpoint(read_checkpoint(note.text, place), note)
    all_ = [there, *((path, read_kept(path)) for path in kept)]
    problems = []
    for source, sent in all_:
        wrong = signature_problems(check(sent.note, keys), keys)
        problems += [f"{source}: {problem}" for problem in wrong]
    roots, misfits = _roots(all_)
    head = there[1].checkpoint
    problems += misfits + tiles.check(head.size, roots)
    signatures = check(note, keys)
    if as_json:
        state = signature_state(signatures, keys)
        echo_json(
            {
                "ok": not problems,
                "problems": problems,
                "ledger": {"name": head.origin, "size": head.size, "root": head.root.hex()},
                "signature": state,
                "signatures": signatures_json(signatures, state),
            }
        )
    elif problems:
        print_problems(problems)
    else:
        _say_holds(all_, signatures, keys)
    if problems:
        raise click.exceptions.Exit(1)


def _roots(all_: Sequence[_Kept]) -> tuple[dict[int, bytes], list[str]]:
    """Return the roots that the tree must have by its size, and which checkpoints cannot fit.

    The first checkpoint is that of the whole tree.
    """
    head = all_[0][1].checkpoint
    roots = {head.size: head.root}
    misfits = []
    for source, sent in all_[1:]:
        one = sent.checkpoint
        if one.origin != head.origin:
            misfits.append(f"{source}: of {one.origin}, and the folder is of {head.origin}")
        elif one.size > head.size:
            misfits.append(
                f"{source}: of {counted(one.size, 'event')}, but the folder has {head.size:,}"
            )
        elif roots.setdefault(one.size, one.root) != one.root:
            misfits.append(f"{source}: of as many events as another checkpoint, but another root")
    return roots, misfits


def _say_holds(
    all_: Sequence[_Kept], signatures: "Sequence[Checked]", keys: "Sequence[VerifierKey]"
) -> None:
    from cli.anchoring import signature_lines

    head = all_[0][1].checkpoint
    told = f": {counted(head.size, 'event')} of {plain(head.origin)}, every hash of them."
    said = "Holds" if keys else "Holds in itself"
    click.echo(paint(said, fg="green" if keys else "yellow", bold=True) + told)
    click.echo(f"Root {head.root.hex()}")
    for source, sent in all_[1:]:
        first = counted(sent.checkpoint.size, "event")
        click.echo(wrapped(f"It begins with what {source} signed: {first}."))
    for line in signature_lines(signatures, keys):
        click.echo(wrapped(line))
    if not keys:
        click.echo(wrapped(UNCHECKED))
