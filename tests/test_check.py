"""`make check`: one terrible page against its full list, and what only a test can write."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import check
import pages
import pytest
from conftest import HERE, ROOT
from typography import check_typography

if TYPE_CHECKING:
    from pathlib import Path

TERRIBLE = HERE / "roots" / "terrible"
GOOD = {
    "index.md": "# 首页\n\n```{toctree}\n短 <reports/one>\ntopics/care\n```\n",
    "reports/one.md": "---\nreport: one\n---\n\n# 篇一\n\n{.topic-care}\n好。\n",
    "topics/care.md": "---\ntopic: care\n---\n\n# 关爱\n\n:::{section-compare}\n:::\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small site with no problem."""
    for name, text in GOOD.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def found(folder: Path) -> list[str]:
    return [f"{name}:{one.line}:{one.column} {one.rule}" for name, one in check.check(folder)]


@pytest.mark.builds
def test_the_site_has_no_problem() -> None:
    assert found(ROOT) == []


@pytest.mark.builds
def test_a_terrible_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main(["--root", str(TERRIBLE)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines == (TERRIBLE / "expected.txt").read_text(encoding="utf-8").splitlines()


def test_a_good_page(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main(["--root", str(folder)]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("reports/one.md", b"\xef\xbb\xbf" + GOOD["reports/one.md"].encode(),
         ["reports/one.md:1:1 bom"]),
        ("reports/one.md", GOOD["reports/one.md"].replace("\n", "\r\n").encode(),
         ["reports/one.md:1:1 crlf"]),
        ("reports/two.md", GOOD["reports/one.md"].replace("one", "two").encode("gb18030"),
         ["reports/two.md:8:1 encoding"]),
        ("index.md", GOOD["index.md"].encode("gb18030"), ["index.md:1:3 encoding"]),
        ("reports/two.md", GOOD["reports/one.md"].replace("one", "two").encode(),
         ["reports/two.md:1:1 toc.not_included"]),
        ("reports/新报告.docx", b"", ["reports/新报告.docx:1:1 file-name"]),
        ("reports/one.md", GOOD["reports/one.md"].replace("care", "zzz").encode(),
         ["reports/one.md:8:1 section_compare.mark",
          "topics/care.md:2:1 section_compare.empty_topic"]),
        ("guide.md", b"---\norphan: true\nreport: two\n---\n\n# Guide\n",
         ["guide.md:3:1 declaration", "guide.md:3:1 empty"]),
        ("guide.md", b"---\norphan: true\nreport: one\n---\n\n# Guide\n",
         ["guide.md:3:1 declaration", "guide.md:3:1 empty",
          "guide.md:3:1 section_compare.duplicate_id"]),
        ("reports/one.md", f"{GOOD['reports/one.md']}\n{{.topic-care}}\n```text\n开\n".encode(),
         ["reports/one.md:11:1 code", "reports/one.md:11:1 fence"]),
        ("reports/one.md", f"{GOOD['reports/one.md']}\n% 注释。\n".encode(),
         ["reports/one.md:10:1 comment"]),
        ("index.md", f"{GOOD['index.md']}\n```{{nosuch}}\n```\n".encode(),
         ["index.md:8:1 myst.directive_unknown"]),
        ("index.md", GOOD["index.md"].replace("care\n", "care\ntopics/care\n").encode(),
         ["index.md:3:1 toc.duplicate_entry"]),
        ("topics/care.md",
         f"{GOOD['topics/care.md']}\n```{{toctree}}\n../reports/one\n```\n".encode(),
         ["reports/one.md:1:1 toctree"]),
        ("topics/care.md", b"---\ntopic: care\n---\n\n:::{section-compare}\n:::\n",
         ["index.md:3:1 toc.no_title", "topics/care.md:4:1 title"]),
        ("index.md", f"{GOOD['index.md']}\n[x](topics/none.md)\n".encode(),
         ["index.md:8:1 myst.xref_missing"]),
        ("index.md", f"{GOOD['index.md']}\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n".encode(),
         ["index.md:8:1 MD092"]),
        ("index.md", f"{GOOD['index.md']}\n换\x0b行\n".encode(),
         ["index.md:8:1 control_character"]),
    ],
    ids=["bom", "crlf", "encoding", "home-encoding", "toctree", "file-name", "unknown-topic",
         "elsewhere", "taken", "fence", "comment", "directive", "twice", "two-toctrees", "no-title",
         "link", "merge", "control"],
)  # fmt: skip
def test_one_thing_wrong(folder: Path, name: str, content: bytes, expected: list[str]) -> None:
    (folder / name).write_bytes(content)
    assert found(folder) == expected


def test_heading_rules_take_sections(folder: Path) -> None:
    """A section by its title, where the report has no mark for the topic."""
    topic = GOOD["topics/care.md"].replace("care\n", "care\nheadings: [关心*]\n", 1)
    (folder / "topics" / "care.md").write_text(topic, encoding="utf-8")
    report = "---\nreport: one\n---\n\n# 关心一\n\n还没有。\n\n## 一、关心职工\n\n好。\n"
    (folder / "reports" / "one.md").write_text(report, encoding="utf-8")
    assert found(folder) == ["reports/one.md:7:1 section_compare.no_topic"]


@pytest.mark.parametrize(
    "text",
    [
        "2021年和 2021 年，XX公司，3.5%，16:9，2-3本，《党章》（试行）。",
        "“好！”他说：“行……”——完。",
        "`a,中` 和 https://example.org/中,文 和 <!-- 中,文 -->。",
        "[中，](a,b.md)和[中。]{.topic-a}",
        "{sic}`支持;组织=>支持；组织`。",
        "{sic}`=>。`{sic}`(3篇)=>`",
        "| 中 | 文，没有句号 |",
        "# 标题，没有句号",
        "```text\n中,文\n```",
        "```{toctree}\n中,文 <a>\n```",
        ":::{figure} 中,文.png\n:alt: 中,文\n:::",
        "% 中,文",
        '---\ntitle: "中"\n...',
        "短语没有句号",
        "一句话\n分两行写，有句号。",
    ],
)
def test_what_is_right_is_left_alone(text: str) -> None:
    assert list(check_typography(f"{text}\n")) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[中]{.topic-a}[,文。]{.topic-b}", (1, 15)),
        (":::{note}\n中,文。\n:::", (2, 2)),
        ("---\ndescription: '中,文'\n---\n", (2, 16)),
        ("{sic}`对=>中,文`", (1, 11)),
        ("> - **中**,文", (1, 10)),
    ],
)
def test_places_are_the_sources(text: str, place: tuple[int, int]) -> None:
    [problem] = check_typography(text)
    assert problem[:3] == (*place, "half-width")


