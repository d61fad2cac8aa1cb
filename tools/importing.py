"""Make a report's Markdown of a text as it comes from Word, a web page or an editor.

Each reader gives the text's blocks as they came. `as_markdown` parts and escapes them: no character
is lost but white space and what no reader sees, and what reads otherwise stands in ``{sic}``.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from typing import NamedTuple
from xml.etree import ElementTree

from typography import HAN, INVISIBLE, check_typography

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LARGEST = 50_000_000  # of a document in a .docx, so that a packed bomb fills no memory
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# What Markdown would take for markup: anywhere, and at the beginning of a block
MARKUP = re.compile(r"[\\`*_\[\]<>{}]|&(?=#?\w+;)|~~+")
OPENING = re.compile(r"(?:\d+(?=[.)]\s)|)(?=[#＃>+\-:%=~|.)]|\(.*\)=$)")
LEVELS = (
    re.compile(r"第?[一二三四五六七八九十]+[、章部]"),
    re.compile(r"[（(〔【][一二三四五六七八九十]+[)）〕】]"),
)
LONGEST = 40  # of a heading; what is longer is a paragraph
ENDS = "。；：，！？.;:,!?…"  # what a heading does not end with
BRACKETS = re.compile(r"\{sic\}`\(=>（`([^`{}()\\]{1,6})\{sic\}`\)=>）`")


class Unreadable(Exception):
    """Why a file gives no text, and what to do."""


class Block(NamedTuple):
    """A paragraph, a list item, or a table's cells."""

    text: str
    item: bool = False
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass
class Imported:
    """A report's body in Markdown, the text that it came as, and what was changed how often."""

    title: str = ""
    body: list[str] = field(default_factory=list)
    source: list[str] = field(default_factory=list)
    changes: Counter[str] = field(default_factory=Counter)


def read(raw: bytes) -> list[Block]:
    """The blocks of a file, by what it holds rather than by its name."""
    if raw.startswith(b"PK"):
        return list(read_docx(raw))
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("是旧版 Word 文件（.doc），应另存为 .docx")
    if raw.startswith(b"%PDF"):
        raise Unreadable("是 PDF，应复制其中的文字，存成 .txt")
    text = decode(raw)
    if re.search(r"(?i)<(?:!doctype html|html|body|p|div|br|ul|ol|table|h\d)\b", text):
        return read_html(text)
    return list(read_text(text))


