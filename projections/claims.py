"""What is held now: per key and scope, at the latest instant, who says what.

The standing claims of one instant are put into *camps*, as a finding has them: the maximal sets
that can be true together. Facts, forecasts and wishes are held apart, for a forecast is of a
later instant than any fact and a wish has no instant; so are a denial and what is affirmed.
Values that no definition lets us compare make camps of their own.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import attrs

from projections import schema
from projections.agreeing import held_of, together
from projections.asking import ANYTHING, Condition, keys_of
from projections.contradictions.camps import Side, maximal_cliques, sides_of
from projections.contradictions.clash import Context
from projections.contradictions.finding import Camp, Key, alike_json, camp_json, make_camp
from projections.filed import Json, read_all_filed
from projections.held import Held
from projections.loading import Loader
from projections.views import Views
from projections.wordings import worded_alike

Kind = Literal["fact", "forecast", "wish"]

_MODES: dict[Kind, str] = {
    "fact": f"mode IN ({schema.ASSERTED}, {schema.HEDGED}, {schema.DENIED})",
    "forecast": f"mode = {schema.FORECAST}",
    "wish": f"mode IN ({schema.DEMANDED}, {schema.REFUSED})",
}
_STANDS = f"standing = {schema.STANDS} AND revised = 0"


@attrs.frozen(eq=False)
class Holding:
    """What is held of one key and scope at one instant.

    ``as_of`` is the instant as stated, ``None`` for wishes and for what does not change over
    time; ``inferred`` says that it is the day of publication, for want of another. ``findings``
    are those that its claims take part in, revisions left out; ``older`` counts the instants
    before this one.
    """

    key: Key
    kind: Kind
    as_of: str | None
    inferred: bool
    camps: tuple[Camp, ...]
    findings: tuple[Json, ...]
    older: int

    @property
    def origins(self) -> set[str]:
        """The independent origins behind all camps."""
        return {held.origin for camp in self.camps for held in camp.claims}

    @property
    def worded_alike(self) -> list[list[Held]]:
        """Claims of different origins in the same words, whatever they say."""
        claims = {held.id: held for camp in self.camps for held in camp.claims}
        return worded_alike(sorted(claims.values(), key=lambda held: held.order))

    @property
    def contradicted(self) -> bool:
        """Whether its claims contradict each other or others, as far as nobody dismissed it."""
        return any(
            finding["verdict"] == "contradiction" and finding["status"] != "dismissed"
            for finding in self.findings
        )


def holdings(
    views: Views,
    subject: str,
    predicate: str | None = None,
    *,
    condition: Condition = ANYTHING,
    every_instant: bool = False,
) -> Iterator[Holding]:
    """Yield what is held of a subject, by predicate, scope and kind, the latest instant first.

    Only the latest instant, unless ``every_instant``. Raises ``NotFound`` for names under which
    nothing is held.
    """
    loader = Loader(views.connection, views.store)
    for key in keys_of(views.connection, subject, predicate):
        for scope in _scopes(views, key):
            for kind in _MODES:
                instants = list(_instants(views, loader, key, scope, kind, condition))
                for number, positions in enumerate(instants[: None if every_instant else 1]):
                    older = len(instants) - number - 1
                    yield _holding(views, loader, (key, scope, kind), positions, older)


def _scopes(views: Views, key: int) -> list[int]:
    rows = views.connection.execute(
        "SELECT DISTINCT scope FROM claims JOIN scopes ON scopes.id = scope "
        "WHERE topic IN (SELECT id FROM topics WHERE key = ?) "
        f"ORDER BY scope <> {schema.NO_SCOPE}, scopes.folded",
        (key,),
    )
    return [scope for (scope,) in rows]


def _instants(
    views: Views, loader: Loader, key: int, scope: int, kind: Kind, condition: Condition
) -> Iterator[list[int]]:
    """Yield the standing claims of each instant, the latest instant first."""
    timeless = kind == "wish" or loader.key(key).over_time == "constant"
    instants: dict[tuple[int, int], list[int]] = {}
    for position, earliest, latest in views.connection.execute(
        "SELECT position, earliest, latest FROM claims "
        "WHERE topic IN (SELECT id FROM topics WHERE key = ?) AND scope = ? "
        f"AND {_MODES[kind]} AND {_STANDS} AND {condition.sql} "
        "ORDER BY earliest DESC, latest DESC, position",
        (key, scope, *condition.parameters),
    ):
        instants.setdefault((0, 0) if timeless else (earliest, latest), []).append(position)
    yield from instants.values()


def _holding(
    views: Views,
    loader: Loader,
    place: tuple[int, int, Kind],
    positions: Sequence[int],
    older: int,
) -> Holding:
    key, scope, kind = place
    topic = loader.key(key)
    filed = read_all_filed(views.store, positions)
    claims = [held_of(one, topic.context, loader) for one in filed]
    timeless = kind == "wish" or topic.over_time == "constant"
    findings = views.findings(held.id for held in claims)
    return Holding(
        key=loader.shown_key(key, scope),
        kind=kind,
        as_of=None if timeless else min(_instant(held) for held in claims),
        inferred=not timeless and all(held.inferred for held in claims),
        camps=tuple(_camps(claims, topic.context)),
        findings=tuple(finding for finding in findings if finding["verdict"] != "revision"),
        older=older,
    )


def _instant(held: Held) -> str:
    return (held.claim.as_of or held.claim.published).stated


def _camps(claims: Iterable[Held], context: Context) -> list[Camp]:
    """Return the camps of claims of one instant, the one with the most origins first."""
    sides = sides_of(claims, context)
    speech = [_speech(side) for side in sides]

    def joined(i: int, j: int) -> bool:
        return speech[i] == speech[j] and together(sides[i].first, sides[j].first, context)

    camps = [
        make_camp((held for at in clique for held in sides[at].claims), context.definition)
        for clique in maximal_cliques(len(sides), joined)
    ]
    return sorted(camps, key=lambda camp: (-camp.independent_origins, camp.claims[0].order))


def _speech(side: Side) -> str:
    modality = side.first.claim.modality
    return modality if modality in ("denied", "demanded", "refused") else ""


def to_json(holding: Holding) -> Json:
    """Return what is held as other programs rely on it (design section 6)."""
    return {
        "subject": holding.key.subject_shown,
        "predicate": holding.key.predicate_shown,
        "scope": dict(holding.key.scope_shown),
        "kind": holding.kind,
        "as_of": holding.as_of,
        "as_of_inferred": holding.inferred,
        "camps": [camp_json(camp) for camp in holding.camps],
        "independent_origins": len(holding.origins),
        "suspected_dependence": alike_json(holding.worded_alike),
        "contradicted": holding.contradicted,
        "findings": [
            {name: finding[name] for name in ("id", "rule", "verdict", "status")}
            for finding in holding.findings
        ],
        "older_instants": holding.older,
    }
