"""Finding claims by words, numbers and dates.

A claim is found if every term occurs in it: in a name (subject, predicate, claimant, relays, a
value that is words), in its scope, as its value or a bound of it, as its date, or in its
wording. A word finds names with words that begin so; in a wording, whose words are many, just
that word. Nothing is ranked; the newest recording comes first.

Names are few and claims are many, so words are looked up among the distinct names. The topics
(subject and predicate) are then grouped by *which* terms they hold; the claims of a group need
to hold only the rest elsewhere, and a group whose rest occurs nowhere else is done. Each group
is read by whatever index narrows most, and only if nothing narrows from the newest claim
backwards. Claims with a wording are also indexed as a whole, since wordings are not shared.
"""

import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal

import orjson

from ledger.decimals import sort_key
from projections import schema
from projections.asking import ANYTHING, Condition
from projections.stated_numbers import StatedNumbers
from projections.terms import Term

FEW = 10_000
"""So many rows are read by index and sorted; of more, the newest are looked at first."""

_SHOWN = f"claims.standing <> {schema.TWIN}"

_TABLES = """
CREATE TEMP TABLE IF NOT EXISTS asked_names (
  term INTEGER, name INTEGER, PRIMARY KEY (term, name)) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS asked_scopes (
  term INTEGER, scope INTEGER, PRIMARY KEY (term, scope)) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS asked_topics (topic INTEGER PRIMARY KEY, held INTEGER);
DELETE FROM temp.asked_names;
DELETE FROM temp.asked_scopes;
DELETE FROM temp.asked_topics;
"""


def search(
    connection: sqlite3.Connection,
    terms: Sequence[Term],
    limit: int | None,
    condition: Condition = ANYTHING,
) -> list[int]:
    """Return the positions of the claims that hold every term, the newest first."""
    for statement in _TABLES.strip().split(";\n"):
        connection.execute(statement)
    return _Search(connection, terms, -1 if limit is None else limit, condition).run()


