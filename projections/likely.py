"""Which names may be two spellings of one: proposed, and never decided.

Comparing every name with every other takes hours for a hundred thousand. So names are compared
only where they share something rare: a word, the beginning of a word, or their own letters
without spaces. What is shared by hundreds ("government of …") brings nobody together; a name is
rare by its other words. What then comes near is scored by rapidfuzz, word by word.

Names that differ in a number, a single letter, a direction or a *not* are two things however
alike they look: North and South Korea, the reports of 2025 and 2026, Company A and Company B.
They are left out, as are pairs that are matched, lie within one another, or were taken apart
on purpose.
"""

import re
import sqlite3
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Final

import attrs

from ledger.grammar import read_value
from ledger.names import fold, words
from ledger.values import Several
from projections.names import NameBook

_CROWD: Final = 40
"""Names that share a word or its beginning beyond which it brings nobody together."""
_PREFIX: Final = 4
LEAST: Final = 82
"""The score, of 100, below which a pair is not worth a look."""

_TELLING: Final = frozenset(
    "north south east west northern southern eastern western upper lower inner outer old new "
    "first second third former deputy vice male female men women no not non un anti pro ex "
    "nord sud est ouest haut bas ancien ancienne nouveau nouvelle premier première second "
    "seconde hommes femmes pas sans major minor public private import imports export exports "
    "minimum maximum birth births death deaths killed injured".split()
)
"""Words that make another thing of what they stand beside, in English and French."""


@attrs.frozen
class Likely:
    """Two names that may be one: as written, how near (of 100), and how many claims have each."""

    a: str
    b: str
    score: int
    claims_a: int
    claims_b: int


def likely_matches(connection: sqlite3.Connection, limit: int | None = None) -> list[Likely]:
    """Return pairs of names in use that may be one, the likeliest first, at most ``limit``.

    In use means: as a subject, a predicate, a claimant, a relay or a value of a claim.
    """
    counts, spelled = _in_use(connection)
    ruled_out = _RuledOut(connection)
    found = [
        Likely(spelled[a], spelled[b], score, counts[a], counts[b])
        for a, b, score in near_pairs(counts)
        if not ruled_out(a, b)
    ]
    found.sort(key=lambda one: (-one.score, -min(one.claims_a, one.claims_b), one.a, one.b))
    return found if limit is None else found[:limit]


def near_pairs(names: Iterable[str]) -> Iterator[tuple[str, str, int]]:
    """Yield pairs of folded names that come near, each once, with their score.

    A name without a letter or a digit comes near to none.
    """
    from rapidfuzz import fuzz

    plain = {name: _plain(name) for name in names}
    parts = {name: of for name, text in plain.items() if (of := words(text))}
    joined = {name: " ".join(sorted(of)) for name, of in parts.items()}
    seen: set[tuple[str, str]] = set()
    for block in _blocks(plain, parts):
        block.sort()
        for at, a in enumerate(block):
            for b in block[at + 1 :]:
                if (a, b) in seen:
                    continue
                seen.add((a, b))
                if _told_apart(parts[a], parts[b]):
                    continue
                if parts[a] == parts[b]:
                    yield a, b, 100
                    continue
                score = max(
                    fuzz.ratio(plain[a], plain[b]),
                    fuzz.ratio(joined[a], joined[b]),
                    _shorter_form(parts[a], parts[b]),
                    _same_consonants(plain[a], plain[b]),
                )
                if score >= LEAST and not _different_words(parts[a], parts[b], fuzz.ratio):
                    yield a, b, min(99, round(score))


def _plain(name: str) -> str:
    """Return a folded name without accents and marks, as two writers may have left them out."""
    letters = unicodedata.normalize("NFKD", name)
    return "".join(mark for mark in letters if not unicodedata.combining(mark))


def _blocks(plain: dict[str, str], parts: dict[str, frozenset[str]]) -> Iterator[list[str]]:
    """Yield groups of names that share something rare, and are compared within it."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name, of in parts.items():
        keys = {f"letters {''.join(sorted(of))}", f"consonants {_consonants(plain[name])}"}
        for word in of:
            keys.add(f"word {word}")
            if len(word) >= _PREFIX:
                keys |= {f"begins {word[:_PREFIX]}", f"ends {word[-_PREFIX:]}"}
        if len(of) > 1:
            keys.add(f"initials {' '.join(sorted(word[0] for word in of))}")
        for key in keys:
            groups[key].append(name)
    return (block for block in groups.values() if 1 < len(block) <= _CROWD)


def _consonants(plain: str) -> str:
    """Return what two spellings of a foreign name mostly share: *Mascate* and *Muscat*."""
    return re.sub(r"[\W_aeiouy]", "", plain)


def _told_apart(a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether two names differ in what makes two things: numbers, single letters, directions."""
    return any(
        word in _TELLING or len(word) == 1 or any(mark.isdigit() for mark in word) for word in a ^ b
    )


