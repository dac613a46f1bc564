"""Is anything left of a text? Every byte of every file in a folder is looked at.

``remarkable`` makes a claim whose words, figure and names occur nowhere else, and ``words_of``
says by which spellings it would be found: as it was typed, folded as the views keep names, as the
words of an index, as a figure's sort key.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

from ledger.dates import read_day
from ledger.decimals import sort_key
from ledger.events import Claim
from ledger.grammar import read_value

MARK = "zyxqvorn"
"""In every text of a remarkable claim, in no other text."""


def remarkable(length: int = 80) -> Claim:
    """Return a claim of a wording of so many characters, in which no word occurs twice."""
    words = " ".join(f"{MARK}{number:07d}" for number in range(length // 16 + 1))
    return Claim(
        subject="Quillfeather Zyxqvornvale",
        predicate="Zyxqvorntoll",
        value=read_value("exactly 7,318,254 zyxqvornlings", "quantity"),
        claimant="Ubbelode Zyxqvornwitness",
        published=read_day("2026-02-06"),
        scope={"Zyxqvornplace": "Łódźgrodek Zyxqvornstrand"},
        via=("The Zyxqvorn Gazette",),
        url="https://zyxqvorn.example/1",
        quote=f"{MARK}quote {words[:200]}",
        wording=f"Żółwinowo {words}",
    )


WORDS = (
    *(MARK, "quillfeather", "ubbelode", "łódźgrodek", "łodzgrodek", "żółwinowo", "zołwinowo"),
    *("7,318,254", "7318254", sort_key(Decimal(7318254))),
)
"""By which a remarkable claim is found; in lower case."""


def found_in(folder: Path, needles: Iterable[bytes | str]) -> set[str]:
    """Return which needles are found, each as ``file: needle``; letters of either case count."""
    wanted = [one if isinstance(one, bytes) else one.encode() for one in needles]
    assert wanted
    return {
        f"{path.relative_to(folder)}: {needle!r}"
        for path, data in files(folder)
        for needle in wanted
        if needle in data or needle in data.lower() or needle in _folded(data)
    }


def files(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield every file below a folder, with its bytes."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path, path.read_bytes()


def _folded(data: bytes) -> bytes:
    """Bytes in lower case beyond ASCII as well; what is no text joins nothing."""
    return data.decode("utf-8", "replace").lower().encode()
