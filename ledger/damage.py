"""What is wrong with a ledger that broke an answer: the first event that cannot be read.

Reading trusts what it reads: bodies and heads were checked when they were recorded, and checking
them again at every question would cost more than the question. So a file that somebody altered
can break an answer anywhere. When one broke, and only then, this looks for the reason.
"""

from collections.abc import Container
from typing import Final

from ledger.erasing import notices
from ledger.errors import Damaged, LedgerError
from ledger.foreign import check_body
from ledger.heads import commitment, decode_head, read_time
from ledger.merkle import HASH_BYTES
from ledger.store import Reader, Row, missing

_HINT: Final = "Run `wherefrom verify`"


def first_damage(store: Reader) -> LedgerError | None:
    """Return what is wrong with the first event that is not what it should be, if any is.

    An event is what it should be if its head can be read, and its body is there (or was erased),
    is the one the head commits to, and is one that can be recorded.
    """
    expected = 0
    try:
        erased = notices(store)
        for row in store.rows(0, store.size()):
            if row.position != expected:
                return missing(expected)
            _look_at(row, erased)
            expected += 1
        if expected != store.size():
            return missing(expected)
        if any(type(number) is not int for erasure in store.erasures() for number in erasure):
            raise Damaged("erasures: a number that is none", _HINT)
    except LedgerError as error:
        return error
    return None


def _look_at(row: Row, erased: Container[str]) -> None:
    try:
        if not all(type(part) in (bytes, type(None)) for part in row[1:]):
            raise Damaged("holds what no row can hold")
        head = decode_head(row.head)
        read_time(head.recorded_at)
        if row.body is None or row.salt is None:
            if row.hashes[:HASH_BYTES].hex() not in erased:
                raise Damaged("the body is missing")
            return
        if commitment(row.salt, row.body) != head.body:
            raise Damaged("the body is not the one that was recorded")
        check_body(head.type, head.schema, row.body)
    except Damaged as error:
        raise Damaged(f"position {row.position}: {error.message}", _HINT) from None
