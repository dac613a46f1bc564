"""`match` and `unmatch`: which names are the same, or one within the other."""

import json
from functools import partial

import attrs
import click

from cli.complaints import tell
from cli.output import MOST, plain
from cli.recording import json_option, record_toggle
from cli.session import Session, pass_session
from ledger.errors import BadInput, NotFound
from ledger.names import fold

_SUGGESTED = 20

_within = click.option("--within", is_flag=True, help="A lies within B, as Muscat within Oman.")


@click.command("match")
@click.argument("a", required=False)
@click.argument("b", required=False)
@_within
@click.option("--suggest", is_flag=True, help="List names that may be the same; nothing is filed.")
@click.option(
    "--limit",
    type=click.IntRange(0, MOST),
    default=_SUGGESTED,
    show_default=True,
    help="Suggest at most so many pairs; 0 for all.",
)
@json_option
@pass_session
def match_command(
    session: Session,
    /,
    a: str | None,
    b: str | None,
    within: bool,
    suggest: bool,
    limit: int,
    as_json: bool,
) -> None:
    """File that A and B are two names of the same; `unmatch` takes it back.

    \b
    wherefrom match Mascate Muscat
    wherefrom match Muscat Oman --within
    wherefrom match --suggest

    --suggest compares the names in use by their spelling. It leaves out pairs that are matched,
    that were unmatched, or that lie within one another, and names that differ in a number or in
    a word such as north and south.
    """
    if suggest:
        if a is not None or within:
            raise BadInput("match: --suggest takes no names", "Write `wherefrom match --suggest`")
        _suggest(session, limit, as_json)
        return
    if a is None or b is None:
        raise BadInput(
            "match: two names are missing" if a is None else "match: a second name is missing",
            "Write `wherefrom match A B`; `wherefrom match --suggest` lists likely pairs",
        )
    if session.exists:
        from cli import lookups

        for name in (a, b):
            if not session.ask(partial(lookups.is_named, name=name)):
                tell(f"Note: nothing held names {name!r} yet")
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


def _suggest(session: Session, limit: int, as_json: bool) -> None:
    """List pairs of names that may be the same, each with the command that would match them."""
    from cli.output import emit_json
    from projections.likely import likely_matches

    found = session.ask(lambda views: likely_matches(views.connection))
    shown = found[:limit] if limit else found
    if as_json:
        told = ({**attrs.asdict(one), "command": _command(one.a, one.b)} for one in shown)
        emit_json((json.dumps(one, ensure_ascii=False) for one in told), "json")
        return
    for one in shown:
        a, b = (
            f"{plain(name)} ({number:,} claim{'' if number == 1 else 's'})"
            for name, number in ((one.a, one.claims_a), (one.b, one.claims_b))
        )
        click.echo(f"{one.score:>3}  {a} and {b}")
        click.echo(f"     {plain(_command(one.a, one.b))}")
    more = f" of {len(found):,}" if len(shown) < len(found) else ""
    click.echo(
        f"{len(shown):,}{more} likely pair{'' if len(shown) == 1 and not more else 's'}; "
        "nothing is filed until you match them."
        if found
        else "No two names here look like one."
    )


def _command(a: str, b: str) -> str:
    """Return the command that matches two names, to be typed or pasted into a shell."""
    return f"wherefrom match {' '.join(map(_quoted, (a, b)))}"


def _quoted(name: str) -> str:
    """Return a name as one word of a shell, in double quotes wherever these do."""
    if name.startswith("-") or set(name) & set('"$`\\!'):
        from shlex import quote

        return ("-- " if name.startswith("-") else "") + quote(name)
    return f'"{name}"'


def _record(session: Session, type_: str, a: str, b: str, within: bool, as_json: bool) -> None:
    draft = {"type": type_, "a": a, "b": b, "relation": "within" if within else "same"}
    record_toggle(session, draft, fold(a), fold(b), as_json=as_json)
