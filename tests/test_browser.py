"""The site in a real browser: what only a layout can show."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from conftest import OpenPage, listed
from playwright.sync_api import expect


@pytest.mark.parametrize("path", ["index.html", "topics/opening.html", "reports/community.html"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_scrolls_sideways(open_page: OpenPage, path: str, width: int) -> None:
    page = open_page(path, width=width)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("forced", ["none", "active"])
def test_marked_phrases_are_read_as_the_text_around(
    open_page: OpenPage, scheme: str, forced: str
) -> None:
    page = open_page("topics/opening.html", scheme=scheme, forced_colors=forced)
    styles = page.evaluate(
        """() => [...document.querySelectorAll("p > mark")].map(mark => {
            const own = getComputedStyle(mark), around = getComputedStyle(mark.parentElement);
            return [own.color === around.color, own.textDecorationLine,
                    own.textDecorationColor !== getComputedStyle(document.body).backgroundColor];
        })"""
    )
    assert len(styles) > 10
    assert all(style == [True, "underline", True] for style in styles)


def test_marks_are_not_printed(open_page: OpenPage) -> None:
    page = open_page("topics/opening.html")
    page.emulate_media(media="print")
    lines = page.evaluate(
        """() => [...document.querySelectorAll("mark")].map(
            mark => getComputedStyle(mark).textDecorationLine)"""
    )
    assert set(lines) == {"none"}


@pytest.mark.parametrize("width", [1024, 1440, 1920])
def test_nothing_jumps_from_page_to_page(open_page: OpenPage, width: int) -> None:
    """The sidebar and the title stand at the same place on every kind of page."""
    pages = ["index.html", "topics/care.html", "reports/community.html", "guide/reading.html"]
    edges = [
        open_page(path, width=width).evaluate(
            """() => ["sidebar-drawer", "sidebar-brand"].map(name =>
                document.querySelector("." + name).getBoundingClientRect().right)
                .concat(document.querySelector("h1").getBoundingClientRect().left)"""
        )
        for path in pages
    ]
    assert edges == [edges[0]] * len(pages)


@pytest.mark.parametrize(
    "path",
    [
        "topics/minors.html",
        "topics/care.html?reports=state-company",
        "topics/care.html?view=stacked",
    ],
)
def test_no_line_is_too_long_to_read(open_page: OpenPage, path: str) -> None:
    """A lone column does not take the window's width: 50 characters a line at most."""
    page = open_page(path, width=1920)
    longest = page.evaluate(
        """() => Math.max(...[...document.querySelectorAll("article p")].map(
            p => p.clientWidth / parseFloat(getComputedStyle(p).fontSize)))"""
    )
    assert 30 < longest < 50


@pytest.mark.parametrize("inside", ["article section", ".section-compare-passage"])
def test_lines_break_where_chinese_ones_may(open_page: OpenPage, inside: str) -> None:
    """Between two quotations too; never before a mark that closes nor after one that opens."""
    lines = open_page("topics/care.html", width=390).evaluate(
        """inside => {
            const p = document.createElement("p");
            document.querySelector(inside).append(p);
            p.textContent = "说“甲”“乙”，《丙》《丁》；（戊）……";
            p.style.cssText = "width: 1px; overflow-wrap: normal";
            const range = new Range();
            let last, lines = "";
            for (let at = 0; at < p.firstChild.length; at++) {
                range.setStart(p.firstChild, at);
                range.setEnd(p.firstChild, at + 1);
                const { top } = range.getBoundingClientRect();
                lines += (last < top ? "|" : "") + range;
                last = top;
            }
            return lines;
        }""",
        inside,
    )
    assert lines == "说|“甲”|“乙”，|《丙》|《丁》；|（戊）……"


def test_a_title_takes_no_line_for_its_link(open_page: OpenPage) -> None:
    """The sign of the link is unseen until one points at the title."""
    page = open_page("topics/care.html", width=390)
    lines = page.evaluate(
        """() => { const h1 = document.querySelector("h1");
            return h1.clientHeight / parseFloat(getComputedStyle(h1).lineHeight); }"""
    )
    assert round(lines) == 1


def test_an_emendation_is_told_from_a_phrase(open_page: OpenPage) -> None:
    page = open_page("topics/opening.html")
    styles = [
        set(
            page.eval_on_selector_all(
                selector, "all => all.map(one => getComputedStyle(one).textDecorationStyle)"
            )
        )
        for selector in (
            ".emendation > ins:not(:empty)",
            ".section-compare-shared",
            ".section-compare-everywhere",
        )
    ]
    assert styles == [{"dotted"}, {"solid"}, {"solid"}]


def test_a_search_from_any_page_leads_to_the_section(open_page: OpenPage) -> None:
    page = open_page("reports/community.html")
    page.fill(".sidebar-search", "局长亲自挂帅主抓")
    page.press(".sidebar-search", "Enter")
    result = page.locator(".section-search-results h3 a")
    expect(result).to_have_count(1)
    assert page.input_value(".section-search-query") == "局长亲自挂帅主抓"
    # furo's own fields are no part of an address to share
    assert unquote(urlsplit(page.url).query) == "q=局长亲自挂帅主抓"
    result.click()
    page.wait_for_url("**/reports/county-transport.html*")
    expect(page.locator("mark").first).to_have_text("局长亲自挂帅主抓")


def test_an_address_chooses_columns_and_one_press_brings_all_back(open_page: OpenPage) -> None:
    page = open_page("topics/integrity.html?reports=state-company,community")
    cells = page.locator(".section-compare-cell")
    shown = [str(cell.get_attribute("data-report")) for cell in cells.all() if cell.is_visible()]
    assert shown == ["state-company", "community"]
    page.get_by_role("button", name="恢复原样").click()
    assert cells.count() == len(listed("reports"))
    assert all(cell.is_visible() for cell in cells.all())
    assert "?" not in page.url
