"""Every page for every reader: an automated scan, the outline, keyboard, zoom, print, policy."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from conftest import ROOT, listed
from section_compare.output.assets import SCRIPTS

if TYPE_CHECKING:
    from conftest import OpenPage, Project
    from playwright.sync_api import BrowserContext, Page, Route

pytestmark = pytest.mark.full

STATIC = ROOT / "_ext" / "section_compare" / "static"
PAGES = sorted(
    str(path.relative_to(ROOT).with_suffix(".html"))
    for path in [*ROOT.glob("*.md"), *ROOT.glob("*/*.md")]
    if path.name in {"index.md", "CONTRIBUTING.md"}
    or path.parent.name in {"reports", "topics", "guide"}
)
OTHER_PAGES = ["search.html", "genindex.html", "404.html"]
KINDS = ["index.html", "topics/integrity.html", "reports/community.html"]
WIDTHS = pytest.mark.parametrize("width", [1440, 390])
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


def scan(page: Page, *rules: str) -> list[str]:
    """What axe-core finds wrong on a page as it stands, with nothing left out."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]


def test_the_scan_has_all_pages(site: Project) -> None:
    built = {
        str(path.relative_to(site.output / "html"))
        for path in (site.output / "html").rglob("*.html")
    }
    assert {*PAGES, *OTHER_PAGES} == built


@pytest.mark.parametrize("path", [*PAGES, *OTHER_PAGES])
def test_no_page_hinders_anyone(open_page: OpenPage, path: str) -> None:
    """All rules at both widths; in the dark, where only colours differ, the rules on these."""
    page = open_page(path)
    assert scan(page) == []
    page.emulate_media(color_scheme="dark")
    assert scan(page, "color-contrast", "link-in-text-block") == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert scan(page, "color-contrast", "link-in-text-block") == []
    page.emulate_media(color_scheme="light")
    assert scan(page) == []


def test_the_scan_would_find_a_fault(open_page: OpenPage) -> None:
    page = open_page("topics/care.html")
    page.evaluate("document.querySelector('.section-compare-tools').style.color = '#bbb'")
    page.evaluate("document.querySelector('.section-compare-bar button').textContent = ''")
    found = "".join(scan(page))
    assert "color-contrast" in found
    assert "button-name" in found


@WIDTHS
@SCHEMES
def test_no_control_in_use_hinders_anyone(open_page: OpenPage, width: int, scheme: str) -> None:
    page = open_page(
        "topics/shortcomings.html?reports=state-company,government-affairs",
        width=width,
        scheme=scheme,
    )
    page.get_by_role("button", name="选范文").click()
    page.locator(".section-compare-panel").wait_for()
    assert scan(page) == []
    page = open_page("topics/moral-education.html", width=width, scheme=scheme)
    page.locator("[data-phrase]").first.focus()
    assert page.locator(".section-compare-lit").count() > 1
    assert scan(page) == []


@pytest.mark.parametrize("scripts", [True, False])
def test_the_outline_is_the_page_then_its_columns(open_page: OpenPage, scripts: bool) -> None:
    page = open_page("topics/shortcomings.html", scripts=scripts)
    tree = page.locator("article").aria_snapshot()
    levels = [int(level) for level in re.findall(r'heading "(?!各篇)[^"]*" \[level=(\d)\]', tree)]
    assert levels[0] == 1
    assert levels.count(2) == len(listed("reports")) + 1  # and how to write it
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert 'region "对读：存在的问题与不足"' in tree
    assert tree.count('group "县交通局"') == 1


def shift(page: Page, since: float = 0) -> float:
    """How far the page's parts have moved (CLS), presses left out; since a time of the page's."""
    page.wait_for_timeout(300)
    moved: float = page.evaluate(
        """since => new Promise(resolve => {
            let total = 0;
            new PerformanceObserver(list => {
                for (const entry of list.getEntries())
                    if (!entry.hadRecentInput && entry.startTime >= since) total += entry.value;
            }).observe({type: "layout-shift", buffered: true});
            setTimeout(() => resolve(total), 200);
        })""",
        since,
    )
    return moved


@WIDTHS
@pytest.mark.parametrize(
    "path",
    [
        *KINDS,
        "topics/moral-education.html",  # on a phone its title just fits a line
        "topics/shortcomings.html?reports=state-company,government-affairs&view=stacked&marks=off",
    ],
)
def test_nothing_moves_while_a_page_loads(open_page: OpenPage, path: str, width: int) -> None:
    assert shift(open_page(path, width=width)) == 0


