"""A file, or standard input, as lines of text with their numbers.

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
from typing import BinaryIO, Final, cast

from ledger.errors import BadInput, StorageError

MAX_LINE: Final = 16 * 1024 * 1024
"""Bytes of a line; a longer one is no table and no JSON Lines."""

_GZIP: Final = b"\x1f\x8b"
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
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

Line = tuple[int, str]


def shown_name(path: str) -> str:
    """Return what messages call the file."""
    return "stdin" if path == "-" else path


@contextmanager
def open_bytes(path: str, progress: Callable[[int], None] = lambda _: None) -> Iterator[BinaryIO]:
    """Open a file, or with ``-`` standard input, and undo gzip.

    ``progress`` is told how many bytes of the file were read since it was last told.
    Raises ``StorageError`` when it cannot be opened or read.
    """
    name = shown_name(path)
    try:
        with nullcontext(sys.stdin.buffer) if path == "-" else open(path, "rb") as raw:
            counted = io.BufferedReader(cast(io.RawIOBase, _Counted(raw, progress)), 1 << 16)
            if counted.peek(2)[:2] == _GZIP:
                yield cast(BinaryIO, io.BufferedReader(gzip.GzipFile(fileobj=counted), 1 << 16))
            else:
                yield cast(BinaryIO, counted)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        problem = "ends too early" if isinstance(error, EOFError) else "is damaged"
        raise BadInput(f"{name}: the gzip file {problem}", "Fetch it again") from None
    except OSError as error:
        raise StorageError(f"{name}: {error.strerror or error}", "Name a file to read") from None


class _Counted(io.RawIOBase):
    """A stream that tells how much was read from it."""

    def __init__(self, stream: BinaryIO, progress: Callable[[int], None]) -> None:
        self._stream = stream
        self._progress = progress

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self._progress(len(data))
        return len(data)


def read_lines(stream: BinaryIO, name: str) -> Iterator[Line]:
    """Yield the lines of a stream with their numbers from 1, line ends kept.

    Raises ``BadInput``, with line and byte, for what is no UTF-8 text.
    """
    start = stream.peek(16)[:16] if hasattr(stream, "peek") else b""
    for magic, kind, hint in _NO_TEXT:
        if start.startswith(magic):
            raise BadInput(f"{name}: {kind}, not UTF-8 text", hint)
    offset = 0
    number = 0
    while line := stream.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE:
            raise BadInput(
                f"{name}:{number}: a line of more than {MAX_LINE:,} bytes", "Break it up"
            )
        if number == 1 and line.startswith(_BYTE_ORDER_MARK):
            line = line[len(_BYTE_ORDER_MARK) :]
            offset = len(_BYTE_ORDER_MARK)
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _no_utf8(name, number, offset + error.start, line[error.start]) from None
        offset += len(line)
        yield number, text


def _no_utf8(name: str, line: int, offset: int, byte: int) -> BadInput:
    return BadInput(
        f"{name}:{line}: byte {offset:,} (0x{byte:02X}) is no UTF-8; it is in another encoding",
        "Save it as UTF-8, or convert it: iconv -f WINDOWS-1252 -t UTF-8",
    )
