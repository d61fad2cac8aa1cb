"""What a reader sees of a Markdown page, and where it stands in the source.

MyST's own parser gives the blocks with their lines. It gives no places within a line: there its
text is laid against the source character by character, and where the two do not fit, nothing is
said of that block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from typing import TYPE_CHECKING, Any, NamedTuple

from emendation.parse import SEPARATOR
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser
from section_compare.read.header import yaml_block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

OPAQUE = "\ufffc"  # stands for code, a role, an address: neither Han nor punctuation
SIC = re.compile(r"\{sic\}`([^`\n]*)`")
FENCES = ("fence", "colon_fence")
# The directives whose content is Markdown; of any other nothing is known. The first take no
# argument: a text beside their name is content as well, and begins it.
PLAIN = frozenset({
    "attention", "caution", "danger", "emendation-list", "error", "hint", "important", "note",
    "tip", "warning",
})  # fmt: skip
PROSE = PLAIN | {"admonition", "container", "dropdown", "figure", "only", "section-compare"}
HEADER_FIELD = re.compile(r"\s*(?:[\w-]+:|-)\s*(?P<quote>[\"']?)(?P<value>.*?)(?P=quote)\s*")
OPTION = re.compile(r"\s*:[\w-]+:.*")
URL = re.compile(r"https?://[^\s<>)）」”]+")
# One of the parser's inline elements that is no text, as its source has it
ELEMENT = re.compile(
    r"""!\[(?:[^][\\]|\\.|\[[^][]*])*](?:\((?:[^()\\]|\\.|\([^()]*\))*\)|\[[^][]*])?(?:\{[^{}]*})?
      | \[\^[^]\s]+]
      | <!--.*?--> | <[^>]*>
      | (?:\{(?P<role>[\w:+-]+)\})?(?P<ticks>`+)(?P<content>(?!`).+?(?<!`))(?P=ticks)(?!`)
    """,
    re.VERBOSE | re.DOTALL,
)
# What ends a link or span
TAIL = re.compile(r"](?:\((?:[^()\\]|\\.|\([^()]*\))*\)|\[[^][]*])?(?:\{[^{}]*})?")


ENTITY = re.compile(r"&(?:#\d+|#[xX][0-9A-Fa-f]+|[A-Za-z]\w*);")


class Line(NamedTuple):
    """What a reader sees of a source line, and the column (from 1) of each character."""

    number: int
    text: str
    columns: tuple[int, ...]
    # the first line of a paragraph or list item; headings, tables and headers hold no prose
    opens: bool = False
    prose: bool = False


@cache
def parser() -> MarkdownIt:
    """MyST's parser with the site's syntax extensions."""
    extensions = {"attrs_block", "attrs_inline", "colon_fence", "deflist"}
    return create_md_parser(MdParserConfig(enable_extensions=extensions), RendererHTML)


def header_length(source: str) -> int:
    """How many lines the front matter takes, its fences included."""
    _start, end = yaml_block(source)
    return end + 1 if end else 0


def holds_prose(token: Token) -> bool:
    """Whether a token is a directive whose content is Markdown and nothing but its options."""
    match = re.match(r"\{([\w:-]+)\}\s*(.*)", token.info.strip())
    return bool(
        token.type in FENCES
        and match
        and match[1] in PROSE
        and not (match[2] and match[1] in PLAIN)
        and not token.content.startswith("---")  # options as YAML
    )


def split_options(content: str) -> tuple[str, str]:
    """A directive's options, and its content with the options blanked, every line where it was."""
    lines = content.split("\n")
    count = next((n for n, one in enumerate(lines) if not OPTION.fullmatch(one)), len(lines))
    return "\n".join(lines[:count]), "\n".join([""] * count + lines[count:])


def read_blocks(text: str, start: int = 0) -> Iterator[tuple[Token, int]]:
    """The parser's tokens, each with the line (from 0) that its own are counted from; after a
    directive whose content is Markdown come those of the content."""
    for token in parser().parse(text):
        yield token, start
        if token.map and holds_prose(token):
            yield from read_blocks(split_options(token.content)[1], start + token.map[0] + 1)


def link_definitions(text: str) -> dict[str, int]:
    """The link definitions of a page, each with its line (from 0)."""
    env: dict[str, Any] = {}
    parser().parse(text, env)
    found = {label: one["map"][0] for label, one in env.get("references", {}).items()}
    return found | {one["label"]: one["map"][0] for one in env.get("duplicate_refs", ())}


