"""The documentation: what it shows is what running it shows, and its links lead somewhere."""

import hashlib
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from cli.commands import SECTIONS

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "seeds" / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

PAGE = """\
# A page

Prose with a $ sign, and

    $ wherefrom indented, which is no block

```console
$ wherefrom import seeds/*.jsonl
What an older version printed.
$ wherefrom log \\
    --last 1
$ wherefrom log | head -2
```

```sh
$ wherefrom verify
```
"""


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_generated_page_is_up_to_date(generate: ModuleType) -> None:
    for name, make in generate.pages().items():
        assert (ROOT / name).read_text(encoding="utf-8") == make(), f"{name}: run `make docs`"


def test_a_block_gets_what_its_commands_print_and_the_rest_stays(generate: ModuleType) -> None:
    text = generate.rendered(PAGE)
    before, block, after = re.split(r"```console\n|```\n\n```sh", text)
    assert before + "```console\n" in PAGE
    assert "```sh" + after in PAGE
    lines = block.splitlines()
    assert lines[0] == "$ wherefrom import seeds/*.jsonl"
    assert lines[1] == "Recorded 276 events, from position 0. The ledger holds 276."
    assert lines[2:4] == ["$ wherefrom log \\", "    --last 1"]
    assert lines[4].startswith("   275  2026-02-07 09:01:")
    assert lines[5] == "$ wherefrom log | head -2"
    assert [line.split()[0] for line in lines[6:]] == ["0", "1"]


def test_a_block_with_a_name_is_a_file_for_the_commands_below(generate: ModuleType) -> None:
    page = "```text a.txt\nfive died\n```\n\n```console\n$ wherefrom capture a.txt\n```\n"
    text = generate.rendered(page)
    assert text.startswith(
        "```text a.txt\nfive died\n```\n\n```console\n$ wherefrom capture a.txt\n"
    )
    assert hashlib.sha256(b"five died\n").hexdigest() in text


def test_a_page_is_the_same_every_time(generate: ModuleType) -> None:
    text = generate.rendered(PAGE)
    assert generate.rendered(text) == text


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("rm -rf seeds", "only `wherefrom` runs"),
        ("wherefrom trace ffffffff", "exit code 2"),
        ("wherefrom verify", "no such ledger"),
    ],
)
def test_what_cannot_run_or_fails_is_not_shown(generate: ModuleType, line: str, words: str) -> None:
    with pytest.raises(generate.CannotRun, match=words):
        generate.rendered(f"```console\n$ {line}\n```\n")


def test_the_page_of_commands_has_every_command_on_lines_that_fit(generate: ModuleType) -> None:
    page = generate.commands_page()
    headings = re.findall(r"^### wherefrom (\S+)$", page, re.MULTILINE)
    assert headings == [name for entries in SECTIONS.values() for name in entries]
    assert [line for line in page.splitlines() if len(line) > 100] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("#"):
            assert (path.parent / target.partition("#")[0]).exists(), target
