"""Emendations in a real browser: the switch, the tips, and what is copied."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import OpenPage
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.full

REPORT = "reports/state-company.html"
TOPIC = "topics/culture.html"
HEADING = "article h2:has(.emendation):has-text('二、')"
# All but the tips near their words, which need a newer browser than we ask for.
NO_ANCHORS = """() => {
    for (const sheet of document.styleSheets) {
        const rules = [...sheet.cssRules];
        rules.forEach((rule, n) => {
            if (rule instanceof CSSSupportsRule && rule.conditionText.includes("anchor-name")) {
                sheet.deleteRule(n);
            }
        });
    }
}"""
TIPS = """async () => {
    document.documentElement.style.scrollBehavior = "auto";
    const frame = () => new Promise(requestAnimationFrame);
    const seen = [];
    const kinds = "article .emendation, article .dated, article .superseded";
    for (const mark of document.querySelectorAll(kinds)) {
        mark.focus();
        await frame(); await frame();  // a tip follows its word with the next frame
        const box = mark.querySelector(":scope > .emendation-tip").getBoundingClientRect();
        const shown = box.width > 20 && box.height > 15;
        const across = box.left >= 0 && box.right <= innerWidth;
        const down = box.top >= 0 && box.bottom <= innerHeight;
        seen.push(shown && across && down);
    }
    return seen;
}"""


def heading(page: Page) -> str:
    return page.locator(HEADING).inner_text().rstrip("¶")


def press(page: Page, view: str) -> None:
    page.click(f".emendation-switch button[value={view}]")


def test_the_switch_shows_the_source_and_is_remembered(open_page: OpenPage) -> None:
    page = open_page(REPORT)
    assert heading(page) == "二、存在的不足"
    press(page, "source")
    assert heading(page) == "二、存在的缺乏"
    other = open_page(TOPIC, context=page.context)
    pressed = other.locator(".emendation-switch [aria-pressed=true]")
    expect(pressed).to_have_text("原文")
    assert "学问竞赛" in other.locator(".section-compare").inner_text()
    press(other, "reading")
    assert "知识竞赛" in other.locator(".section-compare").inner_text()
    # the page opened first follows, and so does a page loaded anew
    expect(page.locator(".emendation-switch [aria-pressed=true]")).to_have_text("校订")
    page.reload()
    assert heading(page) == "二、存在的不足"


def test_the_folded_list_opens_for_links_and_paper(open_page: OpenPage) -> None:
    page = open_page(REPORT)
    row = page.locator(".emendation-list tbody tr").first
    assert row.is_hidden()
    page.locator(".emendation-list summary").focus()
    page.keyboard.press("Enter")
    expect(row).to_be_visible()
    targets = page.locator(".emendation-list tbody a[href]").evaluate_all(
        "links => links.map(link => document.querySelector(link.hash).className)"
    )
    assert targets
    assert set(targets) == {"emendation"}
    entry = row.get_attribute("id")
    other = open_page(f"{REPORT}#{entry}")
    expect(other.locator(f"#{entry}")).to_be_visible()
    printed = open_page(REPORT)
    printed.pdf()
    expect(printed.locator(f"#{entry}")).to_be_visible()


def test_the_switch_works_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(REPORT)
    page.focus(".emendation-switch button[value=source]")
    page.keyboard.press("Enter")
    assert heading(page) == "二、存在的缺乏"


def test_without_storage_the_switch_holds_for_the_page(
    open_page: OpenPage, browser: Browser
) -> None:
    context = browser.new_context()
    # for our key alone: the theme minds its own
    context.add_init_script("""for (const name of ["getItem", "setItem"]) {
        const whole = Storage.prototype[name];
        Storage.prototype[name] = function (key, ...rest) {
            if (key === "emendation-view") throw new Error("private");
            return whole.call(this, key, ...rest);
        };
    }""")
    page = open_page(REPORT, context=context)
    press(page, "source")
    assert heading(page) == "二、存在的缺乏"
    assert page.url.endswith("?text=source")  # as a link that one copies
    page.reload()
    assert heading(page) == "二、存在的缺乏"
    page.goto(page.url.partition("?")[0])
    assert heading(page) == "二、存在的不足"
    context.close()


def test_without_scripts_the_reading_stands(open_page: OpenPage) -> None:
    page = open_page(REPORT, scripts=False)
    assert page.locator(".emendation-switch").count() == 0
    assert heading(page) == "二、存在的不足"
    mark = page.locator("article p .emendation").first
    mark.hover()
    expect(mark.locator(".emendation-tip")).to_be_visible()


@pytest.mark.parametrize("view", ["reading", "source"])
def test_nothing_moves_while_a_page_loads(open_page: OpenPage, view: str) -> None:
    page = open_page(REPORT)
    press(page, view)
    page.reload(wait_until="load")
    page.wait_for_timeout(300)
    shift = page.evaluate("""() => new Promise(resolve => {
        new PerformanceObserver(list => resolve(list.getEntries().map(entry => entry.value)))
            .observe({type: "layout-shift", buffered: true});
        setTimeout(() => resolve([]), 300);
    })""")
    assert shift == []
    assert page.evaluate("document.querySelector('head script[src*=emendation]').defer") is False


@pytest.mark.parametrize("path", [REPORT, TOPIC, "reports/community.html"])
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("anchors", [True, False])
def test_every_tip_is_inside_the_window(
    open_page: OpenPage, path: str, width: int, anchors: bool
) -> None:
    page = open_page(path, width=width, height=800)
    if not anchors:
        page.evaluate(NO_ANCHORS)
    seen = page.evaluate(TIPS)
    assert len(seen) > 10
    assert all(seen)


def test_a_tip_tells_the_source_and_escape_puts_it_away(open_page: OpenPage) -> None:
    page = open_page(REPORT)
    mark = page.locator(f"{HEADING} .emendation")
    mark.focus()
    tip = mark.locator(".emendation-tip")
    content = "tip => getComputedStyle(tip, '::before').content"
    assert tip.evaluate(content) == '"原文：缺乏"'
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.locator("article p .emendation").first.focus()
    mark.focus()
    expect(tip).to_be_visible()
    press(page, "source")
    mark.focus()
    assert tip.evaluate(content) == '"校订：不足"'


@pytest.mark.parametrize(
    ("view", "text"),
    [
        ("reading", "企业文化知识竞赛及培训等方式巩固员工"),
        ("source", "企业文化学问竞赛及培训等方式稳固员工"),
    ],
)
def test_copying_gives_what_is_shown(open_page: OpenPage, view: str, text: str) -> None:
    page = open_page(REPORT)
    press(page, view)
    page.locator("article p .emendation").nth(5).hover()
    page.evaluate("""() => {
        const paragraphs = [...document.querySelectorAll("article p")];
        const one = paragraphs.find(paragraph => paragraph.innerText.includes("竞赛及培训"));
        getSelection().selectAllChildren(one);
        document.body.insertAdjacentHTML("beforeend", "<textarea id=pasted></textarea>");
    }""")
    page.keyboard.press("Control+C")
    page.focus("#pasted")
    page.keyboard.press("Control+V")
    expect(page.locator("#pasted")).to_have_value(re.compile(re.escape(text)))
    pasted = page.input_value("#pasted")
    assert ("学问" in pasted) is (view == "source")
    assert "原文：" not in pasted
    assert "XX公司演讲" in pasted


@pytest.mark.parametrize("path", [REPORT, TOPIC, "reports/community.html"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_are_accessible(
    open_page: OpenPage, path: str, scheme: Literal["light", "dark"]
) -> None:
    page = open_page(path, scheme=scheme)
    page.locator("article p .emendation").nth(1).focus()
    ours = [".emendation", ".dated", ".blank", ".emendation-switch", ".emendation-list"]
    include = [[selector] for selector in ours if page.locator(selector).count()]
    result = Axe().run(page, context={"include": include})
    assert result.response["violations"] == []


def test_print_has_no_clutter(open_page: OpenPage) -> None:
    page = open_page(REPORT)
    page.emulate_media(media="print")
    assert not page.locator(".emendation-switch").is_visible()
    mark = page.locator("article p .emendation").first
    mark.focus()
    assert not mark.locator(".emendation-tip").is_visible()
    assert mark.locator("ins").evaluate("ins => getComputedStyle(ins).textDecorationLine") == "none"
