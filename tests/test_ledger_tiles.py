"""Tiles: the files of C2SP tlog-tiles, from a ledger and back."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from test_ledger_merkle import tree_hash
from trees import Growing, root_of

from ledger.errors import BadInput, Damaged
from ledger.heads import MAX_HEAD
from ledger.merkle import Frontier, leaf_hash
from ledger.tile_checking import check_narrower, check_tiles
from ledger.tile_folder import TileFolder
from ledger.tiles import ENTRIES, WIDTH, Tile, Tiler, read_bundle, read_path, tiles_between


def tiled(size: int) -> dict[Tile, bytes]:
    """The tiles of a tree whose entries are the texts of their numbers."""
    frontier, tiler = Frontier(), Tiler()
    made: dict[Tile, bytes] = {}
    for number in range(size):
        entry = str(number).encode()
        made.update(tiler.add(entry, frontier.append(leaf_hash(entry))))
    made.update(tiler.partial())
    return made


@pytest.fixture(scope="module")
def tree() -> dict[Tile, bytes]:
    """All tiles of 70,000 entries."""
    return tiled(70_000)


# Paths


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile("0", 0), "tile/0/000"),
        (Tile("0", 999), "tile/0/999"),
        (Tile("3", 1000), "tile/3/x001/000"),
        (Tile("4", 1_234_067, 1), "tile/4/x001/x234/067.p/1"),
        (Tile(ENTRIES, 273, 112), "tile/entries/273.p/112"),
    ],
)
def test_a_path_is_the_one_of_the_specification(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert read_path(path) == tile


@given(st.sampled_from([ENTRIES, "0", "9", "63"]), st.integers(0, 10**15), st.integers(1, 256))
def test_a_path_is_read_back(kind: str, index: int, width: int) -> None:
    tile = Tile(kind, index, width)
    assert read_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0",
        "tile/0/0000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x001/x000",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/",
        "tile/data/000",
        "tile/8/0/000",
        "tile/0/٠٠٠",
        "tile/0/000\n",
        "tile/entries/../000",
        "checkpoint",
        "",
    ],
)
def test_what_is_no_path_of_a_tile_is_none(path: str) -> None:
    assert read_path(path) is None


# Which tiles there are, and what is in them


def test_the_tiles_of_70_000_entries_are_those_of_the_specification(
    tree: dict[Tile, bytes],
) -> None:
    """The example of tlog-tiles, "Partial Tiles"."""
    hashes = {tile for tile in tree if tile.kind != ENTRIES}
    assert hashes == {
        *(Tile("0", index) for index in range(273)),
        Tile("0", 273, 112),
        Tile("1", 0),
        Tile("1", 1, 17),
        Tile("2", 0, 1),
    }
    bundles = {tile for tile in tree if tile.kind == ENTRIES}
    assert bundles == {tile._replace(kind=ENTRIES) for tile in hashes if tile.level == 0}


def test_a_full_tile_has_its_root_in_the_level_above() -> None:
    assert set(tiled(256)) == {Tile(ENTRIES, 0), Tile("0", 0), Tile("1", 0, 1)}


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 513])
def test_every_hash_is_the_root_over_its_leaves(size: int) -> None:
    """MTH(D[(n * 256 + i) * 256**l : (n * 256 + i + 1) * 256**l])."""
    entries = [str(number).encode() for number in range(size)]
    made = tiled(size)
    for tile, data in made.items():
        if tile.kind == ENTRIES:
            start = tile.number * WIDTH
            assert read_bundle(data, tile.width) == entries[start : start + tile.width]
        else:
            below = 256**tile.level
            firsts = [(tile.number * 256 + place) * below for place in range(tile.width)]
            assert data == b"".join(tree_hash(entries[at : at + below]) for at in firsts)


@given(st.integers(0, 70_000), st.integers(0, 273))
@example(65_536, 0)
@example(65_536, 256)
@example(70_000, 256)
def test_the_names_of_the_tiles_follow_from_the_size(
    tree: dict[Tile, bytes], size: int, full: int
) -> None:
    """Those of a smaller tree are the tiles of the whole one, cut to its size."""
    start = min(full, size // WIDTH) * WIDTH
    needed = [tile.of_size(size) for tile in (t._replace(width=1) for t in tree)]
    held = {tile for tile in needed if tile is not None}
    before = {tile.of_size(start) for tile in (t._replace(width=1) for t in tree)}
    assert set(tiles_between(0, size)) == held
    assert held - before <= set(tiles_between(start, size)) <= held
    for tile in tiles_between(start, size):
        assert tile.of_size(size) == tile
        assert tile.of_size(start) is None or tile.width < WIDTH or tile in before


def test_an_entry_too_long_for_its_length_is_refused() -> None:
    tiler = Tiler()
    assert tiler.add(bytes(MAX_HEAD), bytes(32)) == []
    with pytest.raises(BadInput, match="longer than 65,535 bytes"):
        tiler.add(bytes(MAX_HEAD + 1), bytes(32))


# Bundles


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_a_bundle_is_lengths_and_entries(entries: list[bytes]) -> None:
    data = b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
    assert read_bundle(data, len(entries)) == entries
    for width in (len(entries) - 1, len(entries) + 1):
        if width >= 0:
            with pytest.raises(BadInput):
                read_bundle(data, width)
    if data:
        with pytest.raises(BadInput):
            read_bundle(data[:-1], len(entries))


@given(st.binary(max_size=200), st.integers(0, 256))
def test_any_bytes_are_a_bundle_or_refused(data: bytes, width: int) -> None:
    try:
        entries = read_bundle(data, width)
    except BadInput:
        return
    assert b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries) == data
    assert len(entries) == width


# Checking


def entries_root(size: int) -> bytes:
    frontier = Frontier()
    for number in range(size):
        frontier.append(leaf_hash(str(number).encode()))
    return frontier.root()


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 513])
def test_tiles_of_the_tree_that_was_signed_pass(size: int) -> None:
    made = tiled(size)
    earlier = {old: entries_root(old) for old in (0, size // 2, size)}
    assert list(check_tiles(made.get, size, earlier)) == []


@pytest.mark.parametrize("size", [1, 2, 3])
def test_no_byte_of_a_small_tree_can_change(size: int) -> None:
    made, roots = tiled(size), {size: entries_root(size)}
    for tile, data in made.items():
        for at in range(len(data)):
            for bit in range(8):
                changed = bytearray(data)
                changed[at] ^= 1 << bit
                assert list(check_tiles({**made, tile: bytes(changed)}.get, size, roots))


@given(st.data())
def test_no_byte_of_a_larger_tree_can_change(data: st.DataObject) -> None:
    size = data.draw(st.sampled_from([256, 257, 513, 700]))
    made, roots = tiled(size), {size: entries_root(size)}
    tile = data.draw(st.sampled_from(sorted(made)))
    changed = bytearray(made[tile])
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
    problems = list(check_tiles({**made, tile: bytes(changed)}.get, size, roots))
    assert any(tile.path in problem for problem in problems)


@given(st.data())
def test_no_file_can_be_missing_short_or_long(data: st.DataObject) -> None:
    size = data.draw(st.sampled_from([1, 256, 257, 513]))
    made, roots = tiled(size), {size: entries_root(size)}
    tile = data.draw(st.sampled_from(sorted(made)))
    cut = data.draw(st.integers(1, len(made[tile])))
    others = {other: bytes_ for other, bytes_ in made.items() if other != tile}
    for there in (
        others,
        {**made, tile: made[tile][:-cut]},
        {**made, tile: made[tile] + bytes(cut)},
    ):
        problems = list(check_tiles(there.get, size, roots))
        assert any(problem.startswith(tile.path) for problem in problems)


def test_another_root_is_told_with_both() -> None:
    made = tiled(5)
    [problem] = check_tiles(made.get, 5, {5: bytes(32)})
    assert entries_root(5).hex() in problem
    assert bytes(32).hex() in problem
    [problem] = check_tiles(made.get, 5, {5: entries_root(5), 3: entries_root(4)})
    assert "the first 3 entries" in problem


def test_a_size_that_nobody_could_hold_is_refused_at_once() -> None:
    assert list(check_tiles(tiled(5).get, 2**62, {2**62: bytes(32)})) == [
        "tile/entries/000: missing"
    ]


def test_what_an_earlier_export_left_must_begin_what_is_there_now() -> None:
    older, newer = tiled(300), tiled(600)
    for tile, data in older.items():
        assert check_narrower(tile, data, newer.get, 600) is None
        if tile.of_size(600) != tile:
            for changed in (data[:-1], data + b"\0", bytes([data[0] ^ 1]) + data[1:]):
                assert check_narrower(tile, changed, newer.get, 600) is not None
    beyond = check_narrower(Tile("0", 2, 88), newer[Tile("0", 2, 88)], older.get, 300)
    assert beyond is not None
    assert "beyond the 300 entries" in beyond


# The folder


def export(folder: Path, ledger: Growing, size: int, old: int = 0) -> int:
    root = root_of(ledger.store, size)
    return TileFolder(folder).extend(ledger.store, old, size, root, b"signed\n")


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_folder_grows_as_the_ledger_does(tmp_path: Path) -> None:
    """Whatever the sizes on the way, it ends with the files of one export, and old partial ones."""
    ledger, folder = Growing(), tmp_path / "grown"
    before = 0
    for size in (0, 1, 2, 255, 256, 257, 300, 600, 66_000):
        ledger.grow(size)
        kept = files(folder)
        export(folder, ledger, size, before)
        assert TileFolder(folder).check(size, {size: ledger.root}) == []
        assert all(files(folder)[name] == data for name, data in kept.items())
        before = size
    export(tmp_path / "at once", ledger, before)
    at_once = files(tmp_path / "at once")
    assert at_once.items() <= files(folder).items()
    assert set(at_once) == {"checkpoint", *(tile.path for tile in tiles_between(0, before))}


def test_an_export_writes_only_what_is_new(tmp_path: Path) -> None:
    ledger = Growing()
    ledger.grow(600)
    assert export(tmp_path, ledger, 520) == 3 + 3 + 1
    assert export(tmp_path, ledger, 520, 520) == 0
    assert export(tmp_path, ledger, 600, 520) == 2  # one bundle, one tile, both partial


@pytest.mark.parametrize("cut", range(8))
def test_an_export_that_was_cut_short_is_taken_up_again(tmp_path: Path, cut: int) -> None:
    """And until then the folder shows what was signed before: the checkpoint comes last."""
    ledger, folder = Growing(), TileFolder(tmp_path)
    ledger.grow(600)
    export(tmp_path, ledger, 200)
    signed = folder.checkpoint()

    class PowerCut(Exception):
        pass

    written = 0

    def step(_: object) -> None:
        nonlocal written
        if written == cut:
            raise PowerCut
        written += 1

    try:
        folder.extend(ledger.store, 200, 600, ledger.root, b"new\n", step)
    except PowerCut:
        assert folder.checkpoint() == signed
    else:
        assert cut == 7
    export(tmp_path, ledger, 600, 200)
    assert folder.check(600, {600: ledger.root}) == []


def test_tiles_that_a_power_cut_left_in_pieces_are_written_again(tmp_path: Path) -> None:
    """They had their names, but their bytes were not on the disk: the checkpoint was to follow."""
    ledger, folder = Growing(), TileFolder(tmp_path)
    ledger.grow(600)
    export(tmp_path, ledger, 600)
    whole = files(tmp_path)
    (tmp_path / "checkpoint").unlink()
    for path, left in (
        ("tile/0/000", lambda data: b""),
        ("tile/0/001", lambda data: bytes(len(data))),
        ("tile/entries/000", lambda data: data[:4096]),
        ("tile/entries/001", lambda data: data[:4096] + bytes(len(data) - 4096)),
    ):
        (tmp_path / path).write_bytes(left(whole[path]))
    assert export(tmp_path, ledger, 600) == 4
    assert files(tmp_path) == whole
    assert folder.check(600, {600: ledger.root}) == []


def test_a_hash_that_was_altered_is_not_published_by_a_later_export(tmp_path: Path) -> None:
    """Though the rows that are added hold, and the roots that were signed do, too."""
    ledger = Growing()
    rows = list(ledger.grow(1000).rows())
    export(tmp_path, ledger, 768)
    for position in (255, 511, 767):
        altered = Growing().store
        kept = rows[position].hashes
        hashes = kept[: 8 * 32] + bytes(32) + kept[9 * 32 :]
        with altered.appending() as writer:
            writer.add(
                [*rows[:position], rows[position]._replace(hashes=hashes), *rows[position + 1 :]]
            )
        with pytest.raises(Damaged, match=r"kept|another root"):
            TileFolder(tmp_path).extend(altered, 768, 1000, ledger.root, b"")


def test_all_tiles_are_on_the_disk_before_the_checkpoint_that_needs_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the folders that hold them, down to the one that holds the checkpoint."""
    ledger = Growing()
    ledger.grow(600)
    sync, synced = os.fsync, []

    def watched(number: int) -> None:
        sync(number)
        synced.append(os.fstat(number).st_ino)

    monkeypatch.setattr(os, "fsync", watched)
    export(tmp_path, ledger, 600)
    place = synced.index((tmp_path / "checkpoint").stat().st_ino)
    before = {path.stat().st_ino for path in (tmp_path / "tile").rglob("*")}
    assert before <= set(synced[:place])
    assert synced[place + 1 :] == [tmp_path.stat().st_ino]


