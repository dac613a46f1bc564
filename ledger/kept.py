"""The documents that are kept beside a ledger, each under the sha256 of its bytes.

``facts.db`` has its documents in ``facts.evidence``::

    facts.evidence/340f2a8d…                                  the document, byte for byte
    facts.evidence/340f2a8d….html-1+trafilatura-2.3.1+….txt  the text that was taken from it

A name is never written twice: a document is written aside, synced, and linked to its name, so
that it is there whole or not at all, and the folder is synced before anything speaks of it. A
text is kept with what took it, so that places counted in it hold when a later version of that
library reads the file differently. Files can be read by whoever can read the ledger, and are
written to by nobody.
"""

import hashlib
import io
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

import attrs

from ledger.document_text import (
    MAX_READ,
    DocumentText,
    kind_of,
    read_text,
    taken_by,
    too_large_to_read,
)
from ledger.errors import BadInput, Damaged, LedgerError, StorageError
from ledger.files import sync_folder

MAX_DOCUMENT: Final = 1024 * 1024 * 1024
"""Bytes of a document that is kept; a file of more is no evidence for a sentence."""

_BLOCK: Final = 1024 * 1024
_NAME: Final = re.compile(r"[0-9a-f]{64}")
_ASIDE: Final = ".capture-"


@attrs.frozen
class Aside:
    """A document that was written aside, and waits for its name."""

    path: Path
    sha256: str
    size: int


