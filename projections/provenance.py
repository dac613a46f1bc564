"""A claim's trail: from our recording back to who said it, and what became of it since.

The trail goes backwards first, as a checker asks: who *recorded* it here and when, in what it
was *read in*, by whom that was *relayed*, who *said* it. Then come, in order of recording, the
events that speak of the claim: our *corrections*, the claimant's *retraction*, *links* to other
claims, *reviews*. A recording and its corrections are one family and share one trail. Every
step names the event of this ledger that says so.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal

import attrs
import orjson

from ledger.errors import NotFound
from ledger.events import Claim
from ledger.log import root_of
from projections import schema
from projections.acts import family_of
from projections.filed import (
    CLAIM_TYPES,
    STANDINGS,
    Filed,
    Json,
    Standing,
    read_all_filed,
    read_filed,
)
from projections.origins import Origins, shown_origin
from projections.revisions import RevisedItems, revised_items_of
from projections.sources import describe_name
from projections.twins import standing_for
from projections.views import Views

if TYPE_CHECKING:
    from projections.evidence import Passage

Kind = Literal[
    "recorded", "read-in", "relayed-by", "said-by", "corrected", "retracted", "linked", "reviewed"
]

_REVIEWED = (
    "rating", "scale", "rating_value", "worst_rating", "best_rating", "title", "lang", "url",
    "author_url", "explanation",
)  # fmt: skip
_FIELDS = [field.name for field in attrs.fields(Claim)]


@attrs.frozen
class Step:
    """One step of a trail; ``told`` is what else the event says, such as a link's relation."""

    step: Kind
    who: str
    when: str | None
    url: str | None
    event: str
    told: Json = attrs.field(factory=dict)