def read_lines(source: str) -> Iterator[Line]:
    """The lines that hold text: the header's values, and the body without code and directives."""
    lines = source.split("\n")
    body = header_length(source)
    for number, line in enumerate(lines[1 : max(body - 1, 1)], 2):
        if match := HEADER_FIELD.fullmatch(line):
            start, end = match.span("value")
            yield Line(number, line[start:end], tuple(range(start + 1, end + 1)))
    inside = ""  # what the text stands in
    row, place = 0, 0  # where the last table cell ended
    for token, first in read_blocks("\n".join([""] * body + lines[body:])):
        if token.type != "inline":
            inside = token.type
            continue
        assert token.map is not None
        start = first + token.map[0]
        columns = []
        for number, content in enumerate(token.content.split("\n"), start):
            line = lines[number]
            if inside in ("th_open", "td_open"):
                place = line.find(content, place if row == number else 0)
                columns.append(place)
                row, place = number, place + len(content)
            else:
                columns.append(len(line.rstrip()) - len(content.rstrip()))
                if line[columns[-1] :].rstrip() != content.rstrip():
                    columns[-1] = -1
        if min(columns) >= 0:
            seen = visible(token.content, token.children or ())
            yield from split_lines(seen, token.content, start + 1, columns, inside)


def split_lines(
    seen: list[tuple[str, int]], content: str, number: int, columns: list[int], inside: str
) -> Iterator[Line]:
    """A block's characters by the lines of the source."""
    if not seen:
        return
    starts = [0, *(match.end() for match in re.finditer("\n", content))]
    prose = inside in ("paragraph_open", "dt_open", "dd_open")
    for row, (start, column) in enumerate(zip(starts, columns, strict=True)):
        end = starts[row + 1] - 1 if row + 1 < len(starts) else len(content)
        own = [(one, place) for one, place in seen if start <= place < end]
        text = URL.sub(lambda match: OPAQUE * len(match[0]), "".join(one for one, _ in own))
        places = tuple(column + place - start + 1 for _, place in own)
        yield Line(number + row, text, places, opens=not row, prose=prose)


def visible(content: str, tokens: Sequence[Token]) -> list[tuple[str, int]]:
    """The characters that a reader sees of a block's source, each with its place there.

    Of an emendation the right side is seen: the left is the source's own damage, and exempt.

    :return: nothing where parser and source cannot be laid side by side.
    """
    seen: list[tuple[str, int]] = []
    place = 0
    for wanted in expected(tokens):
        while True:
            if place >= len(content):
                return []
            element = ELEMENT.match(content, place) if wanted == OPAQUE else None
            entity = ENTITY.match(content, place)
            if entity and unescape(entity[0]) != wanted:
                entity = None
            if element or entity or content[place] == wanted:
                break
            if not (length := markup_length(content, place, wanted)):
                return []
            place += length
        if element is None:
            seen.append((wanted, place))
            place = entity.end() if entity else place + 1
            continue
        separator = SEPARATOR.search(element["content"] or "")
        if element["role"] != "sic":
            seen.append((OPAQUE, place))
        elif separator:
            side = element["content"][separator.end() :]
            start = element.start("content") + separator.end()
            seen += [(one, start + n) for n, one in enumerate(side)]
        place = element.end()
    while place < len(content):
        if not (length := markup_length(content, place, "")):
            return []
        place += length
    return seen


def markup_length(content: str, place: int, wanted: str) -> int:
    """How many characters at a place are markup, which no reader sees; none where it is none."""
    if tail := TAIL.match(content, place):
        return tail.end() - place
    blank = content[place] in " \t" and (
        wanted == "\n" or content[:place].rstrip(" \t")[-1:] in "\n"
    )
    return 1 if content[place] in "[*_\\<>" or blank else 0


def expected(tokens: Sequence[Token]) -> Iterator[str]:
    """What the parser sees in a block: characters, and ``OPAQUE`` for each element that is none."""
    for token in tokens:
        if token.type == "text":
            yield from token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield "\n"
        elif not token.nesting:
            yield OPAQUE


def reading_text(line: str) -> str:
    """What a reader sees of a line of Markdown, a heading's marks aside."""
    return "".join(one.text for one in read_lines(line)).replace(OPAQUE, "")