@pytest.mark.parametrize("width", [1440, 1024, 720, 390])
@pytest.mark.parametrize(
    "path",
    [
        "topics/integrity.html",
        "topics/moral-education.html",  # four columns: beside three the fourth would be alone
        "reports/state-company.html",
    ],
)
def test_nothing_moves_when_the_script_comes_late(
    open_page: OpenPage, browser: Any, path: str, width: int
) -> None:
    """Without ``blocking``, as in browsers that know it not, the style keeps the controls' room.

    What moves while the text itself still arrives, a line that is not yet full, is the browser's.
    """
    context = browser.new_context(viewport={"width": width, "height": 900})
    held: list[Route] = []

    def late(route: Route) -> None:
        body = route.fetch().text()
        route.fulfill(body=body.replace('blocking="render"', ""), content_type="text/html")

    context.route("**/*.html", late)
    # the first of those that run in order: the others wait for it
    context.route("**/section_compare_copy.js*", lambda route: held.append(route))
    page = open_page(path, context=context, wait_until="commit")
    page.wait_for_function(
        "document.readyState === 'interactive' && performance.getEntriesByType('paint').length"
    )
    page.wait_for_timeout(200)
    shown = page.evaluate("performance.now()")
    buttons = page.locator("article button:visible")
    before = buttons.count()
    held.pop().continue_()
    page.wait_for_load_state()
    assert shift(page, since=shown) == 0
    assert buttons.count() > before
    context.close()


@pytest.mark.parametrize("width", [720, 390, 320])
@pytest.mark.parametrize("path", KINDS)
def test_zoom_and_small_windows_lose_nothing(open_page: OpenPage, path: str, width: int) -> None:
    """720 px is 1440 px at 200 %."""
    page = open_page(path, width=width)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    cut = page.eval_on_selector_all(
        ".section-compare button, .section-compare p, .section-compare .rubric",
        """(all, width) => all.filter(part => part.offsetParent).filter(part => {
            const box = part.getBoundingClientRect();
            const out = box.left < 0 || box.right > width + 0.5;
            return out || part.scrollWidth > part.clientWidth + 1;
        }).map(part => part.outerHTML.slice(0, 100))""",
        width,
    )
    assert cut == []


def test_the_focus_is_seen(open_page: OpenPage) -> None:
    page = open_page("topics/care.html")
    page.locator(".section-compare-choose").focus()
    page.keyboard.press("Enter")
    seen = 0
    for _step in range(24):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            """() => {
                const one = document.activeElement;
                if (!one.closest(".section-compare")) return "outside";
                const style = getComputedStyle(one);
                return style.outlineStyle === "none" ? one.outerHTML : style.outlineWidth;
            }"""
        )
        if outline != "outside":
            assert re.fullmatch(r"[1-9]\d*px", outline), outline
            seen += 1
    assert seen > 15


@pytest.mark.parametrize("path", ["index", "reports/state-company", "topics/care"])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_with_the_focus_is_out_of_sight(open_page: OpenPage, path: str, width: int) -> None:
    """Neither beside the window nor under a bar, a column's head or the matrix's first column.

    From the end up: what one comes to then stands at the edge where these are.
    """
    page = open_page(f"{path}.html", width=width, reduced_motion="reduce")
    page.locator("footer a, .toc-drawer a").last.focus()
    places = set()
    while page.evaluate("document.activeElement !== document.body"):
        page.wait_for_function(
            """() => {
                const { activeElement: one } = document;
                const { left, right, top, bottom } = one.getClientRects()[0];
                const at = document.elementFromPoint(left + 1, (top + bottom) / 2);
                return left >= 0 && right <= innerWidth && one.contains(at);
            }"""
        )
        inside = "document.activeElement.closest('aside, article, body').classList[0]"
        places.add(page.evaluate(inside))
        page.keyboard.press("Shift+Tab")
    assert "sidebar-drawer" in places
    assert ("toc-drawer" in places) == path.startswith("reports")


