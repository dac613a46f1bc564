"""The rules: each is one small pure function, and here are the tuples of them.

A rule takes what it judges and yields findings: the claims of a key at one instant
(``SLICE_RULES``), of one voice (``VOICE_RULES``), over time (``SERIES_RULES``), the wishes of a
key (``POSITION_RULES``), the claims of neighbouring keys (``PART_RULES``, ``ORDER_RULES``), those
published too early (``EARLY_RULES``), what links and acts say of one claim (``FAMILY_RULES``), or
the place that claims cite in a document (``PASSAGE_RULES``). Which claims speak at all, and which
are one voice, is the same for all rules and lies in :mod:`projections.judge`; of which claims
something is said, in :mod:`projections.families`.
"""

from collections.abc import Callable, Iterator

from projections.contradictions.family import Family
from projections.contradictions.finding import Finding
from projections.contradictions.neighbourhood import Neighbourhood
from projections.contradictions.order import not_before, published_before
from projections.contradictions.pairwise import category, date, negation, value
from projections.contradictions.parts import part_whole
from projections.contradictions.passages import Cited, evidence
from projections.contradictions.positions import Positions, position
from projections.contradictions.relays import circular, relay, stale_relay
from projections.contradictions.reviews import review
from projections.contradictions.series import Series, cumulative
from projections.contradictions.slices import Slice
from projections.contradictions.voices import Voice, revision

SLICE_RULES: tuple[Callable[[Slice], Iterator[Finding]], ...] = (value, category, date, negation)
VOICE_RULES: tuple[Callable[[Voice], Iterator[Finding]], ...] = (revision,)
SERIES_RULES: tuple[Callable[[Series], Iterator[Finding]], ...] = (cumulative,)
POSITION_RULES: tuple[Callable[[Positions], Iterator[Finding]], ...] = (position,)
FAMILY_RULES: tuple[Callable[[Family], Iterator[Finding]], ...] = (
    relay,
    stale_relay,
    circular,
    review,
)
PASSAGE_RULES: tuple[Callable[[Cited], Iterator[Finding]], ...] = (evidence,)
"""Those that look at documents, which are no events: asked when a person asks, and kept nowhere."""
PART_RULES: tuple[Callable[[Neighbourhood], Iterator[Finding]], ...] = (part_whole,)
ORDER_RULES: tuple[Callable[[Neighbourhood], Iterator[Finding]], ...] = (not_before,)
EARLY_RULES: tuple[Callable[[Slice], Iterator[Finding]], ...] = (published_before,)

RULES: tuple[str, ...] = (
    *(rule.__name__ for rule in SLICE_RULES),
    *(rule.__name__ for rule in SERIES_RULES),
    *(rule.__name__ for rule in VOICE_RULES),
    *(rule.__name__ for rule in POSITION_RULES),
    "part-whole",
    "order",
    *(rule.__name__.replace("_", "-") for rule in FAMILY_RULES),
    *(rule.__name__ for rule in PASSAGE_RULES),
)
"""The names of all rules, as ``--rule`` takes them."""


def described() -> dict[str, str]:
    """Return what each rule looks for, by its name: the first line of what it says of itself.

    Of the rules that two functions make up, the first lines of both.
    """
    rules = [rule for name, some in globals().items() if name.endswith("_RULES") for rule in some]
    told: dict[str, str] = {}
    for rule in rules:
        name = "order" if rule in (not_before, published_before) else rule.__name__
        line = (rule.__doc__ or "").strip().partition("\n")[0]
        told[name.replace("_", "-")] = f"{told.get(name, '')} {line}".strip().replace("``", "")
    return told
