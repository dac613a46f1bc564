"""The ledger as a folder of plain files: C2SP tlog-tiles (c2sp.org/tlog-tiles).

What can be served by any web server, kept by any archive and checked by anyone's program::

    checkpoint                  the signed tree head (ledger/checkpoints.py)
    tile/<L>/<N>[.p/<W>]        a tile: 256 consecutive hashes of level L, 32 bytes each
    tile/entries/<N>[.p/<W>]    a bundle: the 256 entries whose hashes are tile N of level 0

Level 0 holds the hashes of the leaves; a hash of level L + 1 is the root over one full tile of
level L, that is, over 256**(L + 1) leaves. These are hashes that the ledger keeps anyway
(:mod:`ledger.merkle`): the leaf at p brings one for every level whose tiles it fills. From tiles
alone follow the root of any size, and every proof of inclusion and of consistency.

An entry is a head; in a bundle it follows its length, two bytes, the higher first. That is why
heads are bounded. Bodies are no part of the tiles: what people wrote may have to be erased, and
what was published cannot be taken back. A head commits to its body, so whoever is shown a body
with its salt (a receipt, :mod:`ledger.receipts`) can find it here.

The last tile of a level is partial where it is not full: ``<W>`` of 1 to 255 is how many it has.
``<N>`` is written in elements of three digits, all but the last behind an ``x``: 1234067 is
``x001/x234/067``, so that no folder grows beyond some thousands of files. What a path says never
changes: a tile is full or has its width in its name, and leaves only come at the end. So a later
export adds files, and a file that would have to change is one of another tree.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from ledger.errors import BadInput
from ledger.heads import MAX_HEAD
from ledger.merkle import HASH_BYTES, Frontier, StoredHashes, kept_hash

WIDTH: Final = 256
"""Hashes of a full tile, entries of a full bundle."""

HEIGHT: Final = 8
"""Levels of the tree from one level of tiles to the next: 2**8 hashes are a tile."""

ENTRIES: Final = "entries"
"""What stands in the place of the level in the path of a bundle."""

_LENGTH_BYTES: Final = 2
MAX_BUNDLE: Final = WIDTH * (_LENGTH_BYTES + MAX_HEAD)
MAX_LEVEL: Final = 63

_PATH: Final = re.compile(
    r"tile/(entries|0|[1-9]\d?)/((?:x\d{3}/){0,6}\d{3})(?:\.p/(\d{1,3}))?", re.ASCII
)


class Tile(NamedTuple):
    """Which file a tile or a bundle is: ``kind`` is the level in decimal, or ``entries``."""

    kind: str
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The path below the folder, with slashes."""
        front, rest = self.number, ""
        while front >= 1000:
            front, last = divmod(front, 1000)
            rest = f"/{last:03d}{rest}"
        elements = f"{front:03d}{rest}".split("/")
        name = "/".join([*(f"x{element}" for element in elements[:-1]), elements[-1]])
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{self.kind}/{name}{partial}"

    @property
    def level(self) -> int:
        """The level of its hashes; a bundle goes with level 0."""
        return 0 if self.kind == ENTRIES else int(self.kind)

    def of_size(self, size: int) -> "Tile | None":
        """Return the tile that stands here in a tree of ``size`` leaves; ``None``: there is none.

        It is this one, or a wider one that begins with it.
        """
        width = min(WIDTH, (size >> HEIGHT * self.level) - self.number * WIDTH)
        return self._replace(width=width) if width >= self.width else None


class Written(NamedTuple):
    """A tile and its bytes."""

    tile: Tile
    data: bytes


