"""From positions to claims as they are judged: typed objects, for the slices being judged only."""

import sqlite3
from collections.abc import Iterable, Sequence

import attrs
import orjson

from ledger.names import fold
from ledger.store import Reader, Row
from ledger.values import Several
from projections.contradictions.clash import Context
from projections.contradictions.finding import Key
from projections.filed import claim_in
from projections.held import Definition, Held, hold
from projections.interning import definition_in_force, definition_of
from projections.names import NameBook
from projections.revisions import revised_items


@attrs.frozen(eq=False)
class Topic:
    """A key of the views with all that judging its claims needs."""

    id: int
    topics: tuple[int, ...]
    context: Context

    @property
    def over_time(self) -> str:
        """How the predicate's values relate over time."""
        return self.context.definition.over_time

    @property
    def constant(self) -> bool:
        """Whether as-of is ignored."""
        return self.over_time == "constant"


class Loader:
    """Loads keys and claims, and remembers keys for as long as one judgement lasts."""

    def __init__(self, connection: sqlite3.Connection, store: Reader) -> None:
        self.connection = connection
        self.names = NameBook(connection)
        self._store = store
        self._keys: dict[int, Topic] = {}
        self._definitions: dict[int, Definition] = {}
        self._shown: dict[int, tuple[str, str, str, str]] = {}
        self._scopes: dict[int, tuple[str, dict[str, str]]] = {}

    def forget(self) -> None:
        """Look everything up anew: names or definitions have changed."""
        self.names.forget()
        self._keys.clear()
        self._definitions.clear()
        self._shown.clear()
        self._scopes.clear()

    def definition(self, predicate: int) -> Definition:
        """Return the definition in force of the predicate whose root name has this number."""
        known = self._definitions.get(predicate)
        if known is None:
            act = definition_in_force(self.connection, predicate)
            known = Definition() if act is None else Definition.of(definition_of(act[5]), act[2])
            self._definitions[predicate] = known
        return known

    def key(self, key: int) -> Topic:
        """Return a key by its number."""
        known = self._keys.get(key)
        if known is None:
            predicate = self.connection.execute(
                "SELECT predicate FROM keys WHERE id = ?", (key,)
            ).fetchone()[0]
            topics = self.connection.execute("SELECT id FROM topics WHERE key = ?", (key,))
            known = Topic(
                key,
                tuple(topic for (topic,) in topics),
                Context(self.definition(predicate), self.names),
            )
            if len(self._keys) > 100_000:
                self._keys.clear()
            self._keys[key] = known
        return known

    def shown_key(self, key: int, scope: int) -> Key:
        """Return a key with the spellings to show: the smallest in use."""
        if key not in self._shown:
            subject, predicate = self.connection.execute(
                "SELECT s.folded, p.folded FROM keys JOIN names AS s ON s.id = keys.subject "
                "JOIN names AS p ON p.id = keys.predicate WHERE keys.id = ?",
                (key,),
            ).fetchone()
            shown = self.connection.execute(
                "SELECT min(s.shown), min(p.shown) FROM topics "
                "JOIN names AS s ON s.id = topics.subject "
                "JOIN names AS p ON p.id = topics.predicate WHERE topics.key = ?",
                (key,),
            ).fetchone()
            self._shown[key] = (subject, predicate, shown[0], shown[1])
        subject, predicate, subject_shown, predicate_shown = self._shown[key]
        folded, scope_shown = self._scope(scope)
        return Key(subject, predicate, folded, subject_shown, predicate_shown, scope_shown)

    def _scope(self, scope: int) -> tuple[str, dict[str, str]]:
        if scope not in self._scopes:
            folded, shown = self.connection.execute(
                "SELECT folded, shown FROM scopes WHERE id = ?", (scope,)
            ).fetchone()
            self._scopes[scope] = (folded, orjson.loads(shown))
        return self._scopes[scope]

    def rows(self, positions: Sequence[int]) -> dict[int, Row]:
        """Return the ledger's rows at these positions."""
        return dict(zip(positions, self._store.at(positions), strict=True))

    def hold(self, row: Row, context: Context) -> Held:
        """Return the claim of a row as it was said, whatever its claimant revised since."""
        claim, recorded_at = claim_in(row)
        id_ = row.hashes[:32].hex()
        return hold(row.position, id_, recorded_at, claim, context.definition, self.names)

    def held(self, position: int, context: Context) -> Held:
        """Return one claim as it is judged: without the items that its claimant has revised."""
        return self.standing(self.hold(self._store.row(position), context))

    def all_held(self, positions: Iterable[int], context: Context) -> list[Held]:
        """Return claims as they are judged: without the items that their claimants revised."""
        return [self.standing(held) for held in self.all_said(positions, context)]

    def all_said(self, positions: Iterable[int], context: Context) -> list[Held]:
        """Return claims as they were said, whatever was revised since."""
        return [self.hold(row, context) for row in self._store.at(list(positions))]

    def standing(self, held: Held) -> Held:
        """Return what is left of a claim without the items that its claimant has revised."""
        if not isinstance(held.value, Several):
            return held
        return held.without(revised_items(self.connection, held.position))

    def definition_named(self, predicate: str) -> Definition:
        """Return the definition in force of a predicate, by any of its names."""
        row = self.connection.execute(
            "SELECT entity FROM names WHERE folded = ?", (fold(predicate),)
        ).fetchone()
        return Definition() if row is None else self.definition(row[0])
