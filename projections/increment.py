"""A few more events for views that stand: what they touch is noted, and only that is judged.

That the views are then what building them anew would make is held, after every step, by
``tests/test_projections_incremental.py``.
"""

import sqlite3

import orjson

from ledger.store import Reader, consecutive
from projections import narrow, schema
from projections.acts import revised_by, settle
from projections.families import FamilyJudge
from projections.family_reach import FamilyReach
from projections.filling import CLAIM_ACTS, NAME_ACTS, batches, mark_reached, recast, rekey
from projections.findings import adjudicate
from projections.former_names import FormerNames
from projections.interning import Interner
from projections.judge import Judge
from projections.loading import Loader
from projections.matches import Components
from projections.name_reach import NameReach
from projections.narrow import SliceKey
from projections.neighbours import Neighbours
from projections.twins import origins_of


class Increment:
    """A few more events for views that stand; one transaction of the caller's."""

    def __init__(self, connection: sqlite3.Connection, store: Reader) -> None:
        self._connection = connection
        self._reach = NameReach(connection)
        self._store = store
        self._interner = Interner(connection)
        self._load = Loader(connection, store)
        self._judge = Judge(connection, self._load)
        self._slices: set[SliceKey] = set()
        self._wishes: set[tuple[int, int]] = set()
        self._keys: set[int] = set()
        self._claims: set[int] = set()
        self._series: set[tuple[int, int]] = set()
        self._renamed: set[int] = set()
        self._reviewers: set[str] = set()

    def add(self, start: int, stop: int) -> None:
        """Bring the views from the first ``start`` events to the first ``stop``."""
        connection = self._connection
        skipped = connection.execute("SELECT skipped FROM reached").fetchone()[0]
        [topics] = connection.execute("SELECT coalesce(max(id), 0) FROM topics").fetchone()
        origins = origins_of(connection)
        for batch in batches(consecutive(self._store, start, stop), self._interner, origins):
            batch.write(connection, self._store)
            skipped += batch.skipped
        self._names(start)
        self._definitions(start)
        new = connection.execute("SELECT position FROM claims WHERE position >= ?", (start,))
        self._claims |= {position for (position,) in new}
        recast(connection, self._load, self._interner, "claims.position >= ?", (start,))
        self._claims |= settle(connection, self._touched_ids(start))
        self._judge_touched()
        self._judge_families(start)
        self._respell(topics)
        adjudicate(connection, start)
        mark_reached(connection, self._store, stop, skipped, origins)

    def _touched_ids(self, start: int) -> list[str]:
        """Return the ids of claims that new acts speak of, that are spoken of by any, or twins."""
        rows = self._connection.execute(
            f"SELECT target FROM acts WHERE position >= ?1 AND type IN {CLAIM_ACTS} "
            "UNION SELECT other FROM acts WHERE position >= ?1 AND type = 'claims-linked' "
            "UNION SELECT id FROM acts WHERE position >= ?1 AND type = 'recording-corrected' "
            "UNION SELECT lower(hex(id)) FROM twins JOIN claims USING (position) "
            "WHERE twins.position >= ?1",
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
                (start, *NAME_ACTS),
            )
            for name in (target, other)
            if name
        }
        if not names:
            return
        former = self._reach.component_ids(self._reach.dependents(names))
        before = self._reach.keys_of_names(former)
        affected = Components(self._connection).rename(names)
        after = self._reach.component_ids(self._reach.dependents(self._reach.folded(affected)))
        once = self._once(names)
        self._renamed |= former | affected | after
        self._reviewers = self._reach.folded(self._renamed | once)
        self._keys |= before | self._reach.keys_of_names(affected | after | once)
        self._keys |= rekey(self._connection, self._interner, affected)
        self._interner.forget_topics()
        self._load.forget()

    def _once(self, names: set[str]) -> set[int]:
        """Return the ids of the names that ever were the same as these: decisions knew them so."""
        former = FormerNames(self._connection)
        return self._reach.component_ids(
            {other for name in names for other in former.ever("source", name)}
        )

    def _definitions(self, start: int) -> None:
        """Follow new definitions: every key of the predicate is judged anew."""
        rows = self._connection.execute(
            "SELECT keys.id FROM acts JOIN names ON names.folded = acts.target "
            "JOIN keys ON keys.predicate = names.entity "
            "WHERE acts.position >= ? AND type = 'predicate-defined'",
            (start,),
        ).fetchall()
        self._renamed |= {
            name
            for (name,) in self._connection.execute(
                "SELECT same.id FROM acts JOIN names ON names.folded = target JOIN names AS same "
                "ON same.entity = names.entity "
                "WHERE position >= ? AND type = 'predicate-defined'",
                (start,),
            )
        }
        keys = {key for (key,) in rows} | self._keys
        for key in keys:
            self._interner.define_key(key)
            recast(
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
                suspect.add(slice_)
            else:
                changed |= self._judge.clear(slice_)
        changed |= self._judge.voices(sorted(suspect))
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
        self._judge_neighbours(self._claims | changed)

    def _judge_neighbours(self, claims: set[int]) -> None:
        """Judge what was touched beside its neighbours, when all that stands is known."""
        neighbours = Neighbours(self._connection, self._load)
        neighbours.touch_names(self._renamed)
        for key in self._keys:
            neighbours.touch_key(key)
        for position in claims:
            neighbours.touch(position)
        neighbours.judge_touched()

    def _judge_families(self, start: int) -> None:
        """Judge what links and acts say of claims, now that it is known which of them stand."""
        reach = FamilyReach(self._connection)
        changed = reach.new(start)
        changed.update(reach.of_keys(self._keys), reach.of_replaced(self._judge.replaced))
        changed.update(reach.of_authors(self._reviewers))
        FamilyJudge(self._connection, self._load).judge(sorted(reach.families(changed)))

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
        of_key = "topic IN (SELECT id FROM topics WHERE key = ?)"
        self._connection.execute(
            f"UPDATE claims SET revised = 0, reviser = NULL WHERE revised = 1 AND {of_key}", (key,)
        )
        self._connection.execute(
            "DELETE FROM revised_items WHERE position IN "
            f"(SELECT position FROM claims WHERE {of_key})",
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
