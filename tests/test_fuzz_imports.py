"""What strangers wrote, and worse: every file an import takes, mutated.

Whatever is in a file, an import ends in one of two ways. It refuses, says why in one line a
problem, and the ledger is the same to the byte; or it records, and then every command can still
answer: nothing gets in that a reader would stumble over, or that another desk would not take.
"""

import gzip
import json
import resource
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from commands import SEEDS, Wherefrom
from hostile import harm
from hypothesis import event, given, settings
from hypothesis import strategies as st
from mutations import mutated

from ledger.foreign import check_body
from ledger.heads import decode_head
from ledger.sqlite import SqliteStore

HEADER = (
    "subject,predicate,value,claimant,published,as_of,via,said,scope.place,unit,url,wording,lang"
)
ROWS = (
    "storm,deaths,at least 3,Reuters,2026-02-06,2026-02,A; B,,Oman,people,https://x.example/1,so,en",
    'storm,deaths,"3,428",Le Monde,2026-02-07,2026-02-06,,2026-02-05,,,,"said ""so""",fr',
    "storm,start,2026-02-06,Reuters,2026-02-06/2026-02-08,,,,,,,,",
)
TABLES = [
    "\n".join([HEADER, *ROWS]).encode(),
    "\n".join([HEADER, *ROWS]).replace(",", ";").encode(),
    "\r\n".join([HEADER, *ROWS]).replace(",", "\t").encode("utf-8-sig"),
    gzip.compress("\n".join([HEADER, *ROWS]).encode(), mtime=0),
]
LINES = [
    line.encode()
    for path in sorted(SEEDS.glob("*.jsonl"))
    for line in path.read_text("utf-8").splitlines()[:40:3]
]
EVENTS = [
    *LINES,
    b"[" + b",\n".join(LINES[:4]) + b"]",
    b'{"type": "predicate-defined", "name": "deaths", "value_type": "quantity", "tolerance": "5%", '
    b'"over_time": "cumulative-up", "part_of": "losses", "disjoint": ["a", "b"]}',
    b'{"type": "source-described", "name": "Reuters", "kind": "outlet", "aliases": ["R."]}',
    b'{"type": "entities-matched", "a": "Muscat", "b": "Oman", "relation": "within"}',
    b'{"subject": "a", "predicate": "b", "value": 1.5e3, "claimant": "c", "published": "2026", '
    b'"label": "x"}\n{"type": "claims-linked", "claim": "@x", "relation": "relays", "other": "@x"}',
    b'{"type": "evidence-captured", "sha256": "' + b"a" * 64 + b'", "media_type": "text/html", '
    b'"captured": "2026-02-06"}',
]
REVIEW = {
    "@context": "https://schema.org", "@type": "ClaimReview", "datePublished": "2026-02-09",
    "url": "https://check.example/1", "inLanguage": "en", "claimReviewed": "Six thousand died.",
    "author": {"@type": "Organization", "name": "Check", "url": "https://check.example"},
    "itemReviewed": {"@type": "Claim", "author": {"@type": "Person", "name": "Ann"},
                     "datePublished": "2026-02-01T10:00:00+0100",
                     "appearance": [{"@type": "CreativeWork", "url": "https://x.example"}]},
    "reviewRating": {"@type": "Rating", "ratingValue": 2, "bestRating": 5, "worstRating": 1,
                     "alternateName": "Mostly false", "ratingExplanation": "Nobody counted."},
}  # fmt: skip
FEEDS = [
    json.dumps(feed).encode()
    for feed in (
        REVIEW,
        [REVIEW, {**REVIEW, "url": "https://check.example/2"}],
        {"@context": "https://schema.org", "@type": "DataFeed", "dataFeedElement": [
            {"@type": "DataFeedItem", "item": [REVIEW]}]},
        {"@graph": [{**REVIEW, "itemReviewed": {"@id": "#c"}}, {"@id": "#c", "@type": "Claim"}]},
        {"claims": [{"text": "Six thousand died.", "claimant": "Ann",
                     "claimDate": "2026-02-01T00:00:00Z",
                     "claimReview": [{"publisher": {"name": "Check", "site": "check.example"},
                                      "url": "https://check.example/1", "title": "No",
                                      "reviewDate": "2026-02-09T00:00:00Z",
                                      "textualRating": "False", "languageCode": "en"}]}]},
    )
]  # fmt: skip


@pytest.fixture(scope="module")
def wherefrom(tmp_path_factory: pytest.TempPathFactory) -> Wherefrom:
    return Wherefrom(tmp_path_factory.mktemp("fuzz"))


QUESTIONS: tuple[tuple[str, ...], ...] = (
    ("contradictions", "--json"),
    ("trace", "storm", "--json"),
    ("sources", "--json"),
    ("export",),
    ("verify", "--json"),
)


def refused_or_answered(wherefrom: Wherefrom, name: str, data: bytes, *options: str) -> None:
    """Import into a new ledger that holds one claim."""
    for left in wherefrom.folder.iterdir():
        left.unlink()
    wherefrom("add", "storm", "deaths", "1", "--claimant=c", "--published=2026", "--yes")
    before = wherefrom.db.read_bytes()
    file = wherefrom.folder / name
    file.write_bytes(data)
    answer = wherefrom("import", file, *options, code=None)
    assert answer.code in (0, 2)
    assert not harm(answer.out + answer.err)
    event(f"{name} ends with {answer.code}")
    if answer.code == 2:
        assert answer.err
        assert wherefrom.db.read_bytes() == before
        return
    with closing(SqliteStore.open(wherefrom.db)) as store:
        for row in store.rows():
            head = decode_head(row.head)
            check_body(head.type, head.schema, row.body or b"")
    for question in QUESTIONS:
        assert wherefrom(*question).err == "" or question[0] == "export"


