"""`wherefrom rebuild`: the views anew, with what they came to and how long it took."""

import json
import os
import time
from pathlib import Path

import click

from cli.output import plain
from cli.phrasing import counted
from cli.progress import progress_bar
from cli.session import Session
from ledger.errors import StorageError
from projections.schema import TWIN
from projections.views import Views, views_path


def rebuild(session: Session, *, as_json: bool) -> None:
    """Rebuild the views and say what they hold.

    Raises ``StorageError`` where the views' file cannot be written.
    """
    store = session.ledger().store
    path = views_path(session.path)
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise StorageError(f"{path}: cannot be written", "Make the file and its folder writable")
    started = time.monotonic()
    like = Path(session.path)
    with (
        progress_bar("Rebuilding") as progress,
        Views.open(store, path, progress, like=like) as views,
    ):
        if not views.rebuilt:
            views.rebuild(progress)
        if views.aside:
            raise StorageError(f"{path}: another program is using it", "Try again when it is done")
        seconds = time.monotonic() - started
        events = views.size()
        claims = _count(views, f"claims WHERE standing <> {TWIN}")
        findings = _count(views, "findings")
        told = {
            "views": str(path),
            "events": events,
            "claims": claims,
            "findings": findings,
            "seconds": round(seconds, 3),
        }
    if as_json:
        click.echo(json.dumps(told))
    else:
        said = (
            f"Rebuilt {path} from {counted(events, 'event')} in {seconds:.1f} s: "
            f"{counted(claims, 'claim')}, {counted(findings, 'finding')}."
        )
        click.echo(plain(said))


def _count(views: Views, rows: str) -> int:
    return int(views.connection.execute(f"SELECT count(*) FROM {rows}").fetchone()[0])
