"""What Hypothesis makes pages of: valid ones whose text is known, and hostile ones.

A valid block is Markdown together with the text that a reader sees of it, so that the text of a
copy can be checked without a look at how the copy is made. In a block's source ``<N>`` stands for
a number of its own, for names and labels, and a footnote's text stands between NOTE and END.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hypothesis import strategies as st
from section_search.index import Block as SearchBlock
from section_search.index import Section

# Pairs such as (a, b-c) and (a-b, c), which read the same when joined by a hyphen, and numbers.
IDS = ("a", "a-b", "b-c", "c", "b", "-", "--", "1", "1-a", "compare-1", "0123", "no", "x" * 80)
# Characters that mean something to Markdown, HTML, LaTeX, a path, a shell or a terminal.
SIGNS = "`*_{}[]()<>#+-.!|~$%^&\\/'\":;=@?"
FRAGMENTS = (
    "甲乙丙丁", "一、", "（二）", "1.", "- ", "../", "..\\", "/etc/passwd", "%2e%2e/", "C:\\", "<b>",
    "</div>", "<script>alert(1)</script>", "<!--", "-->", "]]>", "&lt;", "&#60;", "{.topic-a}",
    "]{.topic-a}", "{sic}", "=>", "\\input{x}", "\\write18{x}", "^^5cinput", "$x$", "%", "{{ x }}",
    "javascript:alert(1)", "😀", "👩‍👩‍👧", "e\u0301", "שלום", "مرحبا", "\u202e", "\u200f", "\u200b", "𠀀",
    "\ufeff", "ﬀ", "İ", "ß", "|x|", "`x`_", "x_", "::", ".. x", "---", "***", "[^1]", "(x)=", "# x",
)  # fmt: skip
START, NOTE, END = "\x01", "\x02", "\x03"
# No control characters nor line ends, which Markdown treats as white space or drops.
LETTERS = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))


@dataclass(frozen=True)
class Block:
    """Markdown and the text that a page shows of it, without white space."""

    source: str
    text: str
    # topic -> the texts of the passages in it, in order; outermost marks only
    said: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Report:
    id: str
    name: str
    source: str
    said: tuple[tuple[str, str], ...] = field(repr=False)


def escape(text: str) -> str:
    """Text as Markdown that shows it literally."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def squeeze(text: str) -> str:
    """A text without white space, which a browser folds."""
    return "".join(text.split())


def phrases() -> st.SearchStrategy[str]:
    """One line of text that is not blank and that no Markdown trims."""
    part = st.one_of(st.sampled_from(FRAGMENTS), st.text(LETTERS, max_size=6),
                     st.text(SIGNS, max_size=4))  # fmt: skip
    # it ends in a character of its own, since a title of signs alone has no text to name it by
    text = st.lists(part, min_size=1, max_size=4).map(lambda parts: "".join(parts).strip() + "文")
    return text.filter(lambda text: ".topic-" not in text)  # a lost mark, which is warned of


def plain(source: str, text: str) -> st.SearchStrategy[Block]:
    return st.just(Block(START + source, squeeze(text)))


def paragraphs() -> st.SearchStrategy[Block]:
    return phrases().map(lambda text: Block(escape(text), squeeze(text)))


@st.composite
def spans(draw: st.DrawFn) -> Block:
    """A paragraph of runs, some of them marked."""
    source, text, said = "", "", []
    for number in range(draw(st.integers(1, 4))):
        run = draw(phrases())
        topics = draw(st.lists(st.sampled_from(IDS[:4]), max_size=2, unique=True))
        if topics:
            marks = " ".join(f".topic-{topic}" for topic in topics)
            source += f"[{escape(run)}]{{{marks}}}"
            said += [(topic, squeeze(run)) for topic in topics]
        else:
            source += escape(run)
        text += run
        if number % 2:
            source, text = source + "、", text + "、"
    return Block(source, squeeze(text), said=tuple(said))


