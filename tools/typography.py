"""Chinese punctuation: the rules for what a reader sees of a line. Pure.

We looked for a kept linter first. autocorrect (MIT, alive) sees no half-width ``;`` or
brackets, no straight quotes, no space inside Han text, no doubled mark, names no column, and
its main rule, the space in ``2021 年``, is off here; zhlint needs Node. So these few are ours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from reading import Line, read_lines

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
# A Han character, or a full-width mark or closing quotation mark beside one
WIDE = HAN + "“”‘’《》（）【】〔〕，。、；：！？…"
# Of no width, or turning the direction of the text; joiners are right in other scripts and emoji
INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
    f"|(?<=[{HAN}])[\u200c\u200d]|[\u200c\u200d](?=[{HAN}])"
)
FULL = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", ".": "。", "(": "（", ")": "）"}
QUOTES = {'"': "“ ”", "'": "‘ ’"}


class Problem(NamedTuple):
    """One problem: where (from 1), the rule's name, and what to write instead.

    ``fix`` is the text for the ``length`` characters there, or ``None`` where only the author
    can tell.
    """

    line: int
    column: int
    rule: str
    message: str
    length: int = 0
    fix: str | None = None


def spans(line: Line, pattern: str) -> Iterator[tuple[int, re.Match[str]]]:
    """The matches of a pattern in what is seen, each with its column in the source."""
    for match in re.finditer(pattern, line.text):
        yield line.columns[match.start()], match


def check_marks_width(line: Line) -> Iterator[Problem]:
    """Beside a Han character , ; : ? ! . are full-width; a point or colon in a number stays, one at
    a line's end ends a sentence."""
    behind = rf"(?<=[{WIDE}])(?:[,;:?!]|\.(?![A-Za-z0-9./]))|(?<=[0-9%])\.$"
    pattern = rf"{behind}|[,;:?!](?=[{HAN}“《（])"
    for column, match in spans(line, pattern):
        mark = match.group()
        message = f"半角“{mark}”应写作“{FULL[mark]}”"
        yield Problem(line.number, column, "half-width", message, 1, FULL[mark])


def check_brackets(line: Line) -> Iterator[Problem]:
    """Brackets around or beside Han text are full-width."""
    found: set[int] = set()
    for match in re.finditer(r"\([^()]*\)", line.text):
        around = line.text[max(match.start() - 1, 0) : match.end() + 1]
        if re.search(f"[{HAN}]", around):
            found |= {match.start(), match.end() - 1}
    for match in re.finditer(rf"(?<=[{HAN}])[()]|[()](?=[{HAN}])", line.text):
        found.add(match.start())
    for column, match in spans(line, f"<+[^<>]*[{HAN}][^<>]*>+"):
        yield Problem(line.number, column, "brackets", f"“{match.group()}”应写作《 》或〈 〉")
    for place in sorted(found):
        mark = line.text[place]
        message = f"半角“{mark}”应写作“{FULL[mark]}”"
        yield Problem(line.number, line.columns[place], "brackets", message, 1, FULL[mark])


def check_quotes(line: Line) -> Iterator[Problem]:
    """Quotation marks beside Han text are “” and ‘’; which of a pair is a guess, and no fix."""
    sides = {mark: quote_sides(line.text, mark) for mark in QUOTES}
    for column, match in spans(line, rf"(?<=[{WIDE}])[\"']|[\"'](?=[{WIDE}])"):
        mark = match.group()
        side = sides[mark][match.start()]
        right = f"{QUOTES[mark]} 中的一个" if side is None else QUOTES[mark].split()[side]
        yield Problem(line.number, column, "quotes", f"直引号 {mark} 应写作 {right}")


