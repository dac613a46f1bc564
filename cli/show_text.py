"""What is held now, as a person reads it: a table of who says what, contradictions marked."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import click

from cli.output import Styled, paint, plain, print_table, wrapped
from cli.phrasing import counted, scope
from ledger.names import fold
from projections.claims import Holding
from projections.contradictions import OF_LINKS, OF_REVIEWS
from projections.contradictions.finding import Camp
from projections.filed import shown_value, with_modality
from projections.held import Held
from projections.remaining import Remaining
from projections.wordings import worded_alike

CONTRADICTED: Final = "×"
TENSE: Final = "~"
ALIKE: Final = "≈"
_NAMES: Final = 4


def print_holdings(holdings: Sequence[Holding]) -> None:
    """Write what is held under a subject."""
    click.echo(paint(wrapped(holdings[0].key.subject_shown), bold=True))
    click.echo()
    columns = ("", "predicate", "value", "who says so", "as of", "origins")
    print_table(columns, (row for holding in holdings for row in _rows(holding)), indent=2)
    for line in _notes(holdings):
        click.echo(line)


def values_of(camp: Camp) -> Iterator[tuple[str, list[Held]]]:
    """Yield each value of a camp in words, with the claims that state it."""
    groups: dict[str, list[Held]] = {}
    for held in camp.claims:
        groups.setdefault(fold(told_value(held)), []).append(held)
    for claims in groups.values():
        yield told_value(claims[0]), claims


def told_value(held: Held) -> str:
    """Return what of a claim's value stands, with its modality unless it is plainly asserted."""
    left = held.value if isinstance(held.value, Remaining) else held.claim.value
    said = {"value": left.stated}
    unit = getattr(held.claim.value, "unit", None)
    stated = shown_value({**said, "unit": unit} if unit else said)
    return with_modality(stated, held.claim.modality)


def _rows(holding: Holding) -> Iterator[Sequence[str]]:
    against = (one for one in holding.findings if one["rule"] not in (*OF_LINKS, *OF_REVIEWS))
    verdicts = {one["verdict"] for one in against if one["status"] != "dismissed"}
    mark = Styled(CONTRADICTED, "red") if holding.contradicted else ""
    mark = mark or (Styled(TENSE, "yellow") if "tension" in verdicts else "")
    style = mark.style if isinstance(mark, Styled) else ""
    first = True
    seen: set[int] = set()
    for camp in holding.camps:
        for value, claims in values_of(camp):
            new = [held for held in claims if held.position not in seen]
            seen.update(held.position for held in claims)
            if new:
                yield (
                    mark,
                    _predicate(holding) if first else "",
                    Styled(value, style),
                    _names(new),
                    _as_of(holding) if first else "",
                    _origins(new),
                )
                first = False


def _origins(claims: Sequence[Held]) -> str:
    """Return how many independent origins there are, marked if some are worded alike."""
    mark = f" {ALIKE}" if worded_alike(claims) else ""
    return f"{len({held.origin for held in claims})}{mark}"


def _predicate(holding: Holding) -> str:
    narrowed = scope({"scope": holding.key.scope_shown})
    return holding.key.predicate_shown + (f" ({narrowed})" if narrowed else "")


def _as_of(holding: Holding) -> str:
    told = holding.as_of or ""
    told = f"at the latest {told}" if holding.inferred else told
    return f"{told} ({holding.older:,} earlier)" if holding.older else told


def _names(claims: Iterable[Held]) -> str:
    names = list(dict.fromkeys(held.claim.claimant for held in claims))
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return ", ".join(names[:_NAMES]) + more


def _notes(holdings: Sequence[Holding]) -> Iterator[str]:
    """Yield lines that fit; the command to be pasted stays on one, however long it is."""
    against = {
        finding["id"]
        for holding in holdings
        for finding in holding.findings
        if finding["verdict"] == "contradiction" and finding["status"] != "dismissed"
    }
    tense = any(row[0] == TENSE for holding in holdings for row in _rows(holding))
    alike = any(row[-1].endswith(ALIKE) for holding in holdings for row in _rows(holding))
    if against or tense or alike or any(holding.older for holding in holdings):
        yield ""
    if against:
        from shlex import quote

        yield f"{CONTRADICTED} cannot hold together, {counted(len(against), 'finding')}:"
        subject = quote(holdings[0].key.subject_shown)
        yield plain(f"  wherefrom contradictions --subject {subject}")
    if tense:
        yield f"{TENSE} may not both hold"
    if alike:
        yield wrapped(f"{ALIKE} some of these are worded alike, and may have it from one another")
    if any(holding.older for holding in holdings):
        yield wrapped(
            "Only the latest instant is shown: --all shows every one, `history` who said what."
        )
