"""`keygen`: a key of one's own, to sign checkpoints with."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cli.output import echo_json, plain
from cli.recording import json_option
from cli.session import Session, pass_session
from ledger.errors import BadInput, StorageError

if TYPE_CHECKING:
    from ledger.keys import SignerKey

PUBLIC: Final = ".pub"
"""What the file of the verifier key is called after that of the private one."""


@click.command("keygen")
@click.argument("name", required=False)
@click.option("--output", metavar="FILE", help="The file for the private key; a new one.")
@click.option("--cosigner", is_flag=True, help="A key to `cosign` with, not to sign one's own.")
@click.option("--show", metavar="FILE", help="Print the verifier key of a private key made before.")
@json_option
@pass_session
def keygen_command(
    session: Session,
    name: str | None,
    output: str | None,
    cosigner: bool,
    show: str | None,
    as_json: bool,
) -> None:
    """Make a key to sign checkpoints with, and print the verifier key that belongs to it.

    The private key goes into FILE, which only you can read; who has it can sign in your name. The
    verifier key, in FILE.pub, is for everybody who is to check your signatures: hand it over in
    person, or publish it where nobody but you can change it.

    NAME is what signatures show beside the key: as example.org/desk, without spaces. Without one,
    a ledger's key has the name that checkpoints call the ledger by, and a cosigner's that of the
    recorder.
    """
    from cli.key_files import any_signer_key
    from ledger.keys import COSIGNER_KEY, LEDGER_KEY, SEED_BYTES, new_key

    if (output is None) == (show is None) or (show is not None and (name or cosigner)):
        raise BadInput(
            "keygen: name the file for a new key, or one to show",
            "Write `wherefrom keygen --output desk.key` or `wherefrom keygen --show desk.key`",
        )
    if show is not None:
        _say(any_signer_key(show), show, as_json)
        return
    assert output is not None
    if output.startswith("-"):
        raise BadInput(
            f"--output {output}: a private key goes into a file of its own",
            f"Name the file first; one that is really called so is ./{output}",
        )
    kind = COSIGNER_KEY if cosigner else LEDGER_KEY
    key = new_key(
        _default_name(session, cosigner) if name is None else name, kind, session.random(SEED_BYTES)
    )
    public = f"{output}{PUBLIC}"
    _write_both(session, output, f"{key}\n".encode(), public, f"{key.verifier}\n".encode())
    if not as_json:
        click.echo(
            f"Wrote the private key to {plain(output)}. Who has this file can sign in your name.\n"
            f"Wrote the verifier key to {plain(public)}, for everybody who is to check what it "
            "signs:",
            err=True,
        )
    _say(key, output, as_json)


def _say(key: "SignerKey", path: str, as_json: bool) -> None:
    from ledger.keys import COSIGNER_KEY

    verifier = key.verifier
    if not as_json:
        click.echo(str(verifier))
        return
    kind = "cosigner" if key.kind == COSIGNER_KEY else "ledger"
    said = {"name": key.name, "id": verifier.id.hex(), "kind": kind}
    echo_json({**said, "verifier": str(verifier), "file": path})


def _default_name(session: Session, cosigner: bool) -> str:
    from ledger.checkpoints import origin_line

    if session.exists and not cosigner:
        return origin_line(session.ledger().origin)
    return origin_line(re.sub(r"[\s+]+", "-", session.recorder))


def _write_both(
    session: Session, path: str, private: bytes, public_path: str, public: bytes
) -> None:
    """Write two new files, the first of which only its owner can read; both whole, or neither."""
    from cli.writing import refuse_own
    from projections.views import views_path

    refuse_own(path, session.evidence, Path(session.path), views_path(session.path))
    _write_new(path, private, 0o600)
    try:
        _write_new(public_path, public, 0o666)
    except BaseException:
        Path(path).unlink()
        raise


def _write_new(path: str, data: bytes, mode: int) -> None:
    from ledger.files import sync_folder

    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        raise BadInput(
            f"{path}: exists already, and a key is never written over another file",
            "Name a new file; `wherefrom keygen --show FILE` shows the key in one",
        ) from None
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror}", "Name a file that can be written") from None
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(number)
        sync_folder(Path(path).parent)
    except BaseException as error:
        Path(path).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise StorageError(
                f"{path}: {error.strerror}", "Free some space, or name another"
            ) from None
        raise
