"""The rules for a page's source: what neither a doctree nor rumdl can show.

Each validator's docstring states its rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from new import CONTENT, SAMPLES
from reading import SIC, header_length, link_definitions, read_blocks
from section_compare.matching import CODE, following_lines
from typography import INVISIBLE, Problem, check_typography

if TYPE_CHECKING:
    from pathlib import Path

    from markdown_it.token import Token

Found = tuple[str, Problem]

FENCE = re.compile(r"\s*(?P<fence>`{3,}|~{3,}|:{3,})(?P<info>.*)")
ENGLISH = ("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "SECURITY.md")
BOM = b"\xef\xbb\xbf"
# What wrong decoding leaves: replacement characters, their GBK reading, private use, Latin-1
SCRAMBLED = re.compile(
    r"[\ufffd\ue000-\uf8ff\x80-\x9f]+|锟斤拷|烫烫烫|屯屯屯|(?:[Ã-ï][\x80-¿]){2,}"
)


class Page(NamedTuple):
    """A Markdown file: its name below the root, and its text."""

    name: str
    raw: bytes
    text: str

    @property
    def folder(self) -> str:
        return self.name.partition("/")[0] if "/" in self.name else ""

    @property
    def body(self) -> Iterator[tuple[int, str]]:
        """The lines below the header, each with its number (from 1)."""
        start = header_length(self.text)
        yield from enumerate(self.text.split("\n")[start:], start + 1)


def read_pages(root: Path) -> tuple[list[Page], list[Found]]:
    """The Markdown files that people write, and a problem for each that is no UTF-8."""
    folders = ("", "reports/**/", "topics/**/", "guide/**/", "_ext/*/", ".github/**/")
    pages, problems = [], []
    for path in sorted({path for folder in folders for path in root.glob(f"{folder}*.md")}):
        if not path.is_file():
            continue
        name, raw = path.relative_to(root).as_posix(), path.read_bytes()
        try:
            text = re.sub("\r\n?", "\n", raw.removeprefix(BOM).decode())
        except UnicodeDecodeError as error:
            before = raw.removeprefix(BOM)[: error.start].split(b"\n")
            place = len(before), len(before[-1].decode()) + 1
            problems.append((name, Problem(*place, "encoding", f"不是 UTF-8 编码，{convert(raw)}")))
        else:
            pages.append(Page(name, raw, text))
    return pages, problems


def convert(raw: bytes) -> str:
    """How to make UTF-8 of a file in another encoding."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "是 UTF-16，应用编辑器另存为 UTF-8"
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return "应另存为 UTF-8"
    return "是 GBK，应用编辑器另存为 UTF-8，或运行 iconv -f GB18030 -t UTF-8 原文件 > 新文件"


# Validators of a page's source


def check_encoding(page: Page) -> Iterator[Problem]:
    """A file has no byte-order mark, its lines end in LF, its text is unscrambled and seen."""
    if page.raw.startswith(BOM):
        yield Problem(1, 1, "bom", "文件以字节序标记（BOM）开头，应另存为不带 BOM 的 UTF-8")
    if b"\r" in page.raw:  # all lines of such a file end so
        line = page.raw.split(b"\r")[0].count(b"\n") + 1
        yield Problem(line, 1, "crlf", "换行不是 LF，应改为 LF")
    for number, text in enumerate(page.text.split("\n"), 1):
        for match in SCRAMBLED.finditer(text):
            message = f"乱码“{match.group()}”，应照原文改正"
            yield Problem(number, match.start() + 1, "scrambled", message)
        for match in INVISIBLE.finditer(text):
            message = f"看不见的字符 U+{ord(match.group()):04X}，应删去"
            yield Problem(number, match.start() + 1, "invisible", message)


def check_emendations(page: Page) -> Iterator[Problem]:
    """Emendations are written {sic}`source=>correction`, their list ends the report; a blank's
    underscores are escaped: bare ones make the text between two blanks bold."""
    if page.folder != "reports":
        return
    lists = [n for n, line in page.body if re.match(r"\s*(:{3,}|`{3,})\{emendation-list\}", line)]
    for number in lists[1:]:
        yield Problem(number, 1, "emendation", "校订表写了两次，应只留一次")
    if SIC.search(page.text) and not lists:
        last = page.text.rstrip().count("\n") + 1
        message = "有校订的范文，末尾应有 :::{emendation-list} 和 ::: 两行"
        yield Problem(last, 1, "emendation", message)
    for number, line in page.body:
        for match in SIC.finditer(line):
            if "{sic}" in match[1]:
                message = "校订里不能再有校订，应分开写"
                yield Problem(number, match.start() + 1, "emendation", message)
        outside = SIC.sub(lambda match: " " * len(match.group()), line)
        for match in re.finditer(r"(?i)(?<!`)\{sic\}|[{｛]\s*sic\s*[}｝](?=[`‘'])", outside):
            message = "校订应写作 {sic}`原文=>校订`，用反引号，中间不空格"
            yield Problem(number, match.start() + 1, "emendation", message)
        for match in re.finditer(r"(?<!\\)_{2,}", outside):
            escaped = "\\_" * len(match.group())
            message = f"空白“{match.group()}”应写作“{escaped}”"
            yield Problem(number, match.start() + 1, "blank", message)


