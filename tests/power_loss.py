"""A disk in memory that remembers all it was told, and what a power cut could leave of it.

The disk keeps files under names, as a file system does, and a log of every operation: bytes
written somewhere, a length cut, a file synced, a name made or taken away, the folder synced.
The power may fail after any of them. What was synced before is there then. Of the rest nothing is
certain, and :func:`left_by_power_cut` draws one of the many things that a real disk may hold:

* A write reaches the disk sector by sector, and any of them may be missing. What is left may
  therefore hold a later write and not the earlier one. (No order needs to be drawn: a sector that
  was written twice holds what it held first, or the one, or the other.)
* A sector may be torn at any byte, its beginning new and its end old or the reverse; or hold
  nothing sensible where it was written. SQLite is never told that a write is atomic.
* On a medium that is not ``powersafe`` the bytes of the sector beside those written may be damaged
  as well. SQLite on Unix and Windows takes every disk for a powersafe one unless it is told
  otherwise (``SQLITE_IOCAP_POWERSAFE_OVERWRITE``); it is told which it has.
* A file may have grown without its bytes: zeros stand there, or what was on the disk before.
* A name that was made, taken away or made again since the folder was last synced may be in any of
  these states, each name for itself, even if the file of that name was synced.

What is assumed of the disk: a sync returns when all that was written to that file is safe, and
sectors that nobody writes to stay as they are. A disk that does not keep to the first
(:attr:`Disk.lies`) loses data whatever a program does; the tests show that they would notice.
"""

import itertools
import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import attrs


class Write(NamedTuple):
    """Bytes written into a file."""

    file: int
    offset: int
    data: bytes


class Truncate(NamedTuple):
    """A file cut to a length."""

    file: int
    length: int


class Sync(NamedTuple):
    """A file made durable, not its name."""

    file: int


class Name(NamedTuple):
    """A name given to a file, or (``None``) taken away."""

    name: str
    file: int | None


class SyncFolder(NamedTuple):
    """All names made durable."""


class Note(NamedTuple):
    """What the program under test had promised, or begun, by then."""

    words: object


Image = dict[str, bytes]
"""What is in every file, by name."""

Operation = Write | Truncate | Sync | Name | SyncFolder | Note


class Medium(NamedTuple):
    """What a disk is made of: the size of its sectors, and whether their rest is safe."""

    sector: int = 4096
    powersafe: bool = True


ORDINARY = Medium()


class ShortRead(Exception):
    """A read that comes back with the first half of what was asked for."""


class Killed(BaseException):
    """What a program under test is ended by; no handler of errors sees it."""