@pytest.mark.parametrize("width", [1440, 390])
def test_the_matrix_scrolls_in_one_box_and_only_where_it_must(
    open_page: OpenPage, width: int
) -> None:
    page = open_page("index.html", width=width)
    scrolling = page.eval_on_selector_all(
        ".section-coverage, .section-coverage div",
        """all => all.filter(box => getComputedStyle(box).overflowX !== "visible"
            && box.scrollWidth > box.clientWidth).map(box => box.classList[0])""",
    )
    assert scrolling == (["section-coverage"] if width == 390 else [])
    # the first column stays and covers what goes by, to the box's very edge
    gap = page.locator(".section-coverage").evaluate(
        """box => {
            box.scrollLeft = 1e4;
            const first = box.querySelector("tbody th");
            return first.getBoundingClientRect().left - box.getBoundingClientRect().left;
        }"""
    )
    assert gap == 0


def test_forced_colours_keep_every_control(open_page: OpenPage) -> None:
    page = open_page("topics/care.html", forced_colors="active")
    borders = page.eval_on_selector_all(
        ".section-compare-bar > button",
        "all => all.filter(b => b.offsetParent).map(b => getComputedStyle(b).borderTopStyle)",
    )
    assert set(borders) == {"solid"}
    background = page.locator(".section-compare-head").first.evaluate(
        "head => getComputedStyle(head).backgroundColor"
    )
    assert background != "rgba(0, 0, 0, 0)"  # a sticky head covers the text below it


def test_who_asks_for_less_motion_gets_none(open_page: OpenPage) -> None:
    page = open_page("topics/care.html", reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    moving = page.eval_on_selector_all(
        ".section-compare, .section-compare *",
        """all => all.filter(one => {
            const style = getComputedStyle(one);
            return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0;
        }).length""",
    )
    assert moving == 0


def test_paper_has_the_text_and_no_controls(open_page: OpenPage) -> None:
    page = open_page("topics/shortcomings.html?reports=state-company,government-affairs")
    page.emulate_media(media="print")
    for name in ("bar", "tools", "status", "links"):
        for part in page.locator(f".section-compare-{name}").all():
            assert part.is_hidden()
    assert page.locator(".section-compare-passage").first.is_visible()
    assert page.locator('[data-report="organization"]').is_hidden()  # as chosen
    breaking = "all => [...new Set(all.map(p => getComputedStyle(p).breakInside))]"
    assert page.eval_on_selector_all(".section-compare-passage p", breaking) == ["auto"]


def policy_of(html: str) -> str:
    """A strict policy that admits what the theme writes into the page itself, by hash."""

    def hashes(texts: list[str]) -> str:
        digests = [hashlib.sha256(text.encode()).digest() for text in texts]
        return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)

    page = BeautifulSoup(html, "html.parser")
    scripts = [tag.string or "" for tag in page.select("script:not([src])")]
    styles = [tag.string or "" for tag in page.select("style")]
    styles += [str(tag["style"]) for tag in page.select("[style]")]
    return (
        f"default-src 'none'; img-src 'self' data:; connect-src 'self'; "
        f"script-src 'self' 'unsafe-eval' {hashes(scripts)}; "  # Sphinx's doctools makes a Function
        f"style-src 'self' 'unsafe-hashes' {hashes(styles)}"
    )


def test_a_strict_policy_stops_nothing_of_ours(
    site: Project, open_page: OpenPage, browser: Any
) -> None:
    context: BrowserContext = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(
        """window.refused = [];
        addEventListener("securitypolicyviolation", event =>
            refused.push([event.violatedDirective, event.sourceFile, event.sample].join(" ")));"""
    )

    def serve(route: Route) -> None:
        response = route.fetch()
        headers = {**response.headers, "content-security-policy": policy_of(response.text())}
        route.fulfill(response=response, headers=headers)

    context.route("**/*.html*", serve)
    page = open_page(
        "topics/shortcomings.html?reports=state-company,government-affairs", context=context
    )
    page.get_by_role("button", name="选范文").click()
    page.get_by_role("checkbox", name="国有公司").check()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="复制全部").click()
    page.get_by_role("status").get_by_text("已复制").wait_for()
    page.get_by_role("button", name="上下排").click()
    assert page.evaluate("refused") == []
    context.close()
    # nothing of ours is written into a page
    for path in (site.output / "html").rglob("*.html"):
        for part in BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").select(
            ".section-compare, .section-compare-links, .section-coverage, .section-list"
        ):
            assert not part.select("script, style, [style]")
            assert not re.search(r"\son\w+=", str(part))


def test_scripts_and_style_are_small() -> None:
    """Together under 14 KB as a server sends them."""
    size = sum(
        len(gzip.compress((STATIC / name).read_bytes(), 9))
        for name in (*SCRIPTS, "section_compare.css")
    )
    assert size < 14 * 1024


