"""The rule ``position``: what one party demands, another refuses or leaves out.

Wishes are compared with wishes and never with facts. They have no instant: a party holds its
position until it says otherwise, so one finding covers a subject and predicate, item by item.
"""

from collections.abc import Iterator

import attrs

from projections.contradictions.camps import maximal_cliques, one_voice, sides_of
from projections.contradictions.clash import Context, clash, disputed
from projections.contradictions.finding import (
    Finding,
    Key,
    claim_pair,
    finding_id,
    make_camp,
)
from projections.held import Held
from projections.outcomes import CONFLICT


@attrs.frozen(eq=False)
class Positions:
    """The standing demands and refusals of one key."""

    key: Key
    wishes: tuple[Held, ...]
    context: Context


def position(positions: Positions) -> Iterator[Finding]:
    """One party demands what another refuses, or what another's closed list leaves out.

    Fires for "missiles; nuclear file" demanded beside "only nuclear file; sanctions" demanded;
    not for two lists that are open, nor for one party's own list and its own refusals.
    """
    context = positions.context
    sides = sides_of(positions.wishes, context)
    clashes = {
        (i, j): clash(a.first, b.first, context) == CONFLICT
        for i, a in enumerate(sides)
        for j, b in enumerate(sides[:i])
    }
    conflicts = [
        (sides[j], sides[i])
        for (i, j), fires in clashes.items()
        if fires and not one_voice(sides[i], sides[j])
    ]
    if not conflicts:
        return
    pairs = [
        (a, b)
        for one, other in conflicts
        for a in one.claims
        for b in other.claims
        if a.voice is None or a.voice != b.voice
    ]
    items = list(dict.fromkeys(item for a, b in pairs for item in disputed(a, b, context)))
    camps = [
        make_camp((held for at in clique for held in sides[at].claims), context.definition)
        for clique in maximal_cliques(len(sides), lambda i, j: not clashes[i, j])
    ]
    camps.sort(key=lambda camp: (-camp.independent_origins, camp.claims[0].order))
    yield Finding(
        id=finding_id("position", positions.key),
        rule="position",
        verdict="contradiction",
        key=positions.key,
        as_of=None,
        camps=tuple(camps),
        gap=None,
        since=min(
            max(a.recorded_at, b.recorded_at, context.definition.recorded_at) for a, b in pairs
        ),
        explanation="cannot both be met: " + "; ".join(sorted(items)),
        pairs=frozenset(claim_pair(a, b) for a, b in pairs),
        disputed=tuple(sorted(items)),
    )
