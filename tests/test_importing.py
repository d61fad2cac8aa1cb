"""`make new-report FROM=`: a text as it comes, with nothing of it lost, and topics proposed."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import check
import new
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from importing import Block, Unreadable, as_markdown, read
from printed import squeeze
from propose import blocks_of, features, learn, read_passages
from reading import read_blocks
from section_compare.model import Topic
from test_text import left_sides

if TYPE_CHECKING:
    from conftest import Project

LINES = (
    "某镇中心小学精神文明建设工作总结",
    "　　2023年,我校以创建文明校园为目标;关爱\u200b职工，走访慰问(困难职工)____人.现总结如下:",
    "一、加强理论学习",
    "（一）抓学习",
    "每周五 下午集中学习党的理论，撰写心得*体会*，[注]100%覆盖。",
    "1. 第一点：开展志愿服务活动。",
    "二、存在的问题",
    "活动形式单一，参加的人不够多...",
)
TITLE, BODY = (
    LINES[0],
    """\
2023年{sic}`,=>，`我校以创建文明校园为目标{sic}`;=>；`关爱职工，走访慰问{sic}`(困难职工)=>（困难职工）`\\_\\_\\_\\_人{sic}`.=>。`现总结如下{sic}`:=>：`

## 一、加强理论学习

### （一）抓学习

每周五下午集中学习党的理论，撰写心得\\*体会\\*，\\[注\\]100%覆盖。

1\\. 第一点：开展志愿服务活动。

## 二、存在的问题

活动形式单一，参加的人不够多{sic}`...=>……`""",
)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(*blocks: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        body = "".join(blocks)
        package.writestr(
            "word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>"
        )
    return file.getvalue()


def paragraph(text: str, properties: str = "") -> str:
    half = len(text) // 2
    runs = "".join(f"<w:r><w:t>{one}</w:t></w:r>" for one in (text[:half], text[half:]))
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


HEAD = "<!DOCTYPE html><html><head><title>站</title><script>x<y</script></head>"
HTML = HEAD + "<body><h1>{}</h1>{}</body>"
FILES = {
    "text": "\r\n".join(LINES).encode(),
    "gbk": "\n\n".join(LINES).replace("\u200b", "").encode("gbk"),
    "utf-16": "\n".join(LINES).encode("utf-16"),
    "html": HTML.format(LINES[0], "".join(f"<p>{one}</p>" for one in LINES[1:])).encode(),
    "br": HTML.format(LINES[0], "<br>".join(LINES[1:])).encode("gbk", "ignore"),
    "docx": docx(*map(paragraph, LINES)),
}


@pytest.mark.parametrize("kind", FILES)
def test_of_any_kind_the_same_comes(kind: str) -> None:
    imported = as_markdown(read(FILES[kind]))
    assert imported.title == TITLE
    assert "\n\n".join(imported.body) == BODY
    assert squeeze("".join(imported.source)) == squeeze("".join(LINES[1:])).replace("\u200b", "")


def test_lists_and_tables_are_kept() -> None:
    listed = "<w:numPr/>"
    table = "".join(
        f"<w:tr>{''.join(f'<w:tc>{paragraph(cell)}</w:tc>' for cell in row)}</w:tr>"
        for row in (("项目", "次数"), ("甲|乙", "3"))
    )
    deleted = "<w:p><w:del><w:r><w:delText>删</w:delText></w:r></w:del></w:p>"
    blocks = paragraph("好事。", listed), paragraph("实事。", listed), f"<w:tbl>{table}</w:tbl>"
    expected = ["- 好事。\n- 实事。", "| 项目 | 次数 |\n| --- | --- |\n| 甲\\|乙 | 3 |"]
    assert as_markdown(read(docx(*blocks, deleted))).body == expected
    page = "<ul><li>好事。<li>实事。</ul><table><tr><th>项目<th>次数<tr><td>甲|乙<td>3</table>"
    assert as_markdown(read(page.encode())).body == expected


def test_lines_broken_by_an_editor_are_joined() -> None:
    text = "我们的工作有了新的进展，职工都说好，领导也说好，大家都满意，" * 3 + "完了。"
    broken = "\n".join(text[n : n + 30] for n in range(0, len(text), 30))
    imported = as_markdown(read(f"　　{broken}\n　　第二段。\n".encode()))
    assert imported.body == [text, "第二段。"]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\xd0\xcf\x11\xe0", "另存为 .docx"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04", "打不开"),
        (b"\xff\x00\x81", "UTF-8"),
    ],
)
def test_what_is_no_text_is_named(raw: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read(raw)


SIGNS = st.text(st.sampled_from("中文，。,.;:!?()（）*_`[]{}<>#|~$%&\\+-=:1a \u3000"), max_size=12)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(lines=st.lists(SIGNS, max_size=4))
def test_no_character_is_lost(lines: list[str]) -> None:
    """The left sides of what is written give the text back, as the proof of the site asks."""
    imported = as_markdown([Block(line, item=number % 2 > 0) for number, line in enumerate(lines)])
    found = ""
    for token, _start in read_blocks("\n\n".join(imported.body)):
        for child in token.children or ():
            found += (
                child.content.partition("=>")[0] if child.type == "myst_role" else child.content
            )
    assert squeeze(imported.title + found) == squeeze("".join(lines))


def run(site: Project, name: str) -> int:
    values = ["--id", "town-school", "--short-title", "镇中心小学", "--from", name]
    return new.main(["--root", str(site.source), "report", *values])


def test_a_report_comes_of_a_file(site_copy: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """It builds, its text is the proof's, and what was proposed is to be looked at."""
    name = site_copy.source.parent / "report.docx"
    name.write_bytes(FILES["docx"])
    proof = site_copy.source / "tests/data/source-reports.txt"
    proof.parent.mkdir(parents=True)
    proof.write_text("篇1：旧\n\n旧。\n", encoding="utf-8")
    assert run(site_copy, str(name)) == 0
    said = capsys.readouterr().out
    assert "3 个标题" in said
    assert "1 处看不见的字符删去" in said
    assert "段标了提议的主题" in said
    found = {
        (one.rule, one.line) for name_, one in check.check(site_copy.source) if "town" in name_
    }
    assert found == {("placeholder", 9)}
    app = site_copy.build()
    text = squeeze(left_sides(app.env.get_doctree("reports/town-school")))
    part = proof.read_text(encoding="utf-8").partition("篇6：")
    assert part[0] == "篇1：旧\n\n旧。\n\n"
    assert squeeze("".join(part[1:])) == text.replace(squeeze(new.PROPOSED[2:]), "")


