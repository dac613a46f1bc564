"""What may be signed after what: a signature says that nothing signed before is contradicted.

A cosigner (a *witness* in C2SP tlog-witness) signs a checkpoint of a name it has never seen, and
from then on only such as extend the last it signed. With that, whoever relies on its signature
knows that there is one history: a ledger that shows two people two histories would need the
cosigner's signature under both. The ledger's own key is held to the same rule.

That one tree extends another follows from a consistency proof alone
(:mod:`ledger.merkle_proofs`), so it does not matter where the proof comes from.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from ledger.checkpoints import Checkpoint
from ledger.merkle_proofs import verify_consistency

Judgement = Literal["first", "same", "extends", "older", "forked", "unproven", "contradicted"]
"""What a checkpoint is beside the last one of its name that was signed.

``first``: there was none. ``same``: the same tree. ``extends``: a proof shows it. These three may
be signed. ``older``: of fewer events. ``forked``: of as many, with another root; both cannot be.
``unproven``: of more, without a proof. ``contradicted``: of more, with a proof that does not
hold.
"""

MAY_SIGN: frozenset[Judgement] = frozenset({"first", "same", "extends"})


def judge(last: Checkpoint | None, new: Checkpoint, proofs: Iterable[Sequence[bytes]]) -> Judgement:
    """Return what ``new`` is beside ``last``; ``proofs`` are such as claim to lead from it.

    They are asked for only where one is needed, and the first that holds is enough.
    """
    if last is None:
        return "first"
    if new.size < last.size:
        return "older"
    if new.size == last.size:
        return "same" if new.root == last.root else "forked"
    judgement: Judgement = "unproven"
    for proof in proofs:
        if verify_consistency(last.size, new.size, proof, last.root, new.root):
            return "extends"
        judgement = "contradicted"
    return judgement