SIMPLE = st.one_of(
    paragraphs(),
    paragraphs(),
    spans(),
    plain(f"见注[^n<N>]。{NOTE}[^n<N>]: 注文。{END}", "见注。"),
    plain("按 {sic}`确定=>一定` 办、{sic}`=>补` 和 {sic}`删=>`。", "按一定确定办、补和删。"),
    plain("{sic}`<b>=></b>` 与 [甲]{.dated}", "</b><b>与甲"),
    plain("算式 $a^2$ 完", "算式\\(a^2\\)完"),
    plain("见 {ref}`t<N>`。\n\n(t<N>)=\n##### 节\n\n文", "见节。节文"),
    plain("[甲](/plain.md) {doc}`/plain` [乙](/plain.md#far) <https://example.org/>",
          "甲Plain乙https://example.org/"),
    plain("<b title='x'>粗</b>", "粗"),
    plain("*强* **重** `码 {.x}` {{ unit }}", "强重码{.x}第二单位"),
    plain("甲\\\n乙", "甲乙"),
    plain("x {abbr}`HTML (语言)` {kbd}`A`", "xHTMLA"),
)  # fmt: skip


def indent(text: str, by: str) -> str:
    return "\n".join(by + line if line else line for line in text.split("\n"))


@st.composite
def wrapped(draw: st.DrawFn, inner: st.SearchStrategy[list[Block]]) -> Block:
    """Blocks within a list, a quote, a directive."""
    blocks = draw(inner)
    source = "\n\n".join(block.source for block in blocks)
    text = "".join(block.text for block in blocks)
    said = tuple(one for block in blocks for one in block.said)
    fence = ":" * (3 + max([0, *(len(run) - 2 for run in re.findall(":{3,}", source))]))
    shapes = {
        "bullet": ("- " + indent(source, "  ")[2:], text),
        "number": ("1. " + indent(source, "   ")[3:], text),
        "quote": (indent(source, "> ").replace("\n\n", "\n>\n"), text),
        "note": (f"{fence}{{note}}\n{source}\n{fence}", "Note" + text),
        "admonition": (f"{fence}{{admonition}} 题\n{source}\n{fence}", "题" + text),
        "card": (f"{fence}{{card}} 卡\n{source}\n{fence}", "卡" + text),
        "tabs": (f":{fence}{{tab-set}}\n{fence}{{tab-item}} 页\n{source}\n{fence}\n:{fence}",
                 "页" + text),
        "term": ("名词\n: " + indent(source, "  ")[2:], "名词" + text),
    }  # fmt: skip
    kind = draw(st.sampled_from(sorted(shapes)))
    shape, seen = shapes[kind]
    # rule 4: a heading in there would be a rubric that MyST warns of
    if "#####" in source:
        return Block(source, text, said)
    return Block(shape, seen, said)


PLAIN_BLOCKS = st.one_of(
    SIMPLE,
    SIMPLE,
    plain("| 甲 | 乙 |\n| --- | --- |\n| 丙 | 丁 |", "甲乙丙丁"),
    plain("```{list-table}\n* - 甲\n  - 乙\n```", "甲乙"),
    plain("```{table} 题\n:name: tb<N>\n\n| 甲 |\n|---|\n| 乙 |\n```\n\n{numref}`tb<N>`", "题甲乙"),
    plain("```{figure} /dot.png\n:name: fg<N>\n\n图注\n```\n\n{numref}`fg<N>`", "图注"),
    plain("![甲](/dot.png)", ""),
    plain("```python\nprint('码')\n```", "print('码')"),
    plain("```{code-block} text\n:caption: 码题\n:name: cd<N>\n\n{.topic-a}\n```", "码题{.topic-a}"),
    plain("```{math}\n:label: eq<N>\n\na = b\n```\n\n{eq}`eq<N>`", "\\[a=b\\]"),
    plain("<div id='x' class='raw'><p>生</p></div>", "生"),
    plain("<details><summary>甲</summary>乙</details>", "甲乙"),
    plain("% 注释", ""),
    plain(":::{section-compare} a\n:::", ""),
    plain("```{eval-rst}\n甲\n\n.. note:: 乙\n```", "甲Note乙"),
    plain(":::{container} box\n文\n:::", "文"),
    plain("```{index} 甲<N>\n```", ""),
    plain("- [ ] 甲\n- 乙", "[]甲乙"),
)  # fmt: skip
BLOCKS = st.recursive(
    PLAIN_BLOCKS, lambda inner: wrapped(st.lists(inner, min_size=1, max_size=3)), max_leaves=5
)


