"""Check what contributors write: the bytes, the source, and what a build says of it.

One line a problem, ``file:line:column rule message``, and in GitHub Actions an annotation on the
pull request's line. Exit code 1 where there is a problem. ``--fix`` repairs what is safe, and never
a word of a report.

Pages are read once, by Sphinx's dummy builder, which writes nothing; its warnings are the problems,
their types the rules. rumdl does what is general about Markdown, `typography` what is Chinese. Here
is only what neither a doctree nor they can show. Each validator's docstring states its rule.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.parse import unquote

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "_ext"), str(Path(__file__).parent)]

from mending import is_own, mend_page, write  # noqa: E402
from new import CONTENT, SAMPLES, read_site  # noqa: E402
from reading import SIC, header_length  # noqa: E402
from sphinx import locale  # noqa: E402
from sphinx.application import Sphinx  # noqa: E402
from sphinx.environment import BuildEnvironment  # noqa: E402
from sphinx.errors import SphinxError  # noqa: E402
from sphinx.util.docutils import docutils_namespace, patch_docutils  # noqa: E402
from sphinx.util.logging import NAMESPACE, WarningLogRecordTranslator  # noqa: E402
from typography import HAN, Problem, check_typography  # noqa: E402

Found = tuple[str, Problem]

FENCE = re.compile(r"\s*(?P<fence>`{3,}|~{3,}|:{3,})(?P<info>.*)")
ENGLISH = ("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "SECURITY.md")
BOM = b"\xef\xbb\xbf"
FILE_NAME = re.compile(r"[a-z0-9-]+\.(md|png|jpg|svg|webp)")
# What wrong decoding leaves: replacement characters, their GBK reading, private use, Latin-1
SCRAMBLED = re.compile(
    r"[\ufffd\ue000-\uf8ff\x80-\x9f]+|锟斤拷|烫烫烫|屯屯屯|(?:[Ã-ï][\x80-¿]){2,}"
)
# Of no width, or turning the direction of the text; joiners are right in other scripts and emoji
INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
    f"|(?<=[{HAN}])[\u200c\u200d]|[\u200c\u200d](?=[{HAN}])"
)

# What to do about a warning whose words are not ours, by its type.
MENDS = {
    "docutils": "写法有误，应照提示改正",
    "duplicate_declaration": "同一个名字声明了两次，应改其中一个",
    "image.not_readable": "图片文件不存在，应改正文件名或补上图片",
    "misc.highlighting_failure": "代码和标明的语言不合，应改正其一",
    "myst.attribute": "花括号里的标记写得不对，应改正",
    "myst.directive_option": "指令没有这个选项，应改正或删去",
    "myst.directive_parse": "指令写得不对，应照提示改正",
    "myst.directive_unknown": "没有这个指令，应改正名字",
    "myst.duplicate_def": "同一个链接名定义了两次，应改其中一个",
    "myst.header": "标题级别跳了一级，应逐级加一个 #",
    "myst.role_unknown": "没有这个角色，应改正名字",
    "myst.topmatter": "页首的 YAML 有错，每行应写成“字段: 值”",
    "myst.xref_ambiguous": "链接的目标不止一处，应写明是哪一处",
    "myst.xref_missing": "链接的目标不存在，应改正",
    "ref.any": "引用的目标不存在，应改正",
    "ref.doc": "引用的页面不存在，应改正",
    "ref.footnote": "脚注没有对应的注文或没有人引用，应补上或删去",
    "ref.ref": "引用的标签不存在，应改正",
    "toc.circular": "目录绕回了自己，应去掉其中一处",
    "toc.duplicate_entry": "目录里同一页列了两次，应删去一次",
    "toc.excluded": "目录里列的页面不在网站里，应改正或删去",
    "toc.no_title": "页面没有标题，应在正文开头写“# 标题”",
    "toc.not_included": "没有列入目录，应在 index.md 的目录里加一行",
    "toc.not_readable": "目录里列的页面不存在，应改正或删去",
}  # fmt: skip

# The rules of rumdl that hold here, each with what to do instead.
MARKDOWN_RULES = {
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
    "MD056": "表格各行的列数应一致",
    "MD092": "有没有处理完的合并冲突",
}
# Those that rumdl may mend: spacing only, never a level or a link.
SPACING_RULES = (
    "MD009", "MD010", "MD012", "MD019", "MD022", "MD023", "MD031", "MD032", "MD047",
)  # fmt: skip


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
            problems.append((name, Problem(*place, "encoding", "不是 UTF-8 编码，应另存为 UTF-8")))
        else:
            pages.append(Page(name, raw, text))
    return pages, problems


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
    if SIC.search(page.text) and "{emendation-list}" not in page.text:
        last = page.text.rstrip().count("\n") + 1
        message = "有校订的范文，末尾应有 :::{emendation-list} 和 ::: 两行"
        yield Problem(last, 1, "emendation", message)
    for number, line in page.body:
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


PAGE_RULES = (check_encoding, check_emendations, check_vanishing, check_text)


# What a build says


class Warnings(logging.Handler):
    """Sphinx's warnings as problems: their types are the rules."""

    def __init__(self, app: Sphinx) -> None:
        super().__init__(logging.WARNING)
        self.root = Path(app.srcdir)
        self.found: list[Found] = []
        self.addFilter(WarningLogRecordTranslator(app))

    def emit(self, record: logging.LogRecord) -> None:
        name, line = self.place(str(getattr(record, "location", None) or ""))
        kind = ".".join(filter(None, (getattr(record, "type", ""), getattr(record, "subtype", ""))))
        message = logging.LogRecord.getMessage(record).split("\n")[0]
        # Sphinx adds the type, and hands a warning that it kept back on once more
        self.note(name, line, kind, unquote(message.replace(f" [{kind}]", "")))

    def note(self, name: str, line: int, kind: str, message: str) -> None:
        mend = MENDS.get(kind)
        told = f"{mend}（{message}）" if mend else message
        self.found.append((name, Problem(line, 1, kind or "build", told)))

    def place(self, location: str) -> tuple[str, int]:
        """The file's name below the root, and the line, of a warning's location."""
        path, _colon, line = location.rpartition(":")
        if line and not line.isdecimal():
            path, line = location, ""
        try:
            name = Path(path).relative_to(self.root).as_posix()
        except ValueError:
            name = path or "conf.py"
        return name, int(line or 1)


