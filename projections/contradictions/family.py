"""A recording with its corrections, and what links and acts say of it: what ``FAMILY_RULES`` judge.

A *family* is a recording, what corrects it, and so on; what is done to one member holds for
all, and one of them counts. Who has a rule about what is said *of* a claim (how it was relayed,
reviewed …) adds a field here, fills it in :mod:`projections.families`, and adds the rule.
"""

import attrs

from projections.contradictions.clash import Context
from projections.contradictions.finding import Key
from projections.contradictions.verdicts import Place
from projections.held import Held


@attrs.frozen(eq=False)
class Successor:
    """The standing claim that has taken another's place; ``same_key``: of the relay's key."""

    claim: Held
    same_key: bool


@attrs.frozen(eq=False)
class Relayed:
    """A claim that another one passes on directly.

    ``root`` is the id of its first recording. ``linked_at`` says when the link was recorded,
    ``retracted_at`` when the retraction was, if there is one. ``successor`` has taken the place
    of the claim; ``same_key`` says that subject, predicate and scope are those of the relay.
    """

    root: str
    claim: Held
    same_key: bool
    translated: bool
    linked_at: str
    retracted_at: str | None
    successor: Successor | None


@attrs.frozen(eq=False)
class Circle:
    """Claims that lead back to each other, the one that was recorded first to begin with.

    ``way`` is the shortest way round from there, ``links`` are all between them; ``since`` says
    when the first way round was complete.
    """

    claims: tuple[Held, ...]
    way: tuple[Held, ...]
    links: tuple[tuple[Held, Held], ...]
    since: str


@attrs.frozen
class Review:
    """A verdict on a claim.

    ``author`` is as written, ``voice`` the root of that name, folded. ``published`` is the last
    second of the ``day``, ``recorded_at`` and ``id`` are the event's; ``place`` is where the
    verdict stands on its scale, if anywhere.
    """

    id: str
    author: str
    voice: str
    rating: str
    day: str
    published: int
    recorded_at: str
    place: Place | None

    @property
    def order(self) -> tuple[int, str, str]:
        """What tells the later of one author's reviews: its day, then its recording."""
        return self.published, self.recorded_at, self.id


@attrs.frozen(eq=False)
class Family:
    """One claim, by the recording that counts, and what is said of it.

    ``root`` is the id of its first recording, which names it for good. ``retracted`` claims
    relay nothing any more. A ``circle`` is told of the claim in it that was recorded first.
    ``reviews`` are all that are held of it.
    """

    key: Key
    root: str
    claim: Held
    context: Context
    retracted: bool = False
    relayed: tuple[Relayed, ...] = ()
    circle: Circle | None = None
    reviews: tuple[Review, ...] = ()
