"""Whether tiles are those of the tree that was signed: every entry, every hash, nothing sampled.

The entries are read from the bundles and laid into tiles anew; the tiles that come out must be,
byte by byte, those that are there, and the root over all entries the one that was signed. So a
byte that is changed anywhere shows, and what shows it is what wrote the tiles in the first
place. That this is the format that others read, other people's programs check in the tests.
"""

from collections.abc import Callable, Iterator, Mapping

from ledger.errors import BadInput
from ledger.merkle import HASH_BYTES, Frontier, leaf_hash
from ledger.tiles import ENTRIES, WIDTH, Tile, Tiler, Written, read_bundle

Read = Callable[[Tile], bytes | None]
"""Returns the bytes of a tile's file; ``None`` where there is no such file."""

Roots = Mapping[int, bytes]
"""The roots that the tree must have, by its size."""


def check_tiles(read: Read, size: int, roots: Roots) -> Iterator[str]:
    """Yield what does not hold, in words, of the tiles of a tree of ``size`` leaves.

    ``roots`` are the root that was signed and those of smaller trees that were seen before; each
    must be that of the first so many entries. Stops where the entries cannot be read on. Memory
    does not grow with the size.
    """
    frontier, tiler = Frontier(), Tiler()
    yield from _wrong_root(frontier, roots)
    for number in range(-(-size // WIDTH)):
        bundle = Tile(ENTRIES, number, min(WIDTH, size - number * WIDTH))
        data = read(bundle)
        if data is None:
            yield f"{bundle.path}: missing"
            return
        try:
            entries = read_bundle(data, bundle.width)
        except BadInput as error:
            yield f"{bundle.path}: {error.message}"
            return
        for entry in entries:
            hashes = frontier.append(leaf_hash(entry))
            for written in tiler.add(entry, hashes):
                yield from _differs(read, written)
            yield from _wrong_root(frontier, roots)
    for written in tiler.partial():
        yield from _differs(read, written)


def _wrong_root(frontier: Frontier, roots: Roots) -> Iterator[str]:
    signed = roots.get(frontier.size)
    if signed is not None and signed != frontier.root():
        yield (
            f"the root over the first {frontier.size:,} entries is {frontier.root().hex()}, "
            f"signed was {signed.hex()}"
        )


def _differs(read: Read, made: Written) -> Iterator[str]:
    """Yield how a file differs from what the entries make it to be."""
    tile = made.tile
    if tile.kind == ENTRIES:  # what the rest is made from
        return
    data = read(tile)
    if data is None:
        yield f"{tile.path}: missing"
    elif len(data) != len(made.data):
        yield f"{tile.path}: {len(data):,} bytes, not {len(made.data):,}"
    elif data != made.data:
        place = next(at for at in range(len(data)) if data[at] != made.data[at]) // HASH_BYTES
        yield f"{tile.path}: hash {place} is not the one that {_made_from(tile, place)} has"


def _made_from(tile: Tile, place: int) -> str:
    if tile.level == 0:
        return f"entry {place} of {tile._replace(kind=ENTRIES).path}"
    return Tile(str(tile.level - 1), tile.number * WIDTH + place).path


def check_narrower(tile: Tile, data: bytes, read: Read, size: int) -> str | None:
    """Return what is wrong with a file beside those that a tree of ``size`` leaves needs.

    Earlier, smaller trees leave partial tiles: each must begin the tile that stands there now.
    """
    now = tile.of_size(size)
    if now is None:
        return (
            f"{tile.path}: beyond the {size:,} entries that were signed; an export may be under "
            "way, or was cut short"
        )
    if now == tile:
        return None
    wider = read(now) or b""
    try:
        if tile.kind == ENTRIES:
            length = sum(2 + len(entry) for entry in read_bundle(wider, now.width)[: tile.width])
        else:
            length = tile.width * HASH_BYTES
    except BadInput:
        return None  # said of the wider one
    return None if data == wider[:length] else f"{tile.path}: {now.path} does not begin like it"
