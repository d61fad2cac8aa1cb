"""Check what contributors write, in a few seconds and before any build.

One line a problem, ``file:line:column rule message``, and in GitHub Actions an annotation on
the pull request's line. Exit code 1 where there is a problem. ``--fix`` repairs what is safe,
and never a word of a report.

The header is read by the schema that the extension itself uses, marks by the parser that Sphinx
uses. rumdl does what is general about Markdown; `typography` what is Chinese. Each validator
yields problems; its docstring states its rule.
"""

from __future__ import annotations

import argparse
import json
import os
import posixpath
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

# pages has the extensions found, which what follows it imports
from pages import BOM, CONTENT, ROOT, Page, Site, find_pages, read_site, reading

# isort: split
from docutils import nodes
from emendation.parse import split
from new import SAMPLES
from section_compare.matching import (
    count_characters,
    marks_in_source,
    nearest,
    title_matches,
    topics_of,
)
from typography import FENCE, SIC, Problem, check_typography, header_length

FILE_NAME = re.compile(r"[a-z0-9-]+\.(md|png|jpg|svg|webp)")
# What wrong decoding leaves: replacement characters, their GBK reading, private use, Latin-1
SCRAMBLED = re.compile(
    r"[\ufffd\ue000-\uf8ff\x80-\x9f]+|锟斤拷|烫烫烫|屯屯屯|(?:[Ã-ï][\x80-¿]){2,}"
)
# A line of a toctree but its options: a target, or a title and a target
TOCTREE_ENTRY = re.compile(r"(?!:)(?:[^<>]+<(?P<named>[^<>]+)>|(?P<bare>[^<>]+))")

# The rules of rumdl that hold here, each with what to do instead.
MARKDOWN_RULES = {
    "MD001": "标题级别跳了一级，应逐级加一个 #",
    "MD003": "标题应写成行首的 #",
    "MD005": "同级列表的缩进应一致",
    "MD009": "行末有空格，应删去",
    "MD010": "有制表符，应改成空格",
    "MD011": "链接的括号写反了，应写作 [文字](网址)",
    "MD012": "空行多于一行，应只留一行",
    "MD018": "# 后面应空一格",
    "MD019": "# 后面只空一格",
    "MD022": "标题前后应各空一行",
    "MD023": "标题应从行首写起",
    "MD025": "一页只有一个一级标题",
    "MD031": "代码块或指令前后应空一行",
    "MD032": "列表前后应空一行",
    "MD037": "强调符号里侧不空格",
    "MD042": "链接没有写网址",
    "MD045": "图片应有说明文字，写在 ![] 的方括号里",
    "MD047": "文件末尾应有且只有一个换行",
    "MD051": "链接指向的标题不存在",
    "MD056": "表格各行的列数应一致",
    "MD057": "链接指向的文件不存在",
    "MD084": "有看不见的字符，应删去",
    "MD092": "有没有处理完的合并冲突",
}
# Those that rumdl may mend: spacing only, never a level or a link.
SPACING_RULES = (
    "MD009", "MD010", "MD012", "MD018", "MD019", "MD022", "MD023", "MD031", "MD032", "MD047",
)  # fmt: skip
# Validators of a file's bytes


def check_encoding(page: Page) -> Iterator[Problem]:
    """A file is UTF-8 without a byte-order mark, its lines end in LF, its text is unscrambled."""
    if page.raw.startswith(BOM):
        yield Problem(1, 1, "bom", "文件以字节序标记（BOM）开头，应另存为不带 BOM 的 UTF-8")
    for number, line in enumerate(page.raw.split(b"\n"), 1):
        if line.endswith(b"\r"):
            column = len(line.removeprefix(BOM if number == 1 else b"").decode())
            yield Problem(number, column, "crlf", "换行是 CRLF，应改为 LF")
            break  # one is enough: all lines of such a file end so
    for number, text in enumerate(page.lines, 1):
        for match in SCRAMBLED.finditer(text):
            message = f"乱码“{match.group()}”，应照原文改正"
            yield Problem(number, match.start() + 1, "scrambled", message)


# Validators of a page


def check_header(page: Page) -> Iterator[Problem]:
    """The front matter holds by the extension's schema; a report or topic declares its id."""
    report, topic, problems = page.header
    yield from problems
    for folder, key, declared in (("reports", "report", report), ("topics", "topic", topic)):
        if page.folder == folder and declared is None and not problems:
            message = f"{folder}/ 里的页面，页首应有 {key}: 和它的编号"
            yield Problem(1, 1, "front-matter", message)