def check_vanishing(page: Page) -> Iterator[Problem]:
    """No line of a report or topic vanishes: no fence is left open, no text is a comment; nor is a
    sample sentence of a new page left."""
    if page.folder not in CONTENT:
        return
    fences: list[tuple[int, str]] = []
    for number, line in page.body:
        match = FENCE.fullmatch(line)
        code = bool(fences) and fences[-1][1][0] != ":"
        info = match["info"].strip() if match else ""
        if match and fences and not info and match["fence"].startswith(fences[-1][1]):
            fences.pop()
        elif match and not code and (info or match["fence"][0] != ":"):
            fences.append((number, match["fence"]))
        sample = next((sample for sample in SAMPLES if sample in line), "")
        if sample:
            message = f"新建时的样句“{sample}”还在，写好正文后应删去"
            yield Problem(number, line.find(sample) + 1, "placeholder", message)
        elif line.startswith("%") and not code:
            yield Problem(number, 1, "comment", "以 % 开头的行是注释，读者看不到；应删去或改写")
    for number, fence in fences:
        message = f"“{fence}”没有结束，应另起一行写同样的 {fence}"
        yield Problem(number, 1, "fence", message)


def check_text(page: Page) -> Iterator[Problem]:
    """Chinese punctuation; the source's own damage is exempt where {sic} marks it. Some pages are
    English, with other punctuation."""
    if page.name.rpartition("/")[2] not in ENGLISH:
        yield from check_typography(page.text)


def check_header(page: Page) -> Iterator[Problem]:
    """The front matter of a report or topic opens the file with ---, is closed by it, and has each
    field once, written with a half-width colon and a space."""
    if page.folder not in CONTENT:
        return
    lines = page.text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if header_length(page.text) < 2:
        if first and lines[first].startswith("---"):
            yield Problem(1, 1, "header", "页首的 --- 应是文件的第一行，前面的空行应删去")
        elif re.fullmatch(r"\s*[-—－–_]{2,}\s*", lines[first]) and lines[first].rstrip() != "---":
            message = "页首的第一行应是三个减号 ---，从行首写起"
            yield Problem(first + 1, 1, "header", message)
        elif lines[first].rstrip() == "---":
            yield Problem(first + 1, 1, "header", "页首没有结束，应在各字段之后另起一行写 ---")
        return
    for number, line in enumerate(lines[1 : header_length(page.text)], 2):
        if line.startswith("---") and line.rstrip() != "---":
            yield Problem(number, 1, "header", "页首的最后一行应是三个减号 ---")
        if "\t" in line:
            yield Problem(number, line.index("\t") + 1, "header", "有制表符，应改成空格")
        if match := re.match(r"([a-z][\w-]*)(?:\s*：|:(?=[^\s:]))", line):
            message = f"应写作“{match[1]}: 值”，冒号是半角的，后面空一格"
            yield Problem(number, match.end(), "header", message)
    places: dict[str, int] = {}
    for number, line in enumerate(lines[1 : header_length(page.text) - 1], 2):
        if (match := re.match(r"([a-z][\w-]*):", line)) and match[1] in places:
            message = f"字段 {match[1]} 在第 {places[match[1]]} 行写过了，应只留一处"
            yield Problem(number, 1, "header", message)
        elif match:
            places[match[1]] = number


def check_marks(page: Page) -> Iterator[Problem]:
    """A mark is written {.topic-id}, {.dated} or {.superseded}, and a text comes after it."""
    if page.folder not in CONTENT:
        return
    lines = page.text.split("\n")
    below = following_lines(lines)
    fence = ""
    for number, line in page.body:
        bar = FENCE.fullmatch(line)
        if bar and bar["fence"][0] != ":" and (not fence or bar["fence"].startswith(fence)):
            fence = "" if fence else bar["fence"]
        if fence:
            continue
        for match in MARK.finditer(CODE.sub(lambda code: " " * len(code[0]), line)):
            mark = match.group().strip()
            ours = page.folder == "reports" or re.search("(?i)topic|主题", mark)
            if ours and not GOOD_MARK.fullmatch(mark.translate(HALF)):
                message = f"标记“{mark}”应写作 {{.topic-编号}}、{{.dated}} 或 {{.superseded}}"
                yield Problem(number, match.start() + 1, "mark", message)
        if "[]{." in line:
            yield Problem(number, line.index("[]{.") + 1, "mark", "标记的方括号里没有文字，应删去")
        if GOOD_MARK.fullmatch(line.strip()) and not below[number - 1]:
            yield Problem(number, 1, "mark", "标记后面没有文字，应删去")


