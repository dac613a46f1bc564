"""The few kinds of error that a user can cause.

Every one carries a message (what is wrong, and where) and a hint (what to do instead);
the command's edge turns them into one line on stderr and an exit code. Anything else that
is raised is a bug and surfaces as one.
"""


class LedgerError(Exception):
    """Something a user can cause and mend.

    ``message`` says what is wrong and where; ``hint`` says what to write or do instead
    (may be empty when the message says it all).
    """

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}. {self.hint}" if self.hint else self.message


class BadInput(LedgerError):
    """A value, a row or an option that cannot be read as what it should be."""


class NotFound(LedgerError):
    """A reference (an id, a prefix, a name) that names nothing, or more than one thing."""


class StorageError(LedgerError):
    """A file that cannot be used: missing, read-only, full disk, no ledger, too new."""


class NoLedger(StorageError):
    """There is no ledger yet at the place that was named."""


class Damaged(LedgerError):
    """The ledger contradicts itself: bytes changed, a gap, a commitment that does not hold."""


class ErasedMeanwhile(StorageError):
    """Something was erased while an answer was put together that still counted on it."""
