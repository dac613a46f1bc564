"""Go's own code judges our tiles and receipts: `golang.org/x/mod/sumdb`, made for its checksums.

`tests/go` holds two small programs on those packages. `checktiles` opens the checkpoint,
recomputes every record hash, reads every hash of the tree from the tiles, proves every record and
every smaller tree, and then changes bytes, each of which must be refused; `checkreceipt` does the
like with receipts. They are built with what Debian packages (`golang-go` and
`golang-golang-x-mod-dev`), from the disk alone.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import Wherefrom
from signing import erase
from trees import ORIGIN, Growing

from ledger.checkpoints import Checkpoint, origin_line
from ledger.keys import LEDGER_KEY, new_key
from ledger.notes import Note
from ledger.tile_folder import TileFolder

PROGRAMS = Path(__file__).parent / "go"
GOPATH = Path("/usr/share/gocode")
PACKAGES = GOPATH / "src" / "golang.org" / "x" / "mod" / "sumdb"

KEY = new_key(origin_line(ORIGIN), LEDGER_KEY, bytes(range(32)))

SIZES = (0, 1, 2, 255, 256, 257, 65_535, 65_536, 65_537, 70_000)
"""One leaf beside a full tile, of one level and of two; and the example of tlog-tiles."""


Build = Callable[[str], Path]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """What builds a program of ours."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("Go is not installed: apt-get install golang-go golang-golang-x-mod-dev")
    if not PACKAGES.is_dir():
        pytest.skip(f"{PACKAGES} is not there: apt-get install golang-golang-x-mod-dev")
    folder = tmp_path_factory.mktemp("go")
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder),
        "GOCACHE": str(folder / "cache"),
        "GOPATH": str(GOPATH),
        "GO111MODULE": "off",
        "GOFLAGS": "",
        "GOPROXY": "off",
        "CGO_ENABLED": "0",
    }

    def built(name: str) -> Path:
        subprocess.run(
            [go, "build", "-o", str(folder / name), str(PROGRAMS / name / "main.go")],
            env=environment,
            check=True,
            capture_output=True,
            timeout=300,
        )
        return folder / name

    return built


@pytest.fixture(scope="module")
def judge(build: Build) -> Path:
    """The program that judges tiles."""
    return build("checktiles")


def judged(
    judge: Path, folder: Path, *options: str, verifier: object = KEY.verifier
) -> subprocess.CompletedProcess[str]:
    """What the program says of a folder, which it checks with a verifier key."""
    command = [str(judge), *options, str(folder), str(verifier)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def export(folder: Path, ledger: Growing, old: int) -> None:
    """Export a ledger into a folder that holds its first ``old`` events."""
    size = ledger.store.size()
    text = Checkpoint(KEY.name, size, ledger.root).text
    checkpoint = bytes(Note(text, (KEY.sign(text, 0),)))
    TileFolder(folder).extend(ledger.store, old, size, ledger.root, checkpoint)


def test_go_checks_the_tiles_of_every_size_and_refuses_every_change(
    judge: Path, tmp_path: Path
) -> None:
    """One folder that grows. Every bit of a small tree is changed, of a larger one some bytes."""
    ledger, old = Growing(), 0
    for size in SIZES:
        ledger.grow(size)
        export(tmp_path, ledger, old)
        options = ("-every-bit",) if size <= 2 else ("-changes", "300" if size < 1000 else "1")
        said = judged(judge, tmp_path, *options)
        assert said.returncode == 0, f"{size} events: {said.stderr}"
        assert said.stdout.startswith(f"entries {size}, changes ")
        assert int(said.stdout.split()[-1]) >= 4
        old = size


def test_go_checks_what_the_commands_write(judge: Path, wherefrom: Wherefrom) -> None:
    key, folder = wherefrom.folder / "desk.key", wherefrom.folder / "public"
    wherefrom("describe", "Red Cross", "--kind", "organisation")
    verifier = wherefrom("keygen", "--output", key, "--json").json["verifier"]
    for size in (1, 277):
        wherefrom("export", "--format", "tiles", folder, "--key", key)
        said = judged(judge, folder, "-changes", "50", verifier=verifier)
        assert said.returncode == 0, said.stderr
        assert said.stdout.startswith(f"entries {size}, changes ")
        wherefrom.seeds()


def test_go_refuses_another_key_and_another_tree(judge: Path, tmp_path: Path) -> None:
    """So that what passes above is seen to have been judged."""
    ledger, other = Growing(), Growing("another desk")
    for one, name in ((ledger, "ours"), (other, "theirs")):
        one.grow(300)
        export(tmp_path / name, one, 0)
    stranger = new_key(KEY.name, LEDGER_KEY, bytes(32)).verifier
    refused = judged(judge, tmp_path / "ours", verifier=stranger)
    assert refused.returncode == 1
    assert "note has no verifiable signatures" in refused.stderr
    shutil.copy(tmp_path / "theirs" / "checkpoint", tmp_path / "ours" / "checkpoint")
    refused = judged(judge, tmp_path / "ours")
    assert refused.returncode == 1
    assert "inconsistent tile" in refused.stderr


def test_go_checks_receipts_and_refuses_every_change(build: Build, wherefrom: Wherefrom) -> None:
    key = wherefrom.folder / "desk.key"
    wherefrom.seeds()
    verifier = wherefrom("keygen", "--output", key, "--json").json["verifier"]
    erase(wherefrom.db, wherefrom("log", "--last", 1, "--json").json[0]["id"])
    events = wherefrom("log", "--json").json
    files = []
    chosen = [events[at] for at in (0, 211, 255, 256, -2, -1)]
    for event in chosen:
        files.append(wherefrom.folder / f"{event['id']}.tlog-proof")
        wherefrom("receipt", event["id"], "--key", key, "--output", files[-1])
    command = [build("checkreceipt"), "-changed", verifier, *files]
    said = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert said.returncode == 0, said.stderr
    *heads, changes = said.stdout.splitlines()
    times = [json.loads(head)["recorded_at"] for head in heads]
    assert times == [event["recorded_at"] for event in chosen]
    assert int(changes.split()[1]) == sum(len(file.read_bytes()) for file in files)
