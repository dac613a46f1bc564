"""What `receipt` and `export --format tiles` publish under: a checkpoint, new or signed before."""

from typing import TYPE_CHECKING

from cli.session import Session
from ledger.errors import BadInput

if TYPE_CHECKING:
    from ledger.checkpoints import SignedCheckpoint


def checkpoint_for(session: Session, key: str | None, path: str | None) -> "SignedCheckpoint":
    """Return the checkpoint in the file ``path``, or one of all events, signed now with a key.

    Raises ``BadInput`` where there is neither, or the ledger does not extend the one in the file;
    leaves with 1 where it does not extend what the key signed before.
    """
    from cli.anchoring import anchors_of, read_kept
    from cli.checkpointing import sign_head
    from ledger.anchors import was_called

    if path is None:
        return sign_head(session, key)
    sent = read_kept(path)
    name = sent.checkpoint.origin
    for anchor in anchors_of(session, [(path, sent)], ()):
        for problem in anchor.problems:
            raise BadInput(problem, "Name a checkpoint of this ledger")
    if not was_called(name, session.ledger().store.origins):
        raise BadInput(f"{path}: of another ledger, {name}", "Name a checkpoint of this ledger")
    return sent