def check_lost_marks(page: Page) -> Iterator[Problem]:
    """No mark is dropped by MyST or left as text."""
    for line, topic, dropped in marks_in_source(page.text):
        if dropped:
            message = (
                f"指令或公式前的标记会丢失，应改用指令的 :class: topic-{topic}，"
                f"或用 :::{{container}} topic-{topic} 和 ::: 两行包起来"
            )
            yield Problem(line, page.column(line, "{"), "lost-mark", message)
    for line, mark in marks_as_text(page):
        message = (
            f"标记 {mark} 没有生效，应写作 [文字]{{.topic-编号}}，方括号成对、中间不空格，"
            "或在段落前单独成行"
        )
        yield Problem(line, page.column(line, mark), "lost-mark", message)


def check_emendations(page: Page) -> Iterator[Problem]:
    """An emendation is {sic}`source=>correction`, its sides differ, and one may be empty; a page
    with any ends with their list."""
    if page.folder != "reports":
        return
    if SIC.search(page.text) and "{emendation-list}" not in page.text:
        last = len(page.text.rstrip().split("\n"))
        message = "有校订的报告，末尾应有 :::{emendation-list} 和 ::: 两行"
        yield Problem(last, 1, "emendation", message)
    for number, line in enumerate(page.lines, 1):
        outside = SIC.sub(lambda match: " " * len(match.group()), line)
        for match in SIC.finditer(line):
            sides = split(match[1])
            if sides is None or sides[0] == sides[1]:
                message = f"校订“{match[1]}”应写作 {{sic}}`原文=>校订`，两边不同"
                yield Problem(number, match.start() + 1, "emendation", message)
        for match in re.finditer(r"(?<!`)\{sic\}|[{｛]\s*sic\s*[}｝](?=[`‘'])", outside):
            message = "校订应写作 {sic}`原文=>校订`，用反引号，中间不空格"
            yield Problem(number, match.start() + 1, "emendation", message)


def check_blanks(page: Page) -> Iterator[Problem]:
    """A blank's underscores are escaped: bare ones make the text between two blanks bold."""
    if page.folder != "reports":
        return
    start = header_length(page.text)
    for number, line in enumerate(page.lines[start:], start + 1):
        outside = SIC.sub(lambda match: " " * len(match.group()), line)
        for match in re.finditer(r"(?<!\\)_{2,}", outside):
            escaped = "\\_" * len(match.group())
            message = f"空白“{match.group()}”应写作“{escaped}”"
            yield Problem(number, match.start() + 1, "blank", message)


def check_placeholders(page: Page) -> Iterator[Problem]:
    """No sample sentence of a new page is left in it."""
    if page.folder not in CONTENT:
        return
    for number, line in enumerate(page.lines, 1):
        for sample in SAMPLES:
            if sample in line:
                message = f"新建时的样句“{sample}”还在，写好正文后应删去"
                yield Problem(number, page.column(number, sample), "placeholder", message)


def check_text(page: Page) -> Iterator[Problem]:
    """Chinese punctuation; the source's own damage is exempt where {sic} marks it. READMEs are
    English, with other punctuation."""
    if page.path.name != "README.md":
        yield from check_typography(page.text)


PAGE_RULES = (
    check_header,
    check_lost_marks,
    check_emendations,
    check_blanks,
    check_placeholders,
    check_text,
)


def marks_as_text(page: Page) -> Iterator[tuple[int, str]]:
    """The lines of what is meant as a mark of a report but read as text, brace closed or not."""
    if page.header[0] is None:
        return
    for text in seen_texts(page.doctree):
        for mark in re.findall(r"[{｛][^{}｛｝\n]*topic-[a-z0-9-]*(?:[^{}｛｝]*[}｝])?", text):
            yield line_holding(page, text, mark), mark


def seen_texts(doctree: nodes.document) -> Iterator[nodes.Text]:
    """The texts that a reader sees: no code, nothing that the parser made of an error."""
    apart = nodes.literal | nodes.FixedTextElement | nodes.system_message | nodes.problematic
    for text in doctree.findall(nodes.Text):
        if text.strip() and not any(isinstance(one, apart) for one in ancestors(text)):
            yield text


def ancestors(node: nodes.Node) -> Iterator[nodes.Element]:
    parent = node.parent
    while parent is not None:
        yield cast("nodes.Element", parent)
        parent = parent.parent


def line_holding(page: Page, text: nodes.Text, part: str) -> int:
    """The line (from 1) of a part of a text: the first from its paragraph on that holds it."""
    start = next((one.line for one in ancestors(text) if one.line), 1)
    for number, line in enumerate(page.lines[start - 1 :], start):
        if part in line:
            return number
    return start


# Validators of the whole site


def check_names(site: Site) -> Iterator[tuple[str, Problem]]:
    """Files of reports/ and topics/ are named in small letters, digits and hyphens."""
    for folder in CONTENT:
        for path in sorted((site.root / folder).rglob("*")):
            if path.is_file() and not FILE_NAME.fullmatch(path.name):
                message = (
                    "文件名只用小写字母、数字和连字符，扩展名 .md（图片 .png .jpg .svg .webp）"
                )
                name = path.relative_to(site.root).as_posix()
                yield name, Problem(1, 1, "file-name", message)


