"""The steps of a claim's trail: from our recording back to who said it, and what came of it.

A recording and its corrections are one family and share one trail. Every step names the event of
this ledger that says so.
"""

from typing import Any, Literal

import attrs
import orjson

from ledger.events import Claim
from ledger.store import own_origins
from projections.acts import family_of
from projections.filed import (
    Filed,
    Json,
    read_filed,
)
from projections.sources import describe_name
from projections.views import Views

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

    def to_json(self) -> Json:
        """Return the step as programs are told of it."""
        return {
            "step": self.step,
            "who": self.who,
            "when": self.when,
            "url": self.url,
            "event": self.event,
            **self.told,
        }


def trail_of(views: Views, filed: Filed) -> tuple[Step, ...]:
    """Return a claim's trail, backwards to who said it, then what was done to it, as recorded."""
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
    ours = own_origins(views.store)
    for id_ in family:
        row = views.connection.execute(
            "SELECT position FROM claims WHERE id = ?", (bytes.fromhex(id_),)
        ).fetchone()
        first = filed if id_ == filed.id else row and read_filed(views.store, row[0])
        if first and first.head.type == "claim-asserted":
            head = first.head
            elsewhere = {} if head.origin in ours else {"origin": head.origin}
            recorded = (head.recorder, head.recorded_at, None, first.id, elsewhere)
            steps.append(Step("recorded", *recorded))
    steps.sort(key=lambda step: (step.when, step.event))
    said = filed.said
    if said is not None:
        steps += steps_to_the_source(
            said, filed.id, describe_name(views.connection, said["claimant"])
        )
    return steps


def steps_to_the_source(said: Json, id_: str, described: Json) -> list[Step]:
    """Return the steps from what was read to who said it, as a claim's statement has them.

    ``id_`` is the event that says so, ``described`` what is known of the claimant.
    """
    steps = []
    via = said.get("via", ())
    for number, relay in enumerate(via):
        nearest = number == 0
        steps.append(
            Step(
                "read-in" if nearest else "relayed-by",
                relay,
                said["published"] if nearest else None,
                said.get("url") if nearest else None,
                id_,
            )
        )
    when = said.get("said") or (None if via else said["published"])
    url = None if via else said.get("url")
    steps.append(Step("said-by", said["claimant"], when, url, id_, described))
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
