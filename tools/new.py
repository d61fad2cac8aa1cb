"""Write a new report or topic page with its front matter filled in, and put it in the toctree.

What the arguments do not give is asked, where there is someone to ask. Nothing is written
unless all is well: no file is overwritten, no id used twice, and a topic that no report writes
on is refused, since the site would not build with it.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "_ext"), str(Path(__file__).parent)]

from importing import Imported, Unreadable, as_line, as_markdown, escape, read  # noqa: E402
from mending import write  # noqa: E402
from propose import Proposer, learn  # noqa: E402
from reading import reading_text  # noqa: E402
from section_compare.matching import (  # noqa: E402
    marks_in_source,
    pattern_problem,
    strip_number,
    title_matches,
)
from section_compare.model import Report, Topic  # noqa: E402
from section_compare.read.header import TOPIC_ID, parse_yaml, validate  # noqa: E402

CONTENT = ("reports", "topics")


class Declared(NamedTuple):
    """A page that declares a report or topic: its name, without ``.md``, and its text."""

    name: str
    text: str
    header: Report | Topic


class Site(NamedTuple):
    """The reports and topics that there are, by id."""

    root: Path
    reports: dict[str, Declared]
    topics: dict[str, Declared]


def read_site(root: Path) -> Site:
    """What the pages of reports/ and topics/ declare; one that does not decode declares nothing."""
    site = Site(root, {}, {})
    for path in sorted(path for folder in CONTENT for path in root.glob(f"{folder}/**/*.md")):
        if not path.is_file():
            continue
        text = path.read_bytes().decode(errors="replace").replace("\r\n", "\n")
        report, topic, _problems = validate(*parse_yaml(text)[:2])
        name = path.relative_to(root).as_posix().removesuffix(".md")
        if report:
            site.reports.setdefault(report.id, Declared(name, text, report))
        if topic:
            site.topics.setdefault(topic.id, Declared(name, text, topic))
    return site


class Refusal(Exception):
    """Why no page is written, and what to do."""


class Field(NamedTuple):
    """A field of the front matter, or of the page: what is asked, and whether it may stay empty."""

    name: str
    question: str
    required: bool = False


FIELDS = {
    "report": (
        Field("id", "编号（小写字母、数字、连字符，也是文件名，如 town-school）", True),
        Field("title", "标题（如 某镇中心小学精神文明建设工作总结）", True),
        Field("short_title", "短标题，用在表头（如 镇中心小学）", True),
        Field("organization", "单位类别（如 学校）"),
        Field("period", "年份（如 2023 年）"),
        Field("description", "一句话介绍，以句号结尾"),
    ),
    "topic": (
        Field("id", "编号（小写字母、数字、连字符，也是文件名，如 school-work）", True),
        Field("title", "标题（如 校园文明建设）", True),
        Field("short_title", "短标题，用在链接里（如 校园文明）", True),
        Field("group", "分组（开头、主要做法、成效、问题、打算）", True),
        Field("description", "一句话介绍，以句号结尾", True),
        Field("headings", "归入本主题的各节标题，不写序号，可用 *，几个标题用 ; 隔开"),
    ),
}
REPORT = """\
---
{header}---

# 篇{number}：{title}

{body}

:::{{emendation-list}}
:::
"""
SAMPLE = """\
% 正文写在这里，写好后删去这几行。各主题的编号：
% {topics}

{{.topic-opening}}
开头一段写在这里。"""
PROPOSED = "% 各段的主题是照现有范文猜的，应逐段核对；都核对、改好后删去这一行。"
TOPIC = """\
---
{header}---

# {title}

% 在这里用几句话写：各篇在这个主题上有什么不同。写好后删去这一行。

