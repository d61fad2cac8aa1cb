"""A plot of seconds by reports, both axes logarithmic, as SVG. Pure: takes and returns data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 680, 400, 56, 220, 16, 44
# after Okabe and Ito: told apart by those who see no red or no green, too
COLOURS = ("#0072b2", "#56b4e9", "#d55e00", "#009e73", "#cc79a7", "#000000")
DASHES = ("", "6 3", "", "", "2 3", "")


def plot(points: Mapping[str, Sequence[tuple[int, float]]]) -> str:
    """A line for each name, through its points (reports, seconds)."""
    sizes = sorted({size for line in points.values() for size, _seconds in line})
    values = [seconds for line in points.values() for _size, seconds in line]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    first, last = math.log10(sizes[0]), math.log10(sizes[-1])

    def x(size: float) -> float:
        part = (math.log10(size) - first) / ((last - first) or 1)
        return round(LEFT + part * (WIDTH - LEFT - RIGHT), 1)

    def y(seconds: float) -> float:
        part = (math.log10(seconds) - low) / ((high - low) or 1)
        return round(HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM), 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="13" role="img" '
        'aria-label="Seconds of cold builds by reports">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    for power in range(low, high + 1):
        at = y(10**power)
        parts.append(f'<line x1="{LEFT}" x2="{right}" y1="{at}" y2="{at}" stroke="#dddddd"/>')
        label = f"{10**power:g} s"
        parts.append(f'<text x="{LEFT - 6}" y="{at + 4}" text-anchor="end">{label}</text>')
    for size in sizes:
        at = x(size)
        parts.append(f'<line x1="{at}" x2="{at}" y1="{TOP}" y2="{bottom}" stroke="#dddddd"/>')
        parts.append(f'<text x="{at}" y="{bottom + 18}" text-anchor="middle">{size:,}</text>')
    middle = (LEFT + right) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">reports</text>')
    ends: list[float] = []
    for number, (name, line) in enumerate(sorted(points.items(), key=lambda one: one[1][-1][1])):
        colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
        places = [(x(size), y(seconds)) for size, seconds in line]
        way = " ".join(f"{one},{other}" for one, other in places)
        parts.append(
            f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="2" '
            f'stroke-dasharray="{dash}"/>'
        )
        parts += [f'<circle cx="{one}" cy="{two}" r="3" fill="{colour}"/>' for one, two in places]
        # labels from the bottom up, none over another
        end = min([places[-1][1] + 4, *(other - 16 for other in ends[-1:])])
        ends.append(end)
        parts.append(
            f'<text x="{right + 10}" y="{end}" fill="{colour}">{name}, {line[-1][1]:.1f} s</text>'
        )
    return "\n".join([*parts, "</svg>", ""])
