"""The codes that the views' tables hold in their columns; the tables lie in ``tables.py``."""

VERSION = 14
"""The version of these tables and of what is written into them; another one is rebuilt."""

LOWEST, HIGHEST = "", "~"

NO_SCOPE = 1
"""The number of the scope of claims that nothing narrows, which no index need hold."""

OPEN_END, CLOSED_LIST, APPROXIMATE, INFERRED = 1, 2, 4, 8
UNCERTAIN, LINKED, RECAST, SPOKEN_OF, EARLY = 16, 32, 64, 128, 256
"""Bits of ``claims.flags``; a claim is spoken of where a link or a review names it, and early
where it was published before the time that it is about."""

ZERO = "5"
"""The sort key of 0 (:func:`ledger.decimals.sort_key`)."""

STANDS, CORRECTED, RETRACTED, RELAYS, RETRACTED_RELAY, TWIN = 0, 1, 2, 3, 4, 5
"""``claims.standing``: what acts made of a claim; ``revised`` is kept beside it.

A ``TWIN`` is another recording of a claim for which an earlier one stands
(:mod:`projections.twins`).
"""

GONE = f"({CORRECTED}, {TWIN})"
"""The recordings that speak through another one, for SQL."""

ASSERTED, HEDGED, DENIED, DEMANDED, REFUSED, FORECAST = range(6)
"""``claims.mode``: modalities as far as narrowing needs them."""

MODES = {
    "asserted": ASSERTED,
    "alleged": HEDGED,
    "probable": HEDGED,
    "possible": HEDGED,
    "denied": DENIED,
    "demanded": DEMANDED,
    "refused": REFUSED,
    "forecast": FORECAST,
}
