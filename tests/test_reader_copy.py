"""What a reader copies from a comparison, in a real browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bs4 import BeautifulSoup

if TYPE_CHECKING:
    from conftest import OpenPage, Project
    from playwright.sync_api import BrowserContext, Page

PAGE = "topics/integrity.html"
CELL = ".section-compare-cell"
INDENT = "　　"


class Copied(NamedTuple):
    """What the clipboard holds."""

    text: str
    html: str

    @property
    def paragraphs(self) -> list[str]:
        return self.text.split("\n")


def copied(page: Page) -> Copied:
    """Paste as a word processor does, into an editor that takes both kinds."""
    page.evaluate(
        """() => {
            const place = document.body.appendChild(document.createElement("textarea"));
            place.addEventListener("paste", event => {
                event.preventDefault();
                window.pasted = ["text/plain", "text/html"].map(
                    type => event.clipboardData.getData(type));
            });
            place.focus();
        }"""
    )
    page.keyboard.press("Control+v")
    page.wait_for_function("window.pasted")
    text, html = page.evaluate("window.pasted")
    return Copied(text.replace("\r\n", "\n"), html)


def passages(page: Page, report: str) -> list[str]:
    """The paragraphs of a report as the page shows them, and where each passage stands."""
    cell = f'{CELL}[data-report="{report}"]'
    shown = page.locator(f"{cell} .section-compare-place, {cell} .section-compare-passage p")
    return [text.strip() for text in shown.all_inner_texts()]


def press_copy(page: Page, report: str) -> None:
    cell = page.locator(f'{CELL}[data-report="{report}"]')
    cell.get_by_role("button", name="复制").click()
    page.get_by_role("status").get_by_text("已复制").wait_for()


def test_a_cell_is_copied_as_paragraphs_with_its_source(
    open_page: OpenPage, clipboard: BrowserContext
) -> None:
    page = open_page(PAGE, context=clipboard)
    press_copy(page, "state-company")
    address = page.evaluate(
        "document.querySelector('[data-report=state-company] .section-compare-name a').href"
    )
    shown = passages(page, "state-company")
    result = copied(page)
    assert shown
    source = f"——摘自《篇4：单位精神文明建设工作总结范文》（国有公司） {address}"
    assert result.paragraphs == [*(INDENT + text for text in shown), source]
    pasted = BeautifulSoup(result.html, "html.parser")
    found = pasted.select("p")
    assert [p.get_text() for p in found] == [*shown, source]
    assert all("text-indent:2em" in str(p["style"]).replace(" ", "") for p in found[:-1])
    # nothing but paragraphs, and yellow on what must be changed: no mark, link or class comes along
    names = {"html", "head", "meta", "body", "p", "b", "span"}
    assert {tag.name for tag in pasted.find_all(True)} <= names
    assert not re.search(r"class=|<a|<mark", result.html)


def test_headings_are_copied_as_lines(open_page: OpenPage, clipboard: BrowserContext) -> None:
    page = open_page("topics/shortcomings.html", context=clipboard)
    head = page.locator(f"{CELL} .section-compare-passage .rubric").first
    title = head.inner_text()
    report = head.evaluate("head => head.closest('[data-report]').dataset.report")
    press_copy(page, report)
    result = copied(page)
    assert INDENT + title in result.paragraphs
    bold = BeautifulSoup(result.html, "html.parser").select("p > b")
    assert title in [tag.get_text() for tag in bold]


def test_the_whole_comparison_names_each_report(
    open_page: OpenPage, clipboard: BrowserContext
) -> None:
    page = open_page(f"{PAGE}?reports=community,county-transport", context=clipboard)
    page.get_by_role("button", name="复制全部").click()
    page.get_by_role("status").get_by_text("已复制").wait_for()
    lines = copied(page).paragraphs
    assert lines[0] == "香港路社区"
    assert lines[1:-1] == [
        *(INDENT + text for text in passages(page, "community")),
        lines[len(passages(page, "community")) + 1],
        "县交通局",
        *(INDENT + text for text in passages(page, "county-transport")),
    ]
    assert [line[:5] for line in lines if line.startswith("——")] == ["——摘自《", "——摘自《"]
    assert "某单位" not in "".join(lines)  # hidden, so not copied


def test_nothing_is_offered_where_there_is_nothing_to_copy(open_page: OpenPage) -> None:
    """A press would empty the clipboard and say that all is copied."""
    page = open_page("topics/minors.html?reports=state-company,community")
    everything = page.get_by_role("button", name="复制全部")
    assert everything.count() == 0
    page.get_by_role("button", name="恢复原样").click()
    assert everything.count() == 1


def test_where_copying_is_refused_the_text_is_selected(
    open_page: OpenPage, clipboard: BrowserContext
) -> None:
    clipboard.add_init_script("document.execCommand = () => false")
    page = open_page(PAGE, context=clipboard)
    page.locator(f'{CELL}[data-report="community"]').get_by_role("button", name="复制").click()
    page.get_by_role("status").get_by_text("Ctrl+C").wait_for()
    page.keyboard.press("Control+c")
    assert INDENT + passages(page, "community")[0] in copied(page).paragraphs


def test_from_a_folder_no_address_of_the_own_disk_is_copied(
    site: Project, open_page: OpenPage, clipboard: BrowserContext
) -> None:
    page = open_page((site.output / "html" / PAGE).as_uri(), context=clipboard)
    press_copy(page, "community")
    assert (
        copied(page).paragraphs[-1] == "——摘自《篇2：单位精神文明建设工作总结范文》（香港路社区）"
    )


def select(page: Page, start: str, end: str) -> None:
    """Select by hand from one element's start to another's end."""
    page.evaluate(
        """([start, end]) => {
            const range = document.createRange();
            range.setStart(document.querySelector(start), 0);
            const last = document.querySelector(end);
            range.setEnd(last, last.childNodes.length);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
        }""",
        [start, end],
    )
    page.keyboard.press("Control+c")


def test_selecting_by_hand_copies_the_same_clean_text(
    open_page: OpenPage, clipboard: BrowserContext
) -> None:
    page = open_page("topics/care.html", context=clipboard)
    cell = '[data-report="organization"]'
    select(page, cell, f"{cell} .section-compare-passage:last-child")
    result = copied(page)
    assert result.paragraphs == [
        "　　某单位",
        *(INDENT + text for text in passages(page, "organization")),
        result.paragraphs[-1],
    ]
    assert result.paragraphs[-1].startswith("——摘自《篇3：")  # whole paragraphs name their source
    assert not re.search(r"427|复制|收起|隐藏|摘录", "".join(result.paragraphs[:-1]))


def test_part_of_a_paragraph_is_copied_as_it_stands(
    open_page: OpenPage, clipboard: BrowserContext
) -> None:
    page = open_page("topics/care.html", context=clipboard)
    part = "努力创造条件"
    assert page.evaluate("part => window.find(part)", part)  # selects it
    page.keyboard.press("Control+c")
    assert copied(page).text == part  # with no indent


def test_copies_have_the_reading_or_the_source_as_shown(
    open_page: OpenPage, clipboard: BrowserContext
) -> None:
    page = open_page("topics/care.html", context=clipboard)
    mark = page.locator(f"{CELL} .emendation", has=page.locator("ins:not(:empty)")).first
    report = mark.evaluate("mark => mark.closest('[data-report]').dataset.report")
    texts = []
    for view in ("校订", "原文"):
        page.locator(".emendation-switch").get_by_role("button", name=view).click()
        press_copy(page, report)
        texts.append(copied(page).text)
        shown = "".join(passages(page, report))
        assert "".join(texts[-1].split("\n")[:-1]).replace(INDENT, "") == shown
        page.reload()
    assert texts[0] != texts[1]


def test_the_key_c_copies_the_column_in_focus(
    open_page: OpenPage, clipboard: BrowserContext
) -> None:
    page = open_page(PAGE, context=clipboard)
    page.locator(f'{CELL}[data-report="community"] .section-compare-passage').first.click()
    page.keyboard.press("c")
    page.get_by_role("status").get_by_text("已复制：香港路社区").wait_for()
    assert "（香港路社区）" in copied(page).text


MIXED = {
    "conf.py": """project = "mixed"