def read_path(path: str) -> Tile | None:
    """Return which tile a path below the folder names; ``None`` if it is none of the format."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    kind, name, width = found.groups()
    number = int(name.replace("x", "").replace("/", ""))
    tile = Tile(kind, number, WIDTH if width is None else int(width))
    well_formed = tile.path == path and 0 < tile.width <= WIDTH and tile.level <= MAX_LEVEL
    return tile if well_formed else None


def tiles_between(start: int, size: int) -> Iterator[Tile]:
    """Yield the tiles that a tree of ``size`` leaves needs and one of ``start`` leaves lacks.

    Of ``start`` that fills whole bundles; those of a level after those of the one below.
    """
    for kind in (ENTRIES, *map(str, range(MAX_LEVEL + 1))):
        level = 0 if kind == ENTRIES else int(kind)
        hashes = size >> HEIGHT * level
        if not hashes:
            return
        for number in range((start >> HEIGHT * level) // WIDTH, -(-hashes // WIDTH)):
            yield Tile(kind, number, min(WIDTH, hashes - number * WIDTH))


class Tiler:
    """Lays leaves, one after the other, into tiles, and gives each tile out when it is full.

    Begins anew, or at a ``size`` that fills whole bundles, with what ``stored`` has of the
    higher levels. Keeps one unfinished tile a level and one bundle, whatever the size.
    """

    def __init__(self, size: int = 0, stored: StoredHashes | None = None) -> None:
        if size % WIDTH:
            raise ValueError(f"{size} leaves do not fill whole bundles")
        self._size = size
        self._bundle = bytearray()
        self._levels = [bytearray()]
        while size >> HEIGHT * len(self._levels) and stored is not None:
            level = len(self._levels)
            filled = size >> HEIGHT * level
            lasts = [
                ((number + 1) << HEIGHT * level) - 1
                for number in range(filled - filled % WIDTH, filled)
            ]
            kept = zip(lasts, stored(lasts) if lasts else (), strict=True)
            hashes = (kept_hash(row, HEIGHT * level, last) for last, row in kept)
            self._levels.append(bytearray(b"".join(hashes)))

    def frontier(self) -> Frontier:
        """Return the frontier of the leaves up to the last full bundle, from what is unfinished."""
        frontier = Frontier()
        for level in range(len(self._levels) - 1, 0, -1):
            for start in range(0, len(self._levels[level]), HASH_BYTES):
                root = self._levels[level][start : start + HASH_BYTES]
                frontier.append_tree(HEIGHT * level, bytes(root))
        return frontier

    def add(self, entry: bytes, hashes: bytes) -> list[Written]:
        """Add an entry and the hashes its leaf completed (``Frontier.append``).

        Returns the tiles and the bundle that are full now: none, for 255 of 256 entries.
        Raises ``BadInput`` for an entry of 64 KiB or more.
        """
        if len(entry) > MAX_HEAD:
            raise BadInput(f"entry {self._size}: longer than {MAX_HEAD:,} bytes")
        self._bundle += len(entry).to_bytes(_LENGTH_BYTES, "big") + entry
        self._size += 1
        self._levels[0] += hashes[:HASH_BYTES]
        if self._size % WIDTH:
            return []
        full = [Written(Tile(ENTRIES, self._size // WIDTH - 1), bytes(self._bundle))]
        self._bundle.clear()
        level = 0
        while len(self._levels[level]) == WIDTH * HASH_BYTES:
            number = (self._size >> HEIGHT * (level + 1)) - 1
            full.append(Written(Tile(str(level), number), bytes(self._levels[level])))
            self._levels[level].clear()
            level += 1
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += _of_level(hashes, level)
        return full

    def partial(self) -> Iterator[Written]:
        """Yield what is not full yet: at most one tile a level, and a bundle."""
        if self._bundle:
            tile = Tile(ENTRIES, self._size // WIDTH, self._size % WIDTH)
            yield Written(tile, bytes(self._bundle))
        for level, hashes in enumerate(self._levels):
            if hashes:
                tile = Tile(
                    str(level), self._size >> HEIGHT * (level + 1), len(hashes) // HASH_BYTES
                )
                yield Written(tile, bytes(hashes))


def _of_level(hashes: bytes, level: int) -> bytes:
    """Return, of the hashes that a leaf completed, the root over its 256**level leaves."""
    start = HEIGHT * level * HASH_BYTES
    return hashes[start : start + HASH_BYTES]


def read_bundle(data: bytes, width: int) -> Sequence[bytes]:
    """Return the entries of a bundle; raise ``BadInput`` unless it is ``width`` whole ones."""
    entries = []
    at = 0
    for number in range(width):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[start - _LENGTH_BYTES : start], "big")
        if start > len(data) or at > len(data):
            raise BadInput(f"ends within entry {number} of {width}")
        entries.append(data[start:at])
    if at != len(data):
        raise BadInput(f"goes on for {len(data) - at:,} bytes after its {width} entries")
    return entries
