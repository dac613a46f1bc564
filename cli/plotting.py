"""A history as a picture: SVG, PNG, or an HTML page that needs no network.

Over time stand the values: a number is a dot, a bound a bar that ends in an arrow at the edge,
a range a bar, what is *about* a paler one. Claimants have colours; what was revised or taken
back is faint; a ring marks what contradicts. The picture is a Vega-Lite chart, made with altair
and drawn by vl-convert, both of which come with the extra ``plot``. Equal input makes an equal
picture: nothing in it is counted, dated or drawn by chance.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, Final, NamedTuple

from cli.harmless import plain_but_marks
from cli.plot_rows import domain_of, rows_of, ticks_of
from ledger.errors import BadInput
from projections.picture import Panel

FORMATS: Final = ("svg", "png", "html")

_EMBED: Final = """
vegaEmbed("#picture", spec, {mode: "vega-lite", actions: false});
"""
_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; "
    "img-src data:"
)
"""The browser is to fetch nothing; the script that draws makes functions of its expressions."""

_INSTALL: Final = "Install them: pip install 'wherefrom[plot]' (uv tool install 'wherefrom[plot]')"

_PALETTE: Final = (
    "#1f6fb4", "#d97706", "#2f855a", "#7c4dbe", "#b83280", "#0f8b8d", "#8a5a2b", "#52606d",
    "#9aa516", "#c2571a",
)  # fmt: skip
_RINGS: Final = {"contradiction": "#c81e1e", "tension": "#d6a400"}
_PRESENT: Final = {"stands": 1.0, "stands no longer": 0.35}
_WIDTH, _HEIGHT, _LOW = 640, 320, 120
_ROW: Final = 26
"""Pixels of a name on the axis of names."""
_STEP: Final = 13
"""Pixels between statements of one time."""
_SCALE: Final = 2
"""Pixels of a PNG for one of the chart."""
_MANY: Final = 80
"""Statements of a panel beyond which they are small, joined by lines, and not set side by side."""


class _Sizes(NamedTuple):
    """Widths of strokes in pixels, areas of marks in square pixels."""

    bar: int
    soft: int
    tick: int
    arrow: int
    dot: int
    ring: int
    rim: float
    faint: float
    """How much of an open end, and of a ring, is seen: where there are many, they lie behind."""


_FEW: Final = _Sizes(bar=3, soft=9, tick=11, arrow=90, dot=85, ring=330, rim=2, faint=1)
_DENSE: Final = _Sizes(bar=1, soft=2, tick=4, arrow=20, dot=12, ring=40, rim=0.8, faint=0.4)


def format_of(path: str) -> str:
    """Return the format that a file's name ends in; raise ``BadInput`` for another one."""
    ending = Path(path).suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        raise BadInput(
            f"--plot {path}: the name does not say which picture to make",
            "End it in .svg, .png or .html",
        )
    return ending


def draw(panels: Sequence[Panel], title: str, ending: str) -> bytes:
    """Return the picture of these panels; raise ``BadInput`` where the extra is not installed."""
    try:
        import altair as alt
        import vl_convert
    except ModuleNotFoundError as error:
        raise BadInput(f"--plot needs altair and vl-convert ({error})", _INSTALL) from None
    charts = [_panel(alt, panel) for panel in panels]
    whole: Any = alt.vconcat(*charts, spacing=36).resolve_scale(
        color="shared", opacity="shared", stroke="shared"
    )
    whole = whole.properties(
        title=alt.TitleParams(title, anchor="start", fontSize=18, offset=14, fontWeight=600),
        padding=18,
        background="white",
    )
    spec = json.dumps(_harmless(_configured(whole).to_dict()))
    if ending == "svg":
        return vl_convert.vegalite_to_svg(spec).encode() + b"\n"
    if ending == "png":
        return vl_convert.vegalite_to_png(spec, scale=_SCALE)
    return _page(title, spec, vl_convert.javascript_bundle(_EMBED)).encode()


def _harmless(spec: Any) -> Any:
    """Return a tree with its texts as a picture can show them."""
    if isinstance(spec, dict):
        return {name: _harmless(part) for name, part in spec.items()}
    if isinstance(spec, list):
        return [_harmless(part) for part in spec]
    return plain_but_marks(spec) if isinstance(spec, str) else spec


