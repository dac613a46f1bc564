"""Building the views: events in, rows and findings out.

Two ways to the same views. ``build_whole`` fills empty tables at full speed: rows first, then
indexes, then what acts do, then one judgement of all that SQL finds suspect. ``Increment`` adds
a few events to views that stand: it notes what they touch and judges only that. That the two
agree after every step is held by ``tests/test_projections_incremental.py``.
"""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import orjson

from ledger.errors import BadInput, Damaged
from ledger.events import PredicateDefined
from ledger.names import fold
from ledger.store import Reader, Row, consecutive
from projections import narrow, schema
from projections.acts import revised_by, settle
from projections.contradictions.pairs import read_pairs
from projections.held import Definition
from projections.judge import Judge, adjudged
from projections.loading import Loader
from projections.matches import Components
from projections.narrow import SliceKey
from projections.rows import (
    INSERT_ACT,
    INSERT_CLAIM,
    INSERT_WORDS,
    ClaimRow,
    Interner,
    Json,
    act_row,
    claim_row,
    columns_of,
    heads_and_bodies,
    known,
    words_of,
)

Progress = Callable[[int, int], None]

_BATCH = 5_000
_CLAIM_ACTS = "('recording-corrected', 'claim-retracted', 'claims-linked')"
_NAME_ACTS = ("entities-matched", "entities-unmatched", "source-described")


def build_whole(
    connection: sqlite3.Connection, store: Reader, stop: int, progress: Progress | None = None
) -> None:
    """Fill the empty tables of ``connection`` with the first ``stop`` events of ``store``."""
    connection.execute("BEGIN")
    interner = Interner(connection)
    skipped = 0
    for batch in _batches(consecutive(store, 0, stop), interner):
        batch.write(connection)
        skipped += batch.skipped
        if progress is not None and batch.claims:
            progress(batch.claims[-1][0] + 1, stop)
    from projections.tables import create_indexes

    create_indexes(connection)
    loader = Loader(connection, store)
    names = {
        name
        for target, other in connection.execute(
            f"SELECT target, other FROM acts WHERE type IN ({', '.join('?' * 3)})", _NAME_ACTS
        )
        for name in (target, other)
        if name
    }
    _rekey(connection, interner, Components(connection).rename(names))
    for (key,) in connection.execute("SELECT id FROM keys").fetchall():
        interner.define_key(key)
    _recast(connection, loader, interner, "1", ())
    targets = connection.execute(
        f"SELECT target FROM acts WHERE type IN {_CLAIM_ACTS} "
        "UNION SELECT other FROM acts WHERE type = 'claims-linked'"
    ).fetchall()
    settle(connection, (target for (target,) in targets))
    judge = Judge(connection, loader)
    slices = list(dict.fromkeys(narrow.suspect_slices(connection)))
    for slice_ in slices:
        judge.voices(slice_)
    for slice_ in slices:
        judge.slice(slice_)
    for key, scope in narrow.wish_keys(connection):
        judge.wishes(key, scope)
    for key, scope in narrow.suspect_series(connection):
        judge.series(key, scope)
    _mark_reached(connection, store, stop, skipped)
    connection.execute("COMMIT")
    if progress is not None:
        progress(stop, stop)


