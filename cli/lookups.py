"""What the recording commands ask of the views: which act is in force, what a name or id means."""

from typing import Any

import attrs
import orjson

from ledger.errors import NotFound
from ledger.names import fold
from projections.held import Definition
from projections.names import ActRow, in_force
from projections.views import Views

_SHORTEST = 6


def definitions(views: Views) -> dict[str, Definition]:
    """Return the definition in force for every name of a defined predicate, folded."""
    names = views.connection.execute(
        "SELECT folded FROM names WHERE entity IN (SELECT entity FROM names "
        "JOIN acts ON acts.target = folded WHERE type = 'predicate-defined')"
    ).fetchall()
    return {name: views.definition(name) for (name,) in names}


@attrs.frozen
class Act:
    """An act as it is held: what it says, beside where it is kept."""

    id: str
    position: int
    type: str
    said: dict[str, Any]


_TOGGLES = {
    "entities-matched": ("entities-matched", "entities-unmatched"),
    "entities-unmatched": ("entities-matched", "entities-unmatched"),
}


def act_in_force(
    views: Views, type_: str, target: str, other: str = "", relation: str | None = None
) -> Act | None:
    """Return the act in force of those that toggle the same thing as one of ``type_`` would.

    ``target`` is the folded name, or the finding, that it speaks of; for a match also
    ``other`` and the ``relation``, where the order of two names that are the same is no matter.
    """
    if type_ == "contradiction-adjudicated":
        return _decision(views, target)
    types = _TOGGLES.get(type_, (type_,))
    ways = [(target, other), (other, target)] if relation == "same" else [(target, other)]
    rows: list[ActRow] = []
    for one, two in ways:
        found = views.connection.execute(
            "SELECT id, type, recorded_at, target, other, said FROM acts "
            f"WHERE target = ? AND type IN ({', '.join('?' * len(types))})",
            (one, *types),
        )
        rows += [
            row
            for row in found
            if relation is None
            or (row[4] == two and orjson.loads(row[5]).get("relation", "same") == relation)
        ]
    row = in_force(rows)
    return None if row is None else _act(views, row[0], row[5])


def _decision(views: Views, finding: str) -> Act | None:
    """Return the decision about a finding, made under whatever names it had then."""
    row = views.connection.execute(
        "SELECT acts.id, said FROM findings JOIN acts ON acts.id = decision WHERE findings.id = ?",
        (finding,),
    ).fetchone()
    return None if row is None else _act(views, *row)


def _act(views: Views, id_: str, said: str) -> Act:
    [(found, position, kind)] = views.find(id_)
    return Act(found, position, kind, orjson.loads(said))


def is_named(views: Views, name: str) -> bool:
    """Whether anything held names ``name``."""
    row = views.connection.execute("SELECT 1 FROM names WHERE folded = ?", (fold(name),)).fetchone()
    return row is not None


def find_finding(views: Views, prefix: str) -> str:
    """Return the id of the finding whose id begins with ``prefix``.

    Raises ``NotFound`` when there is none, or more than one.
    """
    digits = prefix.strip().lower()
    rows = views.connection.execute(
        "SELECT id FROM findings WHERE substr(id, 1, ?) = ? ORDER BY id LIMIT 6",
        (len(digits), digits),
    ).fetchall()
    if len(digits) < _SHORTEST or not rows:
        raise NotFound(
            f"finding: none has an id that begins with {prefix!r}",
            f"Write {_SHORTEST} or more digits, as `wherefrom contradictions` shows them",
        )
    if len(rows) > 1:
        some = ", ".join(id_[: len(digits) + 2] for (id_,) in rows)
        raise NotFound(f"finding: {digits} could be {some}", "Write more of its digits")
    return str(rows[0][0])


def captures_of(views: Views, sha256: str) -> list[Act]:
    """Return the events that a document was captured, in order of recording."""
    rows = views.connection.execute(
        "SELECT id, position, type, said FROM acts WHERE target = ? "
        "AND type = 'evidence-captured' ORDER BY recorded_at, id",
        (sha256,),
    ).fetchall()
    return [Act(id_, position, kind, orjson.loads(said)) for id_, position, kind, said in rows]
