"""The claims of one key at one instant, and what the pairwise rules share.

A *slice* is the claims of one subject, predicate and scope with one as-of. Where as-ofs of
different width overlap, the pair belongs to the slice of the narrower one, so each pair is
judged exactly once; the wider claims *visit*.
"""

from collections.abc import Iterator, Sequence

import attrs

from ledger.values import Quantity
from projections.compare import dimension_of
from projections.contradictions.camps import cliques_in, sides_of
from projections.contradictions.clash import Context
from projections.contradictions.finding import (
    Camp,
    Finding,
    Key,
    finding_id,
    make_camp,
)
from projections.contradictions.opposition import Opposition, PairRule, any_pair
from projections.filed import with_modality
from projections.held import Held, Span
from projections.outcomes import CONFLICT


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
    voices = {held.voice for held in claims}
    if len(voices) < 2 and None not in voices:
        return None
    sides = sides_of(claims, context)
    if len(sides) < 2:
        return None
    opposition = Opposition(sides, set(slice_.own), context, takes)
    found = opposition.gravest()
    if found is None:
        return None
    worst, complete = found
    camps = [
        make_camp((held for at in clique for held in sides[at].claims), context.definition)
        for clique in cliques_in(opposition.neighbours)
    ]
    camps.sort(key=lambda camp: (-camp.independent_origins, camp.claims[0].order))
    hard = worst == CONFLICT
    said = " | ".join(f"{_names(camp.claimants)}: {_stated(camp)}" for camp in camps)
    return Finding(
        id=finding_id(rule, slice_.key, _instant(slice_), _unit(rule, claims, context)),
        rule=rule,
        verdict="contradiction" if hard else "tension",
        key=slice_.key,
        as_of=slice_.as_of,
        camps=tuple(camps),
        gap=opposition.gap(),
        since=max(complete, context.definition.recorded_at),
        explanation=f"{words if hard else 'may not both hold'}: {said}",
        pairs=opposition.pairs(),
    )


def _stated(camp: Camp) -> str:
    """Return what a camp says; where it denies something, each of its words and what it denies."""
    said = [(held.claim.value.stated, held.claim.modality) for held in camp.claims]
    if all(modality != "denied" for _, modality in said):
        return camp.stated
    return "; ".join(dict.fromkeys(with_modality(*each) for each in said))


def _instant(slice_: Slice) -> object:
    return "" if slice_.context.definition.over_time == "constant" else slice_.span


def _unit(rule: str, claims: Sequence[Held], context: Context) -> str:
    """Return what a group of amounts measures; of one instant there may be several."""
    value = claims[0].value
    amounts = rule == "value" and isinstance(value, Quantity)
    return dimension_of(value, context.definition) if amounts else ""  # type: ignore[arg-type]


def _names(claimants: list[str]) -> str:
    more = f" and {len(claimants) - 3} more" if len(claimants) > 3 else ""
    return ", ".join(claimants[:3]) + more
