"""No mistake passes in silence: each is named with its file, line and rule by `make check`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import check
import pytest
from conftest import ROOT
from pages import PAGE_RULES, Page

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "---\nreport: one\nnumber: 1\nshort_title: 甲\n---\n"
TITLE = "\n# 篇1：总结\n\n"
LIST = "\n:::{emendation-list}\n:::\n"


def said(text: str, name: str = "reports/one.md") -> list[str]:
    page = Page(name, text.encode(), text)
    found = sorted({problem for rule in PAGE_RULES for problem in rule(page)})
    return [f"{one.line}:{one.column} {one.rule}" for one in found]


def in_report(body: str) -> list[str]:
    """What is said of a report's body, its lines counted from 1."""
    before = (HEADER + TITLE).count("\n")
    found = [one.partition(":") for one in said(f"{HEADER}{TITLE}{body}\n")]
    return [f"{int(line) - before}:{rest}" for line, _colon, rest in found]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("好。\n\n    看不见。", "3:1 code"),
        ("好。\n\n\t看不见。", "3:1 code"),
        ("~~~\n好。\n~~~", "1:1 code"),
        ("`好`。", "1:1 code"),
        ("{关心}`好`。", "1:5 code"),
        ("好。\n\n%看不见。", "3:1 comment"),
        ("好。\n\n+++ 看不见", "3:1 comment"),
        ("好。\n\n(一)=\n\n好。", "3:1 comment"),
        ("好。\n\n<!-- 看不见。 -->", "3:1 html"),
        ("好<b>好</b>。", "1:2 html"),
        ("好。\n\n[一]: 看不见。", "3:1 definition"),
        ("好。\n\n```text\n好。", "3:1 fence"),
        ("好。\n\n:::{note}\n好。", "3:1 fence"),
        ("好。\n第二段。", "2:1 paragraph"),
        ("| 甲 | 乙 |\n| 丙 | 丁 |", "2:1 table"),
        ("1. 甲。", "1:1 list"),
        ("甲。\n: 乙。", "1:1 list"),
        ("长5*3*2米。", "1:3 emphasis"),
        ("＃＃ 一、好", "1:1 markup"),
        ("一、好", "1:1 title"),
        ("**（一）好**", "1:1 title"),
        ("## 一、好\n\n## 二、好\n\n好。", "1:1 empty"),
        ("好。\n\n## 二、好", "3:1 empty"),
        ("好。\n\n---\n\n好。", "3:1 markup"),
        ("> 好。", "1:1 markup"),
        ("这是*强调*的话。", "1:3 emphasis"),
        ("这是**强调的话。", "1:3 markup"),
        ("好~~好~~。", "1:2 markup"),
        ("好。\\", "1:3 markup"),
        ("好&nbsp;好。", "1:2 html"),
        ("好<o:p></o:p>。", "1:2 markup"),
        ("学习<意见>后。", "1:3 brackets"),
        ("见[乙班。", "1:2 markup"),
        ("见[乙班]（https://example.org）。", "1:2 markup"),
        ("见{{甲}}。", "1:2 markup"),
        ("![图](http://example.org/a.png)", "1:1 file-name"),
        ("![图](no ne.png)", "1:2 markup"),
        (":::{note}\n好。\n:::", "1:1 directive"),
        (":::note\n好。\n:::", "1:1 code"),
        ("{sic}`错=>[对]{.dated}`\n" + LIST, "1:1 emendation"),
        ("{sic}`错=>对=>好`\n" + LIST, "1:1 emendation"),
        (LIST + "\n好。", "5:1 emendation"),
        ("[好。]{#topic-care}", "1:5 mark"),
        ("好“好。", "1:2 pairs"),
        ("好）好。", "1:2 pairs"),
        ("好（“好）”。", "1:2 pairs"),
        ("占1。5%。", "1:3 full-width"),
        ("好\u2f00好。", "1:2 full-width"),
        ("好。.", "1:3 half-width"),
        ("好的占98.5%.", "1:9 half-width"),
        ('好 HYPERLINK "a"。', "1:3 scrambled"),
        ("{.Topic-care}\n好。", "1:1 mark"),
        ("{.topic_care}\n好。", "1:1 mark"),
        ("{topic-care}好。", "1:1 mark"),
        ("[好]{.datd}。", "1:4 mark"),
        ("[好]{.Topic-care}。", "1:4 mark"),
        ("[]{.topic-care}好。", "1:1 mark"),
        ("好。\n\n{.topic-care}", "3:1 mark"),
        ("{Sic}`错=>对`。" + "\n" + LIST, "1:1 emendation"),
        ("{sic}`错=>对`。\n" + LIST + LIST, "6:1 emendation"),
        ("{sic}`错=>对。\n" + LIST, "1:1 emendation"),
        ("好\u200b好。", "1:2 invisible"),
        ("好\u202e好。", "1:2 invisible"),
        ("好\u00a0好。", "1:2 space"),
    ],
)
def test_in_a_report(body: str, expected: str) -> None:
    assert expected in in_report(body)