class Increment:
    """A few more events for views that stand; one transaction of the caller's."""

    def __init__(self, connection: sqlite3.Connection, store: Reader) -> None:
        self._connection = connection
        self._store = store
        self._interner = Interner(connection)
        self._load = Loader(connection, store)
        self._judge = Judge(connection, self._load)
        self._slices: set[SliceKey] = set()
        self._wishes: set[tuple[int, int]] = set()
        self._keys: set[int] = set()
        self._claims: set[int] = set()
        self._series: set[tuple[int, int]] = set()

    def add(self, start: int, stop: int) -> None:
        """Bring the views from the first ``start`` events to the first ``stop``."""
        connection = self._connection
        skipped = connection.execute("SELECT skipped FROM reached").fetchone()[0]
        [topics] = connection.execute("SELECT coalesce(max(id), 0) FROM topics").fetchone()
        for batch in _batches(consecutive(self._store, start, stop), self._interner):
            batch.write(connection)
            skipped += batch.skipped
        self._names(start)
        self._definitions(start)
        new = connection.execute("SELECT position FROM claims WHERE position >= ?", (start,))
        self._claims |= {position for (position,) in new}
        _recast(connection, self._load, self._interner, "claims.position >= ?", (start,))
        self._claims |= settle(connection, self._touched_ids(start))
        self._judge_touched()
        self._respell(topics)
        self._adjudicate(start)
        _mark_reached(connection, self._store, stop, skipped)

    def _touched_ids(self, start: int) -> list[str]:
        """Return the ids of claims that new acts speak of, or that are spoken of by any."""
        rows = self._connection.execute(
            f"SELECT target FROM acts WHERE position >= ?1 AND type IN {_CLAIM_ACTS} "
            "UNION SELECT other FROM acts WHERE position >= ?1 AND type = 'claims-linked' "
            "UNION SELECT id FROM acts WHERE position >= ?1 AND type = 'recording-corrected'",
            (start,),
        ).fetchall()
        ids = [id_ for (id_,) in rows]
        for (id_,) in self._connection.execute(
            "SELECT id FROM claims WHERE position >= ?", (start,)
        ).fetchall():
            name = id_.hex()
            if self._connection.execute(
                "SELECT 1 FROM acts WHERE target = ?1 OR other = ?1", (name,)
            ).fetchone():
                ids.append(name)
        return [*ids, *revised_by(self._connection, ids)]

    def _names(self, start: int) -> None:
        """Follow matches, unmatches and descriptions: components, keys, voices, values."""
        names = {
            name
            for target, other in self._connection.execute(
                "SELECT target, other FROM acts WHERE position >= ? "
                f"AND type IN ({', '.join('?' * 3)})",
                (start, *_NAME_ACTS),
            )
            for name in (target, other)
            if name
        }
        if not names:
            return
        before = self._keys_of_names(self._component_ids(self._dependents(names)))
        affected = Components(self._connection).rename(names)
        after = self._component_ids(self._dependents(self._folded(affected)))
        self._keys |= before | self._keys_of_names(affected | after)
        self._keys |= _rekey(self._connection, self._interner, affected)
        self._interner.forget_topics()
        self._load.forget()

    def _dependents(self, names: set[str]) -> set[str]:
        """Return these names and all that lie within them or act for them, by any steps.

        What a name lies within decides whether two values clash, and whom a source acts for how
        many origins a camp has; both reach through.
        """
        found: set[str] = set()
        open_ = set(names)
        while open_:
            found |= open_
            open_ = {
                target
                for name in open_
                for (target,) in self._connection.execute(
                    "SELECT acts.target FROM acts JOIN names ON names.folded = acts.other "
                    "JOIN names AS mine ON mine.folded = ?1 WHERE acts.other <> '' "
                    f"AND acts.type IN {_NAME_ACTS} "
                    "AND (names.entity = mine.entity OR names.source = mine.source)",
                    (name,),
                )
            } - found
        return found

    def _folded(self, ids: set[int]) -> set[str]:
        return {
            self._connection.execute("SELECT folded FROM names WHERE id = ?", (id_,)).fetchone()[0]
            for id_ in ids
        }

    def _component_ids(self, names: set[str]) -> set[int]:
        """Return the ids of these names and of all in their components."""
        return {
            id_
            for name in names
            for column in ("entity", "source")
            for (id_,) in self._connection.execute(
                f"SELECT id FROM names WHERE {column} = "
                f"(SELECT {column} FROM names WHERE folded = ?)",
                (name,),
            )
        }

    def _keys_of_names(self, ids: set[int]) -> set[int]:
        """Return the keys with a claim that has one of these names anywhere."""
        keys: set[int] = set()
        for id_ in ids:
            rows = self._connection.execute(
                "SELECT key FROM topics WHERE subject = ?1 OR predicate = ?1 "
                "UNION SELECT key FROM topics WHERE id IN "
                "(SELECT topic FROM claims WHERE claimant = ?1 OR value = ?1)",
                (id_,),
            )
            keys |= {key for (key,) in rows}
        folded = self._folded(ids)
        through = self._connection.execute(
            "SELECT DISTINCT key, via.shown FROM claims JOIN topics ON topics.id = topic "
            "JOIN names AS via ON via.id = claims.via WHERE claimant IN "
            "(SELECT id FROM names WHERE anonymous)"
        )
        keys |= {
            key for key, via in through if folded & {fold(outlet) for outlet in via.split("; ")}
        }
        return keys | self._keys_of_items(folded)

    def _keys_of_items(self, names: set[str]) -> set[int]:
        """Return the keys with a list that has one of these folded names as an item."""
        lists = self._connection.execute(
            "SELECT id, folded FROM names "
            "WHERE id IN (SELECT value FROM claims WHERE class = 'list')"
        ).fetchall()
        keys: set[int] = set()
        for id_, listed in lists:
            if _has_item(listed, names):
                rows = self._connection.execute(
                    "SELECT DISTINCT key FROM claims JOIN topics ON topics.id = topic "
                    "WHERE value = ? AND class = 'list'",
                    (id_,),
                )
                keys |= {key for (key,) in rows}
        return keys

    def _definitions(self, start: int) -> None:
        """Follow new definitions: every key of the predicate is judged anew."""
        rows = self._connection.execute(
            "SELECT keys.id FROM acts JOIN names ON names.folded = acts.target "
            "JOIN keys ON keys.predicate = names.entity "
            "WHERE acts.position >= ? AND type = 'predicate-defined'",
            (start,),
        ).fetchall()
        keys = {key for (key,) in rows} | self._keys
        for key in keys:
            self._interner.define_key(key)
            _recast(
                self._connection,
                self._load,
                self._interner,
                "topic IN (SELECT id FROM topics WHERE key = ?)",
                (key,),
            )
        self._keys |= keys

    def _judge_touched(self) -> None:
        """Judge what was touched, and what that touches in turn."""
        connection = self._connection
        for key in sorted(self._keys):
            self._forget_key(key)
            self._slices |= set(narrow.suspect_slices_of(connection, key))
            self._wishes |= set(narrow.wish_keys(connection, key))
        for position in sorted(self._claims):
            self._touch(position)
        changed: set[int] = set()
        suspect = set()
        for slice_ in sorted(self._slices):
            if narrow.is_suspect(connection, slice_) or self._visited(slice_):
                changed |= self._judge.voices(slice_)
                suspect.add(slice_)
            else:
                changed |= self._judge.clear(slice_)
        for position in sorted(changed):
            self._touch_changed(position)
        for slice_ in sorted(self._slices):
            if slice_ in suspect or narrow.is_suspect(connection, slice_) or self._visited(slice_):
                self._judge.slice(slice_)
        for key, scope in sorted(self._wishes):
            self._judge.wishes(key, scope)
        for key in sorted(self._keys):
            self._series |= set(narrow.suspect_series(connection, key))
        for key, scope in sorted(self._series):
            self._judge.series(key, scope)

    def _touch(self, position: int) -> None:
        """Note the slice of a claim that came or changed, and what it visits."""
        key, scope, mode, earliest, latest, over_time, constant = self._place(position)
        if mode in (schema.DEMANDED, schema.REFUSED):
            self._wishes.add((key, scope))
            return
        own = SliceKey(key, scope, 0, 0) if constant else SliceKey(key, scope, earliest, latest)
        self._slices.add(own)
        self._visit(own, over_time)
        self._touch_series(position, key, scope, over_time)

    def _touch_changed(self, position: int) -> None:
        """Note what a claim visits, or held down, whose voice revised it or took that back."""
        key, scope, _, earliest, latest, over_time, constant = self._place(position)
        if not constant:
            self._visit(SliceKey(key, scope, earliest, latest), over_time)
        if over_time.startswith("cumulative"):
            self._series.add((key, scope))

    def _visit(self, own: SliceKey, over_time: str) -> None:
        if over_time == "instant":
            self._slices |= {
                SliceKey(own.key, own.scope, earliest, latest)
                for _, earliest, latest in narrow.overlapping(self._connection, own, wider=False)
            }

    def _touch_series(self, position: int, key: int, scope: int, over_time: str) -> None:
        """A new claim touches its series when it lies beyond another; a withdrawn one always."""
        if not over_time.startswith("cumulative"):
            return
        standing = self._connection.execute(
            "SELECT standing FROM claims WHERE position = ?", (position,)
        ).fetchone()[0]
        found = self._connection.execute(
            "SELECT 1 FROM finding_claims WHERE claim = ?", (position,)
        ).fetchone() or self._beside_fallen(position)
        if standing or found or narrow.touches_series(self._connection, position):
            self._series.add((key, scope))

    def _beside_fallen(self, position: int) -> bool:
        """Whether a claim of the same instant has fallen: this may say the same of it harder."""
        found = self._connection.execute(
            "SELECT 1 FROM claims AS new CROSS JOIN topics AS its ON its.id = new.topic "
            "CROSS JOIN topics ON topics.key = its.key CROSS JOIN claims ON "
            "claims.topic = topics.id AND claims.scope = new.scope "
            "AND claims.earliest = new.earliest AND claims.latest = new.latest "
            "CROSS JOIN finding_claims ON claim = claims.position "
            "CROSS JOIN findings ON findings.id = finding AND rule = 'cumulative' "
            "WHERE new.position = ? LIMIT 1",
            (position,),
        ).fetchone()
        return found is not None

    def _place(self, position: int) -> tuple[int, int, int, int, int, str, bool]:
        row = self._connection.execute(
            "SELECT key, scope, mode, earliest, latest, over_time FROM claims "
            "JOIN topics ON topics.id = topic JOIN keys ON keys.id = key WHERE position = ?",
            (position,),
        ).fetchone()
        return (*row, row[5] == "constant")

    def _visited(self, slice_: SliceKey) -> bool:
        return self._load.key(slice_.key).over_time == "instant" and bool(
            narrow.overlapping(self._connection, slice_, wider=True)
        )

    def _forget_key(self, key: int) -> None:
        """Take back everything that was found of a key."""
        self._connection.execute(
            "DELETE FROM finding_claims WHERE finding IN (SELECT id FROM findings WHERE key = ?)",
            (key,),
        )
        self._connection.execute("DELETE FROM findings WHERE key = ?", (key,))
        self._connection.execute(
            "UPDATE claims SET revised = 0 WHERE revised = 1 "
            "AND topic IN (SELECT id FROM topics WHERE key = ?)",
            (key,),
        )

    def _respell(self, topics: int) -> None:
        """Show findings in the spelling that is shown now; ``topics`` is the last one before.

        The smallest spelling in use is shown, so that every desk shows the same.
        """
        keys = {
            key
            for name in self._interner.respelt_names
            for (key,) in self._connection.execute(
                "SELECT key FROM topics WHERE subject = ?1 OR predicate = ?1", (name,)
            )
        }
        new = self._connection.execute("SELECT key FROM topics WHERE id > ?", (topics,))
        keys |= {key for (key,) in new}
        for column, ids in (("key", keys), ("scope", self._interner.respelt_scopes)):
            for id_ in ids:
                for finding, key, scope, told in self._connection.execute(
                    f"SELECT id, key, scope, json FROM findings WHERE {column} = ?", (id_,)
                ).fetchall():
                    shown = self._load.shown_key(key, scope)
                    respelt = {
                        **orjson.loads(told),
                        "subject": shown.subject_shown,
                        "predicate": shown.predicate_shown,
                        "scope": dict(shown.scope_shown),
                    }
                    self._connection.execute(
                        "UPDATE findings SET json = ? WHERE id = ?",
                        (orjson.dumps(respelt).decode(), finding),
                    )

    def _adjudicate(self, start: int) -> None:
        """Give the findings that new decisions speak of their status."""
        for (finding,) in self._connection.execute(
            "SELECT DISTINCT target FROM acts WHERE position >= ? "
            "AND type = 'contradiction-adjudicated'",
            (start,),
        ).fetchall():
            row = self._connection.execute(
                "SELECT pairs, json FROM findings WHERE id = ?", (finding,)
            ).fetchone()
            if row is None:
                continue
            pairs = read_pairs(row[0])
            status = adjudged(self._connection, self._load.names, finding, pairs)
            told = {**orjson.loads(row[1]), "status": status}
            self._connection.execute(
                "UPDATE findings SET status = ?, json = ? WHERE id = ?",
                (status, orjson.dumps(told).decode(), finding),
            )


