"""`make fix` never harms: on any page the doctree stays, but for the characters mended."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import check
import pytest
from docutils import nodes
from docutils.core import publish_doctree
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mending import mend_page
from myst_parser.parsers.docutils_ import Parser
from section_compare.doctree import parents_of

if TYPE_CHECKING:
    from pathlib import Path

TIMES = int(os.environ.get("FUZZ", "1"))
# What a mending may touch, written out once more: punctuation, spaces, full-width letters.
LOOSE = str.maketrans("ＡＢ１", "AB1", ",;:?!.()，；：？！。（）、…—- \n\t\u3000")

INLINE = (
    "中文", "汉", "ABC", "ＡＢ１", "2021", ",", ".", ";", ":", "?", "!", "(", ")", "，", "。", "：", "（", "）",
    "。。", "...", "…", "--", "—", " ", "  ", "\u3000", "*", "**", "_", "__", "`", "``", "~~", "![", "[", "]",
    "](a,中.md)", "](图,一.png)", "{.topic-a}", "]{.dated}", "[^1]", "[ref]", "[文][ref]", "<b>", "</b>",
    "<!-- 中,文 -->", "<https://a.b/中,文>", "https://a.b/中,文", "&amp;", "&#44;", "\\", "\\*", "|", "\"", "'",
    "{sic}`错,=>对,`", "`码,中 文`", "#", "%", "$a,b$", "\\\n", "  \n", "\n", "“", "”", "\u200b", "1.", "=>",
)  # fmt: skip
LEADS = (
    "", "", "", "# ", "## ", " # ", "#", "- ", "* ", "1. ", "2. ", "> ", "> - ", "    ", "\t", "  ", "| ", ": ", "% ",
    "[^1]: ", "[ref]: ", "{.topic-a}\n", "(target)=\n", "术语\n: ", "- [ ] ", "<div>",
)  # fmt: skip
BLOCKS = (
    "", "\n", "\n\n", "---", "***", "===", "--", "```text", "```", "~~~", "````", ":::", ":::{note}", "::::",
    ":::{note} 题,目\n:class: 甲,乙", ":::{container} 中,文", ":::{code-block} text", "```{note}",
    "| 中,文 | b |\n|---|---|\n| x,中 | `a\\|,` |", "$$", "+++",
)  # fmt: skip
HEADERS = (
    "",
    "",
    "---\ntopic: a\ndescription: '中,文'\nlist: [中,文, 乙]\nx: 中 文...\n---\n",
    "---\n中,文\n",
)
LINES = st.one_of(
    st.tuples(st.sampled_from(LEADS), st.lists(st.sampled_from(INLINE), max_size=7)).map(
        lambda parts: parts[0] + "".join(parts[1])
    ),
    st.sampled_from(BLOCKS),
)
PAGES = st.tuples(st.sampled_from(HEADERS), st.lists(LINES, max_size=9)).map(
    lambda parts: parts[0] + "\n".join(parts[1]) + "\n"
)


def shape(text: str) -> str:
    """A page's doctree without what a mending may touch."""
    extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist"]
    document = publish_doctree(
        text,
        parser=Parser(),
        settings_overrides={
            "report_level": 5, "halt_level": 6, "doctitle_xform": False, "file_insertion_enabled": False,
            "myst_enable_extensions": extensions, "warning_stream": False,
        },
    )  # fmt: skip
    for message in list(document.findall(nodes.system_message)):
        message.parent.remove(message)
    for node in document.findall(nodes.Element):
        for name in ("ids", "names", "dupnames", "backrefs", "refid", "slug", "source"):
            node.attributes.pop(name, None)  # made of titles, which may be mended, and messages
    for child in list(document.findall(nodes.Text)):
        code = isinstance(child.parent, nodes.literal | nodes.FixedTextElement | nodes.raw)
        if not code or in_header(child):
            child.parent.replace(child, nodes.Text(child.translate(LOOSE)))
    return re.sub(r"\s+", " ", document.pformat())


def in_header(node: nodes.Node) -> bool:
    """Whether it stands in the front matter, whose values MyST shows as code."""
    return any(isinstance(parent, nodes.docinfo | nodes.field_list) for parent in parents_of(node))


def mend(text: str) -> str:
    return mend_page(text, check.mend_layout, check.SPACING_RULES)


@pytest.mark.full
@settings(
    max_examples=40 * TIMES, derandomize=TIMES == 1, deadline=None, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(text=PAGES)
def test_any_page_keeps_its_doctree(text: str) -> None:
    mended = mend(text)
    assert shape(mended) == shape(text)
    assert mend(mended) == mended


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("![义诊,现场](pic,一.svg)", ""),
        ("长 * 宽", ""),
        ("强调**内容。**。", ""),
        ("`中,文`和{kbd}`中,文`和<b title='中,文'>", ""),
        ("好。[^1]\n\n[^1]: 注,文。", "好。[^1]\n\n[^1]: 注，文。"),
        ("[ＡＢ,中](a,中.md \"题,中\")", "[AB，中](a,中.md \"题,中\")"),
        ("甲,乙  \n丙,丁", "甲，乙  \n丙，丁"),
        ("#没有空格", ""),
        ("文\n2. 甲", ""),
        (":::{note}\n:class: 甲,乙\n\n丙,丁\n:::", ":::{note}\n:class: 甲,乙\n\n丙，丁\n:::"),
        ("```text\n甲,乙  \n\n\n\n丙\n```", ""),
        ("---\nx: [甲,乙]\ny: '甲,乙'\n---\n\n甲,乙", "---\nx: [甲,乙]\ny: '甲，乙'\n---\n\n甲，乙"),
    ],
)  # fmt: skip
def test_what_is_mended_and_what_is_left_alone(text: str, mended: str) -> None:
    assert mend(f"{text}\n") == f"{mended or text}\n"


def test_what_a_link_leads_to_is_not_written(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (outside / "more").mkdir(parents=True)
    site = tmp_path / "site"
    (site / "topics").mkdir(parents=True)
    for name in ("one.md", "more/two.md"):
        (outside / name).write_text("甲,乙\n", encoding="utf-8")
    (site / "topics/one.md").symlink_to(outside / "one.md")
    (site / "topics/more").symlink_to(outside / "more")
    (site / "topics/own.md").write_text("甲,乙\n", encoding="utf-8")
    (site / "topics/own.md").chmod(0o640)
    check.fix(site)
    assert (outside / "one.md").read_text(encoding="utf-8") == "甲,乙\n"
    assert (outside / "more/two.md").read_text(encoding="utf-8") == "甲,乙\n"
    assert (site / "topics/own.md").read_text(encoding="utf-8") == "甲，乙\n"
    assert (site / "topics/own.md").stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in (site / "topics").iterdir()) == ["more", "one.md", "own.md"]


def test_a_disk_that_is_full_costs_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "topics" / "own.md"
    page.parent.mkdir()
    page.write_text("甲,乙\n", encoding="utf-8")

    def fail(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mending.os.replace", fail)
    with pytest.raises(OSError, match="No space"):
        check.fix(tmp_path)
    assert page.read_text(encoding="utf-8") == "甲,乙\n"
    assert list(page.parent.iterdir()) == [page]
