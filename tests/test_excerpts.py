"""Excerpts and Word files, in a real browser: taken, kept, put in order, copied, saved."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

import docx
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, listed
from docx.enum.text import WD_COLOR_INDEX
from test_guides import rows
from test_reader_copy import copied, select

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import OpenPage, Project
    from docx.document import Document
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

STORE = "excerpts:范文对读"
LIST = "guide/excerpts.html"
CELL = ".section-compare-cell"


@pytest.fixture
def reader(browser: Browser) -> Iterator[BrowserContext]:
    """A window whose clipboard can be read, with a store of its own."""
    context = browser.new_context(viewport={"width": 1366, "height": 900}, accept_downloads=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


def take(page: Page, report: str) -> None:
    cell = page.locator(f'{CELL}[data-report="{report}"]')
    cell.get_by_role("button", name="摘录").click()
    page.locator(".excerpts-status").get_by_text("已摘录").wait_for()


def test_a_column_that_is_shown_later_is_taken_too(open_page: OpenPage) -> None:
    page = open_page("topics/opening.html?reports=community,state-company")
    buttons = page.locator(CELL).get_by_role("button", name="摘录")
    assert buttons.count() == 2
    page.get_by_role("button", name="恢复原样").click()
    assert buttons.count() == len(listed("reports"))
    take(page, "county-transport")


def download(page: Page, button: Locator) -> tuple[str, bytes]:
    """The name and the content of the file that a press saves."""
    with page.expect_download() as caught:
        button.click()
    return caught.value.suggested_filename, caught.value.path().read_bytes()


def opened(content: bytes) -> Document:
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    return docx.Document(io.BytesIO(content))


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def yellow(document: Document) -> list[str]:
    return [
        run.text
        for paragraph in document.paragraphs
        for run in paragraph.runs
        if run.font.highlight_color == WD_COLOR_INDEX.YELLOW
    ]


def test_five_passages_are_a_draft_in_ten_actions(
    site: Project, open_page: OpenPage, reader: BrowserContext
) -> None:
    """From a folder, as in an office without a server."""
    home = (site.output / "html").as_uri()
    page = open_page(f"{home}/topics/next-steps.html", context=reader)
    actions = 0
    topics = ["下步打算", "开头", "组织领导", "理论学习", "问题与不足"]
    for place, topic in enumerate(topics):
        if place:
            page.locator(".sidebar-tree").get_by_role("link", name=topic, exact=True).click()
            actions += 1
        take(page, "government-affairs")
        actions += 1
    name, content = download(page, page.locator(".excerpts-status").get_by_text("下载 Word"))
    actions += 1
    assert name == "摘录夹.docx"
    assert actions <= 10
    # what was taken in any order is put in the order of the topics where it is looked at
    page.locator(".sidebar-tree").get_by_role("link", name="摘录夹").click()
    page.locator(".excerpts-head").nth(4).wait_for()
    heads = page.locator(".excerpts-head strong").all_inner_texts()
    order = ["开头", "组织领导", "理论学习", "存在的问题", "下一步"]
    assert [head[: len(start)] for head, start in zip(heads, order, strict=True)] == order
    _name, content = download(page, page.locator(".excerpts-bar").get_by_text("下载 Word"))
    document = opened(content)
    styles = [(one.style.name if one.style else "", one.text) for one in document.paragraphs]
    assert [text for style, text in styles if style == "Heading 1"] == heads
    assert sum(text.startswith("——摘自《篇5") for style, text in styles if style == "Source") == 5
    assert "____" in yellow(document)
    assert re.fullmatch("须填 [1-9][0-9]* 处，须核改 [1-9][0-9]* 处", texts(document)[-1])


def test_excerpts_are_kept_moved_removed_and_shared_by_tabs(
    open_page: OpenPage, reader: BrowserContext
) -> None:
    first = open_page("topics/opening.html", context=reader)
    page = open_page(LIST, context=reader)
    assert page.get_by_text("还没有摘录").is_visible()
    take(first, "community")
    take(first, "state-company")
    items = page.locator(".excerpt-list li")
    page.locator(".excerpt-list li").nth(1).wait_for()  # without a reload
    assert "已有" in take_again(first, "community")
    page.reload()
    assert items.get_by_text("——摘自《").count() == 2
    page.get_by_role("button", name="下移：").first.click()
    assert "篇4" in items.first.inner_text()
    page.keyboard.press("Shift+Tab")  # the focus stays with what was moved
    page.reload()
    assert "篇4" in items.first.inner_text()
    items.first.get_by_role("link").click()
    assert page.url.endswith("/reports/state-company.html#opening")
    page.go_back()
    items.first.get_by_role("button", name="删去").click()
    assert items.count() == 1
    page.get_by_role("button", name="全部复制").click()
    page.get_by_text("已复制").wait_for()
    lines = copied(page).paragraphs
    assert lines[0] == "摘录夹"
    assert lines[-2].startswith("——摘自《篇2：单位精神文明建设工作总结范文》（香港路社区） http")
    assert lines[-1] == page.locator(".excerpts-bar .excerpts-count").inner_text().split("　")[1]
    page.get_by_role("button", name="清空").click()
    assert items.count() == 1  # it asks
    page.get_by_role("button", name="再点一次").click()
    assert page.evaluate("key => localStorage[key]", STORE) == "[]"
    first.bring_to_front()
    assert page.get_by_text("还没有摘录").is_visible()


def take_again(page: Page, report: str) -> str:
    page.locator(f'{CELL}[data-report="{report}"]').get_by_role("button", name="摘录").click()
    return page.locator(".excerpts-status").inner_text()


def test_an_excerpt_is_text_whatever_the_store_holds(
    open_page: OpenPage, reader: BrowserContext
) -> None:
    evil = '<img src=x onerror="window.hit=1">'
    one = {"topic": "opening", "name": evil, "source": evil, "address": "javascript:window.hit=1",
           "paragraphs": [{"runs": [[evil, ""], ["XX", "fill"]]}]}  # fmt: skip
    page = open_page(LIST, context=reader)
    stored = json.dumps([one, {"topic": 1}, "x"])
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [STORE, stored])
    page.reload()
    [item] = page.locator(".excerpt-list li").all()
    assert evil in item.inner_text()
    assert item.locator("img, a").count() == 0
    assert page.evaluate("window.hit") is None
    page.evaluate("key => localStorage.setItem(key, '{broken')", STORE)
    page.reload()
    assert page.get_by_text("还没有摘录").is_visible()


def test_a_full_store_loses_nothing_and_says_so(
    open_page: OpenPage, reader: BrowserContext
) -> None:
    page = open_page("topics/opening.html", context=reader)
    take(page, "community")
    before = page.evaluate("key => localStorage[key]", STORE)
    page.evaluate(
        """() => { for (let size = 2 ** 22; size; size >>= 1)
            try { for (let n = 0; ; n++) localStorage.setItem(`${size} ${n}`, "x".repeat(size)); }
            catch {} }"""
    )
    assert "存满" in take_again(page, "state-company")
    assert page.evaluate("key => localStorage[key]", STORE) == before


@pytest.mark.parametrize("report", listed("reports"))
def test_a_report_is_in_word_what_it_is_when_copied(
    open_page: OpenPage, reader: BrowserContext, report: str
) -> None:
    page = open_page(f"reports/{report}.html", context=reader)
    bar = page.locator(".excerpts-bar")
    bar.get_by_role("button", name="复制全篇").click()
    page.get_by_text("已复制").wait_for()
    result = copied(page)
    lines = [line.removeprefix("　　") for line in result.paragraphs]
    # the report whole, and no word of the page's own
    shown = page.evaluate(
        """() => [...document.querySelectorAll("article section > p, article h2, article h3")]
            .filter(one => !one.closest(".emendation-list"))
            .map(one => one.innerText.replace(/[\\s¶]/g, ""))"""
    )
    assert [re.sub(r"\s", "", line) for line in lines[1:-2]] == shown
    assert re.fullmatch(r"篇\d：单位精神文明建设工作总结范文", lines[0])
    assert lines[-2].startswith(f"——摘自《{lines[0]}》（")
    assert lines[-2].endswith(f"/reports/{report}.html")
    assert lines[-1].startswith("须填 ")
    marks = BeautifulSoup(result.html, "html.parser").select("span[style*=yellow]")
    name, content = download(page, bar.get_by_role("button", name="下载 Word"))
    assert name.startswith(lines[0])
    document = opened(content)
    assert texts(document) == lines
    assert "".join(yellow(document)) == "".join(mark.get_text() for mark in marks)
    levels = {one.style.name for one in document.paragraphs if one.style}
    assert {"Title", "Heading 1", "Normal", "Source"} <= levels
    section = document.sections[0]
    sizes = [section.page_width, section.page_height, section.left_margin, section.top_margin]
    assert [round(size.mm) for size in sizes if size] == [210, 297, 28, 37]


def test_a_comparison_goes_to_word_as_a_table_of_up_to_three(
    open_page: OpenPage, reader: BrowserContext
) -> None:
    page = open_page("topics/opening.html?reports=community,organization", context=reader)
    button = page.locator(".section-compare-bar").get_by_role("button", name="下载 Word")
    [table] = opened(download(page, button)[1]).tables
    row = [cell.text for cell in table.rows[0].cells]
    assert [text.split("\n")[0] for text in row] == ["香港路社区", "某单位"]
    assert "一、引言" in row[1]
    page.get_by_role("button", name="恢复原样").click()
    document = opened(download(page, button)[1])
    assert document.tables == []
    names = [one.text for one in document.paragraphs if one.style and one.style.name == "Heading 2"]
    assert names == ["县交通局", "香港路社区", "某单位", "国有公司", "机关事务局"]


def test_the_outline_goes_to_word_with_its_blanks(
    open_page: OpenPage, reader: BrowserContext
) -> None:
    page = open_page("guide/outline.html", context=reader)
    button = page.get_by_role("button", name="下载 Word")
    document = opened(download(page, button)[1])
    assert texts(document)[0] == "空白提纲"
    assert not any("对读：" in text for text in texts(document))
    source = (ROOT / "guide" / "outline.md").read_text(encoding="utf-8")
    assert yellow(document) == ["____"] * source.count(r"\_\_\_\_")


def test_what_xml_may_not_hold_is_left_out(open_page: OpenPage, reader: BrowserContext) -> None:
    page = open_page("guide/outline.html", context=reader)
    page.evaluate(
        r"""() => document.querySelector("h1").firstChild.data =
            "a & b < c > \"d\"\u0001\u000b\ufffe\ud800 ]]> 😀"""
        + '"'
    )
    document = opened(download(page, page.get_by_role("button", name="下载 Word"))[1])
    assert texts(document)[0] == 'a & b < c > "d" ]]> 😀'


