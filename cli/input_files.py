"""A file, or standard input, as a stream of text.

Gzip is undone, a byte order mark is dropped, and everything that keeps a file from being read
as UTF-8 text is said with its place: a text in another encoding with the byte at which that
shows, a spreadsheet or a database by what it is, an archive that ends too early as that.
"""

import gzip
import io
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, BinaryIO, Final, TextIO, cast

from cli.file_kinds import CHECKPOINT, ENOUGH, PRIVATE_KEY, RECEIPT, kind_of
from cli.waiting import waiting_for
from ledger.errors import BadInput, StorageError

MAX_LINE: Final = 16 * 1024 * 1024
"""Bytes of a line; a longer one is no table and no JSON Lines."""

EXPANDED: Final = 1024 * 1024 * 1024
"""Bytes from which on a gzip file may hold no more than :data:`EXPANSION` times its size."""

EXPANSION: Final = 100
"""Tables shrink to a tenth or a thirtieth; what shrinks to a thousandth was made to fill a disk."""

_GZIP: Final = b"\x1f\x8b"
_NO_TEXT: Final = (
    (b"\xff\xfe", "UTF-16 text", "Save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text", "Save it as UTF-8"),
    (b"PK\x03\x04", "a spreadsheet or a zip archive", "Save the sheet as CSV, or unpack it"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet", "Save the sheet as CSV"),
    (b"SQLite format 3\x00", "a database", "Export the rows as CSV; a ledger is named with --db"),
    (b"%PDF", "a PDF", "Write its figures into a CSV"),
    (b"\xfd7zXZ", "an xz archive", "Unpack it first"),
    (b"BZh", "a bzip2 archive", "Unpack it first"),
    (b"(\xb5/\xfd", "a zstandard archive", "Unpack it first"),
)

Progress = Callable[[int], None]


def shown_name(path: str) -> str:
    """Return what messages call the file."""
    return "stdin" if path == "-" else path


@contextmanager
def open_text(path: str, progress: Progress = lambda _: None) -> Iterator[TextIO]:
    """Open a file, or with ``-`` standard input, as text whose line ends are kept.

    ``progress`` is told how many bytes of the file were read since it was last told. Whatever
    goes wrong while the text is read is raised by the context: ``StorageError`` when the file
    cannot be read, ``BadInput`` with line and byte for what is no UTF-8 text.
    """
    name = shown_name(path)
    watched: _Watched | None = None
    try:
        with nullcontext(sys.stdin.buffer) if path == "-" else _opened(path) as raw:
            counted = _Counted(raw, progress)
            file = _buffered(counted)
            packed = file.peek(2)[:2] == _GZIP
            if packed:
                file = _buffered(cast(io.RawIOBase, gzip.GzipFile(fileobj=file)))
            for magic, kind, hint in _NO_TEXT:
                if file.peek(16).startswith(magic):
                    raise BadInput(f"{name}: {kind}, not UTF-8 text", hint)
            found = kind_of(file.peek(ENOUGH))
            if found in (PRIVATE_KEY, CHECKPOINT, RECEIPT):
                raise BadInput(f"{name}: {found}, and no table", "Name a file of CSV or JSON Lines")
            watched = _Watched(file, name, counted if packed else None)
            yield io.TextIOWrapper(_buffered(watched), encoding="utf-8-sig", newline="")
    except UnicodeDecodeError as error:
        assert watched is not None
        raise watched.no_utf8(error) from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        problem = "ends too early" if isinstance(error, EOFError) else "is damaged"
        raise BadInput(f"{name}: the gzip file {problem}", "Fetch it again") from None
    except OSError as error:
        raise StorageError(f"{name}: {error.strerror or error}", "Name a file to read") from None


def _opened(path: str) -> BinaryIO:
    with waiting_for(path, "write to"):
        return open(path, "rb")


def pieces_of(stream: TextIO, size: int = 1 << 16) -> Iterator[str]:
    """Yield the rest of a text that :func:`open_text` opened, however long its lines are.

    For JSON, where line breaks mean nothing and a document may be one line.
    """
    watched = cast(Any, stream).buffer.raw
    assert isinstance(watched, _Watched)
    watched.limited = False
    while piece := stream.read(size):
        yield piece


def _buffered(stream: io.RawIOBase) -> io.BufferedReader:
    return io.BufferedReader(stream, 1 << 16)


class _Counted(io.RawIOBase):
    """A stream that tells how much was read from it."""

    def __init__(self, stream: BinaryIO, progress: Progress) -> None:
        self.bytes = 0
        self._stream = stream
        self._progress = progress

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self.bytes += len(data)
        self._progress(len(data))
        return len(data)


class _Watched(io.RawIOBase):
    """A stream that knows how many bytes and lines were read, and stops at an endless line.

    ``packed`` is the archive it comes out of, if any: it stops at one that has no end, too.
    """

    def __init__(self, stream: BinaryIO, name: str, packed: "_Counted | None") -> None:
        self.limited = True
        self._packed = packed
        self._stream = stream
        self._name = name
        self._bytes = 0
        self._lines = 0
        self._line_begins = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        ends = data.count(b"\n")
        if ends:
            self._line_begins = self._bytes + data.rindex(b"\n") + 1
        self._bytes += len(data)
        self._lines += ends
        if self.limited and self._bytes - self._line_begins > MAX_LINE:
            raise BadInput(
                f"{self._name}:{self._lines + 1}: a line of more than {MAX_LINE:,} bytes",
                "Break it up",
            )
        if (
            self._packed is not None
            and self._bytes > EXPANDED
            and self._bytes > EXPANSION * self._packed.bytes
        ):
            raise BadInput(
                f"{self._name}: the gzip file holds more than {EXPANSION} times its size",
                "It may be made to fill the disk; unpack it yourself if it is what it should be",
            )
        return len(data)

    def no_utf8(self, error: UnicodeDecodeError) -> BadInput:
        """Return the error with its place: what could not be decoded ends where reading is."""
        rest = error.object[error.start :]
        return BadInput(
            f"{self._name}:{self._lines + 1 - rest.count(bytes([10]))}: byte "
            f"{self._bytes - len(rest):,} (0x{rest[0]:02X}) is no UTF-8; it is in another encoding",
            "Save it as UTF-8, or convert it: iconv -f WINDOWS-1252 -t UTF-8",
        )
