"""When a command fails by no fault of what was asked: is it the files, and can they be mended?

Views that are damaged are built anew, and the command that only reads is run again. What is wrong
with the ledger is said; it is the user's to mend.
"""

import click

from cli.commands import SECTIONS
from cli.session import Session
from ledger.errors import ErasedMeanwhile, LedgerError, StorageError


def mended(error: Exception, session: Session | None, command: str, *, begun: bool) -> bool:
    """Mend the views where they failed a command; return whether it is to be run again.

    So it is, too, where something was erased while it read. Only a command that reads is: one that
    records asks damaged views again itself. ``begun`` says that part of the answer has been
    written; then ``StorageError`` is raised where the views were damaged.
    """
    if isinstance(error, ErasedMeanwhile):
        return not begun and command not in SECTIONS["Record"]
    ours = isinstance(error, LedgerError | click.ClickException | click.Abort | OSError)
    if ours or session is None or not session.asked_views or command in SECTIONS["Record"]:
        return False
    from projections.views import views_path
    from projections.views_file import is_broken, is_damage

    path = views_path(session.path)
    if not is_damage(error) and not is_broken(path):
        return False
    session = Session(session.path)
    try:
        session.mend()
    finally:
        session.close()
    if begun:
        raise StorageError(
            f"{path}: was found damaged, and is rebuilt now",
            "What is written above is not the whole answer; ask again",
        )
    return True


def trouble_behind(error: Exception, session: Session | None) -> LedgerError | None:
    """Return what is wrong with the files where that may be why a command failed."""
    if session is None:
        return None
    return _trouble_of_the_views(error, session) or _trouble_of_the_ledger(session)


def _trouble_of_the_views(error: Exception, session: Session) -> LedgerError | None:
    """Return what SQLite complains of in the views where a user can mend it, as a full disk.

    The other databases say themselves what is wrong with them.
    """
    if type(error).__module__ != "sqlite3":
        return None
    from sqlite3 import Error

    from projections.views import views_path
    from projections.views_file import views_error

    assert isinstance(error, Error)
    trouble = views_error(error, views_path(session.path))
    return trouble if trouble.hint else None


def _trouble_of_the_ledger(session: Session) -> LedgerError | None:
    from ledger.damage import first_damage

    session = Session(session.path)
    try:
        return first_damage(session.ledger().store) if session.exists else None
    except LedgerError as error:
        return error
    finally:
        session.close()