# In braces: behind a bracket, on a line of its own, or naming a topic
MARK = re.compile(
    r"(?<=\])[{｛][^{}｛｝\n]*[}｝]|^\s*[{｛][^{}｛｝\n]*[}｝]\s*$"
    r"|[{｛][^{}｛｝\n]*(?i:topic|主题)[^{}｛｝\n]*[}｝]"
)
HALF = str.maketrans("｛｝", "{}")  # in full-width braces it stays text, which the build names
GOOD_MARK = re.compile(
    r"\{\s*(?:(?:\.topic-[^\s.{}]+|\.dated|\.superseded|\.no-search|[#%][^{}]*)\s*)+\}"
)


def check_blocks(page: Page) -> Iterator[Problem]:
    """What stands in a report or topic is seen, and as it is written: no code, HTML or link
    definition, no list that numbers anew; a report's paragraphs are parted by blank lines."""
    if page.folder not in CONTENT:
        return
    lines = page.text.split("\n")
    body = header_length(page.text)
    text = "\n".join([""] * body + lines[body:])
    titled = False
    for token, first in read_blocks(text):
        line = first + (token.map[0] if token.map else 0) + 1
        titled = titled or token.tag == "h1"
        if token.type in BLOCKS and (page.folder == "reports" or token.type in HIDDEN):
            named = token.type == "myst_target" and token.content.isascii()
            if named or (token.type == "fence" and token.info.startswith("{")):
                continue
            yield Problem(line, 1, *BLOCKS[token.type])
        elif token.type == "inline":
            yield from check_inline(page, token, line)
    for label, definition in link_definitions(text).items():
        message = f"以“[{label}]: ”开头的一行是链接的定义，读者看不到；应改写"
        yield Problem(definition + 1, 1, "definition", message)
    if not titled:
        yield Problem(body + 1, 1, "title", "页面没有标题，应在页首之后写“# 标题”")


# Blocks that a report has none of, each with its rule and what to do; the first are hidden ones
HIDDEN = {
    "code_block": ("code", "行首空四格或有制表符，这一段成了代码；应删去行首的空白"),
    "html_block": ("html", "HTML 标签和注释不显示，应删去或改写"),
    "myst_block_break": ("comment", "以 +++ 开头的行读者看不到，应删去或改写"),
    "myst_target": ("comment", "(…)= 这一行读者看不到，应删去或改写"),
}
BLOCKS = HIDDEN | {
    "ordered_list_open": (
        "list", "行首的数字加点成了列表，会重新编号；是原文的序号，点前应加反斜杠：1\\.",
    ),
    "dl_open": ("list", "行首的冒号使上一行成了词条；应删去冒号或和上一行连写"),
    "fence": ("code", "范文里没有代码，反引号或波浪号围起来的一段应改写"),
}  # fmt: skip


def check_inline(page: Page, token: Token, line: int) -> Iterator[Problem]:
    """Within a paragraph."""
    rows = token.content.split("\n")
    for child in token.children or ():
        if child.type == "html_inline":
            place = next((n for n, row in enumerate(rows) if child.content in row), 0)
            column = max(rows[place].find(child.content), 0) + 1
            message = f"HTML 标签“{child.content}”不显示，应删去或改写"
            yield Problem(line + place, column, "html", message)
    if page.folder != "reports":
        return
    if len(rows) > 1 and all(row.strip().startswith("|") for row in rows):
        yield Problem(line + 1, 1, "table", "表格的第二行应是 | --- | --- |，各列都写")
    elif len(rows) > 1:
        message = "和上一行之间没有空行，会连成一段；另起一段应空一行，本是一段应连写"
        yield Problem(line + 1, 1, "paragraph", message)
    for place, row in enumerate(rows):
        bare = SIC.sub(lambda match: " " * len(match[0]), row)
        for match in re.finditer(r"(?<=\w)\*+(?=\w)(?=.*\*)", bare):
            if re.match("[0-9A-Za-z]", bare[match.end()]):
                message = "星号成对就不显示，成了强调；是原文的，应写作 \\*"
                yield Problem(line + place, match.start() + 1, "emphasis", message)
        if re.match("\\s*[#＃]*＃", row):
            yield Problem(line + place, 1, "title", "标题用半角 #，后面空一格")
        for match in re.finditer(r"(?<!\\)`+", bare):
            before = bare[: match.start()]
            if "`" not in before and not re.search(r"\{[A-Za-z_:+-]+\}$", before):
                message = "反引号成对就不显示，成了代码；校订应写作 {sic}`原文=>校订`"
                yield Problem(line + place, match.start() + 1, "code", message)


PAGE_RULES = (
    check_encoding,
    check_header,
    check_emendations,
    check_marks,
    check_vanishing,
    check_blocks,
    check_text,
)
