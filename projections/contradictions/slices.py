"""The claims of one key at one instant, and what the pairwise rules share.

A *slice* is the claims of one subject, predicate and scope with one as-of. Where as-ofs of
different width overlap, the pair belongs to the slice of the narrower one, so each pair is
judged exactly once; the wider claims *visit*.
"""

from collections.abc import Callable, Iterator, Sequence

import attrs

from ledger.values import Quantity
from projections.compare import AGREE, CONFLICT, Outcome, unit_of
from projections.contradictions.camps import Side, maximal_cliques, one_voice, sides_of
from projections.contradictions.clash import (
    Context,
    Gap,
    clash,
    gap_between,
    same_instant,
    wider_gap,
)
from projections.contradictions.finding import (
    Finding,
    Key,
    Pair,
    claim_pair,
    finding_id,
    make_camp,
)
from projections.held import Held, Span


@attrs.frozen(eq=False)
class Slice:
    """Standing claims of one key at one instant: its own, and wider ones that visit."""

    key: Key
    span: Span
    own: tuple[Held, ...]
    visiting: tuple[Held, ...]
    context: Context

    @property
    def claims(self) -> tuple[Held, ...]:
        """All claims, own and visiting."""
        return self.own + self.visiting

    @property
    def as_of(self) -> str | None:
        """The instant as its claims state it; ``None`` for a predicate that does not change."""
        if self.context.definition.over_time == "constant":
            return None
        stated = {(held.claim.as_of or held.claim.published).stated for held in self.own}
        return min(stated)


@attrs.frozen(eq=False)
class Conflict:
    """Two sides that clash, and how badly."""

    a: Side
    b: Side
    outcome: Outcome

    def claim_pairs(self) -> Iterator[tuple[Held, Held]]:
        """Yield the pairs of claims of different voices."""
        for one in self.a.claims:
            for other in self.b.claims:
                if one.voice is None or one.voice != other.voice:
                    yield one, other


PairRule = Callable[[Held, Held], bool]


def any_pair(_a: Held, _b: Held) -> bool:
    """Every pair is the rule's business."""
    return True


def findings_in(
    rule: str,
    slice_: Slice,
    groups: Sequence[Sequence[Held]],
    words: str,
    takes: PairRule = any_pair,
) -> Iterator[Finding]:
    """Yield one finding for each group of comparable claims in which different voices clash.

    ``groups`` are the claims that the rule looks at, those of one unit or kind together;
    ``takes`` says which pairs of them are its business; ``words`` say what a hard clash means.
    """
    for group in groups:
        finding = _finding_in(rule, slice_, group, words, takes)
        if finding is not None:
            yield finding


def _finding_in(
    rule: str, slice_: Slice, claims: Sequence[Held], words: str, takes: PairRule
) -> Finding | None:
    context = slice_.context
    own = set(slice_.own)
    sides = sides_of(claims, context)
    outcomes: dict[tuple[int, int], Outcome] = {}
    conflicts: list[Conflict] = []
    for i, a in enumerate(sides):
        for j, b in enumerate(sides[:i]):
            outcome = _outcome(a.first, b.first, context)
            outcomes[i, j] = outcome
            mine = a.first in own or b.first in own
            if mine and outcome != AGREE and takes(a.first, b.first) and not one_voice(a, b):
                conflicts.append(Conflict(b, a, outcome))
    if not conflicts:
        return None
    worst = max(conflict.outcome for conflict in conflicts)
    gravest = [conflict for conflict in conflicts if conflict.outcome == worst]
    camps = [
        make_camp((held for at in clique for held in sides[at].claims), context.definition)
        for clique in maximal_cliques(len(sides), lambda i, j: outcomes[i, j] == AGREE)
    ]
    camps.sort(key=lambda camp: (-camp.independent_origins, camp.claims[0].order))
    pairs: set[Pair] = set()
    gap: Gap | None = None
    for conflict in conflicts:
        pairs.update(claim_pair(a, b) for a, b in conflict.claim_pairs())
        gap = wider_gap(
            gap,
            gap_between(conflict.a.first.value, conflict.b.first.value, context.definition),
        )
    hard = worst == CONFLICT
    since = min(
        max(a.recorded_at, b.recorded_at, context.definition.recorded_at)
        for conflict in gravest
        for a, b in conflict.claim_pairs()
    )
    said = " | ".join(f"{_names(camp.claimants)}: {camp.stated}" for camp in camps)
    return Finding(
        id=finding_id(rule, slice_.key, _instant(slice_), _kind(claims, context)),
        rule=rule,
        verdict="contradiction" if hard else "tension",
        key=slice_.key,
        as_of=slice_.as_of,
        camps=tuple(camps),
        gap=gap,
        since=since,
        explanation=f"{words if hard else 'may not both hold'}: {said}",
        pairs=frozenset(pairs),
    )


def _outcome(a: Held, b: Held, context: Context) -> Outcome:
    limit = same_instant(a, b, context.definition.over_time)
    outcome = clash(a, b, context)
    return AGREE if limit is None or outcome is None else min(limit, outcome)


def _instant(slice_: Slice) -> object:
    return "" if slice_.context.definition.over_time == "constant" else slice_.span


def _kind(claims: Sequence[Held], context: Context) -> object:
    value = claims[0].value
    return unit_of(value, context.definition) or "" if isinstance(value, Quantity) else ""


def _names(claimants: list[str]) -> str:
    more = f" and {len(claimants) - 3} more" if len(claimants) > 3 else ""
    return ", ".join(claimants[:3]) + more