@pytest.mark.parametrize(
    "body",
    [
        "{.topic-care .topic-gaps}\n好。\n\n[好]{.topic-care}[“三德”]{.superseded}。",
        "- 甲。\n- 乙。\n\n1\\. 丙。\n\n1、丁。\n\n| 甲 | 乙 |\n| --- | --- |\n| 丙 | 丁 |",
        "**一是**好。\n\n![图](a.png)\n\n好。[^1]\n\n[^1]: 注。",
        "见[网页](https://example.org/)，{sic}`=>好`。\n" + LIST,
        "1）好；（2）好，\\[注\\]，“好（好）”，[“好]{.dated}”。",
        "好。\n\n## 一、好\n\n### （一）好\n\n好。",
        "长\\*宽，3 * 5，a < b。\n\n:::{container} topic-care\n好。\n:::",
    ],
)
def test_what_is_right_in_a_report(body: str) -> None:
    assert in_report(body) == []


def test_the_examples_of_the_guide_are_right() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("### 写法举例")[2]
    examples = re.findall(r"(?s)```md\n(.*?)```", guide.partition("\n页首")[0])
    assert len(examples) == 5
    assert in_report("\n".join(examples) + LIST) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"\n{HEADER}{TITLE}好。\n", "1:1 header"),
        (f" {HEADER}{TITLE}好。\n", "1:1 header"),
        (f"-{HEADER}{TITLE}好。\n", "1:1 header"),
        (f"{HEADER[:-4]}{TITLE}好。\n", "1:1 header"),
        (f"{HEADER[:-1]}-\n{TITLE}好。\n", "5:1 header"),
        (f"{HEADER.replace('number: ', 'number：')}{TITLE}好。\n", "3:7 header"),
        (f"{HEADER.replace('number: ', 'number:')}{TITLE}好。\n", "3:7 header"),
        (f"{HEADER.replace('number: ', 'number:	')}{TITLE}好。\n", "3:8 header"),
        (HEADER.replace("short", "number: 2\nshort") + TITLE + "好。\n", "4:1 header"),
        (f"{HEADER}\n好。\n", "6:1 title"),
        (f"{HEADER[4:]}{TITLE}好。\n", "1:1 header"),
        (HEADER.replace("short", "note: 2\nshort") + TITLE + "好。\n", "4:1 header"),
        (HEADER.replace("short_title", "短标题") + TITLE + "好。\n", "4:1 header"),
        (HEADER.replace("甲", "“甲”") + TITLE + "好。\n", "4:14 header"),
        (HEADER.replace("甲", "甲 # 乙") + TITLE + "好。\n", "4:16 header"),
    ],
)
def test_in_a_header(text: str, expected: str) -> None:
    found = said(text)
    assert expected in found
    assert sum("header" in one or "title" in one for one in found) == 1


def test_a_page_is_no_more_than_its_header_is_blamed_for(tmp_path: Path) -> None:
    """No missing field is named where the header itself is not recognised."""
    write(tmp_path, {"reports/one.md": f"\n{HEADER}{TITLE}好。\n", "index.md": "# 首页\n"})
    rules = [one.rule for name, one in check.check(tmp_path) if name == "reports/one.md"]
    assert rules == ["header"]


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


TOPIC = "---\ntopic: {0}\nshort_title: {1}\ngroup: {2}\n---\n\n# 主题\n\n{3}\n"
COMPARISON = ":::{section-compare}\n:::"


