"""The events in order, each with what it says in one line: what `wherefrom log` shows."""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final

from ledger.canonical import Json, parse
from ledger.codec import is_known
from ledger.erasing import Notice, notices
from ledger.heads import Head, decode_head
from ledger.merkle import leaf_hash
from ledger.store import Reader, Row
from projections.filed import notice_json

_SHORT: Final = 10


def listed(
    store: Reader,
    start: int,
    stop: int,
    types: Collection[str] = (),
    last: int | None = None,
    wanted_here: Sequence[int] | None = None,
) -> Iterator[Json]:
    """Yield the events from ``start`` up to but not including ``stop``, as JSON.

    Of these ``types`` only, the ``last`` so many only, and only those at whose position
    ``wanted_here`` has a true value, where that is given.
    """
    if last is not None and not types and wanted_here is None:
        start = max(start, stop - last)
    rows = (
        (row, decode_head(row.head))
        for row in store.rows(start, stop)
        if wanted_here is None or wanted_here[row.position]
    )
    wanted = ((row, head) for row, head in rows if not types or head.type in types)
    known: dict[str, Notice] | None = None
    for row, head in wanted if last is None else deque(wanted, last):
        if row.body is None and known is None:
            known = notices(store)
        yield _listed(row, head, known or {})


def _listed(row: Row, head: Head, known: Mapping[str, Notice]) -> Json:
    said: Json | None = None
    if row.body is not None:
        said = parse(row.body, f"body of {head.type}").get("statement", {})
    id_ = leaf_hash(row.head).hex()
    notice = known.get(id_) if said is None else None
    return {
        "position": row.position,
        "id": id_,
        "type": head.type,
        "recorded_at": head.recorded_at,
        "recorder": head.recorder,
        "origin": head.origin,
        "summary": _summary(head, said) if notice is None else _gone(notice),
        "statement": said,
        "erased": notice_json(notice),
    }


def summary(type_: str, said: Json | None) -> str:
    """Return what an event's statement says, in one line; ``None`` is one that is missing."""
    if said is None:
        return "its text is missing"
    tell = _TELL.get(type_)
    return f"no summary: {type_} is unknown to this version" if tell is None else tell(said)


def _summary(head: Head, said: Json | None) -> str:
    if said is not None and head.type in _TELL and not is_known(head.type, head.schema):
        return f"no summary: schema {head.schema} of {head.type} is unknown to this version"
    return summary(head.type, said)


def _gone(notice: Notice) -> str:
    return f"erased on {notice.recorded_at[:10]} by {notice.by}: {notice.ground}"


def _claim(said: Json) -> str:
    unit = said.get("unit", "")
    value = said["value"] if unit in said["value"] else f"{said['value']} {unit}"
    modality = said.get("modality", "asserted")
    mode = "" if modality == "asserted" else f" ({modality})"
    as_of = f" as of {said['as_of']}" if "as_of" in said else ""
    return f"{said['claimant']}: {said['subject']}, {said['predicate']}: {value}{as_of}{mode}"


def _corrected(said: Json) -> str:
    return f"{said['corrects'][:_SHORT]} should read: {_claim(said)}"


def _retracted(said: Json) -> str:
    return f"{said['claim'][:_SHORT]} taken back, {said['published']}: {said['reason']}"


def _linked(said: Json) -> str:
    return f"{said['claim'][:_SHORT]} {said['relation']} {said['other'][:_SHORT]}"


def _defined(said: Json) -> str:
    several = ["several values"] if said.get("multi_valued") else []
    words = [said["value_type"], *several, *(said[n] for n in ("over_time", "unit") if n in said)]
    for name, says in _NEIGHBOURS.items():
        if name in said:
            value = said[name]
            words.append(f"{says} {value if isinstance(value, str) else '; '.join(value)}")
    return f"{said['name']}: {', '.join(words)}"


_NEIGHBOURS: Final = {
    "tolerance": "tolerance",
    "part_of": "part of",
    "not_before": "not before",
    "disjoint": "parts that do not overlap:",
}
"""What a definition says beside a name or a figure, in the words that precede it."""


def _described(said: Json) -> str:
    acting = f", for {said['acts_for']}" if "acts_for" in said else ""
    also = f"; also {', '.join(said['aliases'])}" if said.get("aliases") else ""
    return f"{said['name']}: {said['kind']}{acting}{also}"


def _matched(said: Json) -> str:
    within = said.get("relation") == "within"
    return f"{said['a']} {'lies within' if within else 'is'} {said['b']}"


def _unmatched(said: Json) -> str:
    within = said.get("relation") == "within"
    return f"{said['a']} {'does not lie within' if within else 'is not'} {said['b']}"


def _captured(said: Json) -> str:
    return f"{said['sha256'][:_SHORT]} {said.get('title') or said.get('url') or said['media_type']}"


def _reviewed(said: Json) -> str:
    return f"{said['claim'][:_SHORT]} rated {said['rating']} by {said['author']}"


def _adjudicated(said: Json) -> str:
    return f"{said['finding'][:_SHORT]} {said['decision']}: {said['reason']}"


def _erased(said: Json) -> str:
    return f"{said['event'][:_SHORT]} erased by {said['by']}: {said['ground']}"


def _merged(said: Json) -> str:
    return f"{said['size']:,} events of {said['origin'][:_SHORT]}"


_TELL: Final[dict[str, Callable[[Json], str]]] = {
    "claim-asserted": _claim,
    "recording-corrected": _corrected,
    "claim-retracted": _retracted,
    "claims-linked": _linked,
    "predicate-defined": _defined,
    "source-described": _described,
    "entities-matched": _matched,
    "entities-unmatched": _unmatched,
    "evidence-captured": _captured,
    "review-published": _reviewed,
    "contradiction-adjudicated": _adjudicated,
    "body-erased": _erased,
    "ledger-merged": _merged,
}
