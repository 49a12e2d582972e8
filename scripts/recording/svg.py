"""Frames as one animated SVG: no scripts and no fonts of its own."""

from html import escape

WIDTH, HEIGHT, SIZE = 8.4, 18, 14
MARGIN, TOP = 16, 40

# Colors by pyte's names: on a light and on a dark background.
COLORS = {
    "black": ("#24292f", "#6e7681"),
    "red": ("#cf222e", "#ff7b72"),
    "green": ("#116329", "#3fb950"),
    "brown": ("#7d4e00", "#d29922"),
    "blue": ("#0550ae", "#58a6ff"),
    "magenta": ("#8250df", "#bc8cff"),
    "cyan": ("#1b7c83", "#39c5cf"),
    "white": ("#57606a", "#b1bac4"),
}
BACK, FRONT, FAINT, EDGE = ("#ffffff", "#0d1117"), ("#24292f", "#d1d7e0"), ("#656d76", "#8b949e"), (
    "#d0d7de", "#30363d")
FONTS = 'ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace'


def picture(frames, columns, rows, title):
    """The whole file."""
    total = frames[-1].until
    shown = intervals(frames)
    names = {when: f"t{number:x}" for number, when in enumerate(sorted({it[0] for it in shown}))}
    width, height = columns * WIDTH + 2 * MARGIN, rows * HEIGHT + TOP + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{style(names, total)}</style>",
        f'<rect class="w" x=".5" y=".5" width="{width - 1:g}" height="{height - 1:g}" rx="8"/>',
    ]
    parts += [f'<circle class="d" cx="{x}" cy="20" r="6"/>' for x in (22, 42, 62)]
    by_time = {}
    for when, drawing in shown:
        by_time.setdefault(when, []).append(drawing)
    for when, drawings in by_time.items():
        names_of = names[when] + (" z" if when[1] >= total else "")
        parts.append(f'<g class="{names_of}">{"".join(drawings)}</g>')
    return "\n".join(parts + ["</svg>", ""])


def intervals(frames):
    """Everything that is drawn, as ((since, until), drawing). What stays is drawn once."""
    began, found = {}, []
    for frame in frames:
        now = {(row, spans): None for row, spans in enumerate(frame.rows) if spans}
        if frame.cursor:
            now[frame.cursor] = None
        for thing in [it for it in began if it not in now]:
            found.append(((began.pop(thing), frame.since), thing))
        for thing in now:
            began.setdefault(thing, frame.since)
    found += [((since, frames[-1].until), thing) for thing, since in began.items()]
    return [(when, draw(*thing)) for when, thing in found if when[0] < when[1]]


def draw(row, what):
    """A row of spans, or the cursor in a column."""
    y = TOP + row * HEIGHT
    if isinstance(what, int):
        return f'<rect class="c" x="{MARGIN + what * WIDTH:g}" y="{y}" width="{WIDTH}" height="{HEIGHT}"/>'
    under, spans = [], []
    for column, text, (front, back, bold, faint, reverse) in what:
        x, length = f"{MARGIN + column * WIDTH:.4g}", f"{len(text) * WIDTH:.4g}"
        names = [front] if front in COLORS else []
        names += [name for name, is_set in (("b", bold), ("f", faint), ("r", reverse)) if is_set]
        if reverse or back != "default":
            under.append(f'<rect class="i" x="{x}" y="{y}" width="{length}" height="{HEIGHT}"/>')
        spans.append(
            f'<tspan x="{x}"' + (f' textLength="{length}"' if len(text) > 1 else "")
            + (f' class="{" ".join(names)}"' if names else "") + f">{escape(text, quote=False)}</tspan>"
        )
    return "".join(under) + f'<text y="{y + 13}">{"".join(spans)}</text>'


def style(names, total):
    """Colors for both themes, and when each group is shown."""

    def theme(number):
        rules = [f".w{{fill:{BACK[number]};stroke:{EDGE[number]}}}.d{{fill:{EDGE[number]}}}"]
        rules.append(f"text,.c,.i{{fill:{FRONT[number]}}}.r{{fill:{BACK[number]}}}.f{{fill:{FAINT[number]}}}")
        return "".join(rules + [f".{name}{{fill:{pair[number]}}}" for name, pair in COLORS.items()])

    rules = [
        f"text{{font:{SIZE}px {FONTS};white-space:pre}}.b{{font-weight:700}}.c{{opacity:.5}}",
        theme(0),
        f"@media(prefers-color-scheme:dark){{{theme(1)}}}",
        f"g{{visibility:hidden;animation:{total:.4g}s step-end infinite}}",
    ]
    for (since, until), name in names.items():
        begin, end = f"{100 * since / total:.4g}%", f"{100 * until / total:.4g}%"
        before = "" if since == 0 else "0%{visibility:hidden}"
        after = "" if until >= total else f"{end}{{visibility:hidden}}"
        rules.append(f".{name}{{animation-name:{name}}}")
        rules.append(f"@keyframes {name}{{{before}{begin}{{visibility:visible}}{after}}}")
    rules.append("@media(prefers-reduced-motion:reduce){g{animation:none}.z{visibility:visible}}")
    return "".join(rules)
