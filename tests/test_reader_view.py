"""Reading side by side in a real browser: which columns stand, in what order, and the address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from conftest import listed
from playwright.sync_api import expect

if TYPE_CHECKING:
    from conftest import MakeProject, OpenPage, Project
    from playwright.sync_api import BrowserContext, Locator, Page

pytestmark = pytest.mark.full

ALL = listed("reports")
PAGE = "topics/integrity.html"  # every report has something on it
WIDTHS = pytest.mark.parametrize("width", [1440, 390])
CELL = ".section-compare-cell"
SPEAKING = f"{CELL}:not(.section-compare-missing)"


def shown(page: Page, which: str = CELL) -> list[str]:
    """The reports that can be seen, in the order of the page's source."""
    reports: list[str] = page.eval_on_selector_all(
        which, "cells => cells.filter(c => c.offsetParent).map(c => c.dataset.report)"
    )
    return reports


def seen_order(page: Page) -> list[str]:
    """The reports as an eye meets them, from the top left."""
    places = page.eval_on_selector_all(
        CELL,
        """cells => cells.filter(c => c.offsetParent).map(c => {
            const box = c.getBoundingClientRect();
            return [Math.round(box.top), Math.round(box.left), c.dataset.report];
        })""",
    )
    return [report for _top, _left, report in sorted(places)]


def query(page: Page) -> str:
    return written(str(page.evaluate("location.search")))


def written(address: str) -> str:
    """An address with its commas; a script of Sphinx 8 writes them as %2C when a page loads."""
    return address.replace("%2C", ",")


def follow(page: Page, link: Locator) -> None:
    """Press a link and wait for the page it leads to."""
    with page.expect_navigation():
        link.click()


def tool(page: Page, report: str, name: str) -> None:
    """Press a button of a column's head."""
    page.locator(f'{CELL}[data-report="{report}"]').get_by_role("button", name=name).click()


def test_columns_fill_the_width_beside_reports_that_say_nothing(open_page: OpenPage) -> None:
    page = open_page("topics/moral-education.html", width=1366)
    row = page.locator(".section-compare-row").bounding_box()
    last = page.locator(f".section-compare-row > {CELL}").last.bounding_box()
    assert row
    assert last
    assert last["x"] + last["width"] == pytest.approx(row["x"] + row["width"], abs=1)


def choose(page: Page) -> None:
    """Open the list of columns."""
    page.get_by_role("button", name="选范文").click()


@WIDTHS
def test_without_scripts_all_columns_stand_and_no_control(open_page: OpenPage, width: int) -> None:
    page = open_page(PAGE, width=width, scripts=False)
    assert page.locator(CELL).count() == len(ALL)
    assert all(cell.is_visible() for cell in page.locator(CELL).all())
    assert page.locator(".section-compare button, .section-compare input").count() == 0
    top = page.locator(".section-compare").bounding_box()
    row = page.locator(".section-compare-row").bounding_box()
    assert top is not None
    assert row is not None
    lines = page.locator(".section-compare > .section-compare-help").bounding_box()
    assert lines is not None
    # no room kept for controls that never come
    assert row["y"] == pytest.approx(top["y"] + lines["height"], abs=1)


@WIDTHS
def test_a_column_hidden_leaves_the_address_and_comes_back(open_page: OpenPage, width: int) -> None:
    page = open_page(PAGE, width=width)
    before = shown(page)
    assert before == ALL
    assert query(page) == ""
    assert page.get_by_role("button", name="恢复原样").count() == 0
    tool(page, "community", "隐藏")
    assert shown(page) == [report for report in ALL if report != "community"]
    assert query(page) == "?reports=" + ",".join(r for r in ALL if r != "community")
    focused = page.evaluate("document.activeElement.textContent")
    assert focused == f"选范文 {len(ALL) - 1}/{len(ALL)}"  # not lost with the column
    page.reload()
    assert "community" not in shown(page)
    page.get_by_role("button", name="恢复原样").click()
    assert shown(page) == ALL
    assert query(page) == ""


