"""Whether claims of one instant can be true together, for those who ask rather than judge."""

from projections.contradictions.camps import signature
from projections.contradictions.clash import Context, clash
from projections.filed import Filed
from projections.held import Held, hold
from projections.loading import Loader
from projections.outcomes import AGREE


def held_of(filed: Filed, context: Context, loader: Loader) -> Held:
    """Return a claim as it is judged."""
    return loader.standing(
        hold(
            filed.position,
            filed.id,
            filed.head.recorded_at,
            filed.claim,
            context.definition,
            context.names,
        )
    )


def together(a: Held, b: Held, context: Context) -> bool:
    """Whether two claims of one instant say the same, or can be true together.

    Words that no definition lets us compare are together only where they are the same words.
    """
    outcome = clash(a, b, context)
    if outcome is not None:
        return outcome == AGREE
    same = signature(a.value, context) == signature(b.value, context)
    return same and a.value is not None and a.claim.modality == b.claim.modality