def check_ids(site: Site) -> Iterator[tuple[str, Problem]]:
    """No two pages declare one id."""
    for page in site.pages:
        report, topic, _problems = page.header
        for declared, first in ((report, site.reports), (topic, site.topics)):
            # one outside the folders of the site's own has no say, but may not take their ids
            if declared and first.get(declared.id, page) is not page:
                message = f"编号 {declared.id} 已由 {first[declared.id].name} 使用，应换一个"
                column = page.column(declared.line, declared.id)
                yield page.name, Problem(declared.line, column, "duplicate-id", message)


def check_toctree(site: Site) -> Iterator[tuple[str, Problem]]:
    """Every report and topic stands in the toctree of index.md, whose order is the site's; what
    stands in a toctree is a file."""
    names = {one.relative_to(site.root).as_posix()[:-3] for one in find_pages(site.root)}
    for page in site.pages:
        folder = posixpath.dirname(page.name)
        for line, target in toctree_targets(page):
            # from the root where it begins with a slash, else from the page's folder
            path = posixpath.normpath(posixpath.join(f"/{folder}", target)).strip("/")
            if path.removesuffix(".md") not in names:
                guess = nearest(path, names)
                allowed = f"，是否应写作 {'/' if folder else ''}{guess}"
                message = f"没有目录里写的 {target}{allowed if guess else '，应改正或删去'}"
                yield page.name, Problem(line, page.column(line, target), "toctree", message)
    if site.index is None:
        return
    for page in site.pages:
        name = page.name.removesuffix(".md")
        ours = page.folder in CONTENT and any(page.header[:2])
        if ours and not re.search(rf"(?m)^(.*<)?{re.escape(name)}>?$", site.index.text):
            yield page.name, Problem(1, 1, "toctree", f"index.md 的目录里应加一行 {name}")


def toctree_targets(page: Page) -> Iterator[tuple[int, str]]:
    """The lines (from 1) and targets of a page's toctrees but addresses, globs and ``self``."""
    fence, toctree, options = "", False, False
    for number, line in enumerate(page.lines, 1):
        match = FENCE.fullmatch(line)
        if fence:
            if match and match["fence"].startswith(fence) and not match["info"].strip():
                fence, options = "", False
            elif toctree and line.strip() == "---":
                options = not options
            elif toctree and not options and (entry := TOCTREE_ENTRY.fullmatch(line.strip())):
                target = entry["named"] or entry["bare"]
                if target != "self" and not re.search(r"[*?\[]|://", target):
                    yield number, target
        elif match:
            toctree = match["info"].startswith("{toctree}")
            # a fence of colons may hold a toctree, one of backticks is code
            if toctree or match["fence"][0] != ":":
                fence = match["fence"]


def check_marks(site: Site) -> Iterator[tuple[str, Problem]]:
    """A mark names a topic that a topic page declares, even where it is lost."""
    for page in site.declaring:
        marks = {(line, topic) for line, topic, _dropped in marks_in_source(page.text)}
        for line, text in marks_as_text(page):
            marks |= {(line, topic) for topic in re.findall(r"topic-([a-z0-9-]+)", text)}
        for line, topic in sorted(marks):
            if topic not in site.topics:
                guess = nearest(topic, site.topics)
                tail = f"，是否应写作 {guess}" if guess else f"；可用：{'、'.join(site.topics)}"
                message = f"没有编号为 {topic} 的主题{tail}"
                column = page.column(line, f".topic-{topic}")
                yield page.name, Problem(line, column, "unknown-topic", message)