def decode(raw: bytes) -> str:
    """A text in UTF-8, UTF-16 with its mark, or GBK."""
    encodings = ["utf-16"] if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return re.sub("\r\n?", "\n", raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise Unreadable("既不是 UTF-8 也不是 GBK，应另存为 UTF-8 的 .txt")


def read_text(text: str) -> Iterator[Block]:
    """A paragraph a line; lines that an editor broke at one width are joined to the next."""
    lines = text.split("\n")
    widths = [len(line.rstrip()) for line in lines if line.strip()]
    width = max(widths, default=0)
    # a text is broken so where most lines but the ends of paragraphs are about as long
    long = [one for one in widths if one >= width - 2]
    broken = 20 <= width <= 100 and 2 * len(long) > len(widths) > 3
    kept = ""
    for line in [*lines, ""]:
        indented = line.startswith(("\u3000", "  ", "\t"))
        if kept and (not line.strip() or indented or not broken):
            yield Block(kept)
            kept = ""
        kept += line.strip() if kept else line
        if kept and (not broken or len(line.rstrip()) < width - 2):
            yield Block(kept)
            kept = ""


def read_docx(raw: bytes) -> Iterator[Block]:
    """The paragraphs, list items and tables of a Word document; deleted text is none."""
    try:
        with zipfile.ZipFile(BytesIO(raw)) as package:
            if package.getinfo("word/document.xml").file_size > LARGEST:
                raise Unreadable("这个 .docx 太大")
            content = package.read("word/document.xml")
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise Unreadable("这个 .docx 不是 Word 存的")
        body = ElementTree.fromstring(content).find(f"{W}body")
    except (KeyError, zipfile.BadZipFile, ElementTree.ParseError, NotImplementedError) as error:
        raise Unreadable("这个 .docx 打不开，应在 Word 或 WPS 里另存一次") from error
    yield from docx_blocks(body if body is not None else ElementTree.Element("none"))


def docx_blocks(parent: ElementTree.Element) -> Iterator[Block]:
    for child in parent:
        if child.tag == f"{W}tbl":
            rows = tuple(
                tuple(" ".join(map(docx_text, cell.iter(f"{W}p"))) for cell in row.iter(f"{W}tc"))
                for row in child.iter(f"{W}tr")
            )
            yield Block("", rows=rows)
        elif child.tag == f"{W}p":
            item = child.find(f"{W}pPr/{W}numPr") is not None
            for line in docx_text(child).split("\n"):
                yield Block(line, item)
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins"):
            yield from docx_blocks(child)


def docx_text(paragraph: ElementTree.Element) -> str:
    """What a paragraph of Word shows."""
    signs = {f"{W}tab": " ", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
    parts = (one.text if one.tag == f"{W}t" else signs.get(one.tag) for one in paragraph.iter())
    return "".join(part or "" for part in parts)


class PageReader(HTMLParser):
    """The text of a web page by its blocks."""

    HIDDEN = frozenset({"head", "script", "style", "template", "noscript"})
    INLINE = frozenset({
        "a", "abbr", "b", "bdi", "big", "cite", "code", "del", "em", "font", "i", "ins", "mark",
        "q", "s", "small", "span", "strong", "sub", "sup", "time", "u", "o:p", "img", "wbr",
    })  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[Block] = []
        self.text, self.item, self.hidden = "", False, 0
        self.rows: list[list[str]] | None = None

    def end_block(self) -> None:
        text = re.sub(r"[ \t\n\f\r]+", " ", self.text).strip(" ")
        if self.rows is not None and self.rows and self.rows[-1]:
            self.rows[-1][-1] += text
        elif text:
            self.blocks.append(Block(text, self.item))
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.hidden += tag in self.HIDDEN
        if tag not in self.INLINE:
            self.end_block()
        if tag == "li":
            self.item = True
        elif tag == "table":
            self.rows = []
        elif self.rows is not None and tag == "tr":
            self.rows.append([])
        elif self.rows and tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in self.HIDDEN and self.hidden > 0
        if tag not in self.INLINE:
            self.end_block()
        if tag in ("li", "ul", "ol"):
            self.item = False
        elif tag == "table" and self.rows is not None:
            self.blocks.append(Block("", rows=tuple(map(tuple, self.rows))))
            self.rows = None

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.text += data


def read_html(text: str) -> list[Block]:
    reader = PageReader()
    reader.feed(text)
    reader.close()
    reader.end_block()
    if reader.rows:  # a table that is never closed
        reader.blocks.append(Block("", rows=tuple(map(tuple, reader.rows))))
    return reader.blocks


def as_markdown(blocks: list[Block]) -> Imported:
    """A report's body of a text's blocks.

    A short first block without a mark at its end is the title.
    """
    imported, level = Imported(), 1
    for block in blocks:
        if block.rows:
            add_table(imported, block.rows)
            continue
        text = clean(block.text, imported)
        if not text:
            continue
        heading = next((n for n, number in enumerate(LEVELS, 2) if number.match(text)), 0)
        short = len(text) <= LONGEST and text[-1] not in ENDS
        if not imported.source and not imported.title and short and not heading and not block.item:
            imported.title = text
            continue
        imported.source.append(text)
        line = as_line(text, imported)
        if heading and short and not block.item:
            level = min(heading, level + 1)
            imported.changes["个标题"] += 1
            imported.body.append(f"{'#' * level} {line}")
        elif block.item and imported.body and imported.body[-1].startswith("- "):
            imported.body[-1] += f"\n- {line}"
        else:
            imported.changes["段"] += 1
            imported.body.append(f"- {line}" if block.item else line)
    return imported


def clean(text: str, imported: Imported) -> str:
    """A block's text without what no reader sees, its white space one blank, in Han text none."""
    for pattern, told in ((CONTROL, "处控制字符删去"), (INVISIBLE, "处看不见的字符删去")):
        text, count = pattern.subn("", text)
        imported.changes[told] += count
    bare = re.sub(r"\s+", " ", text.strip())
    bare = re.sub(rf"(?<=[{HAN}，。、；：！？]) (?=[{HAN}])", "", bare)
    imported.changes["段去掉了空格或缩进"] += bare != text
    return bare


def escape(text: str) -> str:
    """A text as Markdown that shows it literally."""
    escaped = MARKUP.sub(lambda match: "".join(f"\\{one}" for one in match.group()), text)
    if opening := OPENING.match(escaped):
        escaped = f"{escaped[: opening.end()]}\\{escaped[opening.end() :]}"
    return escaped


def as_line(text: str, imported: Imported) -> str:
    """A text as a line of Markdown; what `make check` would name in it stands in emendations."""
    line = escape(text)
    imported.changes["段里加了反斜杠，免得成了标记"] += line != text
    problems = [one for one in check_typography(line) if one.fix is not None]
    for problem in sorted(problems, reverse=True):
        start = problem.column - 1
        end = start + problem.length
        line = f"{line[:start]}{{sic}}`{line[start:end]}=>{problem.fix}`{line[end:]}"
        imported.changes["处标点和全角字母写成了校订"] += 1
    return BRACKETS.sub(r"{sic}`(\1)=>（\1）`", line)


def add_table(imported: Imported, rows: tuple[tuple[str, ...], ...]) -> None:
    """A table; what has one column or row is paragraphs."""
    width = max(map(len, rows), default=0)
    cells = [[clean(cell, imported) for cell in row] for row in rows]
    imported.source += [cell for row in cells for cell in row if cell]
    shown = [[as_line(cell, imported).replace("|", "\\|") for cell in row] for row in cells]
    if width < 2 or len(rows) < 2:
        imported.body += [cell for row in shown for cell in row if cell]
        return
    imported.changes["个表格"] += 1
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in shown]
    lines.insert(1, f"|{' --- |' * width}")
    imported.body.append("\n".join(lines))
