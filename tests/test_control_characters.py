"""Control characters are named, and no output holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from conftest import ROOT

if TYPE_CHECKING:
    from conftest import MakeProject

CONF = f"""\
import sys
sys.path.insert(0, {str(ROOT / "_ext")!r})
extensions = ["myst_parser", "control_characters"]
project = version = copyright = epub_title = "P"
html_theme = "basic"
suppress_warnings = ["epub.unknown_project_files"]
"""
# Word's line break, the ends of each range, and what is right: a tab, a no-break space
MARKDOWN = "# 一\x0b篇\n\n头\x01条\x1f\x01。\n\n`\x00\x7f\ufffe末\uffff尾`\t\u00a0。\n"
RST = "二\n==\n\n次\x08条\x0c\x0e。\n"
OUTPUTS = {"xml": "xml", "epub": "xhtml", "html": "html", "latex": "tex"}
CONTROLS = {*map(chr, (*range(32), 0x7F, 0xFFFE, 0xFFFF))} - {*"\t\n\r"}


@pytest.mark.parametrize("builder", OUTPUTS)
def test_every_output_is_valid(make_project: MakeProject, builder: str) -> None:
    index = f"{MARKDOWN}\n```{{toctree}}\ntwo\n```\n"
    project = make_project({"conf.py": CONF, "index.md": index, "two.rst": RST})
    project.build(builder, warnings=True)
    said = (
        "控制字符 %s 看不见，却会使 EPUB、XML 和 PDF 出错；网站里已略去，请从源文件里删去"
        " [control_character]"
    )
    assert sorted(project.messages) == [
        f"index.md:1: WARNING: {said % 'U+000B'}",
        f"index.md:3: WARNING: {said % 'U+0001、U+001F'}",
        f"index.md:5: WARNING: {said % 'U+0000、U+007F、U+FFFE、U+FFFF'}",
        f"two.rst:4: WARNING: {said % 'U+0008、U+000C、U+000E'}",
    ]
    pages = sorted((project.output / builder).glob(f"*.{OUTPUTS[builder]}"))
    texts = [page.read_text(encoding="utf-8") for page in pages]
    assert not CONTROLS & {*"".join(texts)}
    for words in ("头条。", "末尾", "次条。"):
        assert any(words in text for text in texts)
    if builder in ("xml", "epub"):
        for text in texts:
            ElementTree.fromstring(text)


def test_what_a_file_brings_along_is_named_and_left_out(make_project: MakeProject) -> None:
    text = "一\x01二\n"
    project = make_project({
        "conf.py": CONF, "some.txt": text, "part.md": text, "some.csv": text,
        "index.md": "# 题\n\n```{include} part.md\n```\n\n```{literalinclude} some.txt\n```\n\n"
        "```{csv-table}\n:file: some.csv\n```\n\n```{raw} html\n:file: some.txt\n```\n",
    })  # fmt: skip
    project.build(warnings=True, exclude_patterns=["part.md"])
    named = [message for message in project.messages if "control_character" in message]
    assert len(named) == 4
    assert "\x01" not in (project.output / "html/index.html").read_text()