def _shorter_form(a: frozenset[str], b: frozenset[str]) -> int:
    """Return how near a name is with one word more: *al-Busaidi* beside *Badr al-Busaidi*.

    A name of a single word is in too many others to say anything.
    """
    fewer, more = sorted((a, b), key=len)
    if fewer < more and len(fewer) > 1 and len(more) - len(fewer) == 1:
        return 88
    return 0


def _same_consonants(a: str, b: str) -> int:
    mine = _consonants(a)
    return LEAST if len(mine) > 3 and mine == _consonants(b) else 0


def _different_words(
    a: frozenset[str], b: frozenset[str], ratio: Callable[[str, str], float]
) -> bool:
    """Whether both have a word that nothing in the other comes near: two of a kind, not one."""

    def alone(mine: frozenset[str], others: frozenset[str]) -> bool:
        left = others - mine
        return any(all(ratio(word, other) < 70 for other in left) for word in mine - others)

    glued = "".join(sorted(a)) == "".join(sorted(b))
    return not glued and len(a) > 1 and len(b) > 1 and alone(a, b) and alone(b, a)


def _in_use(connection: sqlite3.Connection) -> tuple[dict[str, int], dict[str, str]]:
    """Return the folded names that claims have, with how many have each, and how they are written.

    Names are looked up in lists and chains as well, where nobody counts them otherwise.
    """
    counts: dict[str, int] = defaultdict(int)
    spelled: dict[str, str] = dict(connection.execute("SELECT folded, shown FROM names"))
    of_topics = (
        "SELECT topics.{0} AS name, count(*) AS n FROM claims JOIN topics ON topics.id = topic"
    )
    for query in (
        f"{of_topics.format('subject')} GROUP BY 1",
        f"{of_topics.format('predicate')} GROUP BY 1",
        "SELECT claimant AS name, count(*) AS n FROM claims GROUP BY 1",
        "SELECT value AS name, count(*) AS n FROM claims WHERE class IN ('entity', 'text') "
        "AND value IS NOT NULL GROUP BY 1",
    ):
        for folded, number in connection.execute(
            f"SELECT folded, n FROM ({query}) JOIN names ON names.id = name"
        ):
            counts[folded] += number
    for shown, number in connection.execute(
        "SELECT shown, n FROM (SELECT value, count(*) AS n FROM claims WHERE class = 'list' "
        "AND value IS NOT NULL GROUP BY 1) JOIN names ON names.id = value"
    ):
        listed = read_value(shown, "entity", multi_valued=True)
        assert isinstance(listed, Several)
        for item in listed.items:
            counts[fold(item.stated)] += number
            spelled.setdefault(fold(item.stated), item.stated)
    for chain, number in connection.execute(
        "SELECT shown, n FROM (SELECT via, count(*) AS n FROM claims WHERE via IS NOT NULL "
        "GROUP BY 1) JOIN names ON names.id = via"
    ):
        for relay in chain.split("; "):
            counts[fold(relay)] += number
            spelled.setdefault(fold(relay), relay)
    return dict(counts), spelled


class _RuledOut:
    """Knows the pairs about which something was said already."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._book = NameBook(connection)
        self._apart = {
            frozenset(pair)
            for pair in connection.execute(
                "SELECT target, other FROM acts WHERE type = 'entities-unmatched'"
            )
        }
        self._roots = cache(self._of)

    def __call__(self, a: str, b: str) -> bool:
        """Whether two names are matched, were taken apart, or lie within one another."""
        (entity_a, source_a), (entity_b, source_b) = self._roots(a), self._roots(b)
        if entity_a == entity_b or source_a == source_b or frozenset((a, b)) in self._apart:
            return True
        return self._book.within(entity_a, entity_b) or self._book.within(entity_b, entity_a)

    def _of(self, name: str) -> tuple[str, str]:
        return self._book.entity(name), self._book.source(name)
