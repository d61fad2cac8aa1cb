"""Shared phrases in a real browser: twins light, their reports are named, keys step through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import OpenPage
    from playwright.sync_api import Page

pytestmark = pytest.mark.full

# 公民基本道德规范 stands in two columns, and one of them has 基本道德规范 by itself, too
PAGE = "topics/moral-education.html"
WHOLE, PART = "公民基本道德规范", "基本道德规范"
WIDTHS = pytest.mark.parametrize("width", [1440, 390])
MARK = ".section-compare [data-phrase]"


def lit(page: Page) -> list[str]:
    """What is lit, by report and text."""
    marks: list[str] = page.eval_on_selector_all(
        ".section-compare-lit",
        "all => all.map(m => m.closest('[data-report]').dataset.report + ' ' + m.textContent)",
    )
    return marks


def holders(page: Page, phrase: str) -> list[str]:
    """The names of the reports whose cells hold a phrase, in the page's order."""
    names: list[str] = page.eval_on_selector_all(
        ".section-compare-cell",
        """(cells, phrase) => cells.filter(cell =>
            [...cell.querySelectorAll(".section-compare-passage")].some(
                passage => passage.textContent.includes(phrase))
        ).map(cell => cell.querySelector(".section-compare-name").textContent)""",
        phrase,
    )
    return names


def status(page: Page) -> str:
    return page.get_by_role("status").inner_text()


def focused(page: Page) -> str:
    """The report and the text of what has the focus."""
    return str(
        page.evaluate(
            """() => {
                const one = document.activeElement, cell = one.closest("[data-report]");
                return (cell ? cell.dataset.report + " " : "") + one.textContent;
            }"""
        )
    )


@WIDTHS
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pointing_lights_the_twins_and_names_their_reports(
    open_page: OpenPage, width: int, scheme: str
) -> None:
    page = open_page(PAGE, width=width, scheme=scheme)
    assert lit(page) == []
    page.locator(MARK).get_by_text(WHOLE, exact=True).first.hover()
    assert [text.split()[1] for text in lit(page)] == [WHOLE, WHOLE]
    assert status(page) == f"“{WHOLE}”见于：{'和'.join(holders(page, WHOLE))}"
    # a phrase that also stands inside a longer one is found there, too
    page.locator(MARK).get_by_text(PART, exact=True).first.hover()
    assert sorted(text.split()[1] for text in lit(page)) == sorted([PART, WHOLE, WHOLE])
    assert status(page) == f"“{PART}”见于：{'和'.join(holders(page, PART))}"
    page.locator("h1").hover()
    assert lit(page) == []
    assert page.locator(".section-compare-status").inner_text() == ""


def test_a_lit_phrase_can_be_read_and_told(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    mark = page.locator(MARK).first
    before = mark.evaluate("m => getComputedStyle(m).backgroundColor")
    mark.hover()
    assert mark.evaluate("m => getComputedStyle(m).backgroundColor") != before


def test_one_stop_for_tab_and_keys_from_there(open_page: OpenPage) -> None:
    page = open_page("topics/next-steps.html")
    stops = page.locator(f'{MARK}[tabindex="0"]')
    assert stops.count() == 1
    stops.focus()
    first = focused(page)
    assert lit(page)
    assert first.split()[1] in status(page)
    met = [first]
    for _step in range(30):
        page.keyboard.press("n")
        if focused(page) == first and len(met) > 1:
            break
        met.append(focused(page))
    texts = page.eval_on_selector_all(
        f"{MARK}:not(.section-compare-everywhere)",
        "all => all.map(m => m.closest('[data-report]').dataset.report + ' ' + m.textContent)",
    )
    assert len(texts) > 4
    assert met == texts  # each once, in reading order, and round again
    page.keyboard.press("p")
    assert focused(page) == texts[-1]


def test_enter_goes_from_twin_to_twin(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    # by focus: a pointer left on the page lights what a scrolling page brings under it
    page.locator(MARK).get_by_text(PART, exact=True).first.focus()
    place = "[...document.querySelectorAll('[data-phrase]')].indexOf(document.activeElement)"
    start = page.evaluate(place)
    met = {start: focused(page)}
    for _step in range(2):
        page.keyboard.press("Enter")
        met[page.evaluate(place)] = focused(page)
    assert sorted(text.split()[1] for text in met.values()) == sorted([PART, WHOLE, WHOLE])
    assert len({text.split()[0] for text in met.values()}) == 2
    page.keyboard.press("Enter")
    assert page.evaluate(place) == start


def test_keys_pass_over_hidden_columns(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    report = "m => m.closest('[data-report]').dataset.report"
    keep = page.locator(MARK).first.evaluate(report)
    theirs = page.locator(f'[data-report="{keep}"] [data-phrase]').all_inner_texts()
    assert 0 < len(theirs) < page.locator(MARK).count()
    page.goto(page.url + f"?reports={keep}")
    page.locator(".section-compare-choose").focus()
    met = []
    for _step in range(2 * len(theirs)):
        page.keyboard.press("n")
        met.append(focused(page))
    assert met == 2 * [f"{keep} {text}" for text in theirs]


@WIDTHS
def test_the_marks_can_be_switched_off(open_page: OpenPage, width: int) -> None:
    page = open_page(PAGE, width=width)
    mark = page.locator(MARK).first
    line = "m => getComputedStyle(m).textDecorationLine"
    assert mark.evaluate(line) == "underline"
    switch = page.get_by_role("button", name="标出相同语句")
    assert switch.get_attribute("aria-pressed") == "true"
    switch.click()
    assert switch.get_attribute("aria-pressed") == "false"
    assert page.evaluate("location.search") == "?marks=off"
    assert mark.evaluate(line) == "none"
    mark.hover()
    assert lit(page) == []
    assert page.locator(f'{MARK}[tabindex="0"]').count() == 0
    page.reload()
    assert mark.evaluate(line) == "none"
    page.locator(".section-compare-cell").first.focus()
    page.keyboard.press("m")
    assert mark.evaluate(line) == "underline"


def test_no_switch_where_nothing_is_marked(open_page: OpenPage) -> None:
    page = open_page("topics/integrity.html")
    assert page.locator(MARK).count() == 0
    assert page.get_by_role("button", name="标出相同语句").count() == 0


def test_escape_puts_the_message_away(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    page.locator(MARK).first.click()
    assert status(page)
    page.keyboard.press("Escape")
    assert page.locator(".section-compare-status").inner_text() == ""


def test_a_phrase_cut_by_a_link_is_one_place(open_page: OpenPage) -> None:
    """Fragments, as a phrase has them that crosses emphasis or a link, made of a mark here."""
    page = open_page(PAGE)
    page.evaluate(
        """() => {
            const mark = [...document.querySelectorAll("[data-phrase]")].find(
                m => m.textContent === "公民基本道德规范");
            const rest = mark.cloneNode();
            rest.append(mark.textContent.slice(4));
            mark.textContent = mark.textContent.slice(0, 4);
            mark.after(document.createElement("em"));
            mark.nextSibling.append(rest);
        }"""
    )
    mark = page.locator(MARK).get_by_text("公民基本", exact=True)
    mark.hover()
    assert status(page).startswith(f"“{WHOLE}”")
    assert len(lit(page)) == 3
    page.get_by_role("button", name="上下排").click()  # places are found anew
    mark.focus()
    before = focused(page)
    page.keyboard.press("n")
    assert focused(page).split()[1] != "道德规范"
    assert focused(page) != before
