"""What changed, to be printed: the newly opened findings with all their sources, the rest in short.

Data only, as :mod:`projections.dossier` is.
"""

from collections.abc import Mapping

import attrs

from projections.changes import KINDS, Change, Changes, Kind, Revised
from projections.decisions import Decided
from projections.dossier import Imprint, Told, imprint, tell
from projections.views import Views


@attrs.frozen(eq=False)
class ChangesPage:
    """The changes from the first ``before`` events on to the whole ledger of the imprint.

    ``told`` are the most severe of the opened findings, ``more_opened`` the others; ``revised``
    counts revisions that are not listed.
    """

    imprint: Imprint
    before: int
    counts: Mapping[Kind, int]
    told: tuple[Told, ...]
    more_opened: tuple[Change, ...]
    others: tuple[tuple[Kind, tuple[Change, ...]], ...]
    revised: tuple[Revised, ...]
    decided: Mapping[str, Decided]


def changes_page(
    views: Views,
    found: Changes,
    decided: Mapping[str, Decided],
    top: int,
    *,
    list_revisions: bool,
) -> ChangesPage:
    """Return the page of changes; the ``top`` most severe of what was opened are told in full."""
    revised: tuple[Revised, ...] = ()
    if not list_revisions:
        found, revised = found.without_revisions()
    opened = found.of("opened")
    others = tuple((kind, tuple(found.of(kind))) for kind in KINDS if kind != "opened")
    return ChangesPage(
        imprint=imprint(views),
        before=found.before,
        counts={kind: len(found.of(kind)) for kind in KINDS},
        told=tuple(tell(views, [change.finding for change in opened[:top]])),
        more_opened=tuple(opened[top:]),
        others=tuple((kind, some) for kind, some in others if some),
        revised=revised,
        decided=decided,
    )
