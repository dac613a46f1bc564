"""Real data: the recipes of docs/real-data.md, run as they stand there, and recounted by hand.

What the program finds in 263,066 figures of Johns Hopkins and in the counts of Ukraine's General
Staff is set against loops over the raw files that know nothing of it: which figure of a day was
said last, on which days a series lies below an earlier one. The files are public but not ours;
without them beside the project these tests are skipped.
"""

import contextlib
import csv
import gzip
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import attrs
import pytest

from cli.main import run
from ledger.decimals import sort_key
from ledger.names import fold

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data"
PAGE = ROOT / "docs" / "real-data.md"

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="needs the data in ../shared/data")

_TELL = """wherefrom() { printf '%s' "$WHEREFROM_DB"; printf '\\0%s' "$@"; printf '\\0\\0'; }"""

_PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
"""Where `sqlite-utils` is found, which is installed beside us."""

Finding = dict[str, Any]
Series = dict[str, int]
"""A figure for each day, the days as ISO dates."""


# ---------------------------------------------------------------- the page, and running it


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)


def recipe(mentions: str) -> str:
    """The one recipe of the page that mentions this."""
    [found] = [block for block in blocks("sh") if mentions in block]
    return found


@attrs.frozen
class Desk:
    """A folder in which the page's commands are run."""

    folder: Path

    def run(self, script: str, ledger: str = "unused.db") -> str:
        """Run a script, which must succeed, and return what it says on stdout.

        The shell works out what `wherefrom` is called with; the calls are made in this process,
        since starting it fifty times would take longer than all that it does.
        """
        done = subprocess.run(
            ["sh", "-euc", f"{_TELL}\n{script}"],
            cwd=self.folder,
            env={**os.environ, "DATA": str(DATA), "WHEREFROM_DB": ledger, "PATH": _PATH},
            capture_output=True,
            text=True,
            check=True,
        )
        said = io.StringIO()
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(said):
            for call in done.stdout.split("\0\0")[:-1]:
                db, *arguments = call.split("\0")
                assert run(["--db", db, *arguments]) == 0, arguments
        return said.getvalue()

    def findings(self, ledger: str) -> list[Finding]:
        answer: list[Finding] = json.loads(self.run("wherefrom contradictions --json", ledger))
        return answer

    def claims(self, ledger: str) -> "dict[str, Claim]":
        """Return the claims of a ledger by id, as its views keep them."""
        views = self.folder / ledger.replace(".db", ".views.db")
        with contextlib.closing(sqlite3.connect(views)) as connection:
            names = dict(connection.execute("SELECT id, folded FROM names"))
            return {
                id_.hex(): Claim(names[subject], names[predicate], day(earliest), lower, not gone)
                for id_, subject, predicate, earliest, lower, gone in connection.execute(
                    "SELECT claims.id, subject, predicate, earliest, lower, revised OR standing "
                    "FROM claims JOIN topics ON topics.id = topic"
                )
            }


@attrs.frozen
class Claim:
    """What the views hold of a claim; ``amount`` is the sort key of its lower end."""

    subject: str
    predicate: str
    day: str
    amount: str
    stands: bool


def day(seconds: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).date().isoformat()


# ---------------------------------------------------------------- the recount


@attrs.frozen
class Said:
    """A row of a change log, as far as it says a figure."""

    key: tuple[str, str]
    day: str
    value: str
    kind: str
    published: datetime