def test_a_key_moves_a_column_past_those_that_stand(open_page: OpenPage) -> None:
    """And the place that is told is the one that is seen; silent reports have none."""
    page = open_page("topics/care.html")
    names = page.locator(".section-compare-row .section-compare-name")
    first, second = names.all_inner_texts()[:2]
    page.locator(f".section-compare-row > {CELL}").first.click(position={"x": 5, "y": 60})
    page.keyboard.press("]")
    assert names.all_inner_texts()[:2] == [second, first]
    page.get_by_role("status").get_by_text(f"{first}排在第 2 位").wait_for()


def test_a_link_to_a_hidden_cell_leads_there(open_page: OpenPage) -> None:
    cell = "compare-1-minors_government-affairs"
    page = open_page(f"topics/minors.html?reports=organization#{cell}", height=400)
    page.wait_for_function("scrollY > 0")
    page.wait_for_timeout(300)
    box = page.locator(f"#{cell}").bounding_box()
    assert box
    assert box["y"] < 400


def test_a_head_without_buttons_keeps_no_room_for_them(open_page: OpenPage) -> None:
    page = open_page("guide/whole.html", width=390)
    head = page.locator(".section-compare-empty .section-compare-head").first.bounding_box()
    assert head
    assert head["height"] < 30


@WIDTHS
def test_the_list_hides_shows_and_moves(open_page: OpenPage, width: int) -> None:
    page = open_page(PAGE, width=width)
    choose(page)
    page.get_by_role("checkbox", name="县交通局").uncheck()
    page.get_by_role("button", name="国有公司前移").click()
    order = ["community", "state-company", "organization", *ALL[4:]]
    assert shown(page) == order
    assert seen_order(page) == order
    assert page.evaluate("document.activeElement.ariaLabel") == "国有公司前移"
    page.get_by_role("status").get_by_text("国有公司排在第 2 位").wait_for()
    page.get_by_role("button", name="香港路社区后移").click()
    assert shown(page)[:2] == ["state-company", "community"]
    page.get_by_role("checkbox", name="县交通局").check()
    assert shown(page)[-1] == "county-transport"
    # the list has the order of the columns
    names = page.locator(".section-compare-panel li label").all_inner_texts()
    heads = page.locator(f"{CELL} .section-compare-name").all_inner_texts()
    assert [name.strip() for name in names] == heads
    page.keyboard.press("Escape")
    assert page.locator(".section-compare-panel").is_hidden()


def test_the_last_column_stays(open_page: OpenPage) -> None:
    page = open_page(f"{PAGE}?reports=community")
    tool(page, "community", "隐藏")
    assert shown(page) == ["community"]