def test_a_tile_of_another_tree_is_never_written_over(tmp_path: Path) -> None:
    ours, other = Growing(), Growing("another desk")
    ours.grow(300)
    other.grow(300)
    export(tmp_path, other, 300)
    before = files(tmp_path)
    with pytest.raises(BadInput, match="of another tree, or damaged"):
        export(tmp_path, ours, 300)
    assert files(tmp_path) == before


def test_a_ledger_whose_hashes_do_not_hold_is_not_exported(tmp_path: Path) -> None:
    ledger = Growing()
    rows = list(ledger.grow(10).rows())
    for changed, words in (
        (rows[7]._replace(hashes=bytes(len(rows[7].hashes))), "position 7: the kept hashes"),
        (rows[7]._replace(head=rows[7].head.replace(b"desk", b"disk")), "position 7: the kept"),
    ):
        broken = Growing().store
        with broken.appending() as writer:
            writer.add([*rows[:7], changed, *rows[8:]])
        with pytest.raises(Damaged, match=words):
            TileFolder(tmp_path).extend(broken, 0, 10, ledger.root, b"")
    with pytest.raises(Damaged, match="another root"):
        TileFolder(tmp_path).extend(ledger.store, 0, 10, bytes(32), b"")
    assert not (tmp_path / "checkpoint").exists()


def test_a_stranger_among_the_tiles_is_named(tmp_path: Path) -> None:
    ledger = Growing()
    ledger.grow(300)
    export(tmp_path, ledger, 300)
    (tmp_path / "index.html").write_text("what is beside the tiles is nobody's business")
    check = TileFolder(tmp_path).check
    assert check(300, {300: ledger.root}) == []
    (tmp_path / "tile" / "notes.txt").write_text("")
    assert check(300, {300: ledger.root}) == ["tile/notes.txt: no tile"]
    (tmp_path / "tile" / "notes.txt").unlink()
    shutil.copy(tmp_path / "tile/0/000", tmp_path / "tile/0/002")
    [problem] = check(300, {300: ledger.root})
    assert problem.startswith("tile/0/002: beyond the 300 entries")