@attrs.frozen(eq=False)
class Trace:
    """All that this ledger knows of where a claim comes from.

    ``revised`` is what of it its claimant has revised, where the rest stands; ``origins`` are the
    independent origins behind it, ``alike`` the claims of others in the same words, which may
    depend on it or it on them, ``findings`` those it takes part in; ``missing`` says that its
    text is not there although no event erased it; ``size`` and ``root`` say which ledger that is.
    """

    filed: Filed
    standing: Standing
    revised: RevisedItems
    trail: tuple[Step, ...]
    origins: tuple[str, ...]
    alike: tuple[Filed, ...]
    findings: tuple[Json, ...]
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
    for position in positions:
        position = standing_for(views.connection, position)
        filed = read_filed(views.store, position)
        behind = [] if alone or filed.said is None else origins.behind(filed)
        yield Trace(
            filed=filed,
            standing=standing_of(views, filed),
            revised=revised_items_of(views.connection, position),
            trail=_trail(views, filed),
            origins=tuple(shown_origin(views.connection, origin) for origin in behind),
            alike=() if alone else tuple(origins.worded_alike(filed)),
            findings=() if alone else tuple(views.findings([filed.id])),
            missing=filed.said is None and not _erased(views, filed.id),
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


def _erased(views: Views, id_: str) -> bool:
    row = views.connection.execute(
        "SELECT 1 FROM acts WHERE target = ? AND type = 'body-erased'", (id_,)
    ).fetchone()
    return row is not None


def claims_of_event(views: Views, id_: str, position: int, type_: str) -> list[int]:
    """Return the positions of the claims that an event is, or is about.

    Raises ``NotFound`` for an event that is about no claim.
    """
    if type_ in CLAIM_TYPES:
        return [position]
    row = views.connection.execute(
        "SELECT target, other FROM acts WHERE position = ?", (position,)
    ).fetchone()
    found = [
        at
        for name in (row[0], row[1] if type_ == "claims-linked" else "")
        if name and len(name) == len(id_)
        for (at,) in views.connection.execute(
            "SELECT position FROM claims WHERE id = ?", (bytes.fromhex(name),)
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


def _trail(views: Views, filed: Filed) -> tuple[Step, ...]:
    family = family_of(views.connection, filed.id)
    steps = _from_us_to_the_source(views, filed, family)
    marks = ", ".join("?" * len(family))
    acts = views.connection.execute(
        "SELECT position, id, type, recorded_at, said FROM acts "
        f"WHERE target IN ({marks}) OR other IN ({marks}) ORDER BY recorded_at, id",
        [*family, *family],
    )
    seen: set[tuple[str, str]] = set()
    for position, id_, type_, recorded_at, said in acts.fetchall():
        if (type_, said) in seen:
            continue  # several ledgers recorded it, each for itself
        seen.add((type_, said))
        step = _step(views, filed, family, type_, orjson.loads(said))
        if step is not None:
            kind, who, when, told = step
            if kind in ("corrected", "linked"):
                who, when = read_filed(views.store, position).head.recorder, recorded_at
            steps.append(Step(kind, who, when, told.pop("url", None), id_, told))
    return tuple(steps)


def _from_us_to_the_source(views: Views, filed: Filed, family: set[str]) -> list[Step]:
    steps = []
    for id_ in family:
        row = views.connection.execute(
            "SELECT position FROM claims WHERE id = ?", (bytes.fromhex(id_),)
        ).fetchone()
        first = filed if id_ == filed.id else row and read_filed(views.store, row[0])
        if first and first.head.type == "claim-asserted":
            head = first.head
            elsewhere = {} if head.origin == views.store.origin else {"origin": head.origin}
            recorded = (head.recorder, head.recorded_at, None, first.id, elsewhere)
            steps.append(Step("recorded", *recorded))
    steps.sort(key=lambda step: (step.when, step.event))
    said = filed.said
    if said is None:
        return steps
    via = said.get("via", ())
    for number, relay in enumerate(via):
        nearest = number == 0
        steps.append(
            Step(
                "read-in" if nearest else "relayed-by",
                relay,
                said["published"] if nearest else None,
                said.get("url") if nearest else None,
                filed.id,
            )
        )
    when = said.get("said") or (None if via else said["published"])
    steps.append(
        Step(
            "said-by",
            said["claimant"],
            when,
            None if via else said.get("url"),
            filed.id,
            describe_name(views.connection, said["claimant"]),
        )
    )
    return steps


def _step(
    views: Views, filed: Filed, family: set[str], type_: str, said: Json
) -> tuple[Kind, str, str | None, dict[str, Any]] | None:
    if type_ == "recording-corrected":
        return "corrected", "", None, {"corrects": said["corrects"]}
    if type_ == "claim-retracted":
        claimant = "" if filed.said is None else filed.said["claimant"]
        told = {"reason": said["reason"], "url": said.get("url")}
        return "retracted", claimant, said["published"], told
    if type_ == "claims-linked":
        return "linked", "", None, _link(views, filed, family, said)
    if type_ == "review-published":
        told = {name: said[name] for name in _REVIEWED if name in said}
        return "reviewed", said["author"], said["published"], told
    return None


def claim_json(said: Json) -> Json:
    """Return a claim's fields in the order in which the event has them, defaults included."""
    told = {"scope": {}, "via": [], "modality": "asserted", **said}
    return {name: told[name] for name in _FIELDS if name in told}


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
        "trail": [
            {
                "step": step.step,
                "who": step.who,
                "when": step.when,
                "url": step.url,
                "event": step.event,
                **step.told,
            }
            for step in trace.trail
        ],
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


def _link(views: Views, filed: Filed, family: set[str], said: Json) -> Json:
    """Return a link, whether it leads from this claim, and what the claim at its far end says."""
    told: Json = {name: said[name] for name in ("claim", "relation", "other")}
    told["from_here"] = said["claim"] in family
    far = said["other"] if told["from_here"] else said["claim"]
    row = views.connection.execute(
        "SELECT position FROM claims WHERE id = ?", (bytes.fromhex(far),)
    ).fetchone()
    there = None if row is None else read_filed(views.store, row[0])
    told["linked_claim"] = claim_json(there.said) if there and there.said else None
    return told