def test_a_passage_of_a_report_is_taken_whole(open_page: OpenPage, reader: BrowserContext) -> None:
    page = open_page("reports/government-affairs.html", context=reader)
    for number in (1, 2):  # a section; a paragraph of several runs, each on its topics
        page.get_by_role("button", name="摘录：").nth(number).click()
    page.goto(page.url.replace("reports/government-affairs", "guide/excerpts"))
    first, second = page.locator(".excerpt-list li").all()
    assert "一、加强领导，健全机构" in first.inner_text()
    assert "思想道德素质得到提高。" in second.inner_text()
    assert second.locator(".excerpts-text").count() == 1
    assert second.get_by_text("结合“公民道德宣传月”活动").count() == 1


def test_a_paragraph_selected_on_a_report_takes_its_source_along(
    open_page: OpenPage, reader: BrowserContext
) -> None:
    page = open_page("reports/community.html", context=reader)
    select(page, "#opening", "#opening")
    lines = copied(page).paragraphs
    assert len(lines) == 2
    assert lines[1].startswith("——摘自《篇2：")
    page.reload()
    assert page.evaluate("window.find('创新思路')")
    page.keyboard.press("Control+c")
    assert copied(page).text == "创新思路"


def test_without_scripts_there_is_no_button(open_page: OpenPage) -> None:
    for path in ("topics/opening.html", "reports/community.html", LIST):
        page = open_page(path, scripts=False)
        assert page.locator(".excerpts-button").count() == 0
    assert page.get_by_text("要用到脚本").is_visible()