@given(mutated(TABLES), st.sampled_from([(), ("--skip-bad",), ("--set", "claimant={value}{unit}")]))
def test_a_table(wherefrom: Wherefrom, data: bytes, options: tuple[str, ...]) -> None:
    refused_or_answered(wherefrom, "rows.csv", data, *options)


@given(mutated(TABLES), st.sampled_from(["subject", "value", "published", "scope.place"]))
def test_a_table_of_other_people(wherefrom: Wherefrom, data: bytes, field: str) -> None:
    given = [f"--set={name}=2026" for name in HEADER.split(",")[:5] if name != field]
    refused_or_answered(wherefrom, "rows.csv", data, *given, f"--map={field}=value", "--skip-bad")


@given(mutated(EVENTS))
def test_json_lines(wherefrom: Wherefrom, data: bytes) -> None:
    refused_or_answered(wherefrom, "events.jsonl", data)


@given(mutated(FEEDS))
def test_a_feed_of_fact_checks(wherefrom: Wherefrom, data: bytes) -> None:
    refused_or_answered(wherefrom, "feed.json", data, "--skip-bad")


@settings(max_examples=20)
@given(st.binary(max_size=300), st.sampled_from(["x.csv", "x.csv.gz", "x.jsonl", "x.json"]))
def test_anything_at_all(wherefrom: Wherefrom, data: bytes, name: str) -> None:
    refused_or_answered(wherefrom, name, data)


# What is too long, too deep, or grows: linear work at most, and memory that is bounded


def rows_of(value: Any) -> bytes:
    said = '"subject": "a", "predicate": "b", "claimant": "c", "published": "2026"'
    return f'{{{said}, "value": {value}}}\n'.encode()


TABLE = b"subject,predicate,value,claimant,published\n"
ENDLESS: dict[str, bytes] = {
    "huge.jsonl": rows_of("1e99999999999999999999"),
    "exponent.jsonl": rows_of("-1e-999999999"),
    "digits.jsonl": rows_of("9" * 10_000_000),
    "lists.jsonl": rows_of("[" * 100_000 + "]" * 100_000),
    "objects.jsonl": rows_of('{"a":' * 100_000 + "1" + "}" * 100_000),
    "array.json": b"[" * 1_000_000,
    "twice.jsonl": b"{" + b",".join(b'"k%d":1' % n for n in range(400_000)) + b',"k399999":2}',
    "keys.jsonl": b"{" + b",".join(b'"k%d":1' % n for n in range(400_000)) + b"}",
    "scope.jsonl": rows_of('1, "scope": {' + ",".join(f'"k{n}":"1"' for n in range(200_000)) + "}"),
    "via.jsonl": rows_of('1, "via": [' + ",".join('"k"' for _ in range(500_000)) + "]"),
    "columns.csv": b",".join(b"c%d" % n for n in range(500_000)) + b"\n1\n",
    "column.csv": TABLE[:-1] + "\u2003".encode() * 300_000 + b"x\n",
    "line.csv": TABLE + b"a" * 60_000_000,
    "row.csv": TABLE + b'"\n",' * 5_000_000,
    "quotes.csv": TABLE + b'"' * 15_000_000,
    "date.csv": TABLE + b"a,b,1,c," + b"2" * 900_000,
    "value.csv": TABLE + b"a,b,1" + b" " * 900_000 + b"1,c,2026\n",
    "zeros.csv.gz": gzip.compress(bytes(100_000_000), 1),
    "zone.json": json.dumps({**REVIEW, "datePublished": "T+00" * 500_000}).encode(),
    "deep.json": b'{"@type":"ClaimReview","claimReviewed":' + b"[" * 200_000,
    "second.json": b'{"claimReviewed":"x"}\n{"a":"' + b"x" * 30_000_000,
}

SECONDS = 60
"""Of the processor, for all of them together; by the square of their length they take hours."""


def bounded() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))


def test_what_is_too_long_or_too_deep_is_refused_in_bounded_time_and_memory(tmp_path: Path) -> None:
    for name, data in ENDLESS.items():
        (tmp_path / name).write_bytes(data)
    program = (
        "import sys; from cli.main import run\n"
        "for name in sys.argv[1:]:\n"
        "    print(name, run(['--db', 'facts.db', 'import', name]), flush=True)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *ENDLESS],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parent.parent)},
        preexec_fn=bounded,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == [f"{name} 2" for name in ENDLESS], done.stderr[-2_000:]
    assert len(done.stderr.splitlines()) <= 2 * len(ENDLESS)
    assert max(map(len, done.stderr.splitlines())) < 2_200
    assert not (tmp_path / "facts.db").exists()


def test_an_archive_that_holds_far_more_than_its_size_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.input_files.EXPANDED", 1_000_000)
    wherefrom = Wherefrom(tmp_path)
    file = tmp_path / "bomb.csv.gz"
    file.write_bytes(gzip.compress(TABLE + b"a,b,1,c,2026\n" * 90_000))
    assert "holds more than 100 times its size" in wherefrom("import", file, code=2).err
    assert not wherefrom.db.exists()
    file.write_bytes(gzip.compress(TABLE + b"a,b,1,c,2026\n" * 5_000))
    assert wherefrom("import", file, "--json").json["already_recorded"] == 4_999
