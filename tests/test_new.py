"""`make new-report` and `make new-topic`, and one more report added as a contributor would."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import check
import new
import pytest
from conftest import ROOT
from section_compare.domain import get_domain

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Project

# Ids that no contributor takes: the site may have got any number of pages.
REPORT = {
    "id": "report-of-a-test",
    "title": "镇中心小学总结",
    "short_title": "镇中心小学",
    "organization": "学校",
    "period": "2023 年",
    "description": "一所小学的总结。",
}
TOPIC = {
    "id": "topic-of-a-test",
    "title": "学习型机关建设",
    "short_title": "学习型机关",
    "group": "主要做法",
    "description": "写怎样建设学习型机关。",
}
SIXTH = """
{.topic-opening}
2023年，我校以创建文明校园为目标，现将一年来的工作总结如下。

## 一、加强理论学习

[每周五下午集中学习。]{.topic-theory-study}[学习之后到社区打扫卫生。]{.topic-civility}

## 二、存在问题

测试里的活动形式单一，参加的人不{sic}`购=>够`多。
"""


def options(values: dict[str, str]) -> list[str]:
    return [
        part for name, value in values.items() for part in (f"--{name.replace('_', '-')}", value)
    ]


def run(site: Project, kind: str, values: dict[str, str]) -> int:
    return new.main(["--root", str(site.source), kind, *options(values)])


def problems(site: Project) -> list[str]:
    found = check.check(site.source)
    return [f"{name}:{one.line}:{one.column} {one.rule}" for name, one in found]


def index_of(site: Project) -> list[str]:
    return (site.source / "index.md").read_text(encoding="utf-8").splitlines()


def toctree(index: list[str], folder: str) -> list[str]:
    """Its lines for the pages of a folder."""
    return [line for line in index if re.search(rf"(^|<){folder}/", line)]


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*.md")}


def test_a_new_report_builds_and_has_nothing_left_but_to_be_written(site_copy: Project) -> None:
    before = index_of(site_copy)
    numbers = [
        int(number)
        for path in (site_copy.source / "reports").glob("*.md")
        for number in re.findall(r"(?m)^number: (\d+)$", path.read_text(encoding="utf-8"))
    ]
    number = max(numbers) + 1
    assert run(site_copy, "report", REPORT) == 0
    page = (site_copy.source / "reports/report-of-a-test.md").read_text(encoding="utf-8")
    assert page.startswith(
        f"---\nreport: report-of-a-test\nnumber: {number}\nshort_title: 镇中心小学\n"
        "organization: 学校\nperiod: 2023 年\ndescription: 一所小学的总结。\n---\n\n"
        f"# 篇{number}：镇中心小学总结\n"
    )
    place = before.index(toctree(before, "reports")[-1]) + 1
    added = f"篇{number} 镇中心小学 <reports/report-of-a-test>"
    assert index_of(site_copy) == [*before[:place], added, *before[place:]]
    assert problems(site_copy) == [
        "reports/report-of-a-test.md:12:3 placeholder",
        "reports/report-of-a-test.md:13:1 comment",
        "reports/report-of-a-test.md:16:1 placeholder",
        *(f"topics/{path.name}:2:1 reviewed"
          for path in sorted((site_copy.source / "topics").glob("*.md"))),
    ]  # fmt: skip
    site_copy.build()


def test_a_new_topic_builds_and_has_nothing_left_but_to_be_written(site_copy: Project) -> None:
    before = index_of(site_copy)
    group = f"\ngroup: {TOPIC['group']}\n"
    [*_, last] = [
        line
        for line in toctree(before, "topics")
        if group in (site_copy.source / f"{line}.md").read_text(encoding="utf-8")
    ]
    assert last != toctree(before, "topics")[-1]
    assert run(site_copy, "topic", TOPIC | {"headings": "突出学习型机关建设*；抓住*主线*"}) == 0
    place = before.index(last) + 1
    added = "topics/topic-of-a-test"
    assert index_of(site_copy) == [*before[:place], added, *before[place:]]
    page = "topics/topic-of-a-test.md"
    assert problems(site_copy) == [f"{page}:2:1 reviewed", f"{page}:14:3 placeholder"]
    check.note_reviewed(site_copy.source)
    assert problems(site_copy) == [f"{page}:20:3 placeholder"]
    site_copy.build()
    cell = site_copy.page("topics/topic-of-a-test").select_one('[data-report="community"]')
    assert cell is not None
    assert "学习型机关建设" in cell.get_text()


def test_a_topic_that_a_report_is_marked_for_needs_no_headings(site_copy: Project) -> None:
    site_copy.edit(
        "reports/community.md", "{.topic-opening}", "{.topic-opening .topic-topic-of-a-test}"
    )
    before = toctree(index_of(site_copy), "topics")
    assert run(site_copy, "topic", TOPIC | {"group": "新的一组"}) == 0
    assert toctree(index_of(site_copy), "topics") == [*before, "topics/topic-of-a-test"]
    site_copy.build()


@pytest.mark.parametrize(
    ("kind", "values", "reason"),
    [
        ("report", REPORT | {"id": "community"}, "reports/community.md 已有，不覆盖"),
        ("report", REPORT | {"id": "Town School"}, "编号“Town School”只能用小写字母"),
        ("report", {"id": "report-of-a-test"}, "缺 title"),
        ("topic", TOPIC | {"id": "care"}, "topics/care.md 已有，不覆盖"),
        ("topic", TOPIC, "还没有范文写到这个主题"),
        ("topic", TOPIC | {"headings": "没有这一节"}, "没有一节的标题合于“没有这一节”"),
        ("topic", TOPIC | {"headings": "[x"}, "没有一节的标题合于“[x”"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(
    site_copy: Project, capsys: pytest.CaptureFixture[str],
    kind: str, values: dict[str, str], reason: str,
) -> None:  # fmt: skip
    before = tree(site_copy.source)
    assert run(site_copy, kind, values) == 1
    assert reason in capsys.readouterr().err
    assert tree(site_copy.source) == before


def test_a_file_of_that_name_is_not_overwritten(
    site_copy: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    site_copy.write("reports/report-of-a-test.md", "草稿\n")
    assert run(site_copy, "report", REPORT) == 1
    assert "report-of-a-test.md 已有" in capsys.readouterr().err
    assert (site_copy.source / "reports/report-of-a-test.md").read_text(
        encoding="utf-8"
    ) == "草稿\n"


def test_an_index_without_a_place_is_named(
    site_copy: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    site_copy.write("index.md", "# 首页\n")
    assert run(site_copy, "report", REPORT) == 1
    assert "index.md 的目录里没有 reports/" in capsys.readouterr().err
    (site_copy.source / "index.md").write_bytes("# 首页\n".encode("gb18030"))
    assert run(site_copy, "report", REPORT) == 1
    assert "读不出 index.md" in capsys.readouterr().err


def test_what_is_not_given_is_asked(site_copy: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(REPORT.values())
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _question: next(answers))
    assert new.main(["--root", str(site_copy.source), "report"]) == 0
    assert (site_copy.source / "reports/report-of-a-test.md").is_file()


@pytest.mark.parametrize(
    "title", ['某 "校"\'s', "奖金$500元", "$(shell touch made)`touch made`", "#,)"]
)
def test_make_hands_its_variables_on(site_copy: Project, tmp_path: Path, title: str) -> None:
    """As they were typed, nothing in them run; what is not given stays the tool's to ask."""
    shutil.copy2(ROOT / "Makefile", site_copy.source)
    program = tmp_path / "python"
    program.write_text('#!/bin/sh\nprintf "%s|" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    result = subprocess.run(
        ["make", "--no-print-directory", "new-report", f"BIN={tmp_path}", "VENV=venv",
         "ID=a", f"TITLE={title}", "--old-file=venv/dev.stamp"],
        cwd=site_copy.source, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert result.stdout == f"tools/new.py|report|--id|a|--title|{title}|"
    assert not (site_copy.source / "made").exists()


def test_one_more_report_stands_everywhere(site_copy: Project) -> None:
    """Tagged in part, in part left to heading rules; beside its page only the toctree changes."""
    topic = site_copy.source / "topics/shortcomings.md"
    if "headings:" not in topic.read_text(encoding="utf-8"):
        site_copy.edit("topics/shortcomings.md", "---\n\n#", "headings: [存在*问题*]\n---\n\n#")
    before = tree(site_copy.source)
    assert run(site_copy, "report", REPORT) == 0
    path = site_copy.source / "reports/report-of-a-test.md"
    head, _, rest = path.read_text(encoding="utf-8").partition("\n% ")
    foot = rest[rest.index("\n:::") :]
    path.write_text(head + SIXTH + foot, encoding="utf-8")
    changed = {
        name.removeprefix(f"{site_copy.source}/")
        for name, text in tree(site_copy.source).items()
        if before.get(name) != text
    }
    assert changed == {"reports/report-of-a-test.md", "index.md"}
    # what topic pages say of the reports is to be read again, and that it was is noted
    named = {(name.partition("/")[0], one.rule) for name, one in check.check(site_copy.source)}
    assert named == {("topics", "reviewed")}
    assert check.main(["--reviewed", "--root", str(site_copy.source)]) == 0

    app = site_copy.build()
    collection = get_domain(app.env).collect(lambda conditions: True)
    assert list(collection.reports)[-1] == "report-of-a-test"
    said = {topic for topic, report in collection.passages if report == "report-of-a-test"}
    assert said == {"opening", "theory-study", "civility", "shortcomings"}
    for topic_page in collection.topics.values():
        page = site_copy.page(topic_page.docname)
        cell = page.select_one('.section-compare-cell[data-report="report-of-a-test"]')
        assert cell is not None
        assert bool(cell.select(".section-compare-passage")) is (topic_page.id in said)
    matrix = site_copy.page("index").select_one(".section-coverage-table")
    assert matrix is not None
    assert len(matrix.select("thead th")) == len(collection.reports) + 1
    last = [row.select("td")[-1].get_text(strip=True) for row in matrix.select("tbody tr")]
    assert sum(bool(text) for text in last) == len(said)

    site_copy.build("latex")
    tex = (site_copy.output / "latex" / "fanwen.tex").read_text(encoding="utf-8")
    assert tex.count("测试里的活动形式单一，参加的人不") >= 2  # the report's page and a comparison


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "con"), ("id", "nul"), ("title", "甲\n乙"), ("title", "甲\u2028乙"),
        ("short_title", "<甲>"),
    ],
)  # fmt: skip
def test_what_no_file_or_line_can_hold_is_refused(
    site_copy: Project, field: str, value: str
) -> None:
    before = tree(site_copy.source)
    assert run(site_copy, "report", REPORT | {field: value}) == 1
    assert tree(site_copy.source) == before