@pytest.mark.builds
def test_what_pages_say_together(tmp_path: Path) -> None:
    names = (
        "篇1 甲 <reports/one>",
        "篇3 乙 <reports/two>",
        "reports/none",
        "topics/care",
        "topics/gaps",
    )
    text = "{.topic-care .topic-gaps .topic-others}\n好，{doc}`/none`。\n"
    files = {
        "index.md": "\n".join(["# 首页\n\n```{toctree}", *names, "topics/more", "```\n"]),
        "reports/one.md": f"{HEADER}{TITLE}{text}",
        "reports/two.md": HEADER.replace("one", "two") + "\n# 篇2：总结\n",
        "reports/x.md/y.md": "",
        "topics/care.md": TOPIC.format("care", "关爱", "主要做法", "好。"),
        "topics/gaps.md": TOPIC.format("gaps", "关爱", "主要作法", COMPARISON),
        "topics/more.md": TOPIC.format(
            "others", "", "主要做法\nheadings: [无此节]", f"{COMPARISON}\n\n{COMPARISON}"
        ),
    }
    (tmp_path / "reports/x.md").mkdir(parents=True)
    write(tmp_path, files)
    found = [f"{name}:{one.line} {one.rule}" for name, one in check.check(tmp_path)]
    assert found == [
        "index.md:3 toc.not_readable",
        "reports/one.md:10 ref.doc",
        "reports/two.md:2 empty",
        "reports/two.md:2 number",
        "reports/two.md:2 number",
        "reports/two.md:2 same",
        "reports/two.md:2 same",
        "reports/x.md:1 file-name",
        "reports/x.md/y.md:1 declaration",
        "reports/x.md/y.md:1 title",
        "reports/x.md/y.md:1 toc.not_included",
        "topics/care.md:2 comparison",
        "topics/gaps.md:2 group",
        "topics/gaps.md:2 same",
        "topics/more.md:2 comparison",
        "topics/more.md:2 field",
        "topics/more.md:2 headings",
        "topics/more.md:2 id",
    ]


FOLLOWING = {"section_compare.empty_topic", "section_compare.no_topic"}


@pytest.mark.builds
def test_no_more_is_blamed_than_what_is_wrong(tmp_path: Path) -> None:
    """Where a report is not known for one, what follows from that for other pages is not said."""
    header = "care\nreviewed: [one]"
    report = f"{HEADER}{TITLE}{{.topic-care}}\n- 好。\n"
    files = {
        "index.md": "# 首页\n\n```{toctree}\n篇1 甲 <reports/one>\ntopics/care\n```\n",
        "reports/one.md": report,
        "topics/care.md": TOPIC.format(header, "关爱", "主要做法", COMPARISON),
    }
    write(tmp_path, files)
    assert check.check(tmp_path) == []
    for text, rule in (
        (report.replace("report:", "report："), "header"),
        (report.replace("report: one", "report: 一"), "section_compare.front_matter"),
        (report.replace("report: one\n", ""), "declaration"),
        (report.replace("report: one", "report: two"), "id"),
        (report.replace("{.topic-care}\n- 好", "好{.topic-care}"), "section_compare.lost_mark"),
        (report.encode("gb18030"), "encoding"),
    ):
        raw = text if isinstance(text, bytes) else text.encode()
        (tmp_path / "reports/one.md").write_bytes(raw)
        found = {(name, one.rule) for name, one in check.check(tmp_path)}
        assert {one for one in found if one[1] not in FOLLOWING} == {("reports/one.md", rule)}


@pytest.mark.builds
def test_the_nearest_name_is_proposed(tmp_path: Path) -> None:
    """For what is not there: a page, a directive, a picture."""
    text = (
        "{.topic-care}\n好，{doc}`/topics/car`。\n\n![图](pic1.png)\n\n:::{contaner}\n好。\n:::\n"
    )
    files = {
        "index.md": "# 首页\n\n```{toctree}\n篇1 甲 <reports/One>\ntopics/care\n```\n",
        "reports/one.md": f"{HEADER}{TITLE}{text}",
        "reports/pic.png": "",
        "topics/care.md": TOPIC.format("care", "关爱", "主要做法", COMPARISON),
    }
    write(tmp_path, files)
    said = {one.rule: one.message for _name, one in check.check(tmp_path)}
    for rule, name in (
        ("toc.not_readable", "reports/one"),
        ("ref.doc", "/topics/care"),
        ("image.not_readable", "reports/pic.png"),
        ("myst.directive_unknown", "container"),
    ):
        assert said[rule].endswith(f"是否应为 {name}？")