def lines(name: str) -> Iterator[dict[str, str]]:
    """The lines of a change log."""
    with gzip.open(DATA / name, "rt", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def said_in(row: dict[str, str], subject: str, day: str) -> Said:
    published = datetime.fromisoformat(row["published"])
    return Said((subject, row["property"]), day, row["value"], row["kind"], published)


@cache
def jhu_rows() -> tuple[Said, ...]:
    return tuple(
        said_in(row, row["country"], row["date"]) for row in lines("jhu_monthly_changelog.csv.gz")
    )


@cache
def equipment_rows() -> tuple[Said, ...]:
    return tuple(
        said_in(row, "Russian forces", row["subject_date"])
        for row in lines("ukraine/equipment_changelog.csv.gz")
    )


@cache
def cells(rows: tuple[Said, ...]) -> dict[tuple[tuple[str, str], str], list[Said]]:
    """What was said of each day, in order of the instants at which it was published."""
    found = defaultdict(list)
    for row in rows:
        found[row.key, row.day].append(row)
    return {cell: sorted(said, key=lambda row: row.published) for cell, said in found.items()}


@cache
def newest(rows: tuple[Said, ...]) -> dict[tuple[str, str], Series]:
    """The last figure of every day, by series."""
    series: dict[tuple[str, str], Series] = defaultdict(dict)
    for (key, of), said in cells(rows).items():
        series[key][of] = int(said[-1].value)
    return series


def steps(series: Series) -> list[str]:
    """The days that lie below the day before them."""
    return [after for before, after in pairwise(sorted(series)) if series[after] < series[before]]


def may_be_rounded(high: int, low: int) -> bool:
    """Whether one is the other rounded to hundreds or more: the page's *soft bounds*."""
    for number in (high, low):
        digits = str(number)
        zeros = len(digits) - len(digits.rstrip("0"))
        unit = 10**zeros
        if zeros >= 2 and (high - low) * 2 <= unit and (high - low) * 20 <= high:
            return True
    return False


def falls(series: Series) -> dict[str, dict[str, str]]:
    """The days that lie below an earlier one, by the peak they are charged to, each with how badly.

    That is the highest day before it (the latest of equals). It is hard if it cannot hold beside
    some day before it, a tension if all of them may be roundings.
    """
    found: dict[str, dict[str, str]] = defaultdict(dict)
    days = sorted(series)
    highest = -1
    for at, of in enumerate(days):
        if series[of] < highest:
            above = sorted((series[day], day) for day in days[:at] if series[day] > series[of])
            hard = not all(may_be_rounded(figure, series[of]) for figure, _ in above)
            found[above[-1][1]][of] = "contradiction" if hard else "tension"
        highest = max(highest, series[of])
    return found


def expected(series: dict[tuple[str, str], Series]) -> set[tuple[Any, ...]]:
    """Every fall: whose, from which day, how far, which days lie below, how grave."""
    return {
        (
            fold(subject),
            predicate,
            peak,
            figures[peak] - min(figures[of] for of in below),
            frozenset(below),
            min(below.values()),
        )
        for (subject, predicate), figures in series.items()
        for peak, below in falls(figures).items()
    }


def found(findings: list[Finding], claims: dict[str, Claim]) -> set[tuple[Any, ...]]:
    """The same of the program's findings."""
    told = set()
    for finding in findings:
        if finding["rule"] == "cumulative":
            high, low = finding["camps"]
            [peak] = [claims[id_] for id_ in high["claims"]]
            fallen = [claims[id_] for id_ in low["claims"]]
            assert finding["as_of"] == peak.day
            assert sort_key(Decimal(low["stated"])) == min(claim.amount for claim in fallen)
            told.add(
                (
                    peak.subject,
                    finding["predicate"].removeprefix("COVID-19 ").removesuffix(" lost"),
                    peak.day,
                    int(finding["gap"]["absolute"]),
                    frozenset(claim.day for claim in fallen),
                    finding["verdict"],
                )
            )
    return told


def revisions(rows: tuple[Said, ...]) -> dict[tuple[str, str, str], list[str]]:
    """The figures of every day that was given more than one, each run of equals once."""
    changed = {}
    for ((subject, predicate), of), said in cells(rows).items():
        values = [row.value for row in said if row.value]
        turns = [value for at, value in enumerate(values) if values[at - 1 : at] != [value]]
        if len(turns) > 1:
            changed[fold(subject), predicate, of] = turns
    return changed


def revised(findings: list[Finding]) -> dict[tuple[str, str, str], list[str]]:
    return {
        (
            fold(finding["subject"]),
            finding["predicate"].removeprefix("COVID-19 ").removesuffix(" lost"),
            finding["as_of"],
        ): [camp["stated"] for camp in finding["camps"]]
        for finding in findings
        if finding["rule"] == "revision"
    }


# ---------------------------------------------------------------- Johns Hopkins


@attrs.frozen
class Loaded:
    """A ledger that was loaded by the page's recipe."""

    desk: Desk
    ledger: str
    said: str
    findings: list[Finding]
    claims: dict[str, Claim]


def load(folder: Path, ledger: str, *recipes: str) -> Loaded:
    desk = Desk(folder)
    said = "".join(desk.run(text) for text in recipes)
    return Loaded(desk, ledger, said, desk.findings(ledger), desk.claims(ledger))


@pytest.fixture(scope="module")
def jhu(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return load(tmp_path_factory.mktemp("jhu"), "jhu.db", recipe("jhu_monthly"))


@needs_data
class TestJohnsHopkins:
    def test_every_row_is_a_claim(self, jhu: Loaded) -> None:
        assert len(jhu_rows()) == 263_066
        assert "Recorded 263,066 events" in jhu.said
        assert len(jhu.claims) == 263_066

    def test_the_newest_figure_of_each_day_stands_and_no_other(self, jhu: Loaded) -> None:
        told = sorted(
            (fold(row.key[0]), fold(f"COVID-19 {row.key[1]}"), row.day, amount(row), row is last)
            for said in cells(jhu_rows()).values()
            for last in said[-1:]
            for row in said
        )
        assert sorted(attrs.astuple(claim) for claim in jhu.claims.values()) == told
        assert sum(claim.stands for claim in jhu.claims.values()) == 242_380

    def test_a_name_with_a_comma_is_one_name(self, jhu: Loaded) -> None:
        assert {c.subject for c in jhu.claims.values() if "korea" in c.subject} == {"korea, south"}

    def test_each_fall_below_a_peak_is_one_finding(self, jhu: Loaded) -> None:
        assert found(jhu.findings, jhu.claims) == expected(newest(jhu_rows()))

    def test_each_revised_figure_is_one_finding_with_all_its_steps(self, jhu: Loaded) -> None:
        assert revised(jhu.findings) == revisions(jhu_rows())

    def test_nothing_else_is_found(self, jhu: Loaded) -> None:
        assert {(finding["rule"], finding["verdict"]) for finding in jhu.findings} == {
            ("cumulative", "contradiction"),
            ("cumulative", "tension"),
            ("revision", "revision"),
        }

    @pytest.mark.torture
    def test_importing_it_again_changes_nothing(self, jhu: Loaded) -> None:
        assert "Recorded 0 events; 263,066 were" in jhu.desk.run(recipe("jhu_monthly"))
        assert jhu.desk.findings(jhu.ledger) == jhu.findings


def amount(row: Said) -> str:
    return sort_key(Decimal(row.value))


@needs_data
class TestTheCountsOfThePage:
    """The README of the data counts steps, the report peaks: the page tells both."""

    @pytest.mark.parametrize("what", ["deaths", "confirmed"])
    def test_steps_and_peaks(self, what: str) -> None:
        every = {key: one for key, one in newest(jhu_rows()).items() if key[1] == what}
        down = sum(len(steps(one)) for one in every.values())
        peaks = sum(len(falls(one)) for one in every.values())
        below = sum(len(days) for one in every.values() for days in falls(one).values())
        countries = sum(bool(steps(one)) for one in every.values())
        row = f"| {what} | {down} | {down - peaks} | {peaks} | {below:,} | {countries} |"
        assert row in PAGE.read_text("utf-8")

    def test_falls_within_falls(self) -> None:
        series = newest(jhu_rows())
        ecuador = falls(series["Ecuador", "confirmed"])["2020-05-06"]
        assert len(ecuador) == 9
        assert len(ecuador.keys() & set(steps(series["Ecuador", "confirmed"]))) == 3
        czechia = falls(series["Czechia", "deaths"])["2021-08-03"]
        assert len(czechia.keys() & set(steps(series["Czechia", "deaths"]))) == 4
        assert len(falls(series["Spain", "deaths"])["2020-05-24"]) == 86

    def test_three_falls_may_be_rounding(self) -> None:
        soft = [told for told in expected(newest(jhu_rows())) if told[-1] == "tension"]
        assert sorted(told[:3] for told in soft) == [
            ("austria", "deaths", "2021-06-25"),
            ("austria", "deaths", "2021-06-28"),
            ("honduras", "confirmed", "2020-05-11"),
        ]

    def test_every_peak_begins_with_a_step(self) -> None:
        for series in newest(jhu_rows()).values():
            firsts = {min(below) for below in falls(series).values()}
            assert firsts <= set(steps(series))

    @pytest.mark.parametrize("what", ["deaths", "confirmed"])
    def test_revisions(self, what: str) -> None:
        of_days = [said for (key, _), said in cells(jhu_rows()).items() if key[1] == what]
        times = [sum(row.kind == "revised" for row in said) for said in of_days]
        row = f"| {what} | {sum(map(bool, times)):,} | {sum(times):,} |"
        assert row in PAGE.read_text("utf-8")

    def test_the_newest_table_lacks_seven_names_and_with_one_of_them_a_step(self) -> None:
        last = max(row.published for row in jhu_rows())
        series = newest(jhu_rows())
        there = {row.key[0] for row in jhu_rows() if row.published == last}
        gone = {country for country, _ in series} - there
        assert len(gone) == 7
        assert {
            key: steps(series[key]) for key in series if key[0] in gone and steps(series[key])
        } == {("Cruise Ship", "confirmed"): ["2020-03-06"]}


# ---------------------------------------------------------------- Ukraine


@cache
def table(name: str) -> Any:
    return json.loads((DATA / "ukraine" / f"{name}.json").read_text("utf-8"))


def kinds() -> dict[str, str]:
    """The columns of equipment.json, each with the name of what it counts."""
    lines = recipe("equipment.json").split("<<'KINDS'\n")[1].split("\nKINDS")[0].splitlines()
    return dict(line.split(":") for line in lines)


def general_staff() -> dict[tuple[str, str], Series]:
    return {
        ("Russian forces", kind): {
            row["date"]: row[column] for row in table("equipment") if column in row
        }
        for column, kind in kinds().items()
    }


@pytest.fixture(scope="module")
def ukraine(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return load(
        tmp_path_factory.mktemp("ukraine"),
        "ukraine.db",
        recipe("equipment.json"),
        recipe("oryx.json"),
        recipe("personnel.json"),
    )


@needs_data
class TestUkraine:
    def test_every_figure_is_a_claim(self, ukraine: Loaded) -> None:
        figures = sum(map(len, general_staff().values()))
        oryx = len({row["equipment_ua"] for row in table("oryx")})
        assert len(ukraine.claims) == figures + oryx + len(table("personnel"))
        assert all(claim.stands for claim in ukraine.claims.values())

    def test_every_column_that_counts_is_imported(self) -> None:
        others = {"date", "day", "greatest losses direction"}
        assert set(kinds()) == {column for row in table("equipment") for column in row} - others

    def test_each_fall_below_a_peak_is_one_finding(self, ukraine: Loaded) -> None:
        assert found(ukraine.findings, ukraine.claims) == expected(general_staff())

    def test_nothing_else_is_found(self, ukraine: Loaded) -> None:
        """Neither between Oryx and the General Staff nor in figures with an *about*."""
        assert {finding["rule"] for finding in ukraine.findings} == {"cumulative"}
        assert {
            name for f in ukraine.findings for camp in f["camps"] for name in camp["claimants"]
        } == {"General Staff of Ukraine"}

    def test_oryx_and_the_general_staff_differ_in_every_kind_that_both_count(
        self, ukraine: Loaded
    ) -> None:
        seen: dict[str, int] = defaultdict(int)
        for row in table("oryx"):
            seen[row["equipment_ua"]] += row["losses_total"]
        counted = {
            kind: series["2023-02-05"]
            for (_, kind), series in general_staff().items()
            if "2023-02-05" in series
        }
        both = seen.keys() & counted.keys()
        assert len(both) == 11
        assert all(seen[kind] < counted[kind] for kind in both)
        held = defaultdict(set)
        for claim in ukraine.claims.values():
            if claim.day == "2023-02-05":
                held[claim.predicate].add(claim.amount)
        for kind in both:
            figures = {sort_key(Decimal(seen[kind])), sort_key(Decimal(counted[kind]))}
            assert held[fold(f"{kind} lost")] == figures

    def test_steps_and_corrections(self) -> None:
        down = [of for series in general_staff().values() for of in steps(series)]
        corrected = {row["date"] for row in table("correction")}
        assert (len(down), sum(of in corrected for of in down)) == (13, 11)

    def test_every_step_is_a_fall_of_its_own(self) -> None:
        """3,650 might be 3,700 rounded, but not the 3,697 of the day before: still one fall."""
        for (_, kind), series in general_staff().items():
            assert len(falls(series)) == len(steps(series)), kind


@pytest.fixture(scope="module")
def changes(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return load(
        tmp_path_factory.mktemp("changes"), "ukraine-changes.db", recipe("equipment_changelog")
    )


@needs_data
class TestTheChangesOfUkrainesTable:
    def test_every_row_with_a_figure_is_a_claim(self, changes: Loaded) -> None:
        assert len(changes.claims) == sum(bool(row.value) for row in equipment_rows()) == 22_941

    def test_what_stands_is_the_table(self, changes: Loaded) -> None:
        """But for the figures that were withdrawn for good, which a table of claims cannot say."""
        counted = {fold(f"{column} lost") for column in kinds()}
        stands = {
            (claim.predicate.removesuffix(" lost"), claim.day, claim.amount)
            for claim in changes.claims.values()
            if claim.stands and claim.predicate in counted
        }
        assert stands == {
            (fold(column), row["date"], sort_key(Decimal(row[column])))
            for row in table("equipment")
            for column in row.keys() & kinds().keys()
        }

    def test_each_fall_below_a_peak_is_one_finding(self, changes: Loaded) -> None:
        columns = {kind: column for column, kind in kinds().items()}
        series = {(who, columns[kind]): one for (who, kind), one in general_staff().items()}
        assert found(changes.findings, changes.claims) == expected(series)

    def test_each_revised_figure_is_one_finding_with_all_its_steps(self, changes: Loaded) -> None:
        """Places are texts and nobody defined them: they are not compared."""
        told = {
            key: figures
            for key, figures in revisions(equipment_rows()).items()
            if key[1] != "greatest losses direction"
        }
        assert revised(changes.findings) == told
        assert len(told) == 225
        assert sum(predicate == "day" for _, predicate, _ in told) == 10

    def test_importing_it_again_changes_nothing(self, changes: Loaded) -> None:
        again = "wherefrom import" + recipe("equipment_changelog").split("wherefrom import")[1]
        assert "Recorded 0 events; 22,941 were" in changes.desk.run(again, changes.ledger)
        assert changes.desk.findings(changes.ledger) == changes.findings


# ---------------------------------------------------------------- traps, in small


def test_what_was_said_last_goes_by_the_instant_not_by_the_text(tmp_path: Path) -> None:
    """Seven minutes past midnight in Denver is seven in the morning in London."""
    desk = Desk(tmp_path)
    log = tmp_path / "log.csv"
    log.write_text(
        "country,date,property,value,published\n"
        '"Korea, South",2020-08-31,deaths,324,2020-09-01T00:06:52-07:00\n'
        '"Korea, South",2020-08-31,deaths,321,2020-09-01T06:00:00+00:00\n'
    )
    desk.run(recipe("jhu_monthly").replace('"$DATA/jhu_monthly_changelog.csv.gz"', "log.csv"))
    assert [finding["rule"] for finding in desk.findings("jhu.db")] == ["revision"]
    held = desk.claims("jhu.db").values()
    assert {(claim.subject, claim.amount, claim.stands) for claim in held} == {
        ("korea, south", sort_key(Decimal(321)), False),
        ("korea, south", sort_key(Decimal(324)), True),
    }


def test_a_nan_in_the_json_is_no_figure(tmp_path: Path) -> None:
    """Programs write it where a table has a hole, though it is no JSON."""
    desk = Desk(tmp_path)
    (tmp_path / "days.json").write_text(
        '[{"date": "2022-02-25", "tank": NaN}, {"date": "2022-02-26", "tank": 146}]'
    )
    said = desk.run(
        "wherefrom import days.json --map as_of=date --map published=date --map value=tank"
        " --set subject=army --set predicate=tanks --set claimant=staff",
        "nan.db",
    )
    assert "Recorded 1 " in said


# ---------------------------------------------------------------- the World Factbook


_SCALES = {"million": 6, "billion": 9, "trillion": 12, None: 0}

Span = tuple[Decimal, Decimal]
"""What the digits of a figure leave open: from, to."""


def span(text: str) -> Span:
    """``$1.923 billion …`` is anything between 1.9225 and 1.9235 billion; all digits are exact."""
    found = re.match(r"\$([\d,]+(?:\.\d+)?)(?: (million|billion|trillion)\b)?", text)
    assert found, text
    digits = Decimal(found[1].replace(",", ""))
    places = -len(found[1].partition(".")[2])
    open_ = Decimal(5).scaleb(places - 1) if found[2] else Decimal(0)
    ends = (digits - open_, digits + open_)
    return (ends[0].scaleb(_SCALES[found[2]]), ends[1].scaleb(_SCALES[found[2]]))


@cache
def domestic_products() -> dict[tuple[str, str], frozenset[Span]]:
    """All figures of a year's real GDP, by the code of the country and the year."""
    figures: dict[tuple[str, str], set[Span]] = defaultdict(set)
    for row in lines("factbook_quarterly_changelog.csv.gz"):
        if row["field"].startswith("Real GDP (purchasing power parity) / ") and row["text"]:
            figures[row["gec"], row["field"][-4:]].add(span(row["text"]))
    return {key: frozenset(spans) for key, spans in figures.items()}


def several() -> dict[tuple[str, str], frozenset[Span]]:
    """Those of which several different figures were given."""
    return {
        key: spans
        for key, spans in domestic_products().items()
        if len({low + high for low, high in spans}) > 1
    }


def share_a_point(spans: frozenset[Span]) -> bool:
    return max(low for low, _ in spans) <= min(high for _, high in spans)


@pytest.fixture(scope="module")
def factbook(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return load(tmp_path_factory.mktemp("factbook"), "factbook.db", recipe("factbook_quarterly"))


@needs_data
class TestFactbook:
    def test_the_recount_has_the_pairs_that_another_count_has(self) -> None:
        assert len(domestic_products()) == 1_724
        assert len(several()) == 1_137

    def test_figures_that_differ_by_rounding_only_are_no_finding(self, factbook: Loaded) -> None:
        rounding = sum(map(share_a_point, several().values()))
        assert rounding == 111
        found = [one for one in factbook.findings if one["predicate"] == "real GDP (PPP)"]
        assert len(found) == len(several()) - rounding == 1_026
        assert {one["verdict"] for one in found} == {"revision"}

    def test_each_is_a_pair_that_digits_alone_cannot_reconcile(self, factbook: Loaded) -> None:
        changed = [key for key, spans in several().items() if not share_a_point(spans)]
        years = sorted(year for _, year in changed)
        found = [one for one in factbook.findings if one["predicate"] == "real GDP (PPP)"]
        assert sorted(one["as_of"] for one in found) == years

    def test_nothing_contradicts(self, factbook: Loaded) -> None:
        assert {one["rule"] for one in factbook.findings} == {"revision"}
        assert "Recorded 5,645 " in factbook.said


# ---------------------------------------------------------------- what the page shows


def shown() -> Iterator[tuple[str, str]]:
    for block in blocks("console"):
        command, _, output = block.partition("\n")
        yield command.removeprefix("$ "), output


@needs_data
@pytest.mark.parametrize(
    ("command", "output"), list(shown()), ids=lambda text: text.splitlines()[0][:50]
)
def test_the_page_shows_what_the_command_answers(
    command: str, output: str, jhu: Loaded, ukraine: Loaded, factbook: Loaded
) -> None:
    """A line of … stands for lines left out, and the day of recording is another one here."""
    about_ukraine = "Oryx" in command or "Russian" in command
    loaded = ukraine if about_ukraine else factbook if "--about" in command else jhu
    answer = dated(loaded.desk.run(command, loaded.ledger))
    at = 0
    for part in dated(output).split("…\n"):
        assert part in answer[at:]
        at = answer.index(part, at) + len(part)
    assert answer[at:] == ""


def dated(text: str) -> str:
    return re.sub(r"since \d{4}-\d\d-\d\d", "since the day", text)
