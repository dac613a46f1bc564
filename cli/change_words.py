"""What became of findings, in words, the same in every form of `contradictions --since`."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from cli.phrasing import counted, short
from cli.report_words import SOME, about, decided
from projections.changes import Change, Kind, Revised
from projections.decisions import Decided

TITLE: Final = "What changed among claims that cannot all hold"


def changed(counts: Mapping[Kind, int]) -> str:
    """Return how many findings were opened, changed and closed."""
    return f"{', '.join(f'{number:,} {kind}' for kind, number in counts.items())}."


def became(change: Change, decisions: Mapping[str, Decided]) -> str:
    """Return what became of a finding that was changed or closed."""
    if change.now is None:
        return _gone(change)
    if change.kind == "closed":
        decision = decisions.get(change.now.row.id)
        return change.now.row.status if decision is None else decided(decision)
    told = []
    if change.was is not None:
        renamed = change.was.row.id != change.now.row.id
        told += [f"was finding {short(change.was.row.id)}"] if renamed else []
        for name in ("verdict", "status"):
            was, now = change.was.told[name], change.now.told[name]
            told += [f"{name} was {was}, is {now}"] if was != now else []
    for claims, verb in ((change.joined, "joined"), (change.left, "left")):
        told += [f"{verb}: {_claims(claims)}"] if claims else []
    if told:
        return "; ".join(told)
    return f"the same claims; other {' and '.join(change.what)}, or other names for them"


def _gone(change: Change) -> str:
    withdrawn = [claim for claim in change.left if claim["standing"] != "stands"]
    if withdrawn:
        return f"no longer in conflict: {_claims(withdrawn)}"
    if change.elsewhere:
        found = ", ".join(map(short, change.elsewhere[:SOME]))
        return f"no longer there; its claims take part in {found}"
    return "no longer in conflict, though its claims stand: names, links or a definition changed"


def _claims(claims: Sequence[Mapping[str, Any]]) -> str:
    told = [
        f"{claim['claimant'] or 'text missing'}: {claim['value'] or ''} ({short(claim['id'])}"
        + (")" if claim["standing"] == "stands" else f", {claim['standing']})")
        for claim in claims[:SOME]
    ]
    more = f" and {len(claims) - SOME} more" if len(claims) > SOME else ""
    return f"{', '.join(told)}{more}"


def revised_since(revised_: Revised) -> str:
    """Return whose figures about what were revised, and how many."""
    number = counted(revised_.figures, "figure")
    return f"{about(revised_.finding)}: {revised_.claimant}, {number}"