def check_coverage(site: Site) -> Iterator[tuple[str, Problem]]:
    """Every text of a report but its titles is under some topic, by mark or heading rule; every
    topic has a text."""
    headings = site.headings()
    said: set[str] = set()
    for page in site.declaring:
        marked = {topic for _line, topic, _dropped in marks_in_source(page.text)}
        rules = {topic: patterns for topic, patterns in headings.items() if topic not in marked}
        said |= marked
        loose: dict[int, list[nodes.Text]] = {}  # by the paragraph that they stand in
        total = 0
        for text in seen_texts(page.doctree):
            around = list(ancestors(text))
            if any(isinstance(one, nodes.title | nodes.docinfo) for one in around):
                continue
            total += count_characters(text)
            taken = {topic for one in around for topic in topics_of(one.get("classes", ()))}
            for one in around:
                # the outermost section is the document, whose title no rule takes
                if isinstance(one, nodes.section) and isinstance(one.parent, nodes.section):
                    title = one[0].astext()
                    taken |= {t for t, patterns in rules.items() if title_matches(title, patterns)}
            said |= taken
            if not taken & site.topics.keys():
                block = next(one for one in around if not isinstance(one, nodes.Inline))
                loose.setdefault(id(block), []).append(text)
        untaken = {key: count_characters("".join(texts)) for key, texts in loose.items()}
        share = sum(untaken.values()) / max(total, 1)
        for key, texts in loose.items():
            start = texts[0].strip()[:6]
            line = line_holding(page, texts[0], start)
            message = (
                f"从“{start}”起 {untaken[key]} 字不属于任何主题，应加标记"
                f"（全篇未归入的占 {share:.1%}）"
            )
            yield page.name, Problem(line, page.column(line, start), "no-topic", message)
    for id_, page in site.topics.items():
        if id_ not in said:
            topic = page.header[1]
            assert topic is not None
            message = f"没有一篇报告写到这个主题，应在报告里标 {{.topic-{id_}}} 或写 headings"
            yield page.name, Problem(topic.line, 1, "empty-topic", message)


SITE_RULES = (check_names, check_ids, check_toctree, check_marks, check_coverage)


# Running


def run_rumdl(root: Path, names: list[str], *, fix: bool = False) -> Iterator[tuple[str, Problem]]:
    """What rumdl finds in some files; with *fix* it first repairs what it can."""
    program = shutil.which("rumdl", path=str(Path(sys.executable).parent))
    if program is None:
        raise FileNotFoundError("缺 rumdl：先运行 pip install -r requirements-dev.txt")
    command = [
        *(program, "check", "--isolated", "--no-cache", "--flavor", "myst"),
        *("--enable", ",".join(MARKDOWN_RULES), "--output-format", "json"),
        *(["--fix", "--fixable", ",".join(SPACING_RULES)] if fix else []),
        *names,
    ]
    if not names:
        return
    result = subprocess.run(command, cwd=root, capture_output=True, check=False, encoding="utf-8")
    if result.returncode > 1 or "warning]" in result.stderr:
        raise RuntimeError(result.stderr)
    for found in json.loads(result.stdout or "[]"):
        message = MARKDOWN_RULES[found["rule"]]
        name = found["file"].replace("\\", "/")
        yield name, Problem(found["line"], found["column"], found["rule"], message)


def check(root: Path) -> list[tuple[str, Problem]]:
    """All problems of a root, in the order of files and places."""
    site, problems = read_site(root)
    with reading():
        for page in site.pages:
            for rule in (check_encoding, *PAGE_RULES):
                problems += ((page.name, problem) for problem in rule(page))
        for site_rule in SITE_RULES:
            problems += site_rule(site)
    problems += run_rumdl(root, [page.name for page in site.pages])
    return sorted(problems)


def fix(root: Path) -> None:
    """Repair what is safe: encoding marks everywhere, punctuation and layout outside reports."""
    site, _problems = read_site(root)
    for page in site.pages:
        lines = page.text.split("\n")
        if page.folder != "reports":
            # from the end, so that the places before stay
            for problem in sorted(check_text(page), reverse=True):
                if problem.fix is not None:
                    line, start = lines[problem.line - 1], problem.column - 1
                    end = start + problem.length
                    lines[problem.line - 1] = line[:start] + problem.fix + line[end:]
        fixed = "\n".join(lines).encode()
        if fixed != page.raw:
            page.path.write_bytes(fixed)
    names = [page.name for page in site.pages if page.folder != "reports"]
    for _problem in run_rumdl(root, names, fix=True):
        pass  # `check` tells what is left


def annotation(name: str, problem: Problem) -> str:
    """A problem as GitHub Actions takes it (workflow command ``error``)."""

    def escape(text: str, more: str = "") -> str:
        for character in "%\r\n" + more:
            text = text.replace(character, f"%{ord(character):02X}")
        return text

    place = f"file={escape(name, ':,')},line={problem.line},col={problem.column}"
    return f"::error {place},title={problem.rule}::{escape(problem.message)}"


def print_all(problems: Iterable[tuple[str, Problem]]) -> None:
    for name, problem in problems:
        print(f"{name}:{problem.line}:{problem.column} {problem.rule} {problem.message}")
        if os.environ.get("GITHUB_ACTIONS") == "true":
            print(annotation(name, problem))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="检查报告、主题和说明文字，不构建网站")
    parser.add_argument("--fix", action="store_true", help="先改正可以放心改的（不动报告的文字）")
    parser.add_argument("--root", type=Path, default=ROOT, help="要检查的文件夹")
    options = parser.parse_args(arguments)
    if options.fix:
        fix(options.root)
    problems = check(options.root)
    print_all(problems)
    print(f"{len(problems)} 处问题" if problems else "没有问题", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