:::{{section-compare}}
:::
"""

# What a writer is to replace or delete; check.py reports it where it still stands.
SAMPLES = tuple(
    line.removeprefix("% ")
    for line in [*SAMPLE.split("\n"), PROPOSED, *TOPIC.split("\n")]
    if not line.isascii() and "{" not in line
)


def ask(
    fields: tuple[Field, ...], given: dict[str, str], why_not: Callable[[Field, str], str]
) -> dict[str, str]:
    """The values given, and those asked for; where no one can be asked, what lacks is refused.

    :param why_not: why a value of a field will not do, or an empty string. What was given is
        refused for it, what was asked is asked again.
    """
    values = {field.name: given.get(field.name, "").strip() for field in fields}
    for field in fields:
        if values[field.name] and (reason := why_not(field, values[field.name])):
            raise Refusal(reason)
    lacking = [field for field in fields if field.required and not values[field.name]]
    if lacking and not sys.stdin.isatty():
        names = [field.name for field in lacking]
        raise Refusal(
            f"缺 {'、'.join(names)}。这里不是终端，不提问，应在命令里写明："
            f"make 用 {' '.join(f'{name.upper()}=…' for name in names)}，"
            f"new.py 用 {' '.join(f'{option(name)} …' for name in names)}"
        )
    for field in fields:
        if not values[field.name] and sys.stdin.isatty():
            values[field.name] = answer(field, why_not)
    return values


def answer(field: Field, why_not: Callable[[Field, str], str]) -> str:
    """What is answered to a field's question, asked until it will do."""
    hint = "" if field.required else "，可不填"
    while True:
        value = input(f"{field.question}{hint}：").strip()
        reason = why_not(field, value) if value else "这一项要填" * field.required
        if not reason:
            return value
        print(reason, file=sys.stderr)


def option(name: str) -> str:
    """A field's name on the command line."""
    return f"--{name.replace('_', '-')}"


def why_not(site: Site, kind: str, field: Field, value: str) -> str:
    """Why a value of a field will not do, or an empty string."""
    if not value.isprintable():
        return f"{field.name} 里不能有换行和控制字符"
    if field.name == "short_title" and set(value) & set("<>`"):
        return "短标题里不能有 <、> 和反引号"
    if field.name != "id":
        return ""
    if not TOPIC_ID.fullmatch(value):
        return f"编号“{value}”只能用小写字母、数字和连字符"
    if RESERVED.fullmatch(value):
        return f"编号“{value}”在 Windows 里不能用作文件名，请换一个编号"
    name = f"{kind}s/{value}.md"
    used = site.reports if kind == "report" else site.topics
    if value in used or (site.root / name).exists():
        return f"{f'{used[value].name}.md' if value in used else name} 已有，不覆盖；请换一个编号"
    return ""


# What Windows keeps for itself, whatever the ending
RESERVED = re.compile(r"con|prn|aux|nul|(?:com|lpt)\d")


def section_titles(site: Site) -> list[str]:
    """The titles of the reports' sections as a reader sees them, numbers stripped."""
    return [
        strip_number(reading_text(line))
        for page in site.reports.values()
        for line in page.text.split("\n")
        if re.match("#{2,6} ", line)
    ]


def check_topic(site: Site, id_: str, headings: list[str]) -> None:
    """Refuse a topic that no report writes on."""
    titles = section_titles(site)
    for pattern in headings:
        if pattern_problem(pattern) or not any(title_matches(one, [pattern]) for one in titles):
            listed = "\n".join(f"  {title}" for title in dict.fromkeys(titles))
            raise Refusal(f"没有一节的标题合于“{pattern}”。各篇各节的标题：\n{listed}")
    marked = any(
        topic == id_ for page in site.reports.values() for _, topic, _ in marks_in_source(page.text)
    )
    if not headings and not marked:
        raise Refusal(
            f"还没有范文写到这个主题：先在一篇范文里标一处 {{.topic-{id_}}}，"
            "或用 headings 写出归入它的各节标题"
        )


def add_to_toctree(site: Site, kind: str, line: str, group: str) -> str:
    """index.md with one more line: below the last report, or the last topic of its group."""
    try:
        index = (site.root / "index.md").read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        raise Refusal("读不出 index.md，不知道它的目录里有什么：先运行 make check") from None
    folder = f"{kind}s/"
    groups = {page.name: page.header.group for page in site.topics.values()
              if isinstance(page.header, Topic)}  # fmt: skip
    places = [n for n, text in enumerate(index) if re.search(rf"(^|<){folder}[\w/-]+>?$", text)]
    same = [n for n in places if groups.get(index[n]) == group]
    if not places:
        raise Refusal(f"index.md 的目录里没有 {folder}，不知道新的一行加在哪里")
    index.insert((same or places)[-1] + 1, line)
    return "\n".join(index)


def learn_from(site: Site) -> Proposer:
    """What the pages that there are teach of topics."""
    topics = {id_: page.header for id_, page in site.topics.items()
              if isinstance(page.header, Topic)}  # fmt: skip
    return learn((page.text for page in site.reports.values()), topics)


