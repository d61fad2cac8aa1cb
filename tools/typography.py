"""Chinese punctuation in Markdown: what a reader sees of a line, and the rules for it. Pure.

We looked for a kept linter first. autocorrect (MIT, alive) sees no half-width ``;`` or
brackets, no straight quotes, no space inside Han text, no doubled mark, names no column, and
its main rule, the space in ``2021 年``, is off here; zhlint needs Node. So these few are ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from emendation.parse import SEPARATOR
from section_compare.read.header import yaml_block

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
# A Han character, or a full-width mark or closing quotation mark beside one
WIDE = HAN + "“”‘’《》（）【】〔〕，。、；：！？…"
FULL = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", ".": "。", "(": "（", ")": "）"}
OPAQUE = "\ufffc"  # stands for code, a role, an address: neither Han nor punctuation
QUOTES = {'"': "“ ”", "'": "‘ ’"}
SIC = re.compile(r"\{sic\}`([^`\n]*)`")


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


class Line(NamedTuple):
    """What a reader sees of a source line, and the column (from 1) of each character."""

    number: int
    text: str
    columns: tuple[int, ...]
    # the first line of a paragraph or list item; headings, tables and headers hold no prose
    opens: bool = False
    prose: bool = False


MARKUP = re.compile(
    r"""(?P<sic>\{sic\}`(?P<sides>[^`\n]*)`)
      | (?P<opaque>(?:\{[\w:-]+\})?(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)
          | https?://[^\s<>)）」”]+ | <[^>\n]*> | \|)
      | (?P<gone>\]\{[^}\n]*\} | \]\([^)\n]*\) | [\[\]*] | \\(?=[!-/:-@\[-`{-~]))
    """,
    re.VERBOSE,
)
LEAD = re.compile(r"\s*(?:>\s*)*(?P<block>#{1,6}\s+|(?:[-*+]|\d+[.)])\s+)?")
FENCE = re.compile(r"\s*(?P<fence>`{3,}|~{3,}|:{3,})(?P<info>.*)")
HEADER_FIELD = re.compile(r"\s*(?:[\w-]+:|-)\s*(?P<quote>[\"']?)(?P<value>.*?)(?P=quote)\s*")


def read_inline(number: int, source: str, start: int, **block: bool) -> Line:
    """A line without its markup, from a column (from 0) on.

    Of an emendation the right side stays: the left is the source's own damage, and exempt.
    """
    text: list[str] = []
    columns: list[int] = []

    def keep(begin: int, end: int) -> None:
        text.append(source[begin:end])
        columns.extend(range(begin + 1, end + 1))

    place = start
    for match in MARKUP.finditer(source, start):
        keep(place, match.start())
        place = match.end()
        if match["sic"]:
            if separator := SEPARATOR.search(match["sides"]):
                keep(match.start("sides") + separator.end(), match.end("sides"))
        elif match["opaque"]:
            text.append(OPAQUE)
            columns.append(match.start() + 1)
    keep(place, len(source))
    return Line(number, "".join(text), tuple(columns), **block)


def header_length(source: str) -> int:
    """How many lines the front matter takes, its fences included."""
    _start, end = yaml_block(source)
    return end + 1 if end else 0


def read_lines(source: str) -> Iterator[Line]:
    """The lines that hold text: the header's values, and the body without code and directives."""
    lines = source.split("\n")
    body = header_length(source)
    for number, line in enumerate(lines[1 : max(body - 1, 1)], 2):
        if match := HEADER_FIELD.fullmatch(line):
            yield read_inline(number, line[: match.end("value")], match.start("value"))
    fence = ""
    options = False  # directly below a directive's first line
    opens = True
    for number, line in enumerate(lines[body:], body + 1):
        match = FENCE.fullmatch(line)
        if fence:
            if match and match["fence"].startswith(fence) and not match["info"].strip():
                fence, opens = "", True
            continue
        if match:
            if match["fence"][0] != ":":
                fence = match["fence"]
            options, opens = match["info"].startswith("{"), True
        elif options and re.fullmatch(r"\s*:[\w-]+:.*", line):
            continue
        elif not line.strip() or re.fullmatch(r"\{[^`\n]*\}|%.*|\([\w-]+\)=", line.strip()):
            options, opens = False, True
        else:
            lead = LEAD.match(line)
            assert lead is not None  # it matches the empty string
            block = (lead["block"] or "").strip()
            heading = block.startswith("#")
            prose = not heading and not line.strip().startswith("|")
            yield read_inline(number, line, lead.end(), opens=opens or bool(block), prose=prose)
            options, opens = False, heading


def spans(line: Line, pattern: str) -> Iterator[tuple[int, re.Match[str]]]:
    """The matches of a pattern in what is seen, each with its column in the source."""
    for match in re.finditer(pattern, line.text):
        yield line.columns[match.start()], match


def check_marks_width(line: Line) -> Iterator[Problem]:
    """Beside a Han character , ; : ? ! . are full-width; a point or colon in a number stays."""
    pattern = rf"(?<=[{WIDE}])[,;:?!]|(?<=[{HAN}])\.(?![A-Za-z0-9./])|[,;:?!](?=[{HAN}“《（])"
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
    for column, match in spans(line, rf"(?<=[{HAN}])[ \t\u3000]+(?=[{HAN}])"):
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
    """Latin letters and digits are half-width."""
    for column, match in spans(line, "[０-９Ａ-Ｚａ-ｚ]+"):
        narrow = "".join(chr(ord(letter) - 0xFEE0) for letter in match.group())
        message = f"全角“{match.group()}”应写作“{narrow}”"
        yield Problem(line.number, column, "full-width", message, len(narrow), narrow)


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


def check_typography(source: str) -> Iterator[Problem]:
    """All rules over a page's text."""
    lines = list(read_lines(source))
    for line in lines:
        for rule in LINE_RULES:
            yield from rule(line)
    yield from check_full_stops(lines)