@attrs.define
class Disk:
    """Files by name; ``before`` is asked before every operation, and may raise in its place."""

    medium: Medium = ORDINARY
    lies: bool = False
    """Whether a sync says that it is done and does nothing."""
    before: Callable[[str], None] = lambda kind: None
    names: dict[str, int] = attrs.Factory(dict)
    files: list[bytearray] = attrs.Factory(list)
    log: list[Operation] = attrs.Factory(list)

    def make(self, name: str) -> int:
        """Make an empty file of that name; return its number."""
        self.before("make")
        self.files.append(bytearray())
        self.names[name] = len(self.files) - 1
        self.log.append(Name(name, self.names[name]))
        return self.names[name]

    def delete(self, name: str) -> None:
        """Take a name away; whoever has the file open keeps it."""
        self.before("delete")
        del self.names[name]
        self.log.append(Name(name, None))

    def read(self, file: int, offset: int, amount: int) -> bytes:
        """Return bytes of a file; fewer than asked for at its end."""
        try:
            self.before("read")
        except ShortRead:
            amount //= 2
        return bytes(self.files[file][offset : offset + amount])

    def write(self, file: int, offset: int, data: bytes) -> None:
        """Write bytes; a write that fails has written the first half of them."""
        try:
            self.before("write")
        except BaseException:
            self._write(Write(file, offset, data[: len(data) // 2]))
            raise
        self._write(Write(file, offset, data))

    def _write(self, write: Write) -> None:
        if write.data:
            self.log.append(write)
            apply(write, self.files[write.file])

    def truncate(self, file: int, length: int) -> None:
        """Cut a file."""
        self.before("truncate")
        self.log.append(Truncate(file, length))
        del self.files[file][length:]

    def sync(self, file: int) -> None:
        """Make a file durable."""
        self.before("sync")
        if not self.lies:
            self.log.append(Sync(file))

    def sync_folder(self) -> None:
        """Make names durable."""
        self.before("sync")
        if not self.lies:
            self.log.append(SyncFolder())

    def note(self, words: object) -> None:
        """Write into the log what was promised."""
        self.log.append(Note(words))

    def fail(
        self, at: int, kinds: Collection[str], error: Callable[[str], Exception], lasting: bool
    ) -> Iterator[int]:
        """Let the operation of these kinds that comes ``at``-th fail, or all from it on.

        What is returned tells how many have failed so far.
        """
        counted, failed = itertools.count(1), 0

        def before(kind: str) -> None:
            nonlocal failed
            if kind in kinds:
                number = next(counted)
                if number == at or (lasting and number > at):
                    failed += 1
                    raise error(kind)

        self.before = before
        return iter(lambda: failed, None)

    def kill_after(self, operations: int) -> None:
        """End the program once it has done so many more operations; nothing is done after."""
        counted = itertools.count()

        def before(kind: str) -> None:
            if next(counted) >= operations:
                raise Killed

        self.before = before

    def contents(self) -> Image:
        """Return what is in every file now."""
        return {name: bytes(self.files[file]) for name, file in self.names.items()}

    @classmethod
    def holding(cls, contents: Mapping[str, bytes], medium: Medium) -> "Disk":
        """Return a disk that holds these files, all of them durable."""
        disk = cls(medium)
        disk.put(contents)
        return disk

    def put(self, contents: Mapping[str, bytes]) -> None:
        """Put files on the disk, all of them durable."""
        for name, content in contents.items():
            file = self.make(name)
            self.log += [Write(file, 0, content), Sync(file), SyncFolder()]
            self.files[file][:] = content


def apply(change: Write | Truncate, content: bytearray, filler: bytes = b"\0") -> None:
    """Do to the content of a file what the operation says; ``filler`` stands in a hole."""
    if isinstance(change, Truncate):
        del content[change.length :]
        return
    hole = change.offset - len(content)
    if hole > 0:
        content.extend((filler * (hole // len(filler) + 1))[:hole])
    content[change.offset : change.offset + len(change.data)] = change.data


class Weather(NamedTuple):
    """How likely it is that what was not synced is there all the same, and how it is hurt."""

    kept: float
    torn: float
    damaged: float
    filler: bytes


NOTHING_KEPT = Weather(0.0, 0.0, 0.0, b"\0")


def weather(dice: random.Random) -> Weather:
    """Return a weather: nothing kept, everything kept, or anything between, torn or clean."""
    kept = dice.choice((0.0, 1.0, 0.02, 0.98, dice.random(), dice.random()))
    torn = dice.choice((0.0, 0.0, 0.3))
    damaged = dice.choice((0.0, 0.0, 0.2))
    return Weather(kept, torn, damaged, dice.choice((b"\0", dice.randbytes(97))))


def left_by_power_cut(
    log: Sequence[Operation], medium: Medium, dice: random.Random, now: Weather | None = None
) -> Image:
    """Return one of the states that files may be in when the power fails after ``log``."""
    now = now or weather(dice)
    until = {change.file: at for at, change in enumerate(log) if isinstance(change, Sync)}
    folder = max((at for at, change in enumerate(log) if isinstance(change, SyncFolder)), default=0)
    last = len(log) - 1
    contents: dict[int, bytearray] = {}
    names: dict[str, list[int | None]] = {}
    for at, change in enumerate(log):
        if isinstance(change, Name):
            states = names.setdefault(change.name, [None])
            if at < folder:
                states.clear()
            states.append(change.file)
            if change.file is not None:
                contents.setdefault(change.file, bytearray())
        elif isinstance(change, Write | Truncate):
            content = contents.setdefault(change.file, bytearray())
            if at < until.get(change.file, -1):
                apply(change, content)
                continue
            for piece in _survivors(change, medium, now, dice, content, at == last):
                apply(piece, content, now.filler)
    left = {name: _state(states, now, dice) for name, states in names.items()}
    return {name: bytes(contents[file]) for name, file in left.items() if file is not None}


def _state(states: Sequence[int | None], now: Weather, dice: random.Random) -> int | None:
    """Return one state of a name out of those it has had since the folder was synced."""
    if now.kept in (0.0, 1.0):
        return states[-1] if now.kept else states[0]
    return dice.choice(states)


def _survivors(
    change: Write | Truncate,
    medium: Medium,
    now: Weather,
    dice: random.Random,
    content: bytearray,
    last: bool,
) -> Iterator[Write | Truncate]:
    """Yield what is left of an operation that was not synced."""
    if isinstance(change, Truncate):
        if dice.random() < now.kept:
            yield change
        return
    for piece in _by_sector(change, medium.sector):
        under_way = last and dice.random() < 0.5  # the power went while it was being written
        if not under_way and dice.random() >= now.kept:
            continue
        fate = dice.random()
        if fate < now.damaged:
            yield _damaged(piece, medium, len(content), dice)
        elif under_way or fate < now.damaged + now.torn:
            yield _torn(piece, len(content), dice)
        else:
            yield piece


def _damaged(piece: Write, medium: Medium, length: int, dice: random.Random) -> Write:
    """Return a piece with nothing sensible in it, nor in its sector, as far as the file goes."""
    if medium.powersafe:
        return piece._replace(data=dice.randbytes(len(piece.data)))
    start = piece.offset - piece.offset % medium.sector
    end = min(start + medium.sector, max(length, piece.offset + len(piece.data)))
    return Write(piece.file, start, dice.randbytes(end - start))


def _torn(piece: Write, length: int, dice: random.Random) -> Write:
    """Return the beginning of a piece, or its end."""
    cut = dice.randrange(len(piece.data) + 1)
    if dice.random() < 0.5 or piece.offset + cut > length:
        return piece._replace(data=piece.data[:cut])
    return Write(piece.file, piece.offset + cut, piece.data[cut:])


def _by_sector(change: Write, sector: int) -> Iterator[Write]:
    offset, data = change.offset, change.data
    while data:
        room = sector - offset % sector
        yield Write(change.file, offset, data[:room])
        offset, data = offset + room, data[room:]