def test_fix_repairs_what_is_safe_and_no_word_of_a_report(folder: Path) -> None:
    bad = '关心,职工(和)群众。。他说"好"，\u3000汉 字...\n#  标题   \n'
    topic = folder / "topics" / "care.md"
    topic.write_text(GOOD["topics/care.md"] + f"\n{bad}\n\n", encoding="utf-8")
    report = folder / "reports" / "one.md"
    report.write_bytes(
        b"\xef\xbb\xbf" + (GOOD["reports/one.md"] + bad).replace("\n", "\r\n").encode()
    )
    assert check.main(["--fix", "--root", str(folder)]) == 1
    assert report.read_text(encoding="utf-8") == GOOD["reports/one.md"] + bad
    assert topic.read_text(encoding="utf-8") == (
        GOOD["topics/care.md"]
        + '\n关心，职工（和）群众。他说"好"，\u3000汉字……\n\n# 标题\n'
    )  # fmt: skip
    left = {line.split()[1] for line in found(folder) if line.startswith("topics")}
    assert left == {"quotes", "MD025"}


def test_problems_are_annotations_in_github_actions(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "reports" / "a,b%.md").write_text("x\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert check.main(["--root", str(folder)]) == 1
    lines = capsys.readouterr().out.splitlines()
    place = next(
        n for n, one in enumerate(lines) if one.startswith("reports/a,b%.md:1:1 file-name")
    )
    assert lines[place + 1].startswith(
        "::error file=reports/a%2Cb%25.md,line=1,col=1,title=file-name::"
    )


@pytest.mark.parametrize("language", ["C", "de_DE.UTF-8"])
def test_it_speaks_chinese_on_any_machine(
    folder: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("LC_ALL", language)
    monkeypatch.setenv("LANGUAGE", language)
    (folder / "topics" / "care.md").write_text(
        GOOD["topics/care.md"].replace("care\n", "cares\n"), "utf-8"
    )
    said = {one.rule: one.message for _name, one in check.check(folder)}
    assert said == {
        "id": "编号 cares 和文件名 care.md 不同，应改成一样",
        "section_compare.mark": "标记所写的主题 'care' 没有主题页；可用：cares；是否应为 'cares'？",
        "section_compare.empty_topic": "没有一篇范文写到主题 'cares'；请用 {.topic-cares} 标记",
    }


def test_a_broken_linter_is_no_clean_bill(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "MARKDOWN_RULES", {"NO SUCH RULE": ""})
    with pytest.raises(RuntimeError, match="NO SUCH RULE"):
        check.check(folder)


def test_the_guide_explains_every_rule() -> None:
    """CONTRIBUTING.md names the rules that there are, and no others."""
    sources = [path.read_text("utf-8") for path in (ROOT / "tools").glob("*.py")]
    rules = set(re.findall(r'Problem\((?:[^()]|\([^()]*\))*?"([a-z-]+)",', "".join(sources)))
    rules |= {rule for rule, *_rest in (*pages.BLOCKS.values(), *pages.INLINE.values())}
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = guide.partition("| 规则 | 查什么 |")[2].partition("\n\n")[0]
    named = {
        rule
        for row in table.splitlines()
        for rule in re.findall(r"`([a-z-]+)`", row.split(" | ")[0])
    } - {"-"}
    assert named == rules


def test_a_copy_without_rumdl_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    with pytest.raises(FileNotFoundError, match="rumdl"):
        check.check(folder)


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        ("topics/cares", "topics/cares"),
        ("短 <reports/once>", "reports/once"),
        ("topics/care.md", ""),
        ("/topics/care", ""),
        ("关爱 <https://example.org/none>", ""),
        ("topics/*", ""),
        ("self", ""),
    ],
)
def test_what_a_toctree_names_is_there(folder: Path, entry: str, wrong: str) -> None:
    """What Sphinx takes is right; so is a toctree in code, which is none."""
    code = "````md\n```{toctree}\nzzz\n```\n````\n"
    toctree = f"```{{toctree}}\n:glob:\n\nreports/one\n{entry}\n```\n"
    text = f"# 首页\n\n{code}\n{toctree}"
    if ("care" not in entry.replace("cares", "") and "*" not in entry) or wrong:
        text = text.replace("reports/one\n", "reports/one\ntopics/care\n")
    (folder / "index.md").write_text(text, encoding="utf-8")
    problems = [(name, one.line, one.rule) for name, one in check.check(folder)]
    assert problems == ([("index.md", 9, "toc.not_readable")] if wrong else [])