class Kept:
    """The documents kept in ``folder``, which need not be there.

    ``like`` is the file whose permissions they follow, where it exists; else they are for the
    owner only.
    """

    def __init__(self, folder: Path, like: Path | None = None) -> None:
        self.folder = folder
        self._like = like

    def path(self, sha256: str) -> Path:
        """Return where the document of that hash is, or would be.

        Raises ``Damaged`` for what is no hash: a claim from elsewhere may say anything where the
        hash of its document should be, and no name may lead out of the folder.
        """
        if not _NAME.fullmatch(sha256):
            raise Damaged(f"{sha256!r} is no SHA-256, so no document is kept under it")
        return self.folder / sha256

    def holds(self, sha256: str) -> bool:
        """Whether there is a document of that name."""
        return bool(_NAME.fullmatch(sha256)) and self.path(sha256).is_file()

    def _texts(self, sha256: str) -> list[Path]:
        """Return where the texts are that were taken from a document."""
        if not _NAME.fullmatch(sha256):
            return []
        return sorted(self.folder.glob(f"{sha256}.*.txt"))

    def find(self, digits: str) -> list[str]:
        """Return the names that begin with these digits."""
        if not self.folder.is_dir():
            return []
        names = (entry.name for entry in self.folder.iterdir())
        return sorted(name for name in names if name.startswith(digits) and _NAME.fullmatch(name))

    def read(self, sha256: str) -> bytes:
        """Return a document's bytes.

        Raises ``StorageError`` when it cannot be read, ``Damaged`` when its bytes are no longer
        those it is named after, and ``NoText`` for one that is too large to be read at once.
        """
        path = self.path(sha256)
        try:
            if path.stat().st_size > MAX_READ:
                raise too_large_to_read(path.stat().st_size)
            data = path.read_bytes()
        except OSError as error:
            raise StorageError(f"{path}: {error.strerror}", "Capture the document again") from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise _altered(path)
        return data

    def text(self, sha256: str) -> DocumentText:
        """Return the text of a document: the one kept with it, else as it is taken here.

        Raises what :meth:`read` does, and ``NoText`` where there is none. The text that was kept
        is no witness for a document that was altered since, so that one raises ``Damaged``, too.
        """
        text = self.kept_text(sha256)
        if text is None:
            return read_text(self.read(sha256))
        self.check(sha256)
        return text

    def check(self, sha256: str) -> None:
        """Raise ``Damaged`` where a document's bytes are no longer those it is named after.

        Raises ``StorageError`` where it cannot be read.
        """
        path = self.path(sha256)
        if path.exists() and not path.is_file():  # a pipe may never begin, a device never end
            raise _no_document(path)
        try:
            with path.open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                    raise _altered(path)
        except OSError as error:
            raise StorageError(f"{path}: {error.strerror}") from None

    def kept_text(self, sha256: str) -> DocumentText | None:
        """Return the text that was kept with a document; raise ``Damaged`` if it is none."""
        for path in self._texts(sha256):
            by = path.name.removeprefix(f"{sha256}.").removesuffix(".txt")
            try:
                return DocumentText(path.read_bytes().decode("utf-8"), by)
            except OSError as error:
                raise StorageError(f"{path}: {error.strerror}") from None
            except UnicodeDecodeError:
                raise Damaged(f"{path}: not the text that was kept", "Move it away") from None
        return None

    def problem(self, sha256: str) -> str | None:
        """Return what is wrong with a kept document or the text beside it; ``None`` for nothing.

        The text is taken again where what took it is installed in the same version.
        """
        path = self.path(sha256)
        try:
            self.check(sha256)
            text = self.kept_text(sha256)
            if text is None or text.by != taken_by(kind_of(data := self.read(sha256))):
                return None
            if read_text(data) != text:
                return (
                    f"{path.name}.{text.by}.txt: not the text that {text.by} takes from the "
                    "document. Move it away, and capture the document again"
                )
        except LedgerError as error:
            return str(error)
        return None

    @contextmanager
    def aside(self, stream: BinaryIO, name: str) -> Iterator[Aside]:
        """Write a document aside, in the folder, and sync it; at the end it goes from there.

        Raises ``BadInput`` for one that is empty or too large, and ``StorageError`` where it
        cannot be read or written; ``name`` is what messages call it.
        """
        made = self._make_folder()
        path = Path()
        try:
            number, text = tempfile.mkstemp(prefix=_ASIDE, dir=self.folder)
            path = Path(text)
            with os.fdopen(number, "wb") as file:
                digest, size = self._copy(stream, file, name)
                file.flush()
                os.fsync(number)
            path.chmod(self._mode())
            yield Aside(path, digest, size)
        except OSError as error:
            where = os.fsdecode(error.filename) if error.filename else self.folder
            raise StorageError(
                f"{where}: {error.strerror}", "Nothing was recorded; make room or mend it"
            ) from None
        finally:
            if path.name:
                path.unlink(missing_ok=True)
            if made:
                with suppress(OSError):  # it holds something by now
                    self.folder.rmdir()

    @staticmethod
    def _copy(stream: BinaryIO, file: BinaryIO, name: str) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > MAX_DOCUMENT:
                raise too_large(name)
            digest.update(block)
            file.write(block)
        if not size:
            raise BadInput(f"{name}: empty", "Save the document again; there is nothing to keep")
        return digest.hexdigest(), size

    def keep(self, document: Aside) -> bool:
        """Give a document its name, for good; return whether it was not kept before.

        Raises ``Damaged`` where other bytes, or none, are kept under that name.
        """
        path = self.path(document.sha256)
        new = give_name(document.path, path)
        if not new:
            self.check(document.sha256)
        sync_folder(self.folder)
        sync_folder(self.folder.parent)
        return new

    def keep_text(self, sha256: str) -> DocumentText:
        """Take a document's text and keep it, where a library took it; return it.

        Where one is kept already, that stays. Raises ``NoText`` where there is none.
        """
        held = self.kept_text(sha256)
        if held is not None:
            return held
        taken = read_text(self.read(sha256))
        if taken.by:
            with self.aside(io.BytesIO(taken.text.encode("utf-8")), sha256) as document:
                give_name(document.path, self.folder / f"{sha256}.{taken.by}.txt")
                sync_folder(self.folder)
        return taken

    def remove(self, sha256: str) -> bool:
        """Remove a document for good, with its text; return whether it was here.

        Copies of it that a capture left aside when it was killed go, too. Raises ``StorageError``
        where it cannot be removed.
        """
        if not _NAME.fullmatch(sha256):
            return False
        path = self.path(sha256)
        held = path.is_file()
        try:
            texts = self._texts(sha256)
            gone = {sha256, *(_digest(text) for text in texts)}
            aside = [one for one in self.folder.glob(f"{_ASIDE}*") if _digest(one) in gone]
            for file in (*aside, *texts, path):
                file.unlink(missing_ok=True)
            if self.folder.is_dir():
                sync_folder(self.folder)
        except OSError as error:
            raise StorageError(
                f"{os.fsdecode(error.filename or path)}: {error.strerror}",
                "Make the folder writable, and try again",
            ) from None
        return held

    def _make_folder(self) -> bool:
        """Make the folder if it is not there; return whether it was made."""
        try:
            self.folder.mkdir()
        except FileExistsError:
            if not self.folder.is_dir():
                raise StorageError(
                    f"{self.folder}: not a folder, but the documents are kept there",
                    "Move that file away",
                ) from None
            self._share_folder()
            return False
        except OSError as error:
            raise StorageError(
                f"{self.folder}: {error.strerror}", "Make a folder there that can be written"
            ) from None
        self._share_folder()
        return True

    def _share_folder(self) -> None:
        """Let those look into the folder who can read the ledger."""
        mode = self._mode() & 0o444
        with suppress(PermissionError):  # it is somebody else's
            self.folder.chmod(mode | mode >> 2 | 0o700)

    def _mode(self) -> int:
        """Return the permissions of a document: to read where the ledger can be read."""
        if self._like is not None and self._like.exists():
            return stat.S_IMODE(self._like.stat().st_mode) & 0o444
        return 0o400


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def too_large(name: str) -> BadInput:
    """Return the error for a document that is larger than any that is kept."""
    return BadInput(
        f"{name}: more than the {MAX_DOCUMENT:,} bytes that are kept of a document",
        "Capture the part that matters, or file the claim with its --evidence-sha256",
    )


def _altered(path: Path) -> Damaged:
    return Damaged(
        f"{path}: its bytes are no longer those it is named after",
        "Move it away, and capture the document again from where it came",
    )


def _no_document(path: Path) -> Damaged:
    return Damaged(f"{path}: no ordinary file", "Move it away, and capture the document again")


def give_name(aside: Path, path: Path) -> bool:
    """Give a file written aside a name, unless the name is taken; return whether it was free.

    A link fails where the name is taken, which a rename does not. File systems without links
    get the rename: two captures at once would then write the same bytes twice, nothing worse.
    """
    try:
        os.link(aside, path)
    except FileExistsError:
        return False
    except OSError:
        if path.exists():
            return False
        aside.rename(path)
    return True