@pytest.mark.full
@pytest.mark.parametrize("path", ["topics/opening.html", "reports/community.html", LIST])
def test_nothing_moves_when_the_buttons_come(open_page: OpenPage, path: str) -> None:
    page = open_page(path)
    shift = page.evaluate(
        """() => new Promise(done => new PerformanceObserver(list =>
            done(list.getEntries().reduce((sum, one) => sum + one.value, 0)))
            .observe({ type: "layout-shift", buffered: true }) || setTimeout(done, 300, 0))"""
    )
    assert shift < 0.01


def test_the_extension_is_a_guest(make_project: Callable[..., Any]) -> None:
    """Without section_compare and without settings it adds nothing to a page."""
    project = make_project({
        "conf.py": "import sys\nproject = 'p'\nextensions = ['excerpts']\n",
        "index.rst": "Home\n====\n",
    })  # fmt: skip
    app = project.build()
    assert project.page("index").select("script[data-settings]") == []
    values = {value.name for value in app.config if value.name.startswith("excerpts_")}
    readme = (ROOT / "_ext" / "excerpts" / "README.md").read_text(encoding="utf-8")
    assert rows(readme, "| configuration value |") == values


def test_what_all_pages_share_stands_in_one_file(make_project: Callable[..., Any]) -> None:
    """And each page asks for it anew when it has changed."""
    project = make_project({
        "conf.py": "extensions = ['excerpts']\nexcerpts_documents = ['*']\nlanguage = 'zh_CN'\n",
        "index.rst": "Home\n====\n",
    })  # fmt: skip
    addresses = set()
    for mark in ("one", "two"):
        project.build(excerpts_marks={f".{mark}": "fill"})
        page = project.page("index")
        script = page.select_one("script[src*=excerpts_shared]")
        assert script
        addresses.add(script["src"])
        text = project.files()["_static/excerpts_shared.js"].decode()
        assert f'".{mark}": "fill"' in text
        assert "下载 Word" in text
        assert "下载 Word" not in str(page)
    assert len(addresses) == 2
