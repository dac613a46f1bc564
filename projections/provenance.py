"""A claim's trail: from our recording back to who said it, and what became of it since.

The trail goes backwards first, as a checker asks: who *recorded* it here and when, in what it
was *read in*, by whom that was *relayed*, who *said* it. Then come, in order of recording, the
events that speak of the claim: our *corrections*, the claimant's *retraction*, *links* to other
claims, *reviews*. A recording and its corrections are one family and share one trail. Every
step names the event of this ledger that says so.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import attrs

from ledger.erasing import Notice, notices
from ledger.errors import NotFound
from ledger.roots import root_of
from projections import schema
from projections.filed import (
    CLAIM_TYPES,
    STANDINGS,
    Filed,
    Json,
    Standing,
    notice_json,
    read_all_filed,
    read_filed,
)
from projections.origins import Origins, shown_origin
from projections.revisions import RevisedItems, revised_items_of
from projections.trail import Step, claim_json, trail_of
from projections.twins import standing_for
from projections.views import Views

if TYPE_CHECKING:
    from projections.evidence import Passage


@attrs.frozen(eq=False)
class Trace:
    """All that this ledger knows of where a claim comes from.

    ``revised`` is what of it its claimant has revised, where the rest stands; ``origins`` are the
    independent origins behind it, ``alike`` the claims of others in the same words, which may
    depend on it or it on them, ``findings`` those it takes part in; ``erased`` says who erased its
    text, ``missing`` that it is not there although nobody did; ``size`` and ``root`` say which
    ledger that is.
    """

    filed: Filed
    standing: Standing
    revised: RevisedItems
    trail: tuple[Step, ...]
    origins: tuple[str, ...]
    alike: tuple[Filed, ...]
    findings: tuple[Json, ...]
    erased: Notice | None
    missing: bool
    size: int
    root: str


def trace(views: Views, position: int) -> Trace:
    """Return the trace of the claim at a position, or recorded there once more."""
    [found] = traces(views, [position])
    return found


def traces(views: Views, positions: Iterable[int], *, alone: bool = False) -> Iterator[Trace]:
    """Yield the traces of the claims at these positions.

    ``alone``: without what others say, so without origins and findings.
    """
    size = views.size()
    root = root_of(views.store, size)
    origins = Origins(views)
    known: dict[str, Notice] | None = None
    for position in positions:
        position = standing_for(views.connection, position)
        filed = read_filed(views.store, position)
        if filed.said is None and known is None:
            known = notices(views.store)
        erased = known.get(filed.id) if filed.said is None and known is not None else None
        behind = [] if alone or filed.said is None else origins.behind(filed)
        yield Trace(
            filed=filed,
            standing=standing_of(views, filed),
            revised=revised_items_of(views.connection, position),
            trail=trail_of(views, filed),
            origins=tuple(shown_origin(views.connection, origin) for origin in behind),
            alike=() if alone else tuple(origins.worded_alike(filed)),
            findings=() if alone else tuple(views.findings([filed.id])),
            erased=erased,
            missing=filed.said is None and erased is None,
            size=size,
            root=root,
        )


def standing_of(views: Views, filed: Filed) -> Standing:
    """Return what became of a claim."""
    row = views.connection.execute(
        "SELECT standing, revised FROM claims WHERE position = ?", (filed.position,)
    ).fetchone()
    if row is None or filed.said is None:
        return "erased"
    if row[0] == schema.TWIN:
        first = standing_for(views.connection, filed.position)
        return standing_of(views, read_filed(views.store, first))
    standing = STANDINGS[row[0]]
    return "revised" if standing == "stands" and row[1] else standing


def claims_of_event(views: Views, id_: str, position: int, type_: str) -> list[int]:
    """Return the positions of the claims that an event is, or is about.

    Raises ``NotFound`` for an event that is about no claim.
    """
    if type_ in CLAIM_TYPES or views.is_erased(id_):
        return [position]
    row = views.connection.execute(
        "SELECT target, other FROM acts WHERE position = ?", (position,)
    ).fetchone()
    found = [
        at
        for name in (row[0], row[1] if type_ == "claims-linked" else "")
        if name and len(name) == len(id_)
        for (at,) in views.connection.execute(
            "SELECT position FROM claims WHERE id = ? "
            "UNION ALL SELECT position FROM erased WHERE id = ?",
            (bytes.fromhex(name), name),
        )
    ]
    if not found:
        raise NotFound(f"{id_[:10]} is no claim but a {type_}", "See `wherefrom log`")
    return found


def listed_json(views: Views, positions: Iterable[int]) -> Iterator[Json]:
    """Yield the claims at these positions as JSON: their fields, where they lie, their standing."""
    for filed in read_all_filed(views.store, positions):
        yield {
            "id": filed.id,
            **({} if filed.said is None else claim_json(filed.said)),
            "standing": standing_of(views, filed),
            **revised_items_of(views.connection, filed.position).to_json(),
            "recorded_at": filed.head.recorded_at,
            "position": filed.position,
        }


def to_json(trace: Trace, passage: "Passage | None" = None, kept: str | None = None) -> Json:
    """Return a trace as other programs rely on it (design section 6).

    ``passage`` is what the document holds where the claim points, ``kept`` the file in which
    that document is kept here.
    """
    filed = trace.filed
    claim = {} if filed.said is None else claim_json(filed.said)
    against = [one for one in trace.findings if one["verdict"] != "revision"]
    return {
        "id": filed.id,
        "claim": claim,
        "value": None if filed.said is None else filed.value,
        "standing": trace.standing,
        **trace.revised.to_json(),
        "missing": trace.missing,
        "erased": notice_json(trace.erased),
        "trail": [step.to_json() for step in trace.trail],
        "evidence": {
            "sha256": claim.get("evidence_sha256"),
            "url": claim.get("url"),
            "quote_found": None if passage is None else passage.quote_found,
            "passage": None if passage is None else passage.text,
            "state": None if passage is None else passage.state,
            "problem": None if passage is None else passage.problem,
            "kept": kept,
        },
        "independent_origins": len(trace.origins),
        "origins": list(trace.origins),
        "suspected_dependence": [{"claim": other.id, **_told_by(other)} for other in trace.alike],
        "contradictions": [finding["id"] for finding in against],
        "findings": [
            {name: finding[name] for name in ("id", "rule", "verdict", "status", "explanation")}
            for finding in trace.findings
        ],
        "ledger": {"position": filed.position, "size": trace.size, "root": trace.root},
    }


def _told_by(filed: Filed) -> Json:
    assert filed.said is not None
    told = {"via": [], **filed.said}
    return {name: told[name] for name in ("claimant", "via", "published")}
