"""What is wrong with a ledger that broke an answer: the first event that cannot be read.

Reading trusts what it reads: bodies and heads were checked when they were recorded, and checking
them again at every question would cost more than the question. So a file that somebody altered
can break an answer anywhere. When one broke, and only then, this looks for the reason.
"""

from ledger.codec import decode
from ledger.errors import Damaged, LedgerError
from ledger.heads import commitment, decode_head, read_time
from ledger.store import Reader, Row, missing


def first_damage(store: Reader) -> LedgerError | None:
    """Return what is wrong with the first event that is not what it should be, if any is.

    An event is what it should be if its head can be read, and its body is there, is the one the
    head commits to, and is of its type's form. Erased bodies are no damage.
    """
    expected = 0
    try:
        for row in store.rows(0, store.size()):
            if row.position != expected:
                return missing(expected)
            _look_at(row)
            expected += 1
    except LedgerError as error:
        return error
    return None


def _look_at(row: Row) -> None:
    try:
        head = decode_head(row.head)
        read_time(head.recorded_at)
        if row.body is None or row.salt is None:
            return
        if commitment(row.salt, row.body) != head.body:
            raise Damaged("the body is not the one that was recorded")
        decode(head.type, head.schema, row.body)
    except Damaged as error:
        raise Damaged(
            f"position {row.position}: {error.message}", "Run `wherefrom verify`"
        ) from None