def test_a_second_page_with_an_id_shows_its_other_faults(folder: Path) -> None:
    twin = GOOD["reports/one.md"].replace("care", "cares") + "\n没有标记。\n"
    (folder / "reports" / "twin.md").write_text(twin, encoding="utf-8")
    assert found(folder) == [
        "reports/twin.md:1:1 toc.not_included",
        "reports/twin.md:2:1 id",
        "reports/twin.md:2:1 section_compare.duplicate_id",
        "reports/twin.md:8:1 section_compare.mark",
        "reports/twin.md:10:1 section_compare.no_topic",
    ]


@pytest.mark.parametrize("mark", ["[好{.topic-cares}", "[好]{.topic-cares", "[好]｛.topic-cares｝"])
def test_a_mark_that_is_text_is_named(folder: Path, mark: str) -> None:
    text = GOOD["reports/one.md"].replace("好。", f"{mark}。")
    (folder / "reports" / "one.md").write_text(text, encoding="utf-8")
    assert found(folder) == ["reports/one.md:8:1 section_compare.lost_mark"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('他说"好"又说"行"。', "“”“”"),
        ('"好。"他说："行。"', "“”“”"),
        ('他说："好。', "“"),
        ('好"，他说。', "”"),
        ("“他说'好'，”又说", "‘’"),
        ('说"好', "?"),
        ('好"，他说"行', "”?"),  # the end of a quotation that a line above opened
    ],
)
def test_which_of_a_pair_a_straight_quote_is(text: str, said: str) -> None:
    problems = [one for one in check_typography(f"{text}\n") if one.rule == "quotes"]
    sides = [one.message.partition("应写作 ")[2] for one in problems]
    assert "".join(side if len(side) == 1 else "?" for side in sides) == said
    assert all(len(side) == 1 or side == "“ ” 中的一个" for side in sides)


@pytest.mark.parametrize("text", ["见(abc) x。", "x (abc)后。", "(甲) x。"])
def test_both_brackets_of_a_pair_are_named(text: str) -> None:
    """Though Chinese stands beside one of them alone, or between them."""
    problems = [one for one in check_typography(f"{text}\n") if one.rule == "brackets"]
    assert [one.column - 1 for one in problems] == [text.index("("), text.index(")")]