def _page(title: str, spec: str, script: str) -> str:
    """Return a page that holds all it needs; what was claimed can end no script and add none.

    (vl-convert's own page writes names into its script as they are.)
    """
    held = spec.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{escape(plain_but_marks(title))}</title>\n</head>\n<body>\n"
        f'<div id="picture"></div>\n<script>const spec = {held};</script>\n'
        f"<script>{script}</script>\n</body>\n</html>\n"
    )


def _configured(chart: Any) -> Any:
    text, quiet = "#1f2933", "#52606d"
    return (
        chart.configure(font="Helvetica, Arial, sans-serif")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=quiet, titleColor=text, titleFontWeight="normal", titlePadding=10,
            labelFontSize=12, titleFontSize=13, gridColor="#e4e7eb", domainColor="#9aa5b1",
            tickColor="#9aa5b1",
        )
        .configure_legend(
            labelColor=text, titleColor=quiet, labelFontSize=12, titleFontSize=12,
            titleFontWeight="normal", symbolStrokeWidth=2, labelLimit=260, rowPadding=4,
        )
        .configure_title(color=text, subtitleColor=quiet, subtitleFontSize=13)
    )  # fmt: skip


def _panel(alt: Any, panel: Panel) -> Any:
    by_said = len({one.about for one in panel.drawn}) < 2
    rows = list(rows_of(panel, by_said=by_said))
    low, high = domain_of(panel)
    for row in rows:
        if panel.axis != "name":
            row["from"] = low if row["lower"] is None else row["lower"]
            row["to"] = high if row["upper"] is None else row["upper"]
    claimants = sorted(panel.claimants, key=str.casefold)
    axis = _value_axis(alt, panel, low, high)
    x = alt.X(
        "at:T",
        title="said on" if by_said else "as of",
        scale=alt.Scale(type="utc", padding=34, nice=False),
        axis=alt.Axis(labelOverlap=True, grid=False, **ticks_of([row["at"] for row in rows])),
    )
    colour = alt.Color(
        "claimant:N",
        title="claimant",
        scale=alt.Scale(domain=claimants, range=_colours(claimants)),
        legend=alt.Legend(symbolType="circle", symbolOpacity=1, orient="right"),
    )
    opacity = _opacity(alt, rows)
    layers: list[Any] = []
    sizes = _FEW if len(rows) <= _MANY else _DENSE
    if sizes is _DENSE:
        rows = [{**row, "slot": 0} for row in rows]
        layers += _rings(alt, [row for row in rows if row["verdict"]], (x, axis), 0, sizes)
        lines = [row for row in rows if row["standing"] == "stands" and panel.axis != "name"]
        layers.append(
            _chart(alt, lines)
            .mark_line(strokeWidth=1.5, opacity=0.5)
            .encode(x, axis("anchor"), colour)
        )
    for slot in sorted({row["slot"] for row in rows}):
        here = [row for row in rows if row["slot"] == slot]
        layers += _marks(alt, panel, here, (x, axis, colour, opacity), slot * _STEP, sizes)
    names = len({row["value"] for row in rows})
    height = max(2, names) * _ROW if panel.axis == "name" else _LOW if len(rows) < 3 else _HEIGHT
    heading = ", ".join(filter(None, (panel.scope, panel.unit)))
    title = alt.TitleParams(heading, anchor="start", fontSize=13, fontWeight="normal")
    return alt.layer(*layers).properties(width=_WIDTH, height=height, title=title)


def _marks(
    alt: Any,
    panel: Panel,
    rows: list[dict[str, Any]],
    encodings: tuple[Any, ...],
    shift: float,
    size: "_Sizes",
) -> Iterator[Any]:
    """Yield the layers of statements that are set off sideways by so many pixels."""
    x, axis, colour, opacity = encodings
    told = _told(alt)
    if panel.axis != "name":
        for soft, faint in ((False, size.faint), (True, 0.4)):
            bars = [row for row in rows if row["from"] != row["to"] and row["soft"] is soft]
            if bars:
                yield (
                    _chart(alt, bars)
                    .mark_rule(
                        strokeWidth=size.soft if soft else size.bar,
                        strokeOpacity=faint,
                        xOffset=shift,
                    )
                    .encode(x, axis("from"), alt.Y2("to"), colour, opacity, tooltip=told)
                )
        for end, shape in (("to", "triangle-up"), ("from", "triangle-down")):
            bound = "upper" if end == "to" else "lower"
            arrows = [row for row in rows if row[bound] is None]
            if arrows:
                yield (
                    _chart(alt, arrows)
                    .mark_point(shape=shape, filled=True, size=size.arrow, opacity=1, xOffset=shift)
                    .encode(x, axis(end), colour, opacity, tooltip=told)
                )
            closed = [row for row in rows if row[bound] is not None and row["from"] != row["to"]]
            if closed:
                yield (
                    _chart(alt, closed)
                    .mark_tick(
                        orient="horizontal",
                        thickness=size.bar,
                        size=size.tick,
                        xOffset=shift,
                    )
                    .encode(x, axis(end), colour, opacity, tooltip=told)
                )
    points = [row for row in rows if panel.axis == "name" or row["from"] == row["to"]]
    for filled in (True, False):
        some = [row for row in points if row["affirmed"] is filled]
        if some:
            yield (
                _chart(alt, some)
                .mark_point(filled=filled, size=size.dot, strokeWidth=2, xOffset=shift)
                .encode(x, axis("anchor"), colour, opacity, tooltip=told)
            )
    if size is _FEW:
        yield from _rings(alt, [row for row in rows if row["verdict"]], (x, axis), shift, size)