@st.composite
def sections(draw: st.DrawFn, depth: int = 2) -> Block:
    """A section with blocks and sections below it, some of them marked, some empty."""
    title = draw(phrases())
    blocks: list[Block] = []
    for block in draw(st.lists(BLOCKS, max_size=3)):
        marked = draw(st.sampled_from(["", "", *IDS[:4]]))
        blocks.append(mark(block, marked) if marked else block)
    if depth < 4:
        blocks += draw(st.lists(sections(depth + 1), max_size=2))
    source = "\n\n".join([f"{'#' * depth} {escape(title)}", *(block.source for block in blocks)])
    text = squeeze(title) + "".join(block.text for block in blocks)
    said = tuple(one for block in blocks for one in block.said)
    section = Block(source, text, said)
    topics = draw(st.lists(st.sampled_from(IDS[:4]), max_size=2, unique=True))
    for topic in topics:
        section = outermost(section, topic)
    marks = " ".join(f".topic-{topic}" for topic in topics)
    return Block(f"{{{marks}}}\n{source}", text, section.said) if topics else section


def outermost(block: Block, topic: str) -> Block:
    """The block as a passage: the same topic in it changes nothing."""
    rest = tuple(one for one in block.said if one[0] != topic)
    return Block(block.source, block.text, ((topic, block.text), *rest))


def mark(block: Block, topic: str) -> Block:
    """A block with a mark that holds whatever the block is."""
    if "#####" in block.source:
        return block
    fence = ":" * (4 + max([0, *(len(run) for run in re.findall(":{3,}", block.source))]))
    found = outermost(block, topic)
    source = f"{fence}{{container}} topic-{topic}\n{block.source}\n{fence}"
    return Block(source, found.text, found.said)


NAMES = ("甲", "a b", "quote'\"q", "p%20q", "hash#h", "amp&a", "b[x]", "c{d}", "e;f", "😀", "שלום",
         "deep/x", "deep/深/x", "ﬀ", "$x", "~x", "x.y", "(x)")  # fmt: skip


@st.composite
def projects(draw: st.DrawFn) -> tuple[dict[str, str], list[Report]]:
    """A project with nothing amiss: its files, and its reports with what they say.

    Every project has a page for each topic that marks may name, and a comparison of all.
    """
    ids = draw(st.lists(st.sampled_from(IDS[:5] + IDS), min_size=1, max_size=3, unique=True))
    names = draw(
        st.lists(st.sampled_from(NAMES), min_size=len(ids), max_size=len(ids), unique=True)
    )
    reports = [draw(report(id_, name)) for id_, name in zip(ids, names, strict=True)]
    files = {f"{one.name}.md": one.source for one in reports}
    for number, topic in enumerate(IDS[:4]):
        title = draw(phrases())
        files[f"topics/{number}.md"] = (
            f"---\ntopic: {topic}\n---\n\n# {escape(title)}\n\n:::{{section-compare}}\n:::\n"
        )
    files["all.md"] = (
        f"# All\n\n:::{{section-compare}} {' '.join(IDS[:4])}\n:layout: stacked\n:::\n"
    )
    return files, reports


@st.composite
def report(draw: st.DrawFn, id_: str, name: str) -> Report:
    found = draw(st.lists(sections(), min_size=1, max_size=3))
    body = finish("\n\n".join(section.source for section in found), f"r{NAMES.index(name)}n")
    source = f"---\nreport: '{id_}'\n---\n\n# {escape(draw(phrases()))}\n\n{body}\n"
    return Report(id_, name, source, tuple(one for section in found for one in section.said))


def finish(source: str, prefix: str) -> str:
    """Give each block its number, and put the footnotes' texts at the end."""
    parts = source.split(START)
    source = "".join(part.replace("<N>", f"{prefix}{number}") for number, part in enumerate(parts))
    notes = re.findall(f"{NOTE}(.*?){END}", source)
    return "\n\n".join([re.sub(f"{NOTE}.*?{END}", "", source), *notes])


@dataclass(frozen=True)
class Emended:
    """A page whose source was damaged: its text as the source has it, and as it should read."""

    markdown: str
    source: str
    reading: str
    # how many marks are none
    wrong: int


# What a role may hold between its backticks; none of it is white space that Markdown drops.
SIDES = st.text(LETTERS.filter(lambda letter: letter != "`"), max_size=6) | st.sampled_from(
    [part for part in FRAGMENTS if "`" not in part]
)


@st.composite
def emended(draw: st.DrawFn) -> Emended:
    """A title and paragraphs of plain runs, emendations and marks that are none."""
    lines, source, reading, wrong = [], "", "", 0
    for number in range(draw(st.integers(1, 4))):
        line = "" if number else "# "
        for _run in range(draw(st.integers(1, 4))):
            before, left, right = draw(phrases()), draw(SIDES), draw(SIDES)
            line += escape(before)
            source, reading = source + before, reading + before
            if left == right or left.endswith("\\"):
                # without a separator the text stands as it is
                held = left.replace("=>", "") + "无"
                line, wrong = f"{line}{{sic}}`{held}`", wrong + 1
                left = right = held
            else:
                sides = "=>".join(side.replace("=>", "\\=>") for side in (left, right))
                line += f"{{sic}}`{sides}`"
            source, reading = source + left, reading + right
        lines.append(line)
    markdown = "\n\n".join(lines) + "\n\n:::{emendation-list}\n:::\n"
    return Emended(markdown, squeeze(source), squeeze(reading), wrong)


