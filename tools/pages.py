"""The rules for a page's source: what neither a doctree nor rumdl can show.

Each validator's docstring states its rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from importing import ENDS, LEVELS, LONGEST
from new import CONTENT, SAMPLES
from reading import (
    ENTITY,
    FENCES,
    SIC,
    header_length,
    link_definitions,
    read_blocks,
    read_lines,
)
from section_compare.matching import CODE, following_lines, nearest
from section_compare.read.header import FOREIGN_FIELDS, REPORT_FIELDS, TOPIC_FIELDS
from typography import INVISIBLE, Problem, check_typography, spans

if TYPE_CHECKING:
    from pathlib import Path

    from markdown_it.token import Token

Found = tuple[str, Problem]

FENCE = re.compile(r"\s*(?P<fence>`{3,}|~{3,}|:{3,})(?P<info>.*)")
ENGLISH = ("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "SECURITY.md")
BOM = b"\xef\xbb\xbf"
# What wrong decoding leaves: replacement characters, their GBK reading, private use, Latin-1; and
# the fields of Word
SCRAMBLED = re.compile(
    r"[\ufffc\ufffd\ue000-\uf8ff\x80-\x9f]+|锟斤拷|烫烫烫|屯屯屯|(?:[Ã-ï][\x80-¿]){2,}"
    r'|HYPERLINK "|MERGEFORMAT|_Toc\d{6,}'
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
    if raw.startswith(b"PK"):
        return "是 Word 文件，应移出去，运行 make new-report FROM=它的名字.docx"
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "是 UTF-16，应用编辑器另存为 UTF-8"
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return "应另存为 UTF-8"
    return "多半是 GBK，应用编辑器另存为 UTF-8，或运行 iconv -f GB18030 -t UTF-8 原文件 > 新文件"


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
            if re.search(r"\{sic\}|\]\{|=>.*=>", match[1]):
                message = "一处校订只写一个 =>，里面不能有标记和别的校订；应分开写"
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
    if page.folder not in (*CONTENT, "guide") and page.name != "index.md":
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
        elif line.startswith("%") and not code and page.folder in CONTENT:
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
    end = header_length(page.text)
    if end < 2:
        if any(re.match(r"\s*(?:report|topic)\s*[:：]", line) for line in lines[:20]):
            message = (
                "页首没有认出来：文件的第一行和各字段之后的一行都应是 ---，从行首写起，前面不空行"
            )
            yield Problem(1, 1, "header", message)
        return
    places: dict[str, int] = {}
    for number, line in enumerate(lines[1:end], 2):
        if line.startswith("---") and line.rstrip() != "---":
            yield Problem(number, 1, "header", "页首的最后一行应是三个减号 ---")
        if "\t" in line:
            yield Problem(number, line.index("\t") + 1, "header", "有制表符，应改成空格")
        match = re.match(r"([^\W\d][\w-]*)(\s*：|:(?=[^\s:])|:)\s*(.*)", line)
        if not match:
            continue
        name, colon, value = match.groups()
        if colon != ":" or line[match.end(2) :][:1].strip():
            message = f"应写作“{name}: 值”，冒号是半角的，后面空一格"
            yield Problem(number, match.end(2), "header", message)
        if name in places:
            message = f"字段 {name} 在第 {places[name]} 行写过了，应只留一处"
            yield Problem(number, 1, "header", message)
        places.setdefault(name, number)
        if name not in KNOWN and not nearest(name, KNOWN):  # else the build guesses
            message = f"没有字段 {name}；有的是 {'、'.join(FIELDS_OF[page.folder])}"
            yield Problem(number, 1, "header", message)
        if re.search(r"\s#", value) and value[:1] not in "\"'|>":
            message = "# 后面的成了注释，读者看不到；应删去，或把整个值用半角引号括起来"
            yield Problem(number, match.start(3) + value.index("#") + 1, "header", message)
        if re.fullmatch("“[^”]*”|‘[^’]*’", value):
            yield Problem(number, match.start(3) + 1, "header", "值外面的引号会照样印出，应删去")


FIELDS_OF = {"reports": REPORT_FIELDS, "topics": TOPIC_FIELDS}
KNOWN = {*REPORT_FIELDS, *TOPIC_FIELDS, *FOREIGN_FIELDS}


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
    r"\{\s*(?:(?:\.topic-[^\s.{}]+|\.dated|\.superseded|\.no-search|[#%](?!topic)[^{}]*)\s*)+\}"
)


def check_blocks(page: Page) -> Iterator[Problem]:
    """What stands in a report or topic is seen, and as it is written: no markup that was not meant
    as such, no list that numbers anew; a report's paragraphs are parted by blank lines, its titles
    are written as such, and the list of its emendations ends it."""
    if page.folder not in CONTENT:
        return
    lines = page.text.split("\n")
    body = header_length(page.text)
    text = "\n".join([""] * body + lines[body:])
    report = page.folder == "reports"
    titled = any(re.match("[#＃]", line) for line in lines[body:])  # written badly, it is named
    ended = 0  # the line after the list of emendations
    terms: set[str] = set()  # the reports that notes in a comparison speak of
    section = 0, 0  # the line and level of a title below which there is nothing yet
    inside = ""
    for token, first in read_blocks(text):
        line = first + (token.map[0] if token.map else 0) + 1
        titled = titled or token.tag == "h1"
        if ended and token.map and line > ended:
            yield Problem(line, 1, "emendation", "校订表应在全篇末尾，正文写在它的前面")
            ended = 0
        if name := directive(token):
            ended = first + (token.map or [0, 0])[1] if name == "emendation-list" else ended
            if report and name not in DIRECTIVES:
                message = f"范文里不用指令 {name}，应删去；能用的有 {'、'.join(DIRECTIVES)}"
                yield Problem(line, 1, "directive", message)
        elif token.type in BLOCKS and (report or token.type in HIDDEN):
            if token.type != "myst_target" or not token.content.isascii():
                yield Problem(line, 1, *BLOCKS[token.type])
        elif token.type == "inline":
            yield from check_inline(page, token, line)
            if report and inside == "paragraph_open" and not token.level > 1:
                yield from check_title(token, line)
            if not report and inside == "dt_open":
                if token.content in terms:
                    yield Problem(line, 1, "same", f"{token.content} 的说明写了两次，应只留一处")
                terms.add(token.content)
        if token.type == "heading_open":
            level = int(token.tag[1])
            if report and section[1] >= level > 1:
                yield Problem(section[0], 1, "empty", "这个标题下面没有正文")
            section = line, level
        elif token.map and inside != "heading_open" and token.type not in FENCES:
            section = 0, 0
        inside = token.type
    if report and section[1] > 1:
        yield Problem(section[0], 1, "empty", "这个标题下面没有正文")
    for label, definition in link_definitions(text).items():
        message = f"以“[{label}]: ”开头的一行是链接的定义，读者看不到；应改写"
        yield Problem(definition + 1, 1, "definition", message)
    if not titled:
        yield Problem(body + 1, 1, "title", "页面没有标题，应在页首之后写“# 标题”")


def directive(token: Token) -> str:
    """The name of a directive, or an empty string."""
    match = re.match(r"\{([\w:-]+)\}", token.info.strip()) if token.type in FENCES else None
    return match[1] if match else ""


# What a report may hold beside its text
DIRECTIVES = ("emendation-list", "container", "figure", "image", "list-table", "table")
# Blocks that a report has none of, each with its rule and what to do; the first are hidden ones
HIDDEN = {
    "code_block": ("code", "行首空四格或有制表符，这一段成了代码；应删去行首的空白"),
    "html_block": ("html", "HTML 标签和注释不显示，应删去或改写"),
    "myst_block_break": ("comment", "以 +++ 开头的行读者看不到，应删去或改写"),
    "myst_target": ("comment", "(…)= 这一行读者看不到，应删去或改写"),
}
FENCED = ("code", "范文里没有代码，反引号、波浪号或冒号围起来的一段应改写")
BLOCKS = HIDDEN | {
    "ordered_list_open": (
        "list", "行首的数字加点成了列表，会重新编号；是原文的序号，点前应加反斜杠：1\\.",
    ),
    "dl_open": ("list", "行首的冒号使上一行成了词条；应删去冒号或和上一行连写"),
    "fence": FENCED,
    "colon_fence": FENCED,
    "hr": ("markup", "单独一行的 --- 或 *** 成了横线，应删去；段和段之间空一行就够了"),
    "blockquote_open": ("markup", "行首的 > 不显示，成了引文；应删去，是原文的写作 \\>"),
}  # fmt: skip
# The same within a paragraph, each with the signs that are not shown
INLINE = {
    "em_open": ("emphasis", "*_", "星号或下划线成对就不显示，成了强调；是原文的，应写作 \\*"),
    "code_inline": ("code", "`", "反引号成对就不显示，成了代码；校订应写作 {sic}`原文=>校订`"),
    "hardbreak": ("markup", "\\", "行末的反斜杠成了换行，应删去"),
}
# What a reader sees of markup that is none as it is written
LEFT_OVER = (
    (r"[][]", "方括号会照样印出：应写作 [文字](网址)、[文字]{.topic-编号} 或 ![说明](图.png)；"
     "是原文的，写作 \\[ 和 \\]"),
    (r"[{}｛｝]", "花括号会照样印出：标记应写作 {.topic-编号}，独占一行或紧跟在 ] 后面；"
     "是原文的，写作 \\{ 和 \\}"),
    (r"</?[A-Za-z!][^<>]*>", "“{}”会照样印出，应删去"),
    (r"^[>＞]|^[#＃]+", "行首的“{}”会照样印出；标题应写作“## 标题”，是原文的，前面加反斜杠"),
    (r"^[:：]{2,}", "“{}”会照样印出；指令应写作 :::{名字}，三个冒号是半角的"),
    (r"\*{2,}|~~|`|\\", "“{}”会照样印出，应删去或成对；是原文的，前面加反斜杠"),
)  # fmt: skip


def check_inline(page: Page, token: Token, line: int) -> Iterator[Problem]:
    """Within a paragraph, a title or a table's cell."""
    report = page.folder == "reports"
    rows = [SIC.sub(lambda match: " " * len(match[0]), row) for row in token.content.split("\n")]
    for number, row in enumerate(rows, line):
        for match in ENTITY.finditer(row):
            if (meant := unescape(match[0])) != match[0]:
                write = f"直接写“{meant}”" if meant.strip() else "删去"
                message = f"“{match[0]}”是网页的写法，应{write}"
                yield Problem(number, match.start() + 1, "html", message)
    for child in token.children or ():
        if child.type == "html_inline":
            message = f"HTML 标签“{child.content}”不显示，应删去或改写"
            yield Problem(*place_of(rows, line, [child.content]), "html", message)
        elif child.type in INLINE and report:
            rule, signs, message = INLINE[child.type]
            yield Problem(*place_of(rows, line, signs), rule, message)
        elif child.type == "image" and report and "://" in str(child.attrs["src"]):
            message = "图片在别的网站上，应存在 reports/ 里，写文件名"
            yield Problem(*place_of(rows, line, ["!["]), "file-name", message)
    if report and len(rows) > 1 and all(row.strip().startswith(("|", "｜")) for row in rows):
        message = "表格的第二行应是 | --- | --- |，各列都写，竖线用半角"
        yield Problem(line + 1, 1, "table", message)
    elif report and len(rows) > 1:
        message = "和上一行之间没有空行，会连成一段；另起一段应空一行，本是一段应连写"
        yield Problem(line + 1, 1, "paragraph", message)


