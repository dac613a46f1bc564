"""`match` and `unmatch`: which names are the same, or one within the other."""

from functools import partial

import click

from cli.recording import json_option, record_toggle
from cli.session import Session, pass_session
from ledger.errors import NotFound
from ledger.names import fold

_within = click.option("--within", is_flag=True, help="A lies within B, as Muscat within Oman.")


@click.command("match")
@click.argument("a")
@click.argument("b")
@_within
@json_option
@pass_session
def match_command(session: Session, /, a: str, b: str, within: bool, as_json: bool) -> None:
    """File that A and B are two names of the same; `unmatch` takes it back.

    \b
    wherefrom match Mascate Muscat
    wherefrom match Muscat Oman --within
    """
    if session.exists:
        from cli import lookups

        for name in (a, b):
            if not session.ask(partial(lookups.is_named, name=name)):
                click.echo(f"Note: nothing held names {name!r} yet", err=True)
    _record(session, "entities-matched", a, b, within, as_json)


@click.command("unmatch")
@click.argument("a")
@click.argument("b")
@_within
@json_option
@pass_session
def unmatch_command(session: Session, /, a: str, b: str, within: bool, as_json: bool) -> None:
    """Take back that A and B are the same, or with --within that A lies within B."""
    from cli import lookups

    relation = "within" if within else "same"
    held = session.ask(
        lambda views: lookups.act_in_force(views, "entities-matched", fold(a), fold(b), relation)
    )
    if held is None or held.type != "entities-matched":
        raise NotFound(
            f"unmatch: {a!r} and {b!r} are not matched{' --within' if within else ''}",
            "Name the two that were; `wherefrom log` lists them",
        )
    _record(session, "entities-unmatched", a, b, within, as_json)


def _record(session: Session, type_: str, a: str, b: str, within: bool, as_json: bool) -> None:
    draft = {"type": type_, "a": a, "b": b, "relation": "within" if within else "same"}
    record_toggle(session, draft, fold(a), fold(b), as_json=as_json)
