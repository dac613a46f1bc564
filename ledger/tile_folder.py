"""A folder of tiles on the disk: written from a ledger, extended, read back, checked.

Tiles go in one by one, each whole under its name or not at all, and the checkpoint last, when all
that it needs is on the disk: whoever reads the folder meanwhile, or after an export was cut
short, sees the tree that was signed before. An export into a folder that holds tiles adds what is
new. It never changes a tile; one that would have to be changed is of another tree.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain, islice, takewhile
from pathlib import Path
from typing import Final

from ledger.errors import BadInput, Damaged, StorageError
from ledger.files import sync_file, sync_folder
from ledger.merkle import Frontier, leaf_hash
from ledger.roots import stored_hashes
from ledger.store import Reader, consecutive
from ledger.tile_checking import Roots, check_narrower, check_tiles
from ledger.tiles import MAX_BUNDLE, WIDTH, Tile, Tiler, Written, read_path, tiles_between

CHECKPOINT: Final = "checkpoint"
MAX_CHECKPOINT: Final = 65_536
MAX_PROBLEMS: Final = 100


class TileFolder:
    """The files of tiles below one folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def checkpoint(self) -> bytes | None:
        """Return the bytes of the checkpoint; ``None`` where there is none.

        Raises ``StorageError`` where it cannot be read, and ``BadInput`` where it is too long.
        """
        data = self._bytes(self.path / CHECKPOINT, MAX_CHECKPOINT)
        if data is not None and len(data) > MAX_CHECKPOINT:
            raise BadInput(f"{self.path / CHECKPOINT}: too long to be a checkpoint")
        return data

    def read(self, tile: Tile) -> bytes | None:
        """Return the bytes of a tile; ``None`` where there is none. Raises ``StorageError``."""
        return self._bytes(self.path / tile.path, MAX_BUNDLE)

    @staticmethod
    def _bytes(path: Path, most: int) -> bytes | None:
        """Return at most one byte more than ``most`` of a file."""
        try:
            if not path.exists():
                return None
            if not path.is_file():  # a pipe may never begin, a device never end
                raise StorageError(f"{path}: no ordinary file", "Move it away")
            with path.open("rb") as file:
                return file.read(most + 1)
        except OSError as error:
            raise StorageError(f"{path}: {error.strerror}") from None

    def check(self, size: int, roots: Roots) -> list[str]:
        """Return what does not hold of the folder, for a tree of ``size`` leaves, in words.

        See :func:`ledger.tile_checking.check_tiles`. At most 100 problems; the last says if there
        are more.
        """
        found = chain(check_tiles(self.read, size, roots), self._left_over(size))
        problems = list(islice(found, MAX_PROBLEMS))
        if len(problems) == MAX_PROBLEMS:
            problems.append(f"stopped after {MAX_PROBLEMS} problems")
        return problems

    def _left_over(self, size: int) -> Iterator[str]:
        """Yield what is wrong with the files below ``tile`` that the tree does not need."""
        for folder, folders, files in os.walk(self.path / "tile"):
            folders.sort()
            for name in sorted(files):
                file = Path(folder) / name
                path = file.relative_to(self.path).as_posix()
                tile = read_path(path)
                if tile is None:
                    yield f"{path}: no tile"
                elif tile.of_size(size) != tile:
                    data = self._bytes(file, MAX_BUNDLE) or b""
                    problem = check_narrower(tile, data, self.read, size)
                    if problem is not None:
                        yield problem

    def extend(
        self,
        store: Reader,
        old: int,
        size: int,
        root: bytes,
        checkpoint: bytes,
        step: Callable[[Written], None] = lambda _: None,
    ) -> int:
        """Write the tiles of a store's first ``size`` events, then ``checkpoint``; return how many.

        ``old`` is the size whose tiles are there already, with their checkpoint; ``step`` is
        called with every tile before it is written. Raises ``Damaged`` where the hashes kept in
        the store are not those of its heads or have another ``root``, ``BadInput`` where a
        tile that is there is another, and ``StorageError`` where one cannot be written.
        """
        start = old - old % WIDTH
        try:
            self.path.mkdir(exist_ok=True)
            new = 0
            for written in _written(store, start, size, root):
                step(written)
                new += self._add(written)
            self._sync(start, size)
            self._replace(CHECKPOINT, checkpoint)
            sync_folder(self.path)
        except OSError as error:
            where = os.fsdecode(error.filename) if error.filename else self.path
            raise StorageError(
                f"{where}: {error.strerror}", "Name a folder that can be written"
            ) from None
        return new

    def _add(self, written: Written) -> bool:
        """Write a tile unless it is there; return whether it was not.

        What an earlier export wrote may not have reached the disk before the power failed, which
        its checkpoint says nothing of: that is written again.
        """
        held = self.read(written.tile)
        if held is None or (held != written.data and _is_torn(held, written.data)):
            self._replace(written.tile.path, written.data)
            return True
        if held != written.data:
            raise BadInput(
                f"{self.path / written.tile.path}: of another tree, or damaged",
                "Nothing there was changed. Export into a new folder",
            )
        return False

    def _replace(self, path: str, data: bytes) -> None:
        """Put a file in its place, whole."""
        aside = self.path / f".{CHECKPOINT}.{os.getpid()}"
        target = self.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with aside.open("wb") as file:
                file.write(data)
                if path == CHECKPOINT:
                    file.flush()
                    os.fsync(file.fileno())
            aside.replace(target)
        except BaseException:
            with suppress(OSError):
                aside.unlink()
            raise

    def _sync(self, start: int, size: int) -> None:
        """Have all tiles that were written on the disk; at the end, so that most are by then."""
        last = self.path
        for tile in tiles_between(start, size):
            file = self.path / tile.path
            sync_file(file)
            if file.parent != last:
                last = file.parent
                for folder in takewhile(lambda one: one != self.path, file.parents):
                    sync_folder(folder)


def _written(store: Reader, start: int, size: int, root: bytes) -> Iterator[Written]:
    """Yield the tiles of a store's events from ``start`` to ``size``, full ones and partial."""

    stored = stored_hashes(store)
    tiler = Tiler(start, stored)
    frontier = tiler.frontier()
    if frontier.root() != Frontier.load(start, stored).root():
        raise Damaged(
            f"the hashes kept with the first {start:,} events are not those of the tree",
            "Run `wherefrom verify`",
        )
    for row in consecutive(store, start, size):
        hashes = frontier.append(leaf_hash(row.head))
        if hashes != row.hashes:
            raise Damaged(
                f"position {row.position}: the kept hashes are not those of the tree",
                "Run `wherefrom verify`",
            )
        yield from tiler.add(row.head, hashes)
    if frontier.root() != root:
        raise Damaged("the tree has another root than was signed", "Run `wherefrom verify`")
    yield from tiler.partial()


def _is_torn(held: bytes, data: bytes) -> bool:
    """Whether a file is what a power cut may leave of these bytes: too short, or partly zeros."""
    return len(held) <= len(data) and all(
        old in (new, 0) for old, new in zip(held, data, strict=False)
    )
