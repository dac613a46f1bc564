"""Kept documents from one folder into another: a backup's, or one's own at a pull.

A document is named after its bytes, so what the other folder holds under that name is the same
document, or is damaged; only what is missing is copied. Everything is checked against its name,
what was there before as well as what was copied. The text that was taken from a document has no
such name: it goes along into a backup of one's own, but is not taken from others.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Final

import attrs

from ledger.errors import Damaged, LedgerError, StorageError
from ledger.files import sync_folder
from ledger.kept import Kept, give_name

_CITED: Final = re.compile(rb'"(?:evidence_)?sha256":"([0-9a-f]{64})"')


def cited_in(body: bytes) -> set[str]:
    """Return the names of the documents that the body of an event cites, or is about.

    In canonical JSON a quotation mark inside a text follows a backslash, so what looks like one of
    these members is one.
    """
    return {name.decode() for name in _CITED.findall(body)}


@attrs.define
class Copied:
    """How many of the documents are there now, how many are new, and what is wrong in words."""

    held: int = 0
    new: int = 0
    problems: list[str] = attrs.Factory(list)


def copy_documents(here: Kept, there: Kept, names: Iterable[str], *, texts: bool = False) -> Copied:
    """Copy the documents of these names that ``there`` lacks; check all of them.

    What cannot be copied, or is not what its name says, is told and the rest goes on. Names that
    ``here`` lacks are passed over. With ``texts`` the texts beside them are copied, too.
    """
    copied = Copied()
    for name in names:
        if not (here.holds(name) or there.holds(name)):
            continue
        try:
            if there.holds(name):
                there.check(name)
            else:
                _copy(here, there, name, texts)
                copied.new += 1
            copied.held += 1
        except LedgerError as error:
            copied.problems.append(str(error))
    return copied


def _copy(here: Kept, there: Kept, name: str, texts: bool) -> None:
    path = here.path(name)
    with _opened(path) as stream, there.aside(stream, str(path)) as document:
        if document.sha256 != name:
            here.check(name)
            raise Damaged(f"{path}: changed while it was read", "Try again")
        there.keep(document)
    for text in sorted(here.folder.glob(f"{name}.*.txt")) if texts else ():
        with _opened(text) as stream, there.aside(stream, str(text)) as document:
            give_name(document.path, there.folder / text.name)
            sync_folder(there.folder)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror}") from None