@st.composite
def searched(draw: st.DrawFn) -> tuple[Section, ...]:
    """Sections of any text at all, tagged and with other readings anywhere in it."""
    text = st.text(st.characters(exclude_categories=()), max_size=9) | st.sampled_from(
        ["</script>", "\u2028\u2029", "\ud83d", "\ude00", "<!--", "];alert(1)//", "\\", '"', "\n"]
    )
    sections = []
    for number in range(draw(st.integers(1, 3))):
        blocks = []
        for _block in range(draw(st.integers(0, 3))):
            words = draw(text)
            places = st.integers(0, len(words))
            ranges = []
            for _range in range(draw(st.integers(0, 2))):
                start = draw(places)
                ranges.append((start, draw(st.integers(start, len(words))), draw(text)))
            blocks.append(SearchBlock(words, (), tuple(ranges), tuple(ranges)))
        sections.append(Section(draw(text), number - 1, min(len(blocks), 1), tuple(blocks)))
    return tuple(sections)


# What no writer means to write, in any order and at any depth.
SHARDS = (
    "{.topic-a}", "[x]{.topic-a .topic-zz}", "[", "]{.topic-a}", "# ", "## ", "###### ", "---", "***",
    "- ", "1. ", "> ", "| a |", "|---|", "```", "~~~", ":::", "::::{note}", ":::{section-compare} a",
    ":::{section-compare} a ../x <b>\n:reports: * [ zz\n:layout: x\n:shared: -1\n:name: a\n:::",
    ":::{section-phrases}\n:limit: 9999999999999999999\n:::", ":::{section-list} topics\n:::",
    ":::{section-coverage}\n:::", "{sic}`a=>b`", "{sic}`=>`", "{sic}`x`", ":::{emendation-list}\n:::",
    "[^1]", "[^1]: x", "[^1]: [^1]", "(t)=", "{ref}`t`", "{doc}`nowhere`", "{numref}`t`", "{eq}`t`",
    "$", "$$", "<div>", "</div>", "<b id=compare-1>", "<!--", "%", "{{ unit }}", "{{ none }}", "{", "}",
    "\\", "```{eval-rst}\n.. |x| unicode:: 0xD800\n\na |x| b\n```", "```{figure} none.png\n```",
    "```{toctree}\nall\nnone\n```", "```{code-block}\n```", "```{math}\n:label: t\n\nx\n```", "\t", "    ",
    "```{list-table}\n* - a\n```", "```{include} plain.md\n```", "```{index} a; b\n```", "\x00", "\x0c",
    "\x85", "\u2028", "\r", "\n\n", "\n\n", "\n\n", "\n", "\n", "x", "文字", "x" * 9999, "Term\n: def",
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(["a", "A", "../x", "a b", "", "~", "5", "0x5", "-1", ".nan", "[]", "[a, b]", "{}",
                     "{a: b}", "2021-01-01", "yes", "'*'", "'['", "!!binary YQ==", "*x", "&x y", "[", "'",
                     '"\\ud800"', '"<b>"', "|\n  a\n  b", "x: y", "9" * 5000]),
    phrases().map(lambda text: "'" + text.replace("'", "''") + "'"),
)  # fmt: skip
KEYS = ("report", "topic", "number", "short_title", "headings", "group", "description", "Report",
        "shortt_title", "orphan", "1", "<<", "? [a]", "~")  # fmt: skip


def hostile_pages() -> st.SearchStrategy[str]:
    """Whatever may stand in a page, most of it wrong."""
    head = st.lists(st.tuples(st.sampled_from(KEYS), VALUES), max_size=5).map(
        lambda fields: "".join(f"{key}: {value}\n" for key, value in fields)
    )
    part = st.one_of(st.sampled_from(SHARDS), BLOCKS.map(lambda block: finish(block.source, "n")))
    body = st.lists(part, max_size=14).map("".join)
    return st.builds("---\n{}---\n\n# T\n\n{}\n".format, head, body)
