"""Wishes that cannot both be met, item by item: what each party demands, refuses or leaves out."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import attrs

from projections.compare import items_of, left_out, same_item
from projections.contradictions.clash import Context
from projections.held import Held
from projections.loading import Loader
from projections.views import Views

Stance = Literal["demanded", "refused", "left out"]


@attrs.frozen(eq=False)
class Party:
    """One who has wishes, and the claims in which they are filed.

    ``acts_for`` names another party of the same table, where this one speaks on its behalf.
    """

    name: str
    acts_for: str | None
    claims: tuple[Held, ...]


@attrs.frozen
class Item:
    """One thing that is wished or not, and each party's stances; none where it says nothing."""

    name: str
    disputed: bool
    stances: tuple[tuple[Stance, ...], ...]


@attrs.frozen(eq=False)
class SideBySide:
    """Items × parties; what cannot be met for all comes first."""

    parties: tuple[Party, ...]
    items: tuple[Item, ...]


def wishes_side_by_side(
    views: Views, findings: Iterable[Mapping[str, Any]]
) -> dict[str, SideBySide]:
    """Return the tables of those of these findings (as JSON has them) that dispute items."""
    return {
        finding["id"]: side_by_side(views, finding["id"])
        for finding in findings
        if finding["disputed"]
    }


def side_by_side(views: Views, finding: str) -> SideBySide:
    """Return the table of a finding that disputes items of wishes, by its whole id."""
    [key] = views.connection.execute("SELECT key FROM findings WHERE id = ?", (finding,)).fetchone()
    positions = views.connection.execute(
        "SELECT claim FROM finding_claims WHERE finding = ?", (finding,)
    ).fetchall()
    loader = Loader(views.connection, views.store)
    context = loader.key(key).context
    return compare_wishes(loader.all_held((at for (at,) in positions), context), context)


def compare_wishes(wishes: Iterable[Held], context: Context) -> SideBySide:
    """Set demands and refusals side by side; parties and items in order of recording."""
    ordered = sorted(wishes, key=lambda held: held.order)
    voices: dict[str, list[Held]] = {}
    for held in ordered:
        voices.setdefault(held.voice or held.id, []).append(held)
    parties = tuple(
        Party(claims[0].claim.claimant, _principal(claims[0], voices), tuple(claims))
        for claims in voices.values()
    )
    names: list[Held] = []
    items: list[Item] = []
    for held in _one_item_each(ordered):
        if any(_same(held, other, context) for other in names):
            continue
        names.append(held)
        stances = tuple(_stances(party, held, context) for party in parties)
        said = {stance for of_party in stances for stance in of_party}
        assert held.value is not None
        items.append(Item(held.value.stated, "demanded" in said and len(said) > 1, stances))
    items.sort(key=lambda item: not item.disputed)
    return SideBySide(parties, tuple(items))


def _principal(held: Held, voices: dict[str, list[Held]]) -> str | None:
    """Return the name of the party for whom the speaker acts, if it is one of these."""
    if held.voice is None or held.origin == held.voice or held.origin not in voices:
        return None
    return voices[held.origin][0].claim.claimant


def _one_item_each(wishes: Iterable[Held]) -> Iterable[Held]:
    """Yield, for every item of every wish, the wish with that item alone."""
    for held in wishes:
        for item in items_of(held.value) if held.value is not None else ():
            yield attrs.evolve(held, value=item)


def _same(a: Held, b: Held, context: Context) -> bool:
    return any(
        same_item(one, other, context.definition, context.names)
        for one in (items_of(a.value) if a.value is not None else ())
        for other in (items_of(b.value) if b.value is not None else ())
    )


def _stances(party: Party, item: Held, context: Context) -> tuple[Stance, ...]:
    """Return what a party says of an item; leaving it out counts where it says nothing else."""
    said = {held.claim.modality for held in party.claims if _same(held, item, context)}
    named: tuple[Stance, ...] = ("demanded", "refused")
    stances = tuple(stance for stance in named if stance in said)
    assert item.value is not None
    closed = (
        held.value is not None
        and held.claim.modality == "demanded"
        and left_out(item.value, held.value, context.definition, context.names)
        for held in party.claims
    )
    return stances or (("left out",) if any(closed) else ())