def _has_item(listed: str, names: set[str]) -> bool:
    """Whether one of these folded names is an item of a folded list, or may be.

    Before the first item may stand a word that closes the list (``only Oman; Qatar``), so every
    ending of it counts.
    """
    first, *others = (item.strip() for item in listed.split(";"))
    endings = (first[at:] for at in range(len(first)))
    return not names.isdisjoint(others) or not names.isdisjoint(endings)


@attrs.define
class _Batch:
    """Rows for the tables, written some thousands at a time."""

    claims: list[ClaimRow] = attrs.Factory(list)
    acts: list[tuple[Any, ...]] = attrs.Factory(list)
    words: list[tuple[int, str]] = attrs.Factory(list)
    skipped: int = 0

    def write(self, connection: sqlite3.Connection) -> None:
        connection.executemany(INSERT_CLAIM, self.claims)
        connection.executemany(INSERT_ACT, self.acts)
        connection.executemany(INSERT_WORDS, self.words)


def _batches(rows: Iterator[Row], interner: Interner) -> Iterator[_Batch]:
    """Yield the rows of events in batches."""
    batch = _Batch()
    for row, head, body in heads_and_bodies(rows):
        if not known(head, row.position):
            batch.skipped += 1
            continue
        if body is None:
            continue
        try:
            _add_event(batch, row, head, body, interner)
        except _MISSHAPEN as error:
            raise Damaged(
                f"position {row.position}: not of the form of {head['type']} ({error!r})",
                "Run `wherefrom verify`",
            ) from error
        if len(batch.claims) + len(batch.acts) >= _BATCH:
            yield batch
            batch = _Batch()
    yield batch


