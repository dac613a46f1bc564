"""What changed in the picture: the findings of now beside those of then.

A finding is *opened* where its id is new, *closed* where it is gone or was decided about, and
*changed* where its verdict, its status, its camps or the pairs in conflict are others. A match
of names can give a finding another id: one that is gone lives on in a new one of the same rule
that has all its claims, and so has changed, too. The past
picture is that of the views of the prefix, built as ``--known-at`` builds them; here two
pictures are compared and nothing is judged.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal, NamedTuple

import attrs
import orjson

from ledger.errors import NotFound
from projections.decisions import Decided
from projections.filed import Json, read_all_filed
from projections.provenance import standing_of
from projections.report import Listed
from projections.selecting import Row, Wanted, select
from projections.views import Views

Kind = Literal["opened", "changed", "closed"]

KINDS: Final[tuple[Kind, ...]] = ("opened", "changed", "closed")

_APART: Final = "\x1f"
"""Stands between a finding and its pairs, which are both JSON and cannot hold it."""


@attrs.frozen(eq=False)
class Change:
    """What became of one finding.

    ``now`` and ``was`` are the finding as it is and as it was, ``None`` where it was not there;
    ``what`` names what changed. ``joined`` and ``left`` are the claims that came and went, each
    with who says what, and whether it stands now. Where the finding is gone, ``elsewhere`` names
    the findings that its claims take part in now.
    """

    kind: Kind
    now: Listed | None
    was: Listed | None
    what: tuple[str, ...] = ()
    joined: tuple[Json, ...] = ()
    left: tuple[Json, ...] = ()
    elsewhere: tuple[str, ...] = ()

    @property
    def finding(self) -> Listed:
        """The finding as it is, or else as it was."""
        found = self.now or self.was
        assert found is not None
        return found


class Revised(NamedTuple):
    """How many figures a claimant revised; ``finding``, one of them, tells of what."""

    finding: Json
    claimant: str
    figures: int


@attrs.frozen(eq=False)
class Changes:
    """All changes from a ledger of ``before`` events to one of ``size``, opened ones first.

    Within a kind the most severe come first.
    """

    before: int
    size: int
    changes: tuple[Change, ...]

    def of(self, kind: Kind) -> list[Change]:
        """Return the changes of that kind."""
        return [change for change in self.changes if change.kind == kind]

    def without_revisions(self) -> "tuple[Changes, tuple[Revised, ...]]":
        """Return the changes but those of revisions, and these counted by key and claimant."""
        rest: list[Change] = []
        found: dict[tuple[str, ...], tuple[Json, str, int]] = {}
        for change in self.changes:
            told = change.finding.told
            if told["verdict"] != "revision":
                rest.append(change)
                continue
            claimant = told["camps"][0]["claimants"][0]
            place = (told["subject"], told["predicate"], str(told["scope"]), claimant)
            count = found[place][2] if place in found else 0
            found[place] = (told, claimant, count + 1)
        return attrs.evolve(self, changes=tuple(rest)), tuple(map(Revised._make, found.values()))

    @property
    def statuses(self) -> Counter[tuple[str, str]]:
        """How many of the findings that are there now have which verdict and status."""
        rows = [change.now.row for change in self.changes if change.now is not None]
        return Counter((row.verdict, row.status) for row in rows)


@attrs.frozen
class _Kept:
    """A finding in one of the pictures; its JSON is parsed only if it changed."""

    row: Row
    pairs: str

    def listed(self) -> Listed:
        return Listed(self.row, orjson.loads(self.row.json))


def changes(past: Views, now: Views, wanted: Wanted) -> Changes:
    """Return what changed among the findings that are asked for, in either picture.

    Raises ``NotFound`` for a subject or claimant that nothing held now names.
    """
    after = _kept(now, wanted)
    try:
        before = _kept(past, wanted)
    except NotFound:  # the name came later
        before = {}
    after, before = (
        after | _these(now, before.keys() - after.keys()),
        before | _these(past, after.keys() - before.keys()),
    )
    heirs = _heirs(before, after)
    inherited = set(heirs.values())
    found = [
        change
        for id_ in (after | before)
        if id_ not in inherited
        for change in _change(now, before.get(id_), after.get(heirs.get(id_, id_)))
    ]
    found.sort(key=lambda change: (KINDS.index(change.kind), -change.finding.row.severity))
    return Changes(past.size(), now.size(), tuple(found))


def _kept(views: Views, wanted: Wanted, condition: str = "1") -> dict[str, _Kept]:
    rows = select(views.connection, wanted, f"json || '{_APART}' || pairs", condition)
    kept = {}
    for row in rows:
        told, _, pairs = row.json.partition(_APART)
        kept[row.id] = _Kept(row._replace(json=told), pairs)
    return kept


def _these(views: Views, ids: Iterable[str]) -> dict[str, _Kept]:
    """Return the findings with these ids, whatever else was asked for."""
    marks = ", ".join(f"'{id_}'" for id_ in ids)
    return _kept(views, Wanted(), f"findings.id IN ({marks})") if marks else {}


def _heirs(before: Mapping[str, _Kept], after: Mapping[str, _Kept]) -> dict[str, str]:
    """Return under which new id a finding lives on whose own is gone; no two under one."""
    gone = [id_ for id_ in before if id_ not in after]
    new = [id_ for id_ in after if id_ not in before] if gone else []
    claims = {id_: _claims(after[id_].listed().told).keys() for id_ in new}
    by_claim: dict[str, list[str]] = {}
    for id_ in new:
        for claim in claims[id_]:
            by_claim.setdefault(claim, []).append(id_)
    heirs: dict[str, str] = {}
    taken: set[str] = set()
    for id_ in gone:
        kept = before[id_]
        mine = _claims(kept.listed().told).keys()
        for heir in by_claim.get(min(mine, default=""), ()):
            same = after[heir].row.rule == kept.row.rule and mine <= claims[heir]
            if same and heir not in taken:
                heirs[id_] = heir
                taken.add(heir)
                break
    return heirs


def _change(views: Views, was: _Kept | None, now: _Kept | None) -> Iterator[Change]:
    if was is None and now is not None:
        yield Change("opened", now.listed(), None)
    elif now is None and was is not None:
        listed = was.listed()
        claims = _claims(listed.told)
        others = (one["id"] for one in views.findings(claims) if one["verdict"] != "revision")
        yield Change(
            "closed",
            None,
            listed,
            left=_told(views, claims),
            elsewhere=tuple(dict.fromkeys(others)),
        )
    elif now is not None and was is not None:
        yield from _changed(views, was, now)


def _changed(views: Views, was: _Kept, now: _Kept) -> Iterator[Change]:
    if (was.row.json, was.pairs) == (now.row.json, now.pairs):
        return
    before, after = was.listed(), now.listed()
    what = [
        name
        for name in ("id", "verdict", "status", "camps")
        if before.told[name] != after.told[name]
    ]
    if was.pairs != now.pairs:
        what.append("pairs")
    if not what:
        return
    ids, then = _claims(after.told), _claims(before.told)
    settled = was.row.status == "open" and now.row.status != "open"
    yield Change(
        "closed" if settled else "changed",
        after,
        before,
        tuple(what),
        _told(views, [id_ for id_ in ids if id_ not in then]),
        _told(views, [id_ for id_ in then if id_ not in ids]),
    )


def _claims(finding: Json) -> dict[str, None]:
    return {id_: None for camp in finding["camps"] for id_ in camp["claims"]}


def _told(views: Views, ids: Iterable[str]) -> tuple[Json, ...]:
    """Return what claims say, who says so, and whether they stand now."""
    marks = [bytes.fromhex(id_) for id_ in ids]
    positions = [
        position
        for (position,) in views.connection.execute(
            f"SELECT position FROM claims WHERE id IN ({', '.join('?' * len(marks))}) "
            "ORDER BY position",
            marks,
        )
    ]
    return tuple(
        {
            "id": filed.id,
            "claimant": None if filed.said is None else filed.said["claimant"],
            "value": None if filed.said is None else filed.said["value"],
            "standing": standing_of(views, filed),
        }
        for filed in read_all_filed(views.store, positions)
    )


def to_json(change: Change, decided: Mapping[str, Decided]) -> Json:
    """Return a change as other programs read it."""
    return {
        "change": change.kind,
        "what": list(change.what),
        "finding": None if change.now is None else _finding(change.now, decided),
        "was": None if change.was is None else _finding(change.was, {}),
        "joined": list(change.joined),
        "left": list(change.left),
        "elsewhere": list(change.elsewhere),
    }


def _finding(listed: Listed, decided: Mapping[str, Decided]) -> Json:
    decision = decided.get(listed.row.id)
    told = {**listed.told, "severity": listed.row.severity}
    return told if decision is None else {**told, "adjudication": decision._asdict()}