class _Search:
    def __init__(
        self,
        connection: sqlite3.Connection,
        terms: Sequence[Term],
        limit: int,
        condition: Condition,
    ) -> None:
        self._connection = connection
        self._terms = terms
        self._limit = limit
        self._condition = condition
        self._with_number = any(term.number is not None for term in terms)
        self._elsewhere: dict[int, int | None] = {}
        self._numbers = StatedNumbers(connection)
        self._found: list[int] = []
        self._after = -1

    def run(self) -> list[int]:
        self._add(self._by_wording())
        for held in sorted(self._topics(), key=lambda held: -held.bit_count()):
            self._add(self._in_group(held))
        return self._found

    def _add(self, positions: Iterable[int]) -> None:
        """Keep the newest; once there are as many as asked for, nothing older can count."""
        found = sorted({*self._found, *positions}, reverse=True)
        self._found = found if self._limit < 0 else found[: self._limit]
        if len(self._found) == self._limit:
            self._after = self._found[-1]

    def _topics(self) -> set[int]:
        """Look the terms up among names, scopes and topics; return the groups there are.

        A group is the set of terms that its topics hold, as bits; the group of no terms is
        always there, for it is all other topics.
        """
        held: dict[int, int] = {}
        for number, term in enumerate(self._terms):
            self._connection.execute(
                "INSERT INTO temp.asked_names SELECT ?, rowid FROM name_words "
                "WHERE name_words MATCH ?",
                (number, term.match + "*" * term.begins),
            )
            for column in ("subject", "predicate"):
                for (topic,) in self._connection.execute(
                    f"SELECT id FROM topics WHERE {column} IN {_names(number)}"
                ):
                    held[topic] = held.get(topic, 0) | 1 << number
        self._connection.executemany("INSERT INTO temp.asked_topics VALUES (?, ?)", held.items())
        self._find_scopes()
        return {0, *held.values()}

    def _find_scopes(self) -> None:
        wanted = [_in_words(term) for term in self._terms]
        found = [
            (number, scope)
            for scope, folded in self._connection.execute("SELECT id, folded FROM scopes")
            if folded != "{}"
            for number, pattern in enumerate(wanted)
            if any(
                pattern.search(_spaced(text))
                for qualifier in orjson.loads(folded).items()
                for text in qualifier
            )
        ]
        self._connection.executemany("INSERT INTO temp.asked_scopes VALUES (?, ?)", found)

    def _by_wording(self) -> list[int]:
        match = " AND ".join(term.match for term in self._terms)
        return [
            position
            for (position,) in self._connection.execute(
                "SELECT wordings.rowid FROM wordings JOIN claims ON position = wordings.rowid "
                f"WHERE wordings MATCH ? AND {_SHOWN} AND {self._condition.sql} "
                "ORDER BY wordings.rowid DESC LIMIT ?",
                (match, *self._condition.parameters, self._limit),
            )
        ]

    def _in_group(self, held: int) -> list[int]:
        """Return the claims whose topic holds just these terms, and which hold the others."""
        rest = [number for number in range(len(self._terms)) if not held >> number & 1]
        sizes = {number: self._count_elsewhere(number) for number in rest}
        if 0 in sizes.values():
            return []
        topics = f"SELECT topic FROM temp.asked_topics WHERE held = {held}"
        here = f"topic IN ({topics})"
        if not held:
            here = "topic NOT IN (SELECT topic FROM temp.asked_topics)"
        narrow = [(size, number) for number, size in sizes.items() if size is not None]
        smallest, narrowest = min(narrow, default=(FEW, 0))
        newer = self._newest() - self._after
        most = min(smallest, newer)
        if held and self._count(f"SELECT 1 FROM claims WHERE {here}", most) < most:
            source = f"claims INDEXED BY claims_by_slice WHERE {here}"
        elif smallest == most < FEW:
            driver = " UNION ".join(self._indexed(narrowest))
            source = f"claims WHERE position IN ({driver}) AND +{here}"
        else:
            source = f"claims NOT INDEXED WHERE +{here}"
        others = "".join(f" AND ({' OR '.join(self._columns(number))})" for number in rest)
        return [
            position
            for (position,) in self._connection.execute(
                f"SELECT position FROM {source}{others} AND position > {self._after} "
                f"AND {_SHOWN} AND {self._condition.sql} ORDER BY position DESC LIMIT ?",
                (*self._condition.parameters, self._limit),
            )
        ]

    def _newest(self) -> int:
        (newest,) = self._connection.execute("SELECT max(position) FROM claims").fetchone()
        return -1 if newest is None else int(newest)

    def _count(self, rows: str, most: int) -> int:
        """Return how many rows there are, ``most`` for that many or more."""
        (count,) = self._connection.execute(
            f"SELECT count(*) FROM ({rows} LIMIT {most})"
        ).fetchone()
        return int(count)

    def _count_elsewhere(self, number: int) -> int | None:
        """Return how many claims hold a term outside their topic; ``None`` where no index says.

        ``FEW`` stands for that many or more.
        """
        if number not in self._elsewhere:
            count: int | None = None
            if len(self._columns(number)) == len(self._indexed(number)):
                count = 0
                for rows in self._indexed(number):
                    count += self._count(rows, FEW - count) if count < FEW else 0
            self._elsewhere[number] = count
        return self._elsewhere[number]

    def _indexed(self, number: int) -> list[str]:
        """Return a query for each column that holds a term and has an index."""
        names = _names(number)
        conditions = [f"{column} IN {names}" for column in ("claimant", "value", "via")]
        conditions += self._scopes(number)
        conditions += self._numbers.conditions(self._terms[number].number)
        return [f"SELECT position FROM claims WHERE {condition}" for condition in conditions]

    def _scopes(self, number: int) -> list[str]:
        """Return the condition that the scope holds a term, where some scope does."""
        if not self._connection.execute(
            "SELECT 1 FROM temp.asked_scopes WHERE term = ?", (number,)
        ).fetchone():
            return []
        return [
            f"scope IN (SELECT scope FROM temp.asked_scopes WHERE term = {number}) "
            f"AND scope <> {schema.NO_SCOPE}"
        ]

    def _columns(self, number: int) -> list[str]:
        """Return the conditions of which one must hold where the topic does not hold a term."""
        term, names = self._terms[number], _names(number)
        columns = [f"{column} IN {names}" for column in ("claimant", "value", "via")]
        columns += self._scopes(number)
        columns += self._numbers.conditions(term.number)
        if term.span is not None:
            first, last = term.span
            low, high = (sort_key(Decimal(end)) for end in term.span)
            columns.append(f"(claims.earliest = {first} AND claims.latest = {last})")
            columns.append(f"(class = 'day' AND lower = '{low}' AND upper = '{high}')")
        if term.is_unit:
            columns.append(f"claims.unit IN {names}")
            columns.append(
                "(class = 'quantity' AND claims.unit IS NULL AND topic IN (SELECT topics.id "
                f"FROM topics JOIN keys ON keys.id = key WHERE keys.unit IN {names}))"
            )
        return columns


def _names(number: int) -> str:
    return f"(SELECT name FROM temp.asked_names WHERE term = {number})"


def _in_words(term: Term) -> re.Pattern[str]:
    """Return what finds in a spaced text what an index finds among names."""
    end = "" if term.begins else " "
    spellings = re.findall(r'"((?:[^"]|"")*)"', term.match)
    words = (re.escape(_spaced(spelling).strip()) for spelling in spellings)
    return re.compile(f" (?:{'|'.join(words)}){end}")


def _spaced(text: str) -> str:
    """Return the words of a text without accents, each between spaces."""
    bare = "".join(
        character
        for character in unicodedata.normalize("NFD", text)
        if not unicodedata.combining(character)
    )
    return " " + " ".join(re.findall(r"[^\W_]+", bare)) + " "
