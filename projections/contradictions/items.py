"""Value by value: which items of a list a later statement of the same voice takes back.

Of "nuclear file; sanctions; prisoners", demanded, a later refusal of "prisoners" takes back the
prisoners; so does a later "only nuclear file; sanctions". A later "missiles" takes nothing back
from an open list, and from "only nuclear file; sanctions" no more than that there was nothing
else: both items can still be meant. What it could have meant beyond that would be a guess, and
a guess that ends in silence about two demands nobody dropped, or in a clash nobody spoke.
"""

from ledger.values import Several
from projections.compare import left_out, lies_within
from projections.contradictions.clash import Context
from projections.held import Held
from projections.remaining import ONLY, Items

_NEGATIVE = ("denied", "refused")


def clashing(earlier: Held, later: Held, context: Context) -> Items | None:
    """Return the items of ``earlier`` that cannot stand beside ``later``.

    ``ONLY`` among them says that the list is closed no longer; ``None`` that the whole of what
    was said is taken back, as a single value is. The two are known to clash.
    """
    value, other = earlier.value, later.value
    if not isinstance(value, Several) or other is None:
        return None
    known = (context.definition, context.names)
    was, is_ = (held.claim.modality in _NEGATIVE for held in (earlier, later))
    gone: dict[int, str] = {}
    for at, item in enumerate(value.items):
        if was == is_:
            clashes = bool(left_out(item, other, *known))
        else:
            inner, outer = (other, item) if was else (item, other)
            clashes = lies_within(inner, outer, *known)
        if clashes:
            gone[at] = item.stated
    if was == is_ and left_out(other, value, *known):
        gone[ONLY] = ""
    return gone
