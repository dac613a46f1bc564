"""Keys on the command line: the private one in a file of its owner, verifier keys as they come.

A private key is one line in a file that nobody else may read: one that others can read is
refused, as `ssh` does, since from then on nobody knows who signs with it. What it signs is checked
with its verifier key, which is no secret: it is given as the text itself, or as a file that holds
some, one a line.
"""

import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cli.file_kinds import PRIVATE_KEY, VERIFIER_KEY
from cli.short_files import read_short
from ledger.errors import BadInput, StorageError

if TYPE_CHECKING:
    from ledger.keys import SignerKey, VerifierKey

_MOST_KEY: Final = 10_000
_MOST_KEYS: Final = 1_000_000
_PRIVATE: Final = "PRIVATE+KEY+"


def key_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--key``: the file of the private key, or ``None``."""
    return click.option(
        "--key",
        metavar="FILE",
        envvar="WHEREFROM_KEY",
        show_envvar=True,
        help="The private key to sign with, as `keygen` made it.",
    )(command)


def verifier_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--verifier``, repeatable: texts for :func:`verifier_keys`."""
    return click.option(
        "--verifier",
        "verifiers",
        metavar="KEY",
        multiple=True,
        help="A verifier key to check signatures with, or a file of some; again for more.",
    )(command)


def signer_key(path: str | None, kind: int) -> "SignerKey":
    """Return the private key in the file that ``--key`` names, which is to be of that kind.

    Raises ``BadInput`` where none is named, it is of another kind, or others can read it.
    """
    from ledger.keys import COSIGNER_KEY, KINDS

    make = "wherefrom keygen --cosigner" if kind == COSIGNER_KEY else "wherefrom keygen"
    if path is None:
        raise BadInput(
            "no key to sign with",
            f"Make one with `{make} --output FILE`, and name it with --key or WHEREFROM_KEY",
        )
    key = _read_private(path)
    if key.kind != kind:
        raise BadInput(
            f"{path}: {KINDS[key.kind]}, and {KINDS[kind]} is wanted",
            f"Make one with `{make} --output FILE`; one key does not do for both",
        )
    return key


def any_signer_key(path: str) -> "SignerKey":
    """Return the private key in a file, of whatever kind."""
    return _read_private(path)


def _read_private(path: str) -> "SignerKey":
    from ledger.keys import read_signer

    text = _decoded(read_short(path, _MOST_KEY, PRIVATE_KEY), path)
    key = read_signer(text.strip(), path)
    _refuse_readable(path)
    return key


def _refuse_readable(path: str) -> None:
    """Raise ``StorageError`` for a file that others than its owner can read or write."""
    if os.name == "nt":  # where these bits say nothing
        return
    found = Path(path).stat()
    others = stat.S_IRWXG | stat.S_IRWXO
    if stat.S_ISREG(found.st_mode) and found.st_mode & others:
        raise StorageError(
            f"{path}: a private key that others on this machine can use "
            f"({stat.filemode(found.st_mode)})",
            f"`chmod 600 {path}`, and make a new key if somebody may have copied it",
        )


def verifier_keys(given: Sequence[str]) -> "list[VerifierKey]":
    """Return the keys that ``--verifier`` gives: as text, or as files with one a line.

    In a file empty lines and those that begin with ``#`` are passed over, and a private key
    stands for the verifier key that belongs to it.
    """
    from ledger.keys import by_name_and_id, read_verifier

    keys: list[VerifierKey] = []
    for text in given:
        if text.count("+") >= 2 and not os.path.exists(text):
            keys.append(read_verifier(text.strip(), f"--verifier {text[:60]}"))
        else:
            keys += _keys_in(text)
    return list(by_name_and_id(keys).values())


def _keys_in(path: str) -> "list[VerifierKey]":
    from ledger.keys import read_verifier

    data = read_short(path, _MOST_KEYS, VERIFIER_KEY, PRIVATE_KEY)
    lines = _decoded(data, path).splitlines()
    wanted = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if len(wanted) == 1 and wanted[0].startswith(_PRIVATE):
        return [_read_private(path).verifier]
    if not wanted:
        raise BadInput(f"{path}: no verifier key in it", "Write one a line, as `keygen` prints it")
    return [read_verifier(line, path) for line in wanted]


def _decoded(data: bytes, path: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise BadInput(f"{path}: no key, for it is not UTF-8", "Name the right file") from None
