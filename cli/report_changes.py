"""`wherefrom contradictions --since`: what changed in the picture, for a daily mail.

The past picture is built as `--known-at` builds it, from the first events of the ledger, in a
temporary file: it costs what a rebuild of them costs, and changes nothing.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from cli.output import emit, write_html, write_lines
from cli.progress import progress_bar
from cli.report_forms import COLUMNS, Shown, cells
from ledger.errors import BadInput
from projections.changes import Changes, changes, to_json
from projections.decisions import decisions
from projections.moments import size_since
from projections.selecting import Wanted
from projections.views import Views


def tell_changes(views: Views, since: str, wanted: Wanted, how: Shown) -> Counter[tuple[str, str]]:
    """Write what changed; return how many of the findings told have which verdict and status.

    Raises ``BadInput`` and ``NotFound`` for what is no moment of this ledger, or one after
    that of which the report is asked.
    """
    size = size_since(views.store, since)
    if size > views.size():
        raise BadInput(
            f"--since {since}: that is later than --known-at", "Give an earlier one, or a later end"
        )
    found = _changes(views, size, wanted)
    decided = decisions(views.connection, views.store)
    if how.page is not None:
        from projections.changes_page import changes_page

        page = changes_page(views, found, decided, how.chapters, list_revisions=how.list_revisions)
        views.release()
        if how.page == "md":
            from cli.report_markdown import markdown_of_changes

            write_lines(markdown_of_changes(page, how.narrowed))
        else:
            from cli.report_html import html_of_changes

            write_html(html_of_changes(page, how.narrowed))
    elif how.form == "text":
        from cli.changes_text import write_changes

        views.release()
        write_changes(found, decided, how.top, list_revisions=how.list_revisions)
    else:
        views.release()
        records = (to_json(change, decided) for change in found.changes)
        emit(how.form, records, ["change", "what", *COLUMNS], _cells)
    return found.statuses


def _changes(views: Views, size: int, wanted: Wanted) -> Changes:
    if size == views.size():
        return changes(views, views, wanted)
    with (
        progress_bar("Building the views of then") as progress,
        Views.prefix(views.store, size, progress) as past,
    ):
        return changes(past, views, wanted)


def _cells(record: Mapping[str, Any]) -> list[Any]:
    what = ", ".join(record["what"])
    return [record["change"], what, *cells(record["finding"] or record["was"])]
