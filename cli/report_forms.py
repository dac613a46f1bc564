"""In which form a report of contradictions is asked for, and a finding as a row of cells."""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from cli.output import Form

COLUMNS: Final = (
    "id rule verdict status subject predicate scope as_of sides gap_absolute gap_relative since "
    "explanation severity"
).split()

_CHAPTERS: Final = 20


@attrs.frozen(kw_only=True)
class Shown:
    """How a report is shown: in a form of :mod:`cli.output`, or as a ``page`` (md, html).

    ``narrowed`` says in words what it is narrowed to.
    """

    form: Form
    page: str | None
    top: int | None
    list_revisions: bool
    narrowed: list[str]

    @property
    def chapters(self) -> int:
        """How much of a page is told in full."""
        return _CHAPTERS if self.top is None else self.top


def cells(finding: Mapping[str, Any]) -> list[Any]:
    """Return the cells of a finding (as JSON has it) under ``COLUMNS``."""
    gap = finding["gap"] or {}
    told = {
        **finding,
        "scope": "; ".join(f"{name}={text}" for name, text in finding["scope"].items()),
        "sides": " | ".join(
            f"{', '.join(camp['claimants'])}: {camp['stated']}" for camp in finding["camps"]
        ),
        "gap_absolute": gap.get("absolute"),
        "gap_relative": gap.get("relative"),
    }
    return [told[column] for column in COLUMNS]