def place_of(rows: list[str], line: int, signs: Iterable[str]) -> tuple[int, int]:
    """The line and column of the first of some signs in a block's rows."""
    for number, row in enumerate(rows, line):
        if found := [row.index(sign) for sign in signs if sign in row]:
            return number, min(found) + 1
    return line, 1


def check_title(token: Token, line: int) -> Iterator[Problem]:
    """A short paragraph that begins as titles do, without a mark at its end, is one."""
    text = token.content.strip("*")
    level = next((n for n, number in enumerate(LEVELS, 2) if number.match(text)), 0)
    if level and len(text) <= LONGEST and text[-1] not in ENDS:
        yield Problem(line, 1, "title", f"像是标题，应写作“{'#' * level} {text}”")


def check_left_over(page: Page) -> Iterator[Problem]:
    """No markup is seen in a report as it is written, but where a backslash before it says so."""
    if page.folder != "reports":
        return
    lines = page.text.split("\n")
    body = header_length(page.text)
    for line in read_lines(page.text):
        source = lines[line.number - 1]
        if line.number <= body or MARK.search(source):
            continue
        for pattern, message in LEFT_OVER:
            for column, match in spans(line, pattern):
                if source[column - 2 : column - 1] != "\\" or column == 1:
                    yield Problem(
                        line.number, column, "markup", message.replace("{}”", f"{match[0]}”")
                    )
                    break


PAGE_RULES = (
    check_encoding,
    check_header,
    check_emendations,
    check_marks,
    check_vanishing,
    check_blocks,
    check_left_over,
    check_text,
)
