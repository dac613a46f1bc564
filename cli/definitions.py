"""`define` and `describe`: what a predicate's values are, and who a source is."""

from typing import Any

import click

from cli.recording import complete, json_option, record_toggle
from cli.session import Session, pass_session
from ledger.names import fold


@click.command("define")
@click.argument("name")
@click.option("--type", "value_type", metavar="TYPE", help="quantity, day, entity, text or truth.")
@click.option("--unit", metavar="UNIT", help="Unit of its numbers, such as people.")
@click.option(
    "--over-time",
    metavar="HOW",
    help="constant, instant (a level, the default), period (summed over a time), "
    "cumulative-up or cumulative-down (a count that can only grow, or fall).",
)
@click.option("--tolerance", metavar="SHARE", help="Within which numbers agree: 5%.")
@click.option("--multi-valued", is_flag=True, help="A value is a list: Oman; Qatar.")
@click.option(
    "--part-of",
    metavar="NAME",
    help="The predicate of which this one is a part: what it is at least, the whole is.",
)
@click.option(
    "--not-before",
    metavar="NAME",
    help="The date that this one cannot precede. Define both as constant.",
)
@click.option(
    "--disjoint",
    metavar="A,B",
    help="Predicates that are parts of this one and do not overlap, so that it is at least their "
    "sum.",
)
@json_option
@pass_session
def define_command(session: Session, /, name: str, as_json: bool, **options: Any) -> None:
    """Say what the values of the predicate NAME are, and how two of them compare.

    Claims that are filed already are read by it, too; a later definition replaces it.

    \b
    wherefrom define deaths --type quantity --unit people --over-time cumulative-up
    wherefrom define deaths --type quantity --disjoint "police deaths, protester deaths"
    """
    options["multi_valued"] = "true" if options["multi_valued"] else None
    draft = complete({"name": name, **options}, {"value_type": "Type of its values"})
    record_toggle(session, {"type": "predicate-defined", **draft}, fold(name), as_json=as_json)


@click.command("describe")
@click.argument("name")
@click.option(
    "--kind",
    metavar="KIND",
    help="person, organisation, outlet, government, document, dataset or anonymous.",
)
@click.option("--acts-for", metavar="NAME", help="The source on whose behalf it speaks.")
@click.option("--alias", "aliases", metavar="NAME", multiple=True, help="Another of its names.")
@click.option("--country", metavar="CODE", help="Its country, such as IR.")
@click.option("--language", metavar="TAG", help="Its language, such as fr.")
@click.option("--home-page", metavar="URL", help="Its home page.")
@json_option
@pass_session
def describe_command(session: Session, /, name: str, as_json: bool, **options: Any) -> None:
    """Say who the source NAME is, and for whom it acts.

    \b
    wherefrom describe "Karoline Leavitt" --kind person --acts-for "United States government"
    """
    draft = complete({"name": name, **options}, {"kind": "Kind of source"})
    record_toggle(session, {"type": "source-described", **draft}, fold(name), as_json=as_json)