def quote_sides(text: str, mark: str) -> dict[int, int | None]:
    """By its place each of a line's straight marks: 0 opens, 1 closes, ``None`` may be either.

    A mark that opens stands after nothing, a colon or a bracket; one that closes before nothing
    or a mark that ends something. Where they do not tell, those of a line in pairs do.
    """
    sides: dict[int, int | None] = {}
    for match in re.finditer(mark, text):
        place = match.start()
        # an empty string, at the line's ends, is in any
        opens = text[max(place - 1, 0) : place] in "：:；、（(《【“‘"
        closes = text[place + 1 : place + 2] in "，。；、：！？）》】”’,.;:?!)"
        sides[place] = None if opens == closes else int(closes)
    pairs = dict(zip(sides, (0, 1) * (len(sides) // 2), strict=False))
    if len(pairs) == len(sides) and all(sides[n] in (None, side) for n, side in pairs.items()):
        return {**pairs}
    return sides


def check_spaces(line: Line) -> Iterator[Problem]:
    """No space between two Han characters. Between Han and Latin or digits both are right."""
    for column, match in spans(
        line, rf"(?<=[{HAN}])[ \t\u00a0\u2000-\u200a\u202f\u3000]+(?=[{HAN}])"
    ):
        yield Problem(line.number, column, "space", "汉字之间不空格", len(match.group()), "")


def check_doubled(line: Line) -> Iterator[Problem]:
    """No mark stands twice, and no two of the marks that end a clause stand together."""
    for column, match in spans(
        line, r"([，。、；：？！])\1+|[，、；：][，。、；：]+|。[，、；：]+"
    ):
        marks = match.group()
        if set(marks) == {"。"} and len(marks) > 2:
            continue  # an ellipsis, see below
        message = f"“{marks}”应只留一个标点"
        fix = marks[0] if match.group(1) else None
        yield Problem(line.number, column, "doubled", message, len(marks), fix)


def check_ellipsis(line: Line) -> Iterator[Problem]:
    """An ellipsis is ……, a dash ——."""
    pattern = rf"(?<=[{WIDE}])\.{{3,}}|。{{3,}}|(?<!…)…(?!…)"
    for column, match in spans(line, pattern):
        marks = match.group()
        message = f"省略号“{marks}”应写作“……”"
        yield Problem(line.number, column, "ellipsis", message, len(marks), "……")
    for column, match in spans(line, rf"(?<=[{WIDE}])(?:-{{2,}}|(?<!—)—(?!—))"):
        marks = match.group()
        message = f"破折号“{marks}”应写作“——”"
        yield Problem(line.number, column, "dash", message, len(marks), "——")


def check_wide_letters(line: Line) -> Iterator[Problem]:
    """Latin letters, digits and the point among them are half-width; characters that only look like
    Han ones (radicals, those for compatibility), which no search finds, are Han ones."""
    for column, match in spans(line, r"[０-９Ａ-Ｚａ-ｚ]+|(?<=\d)。(?=\d)"):
        narrow = unicodedata.normalize("NFKC", match.group()).replace("。", ".")
        message = f"全角“{match.group()}”应写作“{narrow}”"
        yield Problem(line.number, column, "full-width", message, len(narrow), narrow)
    for column, match in spans(line, "[\u2e80-\u2fdf\uf900-\ufaff]"):
        if (han := unicodedata.normalize("NFKC", match.group())) != match.group():
            message = f"“{match.group()}”（U+{ord(match.group()):04X}）应写作“{han}”"
            yield Problem(line.number, column, "full-width", message)


LINE_RULES = (
    check_marks_width,
    check_brackets,
    check_quotes,
    check_spaces,
    check_doubled,
    check_ellipsis,
    check_wide_letters,
)


def check_full_stops(lines: list[Line]) -> Iterator[Problem]:
    """A paragraph or list item that is a sentence, with a mark inside it, ends with one."""
    for place, line in enumerate(lines):
        last = place + 1 == len(lines) or lines[place + 1].opens
        if not line.prose or not last:
            continue
        start = place
        while not lines[start].opens:
            start -= 1
        text = "".join(one.text for one in lines[start : place + 1]).rstrip()
        if re.search("[，；。]", text[:-1]) and re.fullmatch(f"[{HAN}A-Za-z0-9%，、]", text[-1]):
            end = len(line.text.rstrip())
            column = line.columns[end - 1] + 1
            yield Problem(line.number, column, "full-stop", "句子没有句号，应补“。”")


def check_pairs(lines: list[Line]) -> Iterator[Problem]:
    """Brackets and quotation marks of a paragraph come in pairs."""
    opened: list[tuple[str, Line, int]] = []  # those that lack their other half so far
    for number, line in enumerate(lines):
        for place, mark in enumerate(line.text.translate(WIDE_BRACKETS)):
            if mark in PAIRS and opened and opened[-1][0] == PAIRS[mark]:
                opened.pop()
            elif mark in PAIRS.values() or (
                mark in PAIRS and not NUMBERED.search(line.text[:place])
            ):
                opened.append((mark, line, place))
        if number + 1 == len(lines) or lines[number + 1].opens:
            for mark, around, place in opened:
                message = f"“{mark}”没有配对，应补上另一半或改正"
                yield Problem(around.number, around.columns[place], "pairs", message)
            opened = []


PAIRS = {"”": "“", "’": "‘", "）": "（", "》": "《", "】": "【", "〕": "〔"}
WIDE_BRACKETS = str.maketrans("()", "（）")  # half-width ones have a rule of their own
NUMBERED = re.compile("(?:^|[，。、；：])[0-9A-Za-z一二三四五六七八九十]+$")  # 1）, 一）


def check_typography(source: str) -> Iterator[Problem]:
    """All rules over a page's text."""
    lines = list(read_lines(source))
    for line in lines:
        for rule in LINE_RULES:
            for problem in rule(line):
                place = line.columns.index(problem.column)
                end = place + problem.length
                if line.columns[place:end] == tuple(
                    range(problem.column, problem.column + end - place)
                ):
                    yield problem
                else:  # markup stands between
                    yield problem._replace(fix=None)
    yield from check_full_stops(lines)
    yield from check_pairs(lines)