def test_the_scripts_are_in_the_head_in_order(site: Project) -> None:
    for path in ("topics/care", "reports/community", "genindex"):
        sources = [str(one["src"]) for one in site.page(path).select("head script[src]")]
        names = [one.partition("?")[0].rpartition("/")[2] for one in sources]
        assert [name for name in names if name in SCRIPTS] == list(SCRIPTS)


# What came after Chromium 86 and changes how a page reads or works; it may stand in @supports.
TOO_NEW = {
    "section_compare.css": r":is\(|:has\(|:where\(|\binset\b|(margin|padding)-(block|inline):|"
    r"border-(block|inline):|aspect-ratio|overflow: clip|@layer|@container|\boklch\b|color-mix|"
    r"\bdvh\b|text-wrap|subgrid|\n\s+&",
} | dict.fromkeys(
    SCRIPTS,
    r"\.at\(|structuredClone|Object\.groupBy|\.toSorted|\.findLast|replaceChildren\(|static \{|"
    r"\.#|Object\.hasOwn\(|signal:",
)


@pytest.mark.parametrize("name", list(TOO_NEW))
def test_old_browsers_understand_it(name: str) -> None:
    text = (STATIC / name).read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/|//.*?$", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"@supports[^{]*\{[^{}]*\{[^{}]*\}\s*\}", "", text)
    found = re.findall(TOO_NEW[name], text)
    assert found == []


@pytest.mark.parametrize("width", [600, 800, 1000, 1200, 1400, 1500, 1600])
def test_no_column_stands_alone_in_a_row(browser: Any, width: int) -> None:
    """As many as have room, 12rem each, in a comparison as wide as the window."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    room = (width // 16 + 1) // 12
    style = (STATIC / "section_compare.css").read_text("utf-8")
    for count in range(1, 12):
        cells = "<div class=section-compare-cell>文</div>" * count
        page.set_content(
            f"<!doctype html><style>{style} body {{ margin: 0 }}</style><div data-shown={count} "
            f"class=section-compare><div class=section-compare-row>{cells}</div></div>"
        )
        boxes = page.eval_on_selector_all(
            ".section-compare-cell", "all => all.map(cell => cell.getBoundingClientRect().toJSON())"
        )
        line = [box["left"] for box in boxes if box["top"] == boxes[0]["top"]]
        columns = min(room, count)
        if columns not in (1, count) and count % columns == 1:
            # one fewer, but for seven in three: they would be alone in two, and in one all are
            columns -= columns == 2 or count % (columns - 1) != 1
        assert len(line) == columns, count
        if len(line) > 1:  # and they take all of the width
            assert line[1] - line[0] == pytest.approx((width + 16) / len(line), abs=1)
    page.close()


@pytest.mark.parametrize("touch", [False, True])
@pytest.mark.parametrize("search", ["", "?reports=community,organization"])
def test_every_control_of_the_bar_is_seen_and_pressed(
    open_page: OpenPage, search: str, touch: bool
) -> None:
    """At any width, with the button that shows all again, too: whole, and nothing lies over it."""
    page = open_page(f"topics/moral-education.html{search}", has_touch=touch)
    for width in (320, 360, 390, 500, 720, 740, 768, 820, 1010, 1024, 1100, 1240, 1280, 1366):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("scrollTo(0, 0)")
        out_of_reach = page.eval_on_selector_all(
            ".section-compare-bar button, .section-compare-bar a",
            """all => all.filter(control => control.offsetParent).filter(control => {
                const { left, right, top, height } = control.getBoundingClientRect();
                const at = x => document.elementFromPoint(x, top + height / 2);
                return right > innerWidth || [left + 3, right - 3].some(x => at(x) !== control);
            }).map(control => control.textContent)""",
        )
        assert out_of_reach == [], width
        bar = page.locator(".section-compare-bar").bounding_box()
        first = page.locator(".section-compare-row, .section-compare-jumps").all()
        tops = [box["y"] for one in first if (box := one.bounding_box())]
        assert bar
        assert bar["y"] + bar["height"] <= min(tops) + 1, width
        page.mouse.wheel(0, 900)  # heads stop below what sticks
        page.wait_for_timeout(100)
        head = page.locator(".section-compare-row .section-compare-head").first.bounding_box()
        bar = page.locator(".section-compare-bar").bounding_box()
        assert head
        assert bar
        assert head["y"] >= bar["y"] + bar["height"] - 1 or width <= 736, width
