"""The picture of what it takes, in the look of the pictures of mho (analysis/plot/look.h)."""

from html import escape

WIDTH = 860
COLOURS = ("#0072b2", "#d55e00")  # palette of Okabe and Ito, Color Universal Design (2008)
TEXT, NOTE = WIDTH / 50, WIDTH / 60  # heights of letters
LEFT, RIGHT = 330, 720  # of the frames
LOWEST, HIGHEST = 80.0, 102.0  # of the axis; smaller values are drawn at its end


def _x(value):
    return LEFT + (RIGHT - LEFT) * (min(max(value, LOWEST), HIGHEST) - LOWEST) / (HIGHEST - LOWEST)


def _text(x, y, words, kind=""):
    return f'<text class="note {kind}" x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'


def _mark(group, x, y):
    colour = COLOURS[group]
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>' if group == 0 else f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{colour}"/>'


def measures_svg(headline, notes, ages, panels):
    """`panels`: a network's name and its rows (name, an Estimate of A* in percent for each of two ages, energy over that of the first row)."""
    line = 1.5 * NOTE
    height = 2.6 * TEXT + 1.5 * NOTE * (len(notes) + 1) + sum((len(rows) + 2.6) * line for _, rows in panels) + line
    out = [f'''<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" height="{height:.0f}" font-family="Helvetica, Arial, sans-serif" font-size="{TEXT:.1f}" fill="#111">
<style>
  .middle {{ text-anchor: middle; }}
  .end {{ text-anchor: end; }}
  .note {{ font-size: {NOTE:.1f}px; fill: #444; }}
  .title {{ font-weight: bold; }}
  .frame {{ fill: none; stroke: #444; }}
  .grid {{ stroke: #ddd; }}
  .limit {{ stroke: #444; stroke-dasharray: 4 3; }}
</style>
<rect width="100%" height="100%" fill="#fff"/>
<text class="middle" font-weight="bold" font-size="{1.15 * TEXT:.1f}" x="{WIDTH / 2}" y="{1.8 * TEXT:.1f}">{escape(headline)}</text>''']
    y = 1.8 * TEXT
    for note in notes:
        y += 1.5 * NOTE
        out.append(_text(WIDTH / 2, y, note, "middle"))
    y += 1.5 * NOTE
    for group, age in enumerate(ages):
        x = LEFT + 210 * group
        out += [_mark(group, x, y - NOTE / 3), _text(x + 10, y, age)]
    for name, rows in panels:
        y += 1.6 * line
        out.append(f'<text class="title note" x="20" y="{y:.1f}">{escape(name)}</text>')
        out.append(_text(WIDTH - 20, y, "energy", "end"))
        top, bottom = y + 0.3 * line, y + (len(rows) + 0.3) * line
        for tick in range(int(LOWEST), int(HIGHEST) + 1, 5):
            out += [f'<path class="grid" d="M{_x(tick):.1f} {top:.1f}V{bottom:.1f}"/>', _text(_x(tick), bottom + NOTE, f"{tick}", "middle")]
        out.append(f'<path class="limit" d="M{_x(99):.1f} {top:.1f}V{bottom:.1f}"/>')
        for words, estimates, energy in rows:
            y += line
            out += [_text(LEFT - 10, y, words, "end"), _text(WIDTH - 20, y, f"x {energy:.2f}", "end")]
            for group, one in enumerate(estimates):
                at = y - NOTE / 3 + (group - 0.5) * 0.4 * NOTE
                out.append(f'<path stroke="{COLOURS[group]}" stroke-width="1.5" d="M{_x(one.low):.1f} {at:.1f}H{_x(one.high):.1f}"/>')
                out.append(_mark(group, _x(one.mean), at) if one.mean >= LOWEST else _text(_x(LOWEST) + 4 + 50 * group, y, f"{one.mean:.0f}"))
        out.append(f'<rect class="frame" x="{LEFT}" y="{top:.1f}" width="{RIGHT - LEFT}" height="{bottom - top:.1f}"/>')
        y = bottom + NOTE
    return "\n".join(out) + "\n</svg>\n"