language = "zh_CN"
extensions = ["myst_parser", "section_compare"]
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence"]
""",
    "index.md": "# Home\n\n```{toctree}\na\nb\none\ntwo\nboth\n```\n",
    "a.md": """---
report: a
---
# 甲

{.topic-one}
## 一、做法

前*重点*，[链接](b.md)后。

3. 第三
4. 第四

- 点 <b>一</b>

| 项 | 数 |
|---|---|
| 次 | 5 |

{.topic-two}
## 二、打算

完。
""",
    "b.md": "---\nreport: b\n---\n# 乙\n\n{.topic-one}\n乙一。\n",
    "one.md": "---\ntopic: one\n---\n# 做法\n\n:::{section-compare}\n:::\n",
    "two.md": "---\ntopic: two\n---\n# 打算\n\n:::{section-compare}\n:::\n",
    "both.md": "# 全部\n\n:::{section-compare} one two\n:::\n",
}


def test_all_rows_of_a_report_are_copied_with_lists_and_tables(
    make_project: object, open_page: OpenPage, clipboard: BrowserContext
) -> None:
    project: Project = make_project(MIXED)  # type: ignore[operator]
    project.build()
    page = open_page((project.output / "html" / "both.html").as_uri(), context=clipboard)
    page.get_by_role("button", name="选范文").click()
    page.get_by_role("button", name="复制甲", exact=True).click()
    page.get_by_role("status").get_by_text("已复制：甲").wait_for()
    assert copied(page).paragraphs == [
        "甲 · 做法",
        "　　一、做法",
        "　　前重点，链接后。",
        "　　3. 第三",
        "　　4. 第四",
        "　　• 点 一",
        "　　项\t数",
        "　　次\t5",
        "甲 · 打算",
        "　　二、打算",
        "　　完。",
        "——摘自《甲》（甲）",
    ]