def test_a_file_that_is_not_there_is_named(
    site_copy: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(site_copy, "none.docx") == 1
    assert "读不出 none.docx" in capsys.readouterr().err
    assert not (site_copy.source / "reports/town-school.md").exists()


def without(text: str, pairs: set[str]) -> str:
    """A text with some pairs of characters cut out."""
    places = {n + more for n in range(len(text)) if text[n : n + 2] in pairs for more in (0, 1)}
    return "".join(" " if n in places else one for n, one in enumerate(text))


def proposals(left_out: str) -> tuple[int, int, int]:
    """How many paragraphs a report has; how often the first, one of the first two is right.

    The topics' words were written with all reports in view: the pairs of characters that stand in
    no report but the one left out are cut out of them.
    """
    site = new.read_site(ROOT)
    texts = {id_: page.text for id_, page in site.reports.items()}
    own = texts.pop(left_out)
    pairs = set(features(own)).difference(*map(features, texts.values()))
    topics = {
        id_: replace(
            page.header,
            short_title=without(page.header.short_title, pairs),
            description=without(page.header.description, pairs),
            aliases=tuple(without(alias, pairs) for alias in page.header.aliases),
        )
        for id_, page in site.topics.items()
        if isinstance(page.header, Topic)
    }
    proposer = learn(texts.values(), topics)
    blocks = [one for one in blocks_of(read_passages(own)) if one.topics and len(one.text) > 15]
    named = [(proposer.propose(block.text, block.titles), block.topics) for block in blocks]
    first = sum(bool({*topics[:1]} & right) for topics, right in named)
    return len(blocks), first, sum(bool({*topics[:2]} & right) for topics, right in named)


def test_the_topics_proposed_are_mostly_right() -> None:
    """Each report by what the others teach; to be written in, seven in ten must be right."""
    counts = [proposals(id_) for id_ in new.read_site(ROOT).reports]
    blocks, first, second = map(sum, zip(*counts, strict=True))
    assert first >= 0.7 * blocks
    assert second >= 0.8 * blocks
