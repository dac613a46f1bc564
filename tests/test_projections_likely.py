"""Names that may be one: what is proposed, what is left out, and what it costs to look."""

import pytest

from ledger.names import fold
from projections.likely import likely_matches, near_pairs


def proposed(*names: str) -> set[tuple[str, str]]:
    return {(a, b) for a, b, _ in near_pairs([fold(name) for name in names])}


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Badr al-Busaidi", "Badr Albusaidi"),
        ("al-Busaidi", "Badr al-Busaidi"),
        ("Volodymyr Zelensky", "Wolodymyr Zelensky"),
        ("Téhéran", "Tehran"),
        ("Téhéran", "Teheran"),
        ("Mascate", "Muscat"),
        ("World Health Organization", "World Health Organisation"),
        ("Rubio Marco", "Marco Rubio"),
        ("New York Times", "The New York Times"),
        ("Iranian official (unnamed)", "Iranian officials (unnamed)"),
    ],
)
def test_two_spellings_of_one_name_are_proposed(a: str, b: str) -> None:
    assert proposed(a, b) == {tuple(sorted((fold(a), fold(b))))}


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("North Korea", "South Korea"),
        ("2025 report", "2026 report"),
        ("report of 6 February", "report of 7 February"),
        ("Company A", "Company B"),
        ("Document 003", "Document 004"),
        ("talks of January", "talks of February"),
        ("Red Cross", "Red Crescent"),
        ("Iranian government", "Omani government"),
        ("the deputy minister", "the minister"),
        ("not confirmed", "confirmed"),
        ("John Smith", "Jane Smythe"),
        ("Iran", "Iraq"),
        ("???", "—"),
    ],
)
def test_two_things_that_look_alike_are_not(a: str, b: str) -> None:
    assert proposed(a, b) == set()


def test_the_nearer_score_higher() -> None:
    names = ["austria", "australia", "témoin", "temoin", "red cros", "red cross"]
    scores = {(a, b): score for a, b, score in near_pairs(names)}
    assert sorted(scores, key=lambda pair: -scores[pair]) == [
        ("temoin", "témoin"),
        ("red cros", "red cross"),
        ("australia", "austria"),
    ]


def test_what_hundreds_share_brings_nobody_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that 20,000 names cost no more than some hundred thousand comparisons."""
    from rapidfuzz import fuzz

    compared = 0
    ratio = fuzz.ratio

    def counting(a: str, b: str) -> float:
        nonlocal compared
        compared += 1
        return ratio(a, b)

    monkeypatch.setattr(fuzz, "ratio", counting)
    syllables = "ba ce di fo gu ha je ki lo mu".split()
    names = [
        f"governor of {''.join(syllables[int(digit)] for digit in f'{number:05}')}"
        for number in range(20_000)
    ]
    list(near_pairs(names))
    assert compared < 60 * len(names)


def test_nothing_is_likely_in_an_empty_ledger() -> None:
    from contextlib import closing

    from histories import new_ledger
    from projected import Projection

    with closing(Projection(new_ledger().store)) as empty:
        assert likely_matches(empty.connection) == []