def check_build(root: Path, unreadable: list[str]) -> list[Found]:
    """What Sphinx says when it reads all pages anew; nothing is written beside them.

    :param unreadable: the pages that are named already and left out.
    """
    if "index.md" in unreadable:
        return []  # without its root Sphinx reads nothing
    conf = root if (root / "conf.py").is_file() else ROOT
    overrides = {"nitpicky": True, "section_compare_complete": True}
    with TemporaryDirectory() as folder, patch_docutils(conf), docutils_namespace():
        app = Sphinx(
            str(root), str(conf), f"{folder}/out", f"{folder}/doctrees", "dummy",
            confoverrides=overrides, status=None, warning=io.StringIO(), freshenv=True,
        )  # fmt: skip
        speak_chinese()
        app.config.exclude_patterns += unreadable
        warnings = Warnings(app)
        logging.getLogger(NAMESPACE).addHandler(warnings)
        try:
            app.build()
        except SphinxError as error:
            warnings.note("conf.py", 1, "build", str(error))
        else:
            warnings.found += check_contents(app.env)
        finally:
            logging.getLogger(NAMESPACE).removeHandler(warnings)
    return warnings.found


def speak_chinese() -> None:
    """Have Sphinx and our extensions warn in Chinese, whatever the machine's language."""
    folders = {"sphinx": Path(locale.__file__).parents[1] / "locale"}
    for path in (ROOT / "_ext").glob("*/locale"):
        folders[path.parent.name] = path
    for catalog, folder in folders.items():
        locale.translators.pop(("console", catalog), None)
        locale.init([folder], "zh_CN", catalog, "console")


def check_contents(env: BuildEnvironment) -> Iterator[Found]:
    """A page of reports/ or topics/ declares what it is, none stands in two toctrees, and a topic
    page that names the reports that it was read against names those that there are."""
    domain = env.get_domain("section-compare")
    there = {report.id for report in domain.data["reports"].values() if report.id}
    for docname, topic in sorted(domain.data["topics"].items()):
        came, went = there - set(topic.reviewed), set(topic.reviewed) - there
        if topic.reviewed and came | went:
            told = [f"新来的 {'、'.join(sorted(came))}"] * bool(came)
            told += [f"撤下的 {'、'.join(sorted(went))}"] * bool(went)
            message = f"范文有变（{'；'.join(told)}），这一页的话应重读；读过后运行 make reviewed"
            name = env.doc2path(docname, base=False).as_posix()
            yield name, Problem(topic.line, 1, "reviewed", message)
    for docname in sorted(env.found_docs):
        name = env.doc2path(docname, base=False).as_posix()
        for folder in CONTENT:
            if name.startswith(f"{folder}/") and docname not in domain.data[folder]:
                message = f"{folder}/ 里的页面，页首应有 {folder[:-1]}: 和它的编号"
                yield name, Problem(1, 1, "declaration", message)
        around = [one for one, named in sorted(env.toctree_includes.items()) if docname in named]
        if len(around) > 1:
            message = f"列在了几个目录里：{'、'.join(around)}；应只留一处"
            yield name, Problem(1, 1, "toctree", message)