_MISSHAPEN = (LookupError, AttributeError, TypeError, ValueError, ArithmeticError, BadInput)
"""What reading a body raises that is not of its type's form."""


def _add_event(batch: _Batch, row: Row, head: Json, body: Json, interner: Interner) -> None:
    id_, kind = row.hashes[:32], head["type"]
    said: Json = body["statement"]
    if kind in ("claim-asserted", "recording-corrected"):
        batch.claims.append(claim_row(row.position, id_, body, interner))
        if "wording" in said:
            batch.words.append((row.position, words_of(said)))
    if kind == "predicate-defined":
        Definition.of(PredicateDefined(**{**said, "disjoint": ()}), head["recorded_at"])
    if kind != "claim-asserted":
        batch.acts.append(act_row(row.position, id_.hex(), head, said, interner))


def _rekey(connection: sqlite3.Connection, interner: Interner, names: set[int]) -> set[int]:
    """Give the topics of these names the keys of their new roots; return all keys concerned."""
    keys: set[int] = set()
    for name in names:
        for topic, subject, predicate, old in connection.execute(
            "SELECT id, subject, predicate, key FROM topics WHERE subject = ?1 OR predicate = ?1",
            (name,),
        ).fetchall():
            new = interner.key(subject, predicate)
            connection.execute("UPDATE topics SET key = ? WHERE id = ?", (new, topic))
            keys |= {old, new}
    return keys