@pytest.mark.parametrize("key", [EOFError, KeyboardInterrupt])
def test_a_question_left_ends_quietly(
    site_copy: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    key: type[BaseException],
) -> None:  # fmt: skip
    def leave(_question: str) -> str:
        raise key

    before = tree(site_copy.source)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", leave)
    assert new.main(["--root", str(site_copy.source), "report"]) != 0
    assert capsys.readouterr().err == "\n没有新建。\n"
    assert tree(site_copy.source) == before


def test_what_will_not_do_is_asked_again_at_once(
    site_copy: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = []
    answers = iter(["Town School", "community", "", *REPORT.values()])

    def answer(question: str) -> str:
        questions.append(question)
        return next(answers)

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", answer)
    assert new.main(["--root", str(site_copy.source), "report"]) == 0
    assert len({*questions[:4]}) == 1
    malformed, taken, empty = capsys.readouterr().err.splitlines()
    assert "只能用小写字母" in malformed
    assert "community.md 已有" in taken
    assert empty == "这一项要填"
    assert (site_copy.source / "reports/report-of-a-test.md").is_file()


def test_a_given_id_that_will_not_do_asks_nothing(
    site_copy: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: pytest.fail(question))
    assert run(site_copy, "report", {"id": "community"}) == 1
    assert "community.md 已有" in capsys.readouterr().err


def test_without_a_terminal_what_lacks_is_named(
    site_copy: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    assert run(site_copy, "report", {"id": "report-of-a-test"}) == 1
    assert capsys.readouterr().err == (
        "没有新建：缺 title、short_title。这里不是终端，不提问，应在命令里写明："
        "make 用 TITLE=… SHORT_TITLE=…，new.py 用 --title … --short-title …\n"
    )