# Running


def check_names(root: Path) -> Iterator[Found]:
    """Files of reports/ and topics/ are named in small letters, digits and hyphens."""
    for folder in CONTENT:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and not FILE_NAME.fullmatch(path.name):
                message = (
                    "文件名只用小写字母、数字和连字符，扩展名 .md（图片 .png .jpg .svg .webp）"
                )
                yield path.relative_to(root).as_posix(), Problem(1, 1, "file-name", message)


def run_rumdl(rules: Collection[str], more: list[str], root: Path, text: str = "") -> str:
    """Run rumdl with some rules and options.

    :param text: what it reads from standard input.
    :return: its output.
    """
    program = shutil.which("rumdl", path=str(Path(sys.executable).parent))
    if program is None:
        raise FileNotFoundError("缺 rumdl：先运行 pip install -r requirements-dev.txt")
    command = [
        *(program, "check", "--isolated", "--no-cache", "--flavor", "myst"),
        *("--enable", ",".join(rules)),
        *more,
    ]
    result = subprocess.run(
        command, cwd=root, input=text, capture_output=True, check=False, encoding="utf-8"
    )
    if result.returncode > 1 or "warning]" in result.stderr:
        raise RuntimeError(result.stderr)
    return result.stdout


def check_markdown(root: Path, names: list[str]) -> Iterator[Found]:
    """What rumdl finds in some files."""
    if not names:
        return
    said = run_rumdl(MARKDOWN_RULES, ["--output-format", "json", *names], root)
    for found in json.loads(said or "[]"):
        name, message = found["file"].replace("\\", "/"), MARKDOWN_RULES[found["rule"]]
        yield name, Problem(found["line"], found["column"], found["rule"], message)


def mend_layout(text: str, rules: Collection[str]) -> str:
    """A page with the spacing that rumdl mends."""
    options = ["--fix", "--fixable", ",".join(rules), "--silent", "--stdin", "-"]
    return run_rumdl(rules, options, ROOT, text)


def check(root: Path) -> list[Found]:
    """All problems of a root, in the order of files and places."""
    root = root.resolve()
    pages, problems = read_pages(root)
    unreadable = [name for name, _problem in problems]
    for page in pages:
        problems += ((page.name, problem) for rule in PAGE_RULES for problem in rule(page))
    problems += check_names(root)
    problems += check_build(root, unreadable)
    problems += check_markdown(root, [page.name for page in pages])
    return sorted(set(problems))


def fix(root: Path) -> None:
    """Repair what is safe: encoding marks everywhere, punctuation and layout outside reports."""
    pages, _problems = read_pages(root)
    for page in pages:
        text = page.text
        if page.folder != "reports":
            text = mend_page(text, mend_layout, SPACING_RULES)
        if text.encode() != page.raw and is_own(root, root / page.name):
            write(root / page.name, text.encode())


def note_reviewed(root: Path) -> None:
    """Enter the reports that there are in the topic pages that name any: all were read again."""
    reports = [page.header for page in read_site(root).reports.values()]
    reports.sort(key=lambda report: getattr(report, "number", None) or 0)
    listed = "".join(f"- {report.id}\n" for report in reports)
    for path in sorted((root / "topics").rglob("*.md")):
        text = path.read_bytes().decode("utf-8")
        new = re.sub(r"(?m)^reviewed:\n(?:[ \t]*- .*\n)+", f"reviewed:\n{listed}", text, count=1)
        if new != text and is_own(root, path):
            write(path, new.encode())


def annotation(name: str, problem: Problem) -> str:
    """A problem as GitHub Actions takes it (workflow command ``error``)."""

    def escape(text: str, more: str = "") -> str:
        for character in "%\r\n" + more:
            text = text.replace(character, f"%{ord(character):02X}")
        return text

    place = f"file={escape(name, ':,')},line={problem.line},col={problem.column}"
    return f"::error {place},title={problem.rule}::{escape(problem.message)}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="检查范文、主题和说明文字，不写出网站")
    parser.add_argument("--fix", action="store_true", help="先改正可以放心改的（不动范文的文字）")
    parser.add_argument("--root", type=Path, default=ROOT, help="要检查的文件夹")
    parser.add_argument("--reviewed", action="store_true", help="主题页都已照现有的范文重读")
    options = parser.parse_args(arguments)
    if options.reviewed:
        note_reviewed(options.root)
    if options.fix:
        fix(options.root)
    problems = check(options.root)
    for name, problem in problems:
        print(f"{name}:{problem.line}:{problem.column} {problem.rule} {problem.message}")
        if os.environ.get("GITHUB_ACTIONS") == "true":
            print(annotation(name, problem))
    print(f"{len(problems)} 处问题" if problems else "没有问题", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