def _recast(
    connection: sqlite3.Connection,
    loader: Loader,
    interner: Interner,
    where: str,
    parameters: tuple[object, ...],
) -> None:
    """Read anew the values whose type is not the one their predicate's definition wants."""
    rows = connection.execute(
        "SELECT position, key FROM claims JOIN topics ON topics.id = topic "
        f"JOIN keys ON keys.id = key WHERE {where} AND "
        f"(flags & {schema.RECAST} OR (value_class IS NOT NULL AND value_class <> class))",
        parameters,
    ).fetchall()
    for position, key in rows:
        topic = loader.key(key)
        value = loader.held(position, topic.context).value
        class_, unit, lower, upper, flags, name = (
            ("unread", None, schema.LOWEST, schema.HIGHEST, 0, None)
            if value is None
            else columns_of(value)
        )
        kept = schema.INFERRED | schema.UNCERTAIN | schema.LINKED
        connection.execute(
            "UPDATE claims SET class = ?, unit = ?, lower = ?, upper = ?, value = ?, "
            f"flags = (flags & {kept}) | ? WHERE position = ?",
            (
                class_,
                None if unit is None else interner.name(unit),
                lower,
                upper,
                None if name is None else interner.name(name),
                flags | schema.RECAST,
                position,
            ),
        )


def _mark_reached(connection: sqlite3.Connection, store: Reader, size: int, skipped: int) -> None:
    event = store.row(size - 1).hashes[:32].hex() if size else ""
    connection.execute("DELETE FROM reached")
    connection.execute(
        "INSERT INTO reached (version, origin, size, event, skipped) VALUES (?, ?, ?, ?, ?)",
        (schema.VERSION, store.origin, size, event, skipped),
    )