def import_report(site: Site, name: str) -> Imported:
    """The text of a file, or of standard input, as a report's body with topics proposed."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        imported = as_markdown(read(raw))
    except (OSError, Unreadable) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise Refusal(f"读不出 {name}：{reason}") from None
    if not imported.body:
        raise Refusal(f"{name} 里没有正文")
    proposer = learn_from(site)
    above: dict[int, str] = {}
    for place, block in enumerate(imported.body):
        if level := len(block) - len(block.lstrip("#")):
            above = {one: title for one, title in above.items() if one < level} | {level: block}
        elif proposed := proposer.propose(block, " ".join(above.values())):
            imported.body[place] = f"{{.topic-{proposed[0]}}}\n{block}"
            imported.changes["段标了提议的主题，应逐段核对"] += 1
    return imported


def add_to_proof(root: Path, number: int, title: str, imported: Imported) -> None:
    """Put a report's text, as it came, at the end of the proof's source, where there is one."""
    proof = root / "tests/data/source-reports.txt"
    if proof.is_file():
        text = proof.read_text(encoding="utf-8").rstrip("\n")
        part = "\n\n".join([f"篇{number}：{title}", *imported.source])
        write(proof, f"{text}\n\n{part}\n".encode())


def make(root: Path, kind: str, given: dict[str, str]) -> tuple[Path, Imported]:
    """Write the page and the toctree's line.

    :param given: values by the names of `FIELDS`, and ``from``, the file with a report's text.
    :return: the page's path, and what was taken from that file.
    """
    site = read_site(root)
    name = given.pop("from", "")
    imported = import_report(site, name) if name else Imported()
    if not given.get("title"):
        given["title"] = imported.title
    values = ask(FIELDS[kind], given, lambda field, value: why_not(site, kind, field, value))
    id_, title = values.pop("id"), values.pop("title")
    if imported.title not in ("", title):  # the report is called otherwise: it is text as any
        imported.body.insert(0, as_line(imported.title, imported))
        imported.source.insert(0, imported.title)
    path = root / f"{kind}s" / f"{id_}.md"
    fields: dict[str, object] = {kind: id_}
    numbers = [page.header.number or 0 for page in site.reports.values()
               if isinstance(page.header, Report)]  # fmt: skip
    number = max(numbers, default=0) + 1
    if kind == "report":
        fields["number"] = number
    headings = [one.strip() for one in re.split("[;；]", values.pop("headings", "")) if one.strip()]
    fields |= {name: value for name, value in values.items() if value}
    if kind == "topic":
        check_topic(site, id_, headings)
        if headings:
            fields["headings"] = headings
        fields["hide-toc"] = True
    header = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=1000)
    topics = "、".join(f"{one} {page.header.short_title}" for one, page in site.topics.items())
    template = REPORT if kind == "report" else TOPIC
    body = "\n\n".join([PROPOSED, *imported.body]) if name else SAMPLE.format(topics=topics)
    text = template.format(header=header, number=number, title=escape(title), body=body)
    short = values["short_title"]
    line = f"篇{number} {short} <reports/{id_}>" if kind == "report" else f"topics/{id_}"
    index = add_to_toctree(site, kind, line, values.get("group", ""))
    write(path, text.encode())
    write(root / "index.md", index.encode())
    if name:
        add_to_proof(root, number, title, imported)
    return path, imported


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="新建一篇范文或一个主题")
    parser.add_argument("--root", type=Path, default=ROOT, help="网站的文件夹")
    kinds = parser.add_subparsers(dest="kind", required=True)
    for kind, fields in FIELDS.items():
        one = kinds.add_parser(kind, help={"report": "新建范文", "topic": "新建主题"}[kind])
        for field in fields:
            one.add_argument(option(field.name), default="", help=field.question)
        if kind == "report":
            help_ = "原文的文件（.docx、.txt、.html；- 是标准输入）"
            one.add_argument("--from", default="", help=help_)
    options = vars(parser.parse_args(arguments))
    root, kind = options.pop("root"), options.pop("kind")
    try:
        path, imported = make(root, kind, options)
    except Refusal as refusal:
        print(f"没有新建：{refusal}", file=sys.stderr)
        return 1
    except (EOFError, KeyboardInterrupt):  # Ctrl+D or Ctrl+C at a question
        print("\n没有新建。", file=sys.stderr)
        return 1
    told = "".join(f"\n  {count} {what}" for what, count in imported.changes.items() if count)
    print(f"新建了 {path.relative_to(root)}，并加进了 index.md 的目录。{told}")
    print(
        "接着核对正文和各段的主题" if imported.body else "接着写正文",
        "，写好后运行 make check。",
        sep="",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
