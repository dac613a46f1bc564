"""What asking costs where a claim comes from, among a million others.

In the process: from the question to the answer as data, over questions of several kinds made
from claims drawn at random, each kind of words as a desk would type it. The first of each kind
is not counted. A claim's id is given by ten digits, as `log` shows it. The whole command is
beside `sqlite-utils --version`, which reads no file: a small program on the libraries that we
use, so what it takes is mostly their start.
"""

from collections.abc import Callable
from functools import partial
from random import Random

import orjson

from benchmarks import commands
from benchmarks.durations import Durations, all_of, beside, in_turns, timed, within
from benchmarks.kept import Desk, desk
from benchmarks.race import Line
from benchmarks.scale import Scale
from projections.provenance import claims_of_event, to_json, trace
from projections.provenance import traces as traces_of
from projections.search import search
from projections.terms import read_terms

_SHOWN = 10
"""Digits of an id, and claims that a trace by words shows, as the command has them."""

_KINDS: dict[str, Callable[[dict[str, str]], str]] = {
    "a subject": lambda said: said["subject"],
    "subject and predicate": lambda said: f"{said['subject']} {said['predicate']}",
    "subject and value": lambda said: f"{said['subject']} {said['value']}",
    "value and claimant": lambda said: f'{said["value"]} "{said["claimant"]}"',
    "claimant and place": lambda said: f'"{said["claimant"]}" {said["subject"].split()[0]}',
    "wording": lambda said: said["wording"].partition(",")[0],
    "a predicate": lambda said: said["predicate"],
    "a value": lambda said: said["value"],
}


def traces(scale: Scale) -> list[Line]:
    """Trace claims by id and by words, in the process and by the command."""
    with desk(scale.kept, scale.many) as here:
        positions = _drawn(here, scale.questions)
        by_id = _asked(partial(_by_id, here), [_id(here, at)[:_SHOWN] for at in positions])
        by_words = {
            kind: _asked(
                partial(_by_words, here), [ask(_said(here, position)) for position in positions]
            )
            for kind, ask in _KINDS.items()
        }
        slowest = max(by_words, key=lambda kind: by_words[kind].middle)
        said = _said(here, positions[0])
        command = partial(commands.run, "wherefrom", "--db", here.path, "trace")
        whole = in_turns(
            scale.commands,
            {
                "version": lambda _: commands.run("sqlite-utils", "--version"),
                "id": lambda _: command(_id(here, positions[0])[:_SHOWN]),
                "words": lambda _: command(said["subject"], said["value"]),
            },
        )
    item, words = "trace", all_of(by_words.values())
    return [
        within(item, f"by id, among {scale.many:,} claims", by_id, 0.002),
        within(item, f"by words, {len(_KINDS)} kinds of question", words, 0.025),
        Line(item, f"of these the slowest kind: {slowest}", by_words[slowest].spread),
        Line(item, "sqlite-utils --version", whole["version"].spread),
        beside(item, "the whole command, by id, beside it", whole["id"], whole["version"], 1.5),
        beside(item, "by subject and value, beside it", whole["words"], whole["version"], 1.5),
    ]


def _asked(answer: Callable[[str], object], questions: list[str]) -> Durations:
    answer(questions[0])
    return Durations([timed(partial(answer, question)) for question in questions])


def _by_id(here: Desk, digits: str) -> bytes:
    [(id_, position, type_)] = here.views.find(digits)
    [position] = claims_of_event(here.views, id_, position, type_)
    return orjson.dumps(to_json(trace(here.views, position)))


def _by_words(here: Desk, question: str) -> list[bytes]:
    found = search(here.views.connection, read_terms(question), _SHOWN + 1)
    assert found, question
    return [orjson.dumps(to_json(one)) for one in traces_of(here.views, found[:_SHOWN])]


def _drawn(here: Desk, count: int) -> list[int]:
    """Return the positions of so many claims, drawn at random; the last events are claims."""
    size = here.ledger.size()
    return Random(3).sample(range(size // 10, size), count + 1)


def _id(here: Desk, position: int) -> str:
    return here.ledger.entry(position).id


def _said(here: Desk, position: int) -> dict[str, str]:
    row = here.ledger.store.row(position)
    assert row.body is not None
    said: dict[str, str] = orjson.loads(row.body)["statement"]
    return said
