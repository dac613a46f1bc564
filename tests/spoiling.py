"""A ledger with an event of every kind, ways to spoil what it holds, and questions to ask it."""

from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
from commands import Wherefrom
from hostile import harm
from hypothesis import strategies as st
from tampering import unprotected

from ledger.heads import Head, commitment, decode_head, encode_head
from ledger.merkle import Frontier, leaf_hash
from ledger.sqlite import SqliteStore
from ledger.store import Row

QUESTIONS: tuple[tuple[str, ...], ...] = (
    ("verify",),
    ("log",),
    ("contradictions",),
    ("contradictions", "--format", "md"),
    ("trace", "5"),
    ("show", "storm"),
    ("history", "storm", "deaths"),
    ("sources",),
    ("search", "so many"),
    ("evidence",),
    ("export",),
    ("export", "--format", "claimreview"),
    ("doctor",),
    ("rebuild",),
    ("match", "--suggest"),
)


def every_kind(folder: Path) -> Wherefrom:
    """Make a ledger with an event of every kind, and its views."""
    wherefrom = Wherefrom(folder)
    page = wherefrom.folder / "page.html"
    page.write_text("<html><body><p>They said that 5 people died, so many.", "utf-8")
    claim = ("--published=2026-02-06", "--as-of=2026-02-06", "--yes")
    wherefrom("define", "deaths", "--type=quantity", "--unit=people", "--tolerance=5%")
    wherefrom("describe", "Reuters", "--kind=outlet", "--alias=R.", "--country=GB")
    wherefrom("match", "Muscat", "Oman", "--within")
    wherefrom("capture", page)
    wherefrom(
        "add", "storm", "deaths", "at least 5 people", "--claimant=Ann", "--via=Reuters", *claim,
        "--scope=place=Oman", f"--evidence={page}", "--quote=5 people died", "--wording=so many",
    )  # fmt: skip
    first = wherefrom("log", "--json").json[-1]["id"]
    wherefrom("add", "storm", "deaths", "2", "--claimant=Ben", "--scope=place=Oman", *claim)
    wherefrom("add", "storm", "venue", "Muscat; Doha", "--claimant=Ben", *claim)
    wherefrom("link", "last", "disputes", first)
    wherefrom("correct", "last", "--value=Muscat", "--yes")
    wherefrom("review", first, "--rating=False", "--author=Check", "--published=2026-02-09")
    finding = wherefrom("contradictions", "--json").json[0]["id"]
    wherefrom("adjudicate", finding, "--confirm", "--reason=both counted")
    wherefrom("retract", first, "--reason=miscounted", "--published=2026-02-10")
    for question in QUESTIONS:
        wherefrom(*question)
    return wherefrom


def answers(wherefrom: Wherefrom, question: tuple[str, ...]) -> int:
    answer = wherefrom(*question, code=None)
    assert answer.code in (0, 1, 2), (question, answer)
    assert not harm(answer.out + answer.err), question
    if answer.code == 2:
        assert answer.err.splitlines()[-1].startswith("Error: ")
    return answer.code


class Rows(list[Row]):
    """The rows of a ledger, which nobody wants to see whole."""

    def __repr__(self) -> str:
        return f"{len(self)} rows"


def rows_of(wherefrom: Wherefrom) -> list[Row]:
    with closing(SqliteStore.open(wherefrom.db)) as store:
        return [*store.rows(0, store.size())]


def sealed(rows: list[Row], position: int, body: bytes) -> list[Row]:
    """Return the rows with another body at a position, and all heads and hashes made to fit."""
    frontier = Frontier()
    made = []
    for row in rows:
        if row.position == position:
            head = decode_head(row.head)
            salt = row.salt or b""
            fitting = Head(
                head.type, head.origin, head.seq, head.recorder, head.recorded_at,
                commitment(salt, body), head.schema, head.v,
            )  # fmt: skip
            row = row._replace(head=encode_head(fitting), body=body)
        made.append(row._replace(hashes=frontier.append(leaf_hash(row.head))))
    return made


def written(wherefrom: Wherefrom, rows: list[Row]) -> None:
    with unprotected(wherefrom.db) as connection:
        for row in rows:
            connection.execute(
                "UPDATE events SET head = ?, hashes = ? WHERE position = ?",
                (row.head, row.hashes, row.position),
            )
            connection.execute(
                "UPDATE bodies SET body = ? WHERE position = ?", (row.body, row.position)
            )
    for views in wherefrom.folder.glob("facts.views.db*"):
        views.unlink()


ODD: tuple[Any, ...] = (
    None, True, 0, -1, 2**53, 2**63 - 1, 1.5, "", " ", "x", "5", "\u202e", "2026-02-06",
    "a" * 3_000, "-" * 70, "../../x", "/dev/zero", [], {}, [[]], ["x"], [1], {"x": "y"}, {"x": 1},
    "NaN", "1e999999", "0" * 64, "f" * 64, "\x00",
)  # fmt: skip


@st.composite
def oddly_changed(draw: st.DrawFn, tree: Any) -> Any:
    """Draw a tree of JSON with one of its parts replaced by something odd, removed or added."""
    places: list[tuple[Any, ...]] = [()]
    for place in places:
        part = _part(tree, place)
        if isinstance(part, dict):
            places += [(*place, name) for name in part]
        elif isinstance(part, list):
            places += [(*place, at) for at in range(len(part))]
    place = draw(st.sampled_from(places))
    how = draw(st.sampled_from(["odd", "odd", "odd", "gone", "more"]))
    return _changed(tree, place, how, draw(st.sampled_from(ODD)))


def _part(tree: Any, place: tuple[Any, ...]) -> Any:
    for step in place:
        tree = tree[step]
    return tree


def _changed(tree: Any, place: tuple[Any, ...], how: str, odd: Any) -> Any:
    copy = orjson.loads(orjson.dumps(tree))
    if not place:
        return odd
    within = _part(copy, place[:-1])
    if how == "gone":
        del within[place[-1]]
    elif how == "more" and isinstance(_part(copy, place), dict):
        _part(copy, place)["x"] = odd
    else:
        within[place[-1]] = odd
    return copy