def test_fewer_columns_are_wider(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    cell = page.locator(f'{CELL}[data-report="community"]')
    five = cell.bounding_box()
    page.goto(page.url + "?reports=community,organization")
    two = cell.bounding_box()
    row = page.locator(".section-compare-row").bounding_box()
    assert five is not None
    assert two is not None
    assert row is not None
    assert two["width"] > 2 * five["width"]
    assert two["width"] * 2 > 0.95 * row["width"]


@WIDTHS
def test_tab_order_is_the_order_seen(open_page: OpenPage, width: int) -> None:
    page = open_page(f"{PAGE}?reports=state-company,county-transport,community", width=width)
    page.locator(".section-compare-choose").focus()
    met: list[str] = []
    for _step in range(40):
        page.keyboard.press("Tab")
        report = page.evaluate(
            "document.activeElement.closest('.section-compare-cell')?.dataset.report"
        )
        if report and report not in met:
            met.append(report)
    assert met == seen_order(page) == ["state-company", "county-transport", "community"]


def test_one_by_one_is_a_column_of_reports(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    page.get_by_role("button", name="上下排").click()
    assert query(page) == "?view=stacked"
    lefts = page.eval_on_selector_all(CELL, "all => all.map(c => c.getBoundingClientRect().left)")
    assert len(set(lefts)) == 1
    page.reload()
    assert page.locator(".section-compare-stacked").count() == 1
    page.get_by_role("button", name="并排").click()
    assert query(page) == ""
    assert page.get_by_role("button", name="上下排").count() == 1


def test_an_address_with_ids_unknown_shows_the_known(open_page: OpenPage) -> None:
    page = open_page(f"{PAGE}?reports=nobody,community,x%22y&view=sideways&q=kept")
    assert shown(page) == ["community"]
    assert "q=kept" in query(page)
    page.goto(page.url.split("?")[0] + "?reports=nobody")
    assert shown(page) == ALL


def test_links_carry_the_view_to_other_topics(open_page: OpenPage) -> None:
    page = open_page(f"{PAGE}?reports=community,organization&view=stacked")
    follow(page, page.locator(".next-page"))
    assert page.url.split("?")[0].endswith("/topics/publicity.html")
    assert query(page) == "?reports=community,organization&view=stacked"
    assert shown(page) == ["community", "organization"]
    # through a report's page, where no comparison stands, and back by the contents
    follow(page, page.locator(".section-compare-name a:visible").first)
    follow(page, page.locator(".sidebar-tree a", has_text="关心关爱"))
    assert query(page) == "?reports=community,organization&view=stacked"
    assert shown(page, SPEAKING) == ["organization"]
    # to another tab, too
    with page.context.expect_page() as opened:
        page.locator(".next-page").click(modifiers=["Control"])
    carried = "?reports=community,organization&view=stacked"
    opened.value.wait_for_url(lambda url: written(url).endswith(carried))
    # a search keeps it
    page.locator(".sidebar-search").fill("文明")
    page.locator(".sidebar-search").press("Enter")
    page.wait_for_url("**/search.html*")
    assert "reports=community" in query(page)


def test_the_view_comes_back_and_the_address_wins(open_page: OpenPage) -> None:
    page = open_page(f"{PAGE}?reports=community")
    page.goto(page.url.split("?")[0].replace("integrity", "opening"))
    assert shown(page) == ["community"]
    assert query(page) == "?reports=community"
    page.goto(f"{page.url.split('?')[0]}?reports=organization")
    assert shown(page) == ["organization"]
    # a link to a column that the kept view hides shows it
    page.goto(f"{page.url.split('?')[0]}#compare-1-opening_state-company")
    page.reload()
    assert shown(page) == ["organization", "state-company"]
    page.get_by_role("button", name="恢复原样").click()
    page.goto(page.url.split("?")[0])
    assert shown(page) == ALL


def test_the_copied_link_opens_the_same_view(
    open_page: OpenPage, clipboard: BrowserContext
) -> None:
    page = open_page(f"{PAGE}?reports=community,organization", context=clipboard)
    page.get_by_role("button", name="原文", exact=True).click()
    page.get_by_role("button", name="复制链接").click()
    link = page.evaluate("navigator.clipboard.readText()")
    page.evaluate("localStorage.clear()")
    page.goto(link)
    assert shown(page) == ["community", "organization"]
    assert page.locator("html.source-view").count() == 1


@WIDTHS
def test_from_a_report_its_column_comes_first(open_page: OpenPage, width: int) -> None:
    page = open_page("reports/state-company.html", width=width)
    follow(page, page.locator(".section-compare-links a", has_text="关心关爱").first)
    assert shown(page, SPEAKING)[0] == "state-company"
    assert sorted(shown(page)) == sorted(ALL)
    assert "first=" not in query(page)  # one name for the state
    assert page.url.endswith("#compare-1-care_state-company")
    # a view chosen before is kept, this report put first
    page = open_page("reports/state-company.html?reports=community,organization", width=width)
    follow(page, page.locator(".section-compare-links a", has_text="关心关爱").first)
    assert shown(page, SPEAKING) == ["state-company", "organization"]


def test_a_cell_that_the_address_points_at_is_shown(open_page: OpenPage) -> None:
    page = open_page("topics/care.html?reports=community#compare-1-care_organization")
    assert shown(page) == ["community", "organization"]  # one says nothing, and stands in a line
    page.evaluate("location.hash = '#compare-1-care_state-company'")
    page.wait_for_function("location.search.endsWith('state-company')")
    assert shown(page)[-1] == "state-company"
    page.set_viewport_size({"width": 390, "height": 300})
    page.evaluate("location.hash = '#compare-1-care_county-transport'")
    head = page.locator(f'{CELL}[data-report="county-transport"] .section-compare-name')
    page.wait_for_function("location.search.endsWith('county-transport')")
    expect(head).to_be_in_viewport()


def test_a_site_opened_from_its_folder_works_the_same(site: Project, open_page: OpenPage) -> None:
    page = open_page((site.output / "html" / PAGE).as_uri())
    tool(page, "community", "隐藏")
    assert "community" not in query(page)
    assert "organization" in query(page)
    follow(page, page.locator(".next-page"))
    assert "community" not in shown(page)
    assert len(shown(page)) == len(ALL) - 1


@pytest.mark.parametrize(
    ("key", "reports"),
    [
        ("[", ["community", "county-transport", *ALL[2:]]),
        ("]", ["county-transport", "organization", "community", *ALL[3:]]),
        ("h", [report for report in ALL if report != "community"]),
    ],
)
def test_keys_move_and_hide_the_column_in_focus(
    open_page: OpenPage, key: str, reports: list[str]
) -> None:
    page = open_page(PAGE)
    page.locator(f'{CELL}[data-report="community"] .section-compare-passage').first.click()
    page.keyboard.press(key)
    assert shown(page) == reports
    page.keyboard.press("0")
    assert shown(page) == ALL


def test_the_key_s_goes_one_by_one(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    page.locator(".section-compare-choose").focus()
    page.keyboard.press("s")
    assert query(page) == "?view=stacked"


def test_keys_do_nothing_outside_or_with_a_modifier(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    page.locator(".sidebar-search").focus()
    page.keyboard.type("sh0[")
    assert page.locator(".sidebar-search").input_value() == "sh0["
    page.locator(f'{CELL}[data-report="community"] .section-compare-passage').first.click()
    page.keyboard.press("Alt+h")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("h")
    assert shown(page) == ALL
    assert query(page) == ""


def test_a_column_is_dragged_by_its_head(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    head = f'{CELL}[data-report="%s"] .section-compare-head'
    start = page.locator(head % "county-transport" + " a").bounding_box()
    target = page.locator(head % "organization").bounding_box()
    assert start is not None
    assert target is not None
    address = page.url
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(target["x"] + target["width"] - 10, target["y"] + 8, steps=20)
    # let go over the name itself
    now = page.locator(head % "county-transport" + " a").bounding_box()
    assert now is not None
    page.mouse.move(now["x"] + 5, now["y"] + 5)
    page.mouse.up()
    assert shown(page) == ["community", "organization", "county-transport", *ALL[3:]]
    assert page.url.split("?")[0] == address  # the name's link is not followed
    follow(page, page.locator(head % "community" + " a"))
    assert "/reports/community.html" in page.url  # a plain click is


def test_a_very_long_column_begins_folded(open_page: OpenPage) -> None:
    page = open_page("topics/next-steps.html", width=1366, height=500)
    cell = page.locator(f'{CELL}[data-report="organization"]')
    short = page.locator(f'{CELL}[data-report="community"]')
    assert short.get_by_role("button", name="展开全文").count() == 0
    body = cell.locator(".section-compare-body")
    whole = "body => body.clientHeight === body.scrollHeight"
    assert body.evaluate("body => body.clientHeight") == 1000  # two screens
    # paper has the whole text
    page.emulate_media(media="print")
    assert body.evaluate(whole)
    page.emulate_media(media="screen")
    cell.get_by_role("button", name="展开全文").click()
    assert body.evaluate(whole)
    cell.get_by_role("button", name="收起").click()
    # searching the page scrolls to what it finds, in a box that hides the rest, too
    cell.locator(".section-compare-passage p").last.evaluate("p => p.scrollIntoView()")
    cell.get_by_role("button", name="收起").wait_for()
    assert body.evaluate(whole)


@pytest.mark.parametrize(
    ("width", "rows"), [(1366, [5]), (1280, [5]), (760, [3, 2]), (500, [1] * 5)]
)
def test_columns_are_alike_and_none_is_alone(
    open_page: OpenPage, width: int, rows: list[int]
) -> None:
    page = open_page(f"topics/opening.html?reports={','.join(ALL[:5])}", width=width)
    boxes = [cell.bounding_box() for cell in page.locator(CELL).all()]
    tops = [round(box["y"]) for box in boxes if box]
    assert [tops.count(top) for top in dict.fromkeys(tops)] == rows
    widths = {round(box["width"]) for box in boxes if box}
    assert max(widths) - min(widths) <= 1


def test_two_chosen_columns_stand_side_by_side_at_twice_the_size(open_page: OpenPage) -> None:
    page = open_page(f"{PAGE}?reports=community,organization", width=720)
    first, second = (cell.bounding_box() for cell in page.locator(f"{CELL}:visible").all())
    assert first is not None
    assert second is not None
    assert first["y"] == second["y"]


@WIDTHS
def test_the_comparison_opens_the_page(open_page: OpenPage, width: int) -> None:
    """Most of the first screen is the comparison, and on a phone a report's first words show."""
    page = open_page("topics/shortcomings.html", width=width)
    height = page.evaluate("innerHeight")
    top = page.locator(".section-compare").bounding_box()
    words = page.locator(".section-compare-passage").first.bounding_box()
    assert top is not None
    assert words is not None
    assert (height - top["y"]) / height >= 0.65
    assert words["y"] < 0.75 * height


def test_the_bar_stays_with_the_switch_and_what_the_marks_mean(open_page: OpenPage) -> None:
    page = open_page("topics/next-steps.html?reports=organization")
    page.evaluate("scrollTo({ top: 700, behavior: 'instant' })")
    bar = page.locator(".section-compare-bar")
    box = bar.bounding_box()
    assert box is not None
    assert box["y"] == pytest.approx(0, abs=1)
    for name in ("校订", "原文", "恢复原样"):
        assert bar.get_by_role("button", name=name, exact=True).is_visible()
    assert bar.get_by_role("link", name="怎样对读").is_visible()
    assert "须核改" in bar.inner_text()


def test_names_lead_down_a_phones_page(open_page: OpenPage) -> None:
    page = open_page("topics/opening.html", width=390)
    names = page.get_by_role("navigation", name="跳到某一篇").get_by_role("link")
    assert names.count() == len(ALL)
    names.nth(2).click()
    page.wait_for_function(
        """() => { const cell = document.querySelectorAll(".section-compare-cell")[2];
            return Math.abs(cell.getBoundingClientRect().top - 92) < 8; }"""
    )
    assert names.last.is_visible()  # the row stays in sight
    page.locator(".section-compare-jumps [data-here]").get_by_text("某单位").wait_for()


def test_figures_stand_under_the_heads(open_page: OpenPage) -> None:
    page = open_page("topics/shortcomings.html")
    cell = page.locator(f'{CELL}[data-report="state-company"]')
    assert cell.locator(".section-compare-length").inner_text() == "504 字 · 分 3 条"


@WIDTHS
def test_heads_stay_in_sight(open_page: OpenPage, width: int) -> None:
    page = open_page("topics/next-steps.html", width=width)
    cell = page.locator(f'{CELL}[data-report="organization"]')
    cell.evaluate(
        """cell => scrollTo({
            top: scrollY + cell.getBoundingClientRect().top + 200, behavior: "instant" })"""
    )
    # on a phone the row of names stays, and tells which one is read
    name = cell.locator(".section-compare-name")
    if width == 390:
        name = page.locator(".section-compare-jumps [data-here]", has_text="某单位")
    box = name.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 120
    on_top = name.evaluate(
        """name => {
            const box = name.getBoundingClientRect();
            const top = document.elementFromPoint(box.left + 5, box.top + box.height / 2);
            return name.contains(top);
        }"""
    )
    assert on_top


def test_five_columns_give_thirteen_characters_a_line(open_page: OpenPage) -> None:
    page = open_page(f"topics/opening.html?reports={','.join(ALL[:5])}", width=1440)
    assert shown(page) == ALL[:5]
    boxes = [cell.bounding_box() for cell in page.locator(CELL).all()]
    assert len({box["y"] for box in boxes if box}) == 1
    fits = page.eval_on_selector_all(
        f"{CELL} .section-compare-passage p",
        """all => all.filter(p => p.offsetParent)
            .map(p => p.clientWidth / parseFloat(getComputedStyle(p).fontSize))""",
    )
    assert min(fits) >= 13


@pytest.mark.parametrize("width", [1440, 390])
def test_touch_targets_are_large_where_fingers_are(open_page: OpenPage, width: int) -> None:
    page = open_page("topics/care.html", width=width, has_touch=True, is_mobile=True)
    choose(page)
    sizes = page.eval_on_selector_all(
        ".section-compare button, .section-compare-panel label",
        """all => all.filter(b => b.offsetParent).map(b => {
            const box = b.getBoundingClientRect(); return [box.width, box.height]; })""",
    )
    assert len(sizes) > 10
    assert all(min(size) >= 44 for size in sizes)


CONF = """project = "small"
language = "zh_CN"
extensions = ["myst_parser", "section_compare"]
myst_enable_extensions = ["attrs_block", "colon_fence"]
"""
ROWS = {
    "conf.py": CONF,
    "index.md": "# Home\n\n```{toctree}\na\nb\nc\nd\none\ntwo\nboth\n```\n",
    "a.md": "---\nreport: a\n---\n# A\n\n{.topic-one}\nA one.\n\n{.topic-two}\n" + "A two. " * 200,
    "b.md": "---\nreport: b\n---\n# B\n\n{.topic-one}\n" + "B one. " * 100 + "\n",
    "c.md": "---\nreport: c\n---\n# C\n\nNothing.\n",
    "d.md": "---\nreport: d\n---\n# D\n\n{.topic-two}\nD two.\n",
    "one.md": "---\ntopic: one\n---\n# One\n\n:::{section-compare}\n:::\n",
    "two.md": "---\ntopic: two\n---\n# Two\n\n:::{section-compare}\n:missing: hide\n:::\n",
    "both.md": "# Both\n\n:::{section-compare} one two\n:missing: hide\n:::\n\n"
    ":::{section-compare} two\n:reports: c a\n:layout: stacked\n:::\n",
}


@pytest.fixture
def rows(make_project: object) -> Project:
    project: Project = make_project(ROWS)  # type: ignore[operator]
    project.build()
    return project


@pytest.mark.parametrize("width", [1440, 820])
def test_rows_align_and_columns_stand_below_each_other(
    rows: Project, open_page: OpenPage, width: int
) -> None:
    page = open_page((rows.output / "html" / "both.html").as_uri(), width=width)
    first = page.locator(".section-compare").first
    boxes = first.locator(".section-compare-row").evaluate_all(
        """rows => rows.map(row => [...row.children].map(cell => {
            const box = cell.getBoundingClientRect();
            return [cell.dataset.report, box.left, box.width, box.top]; }))"""
    )
    [one, two] = boxes
    assert [cell[:3] for cell in one] == [cell[:3] for cell in two]
    assert [cell[0] for cell in one] == ["a", "b", "d"]  # C, with nothing anywhere, is hidden
    assert one[0][3] == one[1][3]
    assert two[0][3] == two[1][3] > one[0][3]


def test_comparisons_on_one_page_share_the_view(rows: Project, open_page: OpenPage) -> None:
    page = open_page((rows.output / "html" / "both.html").as_uri())
    assert shown(page) == ["a", "b", "d", "a", "b", "d", "c", "a"]
    first, second = page.locator(".section-compare").all()
    first.get_by_role("button", name=re.compile("^隐藏 B · One")).click()
    assert query(page) == "?reports=a,d,c"
    assert shown(page) == ["a", "d", "a", "d", "c", "a"]  # the silent in a line above
    assert second.get_by_role("button", name="选范文").inner_text() == "选范文 2/2"
    first.get_by_role("button", name="恢复原样").click()
    assert query(page) == ""


@pytest.mark.parametrize("search", ["?marks=off,off", "?marks=off,x", "?marks=off"])
def test_one_press_shows_the_marks_that_an_address_hides(open_page: OpenPage, search: str) -> None:
    page = open_page(f"topics/shortcomings.html{search}")  # phrases are shared there
    button = page.get_by_role("button", name="标出相同语句")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert query(page) == ""


def test_a_report_named_twice_counts_once(open_page: OpenPage) -> None:
    page = open_page(f"{PAGE}?reports=organization,organization")
    expect(page.get_by_role("button", name=f"选范文 1/{len(ALL)}")).to_be_visible()


def test_a_percent_sign_in_an_address_stops_nothing(open_page: OpenPage) -> None:
    expect(open_page(f"{PAGE}#100%").get_by_role("button", name="选范文")).to_be_visible()


def test_a_passage_may_hold_a_class_of_ours(open_page: OpenPage, make_project: MakeProject) -> None:
    """And ids may hold dots and Chinese characters: the address names them."""
    project = make_project({
        "conf.py": 'extensions = ["myst_parser", "section_compare"]\nhtml_theme = "basic"\n'
        'myst_enable_extensions = ["colon_fence"]\nsection_compare_reports = ["*报告"]\n',
        "index.md": "# 目录\n\n```{toctree}\na\n县报告\ncare\n```\n",
        "a.md": "---\nreport: v1.0\n---\n# A\n\n:::{container} topic-care\n外\n\n"
        "```{container} section-compare-row\n里\n```\n:::\n",
        "县报告.md": "# B\n\n:::{container} topic-care\n乙\n:::\n",
        "care.md": "---\ntopic: care\n---\n# Care\n\n:::{section-compare}\n:::\n",
    })  # fmt: skip
    project.build()
    address = (project.output / "html" / "care.html").as_uri()
    page = open_page(address)
    assert shown(page) == ["v1.0", "县报告"]
    page.locator(CELL).first.get_by_role("button", name="Hide").click()
    assert shown(page) == ["县报告"]
    assert seen_order(open_page(f"{address}?reports=县报告,v1.0")) == ["县报告", "v1.0"]
    assert shown(open_page(f"{address}?reports=v1.0#compare-1-care_县报告")) == ["v1.0", "县报告"]


MANY = {
    "conf.py": CONF,
    "index.md": "# Home\n\n```{toctree}\n:glob:\n\n*\n```\n\n:::{section-coverage}\n:::\n",
    "one.md": "---\ntopic: one\n---\n# One\n\n:::{section-compare} *\n:::\n",
} | {
    f"r{number:02}.md": f"---\nreport: r{number:02}\nshort_title: 篇{number:02}\n---\n# R\n\n"
    + ("Nothing.\n" if number == 3 else f"{{.topic-one}}\nText {number}.\n")
    for number in range(1, 13)
}


def test_a_report_named_twice_in_an_address_is_shown_once(open_page: OpenPage) -> None:
    page = open_page("topics/opening.html?reports=community,community")
    assert shown(page) == ["community"]
    assert page.get_by_role("button", name="选范文 1/5").is_visible()


def test_of_many_the_first_stand_and_all_can_be_reached(
    make_project: MakeProject, open_page: OpenPage
) -> None:
    project = make_project(MANY)
    project.build()
    page = open_page((project.output / "html" / "one.html").as_uri())
    every = [f"r{number:02}" for number in range(1, 13)]
    said = [report for report in every if report != "r03"]
    assert shown(page, SPEAKING) == said[:8]
    choose(page)
    page.get_by_role("searchbox", name="找某一篇").fill("12")
    assert page.locator(".section-compare-panel li:visible").count() == 1
    page.get_by_role("checkbox", name="篇12").check()
    assert shown(page, SPEAKING) == [*said[:8], "r12"]
    assert page.get_by_role("button", name="隐藏 篇12").is_visible()
    assert page.locator(".section-compare-jumps a:not([hidden])").count() == 9
    page.get_by_role("button", name="全选").click()
    assert shown(page, SPEAKING) == said
    assert query(page) == "?reports=*"
    page.get_by_role("button", name="全不选").click()
    assert len(shown(page)) == 1
    # the matrix has reports as rows, for it would be too wide
    page.goto((project.output / "html" / "index.html").as_uri())
    heads = page.locator(".section-coverage tbody th").all_inner_texts()
    assert [head.strip() for head in heads] == [f"篇{number:02}" for number in range(1, 13)]


def test_up_to_three_columns_are_printed_side_by_side(open_page: OpenPage) -> None:
    page = open_page("topics/opening.html?reports=community,state-company", width=1000)
    page.emulate_media(media="print")
    first, second = (cell.bounding_box() for cell in page.locator(f"{CELL}:visible").all())
    assert first is not None
    assert second is not None
    assert first["y"] == second["y"]
    assert first["x"] < second["x"]
    dated = page.locator(".section-compare .dated").first
    assert dated.evaluate("mark => getComputedStyle(mark).borderBottomStyle") == "dashed"


def test_two_whole_reports_stand_side_by_side(open_page: OpenPage) -> None:
    page = open_page("guide/whole.html?reports=community,state-company")
    rows = page.locator(".section-compare-row").all()
    assert len(rows) == len(listed("topics"))
    pair = rows[0].locator(f"{CELL}:visible")
    first, second = (cell.bounding_box() for cell in pair.all())
    assert first is not None
    assert second is not None
    assert first["y"] == second["y"]