def _rings(
    alt: Any, rows: list[dict[str, Any]], encodings: tuple[Any, ...], shift: float, size: _Sizes
) -> Iterator[Any]:
    """Yield the layer that marks what contradicts, or may."""
    if not rows:
        return
    x, axis = encodings
    used = [verdict for verdict in _RINGS if any(row["verdict"] == verdict for row in rows)]
    ring = alt.Stroke(
        "verdict:N",
        title="finding",
        scale=alt.Scale(domain=list(_RINGS), range=list(_RINGS.values())),
        legend=alt.Legend(values=used, symbolType="circle", symbolSize=200, symbolOpacity=1),
    )
    yield (
        _chart(alt, rows)
        .mark_point(
            shape="circle",
            filled=False,
            size=size.ring,
            strokeWidth=size.rim,
            opacity=size.faint,
            xOffset=shift,
        )
        .encode(x, axis("anchor"), ring, tooltip=_told(alt))
    )


def _told(alt: Any) -> list[Any]:
    """Return what is shown of a statement that is pointed at."""
    shown = (
        ("claimant:N", "claimant"), ("told:N", "value"), ("as_of:N", "as of"), ("said:N", "said"),
        ("via:N", "via"), ("standing:N", "standing"), ("verdict:N", "finding"),
    )  # fmt: skip
    return [alt.Tooltip(name, title=title) for name, title in shown]


def _chart(alt: Any, rows: list[dict[str, Any]]) -> Any:
    """Return a chart of rows that are described, for who cannot see it, in our words.

    Vega-Lite's own description is an expression with the axes' titles in it: a predicate that
    ends in a backslash breaks it, and one that goes on from there is computed.
    """
    return alt.Chart(alt.Data(values=rows)).encode(description=alt.Description("described:N"))


def _value_axis(alt: Any, panel: Panel, low: float, high: float) -> Any:
    """Return what makes the encoding of a field on the axis of values."""
    title = panel.predicate + (f" ({panel.unit})" if panel.unit else "")
    if panel.axis == "name":
        return lambda field: alt.Y(
            "value:N", title=title, sort=None, axis=alt.Axis(labelLimit=260, grid=True)
        )
    if panel.axis == "time":
        scale = alt.Scale(type="utc", domain=[low, high], nice=False)
        axis = alt.Axis(**ticks_of([low, high], exactly=False))
        return lambda field: alt.Y(f"{field}:T", title=title, scale=scale, axis=axis)
    scale = alt.Scale(domain=[low, high], nice=False, zero=False)
    form = ",.0f" if high - low >= 6 else ",.3~f"
    axis = alt.Axis(format=form if max(abs(low), abs(high)) < 1e15 else ".3s", tickCount=7)
    return lambda field: alt.Y(f"{field}:Q", title=title, scale=scale, axis=axis)


def _opacity(alt: Any, rows: Sequence[Mapping[str, Any]]) -> Any:
    used = [held for held in _PRESENT if any(row["held"] == held for row in rows)]
    shown = alt.Legend(values=used, symbolType="circle", symbolFillColor="#52606d")
    return alt.Opacity(
        "held:N",
        title="standing",
        scale=alt.Scale(domain=list(_PRESENT), range=list(_PRESENT.values())),
        legend=shown if used != ["stands"] else None,
    )


def _colours(claimants: Sequence[str]) -> list[str]:
    return [_PALETTE[at % len(_PALETTE)] for at in range(len(claimants))]
