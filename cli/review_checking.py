"""Elements of a feed of fact checks → a claim and its reviews, as events that may be recorded.

ClaimReview keeps a claim as one sentence; a claim here says a value of a subject's predicate. So
the sentence becomes the subject (and, word for word, the wording), the predicate is ``claimed``
and the value *yes*: the claimant says that it is so. Where another claimant says the same words,
both stand under one subject; who denies them is filed as one who does. `--map` and `--set` file
the claims otherwise, by the paths of the feed: ``--set subject=Storm --set value={claimReviewed}``.

A claim is filed once, however many elements review it, and a review of a claim that was exported
from this ledger goes to that claim.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from cli.checking import Checked
from cli.claim_reviews import cells_of, read_element
from cli.json_nodes import Draft, Drafted, Sources
from cli.mapping import Recipe
from cli.rows import Row
from ledger.drafts import UNDEFINED, Defined, Drafts
from ledger.errors import BadInput, NotFound
from ledger.events import NOT_STATED, ClaimAsserted, ReviewPublished
from ledger.names import MAX_NAME, fold
from ledger.staging import MARK, Staged, Staging, packed, staged

PREDICATE: Final = "claimed"
VALUE: Final = "yes"
_MOST_NAMED: Final = 100
"""Members that are named one by one as not held."""

Find = Callable[[str], bool]


def subject_of(wording: str) -> str:
    """Return a claim's words as a subject: on one line, and no longer than a name may be."""
    line = " ".join(wording.split())
    return line if len(line) <= MAX_NAME else line[: MAX_NAME - 1].rstrip() + "…"


class ReviewChecker:
    """Checks the elements of feeds, one after the other.

    ``is_claim`` says whether an id is that of a claim held here; ``not_held`` counts what of the
    elements cannot be kept, by where it stands.
    """

    def __init__(
        self,
        recipe: Recipe,
        definitions: Mapping[str, Defined],
        staging: Staging,
        is_claim: Find,
        not_held: Counter[str],
    ) -> None:
        self.seen: dict[str, None] = {}
        self._recipe = recipe
        self._staging = staging
        self._is_claim = is_claim
        self._not_held = not_held
        find = lambda predicate: definitions.get(fold(predicate), UNDEFINED)  # noqa: E731
        self._drafts = Drafts(find, lambda text, _: text)

    def check(self, rows: Sequence[Row]) -> Checked:
        """Check elements; one that is bad anywhere is left out whole."""
        good: list[Staged] = []
        bad: list[tuple[Row, str]] = []
        for row in rows:
            try:
                good += self._element(row)
            except (BadInput, NotFound) as error:
                bad.append((row, str(error)))
        return Checked(packed(good), len(good), 0, bad)

    def _element(self, row: Row) -> list[Staged]:
        _, tree, problem = row
        if problem is not None or not isinstance(tree, dict):
            raise BadInput(problem or "not a JSON object")
        not_held: list[str] = []
        events: list[Staged] = []
        labels: dict[str, None] = {}
        cells = cells_of(tree) if self._recipe.columns else {}
        self.seen.update(dict.fromkeys(cells))
        for drafted in read_element(tree, not_held):
            claim = self._claim(drafted, cells, events, labels)
            for draft, sources in drafted.reviews:
                full = {"type": ReviewPublished.TYPE, "claim": claim, **draft}
                events.append(self._read(full, sources))
        for label in labels:
            self._staging.take_label(label, ClaimAsserted.TYPE)
        for path in not_held:
            known = path in self._not_held or len(self._not_held) < _MOST_NAMED
            self._not_held[path if known else "others"] += 1
        return events

    def _claim(
        self,
        drafted: Drafted,
        cells: Mapping[str, str],
        events: list[Staged],
        labels: dict[str, None],
    ) -> str:
        """File the claim where it is not yet; return what the reviews name it by."""
        if drafted.named and self._is_claim(drafted.named):
            return drafted.named
        event = self._read(self._filed(drafted, cells), drafted.claim_sources)
        label = f"claim {drafted.named or event[2].hex()}"
        if label not in labels and not self._staging.has_label(label):
            labels[label] = None
            type_, data, fingerprint, _, waits, schema = event
            events.append((type_, data, fingerprint, label, waits, schema))
        return MARK + label

    def _filed(self, drafted: Drafted, cells: Mapping[str, str]) -> Draft:
        chosen = self._recipe.chosen(cells, drafted.claim)
        return {
            "subject": subject_of(drafted.claim["wording"]),
            "predicate": PREDICATE,
            "value": VALUE,
            "claimant": NOT_STATED,
            "published": drafted.latest,
            **drafted.claim,
            **chosen,
        }

    def _read(self, draft: Draft, sources: Sources) -> Staged:
        try:
            return staged(self._drafts.read(draft))
        except BadInput as error:
            field, colon, rest = error.message.partition(":")
            place = self._recipe.maps.get(field) or sources.get(field, field)
            raise BadInput(f"{place}{colon}{rest}", error.hint) from None


def told(not_held: Mapping[str, int]) -> str:
    """Return in words what was not held, what occurs most first."""
    ordered = sorted(not_held.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{path} ({count:,})" for path, count in ordered)
