"""Check what contributors write: the bytes, the source, and what a build says of it.

One line a problem, ``file:line:column rule message``, and in GitHub Actions an annotation on the
pull request's line. Exit code 1 where there is a problem. ``--fix`` repairs what is safe, and never
a word of a report.

Pages are read once, by Sphinx's dummy builder, which writes nothing; its warnings are the problems,
their types the rules. rumdl does what is general about Markdown, `typography` what is Chinese,
`pages` what only a page's source can show, `contents` what only all pages together can.
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
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import unquote

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "_ext"), str(Path(__file__).parent)]

from contents import check_contents  # noqa: E402
from mending import is_own, mend_page, write  # noqa: E402
from new import CONTENT, learn_from, read_site  # noqa: E402
from pages import DIRECTIVES, GOOD_MARK, PAGE_RULES, Found, Page, read_pages  # noqa: E402
from propose import blocks_of, read_passages  # noqa: E402
from reading import PROSE  # noqa: E402
from section_compare.matching import nearest  # noqa: E402
from sphinx import locale  # noqa: E402
from sphinx.application import Sphinx  # noqa: E402
from sphinx.errors import SphinxError  # noqa: E402
from sphinx.util.docutils import docutils_namespace, patch_docutils  # noqa: E402
from sphinx.util.logging import NAMESPACE, WarningLogRecordTranslator  # noqa: E402
from typography import Problem  # noqa: E402

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

FILE_NAME = re.compile(r"[a-z0-9-]+\.(md|png|jpg|svg|webp)")
NO_TOPIC = "section_compare.no_topic"
# Where these are found a report or topic is not known for what it is, and much follows from that
UNKNOWN = ("header", "encoding", "declaration", "id", "section_compare.front_matter")

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
    "toc.not_readable": "目录里列的页面不存在，应改正或删去；写作 篇6 短标题 <reports/编号>",
}  # fmt: skip

# The rules of rumdl that hold here, each with what to do instead.
MARKDOWN_RULES = {
    "MD003": "标题应写成行首的 #",
    "MD005": "同级列表的缩进应一致",
    "MD009": "行末有空格，应删去",
    "MD010": "有制表符，应改成空格",
    "MD011": "链接的括号写反了，应写作 [文字](网址)",
    "MD012": "空行多于一行，应只留一行",
    "MD018": "# 后面应空一格；是原文的，写作 \\#",
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
            warnings.found = list(guess_names(app.env, warnings.found))
            warnings.found += check_contents(app.env)
        finally:
            logging.getLogger(NAMESPACE).removeHandler(warnings)
    return warnings.found


def guess_names(env: BuildEnvironment, problems: list[Found]) -> Iterator[Found]:
    """The problems; where what is named is not there, with the nearest name that is."""
    choices = {
        "image.not_readable": [
            path.relative_to(env.srcdir).as_posix()
            for folder in CONTENT for path in Path(env.srcdir, folder).rglob("*.*")
            if path.suffix != ".md"
        ],
        "myst.directive_unknown": [*PROSE, *DIRECTIVES],
        "myst.role_unknown": ["sic", "doc", "ref"],
        "myst.xref_missing": [env.doc2path(one, base=False).name for one in env.found_docs],
        "ref.doc": [f"/{one}" for one in env.found_docs],
        "toc.not_readable": env.found_docs,
    }  # fmt: skip
    for name, problem in problems:
        # what is missing stands in quotation marks or after a colon at the message's end
        missing = re.search("""(?:['"]|：)([^'"：]+)(?:['"][^'"]*)?）$""", problem.message)
        guess = missing and nearest(missing[1].lower(), choices.get(problem.rule, ()))
        if guess:
            problem = problem._replace(message=f"{problem.message}；是否应为 {guess}？")
        yield name, problem


def speak_chinese() -> None:
    """Have Sphinx and our extensions warn in Chinese, whatever the machine's language."""
    folders = {"sphinx": Path(locale.__file__).parents[1] / "locale"}
    for path in (ROOT / "_ext").glob("*/locale"):
        folders[path.parent.name] = path
    for catalog, folder in folders.items():
        locale.translators.pop(("console", catalog), None)
        locale.init([folder], "zh_CN", catalog, "console")


# Running


def check_names(root: Path) -> Iterator[Found]:
    """Files of reports/ and topics/ are named in small letters, digits and hyphens."""
    for folder in CONTENT:
        for path in sorted((root / folder).rglob("*")):
            if path.is_dir() and path.suffix == ".md":
                message = "这是文件夹，名字却像页面；应去掉 .md"
                yield path.relative_to(root).as_posix(), Problem(1, 1, "file-name", message)
            elif path.is_file() and not FILE_NAME.fullmatch(path.name):
                message = f"文件名只用小写字母、数字和连字符，{suggest(path)}"
                yield path.relative_to(root).as_posix(), Problem(1, 1, "file-name", message)


def suggest(path: Path) -> str:
    """What to do about a file whose name will not do."""
    if path.suffix in (".docx", ".doc", ".html", ".htm"):
        return "这里只放 .md；应移出去，用 make new-report FROM= 取它的文字"
    endings = {".jpeg": ".jpg", **{one: one for one in (".png", ".jpg", ".svg", ".webp")}}
    stem = (
        re.sub("[^a-z0-9]+", "-", path.name.partition(".")[0].lower()).strip("-") or "town-school"
    )
    return f"应改名，如 {stem}{endings.get(path.suffix.lower(), '.md')}；不是页面和图片的应移出去"


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


def check_markdown(root: Path, pages: list[Page]) -> Iterator[Found]:
    """What rumdl finds in some pages; a mark stands right above its list or directive."""
    if not pages:
        return
    lines = {page.name: page.text.split("\n") for page in pages}
    said = run_rumdl(MARKDOWN_RULES, ["--output-format", "json", *lines], root)
    for found in json.loads(said or "[]"):
        name, line = found["file"].replace("\\", "/"), found["line"]
        above = lines[name][line - 2].strip() if line > 1 else ""
        if found["rule"] not in ("MD031", "MD032") or not GOOD_MARK.fullmatch(above):
            message = MARKDOWN_RULES[found["rule"]]
            yield name, Problem(line, found["column"], found["rule"], message)


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
    problems += [*check_build(root, unreadable), *check_markdown(root, pages), *check_names(root)]
    return sorted(set(propose_topics(root, pages, causes(problems))))


def causes(problems: list[Found]) -> list[Found]:
    """The problems without those that only follow from others."""
    pages: dict[str, set[str]] = defaultdict(set)
    for name, problem in problems:
        pages[problem.rule].add(name)
    unknown = set[str]().union(*(pages[rule] for rule in UNKNOWN))
    # what each rule's problems follow from, given the page and what is said
    follows: dict[str, Callable[[str, str], bool]] = {
        "reviewed": lambda _name, _told: bool(unknown),
        "declaration": lambda name, _told: name in pages["section_compare.front_matter"],
        "markup": lambda name, _told: name in pages["section_compare.lost_mark"],
        "myst.header": lambda name, told: (
            "headings start" in told and name in pages["title"] | pages["markup"]
        ),
        "toc.not_readable": lambda _name, told: any(
            f"'{one.removesuffix('.md')}'" in told for one in pages["encoding"]
        ),
    }
    return [
        (name, problem) for name, problem in problems
        if (problem.rule == "header" or name not in pages["header"])
        and not (problem.rule in follows and follows[problem.rule](name, problem.message))
    ]  # fmt: skip


def propose_topics(root: Path, pages: list[Page], problems: list[Found]) -> Iterator[Found]:
    """The problems; where a text belongs to no topic, with the two topics that are likeliest."""
    texts = {page.name: page.text for page in pages}
    bare = {name for name, one in problems if one.rule == NO_TOPIC and name in texts}
    if not bare:
        yield from problems
        return
    proposer = learn_from(read_site(root))
    blocks = {(name, block.line): block for name in bare
              for block in blocks_of(read_passages(texts[name]), marked=False)}  # fmt: skip
    for name, problem in problems:
        block = blocks.get((name, problem.line)) if problem.rule == NO_TOPIC else None
        proposed = proposer.propose(block.text, block.titles)[:2] if block else []
        if likely := " 或 ".join(f"{{.topic-{one}}}" for one in proposed):
            problem = problem._replace(message=f"{problem.message}；可能是 {likely}")
        yield name, problem


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
    """Enter the reports that there are in the headers of the topic pages: all were read again."""
    reports = [page.header for page in read_site(root).reports.values()]
    reports.sort(key=lambda report: getattr(report, "number", None) or 0)
    listed = "".join(f"- {report.id}\n" for report in reports)
    for path in sorted((root / "topics").rglob("*.md")):
        text = path.read_bytes().decode("utf-8")
        place = r"(?m)^reviewed:\n(?:[ \t]*- .*\n)+|(?<=\n)(?=---\n)"  # or before the header's end
        new = re.sub(place, f"reviewed:\n{listed}", text, count=1)
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
